#include "server/services/severances.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::SeverIdentityRequest;

hub::v1::SeveranceState StateOf(const Opened<Severances>& severance) {
  if (severance.body.ended_ms() != 0) return hub::v1::SEVERANCE_STATE_RESTORED;
  if (severance.body.done_ms() == 0) return hub::v1::SEVERANCE_STATE_ASKED;
  return severance.matter.open ? hub::v1::SEVERANCE_STATE_RESTORE_ASKED
                               : hub::v1::SEVERANCE_STATE_DONE;
}

MatterShow<Severances> SeveranceShow(const Desks& desks) {
  return [&names = desks.rooms.names](const CaseFile&, const Opened<Severances>& opened) {
    hub::v1::Severance out;
    out.set_name(names.MatterName(Severances::kCollection, opened.matter.id));
    out.set_state(StateOf(opened));
    out.set_reason(opened.body.reason());
    if (opened.body.restore_asked_ms() != 0) {
      *out.mutable_restore_asked_at() =
          ToTimestamp(absl::FromUnixMillis(opened.body.restore_asked_ms()));
    }
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
      if (there.body.done_ms() != 0 || over) continue;
      EHC_ASSIGN_OR_RETURN(const SubjectId root, view.RootOf(SubjectId{there.body.subject()}));
      if (root == file.subject) return std::move(there);
    }
    EHC_ASSIGN_OR_RETURN(Opened<Severances> asked,
                         NewMatter<Severances>(desks.rooms.store, own, own, SubjectId{}));
    EHC_ASSIGN_OR_RETURN(asked.matter.due_at, ClockDue(file, desks.rooms.facts.calendar(),
                                                       "SEVERANCE", file.received_at));
    asked.body.set_subject(NumberMeantBy(file.dossier, file.subject, file.named, own).value);
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

// Two agencies may call two people alike.
std::string PersonOf(const CaseFile& file) {
  return absl::StrCat(file.caller.agency().value(), "/", file.caller.person()->user);
}

// Somebody has asked to take it back, and it may still be confirmed.
bool IsRestorationAsked(const CaseFile& file, const Opened<Severances>& severance) {
  return severance.matter.open && severance.matter.due_at > file.received_at;
}

// Asks. The child stays unknown.
absl::Status AskRestoration(const Desks& desks, const CaseFile& file, const std::string& why,
                            Opened<Severances>& severance) {
  store::v1::SeveranceBody& body = severance.body;
  if (IsRestorationAsked(file, severance)) {
    return StateConflict(
        "severance: somebody has asked to take it back; another person confirms it");
  }
  EHC_ASSIGN_OR_RETURN(severance.matter.due_at,
                       ClockDue(file, desks.rooms.facts.calendar(), "SEVERANCE", file.received_at));
  severance.matter.open = true;
  body.set_restore_asked_by(PersonOf(file));
  body.set_restore_asked_ms(absl::ToUnixMillis(file.received_at));
  body.set_restore_justification(why);
  return absl::OkStatus();
}

// Confirms: from this commit on there is such a child again.
absl::Status ConfirmRestoration(const CaseFile& file, ReadView& view, const std::string& why,
                                Opened<Severances>& severance, Plan& plan) {
  store::v1::SeveranceBody& body = severance.body;
  if (!IsRestorationAsked(file, severance)) {
    return StateConflict("severance: nobody has asked to take it back, or not in time; ask for it");
  }
  if (body.restore_asked_by() == PersonOf(file)) {
    return StateConflict("severance: you asked for it; somebody else has to confirm it");
  }
  const SubjectId child{body.subject()};
  EHC_ASSIGN_OR_RETURN(const SubjectId root, view.RootOf(child));
  EHC_ASSIGN_OR_RETURN(store::v1::Dossier dossier, view.ReadDossier(root));
  // Erased in the meantime, or restored by another severance of the same child.
  if (!dossier.severed() || dossier.registered_by().empty()) {
    return StateConflict("severance: there is nothing left to restore");
  }
  dossier.set_severed(false);
  plan.reads.push_back(SubjectKey(root));
  plan.changes.push_back(PutSubject{root, std::move(dossier)});
  severance.matter.open = false;
  body.set_ended_ms(absl::ToUnixMillis(file.received_at));
  body.set_restored_by(PersonOf(file));
  body.set_restored_justification(why);
  return absl::OkStatus();
}

// By a unit of the agency that severed it, or by the hub's identity officers, where that agency was
// the one to err: the register of actions says who that is.
class Restoration : public Mutation {
 public:
  Restoration(const Desks& desks, const hub::v1::RestoreIdentityRequest& request)
      : desks_(desks),
        id_(ReadMatterName<Severances>(desks, request.severance())),
        confirms_(request.confirm()),
        why_(request.justification()),
        show_(SeveranceShow(desks)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Opened<Severances> severance, Find(file, view, id_));
    if (severance.body.done_ms() == 0) {
      return StateConflict("severance: nothing was severed; there is nothing to take back");
    }
    if (severance.body.ended_ms() != 0)
      return StateConflict("severance: it was taken back already");
    Plan plan;
    EHC_RETURN_IF_ERROR(confirms_ ? ConfirmRestoration(file, view, why_, severance, plan)
                                  : AskRestoration(desks_, file, why_, severance));
    plan.reads.push_back(MatterKey(severance.matter.id));
    ++severance.matter.revision;
    plan.changes.push_back(Put(severance));
    plan.written = DescribeMatter(file, severance, show_);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<Severances> severance,
                         Find(file, view, MatterOfResource(resource)));
    return DescribeMatter(file, severance, show_);
  }

 private:
  absl::StatusOr<Opened<Severances>> Find(const CaseFile& file, ReadView& view, MatterId id) const {
    EHC_ASSIGN_OR_RETURN(std::optional<Matter> matter, view.FindMatter(Severances::kKind, id));
    if (!matter.has_value()) return NoSuchMatter();
    EHC_ASSIGN_OR_RETURN(Opened<Severances> severance, Unpack<Severances>(*std::move(matter)));
    if (file.caller.agency() == desks_.rooms.desk.OperatorAgency()) return severance;
    const bool own = severance.IsParty(file.caller.agency(), Side::kOpener) &&
                     IsOfUnit(file, severance.body.unit());
    if (!own) return NoSuchMatter();
    return severance;
  }

  const Desks& desks_;
  const MatterId id_;
  const bool confirms_;
  const std::string why_;
  const MatterShow<Severances> show_;
};

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

std::shared_ptr<const Mutation> MakeRestoration(const Desks& desks,
                                                const hub::v1::RestoreIdentityRequest& request) {
  return std::make_shared<Restoration>(desks, request);
}

}  // namespace ehc
