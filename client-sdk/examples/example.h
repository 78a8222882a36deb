// What every example does first and last.
#ifndef EHC_CLIENT_SDK_EXAMPLES_EXAMPLE_H_
#define EHC_CLIENT_SDK_EXAMPLES_EXAMPLE_H_

#include <iostream>
#include <string>

#include "ehchub/error.h"
#include "ehchub/hub.h"
#include "ehchub/profile.h"

namespace example {

// One line that names nobody; the exit status is the gRPC code.
inline int Fail(const absl::Status& status) {
  std::cerr << ehchub::HubError::FromStatus(status).OneLine() << "\n";
  return static_cast<int>(status.code());
}

// A profile names the hub, the agency's certificate and who is acting (docs/guides/ehcctl.md).
inline absl::StatusOr<ehchub::Hub> Open(const std::string& profile_name) {
  const absl::StatusOr<std::string> path = ehchub::FindProfile(profile_name);
  if (!path.ok()) return path.status();
  const absl::StatusOr<ehchub::Profile> profile = ehchub::LoadProfile(*path);
  if (!profile.ok()) return profile.status();
  return ehchub::Hub::Open(*profile);
}

// Waits until the log is known to hold every entry that this hub was given a receipt for. A program
// that skips this has shared in good faith and can prove nothing.
inline int Settle(const ehchub::Hub& hub) {
  const absl::Status settled = hub.SettleReceipts();
  return settled.ok() ? 0 : Fail(settled);
}

}  // namespace example

#endif  // EHC_CLIENT_SDK_EXAMPLES_EXAMPLE_H_
