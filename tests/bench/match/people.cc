#include "tests/bench/match/people.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace ehc {
namespace {

constexpr int kHouseholdsOfPostcode = 17;
constexpr const char* kOnsets[] = {"b", "br", "c",  "ch", "d",  "dr", "f", "g",  "gr", "h",
                                   "j", "k",  "kr", "l",  "m",  "n",  "p", "pr", "qu", "r",
                                   "s", "st", "t",  "th", "tr", "v",  "w", "y",  "z",  "sh"};
constexpr const char* kVowels[] = {"a", "e", "i", "o", "u", "ai", "ea", "ou"};
constexpr const char* kEnds[] = {"n",  "r",  "l",  "s",   "m",   "th",
                                 "nd", "rt", "ck", "ley", "ton", "ford"};

std::string Invented(uint64_t number, Topic topic) {
  Random random(7, number, topic);
  std::string name;
  const int syllables = random.Between(1, 2) + 1;
  for (int i = 0; i < syllables; ++i) {
    absl::StrAppend(&name, random.Pick(kOnsets), random.Pick(kVowels));
  }
  return name + random.Pick(kEnds);
}

std::string Capitalised(std::string name) {
  name[0] = absl::ascii_toupper(static_cast<unsigned char>(name[0]));
  return name;
}

// What the matcher is told of frequencies is off by a factor of up to two.
double Skew(absl::string_view name) {
  uint64_t hash = 1469598103934665603u;
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return std::exp2(static_cast<double>(hash % 2001) / 1000 - 1);
}

Date BirthOf(Random& random) {
  const Date first(2002, 1, 1);
  const Date birth = first + random.Below(24 * 365);
  return random.Chance(5) ? Date(birth.year(), 1, 1) : birth;
}

RecordedSex SexOf(absl::string_view given) {
  return Skew(absl::AsciiStrToLower(given)) < 1 ? RecordedSex::kFemale : RecordedSex::kMale;
}

}  // namespace

NameUrn::NameUrn(const policy::v1::NameLore& lore, policy::v1::NameUse use, int listed_per_mille,
                 int tail_size) {
  double listed = 0;
  for (const policy::v1::NameFrequency& list : lore.frequencies()) {
    if (list.use() != use) continue;
    for (absl::string_view name : absl::StrSplit(list.names(), ' ', absl::SkipEmpty())) {
      listed += list.per_million() * Skew(name);
      names_.emplace_back(name);
      cumulative_.push_back(listed);
    }
  }
  const double share = static_cast<double>(listed_per_mille) / 1000;
  const double tail = listed * (1 - share) / share;
  double weights = 0;
  for (int i = 0; i < tail_size; ++i) weights += 1.0 / (i + 30);
  const Topic topic =
      use == policy::v1::NAME_USE_GIVEN ? Topic::kMatchError : Topic::kMatchHousehold;
  double at = listed;
  for (int i = 0; i < tail_size; ++i) {
    at += tail / (i + 30) / weights;
    names_.push_back(Invented(static_cast<uint64_t>(i), topic));
    cumulative_.push_back(at);
  }
}

std::string NameUrn::Draw(Random& random) const {
  const double at =
      static_cast<double>(random.Next() >> 11) / 9007199254740992.0 * cumulative_.back();
  const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), at);
  const auto index =
      std::min<size_t>(static_cast<size_t>(found - cumulative_.begin()), names_.size() - 1);
  return Capitalised(names_[index]);
}

Population::Population(uint64_t seed, const policy::v1::NameLore& lore)
    : seed_(seed),
      given_(lore, policy::v1::NAME_USE_GIVEN, 800, 4000),
      family_(lore, policy::v1::NAME_USE_FAMILY, 600, 30000) {}

std::string Population::PostcodeAt(uint64_t number) {
  constexpr absl::string_view kLetters = "ABDEFGHJLNPQRSTUWXYZ";
  const auto letter = [&](uint64_t i) { return kLetters[i % kLetters.size()]; };
  const uint64_t unit = number % 400;
  const uint64_t sector = number / 400 % 10;
  const uint64_t district = number / 4000 % 30 + 1;
  const uint64_t area = number / 120000;
  return absl::StrFormat("%c%c%d %d%c%c", letter(area), letter(area / 20), district, sector,
                         letter(unit), letter(unit / 20));
}

void Population::AddTwin(Random& random, const Demographics& first, Household& household) const {
  Demographics twin = first;
  const std::vector<std::string> words = absl::StrSplit(first.given_names, ' ');
  if (words.size() > 1 && random.Chance(150)) {
    // One first name and other middle names: Muhammad Ali and Muhammad Hassan.
    twin.given_names = absl::StrCat(words[0], " ", GivenName(random));
  } else {
    // Many parents choose names that begin alike.
    const bool alike = random.Chance(300);
    for (int tries = 0; tries < 200; ++tries) {
      twin.given_names = GivenName(random);
      if (twin.given_names == first.given_names) continue;
      if (!alike || twin.given_names[0] == first.given_names[0]) break;
    }
  }
  twin.sex = SexOf(twin.given_names);
  household.children.push_back(std::move(twin));
}

Household Population::At(uint64_t number) const {
  Random random(seed_, number, Topic::kMatchHousehold);
  std::string family = FamilyName(random);
  if (random.Chance(40)) family = absl::StrCat(family, "-", FamilyName(random));
  const std::string postcode = PostcodeAt(number / kHouseholdsOfPostcode);
  Household household;
  const int births = random.Between(1, 3);
  for (int i = 0; i < births; ++i) {
    Demographics child;
    child.given_names = GivenName(random);
    child.sex = SexOf(child.given_names);
    if (random.Chance(550)) absl::StrAppend(&child.given_names, " ", GivenName(random));
    child.family_name = family;
    child.birth = BirthOf(random);
    child.postcode = postcode;
    household.children.push_back(child);
    if (random.Chance(16)) AddTwin(random, child, household);
  }
  return household;
}

}  // namespace ehc
