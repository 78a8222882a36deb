#ifndef EHC_CLIENT_SDK_CLI_PROGRESS_H_
#define EHC_CLIENT_SDK_CLI_PROGRESS_H_

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/time/time.h"

namespace ehchub {

// One line on a terminal that says how far long work has come; nothing at all elsewhere. Not thread
// safe.
class Progress {
 public:
  // Shown only where standard error is a terminal. `total` 0: not known.
  Progress(std::string what, uint64_t total, std::ostream& err);
  ~Progress();

  void SetTotal(uint64_t total) { total_ = total; }
  void Advance(uint64_t by = 1);

 private:
  void Show();

  const std::string what_;
  uint64_t total_;
  std::ostream& err_;
  const bool shown_;
  uint64_t done_ = 0;
  absl::Time last_shown_ = absl::InfinitePast();
};

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_PROGRESS_H_
