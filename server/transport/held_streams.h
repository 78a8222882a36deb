// How many HTTP/2 streams gRPC holds for each connection, those included that nothing of ours has
// heard of and those that are over and not yet given back.
#ifndef EHC_SERVER_TRANSPORT_HELD_STREAMS_H_
#define EHC_SERVER_TRANSPORT_HELD_STREAMS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace ehc {

struct HeldStreams {
  std::string peer;  // gRPC's name of the other end: see Connections
  int64_t count = 0;
  intptr_t socket = 0;  // gRPC's number of the connection
};

// Of all servers of this process; connections that hold none are left out. Some 20 microseconds for
// each connection: not for the path of a call. gRPC has been started.
std::vector<HeldStreams> ListHeldStreams();

// The certificate at the connection's other end, in PEM; empty once gRPC has forgotten it.
std::string PeerCertificateAt(const HeldStreams& connection);

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_HELD_STREAMS_H_
