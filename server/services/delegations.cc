// Who acts for whom: an authority grants, a provider accepts, either ends it (ADR 0047). What it
// comes to when somebody asks is pipeline/delegation.h's.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/pipeline/delegation.h"
#include "server/services/admin_acts.h"
#include "server/services/agency_admin.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::Delegation;

struct Delegations {
  using Body = Delegation;
  using Value = Delegation;
  static constexpr const char* kKind = kDelegationKind;
  static constexpr const char* kCollection = kDelegations;
  static std::string UnitOf(const Opened<Delegations>&, Side) { return ""; }
  static bool IsOver(const CaseFile& file, const Opened<Delegations>& opened) {
    return StateAt(opened.body, file.received_at) == hub::v1::DELEGATION_STATE_EXPIRED;
  }
};

Delegation Show(const SubjectNames& names, const CaseFile& file,
                const Opened<Delegations>& opened) {
  Delegation value = opened.body;
  value.set_name(names.MatterName(kDelegations, opened.matter.id));
  value.set_from(AgencyNameOf(opened.matter.opener));
  value.set_to(AgencyNameOf(opened.matter.addressee));
  value.set_etag(EtagOf(opened.matter.revision));
  value.set_state(StateAt(opened.body, file.received_at));
  return value;
}

class DelegationMutation : public Mutation {
 public:
  explicit DelegationMutation(const SubjectNames& names) : names_(names) {}

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<Delegations> opened,
                         FindMatterOf<Delegations>(view, MatterOfResource(resource),
                                                   file.caller.agency(), Side::kEither));
    return Describe(file, opened);
  }

 protected:
  // The other agency sees in its audit what was done.
  Plan PlanOf(const CaseFile& file, const Opened<Delegations>& opened) const {
    Plan plan;
    const Matter& matter = opened.matter;
    plan.custodian = matter.opener == file.caller.agency() ? matter.addressee : matter.opener;
    if (matter.revision > 1) plan.reads.push_back(MatterKey(matter.id));
    plan.changes.push_back(Put(opened));
    plan.written = Describe(file, opened);
    return plan;
  }

 private:
  Written Describe(const CaseFile& file, const Opened<Delegations>& opened) const {
    return DescribeMatter<Delegations>(
        file, opened, [this](const CaseFile& f, const auto& o) { return Show(names_, f, o); });
  }

  const SubjectNames& names_;
};

class Granting : public DelegationMutation {
 public:
  Granting(const Desks& desks, const Calendar& calendar, Delegation wanted)
      : DelegationMutation(desks.rooms.names),
        store_(desks.rooms.store),
        calendar_(calendar),
        wanted_(std::move(wanted)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_RETURN_IF_ERROR(CheckParties(file, view));
    EHC_RETURN_IF_ERROR(CheckWords(file));
    EHC_RETURN_IF_ERROR(CheckEnd(file));
    EHC_ASSIGN_OR_RETURN(Opened<Delegations> opened,
                         NewMatter<Delegations>(store_, file.caller.agency(),
                                                ReadAgency(wanted_.to()), SubjectId()));
    Delegation& body = opened.body;
    body.set_unit(wanted_.unit());
    body.set_acts_as_role(PolicyOf(file).RoleOf(wanted_.acts_as_role()));
    body.set_role(PolicyOf(file).RoleOf(wanted_.role()));
    *body.mutable_purposes() = wanted_.purposes();
    *body.mutable_record_types() = wanted_.record_types();
    *body.mutable_valid_until() = wanted_.valid_until();
    body.set_reason(wanted_.reason());
    body.set_granted_by(file.caller.person()->user);
    *body.mutable_granted_at() = ToTimestamp(file.received_at);
    return PlanOf(file, opened);
  }

 private:
  absl::Status CheckParties(const CaseFile& file, ReadView& view) const {
    const std::string own = AgencyNameOf(file.caller.agency());
    EHC_ASSIGN_OR_RETURN(const auto granting, FindAgency(view, own));
    EHC_ASSIGN_OR_RETURN(const auto provider, FindAgency(view, wanted_.to()));
    if (!provider.has_value() || wanted_.to() == own ||
        provider->state() != hub::v1::AGENCY_STATE_ACTIVE) {
      return FieldInvalid("delegation.to: is no other agency that is live; see ListAgencies");
    }
    const bool has_unit =
        granting.has_value() &&
        std::any_of(granting->units().begin(), granting->units().end(),
                    [&](const auto& unit) { return unit.unit_id() == wanted_.unit(); });
    if (has_unit) return absl::OkStatus();
    return FieldInvalid("delegation.unit: is not a unit of your agency");
  }

  absl::Status CheckWords(const CaseFile& file) const {
    const PolicySnapshot& policy = PolicyOf(file);
    const auto is_role = [&](const std::string& code) {
      const std::string role = policy.RoleOf(code);
      return policy.RoleCovers(role, role);
    };
    if (!is_role(wanted_.acts_as_role())) {
      return FieldInvalid("delegation.acts_as_role: is not in the vocabulary of roles");
    }
    if (!is_role(wanted_.role())) {
      return FieldInvalid("delegation.role: is not in the vocabulary of roles");
    }
    for (int i = 0; i < wanted_.purposes_size(); ++i) {
      if (policy.PurposeCovers(wanted_.purposes(i), wanted_.purposes(i))) continue;
      return FieldInvalid(absl::StrCat("delegation.purposes[", i, "]: is not in the vocabulary"));
    }
    for (int i = 0; i < wanted_.record_types_size(); ++i) {
      if (policy.FindSchema(wanted_.record_types(i)) != nullptr) continue;
      return FieldInvalid(
          absl::StrCat("delegation.record_types[", i, "]: is not in the vocabulary"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckEnd(const CaseFile& file) const {
    const absl::Time until = FromTimestamp(wanted_.valid_until());
    EHC_ASSIGN_OR_RETURN(const absl::Time last,
                         ClockDue(file, calendar_, "DELEGATION", file.received_at));
    if (until <= file.received_at) return FieldInvalid("delegation.valid_until: is past");
    if (until <= last) return absl::OkStatus();
    return FieldInvalid(
        "delegation.valid_until: is later than the clock DELEGATION lets it last; grant it again "
        "then");
  }

  Store& store_;
  const Calendar& calendar_;
  const Delegation wanted_;
};

class Moving : public DelegationMutation {
 public:
  Moving(const SubjectNames& names, MatterId id, std::string etag)
      : DelegationMutation(names), id_(id), etag_(std::move(etag)) {}

 protected:
  absl::StatusOr<Opened<Delegations>> Find(const CaseFile& file, ReadView& view, Side side) const {
    EHC_ASSIGN_OR_RETURN(Opened<Delegations> opened,
                         FindMatterOf<Delegations>(view, id_, file.caller.agency(), side));
    EHC_RETURN_IF_ERROR(CheckEtag(etag_, opened.matter.revision));
    ++opened.matter.revision;
    return opened;
  }

 private:
  const MatterId id_;
  const std::string etag_;
};

class Accepting : public Moving {
 public:
  using Moving::Moving;

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Opened<Delegations> opened, Find(file, view, Side::kAddressee));
    if (StateAt(opened.body, file.received_at) != hub::v1::DELEGATION_STATE_OFFERED) {
      return StateConflict("name: is not offered, or not any more");
    }
    opened.body.set_accepted_by(file.caller.person()->user);
    *opened.body.mutable_accepted_at() = ToTimestamp(file.received_at);
    return PlanOf(file, opened);
  }
};

class EndingDelegation : public Moving {
 public:
  using Moving::Moving;

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Opened<Delegations> opened, Find(file, view, Side::kEither));
    if (opened.body.has_ended_at()) return StateConflict("name: has ended already");
    opened.body.set_ended_by(AgencyNameOf(file.caller.agency()));
    *opened.body.mutable_ended_at() = ToTimestamp(file.received_at);
    opened.matter.open = false;
    return PlanOf(file, opened);
  }
};

template <typename Moved, typename Req, typename Resp>
void Move(const Desks& desks, Incoming in, const char* method, const char* action,
          const Req& request, Reply<Resp> reply) {
  const MatterId id = ReadMatterName<Delegations>(desks, request.name());
  StartMutation<Resp>(desks, std::move(in),
                      MutationAsk(desks, method, action, request.request_id(), request),
                      std::make_shared<Moved>(desks.rooms.names, id, request.etag()),
                      ShapeFirstField<Resp>, std::move(reply));
}

}  // namespace

void AgencyAdmin::GrantDelegation(Incoming in, const hub::v1::GrantDelegationRequest& request,
                                  Reply<hub::v1::GrantDelegationResponse> reply) const {
  Ask ask =
      MutationAsk(desks_, "GrantDelegation", "delegation.grant", request.request_id(), request);
  ask.justification = request.delegation().reason();
  StartMutation<hub::v1::GrantDelegationResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<Granting>(desks_, calendar_, request.delegation()),
      ShapeFirstField<hub::v1::GrantDelegationResponse>, std::move(reply));
}

void AgencyAdmin::AcceptDelegation(Incoming in, const hub::v1::AcceptDelegationRequest& request,
                                   Reply<hub::v1::AcceptDelegationResponse> reply) const {
  Move<Accepting>(desks_, std::move(in), "AcceptDelegation", "delegation.accept", request,
                  std::move(reply));
}

void AgencyAdmin::EndDelegation(Incoming in, const hub::v1::EndDelegationRequest& request,
                                Reply<hub::v1::EndDelegationResponse> reply) const {
  Move<EndingDelegation>(desks_, std::move(in), "EndDelegation", "delegation.end", request,
                         std::move(reply));
}

void AgencyAdmin::ListDelegations(Incoming in, const hub::v1::ListDelegationsRequest& request,
                                  Reply<hub::v1::ListDelegationsResponse> reply) const {
  const Side side = request.received() ? Side::kAddressee : Side::kOpener;
  StartMatterList<Delegations>(
      desks_, std::move(in), "ListDelegations", "delegation.read", request, side,
      [this](const CaseFile& file, const Opened<Delegations>& opened) {
        return Show(desks_.rooms.names, file, opened);
      },
      std::move(reply));
}

}  // namespace ehc
