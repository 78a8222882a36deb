#include "client-sdk/cli/import_csv.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client-sdk/cli/import_fault.h"
#include "server/base/utf8.h"

namespace ehchub {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    if (!ehc::TakeUtf8Character(&text).has_value()) return false;
  }
  return true;
}

class Reader {
 public:
  explicit Reader(absl::string_view text) : text_(text) {}

  bool AtEnd() const { return at_ == text_.size(); }

  CsvRow ReadRow() {
    CsvRow row;
    row.line = line_;
    const size_t begin = at_;
    do {
      row.cells.push_back(ReadCell(&row));
    } while (Take(','));
    TakeLineEnd();
    if (row.fault == nullptr && !IsUtf8(text_.substr(begin, at_ - begin))) row.fault = kNotUtf8;
    return row;
  }

 private:
  std::string ReadCell(CsvRow* row) {
    std::string cell;
    if (Take('"')) cell = ReadQuoted(row);
    const size_t begin = at_;
    while (!AtEnd() && text_[at_] != ',' && !AtLineEnd()) ++at_;
    return cell.append(text_.substr(begin, at_ - begin).data(), at_ - begin);
  }

  std::string ReadQuoted(CsvRow* row) {
    std::string cell;
    while (!AtEnd()) {
      const char c = text_[at_++];
      if (c == '"' && !Take('"')) return cell;
      if (c == '\n') ++line_;
      cell.push_back(c);
    }
    row->fault = kUnterminatedQuote;
    return cell;
  }

  bool Take(char c) {
    if (AtEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool AtLineEnd() const {
    return text_[at_] == '\n' || (text_[at_] == '\r' && text_.substr(at_ + 1, 1) == "\n");
  }

  void TakeLineEnd() {
    if (AtEnd()) return;
    Take('\r');
    Take('\n');
    ++line_;
  }

  absl::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
};

std::string Quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  return absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
}

}  // namespace

std::vector<CsvRow> ReadCsv(absl::string_view text) {
  absl::ConsumePrefix(&text, kByteOrderMark);
  Reader reader(text);
  std::vector<CsvRow> rows;
  while (!reader.AtEnd()) {
    CsvRow row = reader.ReadRow();
    const bool blank = row.cells.size() == 1 && row.cells[0].empty() && row.fault == nullptr;
    if (!blank) rows.push_back(std::move(row));
  }
  return rows;
}

std::string CsvLine(const std::vector<std::string>& cells) {
  return absl::StrCat(absl::StrJoin(cells, ",",
                                    [](std::string* out, const std::string& cell) {
                                      absl::StrAppend(out, Quoted(cell));
                                    }),
                      "\n");
}

}  // namespace ehchub
