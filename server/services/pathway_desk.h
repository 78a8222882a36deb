// PathwayService: referrals on their way to a decision, what verifiers say, reviews, concerns.
// pathway_*.cc have the calls; referrals.h what they share.
#ifndef EHC_SERVER_SERVICES_PATHWAY_DESK_H_
#define EHC_SERVER_SERVICES_PATHWAY_DESK_H_

#include "ehc/hub/v1/pathway_service.pb.h"
#include "server/model/calendar.h"
#include "server/services/common.h"

namespace ehc {

class PathwayDesk {
 public:
  PathwayDesk(const Desks& desks, const Calendar& calendar) : desks_(desks), calendar_(calendar) {}

  void SubmitReferral(Incoming in, const hub::v1::SubmitReferralRequest& request,
                      Reply<hub::v1::SubmitReferralResponse> reply) const;
  void GetReferral(Incoming in, const hub::v1::GetReferralRequest& request,
                   Reply<hub::v1::GetReferralResponse> reply) const;
  void ListReferrals(Incoming in, const hub::v1::ListReferralsRequest& request,
                     Reply<hub::v1::ListReferralsResponse> reply) const;
  void GetReferralStatus(Incoming in, const hub::v1::GetReferralStatusRequest& request,
                         Reply<hub::v1::GetReferralStatusResponse> reply) const;
  void RequestVerification(Incoming in, const hub::v1::RequestVerificationRequest& request,
                           Reply<hub::v1::RequestVerificationResponse> reply) const;
  void AnswerVerification(Incoming in, const hub::v1::AnswerVerificationRequest& request,
                          Reply<hub::v1::AnswerVerificationResponse> reply) const;
  void GetVerification(Incoming in, const hub::v1::GetVerificationRequest& request,
                       Reply<hub::v1::GetVerificationResponse> reply) const;
  void ListVerifications(Incoming in, const hub::v1::ListVerificationsRequest& request,
                         Reply<hub::v1::ListVerificationsResponse> reply) const;
  void ScoreReferral(Incoming in, const hub::v1::ScoreReferralRequest& request,
                     Reply<hub::v1::ScoreReferralResponse> reply) const;
  void RecordPanelDecision(Incoming in, const hub::v1::RecordPanelDecisionRequest& request,
                           Reply<hub::v1::RecordPanelDecisionResponse> reply) const;
  void RatifyDecision(Incoming in, const hub::v1::RatifyDecisionRequest& request,
                      Reply<hub::v1::RatifyDecisionResponse> reply) const;
  void CompareScores(Incoming in, const hub::v1::CompareScoresRequest& request,
                     Reply<hub::v1::CompareScoresResponse> reply) const;
  void RecordServiceStart(Incoming in, const hub::v1::RecordServiceStartRequest& request,
                          Reply<hub::v1::RecordServiceStartResponse> reply) const;
  void EscalateToStatutory(Incoming in, const hub::v1::EscalateToStatutoryRequest& request,
                           Reply<hub::v1::EscalateToStatutoryResponse> reply) const;
  void WithdrawReferral(Incoming in, const hub::v1::WithdrawReferralRequest& request,
                        Reply<hub::v1::WithdrawReferralResponse> reply) const;
  void HandOff(Incoming in, const hub::v1::HandOffRequest& request,
               Reply<hub::v1::HandOffResponse> reply) const;
  void StepReferral(Incoming in, const hub::v1::StepReferralRequest& request,
                    Reply<hub::v1::StepReferralResponse> reply) const;
  void ListHandOffs(Incoming in, const hub::v1::ListHandOffsRequest& request,
                    Reply<hub::v1::ListHandOffsResponse> reply) const;
  void HandOverReferral(Incoming in, const hub::v1::HandOverReferralRequest& request,
                        Reply<hub::v1::HandOverReferralResponse> reply) const;
  void CloseReferral(Incoming in, const hub::v1::CloseReferralRequest& request,
                     Reply<hub::v1::CloseReferralResponse> reply) const;
  void RecordReview(Incoming in, const hub::v1::RecordReviewRequest& request,
                    Reply<hub::v1::RecordReviewResponse> reply) const;
  void ListReviews(Incoming in, const hub::v1::ListReviewsRequest& request,
                   Reply<hub::v1::ListReviewsResponse> reply) const;
  void ReportConcern(Incoming in, const hub::v1::ReportConcernRequest& request,
                     Reply<hub::v1::ReportConcernResponse> reply) const;
  void ListConcerns(Incoming in, const hub::v1::ListConcernsRequest& request,
                    Reply<hub::v1::ListConcernsResponse> reply) const;
  void ResolveConcern(Incoming in, const hub::v1::ResolveConcernRequest& request,
                      Reply<hub::v1::ResolveConcernResponse> reply) const;

 private:
  Desks desks_;
  const Calendar& calendar_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_PATHWAY_DESK_H_
