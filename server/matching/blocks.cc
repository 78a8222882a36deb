#include "server/matching/blocks.h"

#include <algorithm>
#include <utility>

namespace ehc {
namespace {

enum class Block : uint64_t {
  kBirthFamily = 1,
  kBirthGiven,
  kBirthPostcode,
  kPostcodeGiven,
  kPostcodeFamily,
  kYearNames,
};

uint64_t Mix(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ x >> 33;
}

class Keys {
 public:
  void Add(Block block, uint64_t a, uint64_t b) {
    const uint64_t mixed = Mix(Mix(Mix(static_cast<uint64_t>(block)) ^ a) ^ b);
    keys_.push_back(static_cast<uint32_t>(mixed >> 32));
  }
  BlockKeys Take() && {
    std::sort(keys_.begin(), keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    return std::move(keys_);
  }

 private:
  BlockKeys keys_;
};

using Words = PersonView::Words;

void AddBirth(uint64_t birth, const Words& given, const Words& family, Keys& keys) {
  for (const NameWord* word : family) keys.Add(Block::kBirthFamily, birth, word->sound);
  for (const NameWord* word : given) keys.Add(Block::kBirthGiven, birth, word->sound);
}

void AddPostcode(const PersonView& person, Keys& keys) {
  if (person.postcode == 0) return;
  if (!person.given.empty()) {
    keys.Add(Block::kPostcodeGiven, person.postcode, person.given.front()->sound);
  }
  if (!person.family.empty()) {
    keys.Add(Block::kPostcodeFamily, person.postcode, person.family.front()->sound);
  }
}

void AddYear(int year, const PersonView& person, Keys& keys) {
  if (person.given.empty() || person.family.empty()) return;
  const uint64_t names = uint64_t{person.given.front()->sound} << 32 | person.family.front()->sound;
  keys.Add(Block::kYearNames, static_cast<uint64_t>(year), names);
}

void AddBirthPostcode(uint64_t birth, const PersonView& person, Keys& keys) {
  if (person.postcode != 0) keys.Add(Block::kBirthPostcode, birth, person.postcode);
}

uint64_t AsKey(Date date) { return static_cast<uint32_t>(DaysSinceEpoch(date)); }

void AddYears(Date birth, int near_days, const PersonView& person, Keys& keys) {
  const auto year = static_cast<int>(birth.year());
  AddYear(year, person, keys);
  for (const auto other : {(birth - near_days).year(), (birth + near_days).year()}) {
    if (other != birth.year()) AddYear(static_cast<int>(other), person, keys);
  }
}

}  // namespace

BlockKeys KeysToFile(const PersonView& person) {
  Keys keys;
  AddPostcode(person, keys);
  if (person.birth == kNoBirth) return std::move(keys).Take();
  const Date birth = DateFromDays(person.birth);
  AddBirth(AsKey(birth), person.given, person.family, keys);
  AddBirthPostcode(AsKey(birth), person, keys);
  AddYear(static_cast<int>(birth.year()), person, keys);
  return std::move(keys).Take();
}

BlockKeys KeysToSearch(const PersonView& person, int near_birth_days) {
  Keys keys;
  AddPostcode(person, keys);
  if (person.birth == kNoBirth) return std::move(keys).Take();
  const Date birth = DateFromDays(person.birth);
  AddBirth(AsKey(birth), person.given, person.family, keys);
  AddBirth(AsKey(birth), person.family, person.given, keys);
  AddBirthPostcode(AsKey(birth), person, keys);
  AddYears(birth, near_birth_days, person, keys);
  if (birth.day() <= 12 && birth.day() != birth.month()) {
    const uint64_t exchanged = AsKey(Date(birth.year(), birth.day(), birth.month()));
    AddBirth(exchanged, person.given, person.family, keys);
    AddBirthPostcode(exchanged, person, keys);
  }
  return std::move(keys).Take();
}

}  // namespace ehc
