// What happens to a description between two offices: one kind of error at a time, or two.
#ifndef EHC_TESTS_BENCH_MATCH_ERRORS_H_
#define EHC_TESTS_BENCH_MATCH_ERRORS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "tests/bench/match/people.h"

namespace ehc {

enum class ErrorClass {
  kNone,
  kTyping,           // a letter left out, doubled, put in, changed or exchanged
  kPhonetic,         // written as heard
  kScanned,          // rn for m, 1 for l
  kNickname,         // another form of the given name
  kMarried,          // another family name, or one added with a hyphen
  kMoved,            // another postcode
  kNoPostcode,       // left out, and the sex with it
  kBirthExchanged,   // day and month
  kBirthDigit,       // one digit
  kDoubleBarrelled,  // one half of it, or a space for the hyphen
  kMiddleName,       // dropped, or used as the first
  kExchanged,        // given and family name
  kUnnamed,          // "Baby"
  kTwo,              // two of the others
};
inline constexpr int kErrorClasses = 15;
absl::string_view ErrorClassName(ErrorClass error);

class ErrorMaker {
 public:
  ErrorMaker(const Population& population, const policy::v1::NameLore& lore);

  Demographics Spoil(const Demographics& person, ErrorClass error, Random& random) const;

 private:
  std::string Nickname(const std::string& given, Random& random) const;

  const Population& population_;
  absl::flat_hash_map<std::string, std::vector<std::string>> forms_;
};

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_MATCH_ERRORS_H_
