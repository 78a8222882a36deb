// Times calls about children that the hub knows, but not for this caller, beside calls about
// children that it has never heard of: one by one, in random order, over TLS.
#ifndef EHC_TESTS_BENCH_LEAK_LEAK_BENCH_H_
#define EHC_TESTS_BENCH_LEAK_LEAK_BENCH_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/end2end/hub_world.h"

namespace ehc {

struct LeakBenchOptions {
  int calls = 5000;    // about known children, and as many about unknown ones, of each act
  int children = 200;  // known ones, and as many unknown numbers
  unsigned seed = 2026;
  std::string only;  // acts whose name has this in it
};

// What is timed: one call about the child of this serial (its NHS number is NhsNumber(serial)).
struct LeakAct {
  std::string name;
  std::function<void(int serial)> call;
  // Changes what the caller may see of the child: a fresh child for every call.
  bool once = false;
};

struct LeakRow {
  std::string name;
  int calls = 0;
  double known_us = 0, unknown_us = 0;  // medians
  double p10_difference_us = 0, p90_difference_us = 0;
  double p = 1, holm_p = 1;
  // |difference of medians| <= 5 us and Holm-corrected p >= 0.001.
  double difference_us() const { return known_us - unknown_us; }
  bool is_silent() const;
};

// A founded and served hub with known children: registered by the authority with parents,
// enrolment, consents and records of every length, none of it for the callers of the acts.
class LeakBenchWorld {
 public:
  explicit LeakBenchWorld(int children);

  // Another known child, of this serial. With `records` as the first ones; else only registered.
  void MakeKnown(int serial, bool records);
  HubWorld& hub() { return hub_; }

 private:
  HubWorld hub_;
  std::unique_ptr<Clients> caseworker_, social_worker_;
};

// Every act; each has connections of its own.
std::vector<LeakAct> LeakActs(HubWorld& hub);

// REQUIRES: PreparePlatform() has been called.
std::vector<LeakRow> RunLeakBench(const LeakBenchOptions& options);

std::string LeakTable(const std::vector<LeakRow>& rows);
std::string LeakJson(const std::vector<LeakRow>& rows);

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_LEAK_LEAK_BENCH_H_
