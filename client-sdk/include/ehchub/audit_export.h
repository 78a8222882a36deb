// Entries of the log for other systems: JSON Lines, and FHIR R4 AuditEvent in the shape of IHE's
// Basic Audit Log Patterns. Neither carries an identifier such as an NHS number: children go by the
// hub's names.
#ifndef EHCHUB_AUDIT_EXPORT_H_
#define EHCHUB_AUDIT_EXPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ehc/hub/v1/audit.pb.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// One line of JSON without its line feed: what the reader may see of the entry, and its view, from
// which identifiers were taken out without touching the leaf that it hashes to.
absl::StatusOr<std::string> EntryAsJsonLine(const v1::AuditEntry& entry);

// One AuditEvent resource as a line of FHIR JSON. `log_id` names the recording system.
// FAILED_PRECONDITION for an erased entry: there is nothing to tell.
absl::StatusOr<std::string> EntryAsFhir(const v1::AuditEntry& entry, absl::string_view log_id);

}  // namespace ehchub

#endif  // EHCHUB_AUDIT_EXPORT_H_
