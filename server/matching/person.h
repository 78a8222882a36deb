// A description of a person, ready to be compared.
#ifndef EHC_SERVER_MATCHING_PERSON_H_
#define EHC_SERVER_MATCHING_PERSON_H_

#include <cstdint>
#include <limits>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "server/matching/names.h"
#include "server/model/demographics.h"

namespace ehc {

inline constexpr int32_t kNoBirth = std::numeric_limits<int32_t>::min();

struct PersonWords {
  NameWords given;           // empty: not known
  NameWords family;          // empty: not known
  int32_t birth = kNoBirth;  // days since 1970
  bool birth_expected = false;
  RecordedSex sex = RecordedSex::kUnknown;
  uint64_t postcode = 0;  // see PackPostcode; 0: not known
};

// INVALID_ARGUMENT "given_names: …" or "family_name: …", naming the rule and never the value; a
// postcode that is none counts as not known.
absl::StatusOr<PersonWords> ReadPerson(const Demographics& person, const NameLore& lore);

// Five to seven letters and digits, case and space put aside, as one number; 0 for anything else.
// The last three characters (the inward code) are the lowest.
uint64_t PackPostcode(absl::string_view text);
uint64_t PostcodeDistrict(uint64_t postcode);  // "BR1" of "BR1 3UH"
uint64_t PostcodeSector(uint64_t postcode);    // "BR1 3"

// The same without owning the words: what Compare() works on.
struct PersonView {
  using Words = absl::InlinedVector<const NameWord*, kMostWords>;
  Words given;
  Words family;
  int32_t birth = kNoBirth;
  bool birth_expected = false;
  RecordedSex sex = RecordedSex::kUnknown;
  uint64_t postcode = 0;
};
PersonView ViewOf(const PersonWords& person);
PersonWords WordsOf(const PersonView& person);  // a copy
bool AreSame(const PersonView& a, const PersonView& b);

}  // namespace ehc

#endif  // EHC_SERVER_MATCHING_PERSON_H_
