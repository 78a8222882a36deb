#include "server/services/field_syntax.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "server/base/ids.h"
#include "server/base/utf8.h"
#include "server/model/date.h"

namespace ehc {
namespace {

using hub::v1::IdentifierType;
using hub::v1::Pattern;

constexpr size_t kMaxIdSize = 64;
constexpr size_t kMaxLaChildIdSize = 20;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsAlpha(char c) { return IsUpper(c) || IsLower(c); }
bool IsAlnum(char c) { return IsAlpha(c) || IsDigit(c); }
bool IsUpperOrDigit(char c) { return IsUpper(c) || IsDigit(c); }
bool IsLowerOrDigit(char c) { return IsLower(c) || IsDigit(c); }
bool IsBase64Url(char c) { return IsAlnum(c) || c == '-' || c == '_'; }
bool IsPrintableAscii(char c) { return c >= 0x20 && c < 0x7f; }

template <typename Predicate>
bool All(absl::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

template <typename Predicate>
bool AllOf(absl::string_view text, size_t size, Predicate predicate) {
  return text.size() == size && All(text, predicate);
}

template <typename Predicate>
bool Some(absl::string_view text, Predicate predicate) {
  return !text.empty() && All(text, predicate);
}

struct CharacterRange {
  char32_t first;
  char32_t last;
};

// Characters that hide, reorder or break what a reader sees. Sorted.
constexpr CharacterRange kDeceptive[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x061c, 0x061c}, {0x115f, 0x1160}, {0x17b4, 0x17b5},
    {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe0fff},
};

bool IsDeceptive(char32_t c) {
  const auto* range = std::lower_bound(
      std::begin(kDeceptive), std::end(kDeceptive), c,
      [](const CharacterRange& r, char32_t character) { return r.last < character; });
  const bool noncharacter = (c & 0xfffe) == 0xfffe;
  return noncharacter || (range != std::end(kDeceptive) && range->first <= c);
}

bool IsCode(absl::string_view text) {
  return text.size() <= kMaxIdSize && !text.empty() && IsUpper(text[0]) &&
         All(text, [](char c) { return IsUpperOrDigit(c) || c == '_'; });
}

bool IsFieldName(absl::string_view text) {
  return text.size() <= kMaxIdSize && !text.empty() && IsLower(text[0]) &&
         All(text, [](char c) { return IsLowerOrDigit(c) || c == '_'; });
}

bool IsShortId(absl::string_view text) {
  return text.size() <= kMaxIdSize && !text.empty() && IsLower(text[0]) && text.back() != '-' &&
         !absl::StrContains(text, "--") &&
         All(text, [](char c) { return IsLowerOrDigit(c) || c == '-'; });
}

bool IsOpaqueId(absl::string_view text) {
  return text.size() <= kMaxIdSize && Some(text, IsBase64Url);
}

bool IsToken(absl::string_view text) {
  return Some(text, [](char c) {
    return IsAlnum(c) || absl::string_view("._~+/=:-").find(c) != absl::string_view::npos;
  });
}

bool IsAgencyName(absl::string_view text) {
  return absl::ConsumePrefix(&text, "agencies/") && IsShortId(text);
}

bool IsAgreementName(absl::string_view text) {
  return absl::ConsumePrefix(&text, "agreements/") && IsShortId(text);
}

bool IsSubjectName(absl::string_view text) {
  return absl::ConsumePrefix(&text, "subjects/") && IsOpaqueId(text);
}

bool IsRecordName(absl::string_view text) {
  return absl::ConsumePrefix(&text, "records/") && IsOpaqueId(text);
}

// "{collection}/{id}" of any collection: the service that opens it knows which it wants.
bool IsMatterName(absl::string_view text) {
  const size_t slash = text.find('/');
  if (slash == absl::string_view::npos || !absl::ascii_islower(text[0])) return false;
  return Some(text.substr(0, slash), absl::ascii_isalpha) && IsOpaqueId(text.substr(slash + 1));
}

// "{parent}/{collection}/{id}", where the parent is what `is_parent` accepts.
bool IsNestedName(absl::string_view text, absl::string_view collection,
                  bool (*is_parent)(absl::string_view)) {
  const size_t id = text.rfind('/');
  if (id == absl::string_view::npos || !IsOpaqueId(text.substr(id + 1))) return false;
  absl::string_view parent = text.substr(0, id);
  return absl::ConsumeSuffix(&parent, collection) && absl::ConsumeSuffix(&parent, "/") &&
         is_parent(parent);
}

// Spaces and hyphens are how people group the ten digits.
bool IsNhsNumber(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), IsDigit) == 10 &&
         All(text, [](char c) { return IsDigit(c) || c == ' ' || c == '-'; });
}

bool IsUpn(absl::string_view text) {
  return text.size() == 13 && IsAlpha(text[0]) && All(text.substr(1, 11), IsDigit) &&
         IsAlnum(text[12]);
}

bool IsPncId(absl::string_view text) {
  return text.size() >= 4 && text.size() <= 13 && IsAlpha(text.back()) &&
         std::count(text.begin(), text.end(), '/') <= 1 &&
         All(text.substr(0, text.size() - 1), [](char c) { return IsDigit(c) || c == '/'; });
}

bool IsLaChildId(absl::string_view text) {
  if (text.size() < 5 || text[3] != '/' || !All(text.substr(0, 3), IsDigit)) return false;
  text.remove_prefix(4);
  return text.size() <= kMaxLaChildIdSize && All(text, IsAlnum);
}

bool IsSubjectReference(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "nhs:")) return IsNhsNumber(text);
  if (absl::ConsumePrefix(&text, "upn:")) return IsUpn(text);
  if (absl::ConsumePrefix(&text, "uln:")) return AllOf(text, 10, IsDigit);
  if (absl::ConsumePrefix(&text, "pnc:")) return IsPncId(text);
  if (absl::ConsumePrefix(&text, "la:")) return IsLaChildId(text);
  return IsSubjectName(text);
}

// Outward code (A9, A99, AA9, AA99, A9A, AA9A), perhaps a space, inward code (9AA).
bool IsPostcode(absl::string_view text) {
  if (text.size() < 5) return false;
  const absl::string_view inward = text.substr(text.size() - 3);
  absl::string_view outward = text.substr(0, text.size() - 3);
  absl::ConsumeSuffix(&outward, " ");
  return IsDigit(inward[0]) && All(inward.substr(1), IsAlpha) && outward.size() >= 2 &&
         outward.size() <= 4 && IsAlpha(outward[0]) && All(outward, IsAlnum) &&
         std::any_of(outward.begin(), outward.end(), IsDigit);
}

bool IsEmail(absl::string_view text) {
  const size_t at = text.find('@');
  if (at == 0 || at == absl::string_view::npos || !All(text, IsPrintableAscii)) return false;
  const absl::string_view domain = text.substr(at + 1);
  return !absl::StrContains(text, ' ') && !absl::StrContains(domain, '@') &&
         absl::StrContains(domain, '.') && !absl::StrContains(domain, "..") &&
         IsAlnum(domain.front()) && IsAlnum(domain.back());
}

bool IsTelephone(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), IsDigit) >= 3 && All(text, [](char c) {
           return IsDigit(c) || absl::string_view(" ()-+x").find(c) != absl::string_view::npos;
         });
}

bool IsPem(absl::string_view text) {
  const absl::string_view body = absl::StripTrailingAsciiWhitespace(text);
  return absl::StartsWith(body, "-----BEGIN ") && absl::EndsWith(body, "-----") &&
         absl::StrContains(body, "\n-----END ") && !absl::StrContains(body, "PRIVATE KEY") &&
         All(text, [](char c) { return IsPrintableAscii(c) || c == '\n' || c == '\r'; });
}

bool IsSpiffeId(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "spiffe://") || !All(text, IsPrintableAscii)) return false;
  const size_t slash = text.find('/');
  return slash != 0 && slash != absl::string_view::npos && slash + 1 < text.size() &&
         !absl::StrContains(text, ' ');
}

bool IsHexSha256(absl::string_view text) {
  return AllOf(text, 64, [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); });
}

struct Syntax {
  Pattern pattern;
  bool (*matches)(absl::string_view);
  absl::string_view help;
};

constexpr absl::string_view kNameHelp = "use the name exactly as the hub gave it";

// In the order of the enumeration, which SyntaxOf relies on.
constexpr Syntax kSyntaxes[] = {
    {hub::v1::PATTERN_UNSPECIFIED, [](absl::string_view t) { return IsPlainText(t, false); },
     "one line of plain text, without control, direction-changing or invisible characters"},
    {hub::v1::PATTERN_MULTILINE_TEXT, [](absl::string_view t) { return IsPlainText(t, true); },
     "plain text, without control (except line feed and tab), direction-changing or invisible "
     "characters"},
    {hub::v1::PATTERN_UUID4, IsUuid4, "a random (version 4) UUID in lower case with hyphens"},
    {hub::v1::PATTERN_DATE, [](absl::string_view t) { return ParseIsoDate(t).ok(); },
     "YYYY-MM-DD, a day that exists"},
    {hub::v1::PATTERN_CODE, IsCode, "a vocabulary code such as DIRECT_CARE"},
    {hub::v1::PATTERN_FIELD_NAME, IsFieldName, "a name such as legal_status"},
    {hub::v1::PATTERN_PAGE_TOKEN, [](absl::string_view t) { return Some(t, IsBase64Url); },
     "the next_page_token of the page before, unchanged"},
    {hub::v1::PATTERN_ETAG, [](absl::string_view t) { return Some(t, IsBase64Url); },
     "the etag as last read, unchanged"},
    {hub::v1::PATTERN_SHORT_ID, IsShortId,
     "lower-case letters, digits and single hyphens, beginning with a letter"},
    {hub::v1::PATTERN_RESOURCE_AGENCY, IsAgencyName, "agencies/{agency}"},
    {hub::v1::PATTERN_RESOURCE_CREDENTIAL,
     [](absl::string_view t) { return IsNestedName(t, "credentials", IsAgencyName); }, kNameHelp},
    {hub::v1::PATTERN_RESOURCE_AGREEMENT, IsAgreementName, "agreements/{agreement}"},
    {hub::v1::PATTERN_RESOURCE_SUBJECT, IsSubjectName, kNameHelp},
    {hub::v1::PATTERN_RESOURCE_RECORD, IsRecordName, kNameHelp},
    {hub::v1::PATTERN_RESOURCE_RELATIONSHIP,
     [](absl::string_view t) { return IsNestedName(t, "relationships", IsSubjectName); },
     kNameHelp},
    {hub::v1::PATTERN_RESOURCE_PROTECTION,
     [](absl::string_view t) { return IsNestedName(t, "protections", IsSubjectName); }, kNameHelp},
    {hub::v1::PATTERN_RESOURCE_CAPACITY_ASSESSMENT,
     [](absl::string_view t) { return IsNestedName(t, "capacityAssessments", IsSubjectName); },
     kNameHelp},
    {hub::v1::PATTERN_RESOURCE_CONSENT,
     [](absl::string_view t) { return IsNestedName(t, "consents", IsSubjectName); }, kNameHelp},
    {hub::v1::PATTERN_SUBJECT_REFERENCE, IsSubjectReference,
     "nhs:, upn:, uln:, pnc: or la: and the identifier, or subjects/ and the hub's name"},
    {hub::v1::PATTERN_POSTCODE, IsPostcode, "a full postcode"},
    {hub::v1::PATTERN_LA_CODE, [](absl::string_view t) { return AllOf(t, 3, IsDigit); },
     "the authority's DfE number, three digits"},
    {hub::v1::PATTERN_ODS_CODE,
     [](absl::string_view t) { return t.size() <= 9 && Some(t, IsUpperOrDigit); },
     "one to nine upper-case letters or digits"},
    {hub::v1::PATTERN_SCHOOL_URN, [](absl::string_view t) { return AllOf(t, 6, IsDigit); },
     "six digits"},
    {hub::v1::PATTERN_UKPRN,
     [](absl::string_view t) { return AllOf(t, 8, IsDigit) && t[0] == '1'; },
     "eight digits beginning with 1"},
    {hub::v1::PATTERN_POLICE_FORCE_CODE, [](absl::string_view t) { return AllOf(t, 2, IsDigit); },
     "two digits"},
    {hub::v1::PATTERN_EMAIL, IsEmail, "an e-mail address"},
    {hub::v1::PATTERN_TELEPHONE, IsTelephone, "a telephone number"},
    {hub::v1::PATTERN_PEM, IsPem, "PEM text of a public key or certificate, never a private key"},
    {hub::v1::PATTERN_SPIFFE_ID, IsSpiffeId, "spiffe://{trust domain}/{path}"},
    {hub::v1::PATTERN_HEX_SHA256, IsHexSha256, "64 lower-case hexadecimal digits"},
    {hub::v1::PATTERN_TOKEN, IsToken, "letters, digits and . _ ~ + / = : - only"},
    {hub::v1::PATTERN_RESOURCE_MATTER, IsMatterName, kNameHelp},
    {hub::v1::PATTERN_RESOURCE_STANDING_DECISION,
     [](absl::string_view t) { return IsNestedName(t, "standingDecisions", IsSubjectName); },
     kNameHelp},
};

constexpr bool InOrderOfPattern() {
  for (size_t i = 0; i < std::size(kSyntaxes); ++i) {
    if (static_cast<size_t>(kSyntaxes[i].pattern) != i) return false;
  }
  return std::size(kSyntaxes) == static_cast<size_t>(hub::v1::Pattern_MAX) + 1;
}
static_assert(InOrderOfPattern(), "kSyntaxes has one entry per Pattern, in order");

const Syntax* SyntaxOf(Pattern pattern) {
  const auto index = static_cast<size_t>(pattern);
  return index < std::size(kSyntaxes) ? &kSyntaxes[index] : nullptr;
}

}  // namespace

bool IsPlainText(absl::string_view text, bool multiline) {
  while (!text.empty()) {
    const char c = text.front();
    if (IsPrintableAscii(c) || (multiline && (c == '\n' || c == '\t'))) {
      text.remove_prefix(1);
      continue;
    }
    const std::optional<char32_t> character = TakeUtf8Character(&text);
    if (!character.has_value() || IsDeceptive(*character)) return false;
  }
  return true;
}

bool MatchesPattern(Pattern pattern, absl::string_view text) {
  const Syntax* syntax = SyntaxOf(pattern);
  return syntax != nullptr && syntax->matches(text);
}

absl::string_view PatternHelp(Pattern pattern) {
  const Syntax* syntax = SyntaxOf(pattern);
  return syntax != nullptr ? syntax->help : "a form that this hub knows";
}

bool MatchesIdentifierType(IdentifierType type, absl::string_view value) {
  switch (type) {
    case hub::v1::IDENTIFIER_TYPE_NHS_NUMBER: return IsNhsNumber(value);
    case hub::v1::IDENTIFIER_TYPE_UPN: return IsUpn(value);
    case hub::v1::IDENTIFIER_TYPE_ULN: return AllOf(value, 10, IsDigit);
    case hub::v1::IDENTIFIER_TYPE_PNC_ID: return IsPncId(value);
    case hub::v1::IDENTIFIER_TYPE_LA_CHILD_ID: return IsLaChildId(value);
    default: return false;
  }
}

}  // namespace ehc
