// PreparePlatform: what must be settled before gRPC and OpenSSL do anything in this process.
#ifndef EHC_SERVER_TRANSPORT_PLATFORM_SETUP_H_
#define EHC_SERVER_TRANSPORT_PLATFORM_SETUP_H_

#include <cstddef>

#include "absl/status/status.h"

namespace ehc {

// Call first in main(), while there is one thread. For the whole process:
//   - TLS 1.3 only, and no session tickets: a resumed session would skip the revocation lists
//   - the administrator's openssl.cnf still chooses providers; its TLS defaults are replaced
//   - Abseil's deadlock detection off: Debian builds it in, and it costs a quarter of the calls/s
//   - writing to a closed socket is an error, not a signal
//   - gRPC's errors go to our log, at a limited rate
//   - as many descriptors as the hard limit allows, up to 65,536
// An error means that TLS would not be as strict as stated: do not serve.
absl::Status PreparePlatform();

// Whether PreparePlatform() succeeded in this process.
bool IsPlatformPrepared();

// How many descriptors this process may open.
size_t DescriptorLimit();

// On how many cores this process may run; 1 where the system does not tell.
size_t UsableCores();

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_PLATFORM_SETUP_H_
