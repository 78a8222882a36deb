#include "client-sdk/src/internal/handshake_probe.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client-sdk/src/internal/openssl_ptr.h"
#include "server/base/fs.h"

namespace ehchub::internal {
namespace {

using AddressesPtr = std::unique_ptr<addrinfo, OpenSslFree<freeaddrinfo>>;

// OpenSSL writes to sockets without MSG_NOSIGNAL, and whoever uses this library may not ignore
// SIGPIPE: in this thread, and until destroyed, a peer that hangs up is an error and no signal.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutSigpipe() {
    if (sigismember(&before_, SIGPIPE) == 1) return;
    const timespec at_once{};
    while (sigtimedwait(&pipe_, nullptr, &at_once) == SIGPIPE) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_;
  sigset_t before_;
};

struct Endpoint {
  std::string host;
  std::string port;
};

std::optional<Endpoint> ParseAddress(absl::string_view address) {
  for (absl::string_view scheme : {"dns:///", "dns:", "ipv4:", "ipv6:"}) {
    if (absl::ConsumePrefix(&address, scheme)) break;
  }
  const size_t colon = address.rfind(':');
  if (colon == absl::string_view::npos) return std::nullopt;
  absl::string_view host = address.substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  return Endpoint{std::string(host), std::string(address.substr(colon + 1))};
}

// Applies to connecting too, on Linux.
void SetPatience(int fd, absl::Duration patience) {
  const timeval wait = absl::ToTimeval(patience);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

ehc::UniqueFd Connect(const Endpoint& endpoint, absl::Duration patience, std::string* why) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &found);
  if (error != 0) {
    *why = absl::StrCat("the hub's name does not resolve: ", gai_strerror(error));
    return ehc::UniqueFd();
  }
  const AddressesPtr addresses(found);
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    ehc::UniqueFd fd(socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
    if (!fd.valid()) continue;
    SetPatience(fd.get(), patience);
    if (connect(fd.get(), one->ai_addr, one->ai_addrlen) == 0) return fd;
    *why = absl::StrCat("the hub cannot be reached: ", std::strerror(errno));
  }
  return ehc::UniqueFd();
}

bool Use(SSL_CTX* context, const Credentials& credentials) {
  const X509Ptr certificate = ParseCertificate(credentials.certificate_pem);
  const KeyPtr key = ParsePrivateKey(credentials.key_pem);
  if (certificate == nullptr || key == nullptr) return false;
  static constexpr unsigned char kHttp2[] = {2, 'h', '2'};
  SSL_CTX_set_cert_store(context, StoreOf(credentials.ca_pem).release());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_alpn_protos(context, kHttp2, sizeof kHttp2);
  return SSL_CTX_use_certificate(context, certificate.get()) == 1 &&
         SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

// The certificate must say this name: an address literal is compared with its addresses.
void Expect(SSL* ssl, const std::string& name) {
  X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1) return;
  X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), name.size());
  SSL_set_tlsext_host_name(ssl, name.c_str());
}

std::string LastError() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "the connection was closed" : reason;
}

// Shuts in TLS 1.3 show only when reading: a client is done before its certificate was judged.
ProbeResult Listen(SSL* ssl) {
  constexpr absl::string_view kPreface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);
  SSL_write(ssl, kPreface.data(), static_cast<int>(kPreface.size()));
  char byte;
  if (SSL_read(ssl, &byte, 1) == 1) return {Door::kOpen, "the hub accepts this certificate"};
  const std::string alert = LastError();
  return {Door::kRefused, absl::StrCat("the hub refused this certificate (", alert,
                                       "): it is not enrolled, or revoked, or not the hub's to "
                                       "trust; ask the hub's operator")};
}

ProbeResult Shake(SSL* ssl) {
  ERR_clear_error();
  if (SSL_connect(ssl) == 1) return Listen(ssl);
  const long verdict = SSL_get_verify_result(ssl);
  const std::string error = LastError();
  if (verdict != X509_V_OK) {
    return {Door::kHubNotTrusted, absl::StrCat("the hub's certificate is not trusted: ",
                                               X509_verify_cert_error_string(verdict),
                                               "; check the profile's ca and hub address")};
  }
  return {Door::kRefused, absl::StrCat("the hub ended the handshake: ", error)};
}

}  // namespace

ProbeResult ProbeHandshake(const std::string& address, const std::string& server_name,
                           const Credentials& credentials, absl::Duration patience) {
  const std::optional<Endpoint> endpoint = ParseAddress(address);
  if (!endpoint) return {Door::kUnreachable, "the hub's address is not host:port"};
  const SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr || !Use(context.get(), credentials)) {
    return {Door::kRefused, absl::StrCat("this certificate and key cannot be used: ", LastError())};
  }
  const WithoutSigpipe quiet;
  ProbeResult result;
  const ehc::UniqueFd fd = Connect(*endpoint, patience, &result.detail);
  if (!fd.valid()) return result;
  const SslPtr ssl(SSL_new(context.get()));
  SSL_set_fd(ssl.get(), fd.get());
  Expect(ssl.get(), server_name.empty() ? endpoint->host : server_name);
  result = Shake(ssl.get());
  ERR_clear_error();
  return result;
}

}  // namespace ehchub::internal
