// How far inputs get: a fuzz target that never passes its parser tests nothing behind it. Each
// milestone is counted, printed when the process ends, and a replayed corpus must reach all of
// them.
#ifndef EHC_TESTS_FUZZ_MILESTONE_H_
#define EHC_TESTS_FUZZ_MILESTONE_H_

#include <cstdint>
#include <cstdio>

namespace ehc {

class Milestone {
 public:
  explicit Milestone(const char* name) : name_(name), next_(First()) { First() = this; }
  void Reach() { ++reached_; }

  // Prints every milestone of the program; false if one was never reached.
  static bool Print() {
    bool all = true;
    for (const Milestone* one = First(); one != nullptr; one = one->next_) {
      std::fprintf(stderr, "reached %s: %llu\n", one->name_,
                   static_cast<unsigned long long>(one->reached_));
      all = all && one->reached_ > 0;
    }
    return all;
  }

 private:
  static Milestone*& First() {
    static Milestone* first = nullptr;
    return first;
  }

  const char* name_;
  Milestone* next_;
  uint64_t reached_ = 0;
};

// Static storage in a target that is run by libFuzzer, which ends the process itself.
struct PrintsMilestonesAtTheEnd {
  ~PrintsMilestonesAtTheEnd() { Milestone::Print(); }
};

}  // namespace ehc

#endif  // EHC_TESTS_FUZZ_MILESTONE_H_
