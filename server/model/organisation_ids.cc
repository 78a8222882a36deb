#include "server/model/organisation_ids.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace ehc {
namespace {

bool AllDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isdigit(c); });
}

bool IsCapitalOrDigit(unsigned char c) { return absl::ascii_isdigit(c) || absl::ascii_isupper(c); }

}  // namespace

bool IsValidUrn(absl::string_view text) { return text.size() == 6 && AllDigits(text); }

bool IsValidOds(absl::string_view text) {
  return !text.empty() && text.size() <= 9 &&
         std::all_of(text.begin(), text.end(), IsCapitalOrDigit);
}

bool IsValidLaCode(absl::string_view text, const IdentifierRules& rules) {
  if (text.size() != 3 || !AllDigits(text)) return false;
  return rules.la_codes.test((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'));
}

bool IsValidLaestab(absl::string_view text, const IdentifierRules& rules) {
  return text.size() == 7 && AllDigits(text) && IsValidLaCode(text.substr(0, 3), rules);
}

bool IsValidPoliceForceCode(absl::string_view text) {
  return text.size() == 2 && AllDigits(text) && text != "00" && text != "02";
}

bool IsValidGss(absl::string_view text) {
  if (text.size() != 9 || text[0] != 'E' || !AllDigits(text.substr(1))) return false;
  const absl::string_view type = text.substr(1, 2);
  return type == "06" || type == "07" || type == "08" || type == "09" || type == "10";
}

bool IsGssOfChildrensServices(absl::string_view text) {
  return IsValidGss(text) && text.substr(1, 2) != "07";
}

bool IsValidUkprn(absl::string_view text) {
  return text.size() == 8 && text[0] == '1' && AllDigits(text);
}

}  // namespace ehc
