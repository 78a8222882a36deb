#include <memory>
#include <utility>

#include "client-sdk/src/internal/rpc.h"
#include "ehc/hub/v1/directory_service.grpc.pb.h"
#include "ehchub/directory_connection.h"

namespace ehchub {
namespace {

using Stub = v1::DirectoryService::Stub;

class GrpcDirectoryConnection final : public DirectoryConnection {
 public:
  explicit GrpcDirectoryConnection(std::shared_ptr<internal::Wire> wire) : rpc_(std::move(wire)) {}

  absl::StatusOr<v1::PublishServiceResponse> PublishService(
      const v1::PublishServiceRequest& request) override {
    return rpc_.Call(&Stub::PublishService, "PublishService", request);
  }

  absl::StatusOr<v1::WithdrawServiceResponse> WithdrawService(
      const v1::WithdrawServiceRequest& request) override {
    return rpc_.Call(&Stub::WithdrawService, "WithdrawService", request);
  }

  absl::StatusOr<v1::GetServiceResponse> GetService(const v1::GetServiceRequest& request) override {
    return rpc_.Call(&Stub::GetService, "GetService", request);
  }

  absl::StatusOr<v1::SearchServicesResponse> SearchServices(
      const v1::SearchServicesRequest& request) override {
    return rpc_.Call(&Stub::SearchServices, "SearchServices", request);
  }

 private:
  internal::Rpc<v1::DirectoryService> rpc_;
};

}  // namespace

std::shared_ptr<DirectoryConnection> MakeDirectoryConnection(const Hub& hub) {
  return std::make_shared<GrpcDirectoryConnection>(hub.wire());
}

absl::StatusOr<std::shared_ptr<DirectoryConnection>> MakeDirectoryConnection(const Profile& profile,
                                                                             Options options) {
  absl::StatusOr<Hub> hub = Hub::Open(profile, std::move(options));
  if (!hub.ok()) return hub.status();
  return MakeDirectoryConnection(*hub);
}

}  // namespace ehchub
