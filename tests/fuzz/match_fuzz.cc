#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ehc/policy/v1/matching.pb.h"
#include "server/base/status_macros.h"
#include "server/matching/fold.h"
#include "server/matching/names.h"
#include "server/matching/person.h"
#include "server/matching/sound.h"
#include "tests/fuzz/milestone.h"

namespace ehc {
namespace {

constexpr int kMostCharacters = 200;

Milestone folded_ascii("a folded name");
Milestone folded_unicode("a folded name of another script");

const NameLore& Lore() {
  static const NameLore* const lore = [] {
    policy::v1::NameLore message;
    message.set_most_characters(kMostCharacters);
    message.set_unlisted_per_million(4);
    message.set_least_per_million(10);
    message.set_established_per_million(100);
    message.set_listed_people(1000);
    for (const char* word : {"baby", "twin"}) message.add_placeholders(word);
    for (const char* word : {"mc", "o"}) message.add_prefixes(word);
    message.add_particles("al");
    message.add_titles("master");
    return new NameLore(*NameLore::Create(message));
  }();
  return *lore;
}

bool IsFolded(absl::string_view text) {
  char before = ' ';
  for (char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!word && !(c == ' ' && before != ' ')) return false;
    before = c;
  }
  return text.empty() || text.back() != ' ';
}

// Folded text is letters, digits and single spaces, and folds to itself.
void CheckFold(absl::string_view text) {
  const auto folded = FoldText(text, kMostCharacters);
  if (!folded.ok()) {
    EHC_CHECK(folded.status().code() == absl::StatusCode::kInvalidArgument);
    EHC_CHECK(folded.status().message().size() < 200);
    return;
  }
  EHC_CHECK(IsFolded(*folded));
  if (folded->empty()) return;
  (folded->size() == text.size() ? folded_ascii : folded_unicode).Reach();
  if (folded->size() <= kMostCharacters) EHC_CHECK(*FoldText(*folded, kMostCharacters) == *folded);
}

void CheckWords(absl::string_view a, absl::string_view b) {
  EHC_CHECK(EditDistance(a, b, 3) == EditDistance(b, a, 3));
  EHC_CHECK(EditDistance(a, a, 3) == 0);
  EHC_CHECK(SoundLength(SoundCode(a)) <= 6);
  EHC_CHECK(LookAlike(a, a));
}

// Lines: given names, family name, postcode.
void Fuzz(absl::string_view input) {
  CheckFold(input);
  if (input.empty()) return;  // of nothing StrSplit makes no line
  const std::vector<std::string> lines = absl::StrSplit(input, absl::MaxSplits('\n', 2));
  Demographics person;
  person.given_names = lines[0];
  if (lines.size() > 1) person.family_name = lines[1];
  if (lines.size() > 2) person.postcode = lines[2];
  const auto read = ReadPerson(person, Lore());
  if (!read.ok()) return;
  EHC_CHECK(read->given.size() <= kMostWords && read->family.size() <= kMostWords);
  for (const NameWord& word : read->given) {
    EHC_CHECK(!word.text.empty());
    for (const NameWord& other : read->family) CheckWords(word.text, other.text);
  }
}

}  // namespace
}  // namespace ehc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ehc::Fuzz(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
