#include "server/matching/person.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr uint64_t kPostcodeBase = 37;  // nothing, ten digits, 26 letters

absl::Status InField(absl::string_view field, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(field, ": ", status.message()));
}

}  // namespace

absl::StatusOr<PersonWords> ReadPerson(const Demographics& person, const NameLore& lore) {
  PersonWords words;
  absl::StatusOr<NameWords> given = lore.Given(person.given_names);
  if (!given.ok()) return InField("given_names", given.status());
  absl::StatusOr<NameWords> family = lore.Family(person.family_name);
  if (!family.ok()) return InField("family_name", family.status());
  words.given = *std::move(given);
  words.family = *std::move(family);
  if (person.birth.has_value()) words.birth = DaysSinceEpoch(*person.birth);
  words.birth_expected = person.birth_expected;
  words.sex = person.sex;
  words.postcode = PackPostcode(person.postcode);
  return words;
}

uint64_t PackPostcode(absl::string_view text) {
  uint64_t packed = 0;
  int count = 0;
  for (char c : text) {
    if (c == ' ') continue;
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) || ++count > 7) return 0;
    const char upper = absl::ascii_toupper(static_cast<unsigned char>(c));
    const int digit = upper <= '9' ? upper - '0' + 1 : upper - 'A' + 11;
    packed = packed * kPostcodeBase + static_cast<uint64_t>(digit);
  }
  return count >= 5 ? packed : 0;
}

uint64_t PostcodeDistrict(uint64_t postcode) {
  return postcode / (kPostcodeBase * kPostcodeBase * kPostcodeBase);
}

uint64_t PostcodeSector(uint64_t postcode) { return postcode / (kPostcodeBase * kPostcodeBase); }

PersonView ViewOf(const PersonWords& person) {
  PersonView view;
  for (const NameWord& word : person.given) view.given.push_back(&word);
  for (const NameWord& word : person.family) view.family.push_back(&word);
  view.birth = person.birth;
  view.birth_expected = person.birth_expected;
  view.sex = person.sex;
  view.postcode = person.postcode;
  return view;
}

bool AreSame(const PersonView& a, const PersonView& b) {
  const auto same = [](const PersonView::Words& x, const PersonView::Words& y) {
    return std::equal(
        x.begin(), x.end(), y.begin(), y.end(),
        [](const NameWord* one, const NameWord* two) { return one->text == two->text; });
  };
  return same(a.given, b.given) && same(a.family, b.family) && a.birth == b.birth &&
         a.birth_expected == b.birth_expected && a.sex == b.sex && a.postcode == b.postcode;
}

PersonWords WordsOf(const PersonView& person) {
  PersonWords words;
  for (const NameWord* word : person.given) words.given.push_back(*word);
  for (const NameWord* word : person.family) words.family.push_back(*word);
  words.birth = person.birth;
  words.birth_expected = person.birth_expected;
  words.sex = person.sex;
  words.postcode = person.postcode;
  return words;
}

}  // namespace ehc
