#include "tests/world/csv.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace ehc {

CsvTable::CsvTable(TableSpec spec) : spec_(std::move(spec)) {
  if (spec_.windows) bytes_ = "\xEF\xBB\xBF";
  AddRaw(absl::StrJoin(spec_.columns, ","));
  rows_ = 0;
}

int CsvTable::Add(std::initializer_list<Cell> cells) {
  std::vector<std::string> fields(spec_.columns.size());
  for (const Cell& cell : cells) {
    const auto column = std::find(spec_.columns.begin(), spec_.columns.end(), cell.column());
    if (column == spec_.columns.end()) {
      std::fprintf(stderr, "%s has no column %s\n", spec_.name.c_str(),
                   std::string(cell.column()).c_str());
      std::abort();
    }
    fields[column - spec_.columns.begin()] =
        cell.date() ? Spell(*cell.date()) : CsvField(cell.text());
  }
  return AddRaw(absl::StrJoin(fields, ","));
}

int CsvTable::AddRaw(absl::string_view row) {
  const int line = next_line_;
  absl::StrAppend(&bytes_, row, spec_.windows ? "\r\n" : "\n");
  next_line_ += 1 + static_cast<int>(std::count(row.begin(), row.end(), '\n'));
  ++rows_;
  return line;
}

std::string CsvTable::Spell(Date date) const {
  const bool british =
      spec_.dates == DateStyle::kBritish || (spec_.dates == DateStyle::kMixed && rows_ % 2 == 1);
  if (british) {
    return absl::StrFormat("%02d/%02d/%04d", date.day(), date.month(), date.year());
  }
  const std::string iso = FormatDate(date);
  return spec_.dates == DateStyle::kDateTime ? absl::StrCat(iso, "T00:00:00") : iso;
}

std::string CsvField(absl::string_view text) {
  if (text.find_first_of(",\"\r\n") == absl::string_view::npos) return std::string(text);
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

}  // namespace ehc
