#include "server/transport/call_facts.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <utility>
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
  Introduce(front);
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

Pace::Instant CallFacts::MomentToTurnAway(const Front& front) const {
  return front.turned_away->MomentToTurnAway(arrived_, TimeLeft(), IsCrowded(front));
}

bool CallFacts::IsCrowded(const Front& front) const {
  return connection_ == nullptr || connection_->calls() > front.streams_per_connection * 3 / 4;
}

std::chrono::nanoseconds CallFacts::TimeLeft() const {
  if (deadline_ == std::chrono::system_clock::time_point::max()) {
    return std::chrono::nanoseconds::max();
  }
  return std::max<std::chrono::nanoseconds>(deadline_ - std::chrono::system_clock::now(),
                                            std::chrono::nanoseconds::zero());
}

grpc::Status CallFacts::DeadlineStatus() {
  return grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED,
                      "the deadline passed before the hub could begin; nothing was done");
}

absl::string_view CallFacts::PeerPem() const {
  const std::vector<grpc::string_ref> pem =
      peer_auth_->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  return pem.size() == 1 ? absl::string_view(pem[0].data(), pem[0].size()) : absl::string_view();
}

void CallFacts::Introduce(const Front& front) const {
  if (connection_ == nullptr || connection_->account() != nullptr) return;
  auto peer = front.authenticator.IdentifyPeer(PeerPem(), front.clock.Now());
  if (!peer.ok()) return;  // the worker says why
  auto quota = front.quotas.Of(peer->agency.value());
  front.connections.Associate(
      *connection_, {std::move(peer->agency), std::move(peer->agency_type), std::move(quota)},
      std::move(peer->credential));
}

// A revocation by the registry that was published before this is seen here; one that is published
// afterwards finds whose the connection is, and cuts it. A list of the authority's is asked too,
// because it may have come while the connection was nobody's yet.
absl::StatusOr<Caller> CallFacts::Authenticate(const Front& front,
                                               const google::protobuf::Message& request) const {
  if (has_two_assertions_) return AssertionInvalid("send one, not several");
  const absl::string_view pem = PeerPem();
  if (pem.empty()) return CredentialRefused("the connection carries none");
  absl::StatusOr<Caller> caller =
      front.authenticator.Authenticate(pem, assertion_, front.clock.Now(),
                                       [&request] { return Sha256(request.SerializeAsString()); });
  if (!caller.ok()) return caller;
  Introduce(front);  // where it could not be on arrival
  if (account() == nullptr) return CredentialRefused("the connection has ended");
  if (front.is_listed && front.is_listed(caller->credential())) {
    return CredentialRefused("it is on the revocation list of its authority");
  }
  return caller;
}

std::string CallFacts::NewRequestId() { return NewDecisionId(); }

std::string CallFacts::LogFault(LogLiteral what) {
  std::string request_id = NewRequestId();
  LogError("call_failed", {{"fault", Public(what.text())}, {"request_id", Public(request_id)}});
  return request_id;
}

}  // namespace ehc
