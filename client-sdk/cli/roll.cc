#include "client-sdk/cli/roll.h"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client-sdk/cli/context.h"
#include "client-sdk/cli/import_cell.h"
#include "client-sdk/cli/words.h"

namespace ehchub {
namespace {

using Check = const char* (*)(std::string*);

struct NamingColumn {
  const char* name;
  const char* prefix;  // of the subject; empty: the cell says it itself
  Check check;
};

const char* CheckSubject(std::string* cell);

constexpr NamingColumn kNamingColumns[] = {{"subject", "", CheckSubject},
                                           {"upn", "upn:", CheckUpn},
                                           {"nhs_number", "nhs:", CheckNhsNumber},
                                           {"uln", "uln:", CheckUln}};

// "upn:…" and the like by that column's own check; other kinds are the hub's to judge.
const char* CheckSubject(std::string* cell) {
  for (const NamingColumn& column : kNamingColumns) {
    absl::string_view rest(*cell);
    if (*column.prefix == '\0' || !absl::ConsumePrefix(&rest, column.prefix)) continue;
    std::string value(rest);
    const char* fault = column.check(&value);
    if (fault == nullptr) *cell = column.prefix + value;
    return fault;
  }
  const bool known = absl::StartsWith(*cell, "la:") || absl::StartsWith(*cell, "pnc:") ||
                     absl::StartsWith(*cell, "subjects/");
  return known ? nullptr : kIdentifierFormat;
}

std::string ColumnName(const std::string& cell) {
  std::string name = absl::AsciiStrToLower(absl::StripAsciiWhitespace(cell));
  for (char& c : name) {
    if (c == ' ' || c == '-') c = '_';
  }
  return name == "nhs" || name == "nhs_no" ? "nhs_number" : name;
}

// Where the naming columns stand, in their order of preference.
std::vector<std::pair<size_t, const NamingColumn*>> Naming(const std::vector<std::string>& header) {
  std::vector<std::pair<size_t, const NamingColumn*>> found;
  for (const NamingColumn& column : kNamingColumns) {
    for (size_t i = 0; i < header.size(); ++i) {
      if (ColumnName(header[i]) == column.name) found.emplace_back(i, &column);
    }
  }
  return found;
}

std::string Letter(v1::SenProvision provision) {
  switch (provision) {
    case v1::SEN_PROVISION_EHC_PLAN: return "E";
    case v1::SEN_PROVISION_SEN_SUPPORT: return "K";
    case v1::SEN_PROVISION_NONE: return "N";
    default: return "";
  }
}

std::string NeedsOf(const v1::SupportStatus& status) {
  std::vector<std::string> needs;
  for (int need : status.need_types()) {
    needs.emplace_back(
        absl::StripPrefix(v1::SenType_Name(static_cast<v1::SenType>(need)), "SEN_TYPE_"));
  }
  return absl::StrJoin(needs, " ");
}

}  // namespace

absl::StatusOr<Roll> ReadRoll(absl::string_view text) {
  std::vector<CsvRow> rows = ReadCsv(text);
  if (rows.empty()) return Usage("the roll is empty: its first row names the columns");
  Roll roll;
  roll.header = std::move(rows.front().cells);
  const auto naming = Naming(roll.header);
  if (naming.empty()) {
    return Usage("the roll has none of the columns subject, upn, nhs_number and uln");
  }
  std::set<std::string> named;
  for (size_t i = 1; i < rows.size(); ++i) {
    RollRow row{std::move(rows[i]), ""};
    const auto blame = [&](const char* field, const char* reason) {
      roll.faults.push_back({"", row.row.line, field, reason});
    };
    if (row.row.fault != nullptr) {
      blame("", row.row.fault);
    } else if (row.row.cells.size() != roll.header.size()) {
      blame("", kWrongColumnCount);
    } else {
      const NamingColumn* by = nullptr;
      std::string cell;
      for (const auto& [at, column] : naming) {
        cell = std::string(absl::StripAsciiWhitespace(row.row.cells[at]));
        if (cell.empty()) continue;
        by = column;
        break;
      }
      const char* fault = by == nullptr ? kMissingKey : by->check(&cell);
      const std::string subject = by == nullptr ? "" : by->prefix + cell;
      if (fault == nullptr && !named.insert(subject).second) fault = kDuplicateKey;
      if (fault == nullptr) {
        row.subject = subject;
      } else {
        blame(by == nullptr ? naming.front().second->name : by->name, fault);
      }
    }
    roll.rows.push_back(std::move(row));
  }
  return roll;
}

std::string RollHeader(const Roll& roll) {
  std::vector<std::string> cells = roll.header;
  cells.insert(cells.end(), {"answer", "sen_provision", "need_types", "plan_exists",
                             "plan_issue_date", "review_due_date", "contact", "contact_telephone",
                             "contact_email", "as_at", "decision"});
  return CsvLine(cells);
}

std::string RollLine(const RollRow& row, const v1::SupportStatusItem* item) {
  constexpr size_t kStatusColumns = 11;
  std::vector<std::string> cells = row.row.cells;
  const size_t own = cells.size();
  if (item == nullptr) {
    cells.push_back("INVALID");
  } else if (!item->has_support_status()) {
    cells.push_back(std::string(
        absl::StripPrefix(v1::ErrorReason_Name(item->not_disclosed()), "ERROR_REASON_")));
    cells.resize(own + kStatusColumns - 1);
    cells.push_back(item->decision_id());
  } else {
    const v1::SupportStatus& status = item->support_status();
    const char* plan = !status.has_plan_exists() ? "" : status.plan_exists() ? "yes" : "no";
    cells.insert(
        cells.end(),
        {"OK", Letter(status.sen_provision()), NeedsOf(status), plan, status.plan_issue_date(),
         status.review_due_date(), status.contact().display_name(), status.contact().telephone(),
         status.contact().email(), MomentText(item->disclosure().as_at()), item->decision_id()});
  }
  cells.resize(own + kStatusColumns);
  return CsvLine(cells);
}

}  // namespace ehchub
