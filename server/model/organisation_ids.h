#ifndef EHC_SERVER_MODEL_ORGANISATION_IDS_H_
#define EHC_SERVER_MODEL_ORGANISATION_IDS_H_

#include "absl/strings/string_view.h"
#include "server/model/identifiers.h"

namespace ehc {

// Formats of organisations' identifiers, strict ASCII, canonical spelling only. A well-formed id
// need not exist: registers change, and the agency registry is what counts.

// School: six digits. Academy conversion issues a new one.
bool IsValidUrn(absl::string_view text);

// NHS organisation (ODS code): 1 to 9 capitals and digits.
bool IsValidOds(absl::string_view text);

// DfE local authority: three digits on the list.
bool IsValidLaCode(absl::string_view text, const IdentifierRules& rules);

// School or other establishment by its authority (LAESTAB): the authority's code on the list and
// four digits, "3014000"; canonical without the slash that is often written between.
bool IsValidLaestab(absl::string_view text, const IdentifierRules& rules);

// Police force: two digits, save 00 and 02, which name no force.
bool IsValidPoliceForceCode(absl::string_view text);

// GSS code of an English unitary, district, borough or county: E06…E10 and six digits.
bool IsValidGss(absl::string_view text);

// Of an authority with education and children's services duties: any but a district's (E07).
bool IsGssOfChildrensServices(absl::string_view text);

// Provider of learning (UKPRN): eight digits beginning with 1.
bool IsValidUkprn(absl::string_view text);

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_ORGANISATION_IDS_H_
