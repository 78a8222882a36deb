#include "client-sdk/src/internal/wire.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client-sdk/src/internal/grpc_status.h"
#include "client-sdk/src/internal/handshake_probe.h"
#include "client-sdk/src/local_error.h"
#include "client-sdk/src/retry_loop.h"
#include "ehchub/error.h"
#include "ehchub/hub.h"
#include "server/base/status_macros.h"

namespace ehchub::internal {
namespace {

constexpr char kUserAgent[] = "ehchub/0.1.0";
constexpr int kMaxMessageBytes = 16 << 20;  // a roll of 5,000 answers in about 5 MB
constexpr absl::Duration kProbePatience = absl::Seconds(3);

grpc::ChannelArguments ArgumentsFor(const Profile& profile, const Options& options) {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix(
      options.user_agent.empty() ? kUserAgent : absl::StrCat(options.user_agent, " ", kUserAgent));
  if (!profile.server_name.empty()) arguments.SetSslTargetNameOverride(profile.server_name);
  // Two profiles in one process must never share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);  // RetryLoop's business
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20000);
  return arguments;
}

std::shared_ptr<grpc::Channel> MakeChannel(const Profile& profile, const Credentials& credentials,
                                           const Options& options) {
  const grpc::SslCredentialsOptions keys{credentials.ca_pem, credentials.key_pem,
                                         credentials.certificate_pem};
  return grpc::CreateCustomChannel(profile.hub, grpc::SslCredentials(keys),
                                   ArgumentsFor(profile, options));
}

Idempotency IdempotencyOf(const Options& options, const std::string& method) {
  static const IdempotencyPolicy contract;
  return (options.idempotency != nullptr ? *options.idempotency : contract).Of(method);
}

Options ForSettling(Options options) {
  options.deadline = options.settle_within;
  return options;
}

}  // namespace

absl::StatusOr<std::shared_ptr<Wire>> Wire::Open(const Profile& profile, Options options) {
  auto line = std::make_shared<Line>();
  line->profile = profile;
  EHC_ASSIGN_OR_RETURN(line->credentials, LoadCredentials(profile));
  const absl::Status matches = CheckKeyMatches(line->credentials);
  if (!matches.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(profile.certificate_path, " and ", profile.key_path, ": ", matches.message()));
  }
  EHC_ASSIGN_OR_RETURN(line->assertions, AssertionSource::Create(profile, line->credentials));
  line->channel = MakeChannel(profile, line->credentials, options);
  auto wire = std::make_shared<Wire>(line, std::move(options));
  EHC_RETURN_IF_ERROR(wire->KeepReceiptsOf(profile));
  return wire;
}

Wire::Wire(std::shared_ptr<Line> line, Options options)
    : line_(std::move(line)),
      options_(std::move(options)),
      keeper_error_(absl::InternalError("this connection discloses nothing")) {}

Wire::~Wire() = default;

// A profile without log keys serves for everything that does not disclose; wrong ones for nothing.
absl::Status Wire::KeepReceiptsOf(const Profile& profile) {
  if (profile.log_key.empty() && profile.promise_key_paths.empty()) {
    keeper_error_ = absl::FailedPreconditionError(
        "the profile names no log_key and promise_key, so the receipt of this disclosure could not "
        "be checked: ask the hub's operator for the log's public keys");
    return absl::OkStatus();
  }
  const auto keys = LoadLogKeys(profile);
  auto keeper =
      keys.ok() ? ReceiptKeeper::Create(*keys, profile.receipts_path, options_) : keys.status();
  if (!keeper.ok()) return absl::FailedPreconditionError(keeper.status().message());
  keeper_ = *std::move(keeper);
  audit_ = MakeAuditConnectionOn(std::make_shared<Wire>(line_, ForSettling(options_)));
  if (options_.settlement == Settlement::kInBackground) {
    settler_ = std::make_unique<Settler>([this] { return keeper_->Settle(*audit_); },
                                         options_.on_receipt_failure);
  }
  return absl::OkStatus();
}

// Our own certificate first: the hub's side of a refusal is never told.
absl::Status Wire::Diagnose() const {
  const auto certificate = ReadCertificate(line_->credentials.certificate_pem);
  if (!certificate.ok()) return HandshakeRefused(certificate.status().message());
  const absl::Status dates = CheckDates(*certificate, Now(options_));
  if (!dates.ok()) return HandshakeRefused(dates.message());
  const ProbeResult probe = ProbeHandshake(line_->profile.hub, line_->profile.server_name,
                                           line_->credentials, kProbePatience);
  const bool is_shut = probe.door == Door::kRefused || probe.door == Door::kHubNotTrusted;
  return is_shut ? HandshakeRefused(probe.detail) : absl::OkStatus();
}

absl::StatusOr<std::string> Wire::TokenFor(const Approval* approval) {
  const absl::Time now = Now(options_);
  return approval == nullptr ? line_->assertions->Token(now)
                             : line_->assertions->Approve(now, approval->id, approval->request);
}

absl::Status Wire::Equip(grpc::ClientContext& context, absl::Duration life,
                         const Approval* approval) {
  if (life != absl::InfiniteDuration()) {
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::nanoseconds(absl::ToInt64Nanoseconds(life)));
  }
  if (line_->assertions == nullptr) return absl::OkStatus();
  EHC_ASSIGN_OR_RETURN(const std::string token, TokenFor(approval));
  context.AddMetadata(kAssertionKey, token);
  return absl::OkStatus();
}

absl::Status Wire::Prepare(grpc::ClientContext& context, absl::Duration life) {
  if (settler_ != nullptr) EHC_RETURN_IF_ERROR(settler_->TakeFailure());
  return Equip(context, life, nullptr);
}

absl::Status Wire::Conclude(const grpc::Status& answer) {
  absl::Status status = FromGrpc(answer);
  if (status.code() == absl::StatusCode::kUnauthenticated && line_->assertions != nullptr) {
    line_->assertions->Forget();
  }
  return status;
}

absl::Status Wire::AttemptOnce(Attempt attempt, absl::Duration left, const Approval* approval) {
  grpc::ClientContext context;
  EHC_RETURN_IF_ERROR(Equip(context, left, approval));
  return Conclude(attempt(context));
}

absl::Status Wire::Run(const std::string& method, Attempt attempt) {
  if (settler_ != nullptr) EHC_RETURN_IF_ERROR(settler_->TakeFailure());
  return RetryLoop(
      options_, IdempotencyOf(options_, method),
      [this, attempt](absl::Duration left) { return AttemptOnce(attempt, left, nullptr); },
      [this] { return Diagnose(); });
}

absl::Status Wire::RunApproved(const Approval& approval, Attempt attempt) {
  if (settler_ != nullptr) EHC_RETURN_IF_ERROR(settler_->TakeFailure());
  return RetryLoop(
      options_, Idempotency::kNonIdempotent,
      [&](absl::Duration left) { return AttemptOnce(attempt, left, &approval); },
      [this] { return Diagnose(); });
}

absl::Status Wire::HoldToReceipt(absl::string_view method, const v1::Disclosure& disclosure) {
  if (keeper_ == nullptr) return keeper_error_;
  if (!disclosure.has_receipt()) {
    return ReceiptUnhonoured(absl::StrCat(method, " disclosed without a receipt"));
  }
  if (!keeper_->KnowsKeyOf(disclosure.receipt())) (void)keeper_->Advance(*audit_);
  EHC_RETURN_IF_ERROR(keeper_->Keep(disclosure.receipt(), method, disclosure.decision_id()));
  if (settler_ != nullptr) settler_->Poke();
  return options_.settlement == Settlement::kBeforeReturning ? Settle() : absl::OkStatus();
}

absl::Status Wire::Settle() {
  return keeper_ == nullptr ? absl::OkStatus() : keeper_->Settle(*audit_);
}

}  // namespace ehchub::internal

namespace ehchub {

absl::StatusOr<Hub> Hub::Open(const Profile& profile, Options options) {
  EHC_ASSIGN_OR_RETURN(std::shared_ptr<internal::Wire> wire,
                       internal::Wire::Open(profile, std::move(options)));
  return Hub(std::move(wire));
}

absl::Status Hub::SettleReceipts() const { return wire_->Settle(); }

}  // namespace ehchub
