// What a credential is, read from its public material.
#ifndef EHC_SERVER_SERVICES_CREDENTIAL_H_
#define EHC_SERVER_SERVICES_CREDENTIAL_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ehc/hub/v1/agency.pb.h"
#include "server/model/change.h"

namespace ehc {

// The credential as the hub keeps it: thumbprint, SPIFFE id, dates and name filled in.
// FIELD_INVALID for a certificate that breaks the hub's rules, that names another agency, a key
// that is not P-256 (a witness key: not a verifier key of cosignatures), or a person on anything
// but an assertion key.
absl::StatusOr<PutCredential> ReadCredential(absl::string_view agency_id,
                                             const hub::v1::Credential& message, absl::Time now);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_CREDENTIAL_H_
