// A school's roll as a spreadsheet, and the same spreadsheet with what the hub said of each child.
#ifndef EHC_CLIENT_SDK_CLI_ROLL_H_
#define EHC_CLIENT_SDK_CLI_ROLL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client-sdk/cli/import_csv.h"
#include "client-sdk/cli/import_fault.h"
#include "ehc/hub/v1/record_exchange_service.pb.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

struct RollRow {
  CsvRow row;
  std::string subject;  // "upn:…", canonical; empty: the row is at fault
};

struct Roll {
  std::vector<std::string> header;
  std::vector<RollRow> rows;
  std::vector<Fault> faults;  // by line and column, never the value
};

// The first row names the columns. A child is named by the first of `subject` ("nhs:…", "upn:…"),
// `upn`, `nhs_number` and `uln` that its row fills in; other columns are kept as they are. A row
// that names nobody, or somebody whom an earlier row has named, is at fault. An error (Usage) only
// where nothing can be read: no row at all, or none of those columns.
absl::StatusOr<Roll> ReadRoll(absl::string_view text);

// The header of what is written: the roll's own columns, then those of the status.
std::string RollHeader(const Roll& roll);

// The row with the hub's word; null: the row was at fault and was not asked about.
std::string RollLine(const RollRow& row, const v1::SupportStatusItem* item);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_ROLL_H_
