#include "client-sdk/src/internal/enrolment_call.h"

#include <grpcpp/grpcpp.h>

#include "absl/time/clock.h"
#include "client-sdk/src/internal/grpc_status.h"
#include "client-sdk/src/internal/openssl_ptr.h"
#include "ehc/hub/v1/enrolment_service.grpc.pb.h"
#include "server/base/crypto.h"
#include "server/base/encoding.h"

namespace ehchub::internal {

namespace v1 = ::ehc::hub::v1;

absl::StatusOr<std::optional<std::string>> AskForCertificate(const EnrolmentAsk& ask,
                                                             absl::Duration deadline) {
  grpc::ChannelArguments arguments;
  if (!ask.server_name.empty()) arguments.SetSslTargetNameOverride(ask.server_name);
  const auto channel =
      grpc::CreateCustomChannel(ask.address, grpc::SslCredentials({ask.ca_pem, "", ""}), arguments);
  v1::RequestCertificateRequest request;
  request.set_token(ask.token);
  request.set_certificate_request_pem(ask.request_pem);
  request.set_assertion_public_key_pem(ask.assertion_public_pem);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  v1::RequestCertificateResponse response;
  const grpc::Status status =
      v1::EnrolmentService::NewStub(channel)->RequestCertificate(&context, request, &response);
  if (!status.ok()) return FromGrpc(status);
  if (response.pending()) return std::optional<std::string>();
  return std::optional<std::string>(response.certificate_pem());
}

std::string ThumbprintOf(const std::string& certificate_pem) {
  const X509Ptr certificate = ParseCertificate(certificate_pem);
  unsigned char* der = nullptr;
  const int size = certificate == nullptr ? -1 : i2d_X509(certificate.get(), &der);
  if (size <= 0) return "";
  const ehc::Digest digest =
      ehc::Sha256({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
  OPENSSL_free(der);
  return ehc::HexEncode(ehc::DigestView(digest));
}

}  // namespace ehchub::internal
