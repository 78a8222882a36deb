#include "server/transport/call_facts.h"

#include <atomic>
#include <iterator>
#include <vector>

#include "absl/strings/string_view.h"
#include "grpc/grpc_security_constants.h"
#include "server/base/crypto.h"
#include "server/base/ids.h"
#include "server/identity/refusal.h"

namespace ehc {
namespace {

uint64_t NextCallId() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

CallFacts::CallFacts(const Front& front, const grpc::CallbackServerContext& context)
    : call_id_(NextCallId()),
      arrived_(std::chrono::steady_clock::now()),
      deadline_(context.deadline()),
      connection_(front.connections.Find(context.peer())),
      peer_auth_(context.auth_context()) {
  if (connection_ != nullptr) {
    is_one_too_many_ = !connection_->Enter(front.max_calls_per_connection);
  }
  const auto [first, last] = context.client_metadata().equal_range(kAssertionKey);
  if (first == last) return;
  assertion_.assign(first->second.data(), first->second.size());
  has_two_assertions_ = std::next(first) != last;
}

CallFacts::~CallFacts() {
  if (connection_ != nullptr) connection_->Leave();
}

void CallFacts::NoteCancelled(const Front& front) const {
  if (connection_ == nullptr || connection_->NoteCancelled()) return;
  front.connections.Cut(*connection_);
}

void CallFacts::NoteFinished() const {
  if (connection_ != nullptr) connection_->NoteFinished();
}

absl::Duration CallFacts::Elapsed() const {
  return absl::FromChrono(std::chrono::steady_clock::now() - arrived_);
}

grpc::Status CallFacts::DeadlineStatus() {
  return grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED,
                      "the deadline passed before the hub could begin; nothing was done");
}

absl::StatusOr<Caller> CallFacts::Identify(const Front& front,
                                           const google::protobuf::Message& request) const {
  if (has_two_assertions_) return AssertionInvalid("send one, not several");
  const std::vector<grpc::string_ref> pem =
      peer_auth_->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (pem.size() != 1) return CredentialRefused("the connection carries none");
  return front.authenticator.Authenticate(
      absl::string_view(pem[0].data(), pem[0].size()), assertion_, front.clock.Now(),
      [&request] { return Sha256(request.SerializeAsString()); });
}

absl::StatusOr<Caller> CallFacts::Authenticate(const Front& front,
                                               const google::protobuf::Message& request) const {
  absl::StatusOr<Caller> caller = Identify(front, request);
  if (!caller.ok() || account() != nullptr) return caller;
  const bool is_first =
      front.connections.Associate(*connection_, *caller, front.quotas.Of(caller->agency().value()));
  if (!is_first) return caller;
  // A revocation since Identify() has cut its connections without knowing of this one.
  const bool is_honoured =
      front.registry.Current().IsHonoured(caller->credential(), front.clock.Now());
  if (is_honoured) return caller;
  return CredentialRefused("it was revoked a moment ago");
}

std::string CallFacts::NewRequestId() { return NewDecisionId(); }

std::string CallFacts::LogFault(LogLiteral what) {
  std::string request_id = NewRequestId();
  LogError("call_failed", {{"fault", Public(what.text())}, {"request_id", Public(request_id)}});
  return request_id;
}

}  // namespace ehc
