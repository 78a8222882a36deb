// How names sound and how far they are apart, over folded text (fold.h). Pure.
#ifndef EHC_SERVER_MATCHING_SOUND_H_
#define EHC_SERVER_MATCHING_SOUND_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace ehc {

// The consonants of an English reading of the word, up to six, each in five bits; an initial vowel
// counts as one. Words that are often confused by ear have the same code. 0: no letter in it.
// docs/matching.md lists the rules.
uint32_t SoundCode(absl::string_view word);

// Consonants in a code.
int SoundLength(uint32_t code);

// Insertions, deletions, substitutions and exchanges of neighbours that turn one word into the
// other (optimal string alignment); `most` + 1 once it is certain to be more than `most`.
int EditDistance(absl::string_view a, absl::string_view b, int most);

// Equal once what a scanner takes for another is put aside: rn/m, vv/w, cl/d, 0/o, 1/l/i, 5/s, 8/b.
bool LookAlike(absl::string_view a, absl::string_view b);

}  // namespace ehc

#endif  // EHC_SERVER_MATCHING_SOUND_H_
