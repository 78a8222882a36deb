#ifndef EHC_SERVER_TRANSPORT_CALL_FACTS_H_
#define EHC_SERVER_TRANSPORT_CALL_FACTS_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/security/auth_context.h"
#include "grpcpp/server_context.h"
#include "server/base/log.h"
#include "server/model/caller.h"
#include "server/transport/front.h"

namespace ehc {

// The metadata key of the acting person's assertion.
inline constexpr char kAssertionKey[] = "ehc-assertion";

// What of a call does not depend on its messages, taken from gRPC on arrival: nothing here refers
// to gRPC's context afterwards.
class CallFacts {
 public:
  CallFacts(const Front& front, const grpc::CallbackServerContext& context);
  ~CallFacts();
  CallFacts(const CallFacts&) = delete;
  CallFacts& operator=(const CallFacts&) = delete;

  // Unique in the process.
  uint64_t call_id() const { return call_id_; }

  // The connection carries too many calls already, or has ended.
  bool IsOneTooMany() const { return is_one_too_many_; }

  // Whose quota the connection's calls are charged to; null: it has ended, or is nobody's.
  const CallerAccount* account() const {
    return connection_ == nullptr ? nullptr : connection_->account();
  }

  // Tells connections apart; null: it has ended.
  const void* connection() const { return connection_.get(); }

  absl::Duration Elapsed() const;
  std::chrono::steady_clock::time_point arrived() const { return arrived_; }
  bool DeadlinePassed() const { return std::chrono::system_clock::now() >= deadline_; }
  // When the call is told that it is turned away; see pace.h.
  Pace::Instant MomentToTurnAway(const Front& front) const;
  static grpc::Status DeadlineStatus();

  // Who is calling. An approval covers `request` as it is serialised.
  absl::StatusOr<Caller> Authenticate(const Front& front,
                                      const google::protobuf::Message& request) const;

  // Keeps account of the connection's manners; one that cancels too much is cut.
  void NoteCancelled(const Front& front) const;
  void NoteFinished() const;

  // Random and of fixed length.
  static std::string NewRequestId();

  // Logs a defect under a new request id, which it returns.
  static std::string LogFault(LogLiteral what);

 private:
  // Whether calls take the last quarter of what the connection may carry, which belongs to those
  // that are answered: whoever is turned away is not to keep it for long.
  bool IsCrowded(const Front& front) const;
  // Never negative; a call without a deadline has all the time there is.
  std::chrono::nanoseconds TimeLeft() const;
  // The peer's certificate in PEM; empty where the connection carries none.
  absl::string_view PeerPem() const;
  // The connection is its certificate's agency's from its first call on, before that call is worked
  // on: nothing of it is taken in that its agency's quota does not pay for, however many
  // connections there are.
  void Introduce(const Front& front) const;

  const uint64_t call_id_;
  const std::chrono::steady_clock::time_point arrived_;
  const std::chrono::system_clock::time_point deadline_;
  const std::shared_ptr<Connection> connection_;  // null: it has ended
  bool is_one_too_many_ = true;
  const std::shared_ptr<const grpc::AuthContext> peer_auth_;
  bool has_two_assertions_ = false;
  std::string assertion_;
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_CALL_FACTS_H_
