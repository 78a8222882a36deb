// Record requests as the pipeline and the services both need them: what a request's paper means at
// a moment. Pure: nothing closes a request but the clock, so nothing has to run for it to close.
#ifndef EHC_SERVER_PIPELINE_RECORD_REQUEST_H_
#define EHC_SERVER_PIPELINE_RECORD_REQUEST_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ehc/store/v1/record_request.pb.h"
#include "server/model/case_file.h"
#include "server/model/matter.h"

namespace ehc {

inline constexpr char kRecordRequestKind[] = "RECORD_REQUEST";
inline constexpr char kRecordRequests[] = "recordRequests";

// DATA_LOSS for a matter of another kind or a body that is no paper.
absl::StatusOr<store::v1::RecordRequestPaper> ReadPaper(const Matter& matter);

// What the asking agency is told. Of the custodian's answers it tells a yes and an open decline;
// every other answer, and none, is PENDING until the deadline and CLOSED_WITHOUT_DISCLOSURE after.
hub::v1::RecordRequestState StateAt(const store::v1::RecordRequestPaper& paper, absl::Time now);

// Counts what the asking agency is told, and nothing that it is not.
int64_t RevisionShownAt(const store::v1::RecordRequestPaper& paper, absl::Time now);

// Whether somebody at the custodian is still to answer: until the deadline, or until the
// custodian's own date where its people took more time.
bool AwaitsAnswer(const store::v1::RecordRequestPaper& paper, absl::Time now);

// The approved parts, by the pinned schema's numbers, if `file` asks exactly what the request asked
// (same child, custodian, record type and ground, by the unit and in the role that asked) and the
// approval lasts; else 0.
PartMask ApprovedParts(const Matter& matter, const store::v1::RecordRequestPaper& paper,
                       const CaseFile& file);

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_RECORD_REQUEST_H_
