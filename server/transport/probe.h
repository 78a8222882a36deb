#ifndef EHC_SERVER_TRANSPORT_PROBE_H_
#define EHC_SERVER_TRANSPORT_PROBE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace ehc {

// Connects to the hub as a stranger would and takes the TLS handshake as far as the hub's own
// certificate: OK means that the front door accepts and its threads are alive. A watchdog that sees
// several failures in a row ends the process for its supervisor to restart. Counted by the hub as a
// connection that ended without a call.
absl::Status ProbeThroughFrontDoor(const std::string& address, int port, absl::Duration timeout);

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_PROBE_H_
