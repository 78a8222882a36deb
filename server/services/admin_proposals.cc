// What takes two people: one operator proposes, another approves with a one-time approval, and the
// act, the proposal's end and the approval's use are one commit (ADR 0033).
#include <utility>

#include "server/services/admin_acts.h"
#include "server/services/agency_admin.h"
#include "server/services/enrolments.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::AdminProposal;

struct Proposals {
  using Body = AdminProposal;
  using Value = AdminProposal;
  static constexpr char kKind[] = "ADMIN_PROPOSAL";
  static constexpr char kCollection[] = "adminProposals";
  static std::string UnitOf(const Opened<Proposals>&, Side) { return ""; }
  static bool IsOver(const CaseFile& file, const Opened<Proposals>& opened) {
    return opened.matter.open && opened.matter.due_at <= file.received_at;
  }
};

// Where the policy in force does not know the clock: an agency must be suspendable all the same.
constexpr absl::Duration kLapsesAfter = absl::Hours(72);

absl::Time LapsesAt(const CaseFile& file, const Calendar& calendar) {
  const auto due = ClockDue(file, calendar, "ADMIN_PROPOSAL", file.received_at);
  return due.value_or(file.received_at + kLapsesAfter);
}

AdminProposal Show(const SubjectNames& names, const CaseFile& file,
                   const Opened<Proposals>& opened) {
  AdminProposal value = opened.body;
  value.set_name(names.MatterName(Proposals::kCollection, opened.matter.id));
  value.set_etag(EtagOf(opened.matter.revision));
  *value.mutable_lapses_at() = ToTimestamp(opened.matter.due_at);
  if (Proposals::IsOver(file, opened)) value.set_state(hub::v1::ADMIN_PROPOSAL_STATE_LAPSED);
  return value;
}

class ProposalMutation : public Mutation {
 public:
  explicit ProposalMutation(const SubjectNames& names) : names_(names) {}

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<Proposals> opened,
                         Find(file, view, MatterOfResource(resource)));
    return Describe(file, opened);
  }

 protected:
  static absl::StatusOr<Opened<Proposals>> Find(const CaseFile& file, ReadView& view, MatterId id) {
    return FindMatterOf<Proposals>(view, id, file.caller.agency(), Side::kOpener);
  }

  Written Describe(const CaseFile& file, const Opened<Proposals>& opened) const {
    return DescribeMatter<Proposals>(
        file, opened, [this](const CaseFile& f, const auto& o) { return Show(names_, f, o); });
  }

  // Closes an open one; STATE_CONFLICT for any other.
  absl::Status Close(const CaseFile& file, hub::v1::AdminProposalState state,
                     Opened<Proposals>& opened, Plan& plan) const {
    if (!opened.matter.open) return StateConflict("name: was decided already");
    if (Proposals::IsOver(file, opened)) return StateConflict("name: has lapsed; propose it again");
    opened.matter.open = false;
    ++opened.matter.revision;
    opened.body.set_state(state);
    opened.body.set_decided_by(file.caller.person()->user);
    *opened.body.mutable_decided_at() = ToTimestamp(file.received_at);
    plan.reads.push_back(MatterKey(opened.matter.id));
    plan.changes.push_back(Put(opened));
    plan.written = Describe(file, opened);
    return absl::OkStatus();
  }

 private:
  const SubjectNames& names_;
};

class Proposing : public ProposalMutation {
 public:
  Proposing(const Desks& desks, const Calendar& calendar, AdminProposal act, std::string etag)
      : ProposalMutation(desks.rooms.names),
        store_(desks.rooms.store),
        calendar_(calendar),
        act_(std::move(act)),
        etag_(std::move(etag)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_RETURN_IF_ERROR(CheckAgencyEtag(view));
    Plan rehearsal;  // what could not be done now is not proposed
    EHC_RETURN_IF_ERROR(PlanAct(store_, calendar_, file, view, act_, rehearsal));
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(Opened<Proposals> opened,
                         NewMatter<Proposals>(store_, own, own, SubjectId()));
    opened.matter.due_at = LapsesAt(file, calendar_);
    opened.body = act_;
    opened.body.set_digest(DigestOfAct(act_));
    opened.body.set_proposed_by(file.caller.person()->user);
    *opened.body.mutable_proposed_at() = ToTimestamp(file.received_at);
    opened.body.set_state(hub::v1::ADMIN_PROPOSAL_STATE_OPEN);
    Plan plan;
    plan.custodian = rehearsal.custodian;
    plan.changes.push_back(Put(opened));
    plan.written = Describe(file, opened);
    return plan;
  }

 private:
  absl::Status CheckAgencyEtag(ReadView& view) const {
    if (etag_.empty()) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(const std::optional<hub::v1::Agency> agency,
                         FindAgency(view, act_.agency()));
    return agency.has_value() ? CheckSameEtag(etag_, agency->etag()) : NoSuchAgency("name");
  }

  Store& store_;
  const Calendar& calendar_;
  const AdminProposal act_;
  const std::string etag_;
};

class Approving : public ProposalMutation {
 public:
  Approving(const Desks& desks, const Calendar& calendar, MatterId id, std::string digest)
      : ProposalMutation(desks.rooms.names),
        store_(desks.rooms.store),
        calendar_(calendar),
        id_(id),
        digest_(std::move(digest)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Opened<Proposals> opened, Find(file, view, id_));
    EHC_RETURN_IF_ERROR(CheckWord(file, opened.body));
    Plan plan;
    EHC_RETURN_IF_ERROR(Close(file, hub::v1::ADMIN_PROPOSAL_STATE_DONE, opened, plan));
    EHC_RETURN_IF_ERROR(PlanAct(store_, calendar_, file, view, opened.body, plan));
    return plan;
  }

 private:
  // That a second person said yes to this, now: their assertion's approval is over the request,
  // which carries the digest of what they were shown.
  absl::Status CheckWord(const CaseFile& file, const AdminProposal& proposal) const {
    if (proposal.proposed_by() == file.caller.person()->user) {
      return RefusalError(absl::StatusCode::kFailedPrecondition, "SECOND_PERSON_REQUIRED",
                          "name: somebody else than the proposer approves it");
    }
    EHC_RETURN_IF_ERROR(CheckApproved(file.caller));
    if (digest_ != proposal.digest()) {
      return FieldInvalid("digest: is not that of the proposal; read it again");
    }
    return absl::OkStatus();
  }

  Store& store_;
  const Calendar& calendar_;
  const MatterId id_;
  const std::string digest_;
};

class Withdrawing : public ProposalMutation {
 public:
  Withdrawing(const SubjectNames& names, MatterId id, std::string etag)
      : ProposalMutation(names), id_(id), etag_(std::move(etag)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Opened<Proposals> opened, Find(file, view, id_));
    EHC_RETURN_IF_ERROR(CheckEtag(etag_, opened.matter.revision));
    Plan plan;
    EHC_RETURN_IF_ERROR(Close(file, hub::v1::ADMIN_PROPOSAL_STATE_WITHDRAWN, opened, plan));
    plan.custodian = ReadAgency(opened.body.agency());
    return plan;
  }

 private:
  const MatterId id_;
  const std::string etag_;
};

template <typename Resp, typename Req>
void Propose(const Desks& desks, const Calendar& calendar, Incoming in, const char* method,
             const char* action, hub::v1::AdminAct what, const Req& request, Reply<Resp> reply) {
  AdminProposal act;
  act.set_act(what);
  act.set_agency(request.name());
  act.set_reason(request.reason());
  Ask ask = MutationAsk(desks, method, action, request.request_id(), request);
  ask.justification = request.reason();
  StartMutation<Resp>(desks, std::move(in), std::move(ask),
                      MakeProposing(desks, calendar, std::move(act), request.etag()),
                      ShapeProposal<Resp>, std::move(reply));
}

}  // namespace

std::shared_ptr<const Mutation> MakeProposing(const Desks& desks, const Calendar& calendar,
                                              AdminProposal act, std::string etag) {
  return std::make_shared<Proposing>(desks, calendar, std::move(act), std::move(etag));
}

void AgencyAdmin::ActivateAgency(Incoming in, const hub::v1::ActivateAgencyRequest& request,
                                 Reply<hub::v1::ActivateAgencyResponse> reply) const {
  Propose(desks_, calendar_, std::move(in), "ActivateAgency", "agency.activate",
          hub::v1::ADMIN_ACT_ACTIVATE_AGENCY, request, std::move(reply));
}

void AgencyAdmin::SuspendAgency(Incoming in, const hub::v1::SuspendAgencyRequest& request,
                                Reply<hub::v1::SuspendAgencyResponse> reply) const {
  Propose(desks_, calendar_, std::move(in), "SuspendAgency", "agency.suspend",
          hub::v1::ADMIN_ACT_SUSPEND_AGENCY, request, std::move(reply));
}

void AgencyAdmin::ReinstateAgency(Incoming in, const hub::v1::ReinstateAgencyRequest& request,
                                  Reply<hub::v1::ReinstateAgencyResponse> reply) const {
  Propose(desks_, calendar_, std::move(in), "ReinstateAgency", "agency.suspend",
          hub::v1::ADMIN_ACT_REINSTATE_AGENCY, request, std::move(reply));
}

void AgencyAdmin::ApproveProposal(Incoming in, const hub::v1::ApproveProposalRequest& request,
                                  Reply<hub::v1::ApproveProposalResponse> reply) const {
  const MatterId id = ReadMatterName<Proposals>(desks_, request.name());
  Ask ask =
      MutationAsk(desks_, "ApproveProposal", "proposal.decide", request.request_id(), request);
  StartMutation<hub::v1::ApproveProposalResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<Approving>(desks_, calendar_, id, request.digest()),
      ShapeProposal<hub::v1::ApproveProposalResponse>,
      AfterHandingOver(desks_, AfterReload(desks_, std::move(reply))));
}

void AgencyAdmin::WithdrawProposal(Incoming in, const hub::v1::WithdrawProposalRequest& request,
                                   Reply<hub::v1::WithdrawProposalResponse> reply) const {
  const MatterId id = ReadMatterName<Proposals>(desks_, request.name());
  Ask ask =
      MutationAsk(desks_, "WithdrawProposal", "proposal.decide", request.request_id(), request);
  StartMutation<hub::v1::WithdrawProposalResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<Withdrawing>(desks_.rooms.names, id, request.etag()),
      ShapeProposal<hub::v1::WithdrawProposalResponse>, std::move(reply));
}

void AgencyAdmin::ListProposals(Incoming in, const hub::v1::ListProposalsRequest& request,
                                Reply<hub::v1::ListProposalsResponse> reply) const {
  StartMatterList<Proposals>(
      desks_, std::move(in), "ListProposals", "proposal.read", request, Side::kOpener,
      [this](const CaseFile& file, const Opened<Proposals>& opened) {
        return Show(desks_.rooms.names, file, opened);
      },
      std::move(reply));
}

}  // namespace ehc
