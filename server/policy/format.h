#ifndef EHC_SERVER_POLICY_FORMAT_H_
#define EHC_SERVER_POLICY_FORMAT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ehc {

// Policy text in canonical layout: two spaces a level, no trailing blanks, at most one empty line
// in a row, one newline at the end. Keeps comments and the order of fields, and never changes
// meaning.
std::string FormatPolicyText(absl::string_view text);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_FORMAT_H_
