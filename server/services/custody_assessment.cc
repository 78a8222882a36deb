// The 20-week board: needs assessments and their limits.
#include <algorithm>
#include <utility>

#include "server/model/deadline.h"
#include "server/services/custody_desk.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"
#include "server/services/needs_assessments.h"

namespace ehc {
namespace {

MatterShow<NeedsAssessments> Show(const Desks& desks, const Calendar& calendar) {
  return [&rooms = desks.rooms, &calendar](const CaseFile& file,
                                           const Opened<NeedsAssessments>& opened) {
    const store::v1::NeedsAssessmentBody& body = opened.body;
    hub::v1::NeedsAssessment out;
    ShowHeader(rooms, file, opened, out);
    out.set_unit(body.unit());
    out.set_requested_on(body.requested_on());
    out.mutable_exceptions()->CopyFrom(body.exceptions());
    out.set_outcome(body.outcome());
    if (body.closed_ms() != 0) {
      *out.mutable_closed_at() = ToTimestamp(absl::FromUnixMillis(body.closed_ms()));
    }
    const auto steps = StepsOf(file, calendar, body);
    if (!steps.ok()) return out;
    for (const DueStep& step : *steps) {
      hub::v1::AssessmentStep& shown = *out.add_steps();
      shown.set_clock(step.clock);
      shown.set_due_on(FormatDate(LastDayBefore(step.due_at)));
      shown.set_done(step.done);
      shown.set_overdue(!step.done && step.due_at <= file.received_at);
    }
    return out;
  };
}

// Due when the first step that is not done is.
absl::Status SetDue(const CaseFile& file, const Calendar& calendar,
                    Opened<NeedsAssessments>& opened) {
  EHC_ASSIGN_OR_RETURN(const auto steps, StepsOf(file, calendar, opened.body));
  for (const DueStep& step : steps) {
    if (step.done) continue;
    opened.matter.due_at = step.due_at;
    break;
  }
  return absl::OkStatus();
}

MatterOpening<NeedsAssessments>::Fill Starting(const Desks& desks, const Calendar& calendar,
                                               const std::string& requested_on) {
  return [&desks, &calendar, requested_on](const CaseFile& file, ReadView& view,
                                           Plan& plan) -> absl::StatusOr<Opened<NeedsAssessments>> {
    if (requested_on > FormatDate(LondonDate(file.received_at))) {
      return FieldInvalid("requested_on: lies in the future; state the day of the request");
    }
    EHC_ASSIGN_OR_RETURN(auto before, OpenAssessmentOf(file, view));
    if (before.has_value()) return *std::move(before);
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(auto opened,
                         NewMatter<NeedsAssessments>(desks.rooms.store, own, own, file.known_as));
    opened.body.set_unit(file.ask.request.custodian_unit.value());
    opened.body.set_requested_on(requested_on);
    EHC_RETURN_IF_ERROR(SetDue(file, calendar, opened));
    plan.changes.push_back(Put(opened));
    return opened;
  };
}

MatterEdit<NeedsAssessments>::Edit Updating(const Calendar& calendar,
                                            const hub::v1::UpdateNeedsAssessmentRequest& request) {
  return [&calendar, request](const CaseFile& file, ReadView&, Opened<NeedsAssessments>& opened,
                              Plan&) -> absl::Status {
    store::v1::NeedsAssessmentBody& body = opened.body;
    if (!opened.matter.open) return StateConflict("name: the assessment has ended");
    body.set_decided(body.decided() || request.decided_to_assess());
    for (const int exception : request.exceptions()) {
      const auto& there = body.exceptions();
      if (exception == 0 || std::find(there.begin(), there.end(), exception) != there.end()) {
        continue;
      }
      body.add_exceptions(static_cast<hub::v1::AssessmentException>(exception));
    }
    if (request.outcome() != hub::v1::ASSESSMENT_OUTCOME_CODE_UNSPECIFIED) {
      body.set_outcome(request.outcome());
      body.set_closed_ms(absl::ToUnixMillis(file.received_at));
      opened.matter.open = false;
    }
    return SetDue(file, calendar, opened);
  };
}

}  // namespace

void CustodyDesk::StartNeedsAssessment(Incoming in,
                                       const hub::v1::StartNeedsAssessmentRequest& request,
                                       Reply<hub::v1::StartNeedsAssessmentResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "StartNeedsAssessment", "needs_assessment.manage",
                       request, ReadSubject(desks_, in.caller, request.subject()));
  StartMutation<hub::v1::StartNeedsAssessmentResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterOpening<NeedsAssessments>>(
          Starting(desks_, calendar_, request.requested_on()), Show(desks_, calendar_)),
      ShapeFirstField<hub::v1::StartNeedsAssessmentResponse>, std::move(reply));
}

void CustodyDesk::UpdateNeedsAssessment(Incoming in,
                                        const hub::v1::UpdateNeedsAssessmentRequest& request,
                                        Reply<hub::v1::UpdateNeedsAssessmentResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "UpdateNeedsAssessment", "needs_assessment.manage",
                       request, ChildOf<NeedsAssessments>(desks_, in.caller, request.name()));
  MatterEdit<NeedsAssessments>::Target target{
      ReadMatterName<NeedsAssessments>(desks_, request.name()), Side::kOpener, request.etag()};
  StartMutation<hub::v1::UpdateNeedsAssessmentResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterEdit<NeedsAssessments>>(
          std::move(target), Updating(calendar_, request), Show(desks_, calendar_)),
      ShapeFirstField<hub::v1::UpdateNeedsAssessmentResponse>, std::move(reply));
}

}  // namespace ehc
