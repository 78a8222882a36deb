// A certificate request (PKCS #10) that a stranger sent, and what comes back from an authority:
// both are held to the same rules as an agency's certificate, before and after it is signed.
#ifndef EHC_SERVER_ENROLMENT_CERTIFICATE_REQUEST_H_
#define EHC_SERVER_ENROLMENT_CERTIFICATE_REQUEST_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ehc {

inline constexpr size_t kMaxCertificateRequest = 8192;

// OK for one request in PEM, signed by its own key, that asks for exactly `spiffe_id` and for
// nothing else than use by a client. INVALID_ARGUMENT names the rule that was broken, never a
// value. The key and its size are judged before anything is computed with it.
absl::Status CheckCertificateRequest(absl::string_view pem, const std::string& spiffe_id);

// OK where the first certificate of `pem` is good now by the rules of an agency's certificate, of
// exactly `spiffe_id`, and over the request's key; and what follows it is certificates and nothing
// else. INVALID_ARGUMENT otherwise.
absl::Status CheckIssued(absl::string_view pem, absl::string_view request_pem,
                         const std::string& spiffe_id, absl::Time now);

}  // namespace ehc

#endif  // EHC_SERVER_ENROLMENT_CERTIFICATE_REQUEST_H_
