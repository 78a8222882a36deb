#include "server/transport/tls.h"

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_certificate_verifier.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/identity/refusal.h"
#include "server/transport/platform_setup.h"
#include "server/transport/rate_limiter.h"

namespace ehc {
namespace {

using grpc::experimental::ExternalCertificateVerifier;
using grpc::experimental::FileWatcherCertificateProvider;
using grpc::experimental::TlsCustomVerificationCheckRequest;
using grpc::experimental::TlsServerCredentialsOptions;

// TLS has verified the chain; this asks whether the hub knows the peer. Runs on gRPC's threads,
// also for sessions that skip the chain because they are resumed.
class PeerVerifier final : public ExternalCertificateVerifier {
 public:
  PeerVerifier(TlsKeeper& keeper, const AgencyRegistry& registry, const Clock& clock,
               DoorStats& stats)
      : keeper_(keeper), registry_(registry), clock_(clock), stats_(stats) {}

  bool Verify(TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* verdict) override {
    const grpc::string_ref pem = request->peer_cert();
    const absl::Status admitted = Admit(absl::string_view(pem.data(), pem.size()));
    if (admitted.ok()) {
      stats_.peers_admitted.Add();
      *verdict = grpc::Status::OK;
    } else {
      stats_.peers_refused.Add();
      LogRefusal(admitted);
      *verdict = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "peer refused");
    }
    return true;  // decided at once
  }

  void Cancel(TlsCustomVerificationCheckRequest*) override {}

 private:
  absl::Status Admit(absl::string_view pem) {
    absl::Status admitted = registry_.AdmitPeer(pem, clock_.Now());
    if (!admitted.ok()) return admitted;
    const absl::StatusOr<PeerCertificate> certificate = ReadCertificate(pem);
    if (!certificate.ok()) return certificate.status();
    const absl::Status listed = keeper_.CheckRevocation(pem, certificate->fingerprint);
    return listed.ok() ? listed : CredentialRefused(listed.message());
  }

  // A peer that is refused tries again; the log must not grow with its patience.
  void LogRefusal(const absl::Status& refusal) {
    const int peers = log_limiter_.Admit();
    if (peers == 0) return;
    LogWarning("peer_refused", {{"reason", Public(RefusalReason(refusal))},
                                {"why", Public(refusal.message())},
                                {"peers", peers}});
  }

  TlsKeeper& keeper_;
  const AgencyRegistry& registry_;
  const Clock& clock_;
  DoorStats& stats_;
  RateLimiter log_limiter_{absl::Seconds(1)};
};

absl::Status CheckIsPrepared() {
  if (IsPlatformPrepared()) return absl::OkStatus();
  return absl::FailedPreconditionError("call PreparePlatform() first in main()");
}

unsigned RefreshSeconds(absl::Duration refresh) {
  const int64_t seconds = absl::ToInt64Seconds(refresh);
  return seconds < 1 ? 1 : static_cast<unsigned>(seconds);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    TlsKeeper& keeper, absl::Duration refresh, const AgencyRegistry& registry, const Clock& clock,
    DoorStats& stats) {
  EHC_RETURN_IF_ERROR(CheckIsPrepared());
  const TlsFiles& files = keeper.served();
  TlsServerCredentialsOptions options(std::make_shared<FileWatcherCertificateProvider>(
      files.key, files.certificate, files.roots, RefreshSeconds(refresh)));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.set_certificate_verifier(
      ExternalCertificateVerifier::Create<PeerVerifier>(keeper, registry, clock, stats));
  auto credentials = grpc::experimental::TlsServerCredentials(options);
  if (credentials == nullptr) return absl::InternalError("gRPC refused the TLS options");
  return credentials;
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentialsForStrangers(
    TlsKeeper& keeper, absl::Duration refresh) {
  EHC_RETURN_IF_ERROR(CheckIsPrepared());
  const TlsFiles& files = keeper.served();
  TlsServerCredentialsOptions options(std::make_shared<FileWatcherCertificateProvider>(
      files.key, files.certificate, files.roots, RefreshSeconds(refresh)));
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  auto credentials = grpc::experimental::TlsServerCredentials(options);
  if (credentials == nullptr) return absl::InternalError("gRPC refused the TLS options");
  return credentials;
}

}  // namespace ehc
