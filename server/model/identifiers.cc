#include "server/model/identifiers.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/model/organisation_ids.h"

namespace ehc {
namespace {

constexpr absl::string_view kUpnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";  // no I, O, S
constexpr absl::string_view kPncLetters = "ZABCDEFGHJKLMNPQRTUVWXY";
constexpr size_t kPncSerialDigits = 7;
constexpr size_t kMaxLaChildId = 20;
constexpr size_t kMaxUprn = 12;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

bool AllDigits(absl::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

absl::Status Refusal(IdentifierKind kind, absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat(IdentifierKindName(kind), ": ", rule));
}

// Sum of digits times falling weights, the first digit's being `first_weight`.
int FallingSum(absl::string_view digits, int first_weight) {
  int sum = 0;
  for (char c : digits) sum += (c - '0') * first_weight--;
  return sum;
}

uint64_t Number(absl::string_view digits) {
  uint64_t value = 0;
  for (char c : digits) value = value * 10 + static_cast<uint64_t>(c - '0');
  return value;
}

bool InRanges(uint64_t number, const std::vector<NhsNumberRange>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [number](const NhsNumberRange& range) {
    return range.first <= number && number <= range.last;
  });
}

absl::StatusOr<std::string> CanonicalNhsNumber(absl::string_view text,
                                               const IdentifierRules& rules) {
  const auto kind = IdentifierKind::kNhsNumber;
  std::string digits = absl::StrReplaceAll(text, {{" ", ""}, {"-", ""}});
  if (digits.size() != 10 || !AllDigits(digits)) return Refusal(kind, "must be ten digits");
  if (digits.find_first_not_of(digits[0]) == std::string::npos) {
    return Refusal(kind, "one digit repeated ten times is never issued");
  }
  const char check = NhsCheckDigit(absl::string_view(digits).substr(0, 9));
  if (check == 0) return Refusal(kind, "no number is issued with these first nine digits");
  if (check != digits[9]) return Refusal(kind, "the check digit does not match");
  const bool live = rules.mode == IdentifierMode::kLive;
  if (!InRanges(Number(digits), live ? rules.issued_nhs_numbers : rules.synthetic_nhs_numbers)) {
    return Refusal(kind, live ? "outside the ranges issued to people"
                              : "only synthetic numbers are accepted in test mode");
  }
  return digits;
}

// Positions count from 1. 13 is a digit, or a letter where the UPN is temporary.
absl::StatusOr<std::string> CanonicalUpn(absl::string_view text, const IdentifierRules& rules) {
  const auto kind = IdentifierKind::kUpn;
  const std::string upn = absl::AsciiStrToUpper(text);
  if (upn.size() != 13) return Refusal(kind, "must be 13 characters");
  if (kUpnLetters.find(upn[0]) == absl::string_view::npos) {
    return Refusal(kind, "must begin with a check letter (not I, O or S)");
  }
  if (!AllDigits(absl::string_view(upn).substr(1, 11))) {
    return Refusal(kind, "positions 2 to 12 must be digits");
  }
  if (!IsDigit(upn[12]) && kUpnLetters.find(upn[12]) == absl::string_view::npos) {
    return Refusal(kind, "must end in a digit or a letter (not I, O or S)");
  }
  if (!IsValidLaCode(absl::string_view(upn).substr(1, 3), rules)) {
    return Refusal(kind, "positions 2 to 4 are not a local authority");
  }
  if (UpnCheckLetter(absl::string_view(upn).substr(1)) != upn[0]) {
    return Refusal(kind, "the check letter does not match");
  }
  return upn;
}

absl::StatusOr<std::string> CanonicalUln(absl::string_view text) {
  const auto kind = IdentifierKind::kUln;
  if (text.size() != 10 || !AllDigits(text)) return Refusal(kind, "must be ten digits");
  if (text[0] == '0') return Refusal(kind, "must not begin with 0");
  if (text == "9999999999") return Refusal(kind, "this value only says that none is known yet");
  const char check = UlnCheckDigit(text.substr(0, 9));
  if (check == 0) return Refusal(kind, "no number is issued with these first nine digits");
  if (check != text[9]) return Refusal(kind, "the check digit does not match");
  return std::string(text);
}

struct PncParts {
  absl::string_view year;  // two or four digits
  absl::string_view serial;
};

// With a slash the year has two or four digits. Without one, eleven digits are a full id and up to
// nine a short one; ten could be read either way and are refused.
absl::StatusOr<PncParts> SplitPnc(absl::string_view body) {
  const auto kind = IdentifierKind::kPncId;
  const size_t slash = body.find('/');
  const absl::string_view run = body.substr(0, slash);
  PncParts parts;
  if (slash != absl::string_view::npos) {
    parts = {run, body.substr(slash + 1)};
  } else if (body.size() == 11) {
    parts = {body.substr(0, 4), body.substr(4)};
  } else if (body.size() >= 3 && body.size() <= 9) {
    parts = {body.substr(0, 2), body.substr(2)};
  } else {
    return Refusal(kind, "separate year and serial number with a slash");
  }
  if ((parts.year.size() != 2 && parts.year.size() != 4) || !AllDigits(parts.year)) {
    return Refusal(kind, "the year must be two or four digits");
  }
  if (parts.serial.empty() || parts.serial.size() > kPncSerialDigits || !AllDigits(parts.serial)) {
    return Refusal(kind, "the serial number must be one to seven digits");
  }
  return parts;
}

int PncYear(absl::string_view digits, Date on) {
  const int year = static_cast<int>(Number(digits));
  if (digits.size() == 4) return year;
  const int century = static_cast<int>(on.year() / 100 * 100);
  return century + year <= on.year() ? century + year : century - 100 + year;
}

absl::StatusOr<std::string> CanonicalPnc(absl::string_view text, Date on) {
  const auto kind = IdentifierKind::kPncId;
  const std::string upper = absl::AsciiStrToUpper(text);
  const absl::string_view body =
      absl::string_view(upper).substr(0, upper.empty() ? 0 : upper.size() - 1);
  if (upper.empty() || kPncLetters.find(upper.back()) == absl::string_view::npos) {
    return Refusal(kind, "must end in a check letter (not I, O or S)");
  }
  absl::StatusOr<PncParts> parts = SplitPnc(body);
  if (!parts.ok()) return parts.status();
  const int year = PncYear(parts->year, on);
  if (year > on.year() || year < 1900) return Refusal(kind, "the year is not one of issue");
  const std::string serial =
      absl::StrCat(absl::string_view("0000000").substr(parts->serial.size()), parts->serial);
  const uint64_t checked = static_cast<uint64_t>(year % 100) * 10'000'000 + Number(serial);
  if (kPncLetters[checked % kPncLetters.size()] != upper.back()) {
    return Refusal(kind, "the check letter does not match");
  }
  return absl::StrCat(year, "/", serial, upper.substr(upper.size() - 1));
}

absl::StatusOr<std::string> CanonicalLaChildId(absl::string_view text,
                                               const IdentifierRules& rules) {
  const auto kind = IdentifierKind::kLaChildId;
  const size_t slash = text.find('/');
  if (slash == absl::string_view::npos) {
    return Refusal(kind, "must be written AUTHORITY/ID, such as 303/ABC123");
  }
  if (!IsValidLaCode(text.substr(0, slash), rules)) {
    return Refusal(kind, "what stands before the slash is not a local authority");
  }
  const absl::string_view id = text.substr(slash + 1);
  const bool alphanumeric =
      std::all_of(id.begin(), id.end(), [](unsigned char c) { return absl::ascii_isalnum(c); });
  if (id.empty() || id.size() > kMaxLaChildId || !alphanumeric) {
    return Refusal(kind, "the authority's id must be 1 to 20 letters and digits");
  }
  return std::string(text);
}

absl::StatusOr<std::string> CanonicalUprn(absl::string_view text) {
  const auto kind = IdentifierKind::kUprn;
  if (text.empty() || text.size() > kMaxUprn || !AllDigits(text)) {
    return Refusal(kind, "must be 1 to 12 digits");
  }
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  if (text.empty()) return Refusal(kind, "zero is not a property");
  return std::string(text);
}

absl::StatusOr<std::string> Canonical(IdentifierKind kind, absl::string_view text,
                                      const IdentifierRules& rules, Date on) {
  switch (kind) {
    case IdentifierKind::kNhsNumber: return CanonicalNhsNumber(text, rules);
    case IdentifierKind::kUpn: return CanonicalUpn(text, rules);
    case IdentifierKind::kUln: return CanonicalUln(text);
    case IdentifierKind::kPncId: return CanonicalPnc(text, on);
    case IdentifierKind::kLaChildId: return CanonicalLaChildId(text, rules);
    case IdentifierKind::kUprn: return CanonicalUprn(text);
  }
  return absl::InvalidArgumentError("identifier: unknown kind");
}

struct KindNames {
  IdentifierKind kind;
  absl::string_view prefix;
  absl::string_view name;
};

constexpr KindNames kKinds[] = {
    {IdentifierKind::kNhsNumber, "nhs", "NHS number"},
    {IdentifierKind::kUpn, "upn", "UPN"},
    {IdentifierKind::kUln, "uln", "ULN"},
    {IdentifierKind::kPncId, "pnc", "PNC ID"},
    {IdentifierKind::kLaChildId, "la", "authority's child id"},
    {IdentifierKind::kUprn, "uprn", "UPRN"},
};

}  // namespace

absl::StatusOr<Identifier> ParseIdentifier(IdentifierKind kind, absl::string_view text,
                                           const IdentifierRules& rules, Date on) {
  absl::StatusOr<std::string> value = Canonical(kind, text, rules, on);
  if (!value.ok()) return value.status();
  return Identifier{kind, *std::move(value)};
}

absl::StatusOr<Identifier> ParseSubjectName(absl::string_view name, const IdentifierRules& rules,
                                            Date on) {
  const size_t colon = name.find(':');
  for (const KindNames& known : kKinds) {
    if (known.kind == IdentifierKind::kUprn) continue;  // a home is nobody's name
    if (colon != absl::string_view::npos && name.substr(0, colon) == known.prefix) {
      return ParseIdentifier(known.kind, name.substr(colon + 1), rules, on);
    }
  }
  return absl::InvalidArgumentError(
      "subject: must begin with its type, one of nhs: upn: uln: pnc: la:");
}

std::string FormatSubjectName(const Identifier& identifier) {
  for (const KindNames& known : kKinds) {
    if (known.kind == identifier.kind) return absl::StrCat(known.prefix, ":", identifier.value);
  }
  return "";
}

absl::string_view IdentifierKindName(IdentifierKind kind) {
  for (const KindNames& known : kKinds) {
    if (known.kind == kind) return known.name;
  }
  return "identifier";
}

bool IsTemporaryUpn(const Identifier& identifier) {
  return identifier.kind == IdentifierKind::kUpn && !IsDigit(identifier.value.back());
}

namespace {

std::optional<Date> SuccessionOf(absl::string_view code, const IdentifierRules& rules) {
  const auto found = rules.la_successions.find(static_cast<int>(Number(code)));
  if (found == rules.la_successions.end()) return std::nullopt;
  return found->second;
}

}  // namespace

bool IsAllocatedAfterSuccession(const Identifier& identifier, const IdentifierRules& rules) {
  if (identifier.kind != IdentifierKind::kUpn) return false;
  const absl::string_view upn = identifier.value;
  const std::optional<Date> succession = SuccessionOf(upn.substr(1, 3), rules);
  if (!succession.has_value()) return false;
  // Two digits: nobody in a child's record was allocated a number before UPNs began, in 1997.
  const auto year = static_cast<int>(Number(upn.substr(8, 2)));
  return (year >= 97 ? 1900 : 2000) + year > succession->year();
}

bool IsIssuedAfterSuccession(const Identifier& identifier, Date from,
                             const IdentifierRules& rules) {
  if (identifier.kind != IdentifierKind::kLaChildId) return false;
  const std::optional<Date> succession =
      SuccessionOf(absl::string_view(identifier.value).substr(0, 3), rules);
  return succession.has_value() && from >= *succession;
}

char NhsCheckDigit(absl::string_view first_nine) {
  if (first_nine.size() != 9 || !AllDigits(first_nine)) return 0;
  const int check = (11 - FallingSum(first_nine, 10) % 11) % 11;
  return check == 10 ? 0 : static_cast<char>('0' + check);
}

char UlnCheckDigit(absl::string_view first_nine) {
  if (first_nine.size() != 9 || !AllDigits(first_nine)) return 0;
  const int check = 10 - FallingSum(first_nine, 10) % 11;
  return check == 10 ? 0 : static_cast<char>('0' + check);
}

char UpnCheckLetter(absl::string_view last_twelve) {
  if (last_twelve.size() != 12 || !AllDigits(last_twelve.substr(0, 11))) return 0;
  int sum = 0;
  for (size_t i = 0; i < 11; ++i) sum += (last_twelve[i] - '0') * static_cast<int>(i + 2);
  const char last = last_twelve[11];
  const size_t letter = kUpnLetters.find(last);
  if (!IsDigit(last) && letter == absl::string_view::npos) return 0;
  sum += (IsDigit(last) ? last - '0' : static_cast<int>(letter)) * 13;
  return kUpnLetters[sum % kUpnLetters.size()];
}

}  // namespace ehc
