#ifndef EHC_CLIENT_SDK_CLI_IMPORT_ROW_RULES_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_ROW_RULES_H_

#include "client-sdk/cli/import_extract.h"

namespace ehchub {

// Rules between the fields of one row. Blames the row.
void CheckRowRules(Extract& extract, Row& row);

// Rules between good rows of several tables, once all were read.
void CheckAcrossRows(Extract& extract);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_ROW_RULES_H_
