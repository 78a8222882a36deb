// From how much use of the hub on an officer is told: policy data
// (policies/vocabulary/monitoring.textproto). Nothing is refused by it.
#ifndef EHC_SERVER_MODEL_USE_LIMIT_H_
#define EHC_SERVER_MODEL_USE_LIMIT_H_

#include <cstdint>
#include <string>

namespace ehc {

enum class UseMeasure { kDisclosures, kDenials, kChildren, kBreakGlass };

struct UseLimit {
  std::string code;   // "ROLL_WALKED"
  std::string title;  // "one person asked about unusually many children"
  UseMeasure measure = UseMeasure::kDisclosures;
  bool per_person = false;
  int hours = 1;
  uint64_t at_least = 0;
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_USE_LIMIT_H_
