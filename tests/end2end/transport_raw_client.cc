#include "tests/end2end/transport_raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <poll.h>
#include <sys/socket.h>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "server/base/status_macros.h"
#include "server/transport/sockets.h"

namespace ehc {
namespace {

void Use(SSL_CTX* context, const TestCertificate& certificate) {
  BIO* pem = BIO_new_mem_buf(certificate.certificate_pem.data(), -1);
  X509* leaf = PEM_read_bio_X509(pem, nullptr, nullptr, nullptr);
  BIO_free(pem);
  pem = BIO_new_mem_buf(certificate.key_pem.data(), -1);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(pem, nullptr, nullptr, nullptr);
  BIO_free(pem);
  EHC_CHECK(SSL_CTX_use_certificate(context, leaf) == 1);
  EHC_CHECK(SSL_CTX_use_PrivateKey(context, key) == 1);
  X509_free(leaf);
  EVP_PKEY_free(key);
}

}  // namespace

RawTlsClient::RawTlsClient(int port, const Options& options)
    : socket_(ConnectTcp(port, options.source)) {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(context_.get(), 0);
  // The process's strict defaults are the server's affair.
  SSL_CTX_clear_options(context_.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_cipher_list(context_.get(), "ALL");
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context_.get(), options.max_version);
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT);
  SSL_CTX_sess_set_new_cb(context_.get(), &OnTicket);
  if (options.certificate != nullptr) Use(context_.get(), *options.certificate);
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_app_data(ssl_.get(), reinterpret_cast<char*>(this));
  static constexpr unsigned char kHttp2[] = {2, 'h', '2'};
  SSL_set_alpn_protos(ssl_.get(), kHttp2, sizeof(kHttp2));
  if (options.resume != nullptr) SSL_set_session(ssl_.get(), options.resume);
  SSL_set_fd(ssl_.get(), socket_.get());
}

RawTlsClient::~RawTlsClient() = default;

int RawTlsClient::OnTicket(SSL* ssl, SSL_SESSION*) {
  ++reinterpret_cast<RawTlsClient*>(SSL_get_app_data(ssl))->tickets_;
  return 0;
}

bool RawTlsClient::Handshake() { return SSL_connect(ssl_.get()) == 1; }

std::string RawTlsClient::Read(absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  std::string bytes;
  while (absl::Now() < until) {
    pollfd readable{socket_.get(), POLLIN, 0};
    if (SSL_pending(ssl_.get()) == 0 && poll(&readable, 1, 10) == 0) continue;
    char buffer[4096];
    const int got = SSL_read(ssl_.get(), buffer, sizeof(buffer));
    if (got <= 0) break;
    bytes.append(buffer, got);
  }
  return bytes;
}

bool RawTlsClient::ReadUntil(absl::string_view bytes, absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  std::string seen;
  while (!absl::StrContains(seen, bytes)) {
    if (absl::Now() > until) return false;
    seen += Read(absl::Milliseconds(50));
  }
  return true;
}

bool RawTlsClient::Write(absl::string_view bytes) {
  return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
}

bool RawTlsClient::IsEndedWithin(absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  for (absl::Duration left = patience; left > absl::ZeroDuration(); left = until - absl::Now()) {
    pollfd readable{socket_.get(), POLLIN, 0};
    if (poll(&readable, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1) == 0) break;
    char buffer[4096];
    if (SSL_read(ssl_.get(), buffer, sizeof(buffer)) <= 0) return true;
  }
  return false;
}

bool RawTlsClient::Greet() {
  static constexpr char kSettings[9] = {0, 0, 0, 4, 0, 0, 0, 0, 0};
  return Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") &&
         Write(absl::string_view(kSettings, sizeof(kSettings)));
}

UniqueFd ConnectTcp(int port, const std::string& source) {
  if (source.empty()) {
    auto socket = Connect("127.0.0.1", port, absl::Seconds(10));
    return socket.ok() ? *std::move(socket) : UniqueFd();
  }
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in from{}, to{};
  from.sin_family = to.sin_family = AF_INET;
  inet_pton(AF_INET, source.c_str(), &from.sin_addr);
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  to.sin_port = htons(static_cast<uint16_t>(port));
  const bool connected =
      bind(socket.get(), reinterpret_cast<sockaddr*>(&from), sizeof(from)) == 0 &&
      connect(socket.get(), reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
  return connected ? std::move(socket) : UniqueFd();
}

bool TcpIsEndedWithin(const UniqueFd& socket, absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  for (absl::Duration left = patience; left > absl::ZeroDuration(); left = until - absl::Now()) {
    pollfd readable{socket.get(), POLLIN, 0};
    if (poll(&readable, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1) == 0) break;
    char buffer[4096];
    if (recv(socket.get(), buffer, sizeof(buffer), 0) <= 0) return true;
  }
  return false;
}

}  // namespace ehc
