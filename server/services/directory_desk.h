// DirectoryService: services for families, person-free. A service is a matter of its publisher with
// the directory itself, about no child.
#ifndef EHC_SERVER_SERVICES_DIRECTORY_DESK_H_
#define EHC_SERVER_SERVICES_DIRECTORY_DESK_H_

#include "ehc/hub/v1/directory_service.pb.h"
#include "server/services/common.h"

namespace ehc {

class DirectoryDesk {
 public:
  explicit DirectoryDesk(const Desks& desks) : desks_(desks) {}

  void PublishService(Incoming in, const hub::v1::PublishServiceRequest& request,
                      Reply<hub::v1::PublishServiceResponse> reply) const;
  void WithdrawService(Incoming in, const hub::v1::WithdrawServiceRequest& request,
                       Reply<hub::v1::WithdrawServiceResponse> reply) const;
  void GetService(Incoming in, const hub::v1::GetServiceRequest& request,
                  Reply<hub::v1::GetServiceResponse> reply) const;
  void SearchServices(Incoming in, const hub::v1::SearchServicesRequest& request,
                      Reply<hub::v1::SearchServicesResponse> reply) const;

 private:
  Desks desks_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_DIRECTORY_DESK_H_
