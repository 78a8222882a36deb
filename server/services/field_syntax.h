// The closed list of syntaxes that field_options.proto names. Syntax only: whether a check digit
// holds, a code is in the vocabulary or a name exists is decided where those are known.
#ifndef EHC_SERVER_SERVICES_FIELD_SYNTAX_H_
#define EHC_SERVER_SERVICES_FIELD_SYNTAX_H_

#include "absl/strings/string_view.h"
#include "ehc/hub/v1/field_options.pb.h"
#include "ehc/hub/v1/subject.pb.h"

namespace ehc {

// Well-formed UTF-8 without control, bidirectional-override, zero-width, line-separator or
// non-characters: nothing that shows as something else than it is. Line feeds and tabs only where
// `multiline`.
bool IsPlainText(absl::string_view text, bool multiline);

// False for a pattern that this hub does not know. The empty text matches nothing but the two text
// patterns.
bool MatchesPattern(hub::v1::Pattern pattern, absl::string_view text);

// "write YYYY-MM-DD, a day that exists": completes the sentence "has the wrong form: …".
absl::string_view PatternHelp(hub::v1::Pattern pattern);

// False for UNSPECIFIED and for a type that this hub does not know.
bool MatchesIdentifierType(hub::v1::IdentifierType type, absl::string_view value);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_FIELD_SYNTAX_H_
