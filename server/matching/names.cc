#include "server/matching/names.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/matching/fold.h"
#include "server/matching/sound.h"

namespace ehc {
namespace {

constexpr double kMillion = 1e6;

absl::StatusOr<NameUse> UseOf(policy::v1::NameUse use) {
  switch (use) {
    case policy::v1::NAME_USE_GIVEN: return NameUse::kGiven;
    case policy::v1::NAME_USE_FAMILY: return NameUse::kFamily;
    default: return absl::InvalidArgumentError("names: a list must say what it is used for");
  }
}

absl::Status CheckFolded(absl::string_view name) {
  const bool folded = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c));
  });
  if (folded) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("names: \"", name, "\" must be written in lower-case letters a to z"));
}

absl::StatusOr<std::vector<std::string>> ListedNames(absl::string_view names) {
  std::vector<std::string> words = absl::StrSplit(names, ' ', absl::SkipEmpty());
  for (const std::string& word : words) EHC_RETURN_IF_ERROR(CheckFolded(word));
  return words;
}

template <typename List>
absl::Status AddAll(const List& list, absl::flat_hash_set<std::string>& words) {
  for (const std::string& word : list) {
    EHC_RETURN_IF_ERROR(CheckFolded(word));
    words.insert(word);
  }
  return absl::OkStatus();
}

bool IsNumber(absl::string_view word) {
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

// "sm1th": a digit among letters is a letter that was misread.
std::string WithoutDigits(std::string word) {
  if (IsNumber(word)) return word;
  for (char& c : word) {
    if (c == '0') c = 'o';
    if (c == '1') c = 'l';
    if (c == '5') c = 's';
    if (c == '8') c = 'b';
  }
  return word;
}

std::vector<std::string> Split(absl::string_view folded) {
  std::vector<std::string> words = absl::StrSplit(folded, ' ', absl::SkipEmpty());
  for (std::string& word : words) word = WithoutDigits(std::move(word));
  return words;
}

}  // namespace

absl::StatusOr<NameLore> NameLore::Create(const policy::v1::NameLore& message) {
  NameLore lore;
  if (message.most_characters() < 1 || message.unlisted_per_million() <= 0 ||
      message.least_per_million() <= 0 || message.established_per_million() <= 0 ||
      message.listed_people() < 1) {
    return absl::InvalidArgumentError("names: limits and frequencies must be above zero");
  }
  lore.most_characters_ = message.most_characters();
  lore.unlisted_per_million_ = static_cast<float>(message.unlisted_per_million());
  lore.least_ = message.least_per_million() / kMillion;
  lore.established_ = message.established_per_million() / kMillion;
  lore.listed_people_ = static_cast<double>(message.listed_people());
  uint16_t number = 0;
  for (const auto& list : message.forms()) EHC_RETURN_IF_ERROR(lore.AddForms(list, ++number));
  for (const auto& list : message.frequencies()) EHC_RETURN_IF_ERROR(lore.AddFrequency(list));
  EHC_RETURN_IF_ERROR(lore.AddWords(message));
  return lore;
}

absl::Status NameLore::AddForms(const policy::v1::NameForms& list, uint16_t number) {
  EHC_ASSIGN_OR_RETURN(const NameUse use, UseOf(list.use()));
  EHC_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListedNames(list.names()));
  for (const std::string& name : names) Of(use).forms[name].push_back(number);
  return absl::OkStatus();
}

absl::Status NameLore::AddFrequency(const policy::v1::NameFrequency& list) {
  EHC_ASSIGN_OR_RETURN(const NameUse use, UseOf(list.use()));
  EHC_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListedNames(list.names()));
  if (list.per_million() <= 0) {
    return absl::InvalidArgumentError("names: a frequency must be above zero");
  }
  for (const std::string& name : names) {
    Of(use).per_million[name] = static_cast<float>(list.per_million());
  }
  return absl::OkStatus();
}

absl::Status NameLore::AddWords(const policy::v1::NameLore& message) {
  EHC_RETURN_IF_ERROR(AddAll(message.placeholders(), placeholders_));
  EHC_RETURN_IF_ERROR(AddAll(message.titles(), titles_));
  EHC_RETURN_IF_ERROR(AddAll(message.particles(), particles_));
  return AddAll(message.prefixes(), prefixes_);
}

NameWord NameLore::Word(NameUse use, std::string folded) const {
  NameWord word;
  word.sound = SoundCode(folded);
  if (auto found = Of(use).forms.find(folded); found != Of(use).forms.end()) {
    word.forms = found->second;
  }
  const auto listed = Of(use).per_million.find(folded);
  word.listed_per_million =
      listed == Of(use).per_million.end() ? unlisted_per_million_ : listed->second;
  word.text = std::move(folded);
  return word;
}

NameWords NameLore::WordsOf(NameUse use, const std::vector<std::string>& words) const {
  NameWords out;
  for (size_t i = 0; i < words.size() && i < kMostWords; ++i) out.push_back(Word(use, words[i]));
  return out;
}

absl::StatusOr<NameWords> NameLore::Given(absl::string_view text) const {
  EHC_ASSIGN_OR_RETURN(const std::string folded, FoldText(text, most_characters_));
  std::vector<std::string> words = Split(folded);
  const auto is_title = [&](const std::string& word) { return titles_.contains(word); };
  words.erase(std::remove_if(words.begin(), words.end(), is_title), words.end());
  // "Baby", "Twin 2", "Baby Girl": nobody's name. "Baby Rose" is not known to be one either.
  const bool placeholder =
      !words.empty() && (placeholders_.contains(words.front()) || IsNumber(words.front()));
  if (placeholder) words.clear();
  return WordsOf(NameUse::kGiven, words);
}

absl::StatusOr<NameWords> NameLore::Family(absl::string_view text) const {
  EHC_ASSIGN_OR_RETURN(const std::string folded, FoldText(text, most_characters_));
  std::vector<std::string> kept;
  std::vector<std::string> particles;
  std::string prefix;
  for (std::string& word : Split(folded)) {
    if (prefixes_.contains(word)) {
      prefix += word;
    } else if (prefix.empty() && particles_.contains(word)) {
      particles.push_back(std::move(word));
    } else {
      kept.push_back(prefix + word);
      prefix.clear();
    }
  }
  if (!prefix.empty()) kept.push_back(std::move(prefix));
  if (kept.empty()) kept = std::move(particles);
  if (kept.size() == 1 && placeholders_.contains(kept.front())) kept.clear();
  return WordsOf(NameUse::kFamily, kept);
}

double NameLore::Frequency(const NameWord& word, int64_t count, int64_t people) const {
  const double listed = word.listed_per_million / kMillion;
  const double joined = (static_cast<double>(count) + listed_people_ * listed) /
                        (static_cast<double>(people) + listed_people_);
  return std::max(joined, least_);
}

}  // namespace ehc
