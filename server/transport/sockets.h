// Sockets without gRPC: a listener, and the names of peers.
#ifndef EHC_SERVER_TRANSPORT_SOCKETS_H_
#define EHC_SERVER_TRANSPORT_SOCKETS_H_

#include <sys/socket.h>

#include <string>

#include "absl/status/statusor.h"
#include "server/base/fs.h"

namespace ehc {

struct Listener {
  UniqueFd socket;
  int port = 0;
};

// `address` is numeric, IPv4 or IPv6. Non-blocking. INVALID_ARGUMENT for anything else.
absl::StatusOr<Listener> Listen(const std::string& address, int port);

// Blocking, within `timeout` for each of its operations.
absl::StatusOr<UniqueFd> Connect(const std::string& address, int port, absl::Duration timeout);

// The name that gRPC gives this peer: "ipv4:192.0.2.7:50432", "ipv6:%5B::1%5D:50432".
std::string PeerName(const sockaddr_storage& address);

// What caps count by: an IPv4 address, or the first 64 bits of an IPv6 one, in bytes.
std::string SourceOf(const sockaddr_storage& address);

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_SOCKETS_H_
