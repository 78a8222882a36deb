#include "server/pipeline/planner.h"

#include "absl/time/time.h"
#include "server/pipeline/deny.h"

namespace ehc {
namespace {

Release Describe(const CaseFile& file, Plan& plan) {
  Release release;
  release.resource = plan.written.resource;
  release.version = plan.written.version;
  release.custodian = file.caller.agency();
  if (file.caller.person().has_value()) release.unit = file.caller.person()->unit;
  if (!plan.custodian.empty()) {
    release.custodian = plan.custodian;
    release.unit = plan.unit;
  }
  release.released = std::move(plan.parts);
  release.content_digest = plan.content_digest;
  return release;
}

// An approval is good for one effect, also across a restart of the hub: its jti is remembered by
// the commit that it let through, as a request of this name, far longer than any assertion lasts.
constexpr char kApproval[] = "assertion.approval";

bool HasApproval(const CaseFile& file) {
  return file.caller.person().has_value() && !file.caller.person()->approval_id.empty();
}

absl::Status CheckApprovalIsFresh(const CaseFile& file, ReadView& view) {
  if (!HasApproval(file)) return absl::OkStatus();
  auto spent = view.FindRequest(file.caller.agency(), kApproval, file.caller.person()->approval_id);
  if (!spent.ok()) return spent.status();
  if (!spent->has_value()) return absl::OkStatus();
  return RefusalError(absl::StatusCode::kUnauthenticated, "ASSERTION_INVALID",
                      "assertion refused: jti: this approval was used before; approve again");
}

PutRequest SpendApproval(const CaseFile& file, absl::Time now) {
  return {file.caller.agency(),    kApproval, file.caller.person()->approval_id,
          file.ask.message_digest, "",        now};
}

// What the caller asked before under this request_id, replayed; nullopt: it is new.
absl::StatusOr<std::optional<Plan>> PlanReplay(const CaseFile& file, const Mutation& mutation,
                                               ReadView& view) {
  auto row = view.FindRequest(file.caller.agency(), file.ask.method, file.ask.request_id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  if ((*row)->message_digest != file.ask.message_digest) {
    return RefusalError(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED",
                        "request_id: was used for another message; use a new one");
  }
  auto written = mutation.Recall(file, view, (*row)->resource);
  if (!written.ok()) return written.status();
  Plan plan;
  plan.written = *std::move(written);
  plan.written.replayed = true;
  plan.content_digest = plan.written.content_digest;
  return plan;
}

absl::StatusOr<Plan> PlanNew(const CaseFile& file, const Mutation& mutation, ReadView& view,
                             absl::Time now) {
  auto plan = mutation.MakePlan(file, view);
  if (!plan.ok()) return plan.status();
  if (file.ask.validate_only) {
    plan->changes.clear();
    return plan;
  }
  plan->changes.push_back(PutRequest{file.caller.agency(), file.ask.method, file.ask.request_id,
                                     file.ask.message_digest, plan->written.resource, now});
  if (HasApproval(file)) {
    plan->reads.push_back(
        RequestKey(file.caller.agency(), kApproval, file.caller.person()->approval_id));
    plan->changes.push_back(SpendApproval(file, now));
  }
  return plan;
}

absl::StatusOr<Plan> MakeAnyPlan(const CaseFile& file, const Mutation& mutation, ReadView& view,
                                 absl::Time now) {
  absl::Status fresh = CheckApprovalIsFresh(file, view);
  if (!fresh.ok()) return fresh;
  auto replay = PlanReplay(file, mutation, view);
  if (!replay.ok()) return replay.status();
  if (replay->has_value()) return *std::move(*replay);
  return PlanNew(file, mutation, view, now);
}

bool IsRefusal(const absl::Status& status) {
  return status.GetPayload("hub.ehc/reason").has_value();
}

}  // namespace

std::variant<Planned<Written>, Planner::Refused, absl::Status> Planner::Make(
    Decided decided, const Mutation& mutation, ReadView& view, absl::Time now) {
  decided.file_->reads.keys.push_back(RequestKey(
      decided.file().caller.agency(), decided.file().ask.method, decided.file().ask.request_id));
  auto plan = MakeAnyPlan(decided.file(), mutation, view, now);
  if (!plan.ok()) {
    if (!IsRefusal(plan.status())) return plan.status();
    return Refused{std::move(decided), RefusalOf(plan.status())};
  }
  auto& keys = decided.file_->reads.keys;
  keys.insert(keys.end(), plan->reads.begin(), plan->reads.end());
  Release release = Describe(decided.file(), *plan);
  return Planned<Written>(std::move(decided.file_), std::move(plan->written),
                          std::move(plan->changes), std::move(release));
}

}  // namespace ehc
