#include "ehc/hub/v1/agency_admin_service.grpc.pb.h"
#include "server/services/agency_admin.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

class AgencyAdminRpc final : public UnaryService<hub::v1::AgencyAdminService, AgencyAdmin> {
 public:
  using Desk = AgencyAdmin;
  using UnaryService::UnaryService;
  EHC_SERVE(CreateAgency);
  EHC_SERVE(GetAgency);
  EHC_SERVE(ListAgencies);
  EHC_SERVE(EnrolCredential);
  EHC_SERVE(ListCredentials);
  EHC_SERVE(RevokeCredential);
  EHC_SERVE(GetReadiness);
  EHC_SERVE(DeclareReadiness);
  EHC_SERVE(ActivateAgency);
  EHC_SERVE(SuspendAgency);
  EHC_SERVE(ReinstateAgency);
  EHC_SERVE(ApproveProposal);
  EHC_SERVE(WithdrawProposal);
  EHC_SERVE(ListProposals);
  EHC_SERVE(GetUsage);
  EHC_SERVE(CreateEnrolment);
  EHC_SERVE(CancelEnrolment);
  EHC_SERVE(ListEnrolments);
  EHC_SERVE(GrantDelegation);
  EHC_SERVE(AcceptDelegation);
  EHC_SERVE(EndDelegation);
  EHC_SERVE(ListDelegations);
};

}  // namespace

ServiceMaker Expose(const AgencyAdmin& desk) { return MakerOf<AgencyAdminRpc>(desk); }

}  // namespace ehc
