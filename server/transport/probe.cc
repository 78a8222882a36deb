#include "server/transport/probe.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>

#include "server/base/fs.h"
#include "server/base/status_macros.h"
#include "server/transport/sockets.h"

namespace ehc {
namespace {

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

}  // namespace

absl::Status ProbeThroughFrontDoor(const std::string& address, int port, absl::Duration timeout) {
  EHC_ASSIGN_OR_RETURN(const UniqueFd socket, Connect(address, port, timeout));
  const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_client_method()));
  const std::unique_ptr<SSL, Free> ssl(context == nullptr ? nullptr : SSL_new(context.get()));
  if (ssl == nullptr || SSL_set_fd(ssl.get(), socket.get()) != 1) {
    return absl::InternalError("OpenSSL could not begin a handshake");
  }
  static constexpr unsigned char kHttp2[] = {2, 'h', '2'};
  SSL_set_alpn_protos(ssl.get(), kHttp2, sizeof(kHttp2));
  const bool shook_hands = SSL_connect(ssl.get()) == 1;
  ERR_clear_error();
  if (!shook_hands) return absl::UnavailableError("the front door did not shake hands in time");
  return absl::OkStatus();
}

}  // namespace ehc
