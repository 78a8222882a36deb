// MatchSubject: an EXISTENCE disclosure whose child is named by a description.
#ifndef EHC_SERVER_SERVICES_MATCH_H_
#define EHC_SERVER_SERVICES_MATCH_H_

#include "ehc/hub/v1/subject_service.pb.h"
#include "server/matching/index.h"
#include "server/services/common.h"

namespace ehc {

// FIELD_INVALID "person.given_names: …" for a name that cannot be compared.
// Whoever the description means beyond doubt is the subject; nobody, where nobody or several are.
// The several are its rivals.
absl::StatusOr<Ask> MatchAsk(const Desks& desks, const MatchIndex& matches,
                             const hub::v1::MatchSubjectRequest& request);

// As ExistingRecords. Where the description fits several, a caller that may know of such records by
// a class-level EXISTENCE grant is told that it does (SUBJECT_MATCH_AMBIGUOUS), if at least two of
// them are children whom it may know of: each is decided by itself. Everybody else: nobody is
// there.
class MatchedRecords : public RecordSource<Record> {
 public:
  explicit MatchedRecords(const Rooms& rooms) : rooms_(rooms) {}

 private:
  absl::StatusOr<std::optional<Record>> Fetch(const CaseFile& file, ReadView& view) const override;
  absl::StatusOr<bool> MayKnowOf(const CaseFile& file, SubjectId rival, ReadView& view) const;

  const Rooms& rooms_;
};

void ShapeMatch(const Audited<Record>& audited, const Rooms& rooms,
                hub::v1::MatchSubjectResponse& response);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_MATCH_H_
