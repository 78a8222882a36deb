#include "client-sdk/cli/progress.h"

#include <unistd.h>

#include <utility>

#include "absl/time/clock.h"

namespace ehchub {

Progress::Progress(std::string what, uint64_t total, std::ostream& err)
    : what_(std::move(what)), total_(total), err_(err), shown_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (!shown_ || done_ == 0) return;
  Show();
  err_ << "\n";
}

void Progress::Advance(uint64_t by) {
  done_ += by;
  if (!shown_ || absl::Now() - last_shown_ < absl::Milliseconds(200)) return;
  Show();
}

void Progress::Show() {
  last_shown_ = absl::Now();
  err_ << "\r" << what_ << " " << done_;
  if (total_ > 0) err_ << " of " << total_;
  err_ << "\033[K" << std::flush;
}

}  // namespace ehchub
