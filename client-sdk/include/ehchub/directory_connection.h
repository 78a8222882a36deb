// What DirectoryClient stands on: one method per RPC. Made by MakeDirectoryConnection(); in tests
// of your own code, ehchub/mocks/mock_directory_connection.h takes its place.
#ifndef EHCHUB_DIRECTORY_CONNECTION_H_
#define EHCHUB_DIRECTORY_CONNECTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/directory_service.pb.h"
#include "ehchub/hub.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Implementations are thread safe.
class DirectoryConnection {
 public:
  virtual ~DirectoryConnection() = default;

  virtual absl::StatusOr<v1::PublishServiceResponse> PublishService(
      const v1::PublishServiceRequest& request) = 0;
  virtual absl::StatusOr<v1::WithdrawServiceResponse> WithdrawService(
      const v1::WithdrawServiceRequest& request) = 0;
  virtual absl::StatusOr<v1::GetServiceResponse> GetService(
      const v1::GetServiceRequest& request) = 0;
  virtual absl::StatusOr<v1::SearchServicesResponse> SearchServices(
      const v1::SearchServicesRequest& request) = 0;
};

// Shares the Hub's channel and keeps the Hub alive.
std::shared_ptr<DirectoryConnection> MakeDirectoryConnection(const Hub& hub);

// On a channel of its own. Errors as Hub::Open.
absl::StatusOr<std::shared_ptr<DirectoryConnection>> MakeDirectoryConnection(const Profile& profile,
                                                                             Options options = {});

}  // namespace ehchub

#endif  // EHCHUB_DIRECTORY_CONNECTION_H_
