#include "client-sdk/cli/import_extract.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client-sdk/cli/import_cell.h"
#include "client-sdk/cli/import_csv.h"
#include "client-sdk/cli/import_row_rules.h"

namespace ehchub {
namespace {

bool IsSet(const std::string& cell) { return !cell.empty(); }

std::string KeyOf(const Row& row) {
  std::string key;
  for (size_t i = 0; i < row.cells.size(); ++i) {
    if (!row.table->columns[i].key) continue;
    if (!key.empty()) key.push_back('\x1f');
    key.append(row.cells[i]);
  }
  return key;
}

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return absl::UnavailableError(absl::StrCat(path, ": cannot be read"));
  return text.str();
}

bool Exists(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

const std::string& Row::operator[](absl::string_view column) const {
  static const auto* const none = new std::string;
  const int index = table->IndexOf(column);
  return index < 0 || static_cast<size_t>(index) >= cells.size() ? *none : cells[index];
}

void Row::Settle(Fate settled) { fate = std::max(fate, settled); }

Row* Table::Find(absl::string_view key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : found->second;
}

const Rows& Table::By(absl::string_view column, absl::string_view value) const {
  static const auto* const none = new Rows;
  const auto index = by_column_.find(std::string(column));
  if (index == by_column_.end()) return *none;
  const auto found = index->second.find(value);
  return found == index->second.end() ? *none : found->second;
}

// Reads the tables in the schema's order, so that what a row refers to was read before it.
class ExtractReader {
 public:
  explicit ExtractReader(Extract& extract) : extract_(extract) {}

  void ReadTable(Table& table, absl::string_view text) {
    const std::vector<CsvRow> lines = ReadCsv(text);
    if (lines.empty()) return;
    const std::vector<int> places = PlacesOf(table.spec(), lines[0]);
    const bool whole = CheckHeader(table.spec(), places);
    for (size_t i = 1; i < lines.size(); ++i) {
      table.rows_.push_back(MakeRow(table.spec(), lines[i], lines[0].cells.size(), places));
      Row& row = table.rows_.back();
      row.good = whole;
      if (whole) CheckRow(table, row, lines[i], lines[0].cells.size());
    }
  }

  static void Index(Table& table) {
    for (Row& row : table.rows_) {
      if (row.good) AddToIndex(table, row);
    }
  }

 private:
  // Where in a line each column stands; -1: nowhere.
  static std::vector<int> PlacesOf(const TableSpec& spec, const CsvRow& header) {
    std::vector<int> places;
    for (const ColumnSpec& column : spec.columns) {
      const auto found = std::find(header.cells.begin(), header.cells.end(), column.name);
      places.push_back(
          found == header.cells.end() ? -1 : static_cast<int>(found - header.cells.begin()));
    }
    return places;
  }

  // A file without a column that every row needs cannot be used.
  bool CheckHeader(const TableSpec& spec, const std::vector<int>& places) {
    bool whole = true;
    for (size_t i = 0; i < places.size(); ++i) {
      const ColumnSpec& column = spec.columns[i];
      if (places[i] >= 0 || !(column.key || column.required)) continue;
      extract_.BlameFile(spec, column.name, kMissingColumn);
      whole = false;
    }
    return whole;
  }

  static Row MakeRow(const TableSpec& spec, const CsvRow& line, size_t width,
                     const std::vector<int>& places) {
    Row row;
    row.table = &spec;
    row.line = line.line;
    row.cells.resize(spec.columns.size());
    row.legible = line.fault == nullptr && line.cells.size() == width;
    if (!row.legible) return row;
    for (size_t i = 0; i < places.size(); ++i) {
      const bool wanted = places[i] >= 0 && spec.columns[i].kind != CellKind::kNever;
      if (wanted) row.cells[i] = line.cells[places[i]];
    }
    return row;
  }

  // Each check only where those before it passed, so that one mistake is reported once.
  void CheckRow(Table& table, Row& row, const CsvRow& line, size_t width) {
    if (line.fault != nullptr) return extract_.Blame(row, "", line.fault);
    if (line.cells.size() != width) return extract_.Blame(row, "", kWrongColumnCount);
    CheckCells(row);
    if (row.good) CheckRowRules(extract_, row);
    CheckKey(table, row);
    if (row.good) CheckReferences(row);
  }

  void CheckCells(Row& row) {
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const ColumnSpec& column = row.table->columns[i];
      const bool set = IsSet(row.cells[i]);
      const char* reason = set               ? CheckCell(column, &row.cells[i])
                           : column.key      ? kMissingKey
                           : column.required ? kMissingField
                                             : nullptr;
      if (reason != nullptr) extract_.Blame(row, column.name, reason);
    }
  }

  // A bad row keeps its key, so that what refers to it is left out rather than called dangling.
  void CheckKey(Table& table, Row& row) {
    const std::string key = KeyOf(row);
    if (key.empty()) return;
    const bool first = table.by_key_.emplace(key, &row).second;
    if (!first && row.good) extract_.Blame(row, LastKeyColumn(*row.table), kDuplicateKey);
  }

  static const char* LastKeyColumn(const TableSpec& spec) {
    const char* last = "";
    for (const ColumnSpec& column : spec.columns) {
      if (column.key) last = column.name;
    }
    return last;
  }

  void CheckReferences(Row& row) {
    bool orphan = false;
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const ColumnSpec& column = row.table->columns[i];
      if (column.refers_to == nullptr || !IsSet(row.cells[i])) continue;
      const Row* target = extract_.Of(column.refers_to).Find(row.cells[i]);
      if (target == nullptr) extract_.Blame(row, column.name, kDanglingReference);
      orphan = orphan || (target != nullptr && !target->good);
    }
    if (orphan) row.good = false;
  }

  static void AddToIndex(Table& table, Row& row) {
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const ColumnSpec& column = row.table->columns[i];
      if (column.refers_to == nullptr || !IsSet(row.cells[i])) continue;
      table.by_column_[column.name][row.cells[i]].push_back(&row);
    }
  }

  Extract& extract_;
};

Extract::Extract() {
  for (const TableSpec& spec : ImportSchema()) {
    tables_.push_back(std::make_unique<Table>(spec));
    by_name_[spec.name] = tables_.back().get();
  }
}

absl::StatusOr<std::unique_ptr<Extract>> Extract::Read(const std::string& folder) {
  auto extract = std::make_unique<Extract>();
  ExtractReader reader(*extract);
  int files = 0;
  for (const std::unique_ptr<Table>& table : extract->tables_) {
    const std::string path = absl::StrCat(folder, "/", table->spec().name, ".csv");
    if (!Exists(path)) continue;
    const absl::StatusOr<std::string> text = ReadWhole(path);
    if (!text.ok()) return text.status();
    reader.ReadTable(*table, *text);
    ++files;
  }
  if (files == 0)
    return absl::NotFoundError(absl::StrCat(folder, ": holds no table of an extract"));
  CheckAcrossRows(*extract);
  for (const std::unique_ptr<Table>& table : extract->tables_) ExtractReader::Index(*table);
  return extract;
}

Table& Extract::Of(absl::string_view name) const { return *by_name_.at(std::string(name)); }

absl::StatusOr<ExtractHead> Extract::Head() const {
  const Table& table = Of("supplement_extract");
  if (table.rows().size() != 1 || !table.rows()[0].good) {
    return absl::InvalidArgumentError(
        "supplement_extract.csv must have one row that says la_code, agency and as_at");
  }
  const Row& row = table.rows()[0];
  return ExtractHead{row["la_code"], row["agency"], row["as_at"]};
}

void Extract::Blame(Row& row, absl::string_view field, absl::string_view reason) {
  row.good = false;
  row.Settle(Fate::kBad);
  faults_.push_back({row.table->name, row.line, std::string(field), std::string(reason)});
}

void Extract::BlameFile(const TableSpec& table, absl::string_view field, absl::string_view reason) {
  faults_.push_back({table.name, 1, std::string(field), std::string(reason)});
}

}  // namespace ehchub
