#include "server/pipeline/judge.h"

#include <utility>

#include "server/pipeline/delegation.h"
#include "server/pipeline/desk.h"
#include "server/pipeline/shadow.h"
#include "server/policy/engine.h"
#include "server/policy/snapshot.h"

namespace ehc {
namespace {

// The rule of a mutation, or of a reading of one's own, in the shape of a decision.
Decision DecideByAction(const CaseFile& file, const PolicySnapshot& policy, absl::Time now) {
  ActionRequest request;
  request.action = file.ask.action;
  request.agency_type = file.caller.agency_type();
  request.has_person = file.caller.person().has_value();
  if (request.has_person) {
    request.role = file.caller.person()->role;
    request.unit_kind = file.caller.person()->unit_kind;
  }
  const ActionRuling ruling = DecideAction(request, now, policy);
  Decision decision;
  decision.schema = file.decision.schema;
  decision.outcome = ruling.allowed ? Outcome::kPermit : Outcome::kDeny;
  decision.reason = ruling.reason;
  decision.granted = ruling.allowed ? file.ask.request.parts : 0;
  return decision;
}

}  // namespace

Judge::Bulk::Bulk(const Call& call, absl::Time now)
    : snapshot_(call.file().snapshot),
      request_(std::make_unique<const PolicyRequest>(call.file().ask.request)),
      residual_(*request_, now, PolicyOf(call.file())) {}

void Judge::Shadow(const CaseFile& file, absl::Time now) const {
  if (shadow_ != nullptr && shadow_->active()) shadow_->Offer(file, now);
}

Decided Judge::Decide(Informed informed, const Bulk& bulk) const {
  CaseFile& file = *informed.file_;
  const bool covered = file.ask.action.empty() && file.snapshot == bulk.snapshot_ &&
                       file.ask.request == *bulk.request_;
  if (!covered) return Decide(std::move(informed));
  const RecordSchema* schema = file.decision.schema;
  file.decision = bulk.residual_.Decide(file.facts);
  file.decision.schema = schema;
  Shadow(file, clock_.Now());
  return Decided(std::move(informed.file_));
}

Decided Judge::Decide(Informed informed) const {
  CaseFile& file = *informed.file_;
  if (file.snapshot == nullptr) {  // Desk::Pin
    static const Decision kUnavailable;
    file.decision = kUnavailable;
    return Decided(std::move(informed.file_));
  }
  const PolicySnapshot& policy = PolicyOf(file);
  const absl::Time now = clock_.Now();
  if (LacksDelegation(file)) {
    const RecordSchema* schema = file.decision.schema;
    static const Decision kDenied = [] {
      Decision denied;
      denied.outcome = Outcome::kDeny;
      denied.reason = Reason::kNoDelegation;
      return denied;
    }();
    file.decision = kDenied;
    file.decision.schema = schema;
  } else if (file.ask.action.empty()) {
    const RecordSchema* schema = file.decision.schema;
    file.decision = ehc::Decide(file.ask.request, file.facts, now, policy);
    file.decision.schema = schema;
    Shadow(file, now);
  } else {
    file.decision = DecideByAction(file, policy, now);
  }
  return Decided(std::move(informed.file_));
}

}  // namespace ehc
