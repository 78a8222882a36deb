// Text as it is compared: what of a name remains when case, accents, script and look-alikes are put
// aside. The only file of the house that uses ICU.
#ifndef EHC_SERVER_MATCHING_FOLD_H_
#define EHC_SERVER_MATCHING_FOLD_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ehc {

// Lower-case ASCII letters and digits, with single spaces where the text had anything that divides
// words (spaces, hyphens and dashes of every kind, full stops, brackets); apostrophes vanish.
// Full-width forms, ligatures and accents are resolved (NFKD); other scripts are transliterated;
// zero-width joiners, which some scripts need, are dropped. Idempotent.
//
// INVALID_ARGUMENT, naming the rule and never the text: not UTF-8; more than `most_characters`;
// characters that hide or reorder text (controls, bidirectional overrides, other invisible ones);
// no letter or digit left of a text that was not blank.
absl::StatusOr<std::string> FoldText(absl::string_view text, int most_characters);

}  // namespace ehc

#endif  // EHC_SERVER_MATCHING_FOLD_H_
