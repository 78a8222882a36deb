// Who had received what, as the audit log has it: for whoever has to be told that it no longer
// stands.
#ifndef EHC_SERVER_SERVICES_SEEN_DISCLOSURES_H_
#define EHC_SERVER_SERVICES_SEEN_DISCLOSURES_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "ehc/store/v1/custody.pb.h"
#include "server/model/audit_entry.h"
#include "server/services/matters.h"

namespace ehc {

// The notice to a unit of an agency that had received something: what it received was recalled, or
// the consent on which it was disclosed was withdrawn.
struct Notices {
  using Body = store::v1::NoticeBody;
  using Value = hub::v1::RecallNotice;
  static constexpr char kKind[] = "RECALL_NOTICE";
  static constexpr char kCollection[] = "recallNotices";
  // The recipient's unit; to the custodian it is its whole agency's.
  static std::string UnitOf(const Opened<Notices>& opened, Side side);
};

// Every disclosure that the filter finds, oldest first, until `take` wants no more. Writes,
// readings of one's own, denials and what was erased are none.
absl::Status ForEachDisclosure(
    ReadView& view, EntryFilter filter,
    absl::FunctionRef<absl::StatusOr<bool>(const StoredEntry&, const AuditRecord&)> take);

// The disclosures by this custodian about this child that `wanted` picks, oldest first, without
// those whose leaf hashes are in `known`; adds them there.
absl::StatusOr<std::vector<store::v1::SeenDisclosure>> DisclosuresSeen(
    ReadView& view, SubjectId subject, const AgencyId& custodian,
    absl::FunctionRef<bool(const AuditRecord&)> wanted, absl::flat_hash_set<std::string>& known);

// The same of what the filter finds.
absl::StatusOr<std::vector<store::v1::SeenDisclosure>> DisclosuresSeen(
    ReadView& view, const EntryFilter& filter, absl::FunctionRef<bool(const AuditRecord&)> wanted,
    absl::flat_hash_set<std::string>& known);

// A new notice to whoever had received `seen`, due by the clock; what it tells of is still to be
// filled in.
absl::StatusOr<Opened<Notices>> NewNotice(const Desks& desks, const CaseFile& file,
                                          absl::string_view clock, const AgencyId& custodian,
                                          SubjectId subject, const store::v1::SeenDisclosure& seen);

// For a notice that has been sent: there is more to tell.
void Reopen(Opened<Notices>& notice);

void ShowSeen(const store::v1::SeenDisclosure& seen, hub::v1::IncidentDisclosure& out);

template <typename Message>
void ShowAnswer(const store::v1::NoticeAnswer& answer, Message& out) {
  if (answer.handling() == 0) return;
  out.set_handling(static_cast<hub::v1::NoticeHandling>(answer.handling()));
  out.set_handling_note(answer.note());
  *out.mutable_acknowledged_at() = ToTimestamp(absl::FromUnixMillis(answer.at_ms()));
}

MatterShow<Notices> NoticeShow(const Desks& desks);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_SEEN_DISCLOSURES_H_
