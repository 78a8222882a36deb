#include <memory>
#include <utility>

#include "client-sdk/src/internal/rpc.h"
#include "ehc/hub/v1/pathway_service.grpc.pb.h"
#include "ehchub/pathway_connection.h"

namespace ehchub {
namespace {

using Stub = v1::PathwayService::Stub;

class GrpcPathwayConnection final : public PathwayConnection {
 public:
  explicit GrpcPathwayConnection(std::shared_ptr<internal::Wire> wire) : rpc_(std::move(wire)) {}

  absl::StatusOr<v1::SubmitReferralResponse> SubmitReferral(
      const v1::SubmitReferralRequest& request) override {
    return rpc_.Call(&Stub::SubmitReferral, "SubmitReferral", request);
  }

  absl::StatusOr<v1::GetReferralResponse> GetReferral(
      const v1::GetReferralRequest& request) override {
    return rpc_.Call(&Stub::GetReferral, "GetReferral", request);
  }

  absl::StatusOr<v1::ListReferralsResponse> ListReferrals(
      const v1::ListReferralsRequest& request) override {
    return rpc_.Call(&Stub::ListReferrals, "ListReferrals", request);
  }

  absl::StatusOr<v1::GetReferralStatusResponse> GetReferralStatus(
      const v1::GetReferralStatusRequest& request) override {
    return rpc_.Call(&Stub::GetReferralStatus, "GetReferralStatus", request);
  }

  absl::StatusOr<v1::RequestVerificationResponse> RequestVerification(
      const v1::RequestVerificationRequest& request) override {
    return rpc_.Call(&Stub::RequestVerification, "RequestVerification", request);
  }

  absl::StatusOr<v1::AnswerVerificationResponse> AnswerVerification(
      const v1::AnswerVerificationRequest& request) override {
    return rpc_.Call(&Stub::AnswerVerification, "AnswerVerification", request);
  }

  absl::StatusOr<v1::GetVerificationResponse> GetVerification(
      const v1::GetVerificationRequest& request) override {
    return rpc_.Call(&Stub::GetVerification, "GetVerification", request);
  }

  absl::StatusOr<v1::ListVerificationsResponse> ListVerifications(
      const v1::ListVerificationsRequest& request) override {
    return rpc_.Call(&Stub::ListVerifications, "ListVerifications", request);
  }

  absl::StatusOr<v1::ScoreReferralResponse> ScoreReferral(
      const v1::ScoreReferralRequest& request) override {
    return rpc_.Call(&Stub::ScoreReferral, "ScoreReferral", request);
  }

  absl::StatusOr<v1::RecordPanelDecisionResponse> RecordPanelDecision(
      const v1::RecordPanelDecisionRequest& request) override {
    return rpc_.CallApproved(&Stub::RecordPanelDecision, request);
  }

  absl::StatusOr<v1::RatifyDecisionResponse> RatifyDecision(
      const v1::RatifyDecisionRequest& request) override {
    return rpc_.CallApproved(&Stub::RatifyDecision, request);
  }

  absl::StatusOr<v1::CompareScoresResponse> CompareScores(
      const v1::CompareScoresRequest& request) override {
    return rpc_.Call(&Stub::CompareScores, "CompareScores", request);
  }

  absl::StatusOr<v1::RecordServiceStartResponse> RecordServiceStart(
      const v1::RecordServiceStartRequest& request) override {
    return rpc_.Call(&Stub::RecordServiceStart, "RecordServiceStart", request);
  }

  absl::StatusOr<v1::EscalateToStatutoryResponse> EscalateToStatutory(
      const v1::EscalateToStatutoryRequest& request) override {
    return rpc_.Call(&Stub::EscalateToStatutory, "EscalateToStatutory", request);
  }

  absl::StatusOr<v1::WithdrawReferralResponse> WithdrawReferral(
      const v1::WithdrawReferralRequest& request) override {
    return rpc_.Call(&Stub::WithdrawReferral, "WithdrawReferral", request);
  }

  absl::StatusOr<v1::HandOffResponse> HandOff(const v1::HandOffRequest& request) override {
    return rpc_.Call(&Stub::HandOff, "HandOff", request);
  }

  absl::StatusOr<v1::StepReferralResponse> StepReferral(
      const v1::StepReferralRequest& request) override {
    return rpc_.Call(&Stub::StepReferral, "StepReferral", request);
  }

  absl::StatusOr<v1::ListHandOffsResponse> ListHandOffs(
      const v1::ListHandOffsRequest& request) override {
    return rpc_.Call(&Stub::ListHandOffs, "ListHandOffs", request);
  }

  absl::StatusOr<v1::HandOverReferralResponse> HandOverReferral(
      const v1::HandOverReferralRequest& request) override {
    return rpc_.Call(&Stub::HandOverReferral, "HandOverReferral", request);
  }

  absl::StatusOr<v1::CloseReferralResponse> CloseReferral(
      const v1::CloseReferralRequest& request) override {
    return rpc_.Call(&Stub::CloseReferral, "CloseReferral", request);
  }

  absl::StatusOr<v1::RecordReviewResponse> RecordReview(
      const v1::RecordReviewRequest& request) override {
    return rpc_.Call(&Stub::RecordReview, "RecordReview", request);
  }

  absl::StatusOr<v1::ListReviewsResponse> ListReviews(
      const v1::ListReviewsRequest& request) override {
    return rpc_.Call(&Stub::ListReviews, "ListReviews", request);
  }

  absl::StatusOr<v1::ReportConcernResponse> ReportConcern(
      const v1::ReportConcernRequest& request) override {
    return rpc_.Call(&Stub::ReportConcern, "ReportConcern", request);
  }

  absl::StatusOr<v1::ListConcernsResponse> ListConcerns(
      const v1::ListConcernsRequest& request) override {
    return rpc_.Call(&Stub::ListConcerns, "ListConcerns", request);
  }

  absl::StatusOr<v1::ResolveConcernResponse> ResolveConcern(
      const v1::ResolveConcernRequest& request) override {
    return rpc_.Call(&Stub::ResolveConcern, "ResolveConcern", request);
  }

 private:
  internal::Rpc<v1::PathwayService> rpc_;
};

}  // namespace

std::shared_ptr<PathwayConnection> MakePathwayConnection(const Hub& hub) {
  return std::make_shared<GrpcPathwayConnection>(hub.wire());
}

absl::StatusOr<std::shared_ptr<PathwayConnection>> MakePathwayConnection(const Profile& profile,
                                                                         Options options) {
  absl::StatusOr<Hub> hub = Hub::Open(profile, std::move(options));
  if (!hub.ok()) return hub.status();
  return MakePathwayConnection(*hub);
}

}  // namespace ehchub
