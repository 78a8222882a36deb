#include "server/matching/compare.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "server/matching/sound.h"

namespace ehc {
namespace {

using Words = PersonView::Words;

constexpr size_t kShortWord = 4;    // below: one letter is too much of it to be a slip
constexpr size_t kLongWord = 8;     // from here on two slips are forgiven
constexpr double kSameSound = 0.4;  // least share of letters in place for words that sound alike

class NameComparison {
 public:
  NameComparison(NameUse use, const NameLore& lore, FrequencyOf frequency)
      : use_(use), lore_(lore), frequency_(frequency) {}

  MatchLevel Word(const NameWord& a, const NameWord& b) const {
    if (a.text == b.text) return MatchLevel::kExact;
    if (AreForms(a, b)) return MatchLevel::kVariant;
    if (a.text.size() == 1 || b.text.size() == 1) {
      const bool initial = use_ == NameUse::kGiven && a.text[0] == b.text[0];
      return initial ? MatchLevel::kDistant : MatchLevel::kDifferent;
    }
    if (!IsAlike(a, b) || AreTwoNames(a, b)) return MatchLevel::kDifferent;
    return MatchLevel::kSimilar;
  }

 private:
  static bool AreForms(const NameWord& a, const NameWord& b) {
    return std::any_of(a.forms.begin(), a.forms.end(), [&](uint16_t list) {
      return std::find(b.forms.begin(), b.forms.end(), list) != b.forms.end();
    });
  }

  static bool IsAlike(const NameWord& a, const NameWord& b) {
    const size_t longer = std::max(a.text.size(), b.text.size());
    const size_t shorter = std::min(a.text.size(), b.text.size());
    if (shorter >= kShortWord - 1 && LookAlike(a.text, b.text)) return true;
    const int slips = longer < kShortWord ? 0 : longer < kLongWord ? 1 : 2;
    const bool by_ear = longer >= kShortWord && a.sound == b.sound && SoundLength(a.sound) >= 2;
    const int most =
        by_ear ? static_cast<int>(static_cast<double>(longer) * (1 - kSameSound)) : slips;
    return most > 0 && EditDistance(a.text, b.text, most) <= most;
  }

  // Twins are called Jayden and Hayden; a slip of the keyboard seldom makes one name of another.
  bool AreTwoNames(const NameWord& a, const NameWord& b) const {
    return lore_.IsEstablished(frequency_(use_, a)) && lore_.IsEstablished(frequency_(use_, b));
  }

  const NameUse use_;
  const NameLore& lore_;
  const FrequencyOf frequency_;
};

std::string Joined(const Words& words) {
  std::string joined;
  for (const NameWord* word : words) joined += word->text;
  return joined;
}

bool SameWords(const Words& a, const Words& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const NameWord* x, const NameWord* y) { return x->text == y->text; });
}

// The best that any word of one is to any word of the other.
MatchLevel Best(const Words& a, const Words& b, const NameComparison& names) {
  MatchLevel best = MatchLevel::kDifferent;
  for (const NameWord* x : a) {
    for (const NameWord* y : b) best = std::max(best, names.Word(*x, *y));
  }
  return best;
}

// Middle names that both sides state, and that have nothing in common.
bool MiddleNamesDiffer(const Words& a, const Words& b, const NameComparison& names) {
  if (a.size() < 2 || b.size() < 2) return false;
  return Best(Words(a.begin() + 1, a.end()), Words(b.begin() + 1, b.end()), names) ==
         MatchLevel::kDifferent;
}

MatchLevel CompareGiven(const Words& a, const Words& b, const NameComparison& names) {
  if (a.empty() || b.empty()) return MatchLevel::kAbsent;
  MatchLevel level = names.Word(*a.front(), *b.front());
  if (level < MatchLevel::kVariant && a.size() != b.size() && Joined(a) == Joined(b)) {
    return MatchLevel::kVariant;  // Mary Ann, Maryann
  }
  if (level >= MatchLevel::kSimilar && MiddleNamesDiffer(a, b, names)) {
    return MatchLevel::kDistant;
  }
  if (level < MatchLevel::kPart && Best(a, b, names) >= MatchLevel::kVariant) {
    return MatchLevel::kPart;  // called by a middle name
  }
  return level;
}

MatchLevel CompareFamily(const Words& a, const Words& b, const NameComparison& names) {
  if (a.empty() || b.empty()) return MatchLevel::kAbsent;
  if (SameWords(a, b)) return MatchLevel::kExact;
  if (a.size() == 1 && b.size() == 1) return names.Word(*a.front(), *b.front());
  if (Joined(a) == Joined(b)) return MatchLevel::kVariant;
  if (a.size() == b.size()) {
    MatchLevel least = MatchLevel::kExact;
    for (size_t i = 0; i < a.size(); ++i) least = std::min(least, names.Word(*a[i], *b[i]));
    if (least >= MatchLevel::kSimilar) return least;
    Words turned(b.rbegin(), b.rend());
    if (SameWords(a, turned)) return MatchLevel::kVariant;
  }
  const MatchLevel best = Best(a, b, names);
  if (best >= MatchLevel::kVariant) return MatchLevel::kPart;
  return best == MatchLevel::kSimilar ? MatchLevel::kDistant : MatchLevel::kDifferent;
}

// ---- births

bool IsTransposed(Date a, Date b) {
  return a.year() == b.year() && a.month() == b.day() && a.day() == b.month();
}

bool IsOneSlip(Date a, Date b) {
  const int64_t x = a.year() * 10000 + a.month() * 100 + a.day();
  const int64_t y = b.year() * 10000 + b.month() * 100 + b.day();
  return EditDistance(std::to_string(x), std::to_string(y), 1) <= 1;
}

MatchLevel CompareBirth(const PersonView& a, const PersonView& b, const MatchRevision& revision) {
  if (a.birth == kNoBirth || b.birth == kNoBirth) return MatchLevel::kAbsent;
  const int apart = std::abs(a.birth - b.birth);
  if (a.birth_expected || b.birth_expected) {
    if (apart == 0) return MatchLevel::kPart;
    return apart <= revision.expected_birth_days ? MatchLevel::kSimilar : MatchLevel::kDifferent;
  }
  if (apart == 0) return MatchLevel::kExact;
  const Date x = DateFromDays(a.birth);
  const Date y = DateFromDays(b.birth);
  if (IsTransposed(x, y)) return MatchLevel::kPart;
  if (IsOneSlip(x, y)) return MatchLevel::kSimilar;
  return apart <= revision.near_birth_days ? MatchLevel::kDistant : MatchLevel::kDifferent;
}

MatchLevel CompareSex(RecordedSex a, RecordedSex b) {
  if (a == RecordedSex::kUnknown || b == RecordedSex::kUnknown) return MatchLevel::kAbsent;
  return a == b ? MatchLevel::kExact : MatchLevel::kDifferent;
}

bool DiffersByOneCharacter(uint64_t a, uint64_t b) {
  int differing = 0;
  for (int i = 0; i < 7; ++i, a /= 37, b /= 37) differing += a % 37 != b % 37 ? 1 : 0;
  return differing == 1;
}

MatchLevel ComparePostcode(uint64_t a, uint64_t b) {
  if (a == 0 || b == 0) return MatchLevel::kAbsent;
  if (a == b) return MatchLevel::kExact;
  if (PostcodeSector(a) == PostcodeSector(b) || DiffersByOneCharacter(a, b)) {
    return MatchLevel::kSimilar;
  }
  return PostcodeDistrict(a) == PostcodeDistrict(b) ? MatchLevel::kDistant : MatchLevel::kDifferent;
}

// ---- weights

// How often two people at random would agree on this name.
double ChanceOfWords(NameUse use, const Words& words, FrequencyOf frequency) {
  double chance = 1;
  for (const NameWord* word : words) chance = std::min(chance, frequency(use, *word));
  return chance;
}

double BirthBits(const PersonView& known, MatchLevel level, const MatchRevision& revision) {
  const double bits = revision.WeightOf(MatchField::kBirth, level).bits;
  if (level != MatchLevel::kExact) return bits;
  const Date birth = DateFromDays(known.birth);
  for (const auto& day : revision.default_birth_days) {
    if (day.month() == birth.month() && day.day() == birth.day())
      return bits - std::log2(day.times());
  }
  return bits;
}

double NameBits(MatchField field, NameUse use, const Words& asked, MatchLevel level,
                const MatchRevision& revision, FrequencyOf frequency) {
  const MatchWeight& weight = revision.WeightOf(field, level);
  if (level != MatchLevel::kExact) return weight.bits;
  // The first given name alone counts: whether further ones agree has its own levels.
  const Words counted = use == NameUse::kGiven ? Words(asked.begin(), asked.begin() + 1) : asked;
  return std::log2(weight.m / ChanceOfWords(use, counted, frequency));
}

double BitsOf(MatchField field, MatchLevel level, const PersonView& asked, const PersonView& known,
              const MatchRevision& revision, FrequencyOf frequency) {
  switch (field) {
    case MatchField::kGiven:
      return NameBits(field, NameUse::kGiven, asked.given, level, revision, frequency);
    case MatchField::kFamily:
      return NameBits(field, NameUse::kFamily, asked.family, level, revision, frequency);
    case MatchField::kBirth: return BirthBits(known, level, revision);
    default: return revision.WeightOf(field, level).bits;
  }
}

// "Khan Mohammed" for "Mohammed Khan".
bool AreExchanged(const PersonView& a, const PersonView& b, const NameComparison& given,
                  const NameComparison& family) {
  return CompareGiven(a.family, b.given, given) >= MatchLevel::kVariant &&
         CompareFamily(a.given, b.family, family) >= MatchLevel::kVariant;
}

}  // namespace

MatchLevels Comparison::levels() const {
  MatchLevels levels{};
  for (const MatchTerm& term : terms) levels[static_cast<size_t>(term.field)] = term.level;
  return levels;
}

MatchLevels CompareFields(const PersonView& asked, const PersonView& known,
                          const MatchRevision& revision, const NameLore& lore,
                          FrequencyOf frequency) {
  const NameComparison given(NameUse::kGiven, lore, frequency);
  const NameComparison family(NameUse::kFamily, lore, frequency);
  MatchLevel given_level = CompareGiven(asked.given, known.given, given);
  MatchLevel family_level = CompareFamily(asked.family, known.family, family);
  if (given_level < MatchLevel::kSimilar && family_level < MatchLevel::kSimilar &&
      AreExchanged(asked, known, given, family)) {
    given_level = family_level = MatchLevel::kPart;
  }
  return {given_level, family_level, CompareBirth(asked, known, revision),
          CompareSex(asked.sex, known.sex), ComparePostcode(asked.postcode, known.postcode)};
}

Comparison Compare(const PersonView& asked, const PersonView& known, int64_t people,
                   const MatchRevision& revision, const NameLore& lore, FrequencyOf frequency) {
  const MatchLevels levels = CompareFields(asked, known, revision, lore, frequency);
  Comparison result;
  result.prior_bits = -std::log2(std::max(revision.population, static_cast<double>(people)));
  result.bits = result.prior_bits;
  for (size_t i = 0; i < kMatchFields; ++i) {
    const auto field = static_cast<MatchField>(i);
    const double bits = BitsOf(field, levels[i], asked, known, revision, frequency);
    result.terms[i] = {field, levels[i], bits};
    result.bits += bits;
  }
  result.probability = 1 / (1 + std::exp2(-result.bits));
  const auto step = std::find_if(revision.steps.begin(), revision.steps.end(),
                                 [&](const MatchStep& s) { return s.IsSatisfiedBy(levels); });
  if (step == revision.steps.end()) return result;
  result.step = &*step;
  result.score = std::min(result.probability, step->ceiling);
  return result;
}

}  // namespace ehc
