#include "tests/world/csv_reader.h"

#include <utility>

#include "absl/strings/strip.h"

namespace ehc {

int CsvFile::Column(absl::string_view name) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == name) return static_cast<int>(i);
  }
  return -1;
}

std::vector<std::string> CsvFile::Values(absl::string_view column) const {
  const int index = Column(column);
  std::vector<std::string> values;
  for (const CsvRow& row : rows) {
    if (index >= 0 && index < static_cast<int>(row.fields.size())) {
      values.push_back(row.fields[index]);
    }
  }
  return values;
}

CsvFile ReadCsv(absl::string_view bytes) {
  absl::ConsumePrefix(&bytes, "\xEF\xBB\xBF");
  CsvFile file;
  CsvRow row{1, {""}};
  int line = 1;
  bool quoted = false;
  const auto end_row = [&] {
    if (file.columns.empty()) {
      file.columns = std::move(row.fields);
    } else {
      file.rows.push_back(std::move(row));
    }
    row = CsvRow{line, {""}};
  };
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (c == '\n') ++line;
    if (quoted && c == '"' && i + 1 < bytes.size() && bytes[i + 1] == '"') {
      row.fields.back() += bytes[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      row.fields.emplace_back();
    } else if (!quoted && c == '\n') {
      end_row();
    } else if (quoted || c != '\r') {
      row.fields.back() += c;
    }
  }
  return file;
}

}  // namespace ehc
