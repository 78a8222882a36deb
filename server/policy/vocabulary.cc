#include "server/policy/vocabulary.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/model/date.h"
#include "server/model/facts.h"
#include "server/policy/codes.h"
#include "server/policy/name_table.h"
#include "server/policy/pathways.h"

namespace ehc {
namespace {

bool IsActionCode(absl::string_view code) {
  return !code.empty() && code.size() <= 64 && absl::ascii_islower(code[0]) &&
         std::all_of(code.begin(), code.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_' || c == '.';
         });
}

// "12:00" as the minute of the day; -1 for anything else.
int MinuteOfDay(absl::string_view text) {
  int hour = 0;
  int minute = 0;
  const bool formed = text.size() == 5 && text[2] == ':' && absl::ascii_isdigit(text[0]) &&
                      absl::ascii_isdigit(text[3]) && absl::SimpleAtoi(text.substr(0, 2), &hour) &&
                      absl::SimpleAtoi(text.substr(3), &minute);
  return formed && hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

// False unless the period makes sense.
bool ReadPeriod(const policy_proto::Clock& clock, DeadlineRule* rule) {
  constexpr uint32_t kMost = 1000;
  const auto counted = [&](PeriodKind kind, uint32_t count) {
    rule->kind = kind;
    rule->count = static_cast<int>(std::min(count, kMost));
    return count > 0 && count <= kMost;
  };
  switch (clock.period_case()) {
    case policy_proto::Clock::kHours: return counted(PeriodKind::kHours, clock.hours());
    case policy_proto::Clock::kDays: return counted(PeriodKind::kDays, clock.days());
    case policy_proto::Clock::kWeeks: return counted(PeriodKind::kWeeks, clock.weeks());
    case policy_proto::Clock::kMonths: return counted(PeriodKind::kMonths, clock.months());
    case policy_proto::Clock::kWorkingDays:
      return counted(PeriodKind::kWorkingDays, clock.working_days());
    case policy_proto::Clock::kNextWorkingDayAt:
      rule->kind = PeriodKind::kNextWorkingDayAt;
      rule->minute_of_day = MinuteOfDay(clock.next_working_day_at());
      return rule->minute_of_day >= 0;
    case policy_proto::Clock::PERIOD_NOT_SET: return false;
  }
  return false;
}

// The flags whose meaning the hub itself knows.
uint32_t KnownFlagBit(absl::string_view code) {
  static constexpr std::pair<absl::string_view, uint32_t> kKnown[] = {
      {"ADDRESS_RESTRICTED", kAddressRestricted},
      {"IDENTITY_SEVERED", kIdentitySevered},
      {"THIRD_PARTY", kThirdParty},
      {"SENSITIVE_SERVICE", kSensitiveService},
      {"POLICE_INTEL", kPoliceIntelligence},
      {"YOUTH_JUSTICE", kYouthJustice},
      {"COURT_RESTRICTED", kCourtRestricted},
      {"HOMELESSNESS", kHomelessness},
      {"GANG", kGang},
      {"FGM", kFgm}};
  for (const auto& [known, bit] : kKnown) {
    if (known == code) return bit;
  }
  return 0;
}

}  // namespace

int TermList::Find(absl::string_view code) const {
  const auto found = numbers_.find(code);
  return found == numbers_.end() ? -1 : found->second;
}

std::vector<int> TermList::WithNarrower(int number) const {
  std::vector<int> result;
  for (int i = 0; i < size(); ++i) {
    int at = i;
    for (int steps = 0; at != -1 && at != number && steps < size(); ++steps) at = terms_[at].parent;
    if (at == number) result.push_back(i);
  }
  return result;
}

absl::Time LondonInstant(const std::string& text, bool end_of_day, absl::Time otherwise,
                         const Place& place, absl::string_view field, Problems* problems) {
  if (text.empty()) return otherwise;
  const absl::StatusOr<Date> date = ParseIsoDate(text);
  if (!date.ok()) {
    problems->Add(place, field, "not a day of the calendar; write YYYY-MM-DD");
    return otherwise;
  }
  return LondonMidnight(end_of_day ? *date + 1 : *date);
}

class VocabularyBuilder {
 public:
  VocabularyBuilder(Vocabulary* out, Problems* problems) : out_(out), problems_(problems) {}

  void AddTerms(const ParsedVocabulary& file);
  void Finish(const std::vector<ParsedVocabulary>& files);

 private:
  using Message = google::protobuf::Message;

  int AddTerm(const policy_proto::Term& term, const Located& at, TermList* list);
  TermInfo Describe(const policy_proto::Effective& effective, const Message& holder,
                    const Located& at);
  void AddRecordType(const policy_proto::RecordType& type, const Located& at);
  void AddAction(const policy_proto::Action& action, const Located& at);
  void AddClock(const policy_proto::Clock& clock, const Located& at);
  void AddSuccession(const policy_proto::AreaSuccession& succession, const Located& at);
  void CheckSuccessions();
  void AddStanding(const policy_proto::StandingDecision& decision, const Located& at);
  PartMask StandingParts(const policy_proto::StandingDecision& decision, int record_type,
                         const Located& at);
  void AddSynonyms(const policy_proto::Term& term, const Located& at, TermList* list);
  void AddReadiness(const policy_proto::ReadinessItem& item, const Located& at);
  void AddQuota(const policy_proto::Quota& quota, const Located& at);
  void CollectSafeguarding();
  std::set<std::string> CodesOf(const google::protobuf::RepeatedPtrField<std::string>& codes,
                                const TermList& list, const Message& holder, const Located& at,
                                absl::string_view field);
  void AddRetentionRule(const policy_proto::RetentionRule& rule, const Located& at);
  void AddUseLimit(const policy_proto::UseLimit& limit, const Located& at);
  void LinkParents(const std::vector<ParsedVocabulary>& files);
  void LinkParent(const policy_proto::Term& term, const Located& at, TermList* list);
  void CheckCycles(const TermList& list);
  void LinkPurpose(const policy_proto::Purpose& purpose, const Located& at);
  void LinkObligation(const policy_proto::ObligationTerm& term, const Located& at);
  std::vector<bool> Selected(const google::protobuf::RepeatedPtrField<std::string>& codes,
                             const TermList& list, const Message& holder, const Located& at,
                             absl::string_view field);
  void CheckLimit(const TermList& list, int limit, absl::string_view what);

  Vocabulary* out_;
  Problems* problems_;
  TermList clock_terms_;
  TermList readiness_terms_;
  TermList retention_terms_;
  TermList limit_terms_;
};

TermInfo VocabularyBuilder::Describe(const policy_proto::Effective& effective,
                                     const Message& holder, const Located& at) {
  TermInfo info;
  const Located here = at.Nested(holder, "effective");
  info.from = LondonInstant(effective.from(), false, absl::InfinitePast(),
                            here.PlaceOf(effective, "from"), "from", problems_);
  info.until = LondonInstant(effective.until(), true, absl::InfiniteFuture(),
                             here.PlaceOf(effective, "until"), "until", problems_);
  if (info.from >= info.until) {
    problems_->Add(here.place(), "effective", "ends before it begins; put the days right");
  }
  info.switched_off = effective.switched_off();
  return info;
}

int VocabularyBuilder::AddTerm(const policy_proto::Term& term, const Located& at, TermList* list) {
  TermInfo info = Describe(term.effective(), term, at);
  info.code = term.code();
  info.title = term.title();
  info.description = term.description();
  info.place = at.place();
  if (!IsCode(term.code()) || term.code() == "ANY") {
    problems_->Add(at.PlaceOf(term, "code"), "code",
                   "not a code; use upper case, digits and underscores, not ANY");
  }
  if (term.title().empty()) problems_->Add(at.place(), "title", "left out; say what it is called");
  const auto [found, added] = list->numbers_.emplace(term.code(), list->size());
  if (!added) {
    problems_->Add(at.PlaceOf(term, "code"), "code",
                   absl::StrCat("'", term.code(), "' is defined already at ",
                                (*list)[found->second].place.ToString(), "; remove one"));
  }
  list->terms_.push_back(std::move(info));
  AddSynonyms(term, at, list);
  return list->size() - 1;
}

// A clause and an assertion may use either: both have the term's number.
void VocabularyBuilder::AddSynonyms(const policy_proto::Term& term, const Located& at,
                                    TermList* list) {
  for (int i = 0; i < term.synonym_size(); ++i) {
    const Place place = at.PlaceOf(term, "synonym", i);
    if (list != &out_->roles) problems_->Add(place, "synonym", "only roles have them; remove it");
    if (!IsCode(term.synonym(i)) || term.synonym(i).size() > NameTable::kMaxAlias ||
        term.synonym(i) == "ANY") {
      problems_->Add(place, "synonym",
                     "not a code; use up to 48 of upper case, digits and underscores");
    }
    if (!list->numbers_.emplace(term.synonym(i), list->size() - 1).second) {
      problems_->Add(place, "synonym",
                     absl::StrCat("'", term.synonym(i), "' means something already; remove one"));
    }
    list->terms_.back().synonyms.push_back(term.synonym(i));
  }
}

void VocabularyBuilder::AddRecordType(const policy_proto::RecordType& type, const Located& at) {
  AddTerm(type.term(), at.Nested(type, "term"), &out_->record_types);
  RecordTypeInfo info;
  info.schema.record_type = type.term().code();
  info.schema.title = type.term().title();
  info.schema.held_by = type.held_by();
  info.schema.published_with = type.published_with();
  info.schema.moves_with_plan = type.moves_with_plan();
  info.needs_gateway = type.needs_gateway();
  info.status_only = type.status_only();
  for (int i = 0; i < type.part_size(); ++i) {
    const policy_proto::PartTerm& part = type.part(i);
    const Place place = at.PlaceOf(type, "part", i);
    if (!IsCode(part.code())) problems_->Add(place, "part", "its code is not a code");
    if (info.schema.IndexOf(part.code()) >= 0) {
      problems_->Add(place, "part", absl::StrCat("'", part.code(), "' is defined twice"));
    }
    if (part.location_revealing() && i < kMaxParts) info.location_parts |= PartMask{1} << i;
    info.schema.parts.push_back({part.code(), part.title(), part.release_class(),
                                 part.location_revealing(), part.free_text()});
  }
  if (type.part_size() > kMaxParts) {
    problems_->Add(at.place(), "part", "more than 64 parts; split the record type");
  }
  out_->record_info.push_back(std::move(info));
}

void VocabularyBuilder::AddTerms(const ParsedVocabulary& file) {
  const policy_proto::Vocabulary& words = file.message;
  const Located root = file.root();
  const auto plain = [&](const auto& terms, absl::string_view field, TermList* list) {
    for (int i = 0; i < terms.size(); ++i) AddTerm(terms[i], root.Nested(words, field, i), list);
  };
  plain(words.agency_type(), "agency_type", &out_->agency_types);
  plain(words.unit_kind(), "unit_kind", &out_->unit_kinds);
  plain(words.role(), "role", &out_->roles);
  plain(words.special_category_basis(), "special_category_basis", &out_->special_bases);
  plain(words.subject_flag(), "subject_flag", &out_->flags);
  for (int i = 0; i < words.subject_flag_size(); ++i) {
    const policy_proto::Term& flag = words.subject_flag(i);
    out_->flag_bits.push_back(KnownFlagBit(flag.code()));
    if (out_->flag_bits.back() == 0) {
      problems_->Add(root.PlaceOf(words, "subject_flag", i), "subject_flag",
                     absl::StrCat("'", flag.code(), "' is no flag that the hub keeps"));
    }
  }
  const auto wrapped = [&](const auto& message, absl::string_view field, int i, TermList* list) {
    AddTerm(message.term(), root.Nested(words, field, i).Nested(message, "term"), list);
  };
  for (int i = 0; i < words.purpose_size(); ++i) {
    wrapped(words.purpose(i), "purpose", i, &out_->purposes);
  }
  for (int i = 0; i < words.lawful_basis_size(); ++i) {
    wrapped(words.lawful_basis(i), "lawful_basis", i, &out_->lawful_bases);
    out_->basis_is_consent.push_back(words.lawful_basis(i).is_consent());
  }
  for (int i = 0; i < words.gateway_size(); ++i) {
    const policy_proto::Gateway& gateway = words.gateway(i);
    wrapped(gateway, "gateway", i, &out_->gateways);
    GatewayInfo info{gateway.human_decision(), 0, gateway.is_consent()};
    for (int statement : gateway.must_state()) info.statements |= 1u << statement;
    if (gateway.human_decision() == policy_proto::HUMAN_DECISION_UNSPECIFIED) {
      problems_->Add(root.PlaceOf(words, "gateway", i), "human_decision",
                     "left out; say whether a machine may decide");
    }
    out_->gateway_info.push_back(info);
  }
  for (int i = 0; i < words.record_type_size(); ++i) {
    AddRecordType(words.record_type(i), root.Nested(words, "record_type", i));
  }
  for (int i = 0; i < words.clock_size(); ++i) {
    AddClock(words.clock(i), root.Nested(words, "clock", i));
  }
  for (int i = 0; i < words.area_succession_size(); ++i) {
    AddSuccession(words.area_succession(i), root.Nested(words, "area_succession", i));
  }
  for (int i = 0; i < words.use_limit_size(); ++i) {
    AddUseLimit(words.use_limit(i), root.Nested(words, "use_limit", i));
  }
  for (int i = 0; i < words.obligation_size(); ++i) {
    wrapped(words.obligation(i), "obligation", i, &out_->obligations);
    const policy_proto::ObligationTerm& term = words.obligation(i);
    out_->obligation_info.push_back({term.needs_detail(),
                                     term.required_for_break_glass(),
                                     {term.clashes_with().begin(), term.clashes_with().end()}});
  }
}

void VocabularyBuilder::LinkParent(const policy_proto::Term& term, const Located& at,
                                   TermList* list) {
  if (term.parent().empty()) return;
  const int number = list->Find(term.code());
  const int parent = list->Find(term.parent());
  if (parent < 0) {
    problems_->Add(at.PlaceOf(term, "parent"), "parent",
                   absl::StrCat("'", term.parent(), "' is not defined; define it or correct it"));
  } else if (number >= 0) {
    list->terms_[number].parent = parent;
  }
}

void VocabularyBuilder::CheckCycles(const TermList& list) {
  for (int i = 0; i < list.size(); ++i) {
    int at = list[i].parent;
    int steps = 0;
    while (at != -1 && at != i && steps++ <= list.size()) at = list[at].parent;
    if (at == i) {
      problems_->Add(list[i].place, "parent",
                     absl::StrCat("'", list[i].code, "' is wider than itself; break the circle"));
    }
  }
}

void VocabularyBuilder::LinkParents(const std::vector<ParsedVocabulary>& files) {
  for (const ParsedVocabulary& file : files) {
    const policy_proto::Vocabulary& words = file.message;
    const Located root = file.root();
    const auto plain = [&](const auto& terms, absl::string_view field, TermList* list) {
      for (int i = 0; i < terms.size(); ++i) {
        LinkParent(terms[i], root.Nested(words, field, i), list);
      }
    };
    const auto wrapped = [&](const auto& messages, absl::string_view field, TermList* list) {
      for (int i = 0; i < messages.size(); ++i) {
        LinkParent(messages[i].term(), root.Nested(words, field, i).Nested(messages[i], "term"),
                   list);
      }
    };
    plain(words.agency_type(), "agency_type", &out_->agency_types);
    plain(words.unit_kind(), "unit_kind", &out_->unit_kinds);
    plain(words.role(), "role", &out_->roles);
    plain(words.special_category_basis(), "special_category_basis", &out_->special_bases);
    wrapped(words.purpose(), "purpose", &out_->purposes);
    wrapped(words.lawful_basis(), "lawful_basis", &out_->lawful_bases);
    wrapped(words.gateway(), "gateway", &out_->gateways);
    wrapped(words.record_type(), "record_type", &out_->record_types);
  }
  for (const TermList* list :
       {&out_->agency_types, &out_->unit_kinds, &out_->roles, &out_->special_bases, &out_->purposes,
        &out_->lawful_bases, &out_->gateways, &out_->record_types}) {
    CheckCycles(*list);
  }
}

void VocabularyBuilder::LinkPurpose(const policy_proto::Purpose& purpose, const Located& at) {
  PurposeInfo info{0,
                   purpose.statutory(),
                   {purpose.term().code(), purpose.term().title(), purpose.consent_consulted(),
                    purpose.needs_approval_reference(),
                    static_cast<int>(std::min(purpose.carer_then_child_from_age(), 100u))},
                   purpose.safeguarding()};
  for (int i = 0; i < purpose.lawful_basis_size(); ++i) {
    const int basis = out_->lawful_bases.Find(purpose.lawful_basis(i));
    const Place place = at.PlaceOf(purpose, "lawful_basis", i);
    if (basis < 0) {
      problems_->Add(place, "lawful_basis",
                     absl::StrCat("'", purpose.lawful_basis(i), "' is not defined"));
    } else if (purpose.statutory() && out_->basis_is_consent[basis]) {
      problems_->Add(place, "lawful_basis",
                     "consent cannot be the basis of a statutory purpose; remove it");
    } else if (basis < Vocabulary::kMaxBits) {
      info.lawful_bases |= uint64_t{1} << basis;
    }
  }
  if (purpose.lawful_basis().empty()) {
    problems_->Add(at.place(), "lawful_basis", "a purpose needs at least one lawful basis");
  }
  out_->purpose_info.push_back(info);
}

void VocabularyBuilder::LinkObligation(const policy_proto::ObligationTerm& term,
                                       const Located& at) {
  for (int i = 0; i < term.clashes_with_size(); ++i) {
    if (out_->obligations.Find(term.clashes_with(i)) < 0) {
      problems_->Add(at.PlaceOf(term, "clashes_with", i), "clashes_with",
                     absl::StrCat("'", term.clashes_with(i), "' is not defined"));
    }
  }
}

std::vector<bool> VocabularyBuilder::Selected(
    const google::protobuf::RepeatedPtrField<std::string>& codes, const TermList& list,
    const Message& holder, const Located& at, absl::string_view field) {
  if (codes.size() == 1 && codes[0] == "ANY") return {};
  std::vector<bool> selected(list.size(), false);
  if (codes.empty()) problems_->Add(at.place(), field, "left out; write ANY if any may");
  for (int i = 0; i < codes.size(); ++i) {
    const int number = list.Find(codes[i]);
    if (number < 0) {
      problems_->Add(at.PlaceOf(holder, field, i), field,
                     absl::StrCat("'", codes[i], "' is not defined; ANY stands alone"));
      continue;
    }
    for (int narrower : list.WithNarrower(number)) selected[narrower] = true;
  }
  return selected;
}

void VocabularyBuilder::AddAction(const policy_proto::Action& action, const Located& at) {
  ActionInfo info;
  info.term = Describe(action.effective(), action, at);
  info.term.code = action.code();
  info.term.title = action.title();
  info.term.place = at.place();
  info.before_go_live = action.before_go_live();
  info.two_people = action.two_people();
  if (!IsActionCode(action.code())) {
    problems_->Add(at.PlaceOf(action, "code"), "code", "use lower case and dots: plan.publish");
  }
  for (int i = 0; i < action.allow_size(); ++i) {
    const policy_proto::ActionAllowance& allow = action.allow(i);
    const Located here = at.Nested(action, "allow", i);
    info.allowances.push_back(
        {Selected(allow.agency_type(), out_->agency_types, allow, here, "agency_type"),
         Selected(allow.unit_kind(), out_->unit_kinds, allow, here, "unit_kind"),
         Selected(allow.role(), out_->roles, allow, here, "role"), allow.unattended()});
  }
  const Place place = at.place();
  if (!out_->actions.emplace(action.code(), std::move(info)).second) {
    problems_->Add(place, "code",
                   absl::StrCat("action '", action.code(), "' is defined twice; merge them"));
  }
}

void VocabularyBuilder::AddClock(const policy_proto::Clock& clock, const Located& at) {
  ClockInfo info;
  const int number = AddTerm(clock.term(), at.Nested(clock, "term"), &clock_terms_);
  info.term = clock_terms_[number];
  info.rule.code = clock.term().code();
  info.rule.title = clock.term().title();
  info.rule.source = clock.source();
  info.rule.counts_first_day = clock.counts_first_day();
  if (clock.source().empty())
    problems_->Add(at.place(), "source", "left out; say where it is from");
  if (!ReadPeriod(clock, &info.rule)) {
    problems_->Add(at.place(), "period",
                   "say how long: hours, days, weeks, working_days (1 to 1000), or "
                   "next_working_day_at \"12:00\"");
  }
  out_->clocks.emplace(clock.term().code(), std::move(info));
}

void VocabularyBuilder::AddSuccession(const policy_proto::AreaSuccession& succession,
                                      const Located& at) {
  AreaSuccessionInfo info{succession.area(),
                          {succession.successor().begin(), succession.successor().end()},
                          LondonInstant(succession.from(), false, absl::InfinitePast(),
                                        at.PlaceOf(succession, "from"), "from", problems_)};
  if (succession.area().empty() || info.successors.empty() || succession.from().empty() ||
      succession.source().empty()) {
    problems_->Add(at.place(), "area_succession",
                   "say area, successor, from and source; something is left out");
  }
  if (!out_->area_successions.emplace(succession.area(), std::move(info)).second) {
    problems_->Add(at.place(), "area", "has a succession already; put all successors into one");
  }
}

// An area that came later is not reorganised earlier, so that no chain of them closes.
void VocabularyBuilder::CheckSuccessions() {
  for (const auto& [area, info] : out_->area_successions) {
    for (const std::string& successor : info.successors) {
      const auto next = out_->area_successions.find(successor);
      if (next == out_->area_successions.end() || next->second.from > info.from) continue;
      problems_->Add(Place(), "area_succession",
                     absl::StrCat("'", successor, "' comes after '", area,
                                  "' and ends before it; put the days right"));
    }
  }
}

PartMask VocabularyBuilder::StandingParts(const policy_proto::StandingDecision& decision,
                                          int record_type, const Located& at) {
  if (record_type < 0) {
    problems_->Add(at.PlaceOf(decision, "record_type"), "record_type", "is not defined");
    return 0;
  }
  const RecordSchema& schema = out_->record_info[record_type].schema;
  if (decision.part_size() == 1 && decision.part(0) == "ANY") return schema.AllParts();
  PartMask parts = 0;
  for (int i = 0; i < decision.part_size(); ++i) {
    const int part = schema.IndexOf(decision.part(i));
    if (part < 0) {
      problems_->Add(at.PlaceOf(decision, "part", i), "part",
                     absl::StrCat("'", decision.part(i), "' is no part of the record type"));
    } else {
      parts |= PartMask{1} << part;
    }
  }
  if (parts == 0) problems_->Add(at.place(), "part", "left out; write ANY if every part is meant");
  return parts;
}

// Reasoned, scoped and limited in time, as SEND Regs 2014 reg 17 has it of every one.
void VocabularyBuilder::AddStanding(const policy_proto::StandingDecision& decision,
                                    const Located& at) {
  constexpr absl::Duration kLongest = absl::Hours(24 * 731);
  constexpr size_t kShortestReason = 20;
  StandingInfo info;
  info.id = decision.id();
  info.title = decision.title();
  info.reason = decision.reason();
  info.authority = decision.authority();
  info.decided_by_role = decision.decided_by_role();
  info.place = at.place();
  info.gateway = out_->gateways.Find(decision.gateway());
  info.record_type = out_->record_types.Find(decision.record_type());
  info.recipients.assign(decision.recipient().begin(), decision.recipient().end());
  std::sort(info.recipients.begin(), info.recipients.end());
  info.roles = Selected(decision.role(), out_->roles, decision, at, "role");
  info.purposes = Selected(decision.purpose(), out_->purposes, decision, at, "purpose");
  info.parts = StandingParts(decision, info.record_type, at);
  const TermInfo effective = Describe(decision.effective(), decision, at);
  info.from = effective.from;
  info.until = effective.switched_off ? effective.from : effective.until;
  const auto needs = [&](bool right, absl::string_view field, absl::string_view what) {
    if (!right) problems_->Add(at.place(), field, what);
  };
  const bool asks_for_one =
      info.gateway >= 0 && out_->gateway_info[info.gateway].human_decision ==
                               policy_proto::HUMAN_DECISION_UNLESS_STANDING_DECISION;
  needs(!info.id.empty() && !info.authority.empty() && !info.title.empty(), "id",
        "state id, title and authority");
  needs(info.reason.size() >= kShortestReason, "reason", "say why it is in the child's interests");
  needs(out_->roles.Find(info.decided_by_role) >= 0, "decided_by_role", "is no role");
  needs(asks_for_one, "gateway", "asks for no standing decision");
  needs(!info.roles.empty() && !info.purposes.empty(), "role", "ANY is too wide; name them");
  needs(effective.from != absl::InfinitePast() && effective.until != absl::InfiniteFuture() &&
            effective.until - effective.from <= kLongest,
        "effective", "state the first and the last day, at most two years apart");
  out_->standing_decisions.push_back(std::move(info));
}

std::set<std::string> VocabularyBuilder::CodesOf(
    const google::protobuf::RepeatedPtrField<std::string>& codes, const TermList& list,
    const Message& holder, const Located& at, absl::string_view field) {
  std::set<std::string> selected;
  const std::vector<bool> numbers = Selected(codes, list, holder, at, field);
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i]) selected.insert(list[static_cast<int>(i)].code);
  }
  return selected;
}

void VocabularyBuilder::AddReadiness(const policy_proto::ReadinessItem& item, const Located& at) {
  const int number = AddTerm(item.term(), at.Nested(item, "term"), &readiness_terms_);
  const TermInfo& term = readiness_terms_[number];
  ReadinessRule rule;
  rule.item = term.code;
  rule.title = term.title;
  rule.description = term.description;
  rule.version = static_cast<int>(item.version());
  rule.from = term.switched_off ? absl::InfiniteFuture() : term.from;
  rule.until = term.until;
  rule.agency_types = CodesOf(item.agency_type(), out_->agency_types, item, at, "agency_type");
  if (item.valid_days() > 0) rule.holds = absl::Hours(24) * item.valid_days();
  if (item.version() == 0 || item.version() > 1000000) {
    problems_->Add(at.place(), "version", "left out or too high; count from 1");
  }
  out_->agency_rules.readiness.push_back(std::move(rule));
}

void VocabularyBuilder::AddQuota(const policy_proto::Quota& quota, const Located& at) {
  constexpr double kMost = 1e6;
  const auto rate = [&](const policy_proto::Rate& from, absl::string_view field) {
    const bool none = from.per_second() == 0 && from.burst() == 0;
    const bool sound = from.per_second() > 0 && from.per_second() <= kMost && from.burst() >= 1 &&
                       from.burst() <= kMost;
    if (!none && !sound) {
      problems_->Add(at.place(), field,
                     "say both: per_second above 0 and burst from 1, up to 1000000");
    }
    return RateLimit{from.per_second(), from.burst()};
  };
  const TermInfo when = Describe(quota.effective(), quota, at);
  QuotaRule rule;
  rule.agency_types = CodesOf(quota.agency_type(), out_->agency_types, quota, at, "agency_type");
  if (quota.agency().empty()) problems_->Add(at.place(), "agency", "left out; write ANY if any");
  for (const std::string& agency : quota.agency()) {
    if (agency != "ANY") rule.agencies.insert(agency);
  }
  rule.limits.calls = rate(quota.calls(), "calls");
  rule.limits.questions = rate(quota.questions(), "questions");
  rule.limits.safeguarding = rate(quota.safeguarding(), "safeguarding");
  rule.limits.in_flight = static_cast<int>(std::min<uint32_t>(quota.in_flight(), 100000));
  rule.from = when.switched_off ? absl::InfiniteFuture() : when.from;
  rule.until = when.until;
  out_->agency_rules.quotas.push_back(std::move(rule));
}

void VocabularyBuilder::CollectSafeguarding() {
  for (int i = 0; i < out_->purposes.size(); ++i) {
    if (!out_->purpose_info[i].safeguarding) continue;
    for (int narrower : out_->purposes.WithNarrower(i)) {
      out_->agency_rules.safeguarding_purposes.insert(out_->purposes[narrower].code);
    }
  }
}

void VocabularyBuilder::AddRetentionRule(const policy_proto::RetentionRule& rule,
                                         const Located& at) {
  RetentionRuleInfo info;
  const int number = AddTerm(rule.term(), at.Nested(rule, "term"), &retention_terms_);
  info.term = retention_terms_[number];
  info.rule = {rule.term().code(),
               rule.term().title(),
               rule.source(),
               static_cast<int>(rule.until_birthday()),
               static_cast<int>(rule.until_birthday_if_last_at_17()),
               static_cast<int>(rule.years_after_last_version())};
  if (rule.source().empty()) problems_->Add(at.place(), "source", "left out; say where it is from");
  constexpr uint32_t kMostYears = 150;
  if (std::max({rule.until_birthday(), rule.until_birthday_if_last_at_17(),
                rule.years_after_last_version()}) > kMostYears ||
      rule.until_birthday() + rule.years_after_last_version() == 0) {
    problems_->Add(at.place(), "period",
                   "say until_birthday or years_after_last_version, at most 150");
  }
  if (rule.until_birthday() == 0 && rule.until_birthday_if_last_at_17() != 0) {
    problems_->Add(at.place(), "until_birthday_if_last_at_17", "needs until_birthday");
  }
  const std::vector<bool> types =
      Selected(rule.record_type(), out_->record_types, rule, at, "record_type");
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i]) info.record_types.push_back(static_cast<int>(i));
  }
  if (!rule.agency_type().empty()) {
    info.agency_types = Selected(rule.agency_type(), out_->agency_types, rule, at, "agency_type");
  }
  info.custodians.assign(rule.custodian().begin(), rule.custodian().end());
  out_->retention_rules.push_back(std::move(info));
}

void VocabularyBuilder::AddUseLimit(const policy_proto::UseLimit& limit, const Located& at) {
  UseLimitInfo info;
  const int number = AddTerm(limit.term(), at.Nested(limit, "term"), &limit_terms_);
  info.term = limit_terms_[number];
  info.limit.code = limit.term().code();
  info.limit.title = limit.term().title();
  info.limit.per_person = limit.per_person();
  info.limit.hours = static_cast<int>(limit.hours());
  info.limit.at_least = limit.at_least();
  switch (limit.measure()) {
    case policy_proto::USE_MEASURE_DISCLOSURES:
      info.limit.measure = UseMeasure::kDisclosures;
      break;
    case policy_proto::USE_MEASURE_DENIALS: info.limit.measure = UseMeasure::kDenials; break;
    case policy_proto::USE_MEASURE_CHILDREN: info.limit.measure = UseMeasure::kChildren; break;
    case policy_proto::USE_MEASURE_BREAK_GLASS: info.limit.measure = UseMeasure::kBreakGlass; break;
    default: problems_->Add(at.place(), "measure", "left out; say what is counted");
  }
  constexpr uint32_t kMostHours = 168;
  if (limit.hours() == 0 || limit.hours() > kMostHours) {
    problems_->Add(at.place(), "hours", "say in how many hours: 1 to 168");
  }
  if (limit.at_least() == 0) problems_->Add(at.place(), "at_least", "say from how many on");
  out_->use_limits.push_back(std::move(info));
}

void VocabularyBuilder::CheckLimit(const TermList& list, int limit, absl::string_view what) {
  if (list.size() > limit) {
    problems_->Add(list[limit].place, what,
                   absl::StrCat("more than ", limit, " codes; retire some"));
  }
}

void VocabularyBuilder::Finish(const std::vector<ParsedVocabulary>& files) {
  LinkParents(files);
  CheckSuccessions();
  CheckLimit(out_->roles, Vocabulary::kMaxRoles, "role");
  CheckLimit(out_->lawful_bases, Vocabulary::kMaxBits, "lawful_basis");
  CheckLimit(out_->special_bases, Vocabulary::kMaxBits, "special_category_basis");
  CheckLimit(out_->gateways, Vocabulary::kMaxBits, "gateway");
  if (!problems_->empty()) return;
  for (const ParsedVocabulary& file : files) {
    const policy_proto::Vocabulary& words = file.message;
    const Located root = file.root();
    for (int i = 0; i < words.purpose_size(); ++i) {
      LinkPurpose(words.purpose(i), root.Nested(words, "purpose", i));
    }
    for (int i = 0; i < words.obligation_size(); ++i) {
      LinkObligation(words.obligation(i), root.Nested(words, "obligation", i));
    }
    for (int i = 0; i < words.action_size(); ++i) {
      AddAction(words.action(i), root.Nested(words, "action", i));
    }
    for (int i = 0; i < words.standing_decision_size(); ++i) {
      AddStanding(words.standing_decision(i), root.Nested(words, "standing_decision", i));
    }
    for (int i = 0; i < words.readiness_item_size(); ++i) {
      AddReadiness(words.readiness_item(i), root.Nested(words, "readiness_item", i));
    }
    for (int i = 0; i < words.quota_size(); ++i) {
      AddQuota(words.quota(i), root.Nested(words, "quota", i));
    }
    for (int i = 0; i < words.retention_rule_size(); ++i) {
      AddRetentionRule(words.retention_rule(i), root.Nested(words, "retention_rule", i));
    }
    for (int i = 0; i < words.pathway_size(); ++i) {
      CheckPathway(words.pathway(i), root.Nested(words, "pathway", i), *out_, problems_);
      out_->pathways.push_back(words.pathway(i));
    }
  }
  CheckPathwaysTogether(files, problems_);
  CollectSafeguarding();
}

std::vector<std::string> Vocabulary::WithSuccessors(std::vector<std::string> areas) const {
  for (size_t i = 0; i < areas.size(); ++i) {
    const auto succession = area_successions.find(areas[i]);
    if (succession == area_successions.end()) continue;
    const std::vector<std::string>& more = succession->second.successors;
    areas.insert(areas.end(), more.begin(), more.end());
  }
  std::sort(areas.begin(), areas.end());
  areas.erase(std::unique(areas.begin(), areas.end()), areas.end());
  return areas;
}

Vocabulary Vocabulary::Build(const std::vector<ParsedVocabulary>& files, Problems* problems) {
  Vocabulary vocabulary;
  VocabularyBuilder builder(&vocabulary, problems);
  for (const ParsedVocabulary& file : files) builder.AddTerms(file);
  builder.Finish(files);
  return vocabulary;
}

}  // namespace ehc
