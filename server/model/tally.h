// Counts by the day, such as how often a person broke the glass. Kept for the day counted and the
// next; who is counted is on the disk as a keyed digest only.
#ifndef EHC_SERVER_MODEL_TALLY_H_
#define EHC_SERVER_MODEL_TALLY_H_

#include <cstdint>
#include <limits>
#include <string>

#include "server/model/date.h"
#include "server/model/names.h"

namespace ehc {

struct TallyKey {
  std::string what;  // "break glass", "disclosures": a literal of the one who counts
  AgencyId agency;   // of the person counted
  std::string user;  // empty: the agency's unattended systems
  std::string of;    // what the count is divided by besides; may be empty
  Date day;          // Europe/London
};

// One more. Where that would make more than `at_most` the commit is STALE: what was decided took a
// count for granted that others have used up. So of two that race for the last one, one is decided
// again, and nobody who is below the limit ever waits for another.
struct AddToTally {
  static constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

  TallyKey key;
  int64_t at_most = kNoLimit;  // at least 1
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_TALLY_H_
