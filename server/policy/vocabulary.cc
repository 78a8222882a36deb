#include "server/policy/vocabulary.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/model/date.h"
#include "server/model/facts.h"

namespace ehc {
namespace {

bool IsCode(absl::string_view code) {
  return !code.empty() && code.size() <= 64 && absl::ascii_isupper(code[0]) &&
         std::all_of(code.begin(), code.end(), [](char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

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
  return list->size() - 1;
}

void VocabularyBuilder::AddRecordType(const policy_proto::RecordType& type, const Located& at) {
  AddTerm(type.term(), at.Nested(type, "term"), &out_->record_types);
  RecordTypeInfo info;
  info.schema.record_type = type.term().code();
  info.schema.title = type.term().title();
  info.schema.held_by = type.held_by();
  info.schema.published_with = type.published_with();
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
  PurposeInfo info{0, purpose.statutory(), purpose.consent_consulted()};
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
    for (int i = 0; i < words.retention_rule_size(); ++i) {
      AddRetentionRule(words.retention_rule(i), root.Nested(words, "retention_rule", i));
    }
  }
}

Vocabulary Vocabulary::Build(const std::vector<ParsedVocabulary>& files, Problems* problems) {
  Vocabulary vocabulary;
  VocabularyBuilder builder(&vocabulary, problems);
  for (const ParsedVocabulary& file : files) builder.AddTerms(file);
  builder.Finish(files);
  return vocabulary;
}

}  // namespace ehc
