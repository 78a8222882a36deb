// What a code of a policy file looks like.
#ifndef EHC_SERVER_POLICY_CODES_H_
#define EHC_SERVER_POLICY_CODES_H_

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace ehc {

// "EHC_PLAN": up to 64 of upper case, digits and underscores, a letter first.
inline bool IsCode(absl::string_view code) {
  return !code.empty() && code.size() <= 64 && absl::ascii_isupper(code[0]) &&
         std::all_of(code.begin(), code.end(), [](char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_CODES_H_
