// Children whom no agency has registered: invented people with numbers of the range that is never
// issued, another one for every call.
#ifndef EHC_TESTS_BENCH_E2E_NEWCOMERS_H_
#define EHC_TESTS_BENCH_E2E_NEWCOMERS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/match/people.h"

namespace ehc {

// The number of the 9-range with these nine digits, or that of the next ones that have one.
std::string SyntheticNhsNumber(int64_t nine_digits);

// Not thread safe.
class Newcomers {
 public:
  // `policies`: whose names the invented people bear.
  static absl::StatusOr<std::shared_ptr<Newcomers>> Of(const std::string& policies);

  // A serialised RegisterSubjectRequest of the unit "send".
  std::string NextRegistration();

 private:
  explicit Newcomers(const policy::v1::NameLore& names);
  Demographics Next();

  const Population population_;
  Household household_;
  uint64_t households_ = 0;
  int64_t nine_digits_ = 910'000'000;
};

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_NEWCOMERS_H_
