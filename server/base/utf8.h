#ifndef EHC_SERVER_BASE_UTF8_H_
#define EHC_SERVER_BASE_UTF8_H_

#include <optional>

#include "absl/strings/string_view.h"

namespace ehc {

// Takes the first character off `text`. Nothing, leaving `text` unchanged, if it does not begin
// with a well-formed one (Unicode 15 table 3-7: no overlong forms, no surrogates, at most
// U+10FFFF).
std::optional<char32_t> TakeUtf8Character(absl::string_view* text);

// White space as Unicode's White_Space property has it.
bool IsUnicodeSpace(char32_t character);

}  // namespace ehc

#endif  // EHC_SERVER_BASE_UTF8_H_
