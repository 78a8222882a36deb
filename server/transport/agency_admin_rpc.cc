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
};

}  // namespace

ServiceMaker Expose(const AgencyAdmin& desk) { return MakerOf<AgencyAdminRpc>(desk); }

}  // namespace ehc
