#ifndef EHC_SERVER_STORAGE_REQUEST_MEMORY_H_
#define EHC_SERVER_STORAGE_REQUEST_MEMORY_H_

#include <cstdint>

#include "absl/time/time.h"

namespace ehc {

// A request_id may be used again after this long; until then it answers as it did.
inline constexpr absl::Duration kRequestMemory = absl::Hours(35 * 24);

inline int64_t OldestRememberedRequestMs(absl::Time now) {
  return absl::ToUnixMillis(now - kRequestMemory);
}

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_REQUEST_MEMORY_H_
