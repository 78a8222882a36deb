// One connection to one hub: the channel, who acts, how to retry, what to do with receipts.
#ifndef EHC_CLIENT_SDK_SRC_INTERNAL_WIRE_H_
#define EHC_CLIENT_SDK_SRC_INTERNAL_WIRE_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-sdk/src/internal/assertion_source.h"
#include "client-sdk/src/internal/credentials.h"
#include "client-sdk/src/settler.h"
#include "ehchub/audit_connection.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"
#include "ehchub/receipts.h"

namespace ehchub::internal {

// In call metadata.
inline constexpr char kAssertionKey[] = "ehc-assertion";

// What several Wires to one hub share. Thread safe.
struct Line {
  Profile profile;
  Credentials credentials;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<AssertionSource> assertions;  // null: nobody acts
};

// What makes an assertion approve one request: its name, and the bytes of the request.
struct Approval {
  std::string id;
  std::string request;
};

// Thread safe.
class Wire {
 public:
  static absl::StatusOr<std::shared_ptr<Wire>> Open(const Profile& profile, Options options);
  Wire(std::shared_ptr<Line> line, Options options);
  ~Wire();

  const std::shared_ptr<grpc::Channel>& channel() const { return line_->channel; }

  // Makes one call, with as many attempts as options and idempotency allow; each has a context of
  // its own.
  using Attempt = absl::FunctionRef<grpc::Status(grpc::ClientContext&)>;
  absl::Status Run(const std::string& method, Attempt attempt);

  // Makes one call that the acting person approves by itself. Not tried again once the hub may have
  // had it: an approval is good once.
  absl::Status RunApproved(const Approval& approval, Attempt attempt);

  // For a stream, which is opened once and read for long: gives the context its deadline and the
  // acting person's assertion; and turns gRPC's word on its end into ours.
  absl::Status Prepare(grpc::ClientContext& context, absl::Duration life);
  absl::Status Conclude(const grpc::Status& status);
  absl::Duration deadline() const { return options_.deadline; }

  // To be called with whatever a disclosing method returned, before anybody sees it.
  absl::Status HoldToReceipt(absl::string_view method, const v1::Disclosure& disclosure);

  absl::Status Settle();

 private:
  absl::Status KeepReceiptsOf(const Profile& profile);
  absl::Status Diagnose() const;
  absl::Status AttemptOnce(Attempt attempt, absl::Duration left, const Approval* approval);
  // `approval`: null: the call is not approved by itself.
  absl::Status Equip(grpc::ClientContext& context, absl::Duration life, const Approval* approval);
  absl::StatusOr<std::string> TokenFor(const Approval* approval);

  const std::shared_ptr<Line> line_;
  const Options options_;
  absl::Status keeper_error_;  // why there is no keeper
  std::shared_ptr<AuditConnection> audit_;
  std::unique_ptr<ReceiptKeeper> keeper_;
  std::unique_ptr<Settler> settler_;  // last: its thread uses the others
};

// Over a Wire that keeps no receipts.
std::shared_ptr<AuditConnection> MakeAuditConnectionOn(std::shared_ptr<Wire> wire);

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_INTERNAL_WIRE_H_
