// What an authority decided in a child's interests without their consent (SEND Regs 2014 reg 17).
#include <algorithm>
#include <utility>
#include <vector>

#include "server/model/deadline.h"
#include "server/pipeline/desk.h"
#include "server/pipeline/facts.h"
#include "server/policy/class_decisions.h"
#include "server/services/consent_desk.h"
#include "server/services/consent_items.h"
#include "server/services/consent_rules.h"

namespace ehc {
namespace {

using hub::v1::ClassDecision;
using hub::v1::StandingDecision;

struct StandingItems {
  using Item = store::v1::StandingDecisionItem;
  using Value = StandingDecision;
  static constexpr char kCollection[] = "standingDecisions";
  static auto* In(store::v1::Dossier& dossier) { return dossier.mutable_standing_decisions(); }
};

absl::Status CheckWords(const CaseFile& file, const StandingDecision& decision) {
  const PolicySnapshot& policy = PolicyOf(file);
  if (!policy.TakesStandingDecisions(decision.gateway())) {
    return FieldInvalid(
        "standing_decision.gateway: is none that a standing decision serves; state R17_INTERESTS");
  }
  for (const std::string& role : decision.roles()) {
    if (!policy.IsRole(role)) {
      return FieldInvalid("standing_decision.roles: is no role of the vocabulary");
    }
  }
  EHC_RETURN_IF_ERROR(CheckPurposes(file, decision.purposes(), "standing_decision.purposes"));
  return CheckScopes(file, decision.scopes(), "standing_decision.scopes");
}

absl::Status CheckDuration(const Desks& desks, const CaseFile& file, absl::Time from,
                           absl::Time until) {
  if (until <= file.received_at || until <= from) {
    return FieldInvalid("standing_decision.valid_until: has passed, or lies before it begins");
  }
  if (from < file.received_at - absl::Minutes(1)) {
    return FieldInvalid("standing_decision.valid_from: lies in the past; it counts from now on");
  }
  EHC_ASSIGN_OR_RETURN(const absl::Time latest,
                       ClockDue(file, desks.rooms.facts.calendar(), "STANDING_DECISION", from));
  if (until <= latest) return absl::OkStatus();
  return StateConflict(
      "standing_decision.valid_until: is later than the policy lets a decision last; make it again "
      "when it ends");
}

absl::Status CheckInterim(const Desks& desks, const CaseFile& file, const std::string& name) {
  if (name.empty()) return absl::OkStatus();
  const AgencyId& own = file.caller.agency();
  const ItemName item = ReadItemName(desks.rooms.names, own, name, ConsentItems::kCollection);
  store::v1::Dossier dossier = file.dossier;
  if (item.subject == file.searcher_subject &&
      FindNamed<ConsentItems>(file, dossier, item.number) != nullptr) {
    return absl::OkStatus();
  }
  return FieldInvalid(
      "standing_decision.interim_for: is no consent that your agency recorded for this child");
}

// One that adds, and one that ends. Both know the agencies of the hub.
class StandingRecording : public Mutation {
 public:
  StandingRecording(const Desks& desks, StandingDecision decision)
      : desks_(desks),
        decision_(std::move(decision)),
        edit_(desks.rooms.names, [this](const CaseFile& file, store::v1::Dossier& dossier) {
          return Adding<StandingItems>(Complete(file))(file, dossier);
        }) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_RETURN_IF_ERROR(CheckWords(file, decision_));
    EHC_RETURN_IF_ERROR(
        CheckAgencies(view, decision_.recipients(), "standing_decision.recipients"));
    const StandingDecision complete = Complete(file);
    EHC_RETURN_IF_ERROR(CheckDuration(desks_, file, FromTimestamp(complete.valid_from()),
                                      FromTimestamp(complete.valid_until())));
    EHC_RETURN_IF_ERROR(CheckInterim(desks_, file, decision_.interim_for()));
    return edit_.MakePlan(file, view);
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    return edit_.Recall(file, view, resource);
  }

 private:
  StandingDecision Complete(const CaseFile& file) const {
    StandingDecision complete = decision_;
    if (!complete.has_valid_from()) {
      *complete.mutable_valid_from() = ToTimestamp(file.received_at);
    }
    complete.set_decided_by_role(file.caller.person()->role);
    complete.set_decided_by(file.caller.person()->user);
    *complete.mutable_decided_at() = ToTimestamp(file.received_at);
    complete.clear_ended_at();
    complete.clear_end_reason();
    return complete;
  }

  const Desks& desks_;
  const StandingDecision decision_;
  const DossierEdit<StandingItems> edit_;
};

DossierEdit<StandingItems>::Edit EndingNow(int64_t number,
                                           const hub::v1::EndStandingDecisionRequest& request) {
  return [number, request](const CaseFile& file,
                           store::v1::Dossier& dossier) -> absl::StatusOr<int64_t> {
    auto* item = FindNamed<StandingItems>(file, dossier, number);
    if (item == nullptr) return NoSuchItem();
    EHC_RETURN_IF_ERROR(CheckEtag(request.etag(), item->origin().revision()));
    StandingDecision& value = *item->mutable_value();
    if (value.has_ended_at() || FromTimestamp(value.valid_until()) <= file.received_at) {
      return StateConflict("name: it has ended already");
    }
    *value.mutable_ended_at() = ToTimestamp(file.received_at);
    value.set_end_reason(request.reason());
    item->mutable_origin()->set_revision(item->origin().revision() + 1);
    return item->origin().number();
  };
}

ClassDecision ShowClass(const ClassDecisionTerms& terms) {
  ClassDecision out;
  out.set_id(terms.id);
  out.set_title(terms.title);
  out.set_reason(terms.reason);
  out.set_decided_by_role(terms.decided_by_role);
  out.set_gateway(terms.gateway);
  for (const std::string& role : terms.roles) out.add_roles(role);
  for (const std::string& purpose : terms.purposes) out.add_purposes(purpose);
  hub::v1::ConsentScope& scope = *out.add_scopes();
  scope.set_record_type(terms.record_type);
  for (const std::string& part : terms.parts) scope.add_parts(part);
  out.set_valid_from(FormatDate(LondonDate(terms.from)));
  out.set_valid_until(FormatDate(LastDayBefore(terms.until)));
  return out;
}

using Resp = hub::v1::ListStandingDecisionsResponse;

// A page of the child's, and on the first page those for every child.
class StandingLister : public RecordSource<Resp> {
 public:
  StandingLister(const SubjectNames& names, std::string list, int64_t after,
                 const hub::v1::ListStandingDecisionsRequest& request)
      : names_(names), list_(std::move(list)), after_(after), request_(request) {}

 private:
  absl::StatusOr<std::optional<Resp>> Fetch(const CaseFile& file, ReadView&) const override {
    Resp response;
    if (after_ == 0) AddClass(file, response);
    if (request_.subject().empty()) return response;
    if (!file.facts.subject_known) return std::nullopt;
    const int size = PageSize(request_.page_size());
    int64_t last = 0;
    for (const store::v1::StandingDecisionItem& item : file.dossier.standing_decisions()) {
      if (item.origin().agency() != file.caller.agency().value()) continue;
      if (item.origin().number() <= after_ || !IsWanted(item.value(), file.received_at)) continue;
      if (response.standing_decisions_size() == size) {
        response.set_next_page_token(names_.SealPage(file.caller.agency(), list_, last));
        break;
      }
      last = item.origin().number();
      *response.add_standing_decisions() = Show<StandingItems>(item, file, names_);
    }
    return response;
  }

  bool IsWanted(const StandingDecision& value, absl::Time now) const {
    return request_.include_ended() ||
           (!value.has_ended_at() && FromTimestamp(value.valid_until()) > now);
  }

  void AddClass(const CaseFile& file, Resp& response) const {
    for (const ClassDecisionTerms& terms : ClassDecisionsOf(PolicyOf(file), file.caller.agency())) {
      if (!request_.include_ended() && terms.until <= file.received_at) continue;
      *response.add_class_decisions() = ShowClass(terms);
    }
  }

  const SubjectNames& names_;
  const std::string list_;
  const int64_t after_;
  const hub::v1::ListStandingDecisionsRequest request_;
};

template <typename Response>
void ShapeStanding(const Audited<Written>& audited, const Rooms&, Response& response) {
  response.mutable_standing_decision()->CopyFrom(*audited.value().value);
}

}  // namespace

void ConsentDesk::RecordStandingDecision(
    Incoming in, const hub::v1::RecordStandingDecisionRequest& request,
    Reply<hub::v1::RecordStandingDecisionResponse> reply) const {
  auto ask = ItemAsk(desks_, in.caller, "RecordStandingDecision", "standing_decision.record",
                     request, request.subject());
  if (ask.ok()) ask->justification = request.standing_decision().reason();
  StartMutation<hub::v1::RecordStandingDecisionResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<StandingRecording>(desks_, request.standing_decision()), ShapeStanding,
      std::move(reply));
}

void ConsentDesk::EndStandingDecision(Incoming in,
                                      const hub::v1::EndStandingDecisionRequest& request,
                                      Reply<hub::v1::EndStandingDecisionResponse> reply) const {
  const ItemName name = ReadItemName(desks_.rooms.names, in.caller.agency(), request.name(),
                                     StandingItems::kCollection);
  auto ask = ItemAsk(desks_, in.caller, "EndStandingDecision", "standing_decision.record", request,
                     name.subject);
  if (ask.ok()) ask->justification = request.reason();
  StartMutation<hub::v1::EndStandingDecisionResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<DossierEdit<StandingItems>>(desks_.rooms.names,
                                                   EndingNow(name.number, request)),
      ShapeStanding, std::move(reply));
}

void ConsentDesk::ListStandingDecisions(Incoming in,
                                        const hub::v1::ListStandingDecisionsRequest& request,
                                        Reply<Resp> reply) const {
  const std::string list = PageListOf(desks_, StandingItems::kCollection, request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  absl::StatusOr<Ask> ask;
  if (request.subject().empty()) {
    ask = Ask();
    ask->method = "ListStandingDecisions";
    ask->action = "standing_decision.read";
    ask->request.custodian = in.caller.agency();
  } else {
    ask = OwnReadingAsk(desks_, in.caller, "ListStandingDecisions", "standing_decision.read",
                        request.subject());
  }
  auto source = std::make_shared<StandingLister>(desks_.rooms.names, list, *after, request);
  StartDisclosure<Resp, Resp>(desks_, std::move(in), std::move(ask), *source, ShapeWhole<Resp>,
                              [source, reply = std::move(reply)](Answer<Resp> answer) mutable {
                                reply(std::move(answer));
                              });
}

}  // namespace ehc
