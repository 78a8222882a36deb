// Who is told that a record was read: what a clause's obligations NOTIFY_CUSTODIAN and NOTIFY_LA
// come to.
#ifndef EHC_SERVER_PIPELINE_NOTICES_H_
#define EHC_SERVER_PIPELINE_NOTICES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "server/model/calendar.h"
#include "server/model/case_file.h"
#include "server/model/change.h"
#include "server/storage/store.h"

namespace ehc {

inline constexpr char kDisclosureNoticeKind[] = "DISCLOSURE_NOTICE";
inline constexpr char kDisclosureNotices[] = "disclosureNotices";
// By when a notice is to be acknowledged. Where policy or calendar cannot say, there is no limit:
// that is no reason to refuse a disclosure.
inline constexpr char kDisclosureNoticeClock[] = "DISCLOSURE_NOTICE";

// The custodian's notice, to the unit that keeps the record, of who read which parts; one for each
// of several units. NOTIFY_LA tells a custodian that is an authority, and nobody where it is none:
// whose child it is the hub knows only from what agencies say of it, and must not tell on that
// word. A use of the emergency override tells the custodian itself; a disclosure that let nothing
// out tells nobody. Each reading opens notices of its own and reads nothing that another may
// change: readings of one child do not make each other STALE.
absl::StatusOr<std::vector<PutMatter>> NoticesOf(Store& store, const Calendar& calendar,
                                                 const CaseFile& file, const Release& release);

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_NOTICES_H_
