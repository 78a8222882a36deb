// What operators do to agencies and credentials: finding them, and the acts that take two people,
// each worked out in one view, when it is proposed and again when it is approved.
#ifndef EHC_SERVER_SERVICES_ADMIN_ACTS_H_
#define EHC_SERVER_SERVICES_ADMIN_ACTS_H_

#include <optional>
#include <string>

#include "ehc/hub/v1/agency_admin_service.pb.h"
#include "server/services/matters.h"

namespace ehc {

// The registry is small (tens of agencies, hundreds of credentials): read whole, searched in
// memory.
absl::StatusOr<std::optional<hub::v1::Agency>> FindAgency(ReadView& view, absl::string_view name);
absl::StatusOr<std::optional<PutCredential>> FindCredential(ReadView& view, absl::string_view name);

// NOT_FOUND RESOURCE_NOT_FOUND.
absl::Status NoSuchAgency(absl::string_view field);

// The etag after this one.
std::string NextEtag(absl::string_view etag);
// ETAG_MISMATCH unless `stated` is empty or is `current`.
absl::Status CheckSameEtag(absl::string_view stated, absl::string_view current);

// "NHS_TRUST"
std::string AgencyTypeCode(hub::v1::AgencyType type);

// An operator's credential, and a key that signs agreements: whoever enrols one could decide alone
// what otherwise takes two.
bool NeedsSecondPerson(const hub::v1::Agency& agency, const hub::v1::Credential& credential);

// Adds the credential to the registry. STATE_CONFLICT where it is or was there, RESOURCE_NOT_FOUND,
// FIELD_INVALID for an operator's assertion key that is none of its people's.
absl::Status PlanEnrolment(ReadView& view, const std::string& agency, PutCredential credential,
                           Plan& plan);

// Adds what `act` says to the plan, or says why it cannot be done now.
absl::Status PlanAct(Store& store, const Calendar& calendar, const CaseFile& file, ReadView& view,
                     const hub::v1::AdminProposal& act, Plan& plan);

// Hexadecimal SHA-256 over what is to be done, with which agency, why, and the credential or token.
std::string DigestOfAct(const hub::v1::AdminProposal& act);

// What `agency` has still to declare, by code; those of its type that are in force.
std::vector<std::string> MissingReadiness(const CaseFile& file, const hub::v1::Agency& agency);

// Proposes `act` (what is to be done, with which agency, why, with which credential) in the
// caller's name. The response has the proposal in its field of that name.
std::shared_ptr<const Mutation> MakeProposing(const Desks& desks, const Calendar& calendar,
                                              hub::v1::AdminProposal act, std::string etag);

template <typename Resp>
void ShapeProposal(const Audited<Written>& audited, const Rooms&, Resp& response) {
  response.mutable_proposal()->CopyFrom(*audited.value().value);
}

// A registry change takes effect on this hub before its caller is told of it.
template <typename Resp>
Reply<Resp> AfterReload(const Desks& desks, Reply<Resp> reply) {
  return [changed = desks.registry_changed, reply = std::move(reply)](Answer<Resp> answer) mutable {
    changed();
    reply(std::move(answer));
  };
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_ADMIN_ACTS_H_
