#include "server/transport/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

struct NumericAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

absl::StatusOr<NumericAddress> ParseAddress(const std::string& address, int port) {
  if (port < 0 || port > 65535) {
    return absl::InvalidArgumentError("port: write a number between 0 and 65535");
  }
  NumericAddress parsed;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&parsed.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&parsed.storage);
  if (inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<uint16_t>(port));
    parsed.length = sizeof(*v4);
  } else if (inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<uint16_t>(port));
    parsed.length = sizeof(*v6);
  } else {
    return absl::InvalidArgumentError("address: write a numeric IPv4 or IPv6 address");
  }
  return parsed;
}

absl::StatusOr<int> PortOf(int socket, const std::string& address) {
  sockaddr_storage bound{};
  socklen_t length = sizeof(bound);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &length) != 0) {
    return ErrnoStatus(errno, "asking for the port of", address);
  }
  return ntohs(bound.ss_family == AF_INET ? reinterpret_cast<sockaddr_in*>(&bound)->sin_port
                                          : reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port);
}

// An IPv4 peer of an IPv6 listener is that IPv4 address.
const in_addr* AsIpv4(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    return &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  }
  const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (!IN6_IS_ADDR_V4MAPPED(&v6)) return nullptr;
  return reinterpret_cast<const in_addr*>(v6.s6_addr + 12);
}

}  // namespace

absl::StatusOr<Listener> Listen(const std::string& address, int port) {
  EHC_ASSIGN_OR_RETURN(const NumericAddress numeric, ParseAddress(address, port));
  UniqueFd socket(
      ::socket(numeric.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!socket.valid()) return ErrnoStatus(errno, "opening a socket for", address);
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(socket.get(), numeric.get(), numeric.length) != 0) {
    return ErrnoStatus(errno, "binding", absl::StrCat(address, " port ", port));
  }
  if (listen(socket.get(), SOMAXCONN) != 0) return ErrnoStatus(errno, "listening on", address);
  EHC_ASSIGN_OR_RETURN(const int bound_port, PortOf(socket.get(), address));
  return Listener{std::move(socket), bound_port};
}

absl::StatusOr<UniqueFd> Connect(const std::string& address, int port, absl::Duration timeout) {
  EHC_ASSIGN_OR_RETURN(const NumericAddress numeric, ParseAddress(address, port));
  UniqueFd socket(::socket(numeric.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!socket.valid()) return ErrnoStatus(errno, "opening a socket for", address);
  const timeval limit = absl::ToTimeval(timeout);
  setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  if (connect(socket.get(), numeric.get(), numeric.length) != 0) {
    return ErrnoStatus(errno, "connecting to", absl::StrCat(address, " port ", port));
  }
  return socket;
}

std::string PeerName(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (const in_addr* v4 = AsIpv4(address)) {
    inet_ntop(AF_INET, v4, text, sizeof(text));
    const uint16_t port = address.ss_family == AF_INET
                              ? reinterpret_cast<const sockaddr_in&>(address).sin_port
                              : reinterpret_cast<const sockaddr_in6&>(address).sin6_port;
    return absl::StrCat("ipv4:", text, ":", ntohs(port));
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
  const std::string scope = v6.sin6_scope_id == 0 ? "" : absl::StrCat("%25", v6.sin6_scope_id);
  return absl::StrCat("ipv6:%5B", text, scope, "%5D:", ntohs(v6.sin6_port));
}

std::string SourceOf(const sockaddr_storage& address) {
  if (const in_addr* v4 = AsIpv4(address)) {
    return std::string(reinterpret_cast<const char*>(v4), sizeof(*v4));
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  return std::string(reinterpret_cast<const char*>(v6.sin6_addr.s6_addr), 8);
}

}  // namespace ehc
