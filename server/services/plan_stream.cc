#include "server/services/plan_stream.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/base/status_macros.h"
#include "server/services/plan_parts.h"

namespace ehc {
namespace {

using hub::v1::StreamPlanSectionsResponse;

std::vector<absl::string_view> CodesLeft(const CaseFile& file) {
  const std::vector<std::string>& sent = file.ask.parts_sent;
  std::vector<absl::string_view> codes;
  for (size_t i = 0; i < file.decision.schema->parts.size(); ++i) {
    const std::string& code = file.decision.schema->parts[i].code;
    const bool granted = (file.decision.granted >> i & 1) != 0;
    if (granted && std::find(sent.begin(), sent.end(), code) == sent.end()) codes.push_back(code);
  }
  return codes;
}

void ShapeStep(const Audited<RecordStep>& audited, const Rooms& rooms,
               StreamPlanSectionsResponse& response) {
  const RecordStep& step = audited.value();
  response.set_last(step.last);
  if (!step.last) FillPlan(step.record.parts, *response.mutable_plan());
  FillDisclosure(audited, rooms, *response.mutable_disclosure());
}

}  // namespace

absl::StatusOr<std::optional<RecordStep>> PartsLeft::Fetch(const CaseFile& file,
                                                           ReadView& view) const {
  const PolicyRequest& request = file.ask.request;
  EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head,
                       view.FindRecord(file.subject, request.custodian, request.record_type));
  if (!head.has_value() || !MayBeFound(*head, request, file.received_at)) return std::nullopt;
  RecordStep step;
  EHC_ASSIGN_OR_RETURN(step.record.parts, view.ReadParts(*head, CodesLeft(file)));
  step.record.head = *std::move(head);
  step.together = HeadlineParts();
  return step;
}

void PlanStream::Next(StreamReply<Resp> reply) {
  if (ended_) return reply(StreamEnd{});
  auto calls = rooms_.desk.OpenAll(in_.call_id, in_.caller, {ask_});
  if (!calls.ok()) {
    return reply(Answer<Resp>::Refusing(in_.call_id, RefusalOf(calls.status())));
  }
  Disclose<RecordStep, Resp>(rooms_, std::move(calls->front()), source_, ShapeStep,
                             AsMessage<Resp>(std::move(reply)),
                             [this](const Audited<RecordStep>& sent) { Remember(sent); });
}

// Decides once more, as at this moment, and looks at what the last message held.
bool PlanStream::StillStands() {
  auto view = rooms_.store.Read();
  auto calls = rooms_.desk.OpenAll(in_.call_id, in_.caller, {ask_});
  if (!view.ok() || !calls.ok()) return false;
  absl::StatusOr<Informed> informed = rooms_.facts.Read(std::move(calls->front()), **view);
  if (!informed.ok()) return false;
  const Decided decided = rooms_.judge.Decide(*std::move(informed));
  const Decision& decision = decided.file().decision;
  return decision.schema != nullptr &&
         std::all_of(last_released_.begin(), last_released_.end(), [&](const std::string& part) {
           const int index = decision.schema->IndexOf(part);
           return index >= 0 && (decision.granted >> index & 1) != 0;
         });
}

void PlanStream::Remember(const Audited<RecordStep>& sent) {
  ended_ = sent.value().last;
  const std::vector<std::string>& released = sent.release().released;
  last_released_ = released;
  ask_.parts_sent.insert(ask_.parts_sent.end(), released.begin(), released.end());
}

}  // namespace ehc
