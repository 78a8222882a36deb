#ifndef EHC_CLIENT_SDK_CLI_IMPORT_REPORT_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_REPORT_H_

#include <array>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client-sdk/cli/import_posts.h"

namespace ehchub {

struct TableCount {
  std::string table;
  int read = 0;
  std::array<int, 6> by_fate = {};  // at the Fate's number; their sum is `read`
};

// What an import did: counts for every table that was there, and every fault.
struct ImportReport {
  Importer importer;
  bool dry_run = false;
  bool held = false;  // protections could not be read, so nothing was published
  std::vector<TableCount> tables;
  std::vector<Fault> faults;  // by table in the schema's order, then by line
};

ImportReport MakeReport(const Extract& extract, const ImportGuard& guard, const Importer& importer,
                        bool dry_run);

void PrintReport(const ImportReport& report, std::ostream& out);
void PrintReportAsJson(const ImportReport& report, std::ostream& out);

// table,line,field,reason. UNAVAILABLE where the file cannot be written.
absl::Status WriteFaults(const std::vector<Fault>& faults, const std::string& path);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_REPORT_H_
