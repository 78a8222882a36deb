#include "server/services/admin_acts.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "server/base/encoding.h"
#include "server/base/status_macros.h"
#include "server/services/credential.h"
#include "server/services/enrolments.h"

namespace ehc {
namespace {

using hub::v1::AdminProposal;
using hub::v1::Agency;

absl::Status CheckReadiness(const CaseFile& file, const Agency& agency) {
  const std::vector<std::string> missing = MissingReadiness(file, agency);
  if (missing.empty()) return absl::OkStatus();
  return RefusalError(
      absl::StatusCode::kFailedPrecondition, "READINESS_INCOMPLETE",
      absl::StrCat("name: the agency has not declared ", absl::StrJoin(missing, ", "),
                   "; its administrator declares it with DeclareReadiness"));
}

// Which state an act leads from and to.
struct Transition {
  hub::v1::AgencyState from;
  hub::v1::AgencyState to;
  const char* refusal;
};

absl::StatusOr<Transition> TransitionOf(hub::v1::AdminAct act) {
  switch (act) {
    case hub::v1::ADMIN_ACT_ACTIVATE_AGENCY:
      return Transition{hub::v1::AGENCY_STATE_ONBOARDING, hub::v1::AGENCY_STATE_ACTIVE,
                        "name: is not being set up; it is or was live"};
    case hub::v1::ADMIN_ACT_SUSPEND_AGENCY:
      return Transition{hub::v1::AGENCY_STATE_ACTIVE, hub::v1::AGENCY_STATE_SUSPENDED,
                        "name: is not live"};
    case hub::v1::ADMIN_ACT_REINSTATE_AGENCY:
      return Transition{hub::v1::AGENCY_STATE_SUSPENDED, hub::v1::AGENCY_STATE_ACTIVE,
                        "name: is not suspended"};
    default: return absl::InternalError("no act that changes an agency");
  }
}

absl::Status PlanTransition(const CaseFile& file, ReadView& view, const AdminProposal& act,
                            Plan& plan) {
  EHC_ASSIGN_OR_RETURN(const Transition transition, TransitionOf(act.act()));
  EHC_ASSIGN_OR_RETURN(std::optional<Agency> agency, FindAgency(view, act.agency()));
  if (!agency.has_value()) return NoSuchAgency("name");
  if (agency->state() != transition.from) return StateConflict(transition.refusal);
  const AgencyId id = ReadAgency(act.agency());
  if (act.act() == hub::v1::ADMIN_ACT_SUSPEND_AGENCY && id == file.caller.agency()) {
    return StateConflict("name: an operator does not suspend itself; nobody could reinstate it");
  }
  if (act.act() == hub::v1::ADMIN_ACT_ACTIVATE_AGENCY) {
    EHC_RETURN_IF_ERROR(CheckReadiness(file, *agency));
  }
  agency->set_state(transition.to);
  agency->set_etag(NextEtag(agency->etag()));
  plan.reads.push_back(AgencyKey(id));
  plan.changes.push_back(PutAgency{id, *std::move(agency)});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<Agency>> FindAgency(ReadView& view, absl::string_view name) {
  EHC_ASSIGN_OR_RETURN(std::vector<Agency> agencies, view.ListAgencies());
  for (Agency& agency : agencies) {
    if (agency.name() == name) return std::move(agency);
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<PutCredential>> FindCredential(ReadView& view,
                                                            absl::string_view name) {
  EHC_ASSIGN_OR_RETURN(std::vector<PutCredential> credentials, view.ListCredentials());
  for (PutCredential& credential : credentials) {
    if (credential.value.name() == name) return std::move(credential);
  }
  return std::nullopt;
}

absl::Status NoSuchAgency(absl::string_view field) {
  return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                      absl::StrCat(field, ": there is no such agency"));
}

std::string NextEtag(absl::string_view etag) {
  int64_t revision = 0;
  if (!absl::ConsumePrefix(&etag, "r") || !absl::SimpleAtoi(etag, &revision)) revision = 1;
  return EtagOf(revision + 1);
}

absl::Status CheckSameEtag(absl::string_view stated, absl::string_view current) {
  return stated == current ? absl::OkStatus() : CheckEtag(stated, 0);
}

std::string AgencyTypeCode(hub::v1::AgencyType type) {
  const std::string name = hub::v1::AgencyType_Name(type);
  return std::string(absl::StripPrefix(name, "AGENCY_TYPE_"));
}

bool NeedsSecondPerson(const Agency& agency, const hub::v1::Credential& credential) {
  return agency.type() == hub::v1::AGENCY_TYPE_OPERATOR ||
         credential.kind() == hub::v1::CREDENTIAL_KIND_AGREEMENT_SIGNING_KEY;
}

namespace {

// ADR 0050: an operator's key signs for one of its people.
absl::Status CheckSigner(const Agency& owner, const hub::v1::Credential& credential) {
  if (owner.type() != hub::v1::AGENCY_TYPE_OPERATOR ||
      credential.kind() != hub::v1::CREDENTIAL_KIND_ASSERTION_KEY) {
    return absl::OkStatus();
  }
  const bool known =
      std::any_of(owner.people().begin(), owner.people().end(),
                  [&](const auto& person) { return person.user() == credential.person(); });
  if (known) return absl::OkStatus();
  return FieldInvalid("credential.person: must be one of the operator's registered people");
}

}  // namespace

absl::Status PlanEnrolment(ReadView& view, const std::string& agency, PutCredential credential,
                           Plan& plan) {
  EHC_ASSIGN_OR_RETURN(const std::optional<Agency> owner, FindAgency(view, agency));
  if (!owner.has_value()) return NoSuchAgency("parent");
  EHC_RETURN_IF_ERROR(CheckSigner(*owner, credential.value));
  // Whoever's it is: a key moved to another agency would be lost to its own.
  EHC_ASSIGN_OR_RETURN(const std::vector<PutCredential> enrolled, view.ListCredentials());
  const bool taken = std::any_of(enrolled.begin(), enrolled.end(), [&](const PutCredential& one) {
    return one.fingerprint == credential.fingerprint || one.value.name() == credential.value.name();
  });
  if (taken) {
    return RefusalError(absl::StatusCode::kAlreadyExists, "STATE_CONFLICT",
                        "credential: is enrolled already, or was and is revoked");
  }
  credential.value.set_etag(EtagOf(1));
  plan.reads.push_back(CredentialKey(credential.fingerprint));
  plan.changes.push_back(std::move(credential));
  return absl::OkStatus();
}

absl::Status PlanAct(Store& store, const Calendar& calendar, const CaseFile& file, ReadView& view,
                     const AdminProposal& act, Plan& plan) {
  plan.custodian = ReadAgency(act.agency());  // it sees in its audit what was done to it
  if (act.act() == hub::v1::ADMIN_ACT_CREATE_ENROLMENT) {
    return PlanEnrolmentToken(store, calendar, file, view, act.enrolment(), plan).status();
  }
  if (act.act() != hub::v1::ADMIN_ACT_ENROL_CREDENTIAL) {
    return PlanTransition(file, view, act, plan);
  }
  EHC_ASSIGN_OR_RETURN(PutCredential credential,
                       ReadCredential(plan.custodian.value(), act.credential(), file.received_at));
  return PlanEnrolment(view, act.agency(), std::move(credential), plan);
}

std::string DigestOfAct(const AdminProposal& act) {
  AdminProposal covered;
  covered.set_act(act.act());
  covered.set_agency(act.agency());
  covered.set_reason(act.reason());
  if (act.has_credential()) *covered.mutable_credential() = act.credential();
  if (act.has_enrolment()) *covered.mutable_enrolment() = act.enrolment();
  return HexEncode(DigestView(Sha256(covered.SerializeAsString())));
}

std::vector<std::string> MissingReadiness(const CaseFile& file, const Agency& agency) {
  std::vector<std::string> missing;
  const auto rules =
      PolicyOf(file).agency_rules().ReadinessOf(AgencyTypeCode(agency.type()), file.received_at);
  for (const ReadinessRule* rule : rules) {
    const bool met = std::any_of(
        agency.readiness().begin(), agency.readiness().end(), [&](const auto& declared) {
          return declared.item() == rule->item && declared.version() == rule->version &&
                 file.received_at < FromTimestamp(declared.declared_at()) + rule->holds;
        });
    if (!met) missing.push_back(rule->item);
  }
  return missing;
}

}  // namespace ehc
