#include "server/identity/authenticator.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/encoding.h"
#include "server/base/status_macros.h"
#include "server/identity/refusal.h"

namespace ehc {
namespace {

absl::StatusOr<const AssertionKey*> FindKey(const RegisteredAgency& agency,
                                            const std::string& key_id, absl::Time now) {
  const auto found = agency.assertion_keys.find(key_id);
  if (found == agency.assertion_keys.end()) {
    return AssertionInvalid("kid: names no assertion key that this agency has enrolled");
  }
  const Validity& validity = found->second.validity;
  if (!validity.active) return AssertionInvalid("kid: names an assertion key that was revoked");
  if (now < validity.not_before || now > validity.not_after) {
    return AssertionInvalid("kid: names an assertion key that is not in force at this moment");
  }
  return &found->second;
}

absl::Status CheckUnit(const Assertion& assertion, const PeerCertificate& certificate,
                       const RegisteredCertificate& entry) {
  if (!entry.agency->units.contains(assertion.unit)) {
    return AssertionInvalid("ehc_unit: is not a unit of the agency");
  }
  for (const std::string* bound : {&certificate.unit, &entry.unit}) {
    if (!bound->empty() && *bound != assertion.unit) {
      return AssertionInvalid("ehc_unit: is not the unit that the client certificate speaks for");
    }
  }
  return absl::OkStatus();
}

// ADR 0050: whoever holds one operator's key is not two operators.
absl::Status CheckSigner(const Assertion& assertion, const AssertionKey& key,
                         const RegisteredAgency& agency) {
  if (key.person.empty() && agency.is_operator) {
    return AssertionInvalid("kid: names a key of the operator's that is no one person's");
  }
  if (!key.person.empty() && key.person != assertion.user) {
    return AssertionInvalid("sub: is not the person for whom the key that kid names signs");
  }
  return absl::OkStatus();
}

absl::Status CheckPerson(const Assertion& assertion, const RegisteredAgency& agency) {
  if (!agency.is_operator) return absl::OkStatus();
  const auto person = agency.people.find(assertion.user);
  if (person == agency.people.end()) {
    return AssertionInvalid("sub: is not one of the operator's registered people");
  }
  if (!person->second.contains(assertion.role)) {
    return AssertionInvalid("ehc_role: is not a role that the operator registered for this person");
  }
  return absl::OkStatus();
}

// Training holds through the whole of its last day, by London's clocks.
std::optional<absl::Time> EndOf(const std::optional<Date>& last_day) {
  if (!last_day.has_value()) return std::nullopt;
  return LondonMidnight(*last_day + 1);
}

// REQUIRES: the assertion's unit is one of the agency's.
ActingPerson PersonOf(const Assertion& assertion, const RegisteredAgency& agency) {
  ActingPerson person;
  person.user = assertion.user;
  person.role = assertion.role;
  person.unit = UnitId(assertion.unit);
  person.unit_kind = agency.units.at(assertion.unit);
  person.training_valid_until = EndOf(assertion.training_until);
  person.strong_authentication = assertion.strong_authentication;
  person.approval_digest = assertion.approval;
  if (!assertion.approval.empty()) person.approval_id = assertion.id;
  return person;
}

}  // namespace

Authenticator::Authenticator(const AgencyRegistry& registry, ApprovalLedger& approvals,
                             AuthenticatorOptions options)
    : registry_(registry),
      approvals_(approvals),
      options_(std::move(options)),
      certificates_(options_.max_certificates),
      assertions_(options_.max_assertions) {}

absl::StatusOr<Caller> Authenticator::Authenticate(absl::string_view peer_pem,
                                                   absl::string_view assertion_jwt, absl::Time now,
                                                   RequestDigest request_digest) {
  return AuthenticateCall(peer_pem, assertion_jwt, now, &request_digest);
}

absl::StatusOr<Caller> Authenticator::Authenticate(absl::string_view peer_pem,
                                                   absl::string_view assertion_jwt,
                                                   absl::Time now) {
  return AuthenticateCall(peer_pem, assertion_jwt, now, nullptr);
}

absl::StatusOr<Authenticator::Peer> Authenticator::IdentifyPeer(absl::string_view peer_pem,
                                                                absl::Time now) {
  EHC_ASSIGN_OR_RETURN(const CertificatePointer certificate, FindCertificate(peer_pem));
  EHC_ASSIGN_OR_RETURN(const RegisteredCertificate* entry,
                       registry_.Current().Admit(*certificate, now));
  return Peer{entry->agency->id, entry->agency->type, certificate->fingerprint};
}

absl::StatusOr<Caller> Authenticator::AuthenticateCall(absl::string_view peer_pem,
                                                       absl::string_view assertion_jwt,
                                                       absl::Time now,
                                                       const RequestDigest* request_digest) {
  EHC_ASSIGN_OR_RETURN(const CertificatePointer certificate, FindCertificate(peer_pem));
  if (absl::Status dates = CheckCertificateDates(*certificate, now); !dates.ok()) {
    return CredentialRefused(dates.message());
  }
  const RegistryData& registry = registry_.Current();
  EHC_ASSIGN_OR_RETURN(const RegisteredCertificate* entry, registry.Admit(*certificate, now));
  std::optional<ActingPerson> person;
  if (!assertion_jwt.empty()) {
    EHC_ASSIGN_OR_RETURN(
        const VerifiedPointer assertion,
        FindAssertion(assertion_jwt, *certificate, *entry, registry.generation(), now));
    if (!assertion->person.approval_digest.empty()) {
      EHC_RETURN_IF_ERROR(UseApproval(*assertion, entry->agency->id, request_digest, now));
    }
    person = assertion->person;
  }
  return Caller(entry->agency->id, entry->agency->type, entry->agency->region,
                certificate->fingerprint, std::move(person), registry.position(),
                entry->agency->active);
}

absl::StatusOr<Authenticator::CertificatePointer> Authenticator::FindCertificate(
    absl::string_view peer_pem) {
  if (CertificatePointer known = certificates_.Find(peer_pem)) return known;
  absl::StatusOr<PeerCertificate> certificate = ReadCertificate(peer_pem);
  absl::Status status = certificate.status();
  if (status.ok()) status = CheckCertificateRules(*certificate);
  if (!status.ok()) return CredentialRefused(status.message());
  auto known = std::make_shared<const PeerCertificate>(*std::move(certificate));
  certificates_.Insert(peer_pem, known);
  return known;
}

absl::StatusOr<Authenticator::VerifiedPointer> Authenticator::FindAssertion(
    absl::string_view token, const PeerCertificate& certificate, const RegisteredCertificate& entry,
    uint64_t generation, absl::Time now) {
  if (token.size() > kMaxAssertionSize) {
    return AssertionInvalid("token: is longer than 4096 bytes");
  }
  const Digest key = Sha256(token);
  VerifiedPointer known = assertions_.Find(DigestView(key));
  const bool still_proven = known != nullptr && known->registry_generation == generation &&
                            known->fingerprint == certificate.fingerprint && now >= known->from &&
                            now <= known->until;
  if (still_proven) return known;
  EHC_ASSIGN_OR_RETURN(Verified verified, Verify(token, certificate, entry, now));
  verified.registry_generation = generation;
  known = std::make_shared<const Verified>(std::move(verified));
  if (known->person.approval_digest.empty()) assertions_.Insert(DigestView(key), known);
  return known;
}

absl::StatusOr<Authenticator::Verified> Authenticator::Verify(absl::string_view token,
                                                              const PeerCertificate& certificate,
                                                              const RegisteredCertificate& entry,
                                                              absl::Time now) const {
  const absl::StatusOr<Assertion> assertion = ParseAssertion(token);
  if (!assertion.ok()) return AssertionInvalid(assertion.status().message());
  EHC_ASSIGN_OR_RETURN(const AssertionKey* key, FindKey(*entry.agency, assertion->key_id, now));
  if (!HasValidSignature(*assertion, key->key)) {
    return AssertionInvalid("signature: does not fit the token and the key that kid names");
  }
  const absl::Status bounds = CheckBounds(
      *assertion, {options_.audience, entry.agency->id.value(), certificate.thumbprint, now});
  if (!bounds.ok()) return AssertionInvalid(bounds.message());
  EHC_RETURN_IF_ERROR(CheckUnit(*assertion, certificate, entry));
  EHC_RETURN_IF_ERROR(CheckSigner(*assertion, *key, *entry.agency));
  EHC_RETURN_IF_ERROR(CheckPerson(*assertion, *entry.agency));

  Verified verified;
  verified.person = PersonOf(*assertion, *entry.agency);
  verified.fingerprint = certificate.fingerprint;
  verified.id = assertion->id;
  verified.from = FirstGoodMoment(*assertion);
  verified.until = std::min(LastGoodMoment(*assertion), key->validity.not_after);
  return verified;
}

absl::Status Authenticator::UseApproval(const Verified& assertion, const AgencyId& agency,
                                        const RequestDigest* request_digest, absl::Time now) {
  if (request_digest == nullptr) {
    return AssertionInvalid("ehc_approval: this method takes no approvals");
  }
  const Digest digest = (*request_digest)();
  if (Base64UrlEncode(DigestView(digest)) != assertion.person.approval_digest) {
    return AssertionInvalid("ehc_approval: is over another request");
  }
  const absl::Status spent = approvals_.Spend(agency, assertion.id, assertion.until, now);
  if (absl::IsAlreadyExists(spent)) {
    return AssertionInvalid("jti: this approval was used before; approve again");
  }
  if (absl::IsResourceExhausted(spent))
    return AssertionInvalid(absl::StrCat("jti: ", spent.message()));
  if (!spent.ok())
    return absl::UnavailableError("it cannot be known whether the approval was used");
  return absl::OkStatus();
}

}  // namespace ehc
