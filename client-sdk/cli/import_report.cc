#include "client-sdk/cli/import_report.h"

#include <algorithm>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client-sdk/cli/import_csv.h"
#include "nlohmann/json.hpp"

namespace ehchub {
namespace {

struct Heading {
  Fate fate;
  const char* text;
  const char* json;
};
constexpr Heading kHeadings[] = {{Fate::kPublished, "published", "published"},
                                 {Fate::kUnchanged, "unchanged", "unchanged"},
                                 {Fate::kWithheld, "withheld", "withheld"},
                                 {Fate::kElsewhere, "other custodian", "other_custodian"},
                                 {Fate::kSkipped, "skipped", "skipped"},
                                 {Fate::kBad, "bad", "bad"}};

int Of(const TableCount& count, Fate fate) { return count.by_fate[static_cast<size_t>(fate)]; }

TableCount CountOf(const Table& table) {
  TableCount count;
  count.table = table.spec().name;
  for (const Row& row : table.rows()) {
    ++count.read;
    ++count.by_fate[static_cast<size_t>(row.fate)];
  }
  return count;
}

TableCount Total(const std::vector<TableCount>& tables) {
  TableCount total;
  total.table = "total";
  for (const TableCount& count : tables) {
    total.read += count.read;
    for (size_t i = 0; i < count.by_fate.size(); ++i) total.by_fate[i] += count.by_fate[i];
  }
  return total;
}

std::vector<Fault> Sorted(const Extract& extract) {
  std::vector<Fault> faults = extract.faults();
  const auto place = [](const Fault& fault) {
    const std::vector<TableSpec>& schema = ImportSchema();
    return std::find_if(schema.begin(), schema.end(),
                        [&](const TableSpec& spec) { return fault.table == spec.name; }) -
           schema.begin();
  };
  std::stable_sort(faults.begin(), faults.end(), [&](const Fault& a, const Fault& b) {
    return place(a) != place(b) ? place(a) < place(b) : a.line < b.line;
  });
  return faults;
}

void PrintLine(const TableCount& count, std::ostream& out) {
  out << absl::StrFormat("%-32s%8d", count.table, count.read);
  for (const Heading& heading : kHeadings) out << absl::StrFormat("%17d", Of(count, heading.fate));
  out << "\n";
}

nlohmann::ordered_json ToJson(const TableCount& count) {
  nlohmann::ordered_json line = {{"table", count.table}, {"read", count.read}};
  for (const Heading& heading : kHeadings) line[heading.json] = Of(count, heading.fate);
  return line;
}

}  // namespace

ImportReport MakeReport(const Extract& extract, const ImportGuard& guard, const Importer& importer,
                        bool dry_run) {
  ImportReport report;
  report.importer = importer;
  report.dry_run = dry_run;
  report.held = guard.HoldsEverything();
  for (const auto& table : extract.tables()) {
    if (!table->rows().empty()) report.tables.push_back(CountOf(*table));
  }
  report.faults = Sorted(extract);
  return report;
}

void PrintReport(const ImportReport& report, std::ostream& out) {
  const Importer& importer = report.importer;
  out << "extract of " << importer.extract.agency << ", " << importer.extract.as_at
      << ", imported by " << importer.agency
      << (importer.unit.empty() ? std::string() : ", unit " + importer.unit) << "\n";
  if (report.dry_run) out << "checked only; \"published\" is what an empty hub would receive\n";
  if (report.held) {
    out << "nothing was published: a row of supplement_protections cannot be read, and it may "
           "protect anybody\n";
  }
  out << absl::StrFormat("\n%-32s%8s", "table", "read");
  for (const Heading& heading : kHeadings) out << absl::StrFormat("%17s", heading.text);
  out << "\n";
  for (const TableCount& count : report.tables) PrintLine(count, out);
  PrintLine(Total(report.tables), out);
  if (!report.faults.empty()) out << "\nrows left out, each with its place and the reason\n";
  for (const Fault& fault : report.faults) {
    out << fault.table << " line " << fault.line << (fault.field.empty() ? "" : " ") << fault.field
        << ": " << fault.reason << "\n";
  }
}

void PrintReportAsJson(const ImportReport& report, std::ostream& out) {
  nlohmann::ordered_json json = {{"extract_of", report.importer.extract.agency},
                                 {"as_at", report.importer.extract.as_at},
                                 {"agency", report.importer.agency},
                                 {"unit", report.importer.unit},
                                 {"dry_run", report.dry_run},
                                 {"held", report.held},
                                 {"tables", nlohmann::ordered_json::array()},
                                 {"total", ToJson(Total(report.tables))},
                                 {"faults", nlohmann::ordered_json::array()}};
  for (const TableCount& count : report.tables) json["tables"].push_back(ToJson(count));
  for (const Fault& fault : report.faults) {
    json["faults"].push_back({{"table", fault.table},
                              {"line", fault.line},
                              {"field", fault.field},
                              {"reason", fault.reason}});
  }
  out << json.dump(2) << "\n";
}

absl::Status WriteFaults(const std::vector<Fault>& faults, const std::string& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << CsvLine({"table", "line", "field", "reason"});
  for (const Fault& fault : faults) {
    file << CsvLine({fault.table, absl::StrCat(fault.line), fault.field, fault.reason});
  }
  file.close();
  return file ? absl::OkStatus()
              : absl::UnavailableError(absl::StrCat(path, ": cannot be written"));
}

}  // namespace ehchub
