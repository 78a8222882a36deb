// A TLS client made of OpenSSL alone, for peers that behave as no gRPC client would.
#ifndef EHC_TESTS_END2END_TRANSPORT_RAW_CLIENT_H_
#define EHC_TESTS_END2END_TRANSPORT_RAW_CLIENT_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/fs.h"
#include "tests/support/test_pki.h"

namespace ehc {

class RawTlsClient {
 public:
  struct Options {
    int max_version = TLS1_3_VERSION;
    const TestCertificate* certificate = nullptr;
    SSL_SESSION* resume = nullptr;  // offered; not owned
    std::string source = "";        // an address of loopback to come from; empty: the usual one
  };

  // Connects; the handshake is Handshake()'s.
  RawTlsClient(int port, const Options& options);
  ~RawTlsClient();
  RawTlsClient(const RawTlsClient&) = delete;

  // As far as the client can see: in TLS 1.3 the server judges the client's certificate afterwards.
  bool Handshake();

  // Everything the server sends until it closes or stays silent for `patience`.
  std::string Read(absl::Duration patience);
  // Whether the server sends this within `patience`, whatever else it sends.
  bool ReadUntil(absl::string_view bytes, absl::Duration patience);
  // False when the connection is over.
  bool Write(absl::string_view bytes);
  // Whether the server ends the connection within `patience`.
  bool IsEndedWithin(absl::Duration patience);

  // HTTP/2's preface and settings.
  bool Greet();

  int tickets_received() const { return tickets_; }
  bool was_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  SSL_SESSION* session() const { return SSL_get_session(ssl_.get()); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  static int OnTicket(SSL* ssl, SSL_SESSION* session);

  UniqueFd socket_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
  int tickets_ = 0;
};

// A bare TCP connection to a port of loopback, from that address of it; invalid when it is refused.
UniqueFd ConnectTcp(int port, const std::string& source = "");

// Whether the other side has ended the connection within `patience`.
bool TcpIsEndedWithin(const UniqueFd& socket, absl::Duration patience);

}  // namespace ehc

#endif  // EHC_TESTS_END2END_TRANSPORT_RAW_CLIENT_H_
