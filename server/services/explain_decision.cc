// A made-up case, decided and explained. Nothing is read about any child, so nothing is told of
// any.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/status_macros.h"
#include "server/policy/cases.h"
#include "server/policy/explain.h"
#include "server/services/agreement_desk.h"
#include "server/services/agreement_views.h"

namespace ehc {
namespace {

using hub::v1::ExplainDecisionRequest;
using hub::v1::ExplainDecisionResponse;
using Codes = google::protobuf::RepeatedPtrField<std::string>;

// An enumeration's value by the code without its prefix; 0 for the empty code.
template <typename Enum, typename Parse>
absl::StatusOr<Enum> ValueOf(absl::string_view prefix, const std::string& code, Parse parse,
                             absl::string_view field) {
  Enum value = static_cast<Enum>(0);
  if (code.empty() || parse(absl::StrCat(prefix, code), &value)) return value;
  return FieldInvalid(absl::StrCat(field, ": holds a code that there is not"));
}

absl::Status AddRelationships(const Codes& codes, absl::string_view field,
                              google::protobuf::RepeatedField<int>* relationships) {
  for (const std::string& code : codes) {
    EHC_ASSIGN_OR_RETURN(const auto value,
                         (ValueOf<policy_proto::Relationship>(
                             "RELATIONSHIP_", code,
                             [](const std::string& name, policy_proto::Relationship* out) {
                               return policy_proto::Relationship_Parse(name, out);
                             },
                             field)));
    relationships->Add(value);
  }
  return absl::OkStatus();
}

// The case as `ehc-policy explain` would read it from a file.
class CaseMaker {
 public:
  CaseMaker(const ExplainDecisionRequest& request, const CaseFile& file, ReadView& view,
            const PolicySnapshot& policy)
      : request_(request), file_(file), view_(view), policy_(policy) {}

  absl::StatusOr<PolicyCase> Make() {
    policy_proto::PolicyCase one;
    one.set_name("asked");
    const absl::Time at = request_.has_at() ? FromTimestamp(request_.at()) : file_.received_at;
    one.set_at(absl::FormatTime("%Y-%m-%d %H:%M", at, London()));
    EHC_RETURN_IF_ERROR(FillRequest(one.mutable_request()));
    EHC_RETURN_IF_ERROR(FillFacts(request_.facts(), one.mutable_facts()));
    absl::StatusOr<PolicyCase> read = ReadCase(one, {"case", 1, 1}, policy_);
    if (!read.ok()) {
      return FieldInvalid("parts: a part, a flag or a day is not one that the vocabulary knows");
    }
    return read;
  }

 private:
  absl::StatusOr<hub::v1::Agency> Find(const AgencyId& id, absl::string_view field) {
    EHC_ASSIGN_OR_RETURN(std::vector<hub::v1::Agency> agencies, view_.ListAgencies());
    const std::string name = AgencyNameOf(id);
    for (hub::v1::Agency& agency : agencies) {
      if (agency.name() == name) return std::move(agency);
    }
    return FieldInvalid(absl::StrCat(field, ": there is no such agency"));
  }

  static std::string TypeOf(const hub::v1::Agency& agency) {
    return std::string(absl::StripPrefix(hub::v1::AgencyType_Name(agency.type()), "AGENCY_TYPE_"));
  }

  AgencyId Recipient() const {
    return request_.recipient().empty() ? file_.caller.agency() : ReadAgency(request_.recipient());
  }

  // As the desk takes it where a caller names nobody.
  AgencyId Custodian() const {
    if (!request_.custodian().empty()) return ReadAgency(request_.custodian());
    const AgreementSummary* agreement =
        policy_.FindAgreement(ReadAgreement(request_.context().agreement()));
    if (agreement == nullptr) return AgencyId();
    for (const AgencyId& supplier : agreement->suppliers) {
      if (supplier != Recipient()) return supplier;
    }
    return AgencyId();
  }

  absl::Status FillRequest(policy_proto::CaseRequest* to) {
    if (!request_.context().on_behalf_of().empty()) {
      return FieldInvalid(
          "context.on_behalf_of: name that agency as recipient instead; what it may see is asked");
    }
    EHC_ASSIGN_OR_RETURN(const hub::v1::Agency recipient, Find(Recipient(), "recipient"));
    to->set_agency(Recipient().value());
    to->set_agency_type(TypeOf(recipient));
    to->set_region(recipient.region());
    to->set_unit(request_.recipient_unit());
    to->set_user(request_.role().empty() ? "" : "person");
    to->set_role(request_.role());
    to->set_training_until(request_.training_valid_until());
    to->set_strong_authentication(request_.strong_authentication());
    to->set_second_person_approved(request_.second_person_approved());
    to->set_disclosure(static_cast<policy_proto::Disclosure>(request_.disclosure()));
    to->set_record_type(request_.record_type());
    *to->mutable_part() = request_.parts();
    if (policy_.FindSchema(request_.record_type()) == nullptr) {
      return FieldInvalid("record_type: is not in the vocabulary; see docs/record-types.md");
    }
    EHC_RETURN_IF_ERROR(FillCustodian(to));
    FillGround(request_.context(), to);
    return absl::OkStatus();
  }

  absl::Status FillCustodian(policy_proto::CaseRequest* to) {
    const AgencyId id = Custodian();
    if (id.empty()) return FieldInvalid("custodian: the agreement names none; say whom you ask");
    EHC_ASSIGN_OR_RETURN(const hub::v1::Agency custodian, Find(id, "custodian"));
    to->set_custodian(id.value());
    to->set_custodian_type(TypeOf(custodian));
    to->set_custodian_region(custodian.region());
    to->set_custodian_unit(request_.custodian_unit());
    const std::string& kind = policy_.FindSchema(request_.record_type())->held_by;
    if (!request_.custodian_unit().empty() || kind.empty()) return absl::OkStatus();
    for (const hub::v1::Unit& unit : custodian.units()) {
      if (unit.kind() != kind) continue;
      if (to->custodian_unit().empty() || unit.unit_id() < to->custodian_unit()) {
        to->set_custodian_unit(unit.unit_id());
      }
    }
    return absl::OkStatus();
  }

  static void FillGround(const hub::v1::DisclosureContext& context, policy_proto::CaseRequest* to) {
    to->set_agreement(ReadAgreement(context.agreement()).value());
    to->set_purpose(context.purpose());
    to->set_lawful_basis(context.lawful_basis());
    to->set_special_category_basis(context.special_category_basis());
    to->set_gateway(context.gateway());
    to->set_case_reference(context.case_reference());
    to->set_considered_by(context.considered_by());
    to->set_detriment_assessment(context.detriment_assessment());
    if (!context.has_break_glass()) return;
    to->set_break_glass_reason(context.break_glass().reason());
    to->set_second_factor(!context.break_glass().second_factor_claim().empty());
  }

  static absl::Status FillFacts(const hub::v1::SupposedFacts& from, policy_proto::CaseFacts* to) {
    to->set_date_of_birth(from.date_of_birth());
    to->set_school_leaving_date(from.school_leaving_date());
    EHC_ASSIGN_OR_RETURN(const auto decision_maker,
                         (ValueOf<policy_proto::DecisionMakerKind>(
                             "DECISION_MAKER_KIND_", from.decision_maker(),
                             [](const std::string& name, policy_proto::DecisionMakerKind* out) {
                               return policy_proto::DecisionMakerKind_Parse(name, out);
                             },
                             "facts.decision_maker")));
    to->set_decision_maker(decision_maker);
    EHC_RETURN_IF_ERROR(AddRelationships(from.recipient_relationships(),
                                         "facts.recipient_relationships", to->mutable_caller()));
    EHC_RETURN_IF_ERROR(AddRelationships(from.custodian_relationships(),
                                         "facts.custodian_relationships", to->mutable_custodian()));
    *to->mutable_flag() = from.flags();
    *to->mutable_cleared_flag() = from.cleared_flags();
    *to->mutable_standing_decision() = from.standing_decisions();
    to->set_area(from.area());
    for (const hub::v1::SupposedConsent& consent : from.consents()) {
      EHC_ASSIGN_OR_RETURN(const auto state,
                           (ValueOf<policy_proto::ConsentState>(
                               "CONSENT_STATE_", consent.state(),
                               [](const std::string& name, policy_proto::ConsentState* out) {
                                 return policy_proto::ConsentState_Parse(name, out);
                               },
                               "facts.consents.state")));
      policy_proto::CaseConsent& out = *to->add_consent();
      out.set_state(state);
      *out.mutable_part() = consent.parts();
    }
    return absl::OkStatus();
  }

  const ExplainDecisionRequest& request_;
  const CaseFile& file_;
  ReadView& view_;
  const PolicySnapshot& policy_;
};

// An explanation as one caller may see it: clauses of agreements that are not the caller's to see
// are there, but not named.
class ExplanationView {
 public:
  ExplanationView(const Caller& caller, const PolicySnapshot& policy)
      : caller_(caller), policy_(policy) {}

  ExplainDecisionResponse Show(const Explanation& explanation) const {
    const Decision& decision = explanation.decision;
    ExplainDecisionResponse response;
    response.set_outcome(std::string(OutcomeCode(decision.outcome)));
    response.set_reason(std::string(ReasonCode(decision.reason)));
    const bool named = decision.clause == nullptr || Visible(*decision.clause);
    response.set_summary(named ? explanation.summary
                               : absl::StrCat(OutcomeCode(decision.outcome), ": ",
                                              ReasonSentence(decision.reason), "."));
    if (decision.clause != nullptr) *response.mutable_clause() = Reference(*decision.clause);
    for (const PartExplanation& part : explanation.parts) Add(part, response);
    for (const std::string& obligation : explanation.obligations) {
      response.add_obligations(obligation);
    }
    for (const NearestMiss& miss : explanation.nearest) Add(miss, response);
    response.set_revision(explanation.revision);
    return response;
  }

 private:
  bool Visible(const ClauseInfo& clause) const {
    return MaySee(caller_, policy_, clause.agreement);
  }

  hub::v1::ClauseReference Reference(const ClauseInfo& clause) const {
    hub::v1::ClauseReference reference;
    if (!Visible(clause)) return reference;
    reference.set_agreement(absl::StrCat("agreements/", clause.agreement.value()));
    reference.set_clause(clause.id);
    reference.set_file(clause.file);
    reference.set_line(clause.line);
    return reference;
  }

  void Add(const PartExplanation& part, ExplainDecisionResponse& response) const {
    hub::v1::ExplainedPart& out = *response.add_parts();
    out.set_part(part.part);
    out.set_title(part.title);
    out.set_granted(part.granted);
    out.set_reason(part.reason);
    out.set_explanation(part.sentence);
    if (part.clause != nullptr) *out.mutable_clause() = Reference(*part.clause);
  }

  void Add(const NearestMiss& miss, ExplainDecisionResponse& response) const {
    if (miss.clause != nullptr && !Visible(*miss.clause)) return;
    hub::v1::NearestMiss& out = *response.add_nearest();
    out.set_dimension(miss.dimension);
    out.set_explanation(miss.sentence);
    if (miss.clause != nullptr) *out.mutable_clause() = Reference(*miss.clause);
  }

  const Caller& caller_;
  const PolicySnapshot& policy_;
};

absl::Status CheckEntitled(const ExplainDecisionRequest& request, const CaseFile& file,
                           const PolicySnapshot& policy) {
  const AgreementId agreement = ReadAgreement(request.context().agreement());
  if (IsOperator(file.caller)) return absl::OkStatus();
  if (!request.recipient().empty() && ReadAgency(request.recipient()) != file.caller.agency()) {
    return RefusalError(absl::StatusCode::kPermissionDenied, "POLICY_DENIED",
                        "an agency has its own requests explained, and nobody else's");
  }
  return MaySee(file.caller, policy, agreement) ? absl::OkStatus() : NoSuchAgreement();
}

}  // namespace

void AgreementDesk::ExplainDecision(Incoming in, const ExplainDecisionRequest& request,
                                    Reply<ExplainDecisionResponse> reply) const {
  StartReading<ExplainDecisionResponse>(
      desks_, std::move(in), "ExplainDecision", "decision.explain",
      [this, request](const CaseFile& file,
                      ReadView& view) -> absl::StatusOr<ExplainDecisionResponse> {
        EHC_ASSIGN_OR_RETURN(const PolicyDesktop desktop, keeper_.papers().Read(view));
        EHC_ASSIGN_OR_RETURN(const auto policy,
                             PolicyAskedFor(keeper_, file, desktop, request.candidate()));
        EHC_RETURN_IF_ERROR(CheckEntitled(request, file, *policy));
        EHC_ASSIGN_OR_RETURN(const PolicyCase one, CaseMaker(request, file, view, *policy).Make());
        return ExplanationView(file.caller, *policy)
            .Show(Explain(one.request, one.facts, one.now, *policy));
      },
      std::move(reply));
}

}  // namespace ehc
