#include "ehc/hub/v1/directory_service.grpc.pb.h"
#include "server/services/directory_desk.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

class DirectoryRpc final : public UnaryService<hub::v1::DirectoryService, DirectoryDesk> {
 public:
  using Desk = DirectoryDesk;
  using UnaryService::UnaryService;
  EHC_SERVE(PublishService);
  EHC_SERVE(WithdrawService);
  EHC_SERVE(GetService);
  EHC_SERVE(SearchServices);
};

}  // namespace

ServiceMaker Expose(const DirectoryDesk& desk) { return MakerOf<DirectoryRpc>(desk); }

}  // namespace ehc
