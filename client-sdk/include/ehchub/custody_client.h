#ifndef EHCHUB_CUSTODY_CLIENT_H_
#define EHCHUB_CUSTODY_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/custody_connection.h"

namespace ehchub {

// Recalls wrong pushes, issues plans, and settles what agencies owe each other about a child.
//
// A write without a request_id is given one, kept through its retries. To repeat a write after the
// program itself was restarted, set request_id yourself and keep it with your record.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class CustodyClient {
 public:
  explicit CustodyClient(std::shared_ptr<CustodyConnection> connection)
      : connection_(std::move(connection)) {}
  explicit CustodyClient(const Hub& hub) : CustodyClient(MakeCustodyConnection(hub)) {}

  // Recalls a wrong push. In one commit the record is withdrawn from every later answer, an
  // incident is opened, and every agency that the audit log shows to have received it is sent a
  // notice. What is published afterwards under the same local id is disclosed again. Recalling
  // again what is recalled adds nothing. Errors: RESOURCE_NOT_FOUND where the calling agency keeps
  // no such record or version.
  absl::StatusOr<v1::RecallRecordResponse> RecallRecord(
      const v1::RecallRecordRequest& request) const {
    return connection_->RecallRecord(request);
  }

  // Returns one incident of the calling agency, with its recipients. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetIncidentResponse> GetIncident(const v1::GetIncidentRequest& request) const {
    return connection_->GetIncident(request);
  }

  // Lists the calling agency's incidents, oldest first.
  absl::StatusOr<v1::ListIncidentsResponse> ListIncidents(
      const v1::ListIncidentsRequest& request) const {
    return connection_->ListIncidents(request);
  }

  // Lists the recall notices addressed to the calling agency, or those that it caused.
  absl::StatusOr<v1::ListNoticesResponse> ListNotices(const v1::ListNoticesRequest& request) const {
    return connection_->ListNotices(request);
  }

  // Says what the recipient did with what was recalled. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // STATE_CONFLICT where it has said so already.
  absl::StatusOr<v1::AcknowledgeNoticeResponse> AcknowledgeNotice(
      const v1::AcknowledgeNoticeRequest& request) const {
    return connection_->AcknowledgeNotice(request);
  }

  // Issues the newest version of a plan that the calling authority has published as FINAL: delivers
  // it, in one commit, to the named institution and the responsible commissioning body that the
  // authority recorded. Issuing the same version again adds nothing; an assessment that was open
  // for the child is closed. Errors: RESOURCE_NOT_FOUND where the authority keeps no such plan;
  // STATE_CONFLICT where its newest version is a draft.
  absl::StatusOr<v1::IssuePlanResponse> IssuePlan(const v1::IssuePlanRequest& request) const {
    return connection_->IssuePlan(request);
  }

  // Returns one issue of the calling authority, with every delivery and service. Errors:
  // RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetPlanIssueResponse> GetPlanIssue(
      const v1::GetPlanIssueRequest& request) const {
    return connection_->GetPlanIssue(request);
  }

  // Lists plans delivered to the calling agency, or those that it delivered.
  absl::StatusOr<v1::ListDeliveriesResponse> ListDeliveries(
      const v1::ListDeliveriesRequest& request) const {
    return connection_->ListDeliveries(request);
  }

  // Confirms that the calling agency has the plan: the authority's receipt. Confirming again
  // changes nothing. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH.
  absl::StatusOr<v1::ConfirmDeliveryResponse> ConfirmDelivery(
      const v1::ConfirmDeliveryRequest& request) const {
    return connection_->ConfirmDelivery(request);
  }

  // Records how the authority served the plan on the parent or young person. Errors:
  // RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT where the same service stands there already.
  absl::StatusOr<v1::RecordServiceResponse> RecordService(
      const v1::RecordServiceRequest& request) const {
    return connection_->RecordService(request);
  }

  // Asks a body for advice. It has six weeks (reg 8); no consent is waited for. Asking the same
  // body for the same kind of advice about the same child while one such request is open answers
  // with that one. Errors: FIELD_INVALID where there is no such agency.
  absl::StatusOr<v1::CreateAdviceRequestResponse> CreateAdviceRequest(
      const v1::CreateAdviceRequestRequest& request) const {
    return connection_->CreateAdviceRequest(request);
  }

  // Returns one request; to the authority with its answer. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetAdviceRequestResponse> GetAdviceRequest(
      const v1::GetAdviceRequestRequest& request) const {
    return connection_->GetAdviceRequest(request);
  }

  // Lists requests for advice, received or opened, without their answers.
  absl::StatusOr<v1::ListAdviceRequestsResponse> ListAdviceRequests(
      const v1::ListAdviceRequestsRequest& request) const {
    return connection_->ListAdviceRequests(request);
  }

  // Answers a request; late answers are taken and marked. Errors: RESOURCE_NOT_FOUND,
  // ETAG_MISMATCH, STATE_CONFLICT where it is answered or cancelled.
  absl::StatusOr<v1::AnswerAdviceRequestResponse> AnswerAdviceRequest(
      const v1::AnswerAdviceRequestRequest& request) const {
    return connection_->AnswerAdviceRequest(request);
  }

  // Takes a request back. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT where it is
  // answered or cancelled.
  absl::StatusOr<v1::CancelAdviceRequestResponse> CancelAdviceRequest(
      const v1::CancelAdviceRequestRequest& request) const {
    return connection_->CancelAdviceRequest(request);
  }

  // Consults an institution, which has 15 days. Consulting it about the same child while a
  // consultation is open answers with that one. Errors: FIELD_INVALID where there is no such
  // agency.
  absl::StatusOr<v1::CreateConsultationResponse> CreateConsultation(
      const v1::CreateConsultationRequest& request) const {
    return connection_->CreateConsultation(request);
  }

  // Lists consultations, received or opened.
  absl::StatusOr<v1::ListConsultationsResponse> ListConsultations(
      const v1::ListConsultationsRequest& request) const {
    return connection_->ListConsultations(request);
  }

  // Replies; late replies are taken and marked. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // STATE_CONFLICT where it was answered.
  absl::StatusOr<v1::AnswerConsultationResponse> AnswerConsultation(
      const v1::AnswerConsultationRequest& request) const {
    return connection_->AnswerConsultation(request);
  }

  // Notifies the authority. Notifying it of the same child while a notification is open answers
  // with that one. Errors: FIELD_INVALID where there is no such agency; STATE_CONFLICT where the
  // child, by the registered date of birth, is of compulsory school age.
  absl::StatusOr<v1::CreateEarlyNotificationResponse> CreateEarlyNotification(
      const v1::CreateEarlyNotificationRequest& request) const {
    return connection_->CreateEarlyNotification(request);
  }

  // Lists notifications, received or sent.
  absl::StatusOr<v1::ListEarlyNotificationsResponse> ListEarlyNotifications(
      const v1::ListEarlyNotificationsRequest& request) const {
    return connection_->ListEarlyNotifications(request);
  }

  // Acknowledges a notification. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT where it
  // was acknowledged.
  absl::StatusOr<v1::AcknowledgeEarlyNotificationResponse> AcknowledgeEarlyNotification(
      const v1::AcknowledgeEarlyNotificationRequest& request) const {
    return connection_->AcknowledgeEarlyNotification(request);
  }

  // Puts a request for an EHC needs assessment on the board. Where one is open for the child,
  // answers with that one. Errors: FIELD_INVALID where requested_on lies in the future.
  absl::StatusOr<v1::StartNeedsAssessmentResponse> StartNeedsAssessment(
      const v1::StartNeedsAssessmentRequest& request) const {
    return connection_->StartNeedsAssessment(request);
  }

  // Records the decision to assess, an exception, or how the assessment ended. Errors:
  // RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT where it has ended.
  absl::StatusOr<v1::UpdateNeedsAssessmentResponse> UpdateNeedsAssessment(
      const v1::UpdateNeedsAssessmentRequest& request) const {
    return connection_->UpdateNeedsAssessment(request);
  }

  // Returns one use of the emergency override, to the custodian whose record was read and to the
  // agency of the person who read it. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetBreakGlassUseResponse> GetBreakGlassUse(
      const v1::GetBreakGlassUseRequest& request) const {
    return connection_->GetBreakGlassUse(request);
  }

  // Lists uses over the calling agency's records, its review queue, or those by its own people.
  absl::StatusOr<v1::ListBreakGlassUsesResponse> ListBreakGlassUses(
      const v1::ListBreakGlassUsesRequest& request) const {
    return connection_->ListBreakGlassUses(request);
  }

  // Says what the custodian's review found. Never by the person who broke the glass. Errors:
  // RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT where it was reviewed.
  absl::StatusOr<v1::ReviewBreakGlassUseResponse> ReviewBreakGlassUse(
      const v1::ReviewBreakGlassUseRequest& request) const {
    return connection_->ReviewBreakGlassUse(request);
  }

  // Says what the agency of the person did about a use that was not justified; the person may then
  // break the glass again. Never by that person. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // STATE_CONFLICT where no such answer is awaited.
  absl::StatusOr<v1::ResolveBreakGlassUseResponse> ResolveBreakGlassUse(
      const v1::ResolveBreakGlassUseRequest& request) const {
    return connection_->ResolveBreakGlassUse(request);
  }

  // Lists what the calling unit was told of its records having been read, oldest first: a day's
  // readings of one child by one agency as one notice.
  absl::StatusOr<v1::ListDisclosureNoticesResponse> ListDisclosureNotices(
      const v1::ListDisclosureNoticesRequest& request) const {
    return connection_->ListDisclosureNotices(request);
  }

  // Says that the calling unit has seen a notice: it is no longer open. Errors: RESOURCE_NOT_FOUND,
  // ETAG_MISMATCH, STATE_CONFLICT where that was said already.
  absl::StatusOr<v1::AcknowledgeDisclosureNoticeResponse> AcknowledgeDisclosureNotice(
      const v1::AcknowledgeDisclosureNoticeRequest& request) const {
    return connection_->AcknowledgeDisclosureNotice(request);
  }

  // Says the same of many notices, each by itself; what became of each is said in the order asked.
  // Repeating the call completes what a failure left undone.
  absl::StatusOr<v1::AcknowledgeDisclosureNoticesResponse> AcknowledgeDisclosureNotices(
      const v1::AcknowledgeDisclosureNoticesRequest& request) const {
    return connection_->AcknowledgeDisclosureNotices(request);
  }

  // Lists what the calling unit has to see to, the most urgent first. A page is of the queue as it
  // is when it is read.
  absl::StatusOr<v1::ListWorkItemsResponse> ListWorkItems(
      const v1::ListWorkItemsRequest& request) const {
    return connection_->ListWorkItems(request);
  }

  // Transfers a plan to the authority that the child moved to (SEND Regs 2014 reg 15). Errors:
  // RESOURCE_NOT_FOUND where the calling authority keeps no plan, STATE_CONFLICT where it was
  // transferred already.
  absl::StatusOr<v1::TransferPlanResponse> TransferPlan(
      const v1::TransferPlanRequest& request) const {
    return connection_->TransferPlan(request);
  }

  // Takes a transfer back before its instant. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
  // STATE_CONFLICT where the rights have switched.
  absl::StatusOr<v1::CancelPlanTransferResponse> CancelPlanTransfer(
      const v1::CancelPlanTransferRequest& request) const {
    return connection_->CancelPlanTransfer(request);
  }

  // Says that the new authority wrote to the family about a plan transferred to it. Errors:
  // RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT where the rights have not switched yet.
  absl::StatusOr<v1::AcknowledgePlanTransferResponse> AcknowledgePlanTransfer(
      const v1::AcknowledgePlanTransferRequest& request) const {
    return connection_->AcknowledgePlanTransfer(request);
  }

  // Lists transfers to the calling unit, or with `opened` those from it, oldest first.
  absl::StatusOr<v1::ListPlanTransfersResponse> ListPlanTransfers(
      const v1::ListPlanTransfersRequest& request) const {
    return connection_->ListPlanTransfers(request);
  }

  friend bool operator==(const CustodyClient& a, const CustodyClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<CustodyConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_CUSTODY_CLIENT_H_
