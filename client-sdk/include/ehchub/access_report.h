// "Who has seen my record", as a file that the family can keep and their adviser can check without
// the hub: what each disclosure's entry in the log shows, the proof that the log holds it, and the
// log's signed head.
#ifndef EHCHUB_ACCESS_REPORT_H_
#define EHCHUB_ACCESS_REPORT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ehc/hub/v1/access.pb.h"
#include "ehchub/audit_connection.h"

namespace ehchub {

// The file, as JSON (docs/formats/access-report.md). Every entry is held to its leaf and proven
// first: DATA_LOSS where one is not what the log committed to.
absl::StatusOr<std::string> MakeAccessReport(AuditConnection& audit, absl::string_view log_key,
                                             const std::vector<v1::SubjectDisclosure>& disclosures);

struct AccessReportCheck {
  int disclosures = 0;  // that hold
  std::string log_id;
  uint64_t tree_size = 0;             // of the signed head that they are proven against
  std::vector<std::string> problems;  // one a disclosure at most; empty: everything holds
};

// Asks nobody. `log_key` is the log's verifier key, from anywhere but the file. INVALID_ARGUMENT
// for what is no such file; DATA_LOSS where the head is not the log's.
absl::StatusOr<AccessReportCheck> CheckAccessReport(absl::string_view file,
                                                    absl::string_view log_key);

}  // namespace ehchub

#endif  // EHCHUB_ACCESS_REPORT_H_
