#include "server/services/record_exchange.h"

#include <memory>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/services/assessment_outcome.h"
#include "server/services/plan_parts.h"
#include "server/services/plan_stream.h"
#include "server/services/publication.h"
#include "server/services/support_status.h"

namespace ehc {
namespace {

absl::StatusOr<Ask> ReadPlanAsk(const Desks& desks, const Caller& caller, const char* method,
                                const std::string& subject, const std::string& custodian,
                                const hub::v1::DisclosureContext& context,
                                std::vector<std::string> parts) {
  Ask ask;
  ask.method = method;
  EHC_ASSIGN_OR_RETURN(ask.subject, ReadSubject(desks, caller, subject));
  ask.request.disclosure = DisclosureKind::kContent;
  ask.request.record_type = kPlanType;
  ask.request.custodian = ReadAgency(custodian);
  ReadContext(context, ask.request);
  ask.parts = std::move(parts);
  return ask;
}

template <typename Req>
std::vector<std::string> AskedSections(const Req& request) {
  std::vector<std::string> parts = HeadlineParts();
  for (int section : request.sections()) {
    parts.push_back(PartOf(static_cast<hub::v1::PlanSectionCode>(section)));
  }
  if (!request.sections().empty()) return parts;
  for (int section = hub::v1::PLAN_SECTION_CODE_A; section <= hub::v1::PLAN_SECTION_CODE_K;
       ++section) {
    parts.push_back(PartOf(static_cast<hub::v1::PlanSectionCode>(section)));
  }
  return parts;
}

void ShapeSummary(const Audited<Record>& audited, const Rooms& rooms,
                  hub::v1::GetPlanSummaryResponse& response) {
  FillSummary(audited.value().parts, *response.mutable_plan_summary());
  FillDisclosure(audited, rooms, *response.mutable_disclosure());
}

void ShapePlan(const Audited<Record>& audited, const Rooms& rooms,
               hub::v1::GetPlanResponse& response) {
  FillPlan(audited.value().parts, *response.mutable_plan());
  FillDisclosure(audited, rooms, *response.mutable_disclosure());
}

template <typename Resp>
void ShapePublished(const Audited<Written>& audited, const Rooms&, Resp& response) {
  response.mutable_published()->CopyFrom(*audited.value().value);
}

Publication PlanPublication(const hub::v1::PublishPlanRequest& request) {
  const hub::v1::Plan& plan = request.plan();
  Publication out;
  out.record_type = kPlanType;
  out.local_id = plan.local_id();
  out.badge = plan.badge() == hub::v1::BADGE_FINAL ? Badge::kFinal : Badge::kDraft;
  out.as_at = FromTimestamp(plan.as_at());
  out.contact = plan.contact().SerializeAsString();
  out.parts = CutPlan(plan);
  out.etag = request.etag();
  return out;
}

Publication ContentPublication(const hub::v1::RecordContent& content, const std::string& etag) {
  Publication out;
  out.record_type = content.record_type();
  out.local_id = content.local_id();
  out.badge = content.badge() == hub::v1::BADGE_FINAL ? Badge::kFinal : Badge::kDraft;
  out.as_at = FromTimestamp(content.as_at());
  if (content.has_expires_at()) out.expires_at = FromTimestamp(content.expires_at());
  out.contact = content.contact().SerializeAsString();
  for (const hub::v1::RecordPart& part : content.parts()) {
    out.parts.push_back({part.code(), part.SerializeAsString(), part.location_checked()});
  }
  out.etag = etag;
  return out;
}

// Every publishing RPC is this one; they differ in their action and in what they carry.
template <typename Req, typename Resp>
void Publish(const Desks& desks, Incoming in, const char* method, const char* action,
             const Req& request, Publication publication, Reply<Resp> reply) {
  absl::StatusOr<Ask> ask = PublicationAsk(desks, in.caller, method, action, request, publication);
  StartMutation<Resp>(desks, std::move(in), std::move(ask),
                      MakePublication(desks, std::move(publication)), ShapePublished<Resp>,
                      std::move(reply));
}

Refusal BusyWithRolls() {
  return {absl::StatusCode::kUnavailable, "OVERLOADED",
          "the hub answers other rolls; nothing was done, try again", ""};
}

}  // namespace

void RecordExchange::GetSupportStatus(Incoming in, const hub::v1::GetSupportStatusRequest& request,
                                      Reply<hub::v1::GetSupportStatusResponse> reply) const {
  absl::StatusOr<Ask> ask = StatusAsk("GetSupportStatus", request.custodian(), request.context());
  ask->may_break_glass = true;
  absl::StatusOr<SubjectRef> child = ReadSubject(desks_, in.caller, request.subject());
  if (child.ok()) {
    ask->subject = *std::move(child);
  } else {
    ask = child.status();
  }
  StartDisclosure<Record>(desks_, std::move(in), std::move(ask), held_, ShapeStatus,
                          std::move(reply));
}

void RecordExchange::BatchGetSupportStatuses(
    Incoming in, const hub::v1::BatchGetSupportStatusesRequest& request,
    Reply<hub::v1::BatchGetSupportStatusesResponse> reply) const {
  absl::StatusOr<std::vector<SubjectRef>> roll = ReadRoll(desks_, in.caller, request);
  if (!roll.ok()) return Fail(in.call_id, roll.status(), std::move(reply));
  using Resp = hub::v1::BatchGetSupportStatusesResponse;
  const absl::Cleanup leave = [this] { rolls_.fetch_sub(1); };
  if (rolls_.fetch_add(1) >= kRollsAtATime) {
    return reply(Answer<Resp>::Refusing(in.call_id, BusyWithRolls()));
  }
  const Ask common = StatusAsk("BatchGetSupportStatuses", request.custodian(), request.context());
  Batch<Record, Resp> batch(desks_.rooms, held_, RollShape(), in.call_id, in.caller,
                            [&](size_t index) {
                              Ask ask = common;
                              ask.subject = (*roll)[index];
                              return ask;
                            });
  reply(std::move(batch).Run(roll->size()));
}

void RecordExchange::CreateAssessmentOutcome(
    Incoming in, const hub::v1::CreateAssessmentOutcomeRequest& request,
    Reply<hub::v1::CreateAssessmentOutcomeResponse> reply) const {
  absl::StatusOr<Ask> ask = CreationAsk(desks_, in.caller, request);
  StartMutation<hub::v1::CreateAssessmentOutcomeResponse>(
      desks_, std::move(in), std::move(ask), MakeOutcome(desks_, request.assessment_outcome()),
      ShapePublished<hub::v1::CreateAssessmentOutcomeResponse>, std::move(reply));
}

void RecordExchange::ListAssessmentOutcomes(
    Incoming in, const hub::v1::ListAssessmentOutcomesRequest& request,
    Reply<hub::v1::ListAssessmentOutcomesResponse> reply) const {
  absl::StatusOr<Ask> ask = OutcomesAsk(desks_, in.caller, request);
  if (ask.ok()) ask->may_break_glass = true;
  StartDisclosure<RecordSet>(desks_, std::move(in), std::move(ask), held_sets_, ShapeOutcomes,
                             std::move(reply));
}

void RecordExchange::FindRecords(Incoming in, const hub::v1::FindRecordsRequest& request,
                                 Reply<hub::v1::FindRecordsResponse> reply) const {
  const absl::StatusOr<Ask> common =
      SearchAsk(desks_, in.caller, "FindRecords", DisclosureKind::kExistence, request);
  if (!common.ok()) return Fail(in.call_id, common.status(), std::move(reply));
  const auto ask_for = [&](size_t index) {
    Ask ask = *common;
    ask.request.record_type = request.record_types(static_cast<int>(index));
    ask.request.custodian_unit = UnitId(request.custodian_unit());
    return ask;
  };
  Batch<Record, hub::v1::FindRecordsResponse> batch(desks_.rooms, existing_, FindShape(),
                                                    in.call_id, in.caller, ask_for);
  reply(std::move(batch).Run(request.record_types_size()));
}

void RecordExchange::AttestRegistration(Incoming in,
                                        const hub::v1::AttestRegistrationRequest& request,
                                        Reply<hub::v1::AttestRegistrationResponse> reply) const {
  const absl::StatusOr<Ask> common =
      SearchAsk(desks_, in.caller, "AttestRegistration", DisclosureKind::kExistence, request);
  if (!common.ok()) return Fail(in.call_id, common.status(), std::move(reply));
  const auto ask_for = [&](size_t) {
    Ask ask = *common;
    ask.request.record_type = request.record_type();
    return ask;
  };
  Batch<Record, hub::v1::AttestRegistrationResponse> batch(desks_.rooms, existing_, AttestShape(),
                                                           in.call_id, in.caller, ask_for);
  reply(std::move(batch).Run(1));
}

void RecordExchange::AgencyCheck(Incoming in, const hub::v1::AgencyCheckRequest& request,
                                 Reply<hub::v1::AgencyCheckResponse> reply) const {
  const absl::StatusOr<Ask> common =
      SearchAsk(desks_, in.caller, "AgencyCheck", DisclosureKind::kContent, request);
  if (!common.ok()) return Fail(in.call_id, common.status(), std::move(reply));
  const auto ask_for = [&](size_t index) {
    const hub::v1::RecordScope& wanted = request.wanted(static_cast<int>(index));
    Ask ask = *common;
    ask.may_break_glass = request.wanted_size() == 1;
    ask.request.record_type = wanted.record_type();
    ask.request.custodian_unit = UnitId(wanted.custodian_unit());
    ask.parts.assign(wanted.parts().begin(), wanted.parts().end());
    return ask;
  };
  Batch<RecordSet, hub::v1::AgencyCheckResponse> batch(desks_.rooms, held_sets_, CheckShape(),
                                                       in.call_id, in.caller, ask_for);
  reply(std::move(batch).Run(request.wanted_size()));
}

void RecordExchange::GetServiceOffer(Incoming in, const hub::v1::GetServiceOfferRequest& request,
                                     Reply<hub::v1::GetServiceOfferResponse> reply) const {
  absl::StatusOr<Ask> ask =
      SearchAsk(desks_, in.caller, "GetServiceOffer", DisclosureKind::kContent, request);
  if (ask.ok()) {
    ask->request.record_type = request.record_type();
    ask->parts = {"SERVICES"};
    ask->may_break_glass = true;
  }
  StartDisclosure<RecordSet>(desks_, std::move(in), std::move(ask), offers_, ShapeOffer,
                             std::move(reply));
}

void RecordExchange::PublishSupportStatus(
    Incoming in, const hub::v1::PublishSupportStatusRequest& request,
    Reply<hub::v1::PublishSupportStatusResponse> reply) const {
  const absl::Status status = CheckStatus(request.support_status());
  if (!status.ok()) return Fail(in.call_id, status, std::move(reply));
  Publish(desks_, std::move(in), "PublishSupportStatus", "support_status.publish", request,
          StatusPublication(request), std::move(reply));
}

void RecordExchange::GetPlanSummary(Incoming in, const hub::v1::GetPlanSummaryRequest& request,
                                    Reply<hub::v1::GetPlanSummaryResponse> reply) const {
  auto ask = ReadPlanAsk(desks_, in.caller, "GetPlanSummary", request.subject(),
                         request.custodian(), request.context(), SummaryParts());
  if (ask.ok()) ask->may_break_glass = true;
  StartDisclosure<Record>(desks_, std::move(in), std::move(ask), held_, ShapeSummary,
                          std::move(reply));
}

void RecordExchange::GetPlan(Incoming in, const hub::v1::GetPlanRequest& request,
                             Reply<hub::v1::GetPlanResponse> reply) const {
  auto ask = ReadPlanAsk(desks_, in.caller, "GetPlan", request.subject(), request.custodian(),
                         request.context(), AskedSections(request));
  if (ask.ok()) ask->may_break_glass = true;
  StartDisclosure<Record>(desks_, std::move(in), std::move(ask), held_, ShapePlan,
                          std::move(reply));
}

std::unique_ptr<AnswerStream<hub::v1::StreamPlanSectionsResponse>>
RecordExchange::StreamPlanSections(Incoming in,
                                   const hub::v1::StreamPlanSectionsRequest& request) const {
  auto ask = ReadPlanAsk(desks_, in.caller, "StreamPlanSections", request.subject(),
                         request.custodian(), request.context(), AskedSections(request));
  if (!ask.ok()) {
    return std::make_unique<RefusedStream<hub::v1::StreamPlanSectionsResponse>>(in.call_id,
                                                                                ask.status());
  }
  return std::make_unique<PlanStream>(desks_.rooms, std::move(in), *std::move(ask));
}

void RecordExchange::PublishPlan(Incoming in, const hub::v1::PublishPlanRequest& request,
                                 Reply<hub::v1::PublishPlanResponse> reply) const {
  Publish(desks_, std::move(in), "PublishPlan", "plan.publish", request, PlanPublication(request),
          std::move(reply));
}

void RecordExchange::PublishHealthRecord(Incoming in,
                                         const hub::v1::PublishHealthRecordRequest& request,
                                         Reply<hub::v1::PublishHealthRecordResponse> reply) const {
  Publish(desks_, std::move(in), "PublishHealthRecord", "health.publish", request,
          ContentPublication(request.health_record(), request.etag()), std::move(reply));
}

void RecordExchange::PublishCareRecord(Incoming in,
                                       const hub::v1::PublishCareRecordRequest& request,
                                       Reply<hub::v1::PublishCareRecordResponse> reply) const {
  Publish(desks_, std::move(in), "PublishCareRecord", "care.publish", request,
          ContentPublication(request.care_record(), request.etag()), std::move(reply));
}

void RecordExchange::PublishFlag(Incoming in, const hub::v1::PublishFlagRequest& request,
                                 Reply<hub::v1::PublishFlagResponse> reply) const {
  Publish(desks_, std::move(in), "PublishFlag", "flag.publish", request,
          ContentPublication(request.flag(), request.etag()), std::move(reply));
}

}  // namespace ehc
