#ifndef EHC_CLIENT_SDK_CLI_IMPORT_CELL_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_CELL_H_

#include <string>

#include "absl/strings/string_view.h"
#include "client-sdk/cli/import_schema.h"

namespace ehchub {

// Null where `cell` may stand in the column; otherwise a reason of import_fault.h. Writes the cell
// as the hub does: dates ISO, identifiers without spaces, postcodes in capitals with one space.
const char* CheckCell(const ColumnSpec& column, std::string* cell);

// The checks that rows of ssd_linked_identifiers need too; each writes the canonical form.
const char* CheckNhsNumber(std::string* text);
const char* CheckUpn(std::string* text);
const char* CheckUln(std::string* text);

// Codes of authorities and pseudo-authorities, as policies/vocabulary/la_codes.textproto has them.
bool IsLaCode(absl::string_view text);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_CELL_H_
