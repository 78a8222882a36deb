#include "server/policy/explain.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/policy/compiled.h"
#include "server/policy/engine.h"

namespace ehc {
namespace {

// Asks again with one dimension relaxed to what each clause wants.
class MissFinder {
 public:
  MissFinder(const PolicyRequest& request, const Facts& facts, absl::Time now,
             const PolicySnapshot& snapshot)
      : request_(request),
        facts_(facts),
        now_(now),
        snapshot_(snapshot),
        policy_(snapshot.compiled()) {}

  std::vector<NearestMiss> Find() {
    RelaxAgreement();
    for (const ClauseBox& box : policy_.boxes) {
      if (box.effect == Effect::kForbid || !InLineage(box)) continue;
      RelaxWords(box);
      RelaxChild(box);
    }
    return std::move(misses_);
  }

 private:
  using Change = std::function<void(PolicyRequest*, Facts*)>;

  bool InLineage(const ClauseBox& box) const {
    const uint32_t number = policy_.agreement_names.Find(request_.agreement.value());
    if (number == 0) return false;
    const auto& lineage = policy_.agreements[number - 1].lineage;
    return std::find(lineage.begin(), lineage.end(), static_cast<uint32_t>(box.agreement)) !=
           lineage.end();
  }

  // Keeps the miss if the change, and nothing else, lets the request through.
  bool Try(const ClauseInfo* clause, const std::string& dimension, const std::string& how,
           const Change& change) {
    PolicyRequest request = request_;
    Facts facts = facts_;
    change(&request, &facts);
    const Decision decision = Decide(request, facts, now_, snapshot_);
    if (!decision.permits() && decision.outcome != Outcome::kReferToHuman) return false;
    if (decision.clause != nullptr) clause = decision.clause;
    const std::string sentence =
        absl::StrCat(decision.permits() ? "Allowed " : "A human would decide ", how);
    const bool known = std::any_of(misses_.begin(), misses_.end(), [&](const NearestMiss& miss) {
      return miss.sentence == sentence;
    });
    if (!known) misses_.push_back({clause, dimension, sentence});
    return true;
  }

  void RelaxAgreement() {
    if (snapshot_.StateOf(request_.agreement, now_) == Reason::kNone) return;
    for (const AgreementSummary& summary : snapshot_.agreements()) {
      if (snapshot_.StateOf(summary.id, now_) != Reason::kNone) continue;
      Try(nullptr, "agreement",
          absl::StrCat("under agreement ", summary.id.value(), "; you stated ",
                       request_.agreement.value(), "."),
          [&](PolicyRequest* request, Facts*) { request->agreement = summary.id; });
    }
  }

  const ClauseInfo* InfoOf(const ClauseBox& box) const {
    return &policy_.clause_infos[static_cast<size_t>(&box - policy_.boxes.data())];
  }

  static std::string Titled(const TermList& list, absl::string_view code) {
    const int number = list.Find(code);
    if (code.empty()) return "nothing";
    return number < 0 ? std::string(code) : list[number].title;
  }

  void RelaxWord(const ClauseBox& box, const std::string& dimension, const TermList& list,
                 const std::vector<int>& wanted, std::string PolicyRequest::*field) {
    for (int number : wanted) {
      if (list[number].code == request_.*field) continue;
      const std::string sentence =
          absl::StrCat("for ", dimension, " \"", list[number].title, "\"; you stated ",
                       Titled(list, request_.*field), ".");
      if (Try(InfoOf(box), dimension, sentence,
              [&](PolicyRequest* request, Facts*) { request->*field = list[number].code; })) {
        return;
      }
    }
  }

  static std::vector<int> BitNumbers(uint64_t bits, const TermList& list) {
    std::vector<int> numbers;
    for (int i = 0; i < list.size(); ++i) {
      if ((bits >> i) & 1u) numbers.push_back(i);
    }
    return numbers;
  }

  void RelaxWords(const ClauseBox& box) {
    const Vocabulary& words = policy_.vocabulary;
    RelaxWord(box, "purpose", words.purposes, box.purposes, &PolicyRequest::purpose);
    RelaxWord(box, "lawful basis", words.lawful_bases,
              BitNumbers(box.lawful_bases, words.lawful_bases), &PolicyRequest::lawful_basis);
    RelaxWord(box, "special-category basis", words.special_bases,
              BitNumbers(box.special_bases, words.special_bases),
              &PolicyRequest::special_category_basis);
    RelaxWord(box, "gateway", words.gateways, BitNumbers(box.gateways, words.gateways),
              &PolicyRequest::gateway);
    std::vector<int> roles;
    for (int i = 0; i < words.roles.size(); ++i) {
      if (box.roles[i]) roles.push_back(i);
    }
    RelaxWord(box, "role", words.roles, roles, &PolicyRequest::role);
    if (request_.user.empty()) {
      Try(InfoOf(box), "person", "for a named person; an unattended system asked.",
          [](PolicyRequest* request, Facts*) { request->user = "somebody"; });
    }
    RelaxPlaces(box);
  }

  void RelaxPlaces(const ClauseBox& box) {
    for (const OrganisationBox& recipient : box.recipients) {
      for (const std::string& unit : recipient.units) {
        Try(InfoOf(box), "unit",
            absl::StrCat("for unit ", unit, "; you act for ",
                         request_.unit.empty() ? "none" : request_.unit.value(), "."),
            [&](PolicyRequest* request, Facts*) { request->unit = UnitId(unit); });
      }
    }
    for (const OrganisationBox& supplier : box.suppliers) {
      if (supplier.kind != OrganisationBox::Kind::kAgency) continue;
      Try(InfoOf(box), "custodian",
          absl::StrCat("from ", supplier.agency, "; you asked ", request_.custodian.value(), "."),
          [&](PolicyRequest* request, Facts*) { request->custodian = AgencyId(supplier.agency); });
      for (const std::string& unit : supplier.units) {
        Try(InfoOf(box), "custodian's unit", absl::StrCat("from unit ", unit, " of the custodian."),
            [&](PolicyRequest* request, Facts*) { request->custodian_unit = UnitId(unit); });
      }
    }
    for (const CoverBox& cover : box.covers) {
      RelaxParts(box, cover);
    }
  }

  void RelaxParts(const ClauseBox& box, const CoverBox& cover) {
    const RecordTypeInfo& type = policy_.vocabulary.record_info[cover.record_type];
    if (type.schema.record_type != request_.record_type || (cover.parts & request_.parts) != 0) {
      return;
    }
    std::vector<std::string> codes;
    for (size_t i = 0; i < type.schema.parts.size(); ++i) {
      if ((cover.parts >> i) & 1u) codes.push_back(type.schema.parts[i].code);
    }
    Try(InfoOf(box), "part", absl::StrCat("for parts ", absl::StrJoin(codes, ", "), "."),
        [&](PolicyRequest* request, Facts*) { request->parts = cover.parts; });
  }

  void RelaxChild(const ClauseBox& box) {
    if (box.consent == ConsentRule::kRequired) {
      Try(InfoOf(box), "consent", "with the decision-maker's consent to the parts.",
          [](PolicyRequest* request, Facts* facts) {
            facts->consent = ConsentFacts();
            facts->consent.given = request->parts;
          });
    }
    for (const Guard& guard : box.guards) {
      Try(InfoOf(box), "guard",
          absl::StrCat("only if ", GuardSentence(guard, policy_.vocabulary), "."),
          [&](PolicyRequest* request, Facts* facts) { Satisfy(guard, request, facts); });
    }
  }

  void Satisfy(const Guard& guard, PolicyRequest* request, Facts* facts) const {
    switch (guard.kind) {
      case GuardKind::kStatement:
        // By assign(1, …): g++ 12 sees an overlap in the assignment of a literal (GCC bug 105329).
        request->case_reference.assign(1, 'x');
        request->considered_by.assign(1, 'x');
        request->detriment_assessment.assign(1, 'x');
        break;
      case GuardKind::kSecondPerson: request->second_person_approved = true; break;
      case GuardKind::kTraining: request->training_valid_until = now_ + absl::Hours(1); break;
      case GuardKind::kRegion: request->region = guard.codes[0]; break;
      case GuardKind::kStrongAuthentication: request->strong_authentication = true; break;
      case GuardKind::kRate: facts->disclosures_today = 0; break;
      case GuardKind::kDecisionMaker:
        facts->decision_maker = static_cast<DecisionMaker>(absl::countr_zero(guard.bits));
        break;
      case GuardKind::kSubjectFlag:
        facts->protections = guard.quantifier == policy_proto::QUANTIFIER_NONE
                                 ? facts->protections & ~guard.bits
                                 : facts->protections | guard.bits;
        break;
      case GuardKind::kAge:
        facts->date_of_birth = Date(facts->today.year() - guard.low, 1, 1);
        break;
      case GuardKind::kSchoolLeaving:
        facts->school_leaving_date =
            guard.bits == policy_proto::SCHOOL_LEAVING_SIDE_AFTER ? facts->today - 1 : facts->today;
        break;
      case GuardKind::kRelationship: {
        uint32_t& held =
            guard.of_caller ? facts->caller_relationships : facts->custodian_relationships;
        held = guard.quantifier == policy_proto::QUANTIFIER_NONE ? held & ~guard.bits
                                                                 : held | guard.bits;
        break;
      }
      case GuardKind::kArea: facts->area = guard.codes[0]; break;
      case GuardKind::kDateWindow:
      case GuardKind::kHours:
      case GuardKind::kConsentState: break;  // time and the family's word are not ours to change
    }
  }

  const PolicyRequest& request_;
  const Facts& facts_;
  const absl::Time now_;
  const PolicySnapshot& snapshot_;
  const CompiledPolicy& policy_;
  std::vector<NearestMiss> misses_;
};

std::string Summary(const Decision& decision) {
  const std::string by =
      decision.clause == nullptr
          ? ""
          : absl::StrCat(" (clause ", decision.clause->id, ", ", PlaceOf(*decision.clause), ")");
  switch (decision.outcome) {
    case Outcome::kPermit: return absl::StrCat("Permitted", by, ".");
    case Outcome::kPermitRedacted: return absl::StrCat("Permitted in part", by, ".");
    case Outcome::kReferToHuman:
      return absl::StrCat("A human at the custodian decides: ", ReasonSentence(decision.reason), by,
                          ".");
    case Outcome::kDeny: return absl::StrCat("Denied: ", ReasonSentence(decision.reason), by, ".");
    case Outcome::kUnavailable:
      return "Not decided: something that the decision needs could not be read.";
  }
  return "";
}

}  // namespace

std::string PlaceOf(const ClauseInfo& clause) {
  return absl::StrCat(clause.file, ":", clause.line);
}

std::string ReasonSentence(Reason reason) {
  switch (reason) {
    case Reason::kNone: return "permitted";
    case Reason::kNoClause: return "no clause of the agreement covers this";
    case Reason::kForbidden: return "a clause forbids it";
    case Reason::kReferred: return "the rules leave it to a person";
    case Reason::kConsentMissing: return "the decision-maker has not been asked for consent";
    case Reason::kConsentRefused: return "the decision-maker refused";
    case Reason::kConsentWithdrawn: return "consent was withdrawn";
    case Reason::kConsentExpired: return "consent has expired";
    case Reason::kConsentSuperseded:
      return "the young person decides now; a parent's consent no longer counts";
    case Reason::kConsentConflict: return "holders of parental responsibility disagree";
    case Reason::kNotDecisionMaker: return "who consented does not decide for the child";
    case Reason::kGuard: return "a condition of the clause is not met";
    case Reason::kAgreementUnknown: return "there is no such agreement";
    case Reason::kAgreementNotInForce: return "the agreement is not in force on this day";
    case Reason::kAgreementSuspended: return "the agreement is suspended";
    case Reason::kAgreementUnsigned:
      return "the custodian has not signed the agreement as it stands";
    case Reason::kPurposeNotCovered: return "the agreement does not cover this purpose";
    case Reason::kBasisMissing: return "the lawful basis stated is not one that the clause accepts";
    case Reason::kGatewayMissing: return "the gateway through confidentiality is missing";
    case Reason::kPersonRequired: return "a named person has to ask, not an unattended system";
    case Reason::kRoleNotEntitled: return "the acting person's role is not entitled";
    case Reason::kBreakGlassRefused: return "breaking the glass was refused";
    case Reason::kProtected: return "a protection of the child withholds it";
    case Reason::kNotAsked: return "nothing was asked for";
    case Reason::kLocationNotChecked: return "nobody vouched that the text reveals no location";
    case Reason::kInputUnavailable: return "something needed could not be read";
    case Reason::kTransferred: return "the plan has moved to another authority";
    case Reason::kNoDelegation: return "no delegation lets the caller act for that agency";
  }
  return "";
}

Explanation Explain(const PolicyRequest& request, const Facts& facts, absl::Time now,
                    const PolicySnapshot& snapshot) {
  Explanation result;
  result.decision = Decide(request, facts, now, snapshot);
  result.revision = std::string(snapshot.revision());
  result.summary = Summary(result.decision);
  const Decision& decision = result.decision;
  const bool content = request.disclosure == DisclosureKind::kContent;
  for (size_t i = 0; decision.schema != nullptr && i < decision.schema->parts.size(); ++i) {
    if (content && ((request.parts >> i) & 1u) == 0) continue;
    const PartSchema& part = decision.schema->parts[i];
    const PartRuling& ruling = decision.parts[i];
    result.parts.push_back({part.code, part.title, ((decision.granted >> i) & 1u) != 0,
                            std::string(ReasonCode(ruling.reason)), ReasonSentence(ruling.reason),
                            ruling.clause});
  }
  for (const Obligation& obligation : decision.obligations) {
    const Vocabulary& words = snapshot.compiled().vocabulary;
    const int number = words.obligations.Find(obligation.what->code);
    result.obligations.push_back(
        absl::StrCat(words.obligations[number].title, obligation.what->detail.empty() ? "" : ": ",
                     obligation.what->detail, " (clause ", obligation.clause->id, ")"));
  }
  if (decision.outcome == Outcome::kDeny) {
    result.nearest = MissFinder(request, facts, now, snapshot).Find();
  }
  return result;
}

std::string ExplanationText(const Explanation& explanation) {
  std::string text = absl::StrCat(explanation.summary, "\n");
  for (const PartExplanation& part : explanation.parts) {
    absl::StrAppend(&text, "  ", part.granted ? "yes" : "no ", "  ", part.part, " (", part.title,
                    "): ", part.sentence);
    if (part.clause != nullptr) {
      absl::StrAppend(&text, " [", part.clause->id, ", ", PlaceOf(*part.clause), "]");
    }
    absl::StrAppend(&text, "\n");
  }
  for (const std::string& obligation : explanation.obligations) {
    absl::StrAppend(&text, "Obligation: ", obligation, "\n");
  }
  for (const NearestMiss& miss : explanation.nearest) {
    absl::StrAppend(&text, "Nearest: ", miss.sentence,
                    miss.clause == nullptr
                        ? ""
                        : absl::StrCat(" [", miss.clause->id, ", ", PlaceOf(*miss.clause), "]"),
                    "\n");
  }
  absl::StrAppend(&text, "Policy revision ", explanation.revision, "\n");
  return text;
}

}  // namespace ehc
