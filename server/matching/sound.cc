#include "server/matching/sound.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "absl/strings/match.h"

namespace ehc {
namespace {

constexpr int kMostSounds = 6;
constexpr int kBitsOfSound = 5;

bool IsVowel(char c) { return absl::string_view("aeiouy").find(c) != absl::string_view::npos; }
bool IsFront(char c) { return c == 'e' || c == 'i' || c == 'y'; }

// A spelling and the consonants that it sounds as. Only tried where it begins; the first that fits.
struct Spelling {
  absl::string_view written;
  absl::string_view sounds;
  bool initial_only = false;
};

constexpr Spelling kSpellings[] = {
    {"kn", "n", true}, {"gn", "n", true}, {"wr", "r", true}, {"ps", "s", true}, {"pf", "f", true},
    {"wh", "w", true}, {"x", "s", true},  {"sch", "x"},      {"tch", "x"},      {"chr", "kr"},
    {"sh", "x"},       {"ch", "x"},       {"ph", "f"},       {"gh", "g", true}, {"gh", ""},
    {"ck", "k"},       {"dg", "j"},       {"qu", "k"},       {"cz", "x"},       {"sz", "x"},
    {"th", "t"},       {"kh", "k"},       {"dh", "d"},       {"bh", "b"},       {"zh", "j"},
    {"x", "ks"},       {"q", "k"},        {"z", "s"},        {"v", "f"},        {"mb", "m"},
};

// What one letter sounds as; 0: nothing.
char SoundOf(absl::string_view word, size_t at) {
  const char c = word[at];
  const char next = at + 1 < word.size() ? word[at + 1] : '\0';
  if (c == 'c') return IsFront(next) ? 's' : 'k';
  if (c == 'g') return IsFront(next) ? 'j' : 'g';
  if (c == 'h' || c == 'w') return at == 0 ? c : '\0';
  if (IsVowel(c)) return at == 0 ? 'a' : '\0';
  return c;
}

class Sounds {
 public:
  bool full() const { return count_ == kMostSounds; }
  void Add(char c) {
    if (full() || c == '\0') return;
    const uint32_t sound = c >= 'a' && c <= 'z' ? static_cast<uint32_t>(c - 'a') + 1 : 27;
    code_ = code_ << kBitsOfSound | sound;
    ++count_;
  }
  uint32_t code() const { return code_; }

 private:
  uint32_t code_ = 0;
  int count_ = 0;
};

const Spelling* SpellingAt(absl::string_view word, size_t at) {
  for (const Spelling& spelling : kSpellings) {
    if (spelling.initial_only && at > 0) continue;
    if (absl::StartsWith(word.substr(at), spelling.written)) return &spelling;
  }
  return nullptr;
}

struct LookAlikes {
  absl::string_view seen;
  char as;
};

constexpr LookAlikes kLookAlikes[] = {{"rn", 'm'}, {"vv", 'w'}, {"cl", 'd'}, {"0", 'o'}, {"1", 'l'},
                                      {"i", 'l'},  {"j", 'l'},  {"5", 's'},  {"8", 'b'}};

std::string AsScanned(absl::string_view word) {
  std::string out;
  for (size_t at = 0; at < word.size();) {
    const auto* found = std::find_if(
        std::begin(kLookAlikes), std::end(kLookAlikes),
        [&](const LookAlikes& like) { return absl::StartsWith(word.substr(at), like.seen); });
    const bool any = found != std::end(kLookAlikes);
    out.push_back(any ? found->as : word[at]);
    at += any ? found->seen.size() : 1;
  }
  return out;
}

constexpr size_t kLongestWord = 64;

}  // namespace

uint32_t SoundCode(absl::string_view word) {
  Sounds sounds;
  for (size_t at = 0; at < word.size() && !sounds.full();) {
    if (at > 0 && word[at] == word[at - 1]) {  // written double, said once
      ++at;
      continue;
    }
    if (const Spelling* spelling = SpellingAt(word, at); spelling != nullptr) {
      for (char c : spelling->sounds) sounds.Add(c);
      at += spelling->written.size();
    } else {
      sounds.Add(SoundOf(word, at));
      ++at;
    }
  }
  return sounds.code();
}

int SoundLength(uint32_t code) {
  int length = 0;
  for (; code != 0; code >>= kBitsOfSound) ++length;
  return length;
}

int EditDistance(absl::string_view a, absl::string_view b, int most) {
  const int more = most + 1;
  if (a.size() > kLongestWord || b.size() > kLongestWord) return a == b ? 0 : more;
  const size_t shorter = std::min(a.size(), b.size());
  const size_t longer = std::max(a.size(), b.size());
  if (static_cast<int>(longer - shorter) > most) return more;
  std::array<std::array<int, kLongestWord + 1>, 3> rows;
  for (size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& before = rows[(i + 1) % 3];
    row[0] = static_cast<int>(i);
    int least = row[0];
    for (size_t j = 1; j <= b.size(); ++j) {
      const int change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > most) return more;
  }
  return std::min(rows[a.size() % 3][b.size()], more);
}

bool LookAlike(absl::string_view a, absl::string_view b) {
  if (a.size() > kLongestWord || b.size() > kLongestWord) return a == b;
  return AsScanned(a) == AsScanned(b);
}

}  // namespace ehc
