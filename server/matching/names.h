// What is known of names: which are forms of one another, how common they are, and which words are
// no names. From policies/matching/names.textproto; immutable, thread safe.
#ifndef EHC_SERVER_MATCHING_NAMES_H_
#define EHC_SERVER_MATCHING_NAMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ehc/policy/v1/matching.pb.h"

namespace ehc {

enum class NameUse : uint8_t { kGiven, kFamily };

// One word of a name, folded, with what comparing it needs.
struct NameWord {
  std::string text;
  uint32_t sound = 0;
  absl::InlinedVector<uint16_t, 2> forms;  // numbers of the lists that it is in, ascending
  float listed_per_million = 0;            // as listed, or as an unlisted name
};

// A name of at most three words is compared word by word; what is beyond is not.
using NameWords = absl::InlinedVector<NameWord, 2>;
inline constexpr size_t kMostWords = 3;

class NameLore {
 public:
  // INVALID_ARGUMENT for a list without a use, a name not written as folded text, figures of zero.
  static absl::StatusOr<NameLore> Create(const policy::v1::NameLore& message);

  // The words of a given name without titles and placeholders: empty for "Baby". INVALID_ARGUMENT
  // as FoldText.
  absl::StatusOr<NameWords> Given(absl::string_view text) const;
  // The words of a family name: prefixes joined to what follows ("Mc Donald", "O'Neil"), particles
  // left out unless nothing else is there.
  absl::StatusOr<NameWords> Family(absl::string_view text) const;

  NameWord Word(NameUse use, std::string folded) const;

  // A name's share of the people, when `count` of an index of `people` bear it.
  double Frequency(const NameWord& word, int64_t count, int64_t people) const;
  // Whether a name of this frequency is a name of its own and no slip of the keyboard.
  bool IsEstablished(double frequency) const { return frequency >= established_; }

 private:
  struct Use {
    absl::flat_hash_map<std::string, absl::InlinedVector<uint16_t, 2>> forms;
    absl::flat_hash_map<std::string, float> per_million;
  };

  absl::Status AddForms(const policy::v1::NameForms& list, uint16_t number);
  absl::Status AddFrequency(const policy::v1::NameFrequency& list);
  absl::Status AddWords(const policy::v1::NameLore& message);
  Use& Of(NameUse use) { return use == NameUse::kGiven ? given_ : family_; }
  const Use& Of(NameUse use) const { return use == NameUse::kGiven ? given_ : family_; }
  NameWords WordsOf(NameUse use, const std::vector<std::string>& words) const;

  Use given_;
  Use family_;
  absl::flat_hash_set<std::string> placeholders_;
  absl::flat_hash_set<std::string> titles_;
  absl::flat_hash_set<std::string> particles_;
  absl::flat_hash_set<std::string> prefixes_;
  int most_characters_ = 0;
  float unlisted_per_million_ = 0;
  double least_ = 0;
  double established_ = 0;
  double listed_people_ = 0;
};

}  // namespace ehc

#endif  // EHC_SERVER_MATCHING_NAMES_H_
