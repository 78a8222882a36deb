// Who is told that a record was read: what a clause's obligations NOTIFY_CUSTODIAN and NOTIFY_LA
// come to.
#ifndef EHC_SERVER_PIPELINE_NOTICES_H_
#define EHC_SERVER_PIPELINE_NOTICES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "server/model/case_file.h"
#include "server/model/change.h"
#include "server/storage/store.h"

namespace ehc {

inline constexpr char kDisclosureNoticeKind[] = "DISCLOSURE_NOTICE";
inline constexpr char kDisclosureNotices[] = "disclosureNotices";

// A notice to each agency that the decision's obligations name, one an agency. The custodian is
// told who read which parts. The authority responsible for the child, where it is not the
// custodian, is told that a record of this type was read, by whose unit and why; where the hub
// knows of none, nobody is. The custodian of a use of the emergency override is told by that use
// itself.
absl::StatusOr<std::vector<PutMatter>> NoticesOf(Store& store, const CaseFile& file,
                                                 const Release& release);

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_NOTICES_H_
