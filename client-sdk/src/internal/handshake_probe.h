// A handshake made to be looked at: gRPC tells a refused one only as "Socket closed".
#ifndef EHC_CLIENT_SDK_SRC_INTERNAL_HANDSHAKE_PROBE_H_
#define EHC_CLIENT_SDK_SRC_INTERNAL_HANDSHAKE_PROBE_H_

#include <string>

#include "absl/time/time.h"
#include "client-sdk/src/internal/credentials.h"

namespace ehchub::internal {

enum class Door {
  kUnreachable,    // no connection: nobody is listening, or the network is in the way
  kHubNotTrusted,  // we refused: the hub's certificate is not what the profile expects
  kRefused,        // the hub refused us
  kOpen,           // the hub speaks with us
};

struct ProbeResult {
  Door door = Door::kUnreachable;
  std::string detail;
};

// Connects to "host:port", shakes hands and waits for the first byte that the hub says. Takes up to
// `patience` for each step.
ProbeResult ProbeHandshake(const std::string& address, const std::string& server_name,
                           const Credentials& credentials, absl::Duration patience);

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_INTERNAL_HANDSHAKE_PROBE_H_
