#ifndef EHC_TESTS_WORLD_TABLES_H_
#define EHC_TESTS_WORLD_TABLES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tests/world/csv.h"

namespace ehc {

// The Standard Safeguarding Dataset's tables with their fields in its order, then the supplement's
// (docs/formats/extract.md).
const std::vector<TableSpec>& ExtractTables();

// Every file of one extract.
class Extract {
 public:
  Extract();

  // Ends the process where there is no such table.
  CsvTable& Table(absl::string_view name);

  int Add(absl::string_view table, std::initializer_list<Cell> cells) {
    return Table(table).Add(cells);
  }

  // File name to content.
  const std::map<std::string, CsvTable>& tables() const { return tables_; }

  // Adds a file that is no table of the format.
  void AddTable(TableSpec spec);

  // One <table>.csv each, into `folder`, which is made where it is missing.
  absl::Status WriteTo(const std::string& folder) const;

 private:
  std::map<std::string, CsvTable> tables_;
};

}  // namespace ehc

#endif  // EHC_TESTS_WORLD_TABLES_H_
