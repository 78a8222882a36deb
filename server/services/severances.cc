#include "server/services/severances.h"

#include <utility>
#include <vector>

#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::SeverIdentityRequest;

MatterShow<Severances> SeveranceShow(const Desks& desks) {
  return [&names = desks.rooms.names](const CaseFile&, const Opened<Severances>& opened) {
    hub::v1::Severance out;
    out.set_name(names.MatterName(Severances::kCollection, opened.matter.id));
    out.set_state(opened.body.done_ms() != 0 ? hub::v1::SEVERANCE_STATE_DONE
                                             : hub::v1::SEVERANCE_STATE_ASKED);
    out.set_reason(opened.body.reason());
    *out.mutable_asked_at() = ToTimestamp(absl::FromUnixMillis(opened.body.asked_ms()));
    *out.mutable_due_at() = ToTimestamp(opened.matter.due_at);
    return out;
  };
}

// Asks. Nothing changes yet.
MatterOpening<Severances>::Fill Asking(const Desks& desks, const SeverIdentityRequest& request) {
  return [&desks, request](const CaseFile& file, ReadView& view,
                           Plan& plan) -> absl::StatusOr<Opened<Severances>> {
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(std::vector<Opened<Severances>> open,
                         ListMattersOf<Severances>(file, view, {Side::kOpener, true, {}, 1000}));
    for (Opened<Severances>& there : open) {
      const bool over = there.matter.due_at <= file.received_at;
      if (there.body.subject() != file.subject.value || over) continue;
      return std::move(there);
    }
    EHC_ASSIGN_OR_RETURN(Opened<Severances> asked,
                         NewMatter<Severances>(desks.rooms.store, own, own, SubjectId{}));
    EHC_ASSIGN_OR_RETURN(asked.matter.due_at, ClockDue(file, desks.rooms.facts.calendar(),
                                                       "SEVERANCE", file.received_at));
    asked.body.set_subject(file.subject.value);
    asked.body.set_unit(file.ask.request.custodian_unit.value());
    asked.body.set_reason(request.reason());
    asked.body.set_justification(request.justification());
    asked.body.set_asked_by(file.caller.person()->user);
    asked.body.set_asked_ms(absl::ToUnixMillis(file.received_at));
    plan.changes.push_back(Put(asked));
    return asked;
  };
}

// Confirms: from this commit on there is no such child.
absl::Status Confirm(const CaseFile& file, ReadView&, Opened<Severances>& severance, Plan& plan) {
  store::v1::SeveranceBody& body = severance.body;
  if (body.done_ms() != 0) return StateConflict("severance: it is done already");
  if (severance.matter.due_at <= file.received_at) {
    return StateConflict("severance: nobody confirmed it in time; ask for it again");
  }
  if (body.asked_by() == file.caller.person()->user) {
    return StateConflict("severance: you asked for it; somebody else has to confirm it");
  }
  if (!file.facts.subject_known) return NotRegistered();
  body.set_done_ms(absl::ToUnixMillis(file.received_at));
  severance.matter.open = false;
  store::v1::Dossier dossier = file.dossier;
  dossier.set_severed(true);
  plan.changes.push_back(PutSubject{file.subject, std::move(dossier)});
  return absl::OkStatus();
}

}  // namespace

std::string Severances::UnitOf(const Opened<Severances>& opened, Side) {
  return opened.body.unit();
}

absl::Status CheckSeverance(const SeverIdentityRequest& request) {
  if (!request.severance().empty()) {
    const bool more =
        !request.subject().empty() || request.reason() != hub::v1::SEVERANCE_REASON_UNSPECIFIED;
    return more ? FieldInvalid("severance: says which; leave out subject and reason")
                : absl::OkStatus();
  }
  if (request.subject().empty()) {
    return FieldInvalid("subject: is left out; name the child, or the severance to confirm");
  }
  if (request.reason() == hub::v1::SEVERANCE_REASON_UNSPECIFIED) {
    return FieldInvalid("reason: is left out; say why the identity is severed");
  }
  if (request.justification().empty()) {
    return FieldInvalid("justification: is left out; state the order or decision");
  }
  return absl::OkStatus();
}

absl::StatusOr<SubjectRef> ChildOfSeverance(const Desks& desks, const Caller& caller,
                                            const SeverIdentityRequest& request) {
  if (request.severance().empty()) return ReadSubject(desks, caller, request.subject());
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, desks.rooms.store.Read());
  SubjectRef child{std::nullopt, SubjectId{}};
  EHC_ASSIGN_OR_RETURN(
      std::optional<Matter> matter,
      view->FindMatter(Severances::kKind, ReadMatterName<Severances>(desks, request.severance())));
  if (!matter.has_value() || matter->opener != caller.agency()) return child;
  EHC_ASSIGN_OR_RETURN(const Opened<Severances> severance, Unpack<Severances>(*std::move(matter)));
  child.subject = SubjectId{severance.body.subject()};
  return child;
}

std::shared_ptr<const Mutation> MakeSeverance(const Desks& desks,
                                              const SeverIdentityRequest& request) {
  if (request.severance().empty()) {
    return std::make_shared<MatterOpening<Severances>>(Asking(desks, request),
                                                       SeveranceShow(desks));
  }
  MatterEdit<Severances>::Target target{ReadMatterName<Severances>(desks, request.severance()),
                                        Side::kOpener, ""};
  return std::make_shared<MatterEdit<Severances>>(std::move(target), Confirm, SeveranceShow(desks));
}

}  // namespace ehc
