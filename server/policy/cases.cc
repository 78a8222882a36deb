#include "server/policy/cases.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"
#include "server/policy/compiled.h"
#include "server/policy/engine.h"

namespace ehc {
namespace {

using policy_proto::CaseFacts;
using policy_proto::CaseRequest;

// One case on its way from the file.
class CaseReader {
 public:
  CaseReader(const policy_proto::PolicyCase& source, const Place& place,
             const PolicySnapshot& snapshot, Problems* problems)
      : source_(source), place_(place), snapshot_(snapshot), problems_(problems) {}

  PolicyCase Read() {
    PolicyCase one;
    one.name = source_.name();
    one.place = place_;
    one.expect = source_.expect();
    std::string error;
    if (!absl::ParseTime("%Y-%m-%d %H:%M", source_.at(), London(), &one.now, &error)) {
      Wrong("at", "write London's time as YYYY-MM-DD HH:MM");
    }
    if (source_.name().empty()) Wrong("name", "left out; say it in a sentence");
    one.request = ReadRequest();
    one.facts = ReadFacts(one.request.record_type);
    one.facts.today = LondonDate(one.now);
    return one;
  }

 private:
  using Codes = google::protobuf::RepeatedPtrField<std::string>;

  void Wrong(absl::string_view field, absl::string_view what) {
    problems_->Add(place_, field, what);
  }

  PartMask Parts(const Codes& codes, const std::string& record_type) {
    const RecordSchema* schema = snapshot_.FindSchema(record_type);
    if (schema == nullptr || codes.empty()) return 0;
    if (codes.size() == 1 && codes[0] == "ANY") return schema->AllParts();
    PartMask parts = 0;
    for (const std::string& code : codes) {
      const int part = schema->IndexOf(code);
      if (part < 0) {
        Wrong("part", absl::StrCat("'", code, "' is no part of ", record_type));
      } else {
        parts |= PartMask{1} << part;
      }
    }
    return parts;
  }

  PolicyRequest ReadRequest() {
    const CaseRequest& from = source_.request();
    PolicyRequest request;
    request.agency = AgencyId(from.agency());
    request.agency_type = from.agency_type();
    request.region = from.region();
    request.unit = UnitId(from.unit());
    request.user = from.user();
    request.role = from.role();
    if (!from.training_until().empty()) {
      request.training_valid_until = LondonInstant(from.training_until(), true, absl::UnixEpoch(),
                                                   place_, "training_until", problems_);
    }
    request.strong_authentication = from.strong_authentication();
    request.second_person_approved = from.second_person_approved();
    request.disclosure = from.disclosure() == policy_proto::DISCLOSURE_UNSPECIFIED
                             ? DisclosureKind::kContent
                             : static_cast<DisclosureKind>(static_cast<int>(from.disclosure()) - 1);
    request.custodian = AgencyId(from.custodian());
    request.custodian_unit = UnitId(from.custodian_unit());
    request.custodian_type = from.custodian_type();
    request.custodian_region = from.custodian_region();
    request.record_type = from.record_type();
    request.parts = Parts(from.part(), from.record_type());
    request.agreement = AgreementId(from.agreement());
    request.purpose = from.purpose();
    request.lawful_basis = from.lawful_basis();
    request.special_category_basis = from.special_category_basis();
    request.gateway = from.gateway();
    request.case_reference = from.case_reference();
    request.considered_by = from.considered_by();
    request.detriment_assessment = from.detriment_assessment();
    if (!from.break_glass_reason().empty()) {
      request.break_glass = BreakGlass{from.break_glass_reason(), from.second_factor()};
    }
    return request;
  }

  std::optional<Date> ReadDate(const std::string& text, absl::string_view field) {
    if (text.empty()) return std::nullopt;
    const absl::StatusOr<Date> date = ParseIsoDate(text);
    if (date.ok()) return *date;
    Wrong(field, "not a day of the calendar; write YYYY-MM-DD");
    return std::nullopt;
  }

  uint32_t Flags(const Codes& codes) {
    const Vocabulary& words = snapshot_.compiled().vocabulary;
    uint32_t bits = 0;
    for (const std::string& code : codes) {
      const int number = words.flags.Find(code);
      if (number < 0) {
        Wrong("flag", absl::StrCat("'", code, "' is not in the vocabulary"));
      } else {
        bits |= words.flag_bits[number];
      }
    }
    return bits;
  }

  static uint32_t Relationships(const google::protobuf::RepeatedField<int>& relationships) {
    uint32_t bits = 0;
    for (int relationship : relationships) {
      // RelationshipBit has the enumeration's order (facts.h, agreement.proto).
      if (relationship > 0) bits |= 1u << (relationship - 1);
    }
    return bits;
  }

  Facts ReadFacts(const std::string& record_type) {
    const CaseFacts& from = source_.facts();
    Facts facts;
    facts.subject_known = true;
    facts.date_of_birth = ReadDate(from.date_of_birth(), "date_of_birth");
    facts.school_leaving_date = ReadDate(from.school_leaving_date(), "school_leaving_date");
    facts.decision_maker = static_cast<DecisionMaker>(from.decision_maker());
    facts.caller_relationships = Relationships(from.caller());
    facts.custodian_relationships = Relationships(from.custodian());
    facts.protections = Flags(from.flag());
    facts.cleared_protections = Flags(from.cleared_flag());
    for (const policy_proto::CaseConsent& consent : from.consent()) {
      const PartMask parts = Parts(consent.part(), record_type);
      switch (consent.state()) {
        case policy_proto::CONSENT_STATE_GIVEN: facts.consent.given |= parts; break;
        case policy_proto::CONSENT_STATE_REFUSED: facts.consent.refused |= parts; break;
        case policy_proto::CONSENT_STATE_WITHDRAWN: facts.consent.withdrawn |= parts; break;
        case policy_proto::CONSENT_STATE_EXPIRED: facts.consent.expired |= parts; break;
        case policy_proto::CONSENT_STATE_SUPERSEDED_BY_ADULTHOOD:
          facts.consent.superseded |= parts;
          break;
        case policy_proto::CONSENT_STATE_CONFLICT: facts.consent.conflict |= parts; break;
        default: break;
      }
    }
    facts.standing_decision = Parts(from.standing_decision(), record_type);
    facts.approved = Parts(from.approved(), record_type);
    facts.area = from.area();
    if (from.has_disclosures_today()) facts.disclosures_today = from.disclosures_today();
    facts.break_glass_uses_today = from.break_glass_uses_today();
    facts.consent.not_decision_maker = Parts(from.not_decision_maker(), record_type);
    facts.break_glass_suspended = from.break_glass_suspended();
    return facts;
  }

  const policy_proto::PolicyCase& source_;
  const Place& place_;
  const PolicySnapshot& snapshot_;
  Problems* problems_;
};

std::vector<std::string> CodesOf(PartMask parts, const RecordSchema* schema) {
  std::vector<std::string> codes;
  for (size_t i = 0; schema != nullptr && i < schema->parts.size(); ++i) {
    if ((parts >> i) & 1u) codes.push_back(schema->parts[i].code);
  }
  return codes;
}

std::string InOrder(std::vector<std::string> codes) {
  std::sort(codes.begin(), codes.end());
  return absl::StrJoin(codes, " ");
}

// Which clauses and guards the cases reached.
class CoverageCount {
 public:
  explicit CoverageCount(const PolicySnapshot& snapshot)
      : policy_(snapshot.compiled()),
        hit_(policy_.boxes.size(), false),
        seen_(policy_.boxes.size()) {
    for (size_t i = 0; i < policy_.boxes.size(); ++i) {
      seen_[i].resize(policy_.boxes[i].guards.size());
    }
  }

  void Add(const PolicyCase& one, const Decision& decision) {
    for (const PartRuling& ruling : decision.parts) {
      if (ruling.clause != nullptr) {
        hit_[static_cast<size_t>(ruling.clause - policy_.clause_infos.data())] = true;
      }
    }
    for (size_t i = 0; i < policy_.boxes.size(); ++i) AddGuards(one, i);
  }

  Coverage Result() const {
    Coverage coverage;
    for (size_t i = 0; i < policy_.boxes.size(); ++i) {
      const ClauseBox& box = policy_.boxes[i];
      ++coverage.clauses;
      coverage.clauses_hit += hit_[i] ? 1 : 0;
      if (!hit_[i]) {
        coverage.missed.push_back(
            absl::StrCat(box.place.ToString(), ": clause ", box.info.id, " decides in no test"));
      }
      for (size_t j = 0; j < box.guards.size(); ++j) {
        const bool both = seen_[i][j].held && seen_[i][j].failed;
        ++coverage.guards;
        coverage.guards_hit += both ? 1 : 0;
        if (both) continue;
        coverage.missed.push_back(absl::StrCat(box.guards[j].place.ToString(), ": a condition of ",
                                               box.info.id, " is never seen to ",
                                               seen_[i][j].held ? "fail" : "hold"));
      }
    }
    return coverage;
  }

 private:
  struct Seen {
    bool held = false;
    bool failed = false;
  };

  // Guards count in cases that put the clause's own record type, under its agreement.
  void AddGuards(const PolicyCase& one, size_t number) {
    const ClauseBox& box = policy_.boxes[number];
    if (box.effect != Effect::kForbid && one.request.agreement != box.info.agreement) return;
    const int type = policy_.vocabulary.record_types.Find(one.request.record_type);
    const bool covers =
        std::any_of(box.covers.begin(), box.covers.end(),
                    [&](const CoverBox& cover) { return cover.record_type == type; });
    if (!covers) return;
    for (size_t i = 0; i < box.guards.size(); ++i) {
      const Guard& guard = box.guards[i];
      const GuardAnswer answer = guard.stage() == GuardStage::kRequest
                                     ? EvaluateRequestGuard(guard, one.request, one.now)
                                     : EvaluateFactGuard(guard, one.facts);
      const bool holds = answer.applicable ? answer.parts != 0 : box.effect != Effect::kPermit;
      (holds ? seen_[number][i].held : seen_[number][i].failed) = true;
    }
  }

  const CompiledPolicy& policy_;
  std::vector<bool> hit_;
  std::vector<std::vector<Seen>> seen_;
};

}  // namespace

absl::StatusOr<std::vector<PolicyCase>> ParseCases(const PolicyFile& file,
                                                   const PolicySnapshot& snapshot) {
  ParsedFile<policy_proto::PolicyCases> parsed;
  EHC_RETURN_IF_ERROR(ParsePolicyText(file, &parsed));
  Problems problems;
  std::vector<PolicyCase> cases;
  for (int i = 0; i < parsed.message.case__size(); ++i) {
    policy_proto::PolicyCase merged = parsed.message.common();
    merged.MergeFrom(parsed.message.case_(i));
    const Place place = parsed.root().PlaceOf(parsed.message, "case", i);
    cases.push_back(CaseReader(merged, place, snapshot, &problems).Read());
  }
  EHC_RETURN_IF_ERROR(problems.ToStatus());
  return cases;
}

absl::StatusOr<PolicyCase> ReadCase(const policy_proto::PolicyCase& source, const Place& place,
                                    const PolicySnapshot& snapshot) {
  Problems problems;
  PolicyCase one = CaseReader(source, place, snapshot, &problems).Read();
  EHC_RETURN_IF_ERROR(problems.ToStatus());
  return one;
}

absl::StatusOr<std::vector<PolicyCase>> LoadCases(const std::string& folder,
                                                  const PolicySnapshot& snapshot) {
  std::set<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/tests", error)) {
    if (entry.path().extension() == ".textproto") names.insert(entry.path().filename().string());
  }
  std::vector<PolicyCase> cases;
  for (const std::string& name : names) {
    PolicyFile file{absl::StrCat("tests/", name), ""};
    EHC_ASSIGN_OR_RETURN(file.text, ReadFile(folder + "/" + file.path, kMaxPolicyFileBytes));
    EHC_ASSIGN_OR_RETURN(std::vector<PolicyCase> more, ParseCases(file, snapshot));
    std::move(more.begin(), more.end(), std::back_inserter(cases));
  }
  return cases;
}

std::string Differs(const PolicyCase& one, const Decision& decision) {
  const policy_proto::CaseExpectation& expect = one.expect;
  std::vector<std::string> differences;
  const auto compare = [&](absl::string_view what, const std::string& expected,
                           const std::string& actual) {
    if (expected == actual) return;
    differences.push_back(absl::StrCat(what, " is ", actual.empty() ? "none" : actual, ", not ",
                                       expected.empty() ? "none" : expected));
  };
  const std::string outcome(OutcomeCode(decision.outcome));
  if (!expect.outcome().empty()) {
    compare("outcome", expect.outcome(), outcome);
    std::vector<std::string> granted(expect.granted().begin(), expect.granted().end());
    if (granted.empty() && expect.outcome() == "PERMIT" && decision.schema != nullptr) {
      const bool content = one.request.disclosure == DisclosureKind::kContent;
      granted = CodesOf(content ? one.request.parts : decision.schema->AllParts(), decision.schema);
    }
    compare("granted", InOrder(granted), InOrder(CodesOf(decision.granted, decision.schema)));
  }
  if (!expect.reason().empty()) {
    compare("reason", expect.reason(), std::string(ReasonCode(decision.reason)));
  }
  if (!expect.clause().empty()) {
    compare("clause", expect.clause(), decision.clause == nullptr ? "" : decision.clause->id);
  }
  if (!expect.obligation().empty()) {
    std::vector<std::string> codes;
    for (const Obligation& obligation : decision.obligations) {
      codes.push_back(obligation.what->code);
    }
    compare("obligations", InOrder({expect.obligation().begin(), expect.obligation().end()}),
            InOrder(codes));
  }
  return absl::StrJoin(differences, "; ");
}

TestReport RunCases(const std::vector<PolicyCase>& cases, const PolicySnapshot& snapshot) {
  TestReport report;
  CoverageCount coverage(snapshot);
  for (const PolicyCase& one : cases) {
    const Decision decision = Decide(one.request, one.facts, one.now, snapshot);
    coverage.Add(one, decision);
    const std::string difference = Differs(one, decision);
    if (difference.empty()) {
      ++report.passed;
    } else {
      report.failures.push_back(
          absl::StrCat(one.place.ToString(), ": ", one.name, ": ", difference));
    }
  }
  report.coverage = coverage.Result();
  return report;
}

}  // namespace ehc
