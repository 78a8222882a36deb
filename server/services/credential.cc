#include "server/services/credential.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/encoding.h"
#include "server/base/signature.h"
#include "server/base/signed_note.h"
#include "server/base/status_macros.h"
#include "server/identity/certificate.h"
#include "server/services/common.h"

namespace ehc {
namespace {

absl::Status Prefixed(absl::string_view field, const absl::Status& status) {
  return FieldInvalid(absl::StrCat("credential.", field, ": ", status.message()));
}

absl::Status ReadCertificateInto(absl::string_view agency_id, const hub::v1::Credential& message,
                                 absl::Time now, hub::v1::Credential& out) {
  absl::StatusOr<PeerCertificate> certificate =
      ParsePeerCertificate(message.certificate_pem(), now);
  if (!certificate.ok()) return Prefixed("certificate_pem", certificate.status());
  if (certificate->agency_id != std::string(agency_id)) {
    return FieldInvalid("credential.certificate_pem: its SPIFFE id names another agency");
  }
  out.set_thumbprint(certificate->fingerprint);
  out.set_spiffe_id(certificate->uris.front());
  out.set_unit(certificate->unit);
  *out.mutable_not_before() = ToTimestamp(certificate->not_before);
  *out.mutable_not_after() = ToTimestamp(certificate->not_after);
  return absl::OkStatus();
}

// SHA-256 of the SubjectPublicKeyInfo, which is what stands between a public PEM's two lines.
std::string SpkiThumbprint(const VerifyKey& key) {
  std::string body;
  for (absl::string_view line : absl::StrSplit(key.PublicPem(), '\n')) {
    if (!absl::StartsWith(line, "-----")) absl::StrAppend(&body, line);
  }
  return HexEncode(DigestView(Sha256(Base64Decode(body).value_or(""))));
}

absl::Status ReadKeyInto(const hub::v1::Credential& message, hub::v1::Credential& out) {
  absl::StatusOr<VerifyKey> key = VerifyKey::FromPem(message.public_key_pem());
  if (!key.ok()) return Prefixed("public_key_pem", key.status());
  if (!message.has_not_before() || !message.has_not_after()) {
    return FieldInvalid("credential.not_after: a bare key needs not_before and not_after");
  }
  out.set_thumbprint(SpkiThumbprint(*key));
  return absl::OkStatus();
}

// SHA-256 of an Ed25519 key's SubjectPublicKeyInfo (RFC 8410).
std::string Ed25519Thumbprint(absl::string_view raw) {
  constexpr absl::string_view kPrefix("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12);
  return HexEncode(DigestView(Sha256(absl::StrCat(kPrefix, raw))));
}

absl::Status ReadWitnessKeyInto(const hub::v1::Credential& message, hub::v1::Credential& out) {
  const absl::StatusOr<NoteVerifier> key = NoteVerifier::Parse(message.verifier_key());
  if (!key.ok()) return Prefixed("verifier_key", key.status());
  if (key->type() != NoteKeyType::kCosignatureV1) {
    return FieldInvalid("credential.verifier_key: is not one of cosignatures (type 0x04)");
  }
  if (!message.has_not_before() || !message.has_not_after()) {
    return FieldInvalid("credential.not_after: a bare key needs not_before and not_after");
  }
  // name+id+base64(type || key)
  const std::vector<std::string> parts =
      absl::StrSplit(message.verifier_key(), absl::MaxSplits('+', 2));
  out.set_thumbprint(Ed25519Thumbprint(Base64Decode(parts[2]).value_or(" ").substr(1)));
  return absl::OkStatus();
}

// Which material goes with which kind.
absl::Status CheckMaterial(const hub::v1::Credential& message) {
  const bool certificate = message.kind() == hub::v1::CREDENTIAL_KIND_TLS_CERTIFICATE;
  const bool witness = message.kind() == hub::v1::CREDENTIAL_KIND_WITNESS_KEY;
  if (certificate == !message.certificate_pem().empty() &&
      witness == !message.verifier_key().empty()) {
    return absl::OkStatus();
  }
  return FieldInvalid(
      "credential.kind: TLS_CERTIFICATE goes with certificate_pem, WITNESS_KEY with verifier_key, "
      "the others with public_key_pem");
}

absl::Status CheckPerson(const hub::v1::Credential& message) {
  if (message.person().empty() || message.kind() == hub::v1::CREDENTIAL_KIND_ASSERTION_KEY) {
    return absl::OkStatus();
  }
  return FieldInvalid("credential.person: only an ASSERTION_KEY signs for a person");
}

absl::Status ReadMaterialInto(absl::string_view agency_id, const hub::v1::Credential& message,
                              absl::Time now, hub::v1::Credential& out) {
  switch (message.kind()) {
    case hub::v1::CREDENTIAL_KIND_TLS_CERTIFICATE:
      return ReadCertificateInto(agency_id, message, now, out);
    case hub::v1::CREDENTIAL_KIND_WITNESS_KEY: return ReadWitnessKeyInto(message, out);
    default: return ReadKeyInto(message, out);
  }
}

}  // namespace

absl::StatusOr<PutCredential> ReadCredential(absl::string_view agency_id,
                                             const hub::v1::Credential& message, absl::Time now) {
  hub::v1::Credential out = message;
  EHC_RETURN_IF_ERROR(CheckMaterial(message));
  EHC_RETURN_IF_ERROR(CheckPerson(message));
  EHC_RETURN_IF_ERROR(ReadMaterialInto(agency_id, message, now, out));
  out.set_state(hub::v1::CREDENTIAL_STATE_ACTIVE);
  out.clear_revoked_at();
  out.clear_revocation_reason();
  out.clear_etag();
  out.set_name(
      absl::StrCat("agencies/", agency_id, "/credentials/", out.thumbprint().substr(0, 16)));
  return PutCredential{out.thumbprint(), AgencyId(agency_id), std::move(out)};
}

}  // namespace ehc
