#include "ehc/hub/v1/subject_service.grpc.pb.h"
#include "server/services/subject_desk.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

class SubjectRpc final : public UnaryService<hub::v1::SubjectService, SubjectDesk> {
 public:
  using Desk = SubjectDesk;
  using UnaryService::UnaryService;
  EHC_SERVE(RegisterSubject);
  EHC_SERVE(LinkIdentifier);
  EHC_SERVE(MatchSubject);
  EHC_SERVE(CreateRelationship);
  EHC_SERVE(EndRelationship);
  EHC_SERVE(ListRelationships);
  EHC_SERVE(CreateProtection);
  EHC_SERVE(EndProtection);
  EHC_SERVE(ListProtections);
  EHC_SERVE(RecordCapacity);
  EHC_SERVE(SupersedeIdentifier);
  EHC_SERVE(SeverIdentity);
  EHC_SERVE(RestoreIdentity);
  EHC_SERVE(JoinSubjects);
  EHC_SERVE(SplitSubject);
  EHC_SERVE(ListMatchReviews);
  EHC_SERVE(GetMatchReview);
  EHC_SERVE(DecideMatchReview);
};

}  // namespace

ServiceMaker Expose(const SubjectDesk& desk) { return MakerOf<SubjectRpc>(desk); }

}  // namespace ehc
