#include "ehc/hub/v1/pathway_service.grpc.pb.h"
#include "server/services/pathway_desk.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

class PathwayRpc final : public UnaryService<hub::v1::PathwayService, PathwayDesk> {
 public:
  using Desk = PathwayDesk;
  using UnaryService::UnaryService;
  EHC_SERVE(SubmitReferral);
  EHC_SERVE(GetReferral);
  EHC_SERVE(ListReferrals);
  EHC_SERVE(GetReferralStatus);
  EHC_SERVE(RequestVerification);
  EHC_SERVE(AnswerVerification);
  EHC_SERVE(GetVerification);
  EHC_SERVE(ListVerifications);
  EHC_SERVE(ScoreReferral);
  EHC_SERVE(RecordPanelDecision);
  EHC_SERVE(RatifyDecision);
  EHC_SERVE(CompareScores);
  EHC_SERVE(RecordServiceStart);
  EHC_SERVE(EscalateToStatutory);
  EHC_SERVE(WithdrawReferral);
  EHC_SERVE(HandOff);
  EHC_SERVE(StepReferral);
  EHC_SERVE(ListHandOffs);
  EHC_SERVE(HandOverReferral);
  EHC_SERVE(CloseReferral);
  EHC_SERVE(RecordReview);
  EHC_SERVE(ListReviews);
  EHC_SERVE(ReportConcern);
  EHC_SERVE(ListConcerns);
  EHC_SERVE(ResolveConcern);
};

}  // namespace

ServiceMaker Expose(const PathwayDesk& desk) { return MakerOf<PathwayRpc>(desk); }

}  // namespace ehc
