// What it takes to bring a created agency live: its administrator declares its readiness, one
// operator proposes, another approves.
#ifndef EHC_TESTS_SUPPORT_GO_LIVE_H_
#define EHC_TESTS_SUPPORT_GO_LIVE_H_

#include <string>

#include "absl/status/status.h"
#include "ehchub/agency_admin_client.h"
#include "server/base/status_macros.h"

namespace ehc {

inline absl::Status DeclareAll(const ehchub::AgencyAdminClient& administrator,
                               const std::string& agency) {
  hub::v1::GetReadinessRequest read;
  read.set_name("agencies/" + agency);
  EHC_ASSIGN_OR_RETURN(const auto list, administrator.GetReadiness(read));
  hub::v1::DeclareReadinessRequest declare;
  declare.set_name(read.name());
  for (const hub::v1::ReadinessItem& item : list.items()) {
    hub::v1::ReadinessDeclaration& declaration = *declare.add_declarations();
    declaration.set_item(item.item());
    declaration.set_version(item.version());
    declaration.set_reference("files/" + item.item());
  }
  return administrator.DeclareReadiness(declare).status();
}

inline absl::Status Approve(const ehchub::AgencyAdminClient& second,
                            const hub::v1::AdminProposal& proposal) {
  hub::v1::ApproveProposalRequest approve;
  approve.set_name(proposal.name());
  approve.set_digest(proposal.digest());
  return second.ApproveProposal(approve).status();
}

inline absl::Status GoLive(const ehchub::AgencyAdminClient& first,
                           const ehchub::AgencyAdminClient& second,
                           const ehchub::AgencyAdminClient& administrator,
                           const std::string& agency) {
  EHC_RETURN_IF_ERROR(DeclareAll(administrator, agency));
  hub::v1::ActivateAgencyRequest activate;
  activate.set_name("agencies/" + agency);
  activate.set_reason("onboarded");
  EHC_ASSIGN_OR_RETURN(const auto proposed, first.ActivateAgency(activate));
  return Approve(second, proposed.proposal());
}

}  // namespace ehc

#endif  // EHC_TESTS_SUPPORT_GO_LIVE_H_
