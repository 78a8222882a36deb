#ifndef EHCHUB_DIRECTORY_CLIENT_H_
#define EHCHUB_DIRECTORY_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/directory_connection.h"

namespace ehchub {

// A directory of services for families, person-free.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class DirectoryClient {
 public:
  explicit DirectoryClient(std::shared_ptr<DirectoryConnection> connection)
      : connection_(std::move(connection)) {}
  explicit DirectoryClient(const Hub& hub) : DirectoryClient(MakeDirectoryConnection(hub)) {}

  // Publishes a service, or its next version: the same local_id of the same agency is the same
  // service. Errors: FIELD_INVALID, POLICY_DENIED, ETAG_MISMATCH, REQUEST_ID_REUSED.
  absl::StatusOr<v1::PublishServiceResponse> PublishService(
      const v1::PublishServiceRequest& request) const {
    return connection_->PublishService(request);
  }

  // Takes a service out of the directory. Errors: RESOURCE_NOT_FOUND for one that is not the
  // calling agency's, ETAG_MISMATCH, STATE_CONFLICT where it was taken out.
  absl::StatusOr<v1::WithdrawServiceResponse> WithdrawService(
      const v1::WithdrawServiceRequest& request) const {
    return connection_->WithdrawService(request);
  }

  // Returns one service. Errors: RESOURCE_NOT_FOUND, also for one that was taken out.
  absl::StatusOr<v1::GetServiceResponse> GetService(const v1::GetServiceRequest& request) const {
    return connection_->GetService(request);
  }

  // Lists services that fit, oldest first.
  absl::StatusOr<v1::SearchServicesResponse> SearchServices(
      const v1::SearchServicesRequest& request) const {
    return connection_->SearchServices(request);
  }

  friend bool operator==(const DirectoryClient& a, const DirectoryClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<DirectoryConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_DIRECTORY_CLIENT_H_
