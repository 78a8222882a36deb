#include "server/identity/assertion.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/encoding.h"
#include "server/base/status_macros.h"
#include "server/identity/claims.h"

namespace ehc {
namespace {

using nlohmann::json;

constexpr size_t kSignatureSize = 64;

bool IsWordCharacter(char c) { return absl::ascii_isalnum(c) || c == '_'; }
bool IsUserCharacter(char c) { return IsWordCharacter(c) || c == '.' || c == '-'; }
bool IsCodeCharacter(char c) {
  return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
}
bool IsUriCharacter(char c) { return IsUserCharacter(c) || absl::StrContains(":/~", c); }
bool IsTokenCharacter(char c) { return IsUserCharacter(c) || absl::StrContains("~+/=:", c); }
bool IsBase64UrlCharacter(char c) { return IsWordCharacter(c) || c == '-'; }
bool IsHexCharacter(char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f'); }

constexpr TextRule kKeyIdRule = {16, 16, IsHexCharacter,
                                 "the first 16 lower-case hex digits of the key's SHA-256"};
constexpr TextRule kUserRule = {1, 64, IsUserCharacter, "1 to 64 of A-Z a-z 0-9 . _ -"};
constexpr TextRule kShortIdRule = {1, 64, IsUserCharacter, "a short id of 1 to 64 characters"};
constexpr TextRule kUriRule = {1, 128, IsUriCharacter, "one name or URI, not a list"};
constexpr TextRule kCodeRule = {1, 64, IsCodeCharacter, "a role code: 1 to 64 of A-Z 0-9 _"};
constexpr TextRule kTokenRule = {16, 128, IsTokenCharacter,
                                 "16 to 128 of A-Z a-z 0-9 . _ ~ + / = : -"};
constexpr TextRule kDateRule = {10, 10, IsUserCharacter, "a day, YYYY-MM-DD"};
constexpr TextRule kDigestRule = {43, 43, IsBase64UrlCharacter,
                                  "a SHA-256 digest in base64url without padding"};
constexpr TextRule kMethodRule = {1, 64, IsUserCharacter, "1 to 64 of A-Z a-z 0-9 . _ -"};

absl::Status Invalid(absl::string_view what, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(what, ": ", why));
}

absl::Status CheckNames(const json& object, std::initializer_list<absl::string_view> known,
                        bool (*must_be_known)(absl::string_view), absl::string_view why) {
  for (const auto& member : object.items()) {
    const absl::string_view name = member.key();
    const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
    if (!is_known && must_be_known(name)) return absl::InvalidArgumentError(why);
  }
  return absl::OkStatus();
}

// alg first: whoever sends "none" is told that, whatever else is wrong.
absl::Status CheckAlgorithm(const json& header) {
  const auto alg = header.find("alg");
  if (alg == header.end() || *alg != "ES256")
    return absl::InvalidArgumentError("alg must be ES256");
  if (header.contains("crit")) return absl::InvalidArgumentError("crit is not accepted");
  const auto type = header.find("typ");
  if (type != header.end() && *type != "JWT") return absl::InvalidArgumentError("typ must be JWT");
  return CheckNames(
      header, {"alg", "kid", "typ"}, [](absl::string_view) { return true; },
      "only alg, kid and typ are accepted");
}

absl::StatusOr<std::string> ReadHeader(absl::string_view text) {
  EHC_ASSIGN_OR_RETURN(const json header, ParseJsonObject(text));
  EHC_RETURN_IF_ERROR(CheckAlgorithm(header));
  ClaimReader reader(header);
  std::string key_id = reader.Text("kid", kKeyIdRule);
  EHC_RETURN_IF_ERROR(reader.status());
  return key_id;
}

bool Contains(const std::vector<std::string>& texts, absl::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool IsStrong(ClaimReader& reader) {
  const std::string level = reader.OptionalText("acr", kUriRule);
  const std::vector<std::string> methods = reader.OptionalTexts("amr", 16, kMethodRule);
  return (level == "aal2" || level == "aal3") && Contains(methods, "mfa");
}

std::optional<Date> ReadTraining(ClaimReader& reader) {
  const std::string text = reader.OptionalText("ehc_training_until", kDateRule);
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<Date> date = ParseIsoDate(text);
  if (date.ok()) return *date;
  reader.Fail("ehc_training_until", "must be a day that exists, YYYY-MM-DD");
  return std::nullopt;
}

std::string ReadUser(ClaimReader& reader, const json& claims) {
  const auto subject = claims.find("sub");
  if (subject != claims.end() && subject->is_string() &&
      absl::StrContains(subject->get_ref<const std::string&>(), '@')) {
    reader.Fail("sub", "must be the agency's own user id, not an e-mail address");
    return std::string();
  }
  return reader.Text("sub", kUserRule);
}

std::string ReadThumbprint(ClaimReader& reader) {
  const json* confirmation = reader.Object("cnf");
  if (confirmation == nullptr) return std::string();
  ClaimReader inner(*confirmation, "cnf.");
  std::string thumbprint = inner.Text("x5t#S256", kDigestRule);
  reader.Absorb(inner);
  return thumbprint;
}

absl::Status ReadClaims(absl::string_view text, Assertion* out) {
  EHC_ASSIGN_OR_RETURN(const json claims, ParseJsonObject(text));
  EHC_RETURN_IF_ERROR(CheckNames(
      claims, {"ehc_role", "ehc_unit", "ehc_training_until", "ehc_approval"},
      [](absl::string_view name) { return absl::StartsWith(name, "ehc_"); },
      "an ehc_ claim is unknown to this hub"));
  ClaimReader reader(claims);
  out->issuer = reader.Text("iss", kShortIdRule);
  out->user = ReadUser(reader, claims);
  out->audience = reader.Text("aud", kUriRule);
  out->issued_at = reader.Time("iat");
  out->expires_at = reader.Time("exp");
  out->not_before = reader.OptionalTime("nbf");
  out->id = reader.Text("jti", kTokenRule);
  out->certificate_thumbprint = ReadThumbprint(reader);
  out->role = reader.Text("ehc_role", kCodeRule);
  out->unit = reader.Text("ehc_unit", kShortIdRule);
  out->training_until = ReadTraining(reader);
  out->strong_authentication = IsStrong(reader);
  out->approval = reader.OptionalText("ehc_approval", kDigestRule);
  return reader.status();
}

absl::Status CheckTimes(const Assertion& assertion, absl::Time now) {
  if (assertion.expires_at <= assertion.issued_at) return Invalid("exp", "is not after iat");
  if (assertion.expires_at - assertion.issued_at > kMaxAssertionLife) {
    return Invalid("exp", "is more than 15 minutes after iat");
  }
  if (now < assertion.issued_at - kClockSkew) {
    return Invalid("iat", "lies in the future; check both clocks");
  }
  if (now < FirstGoodMoment(assertion)) return Invalid("nbf", "lies in the future");
  if (now > LastGoodMoment(assertion))
    return Invalid("exp", "has passed; obtain a fresh assertion");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Assertion> ParseAssertion(absl::string_view token) {
  if (token.size() > kMaxAssertionSize) return Invalid("token", "is longer than 4096 bytes");
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) return Invalid("token", "is not a JWT in compact form");
  const absl::StatusOr<std::string> header = Base64UrlDecode(parts[0]);
  const absl::StatusOr<std::string> claims = Base64UrlDecode(parts[1]);
  absl::StatusOr<std::string> signature = Base64UrlDecode(parts[2]);
  if (!header.ok()) return Invalid("header", "is not base64url without padding");
  if (!claims.ok()) return Invalid("claims", "are not base64url without padding");

  Assertion assertion;
  absl::StatusOr<std::string> key_id = ReadHeader(*header);
  if (!key_id.ok()) return Invalid("header", key_id.status().message());
  assertion.key_id = *std::move(key_id);
  if (!signature.ok() || signature->size() != kSignatureSize) {
    return Invalid("signature", "is not 64 bytes in base64url without padding");
  }
  assertion.signature = *std::move(signature);
  const absl::Status read = ReadClaims(*claims, &assertion);
  if (!read.ok()) return Invalid("claims", read.message());
  assertion.signed_part = std::string(token.substr(0, parts[0].size() + 1 + parts[1].size()));
  return assertion;
}

bool HasValidSignature(const Assertion& assertion, const VerifyKey& key) {
  return key.VerifyP1363(assertion.signed_part, assertion.signature);
}

absl::Status CheckBounds(const Assertion& assertion, const AssertionBounds& bounds) {
  if (assertion.issuer != bounds.agency) {
    return Invalid("iss", "is not the agency of the client certificate");
  }
  if (assertion.audience != bounds.audience) return Invalid("aud", "is not this hub");
  if (assertion.certificate_thumbprint != bounds.certificate_thumbprint) {
    return Invalid("cnf.x5t#S256", "is not the thumbprint of the client certificate");
  }
  return CheckTimes(assertion, bounds.now);
}

absl::Time FirstGoodMoment(const Assertion& assertion) {
  return std::max(assertion.issued_at, assertion.not_before.value_or(assertion.issued_at)) -
         kClockSkew;
}

absl::Time LastGoodMoment(const Assertion& assertion) { return assertion.expires_at + kClockSkew; }

}  // namespace ehc
