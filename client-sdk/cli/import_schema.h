// The tables of an extract (docs/formats/extract.md) and the rules of their fields.
#ifndef EHC_CLIENT_SDK_CLI_IMPORT_SCHEMA_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_SCHEMA_H_

#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace ehchub {

enum class CellKind {
  kText,
  kNever,    // must not leave the authority: emptied while the file is read
  kDate,     // ISO or dd/mm/yyyy, with or without a time; read as ISO
  kIsoDate,  // ISO
  kCode,     // one of ColumnSpec::codes
  kPersonId,
  kNhsNumber,
  kUpn,
  kUln,
  kAgency,
  kAgencies,  // ';' between them
  kUnit,
  kUrn,
  kPostcode,
  kLaCode,
  kToken,  // an opaque reference
  kJson,
};

struct ColumnSpec {
  const char* name;
  CellKind kind = CellKind::kText;
  bool key = false;
  bool required = false;
  const char* codes = nullptr;      // with spaces between
  const char* refers_to = nullptr;  // a table with one key column
};

// Whose rows a table holds.
enum class Owner {
  kSupport,  // nobody's: it serves other tables
  kFacts,    // the authority's, no unit's in particular
  kSend,     // the authority's SEND unit
  kCare,     // the authority's social care unit
  kRow,      // custodian_agency and custodian_unit of the row
};

struct TableSpec {
  const char* name;
  Owner owner;
  std::vector<ColumnSpec> columns;
  // The second must not lie before the first.
  std::vector<std::pair<const char*, const char*>> date_orders;

  // -1: there is none.
  int IndexOf(absl::string_view column) const;
  // The column that says whom a row is about; null: it says so by another table.
  const char* PersonColumn() const;
};

// A table stands after those that it refers to.
const std::vector<TableSpec>& ImportSchema();

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_SCHEMA_H_
