#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/base/encoding.h"
#include "server/base/status_macros.h"
#include "server/identity/certificate.h"
#include "tests/fuzz/milestone.h"

namespace ehc {
namespace {

Milestone read("a certificate");
Milestone accepted("a certificate that keeps the rules");

void Check(absl::string_view pem) {
  const absl::StatusOr<PeerCertificate> certificate = ReadCertificate(pem);
  if (!certificate.ok()) return;
  read.Reach();
  EHC_CHECK(certificate->fingerprint.size() == 64);
  if (!CheckCertificateRules(*certificate).ok()) return;
  accepted.Reach();
  EHC_CHECK(certificate->uris.size() == 1);
  EHC_CHECK(certificate->uris[0] == AgencySpiffeId(*certificate->agency_id, certificate->unit));
  EHC_CHECK(!certificate->is_ca && certificate->has_client_auth && certificate->key_bits >= 256);
}

// The input as PEM, and as the DER inside one.
void Fuzz(absl::string_view input) {
  Check(input);
  Check(absl::StrCat("-----BEGIN CERTIFICATE-----\n", Base64Encode(input),
                     "\n-----END CERTIFICATE-----\n"));
}

}  // namespace
}  // namespace ehc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ehc::Fuzz(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
