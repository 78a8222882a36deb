#ifndef EHC_TESTS_WORLD_CSV_READER_H_
#define EHC_TESTS_WORLD_CSV_READER_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ehc {

// A reader of its own for the tests: it shares no code with what it checks.
struct CsvRow {
  int line = 0;
  std::vector<std::string> fields;
};

struct CsvFile {
  std::vector<std::string> columns;
  std::vector<CsvRow> rows;

  // -1 where there is no such column.
  int Column(absl::string_view name) const;
  // Of every row that has it.
  std::vector<std::string> Values(absl::string_view column) const;
};

CsvFile ReadCsv(absl::string_view bytes);

}  // namespace ehc

#endif  // EHC_TESTS_WORLD_CSV_READER_H_
