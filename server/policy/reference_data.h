// The officers' data files that model/ works on, read and checked: bank holidays and school
// leaving, authorities' codes, NHS number ranges.
#ifndef EHC_SERVER_POLICY_REFERENCE_DATA_H_
#define EHC_SERVER_POLICY_REFERENCE_DATA_H_

#include <bitset>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/model/calendar.h"
#include "server/model/identifiers.h"

namespace ehc {

// Each Parse function takes the text of one TextFormat file; `file` only names it in errors, which
// are INVALID_ARGUMENT and say file:line where the syntax is at fault. Each Load function reads
// the file first: NOT_FOUND where it cannot be opened.

// ehc.policy.v1.WorkingCalendar
absl::StatusOr<Calendar> ParseCalendar(absl::string_view text, absl::string_view file);
absl::StatusOr<Calendar> LoadCalendar(const std::string& path);

// ehc.policy.v1.LaCodeList, ehc.policy.v1.NhsNumberRangeList, and of a vocabulary the successions
// of authorities that have a DfE code.
absl::StatusOr<std::bitset<1000>> ParseLaCodes(absl::string_view text, absl::string_view file);
absl::StatusOr<IdentifierRules> ParseIdentifierRules(IdentifierMode mode,
                                                     absl::string_view la_codes,
                                                     absl::string_view nhs_number_ranges,
                                                     absl::string_view areas = "");

// The three files from `vocabulary_folder` (policies/vocabulary).
absl::StatusOr<IdentifierRules> LoadIdentifierRules(IdentifierMode mode,
                                                    const std::string& vocabulary_folder);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_REFERENCE_DATA_H_
