#ifndef EHC_SERVER_BASE_IDS_H_
#define EHC_SERVER_BASE_IDS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ehc {

// A random UUID (RFC 9562 version 4), lower case with hyphens.
std::string NewUuid4();

// True for the form that NewUuid4 produces; upper case is not accepted.
bool IsUuid4(absl::string_view text);

// 26 base32 characters carrying 128 random bits: of fixed length, so that answers masked of it are
// byte-identical.
std::string NewDecisionId();

}  // namespace ehc

#endif  // EHC_SERVER_BASE_IDS_H_
