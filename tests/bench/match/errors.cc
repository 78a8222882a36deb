#include "tests/bench/match/errors.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace ehc {
namespace {

constexpr const char* kBesides[] = {"q:wa",  "w:qes", "e:wrd", "r:etf", "t:ryg", "y:tuh", "u:yij",
                                    "i:uok", "o:ipl", "p:ol",  "a:sqz", "s:adw", "d:sfe", "f:dgr",
                                    "g:fht", "h:gjy", "j:hku", "k:jli", "l:ko",  "z:xa",  "x:zcs",
                                    "c:xvd", "v:cbf", "b:vng", "n:bmh", "m:nj"};

char Beside(char c, Random& random) {
  for (absl::string_view row : kBesides) {
    if (row[0] == absl::ascii_tolower(c))
      return row[2 + random.Below(static_cast<int>(row.size()) - 2)];
  }
  return 'e';
}

std::string Mistyped(std::string name, Random& random) {
  if (name.size() < 3) return name;
  const auto at = static_cast<size_t>(random.Between(1, static_cast<int>(name.size()) - 1));
  switch (random.Below(5)) {
    case 0: name.erase(at, 1); break;
    case 1: name.insert(at, 1, name[at]); break;
    case 2: name.insert(at, 1, Beside(name[at], random)); break;
    case 3: name[at] = Beside(name[at], random); break;
    default:
      if (at + 1 < name.size()) {
        std::swap(name[at], name[at + 1]);
      } else {
        name[at] = Beside(name[at], random);
      }
  }
  return name;
}

using Spellings = std::vector<std::pair<absl::string_view, absl::string_view>>;

// The first spelling that fits, counted from a random one.
std::string Respelled(std::string name, const Spellings& spellings, Random& random) {
  const auto first = static_cast<size_t>(random.Below(static_cast<int>(spellings.size())));
  for (size_t i = 0; i < spellings.size(); ++i) {
    const auto& [from, to] = spellings[(first + i) % spellings.size()];
    const size_t at = absl::AsciiStrToLower(name).find(std::string(from));
    if (at == std::string::npos) continue;
    return name.replace(at, from.size(), std::string(to));
  }
  return Mistyped(std::move(name), random);
}

const Spellings& ByEar() {
  static const auto* const spellings = new Spellings{
      {"ph", "f"},  {"ck", "k"},  {"ie", "y"}, {"ey", "y"}, {"ee", "ea"}, {"c", "k"},   {"s", "z"},
      {"y", "i"},   {"th", "t"},  {"ll", "l"}, {"nn", "n"}, {"ou", "ow"}, {"ai", "ay"}, {"v", "f"},
      {"sh", "ch"}, {"er", "ar"}, {"tt", "t"}, {"l", "ll"}, {"n", "nn"},  {"a", "e"}};
  return *spellings;
}

const Spellings& ByScanner() {
  static const auto* const spellings =
      new Spellings{{"m", "rn"}, {"rn", "m"}, {"w", "vv"}, {"d", "cl"}, {"l", "1"}, {"o", "0"},
                    {"s", "5"},  {"b", "8"},  {"i", "l"},  {"cl", "d"}, {"h", "b"}, {"e", "c"}};
  return *spellings;
}

std::vector<std::string> GivenWords(const Demographics& person) {
  return absl::StrSplit(person.given_names, ' ', absl::SkipEmpty());
}

void ChangeOneName(Demographics& person, Random& random,
                   std::string (*change)(std::string, Random&)) {
  if (random.Chance(500)) {
    std::vector<std::string> words = GivenWords(person);
    words[0] = change(std::move(words[0]), random);
    person.given_names = absl::StrJoin(words, " ");
  } else {
    person.family_name = change(std::move(person.family_name), random);
  }
}

void Halve(Demographics& person, Random& random) {
  const std::vector<std::string> halves = absl::StrSplit(person.family_name, '-');
  if (halves.size() == 1) return;
  const int how = random.Below(3);
  person.family_name = how == 2 ? absl::StrJoin(halves, " ") : halves[static_cast<size_t>(how)];
}

void ExchangeDayAndMonth(Demographics& person) {
  const Date birth = *person.birth;
  if (birth.day() <= 12) person.birth = Date(birth.year(), birth.day(), birth.month());
}

void ChangeDigit(Demographics& person, Random& random) {
  for (int tries = 0; tries < 50; ++tries) {
    std::string text = FormatDate(*person.birth);
    const int at = random.Between(3, 9);
    if (text[static_cast<size_t>(at)] == '-') continue;
    text[static_cast<size_t>(at)] = static_cast<char>('0' + random.Below(10));
    const auto date = ParseIsoDate(text);
    if (!date.ok() || *date == *person.birth) continue;
    person.birth = *date;
    return;
  }
}

}  // namespace

absl::string_view ErrorClassName(ErrorClass error) {
  constexpr absl::string_view kNames[] = {"none",
                                          "typing",
                                          "phonetic",
                                          "scanned",
                                          "nickname",
                                          "other family name",
                                          "moved house",
                                          "no postcode",
                                          "day and month exchanged",
                                          "digit of birth",
                                          "double-barrelled",
                                          "middle name",
                                          "names exchanged",
                                          "unnamed (Baby)",
                                          "two errors"};
  return kNames[static_cast<size_t>(error)];
}

ErrorMaker::ErrorMaker(const Population& population, const policy::v1::NameLore& lore)
    : population_(population) {
  for (const policy::v1::NameForms& list : lore.forms()) {
    if (list.use() != policy::v1::NAME_USE_GIVEN) continue;
    const std::vector<std::string> names = absl::StrSplit(list.names(), ' ', absl::SkipEmpty());
    for (const std::string& name : names) {
      for (const std::string& other : names) {
        if (name != other) forms_[name].push_back(other);
      }
    }
  }
}

std::string ErrorMaker::Nickname(const std::string& given, Random& random) const {
  const auto found = forms_.find(absl::AsciiStrToLower(given));
  if (found == forms_.end()) return Mistyped(given, random);
  return found->second[static_cast<size_t>(random.Below(static_cast<int>(found->second.size())))];
}

Demographics ErrorMaker::Spoil(const Demographics& person, ErrorClass error, Random& random) const {
  Demographics out = person;
  switch (error) {
    case ErrorClass::kNone: break;
    case ErrorClass::kTyping: ChangeOneName(out, random, Mistyped); break;
    case ErrorClass::kPhonetic:
      ChangeOneName(out, random, [](std::string name, Random& r) {
        return Respelled(std::move(name), ByEar(), r);
      });
      break;
    case ErrorClass::kScanned:
      ChangeOneName(out, random, [](std::string name, Random& r) {
        return Respelled(std::move(name), ByScanner(), r);
      });
      break;
    case ErrorClass::kNickname: out.given_names = Nickname(GivenWords(out)[0], random); break;
    case ErrorClass::kMarried: {
      const std::string other = population_.FamilyName(random);
      out.family_name = random.Chance(300) ? absl::StrCat(out.family_name, "-", other) : other;
      break;
    }
    case ErrorClass::kMoved:
      out.postcode = Population::PostcodeAt(static_cast<uint64_t>(random.Below(60000)));
      break;
    case ErrorClass::kNoPostcode:
      out.postcode.clear();
      out.sex = RecordedSex::kUnknown;
      break;
    case ErrorClass::kBirthExchanged: ExchangeDayAndMonth(out); break;
    case ErrorClass::kBirthDigit: ChangeDigit(out, random); break;
    case ErrorClass::kDoubleBarrelled: Halve(out, random); break;
    case ErrorClass::kMiddleName: {
      const std::vector<std::string> words = GivenWords(out);
      out.given_names = words.size() > 1 && random.Chance(300) ? words[1] : words[0];
      break;
    }
    case ErrorClass::kExchanged: std::swap(out.given_names, out.family_name); break;
    case ErrorClass::kUnnamed: out.given_names = random.Chance(700) ? "Baby" : ""; break;
    case ErrorClass::kTwo: {
      constexpr ErrorClass kFirst[] = {ErrorClass::kTyping, ErrorClass::kPhonetic,
                                       ErrorClass::kScanned, ErrorClass::kNickname};
      constexpr ErrorClass kSecond[] = {ErrorClass::kMoved,          ErrorClass::kNoPostcode,
                                        ErrorClass::kBirthExchanged, ErrorClass::kBirthDigit,
                                        ErrorClass::kMiddleName,     ErrorClass::kTyping};
      out = Spoil(Spoil(person, random.Pick(kFirst), random), random.Pick(kSecond), random);
      break;
    }
  }
  return out;
}

}  // namespace ehc
