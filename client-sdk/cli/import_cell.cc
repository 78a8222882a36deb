#include "client-sdk/cli/import_cell.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client-sdk/cli/import_fault.h"
#include "nlohmann/json.hpp"
#include "server/model/date.h"
#include "server/model/identifiers.h"
#include "server/model/organisation_ids.h"

namespace ehchub {
namespace {

struct LaCodeRange {
  int first;
  int last;
};
constexpr LaCodeRange kLaCodes[] = {
    {1, 5},     {201, 213}, {301, 320}, {330, 336}, {340, 344}, {350, 359}, {370, 373},
    {380, 384}, {390, 394}, {420, 420}, {660, 681}, {701, 708}, {800, 803}, {805, 808},
    {810, 813}, {815, 816}, {820, 823}, {825, 826}, {830, 831}, {835, 841}, {845, 846},
    {850, 852}, {855, 857}, {860, 861}, {865, 896}, {908, 909}, {916, 916}, {919, 919},
    {921, 921}, {925, 926}, {928, 929}, {931, 931}, {933, 933}, {935, 938}, {940, 943}};

constexpr size_t kLongestPersonId = 20;
constexpr size_t kLongestShortId = 48;
constexpr size_t kLongestToken = 64;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }
bool IsAlpha(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }

template <typename Predicate>
bool All(absl::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

const char* Unless(bool good, const char* reason) { return good ? nullptr : reason; }

const char* CheckDate(bool iso_only, std::string* cell) {
  const auto date = iso_only ? ehc::ParseIsoDate(*cell) : ehc::ParseExtractDate(*cell);
  if (date.ok()) {
    *cell = ehc::FormatDate(*date);
    return nullptr;
  }
  const absl::string_view day = absl::string_view(*cell).substr(0, 10);
  const bool iso = day.size() == 10 && day[4] == '-' && day[7] == '-' &&
                   std::count_if(day.begin(), day.end(), IsDigit) == 8;
  const bool british = !iso_only && day.size() == 10 && day[2] == '/' && day[5] == '/' &&
                       std::count_if(day.begin(), day.end(), IsDigit) == 8;
  const bool exists = ehc::ParseExtractDate(day).ok();  // and what follows it is wrong
  return (iso || british) && !exists ? kImpossibleDate : kDateFormat;
}

bool IsOneOf(absl::string_view codes, absl::string_view code) {
  const std::vector<absl::string_view> list = absl::StrSplit(codes, ' ');
  return std::find(list.begin(), list.end(), code) != list.end();
}

// Lower-case letters, digits and single hyphens, beginning with a letter.
bool IsShortId(absl::string_view text) {
  return !text.empty() && text.size() <= kLongestShortId && absl::ascii_islower(text[0]) &&
         text.back() != '-' && !absl::StrContains(text, "--") &&
         All(text, [](char c) { return absl::ascii_islower(c) || IsDigit(c) || c == '-'; });
}

bool IsAgency(absl::string_view text) {
  return absl::ConsumePrefix(&text, "agencies/") && IsShortId(text);
}

bool AreAgencies(absl::string_view text) {
  const std::vector<absl::string_view> names = absl::StrSplit(text, ';');
  return std::all_of(names.begin(), names.end(), IsAgency);
}

bool IsToken(absl::string_view text) {
  return text.size() <= kLongestToken && All(text, [](char c) {
           return IsAlnum(c) || absl::StrContains("._~+/=:-", absl::string_view(&c, 1));
         });
}

const char* CheckPostcode(std::string* cell) {
  std::string code = absl::AsciiStrToUpper(*cell);
  code.erase(std::remove(code.begin(), code.end(), ' '), code.end());
  if (code.size() < 5 || code.size() > 7) return kIdentifierFormat;
  const std::string outward = code.substr(0, code.size() - 3);
  const std::string inward = code.substr(code.size() - 3);
  const bool good = All(outward, IsAlnum) && IsAlpha(outward[0]) &&
                    std::any_of(outward.begin(), outward.end(), IsDigit) && IsDigit(inward[0]) &&
                    IsAlpha(inward[1]) && IsAlpha(inward[2]);
  if (!good) return kIdentifierFormat;
  *cell = absl::StrCat(outward, " ", inward);
  return nullptr;
}

bool IsOneDigitRepeated(absl::string_view text) {
  return All(text, [&](char c) { return c == text[0]; });
}

}  // namespace

const char* CheckNhsNumber(std::string* text) {
  std::string digits = *text;
  digits.erase(
      std::remove_if(digits.begin(), digits.end(), [](char c) { return c == ' ' || c == '-'; }),
      digits.end());
  if (digits.size() != 10 || !All(digits, IsDigit)) return kIdentifierFormat;
  if (ehc::NhsCheckDigit(digits.substr(0, 9)) != digits[9] || IsOneDigitRepeated(digits)) {
    return kCheckDigit;
  }
  *text = digits;
  return nullptr;
}

const char* CheckUpn(std::string* text) {
  const std::string upn = absl::AsciiStrToUpper(*text);
  if (upn.size() != 13 || !IsLaCode(upn.substr(1, 3))) return kIdentifierFormat;
  const char letter = ehc::UpnCheckLetter(upn.substr(1));
  if (letter == 0 || !IsAlpha(upn[0])) return kIdentifierFormat;
  if (letter != upn[0]) return kCheckDigit;
  *text = upn;
  return nullptr;
}

const char* CheckUln(std::string* text) {
  if (text->size() != 10 || !All(*text, IsDigit) || (*text)[0] == '0') return kIdentifierFormat;
  return Unless(ehc::UlnCheckDigit(text->substr(0, 9)) == (*text)[9], kCheckDigit);
}

bool IsLaCode(absl::string_view text) {
  int code = 0;
  if (text.size() != 3 || !All(text, IsDigit) || !absl::SimpleAtoi(text, &code)) return false;
  return std::any_of(std::begin(kLaCodes), std::end(kLaCodes), [code](const LaCodeRange& range) {
    return range.first <= code && code <= range.last;
  });
}

const char* CheckCell(const ColumnSpec& column, std::string* cell) {
  switch (column.kind) {
    case CellKind::kText:
    case CellKind::kNever: return nullptr;
    case CellKind::kDate: return CheckDate(false, cell);
    case CellKind::kIsoDate: return CheckDate(true, cell);
    case CellKind::kCode: return Unless(IsOneOf(column.codes, *cell), kUnknownCode);
    case CellKind::kPersonId:
      return Unless(cell->size() <= kLongestPersonId && All(*cell, IsAlnum), kIdentifierFormat);
    case CellKind::kNhsNumber: return CheckNhsNumber(cell);
    case CellKind::kUpn: return CheckUpn(cell);
    case CellKind::kUln: return CheckUln(cell);
    case CellKind::kAgency: return Unless(IsAgency(*cell), kIdentifierFormat);
    case CellKind::kAgencies: return Unless(AreAgencies(*cell), kIdentifierFormat);
    case CellKind::kUnit: return Unless(IsShortId(*cell), kIdentifierFormat);
    case CellKind::kUrn: return Unless(ehc::IsValidUrn(*cell), kIdentifierFormat);
    case CellKind::kPostcode: return CheckPostcode(cell);
    case CellKind::kLaCode: return Unless(IsLaCode(*cell), kIdentifierFormat);
    case CellKind::kToken: return Unless(IsToken(*cell), kIdentifierFormat);
    case CellKind::kJson: return Unless(nlohmann::json::accept(*cell), kJsonFormat);
  }
  return kUnknownCode;
}

}  // namespace ehchub
