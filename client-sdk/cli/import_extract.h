// An extract in memory, every row checked by itself and against the rows that it refers to.
#ifndef EHC_CLIENT_SDK_CLI_IMPORT_EXTRACT_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_EXTRACT_H_

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client-sdk/cli/import_fault.h"
#include "client-sdk/cli/import_schema.h"

namespace ehchub {

// What became of a row. A later one outranks an earlier one where a row had several uses.
enum class Fate {
  kSkipped,    // nothing is made of it, or what it belongs to could not be published
  kElsewhere,  // another custodian's
  kWithheld,   // must not be published
  kUnchanged,  // on the hub before this run
  kPublished,
  kBad,
};

struct Row {
  const TableSpec* table = nullptr;
  int line = 0;
  std::vector<std::string> cells;  // in the table's order of columns
  bool legible = true;             // the cells are this row's
  bool good = true;                // neither at fault nor referring to a row that is
  Fate fate = Fate::kSkipped;

  // The cell of a column that the table has.
  const std::string& operator[](absl::string_view column) const;
  void Settle(Fate settled);
};

using Rows = std::vector<Row*>;

class Table {
 public:
  explicit Table(const TableSpec& spec) : spec_(spec) {}

  const TableSpec& spec() const { return spec_; }
  std::deque<Row>& rows() { return rows_; }
  const std::deque<Row>& rows() const { return rows_; }

  // The row with this key, the first where several claim it; null: none.
  Row* Find(absl::string_view key) const;
  // The good rows that hold `value` in a column that refers to a table, in the file's order.
  const Rows& By(absl::string_view column, absl::string_view value) const;

 private:
  friend class ExtractReader;

  const TableSpec& spec_;
  std::deque<Row> rows_;
  absl::flat_hash_map<std::string, Row*> by_key_;
  std::map<std::string, absl::flat_hash_map<std::string, Rows>> by_column_;
};

// What supplement_extract says.
struct ExtractHead {
  std::string la_code;
  std::string agency;  // "agencies/bromley"
  std::string as_at;   // ISO
};

class Extract {
 public:
  Extract();

  // Reads <table>.csv of every table that is there. NOT_FOUND where there is none at all. Rows at
  // fault become faults().
  static absl::StatusOr<std::unique_ptr<Extract>> Read(const std::string& folder);

  // `name` is a table of the schema.
  Table& Of(absl::string_view name) const;
  std::vector<std::unique_ptr<Table>>& tables() { return tables_; }
  const std::vector<std::unique_ptr<Table>>& tables() const { return tables_; }

  // INVALID_ARGUMENT where supplement_extract has not exactly one good row.
  absl::StatusOr<ExtractHead> Head() const;

  // Marks the row as bad.
  void Blame(Row& row, absl::string_view field, absl::string_view reason);
  // Of a file rather than a row.
  void BlameFile(const TableSpec& table, absl::string_view field, absl::string_view reason);
  const std::vector<Fault>& faults() const { return faults_; }

 private:
  std::vector<std::unique_ptr<Table>> tables_;
  absl::flat_hash_map<std::string, Table*> by_name_;
  std::vector<Fault> faults_;
};

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_EXTRACT_H_
