#ifndef EHC_TESTS_WORLD_CSV_H_
#define EHC_TESTS_WORLD_CSV_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/model/date.h"

namespace ehc {

// How one file spells dates; real extracts differ from file to file.
enum class DateStyle { kIso, kBritish, kDateTime, kMixed };

struct TableSpec {
  std::string name;
  std::vector<std::string> columns;
  DateStyle dates = DateStyle::kIso;
  bool windows = false;  // byte-order mark and CRLF, as spreadsheets write
};

// One named value of a row: text, a date (spelt in the table's style), or nothing.
class Cell {
 public:
  Cell(absl::string_view column, std::string text) : column_(column), text_(std::move(text)) {}
  Cell(absl::string_view column, const char* text) : column_(column), text_(text) {}
  Cell(absl::string_view column, Date date) : column_(column), date_(date) {}
  Cell(absl::string_view column, std::optional<Date> date) : column_(column), date_(date) {}

  absl::string_view column() const { return column_; }
  const std::string& text() const { return text_; }
  const std::optional<Date>& date() const { return date_; }

 private:
  absl::string_view column_;
  std::string text_;
  std::optional<Date> date_;
};

// One CSV file under construction (RFC 4180; fields are quoted where they have to be).
class CsvTable {
 public:
  explicit CsvTable(TableSpec spec);

  // Columns not named stay empty. Ends the process where a column does not exist: that is a mistake
  // in the generator. Returns the 1-based line on which the row begins.
  int Add(std::initializer_list<Cell> cells);

  // Writes a row as it is, right or wrong; the line end is added.
  int AddRaw(absl::string_view row);

  const TableSpec& spec() const { return spec_; }
  const std::string& bytes() const { return bytes_; }
  int rows() const { return rows_; }

 private:
  std::string Spell(Date date) const;

  TableSpec spec_;
  std::string bytes_;
  int rows_ = 0;
  int next_line_ = 1;
};

// One field as CSV writes it.
std::string CsvField(absl::string_view text);

}  // namespace ehc

#endif  // EHC_TESTS_WORLD_CSV_H_
