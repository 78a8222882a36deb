#ifndef EHC_CLIENT_SDK_CLI_IMPORT_CSV_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_CSV_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ehchub {

struct CsvRow {
  int line = 0;  // on which the row begins, counted from 1
  std::vector<std::string> cells;
  const char* fault = nullptr;  // NOT_UTF8 or UNTERMINATED_QUOTE: the cells are not to be used
};

// RFC 4180 with LF or CRLF between rows and, inside quotes, as text; a byte-order mark at the
// beginning and blank lines are dropped. A quote that nothing ends swallows the rest.
std::vector<CsvRow> ReadCsv(absl::string_view text);

// The cells as one row, quoted where they must be, with a line feed.
std::string CsvLine(const std::vector<std::string>& cells);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_CSV_H_
