#include "server/services/subscriptions.h"

#include <utility>

#include "server/base/status_macros.h"
#include "server/services/matter_events.h"

namespace ehc {
namespace {

constexpr char kCollection[] = "subscriptions";
constexpr char kCursor[] = "notification cursor";

absl::StatusOr<StoredSubscription> Unseal(Matter matter) {
  StoredSubscription subscription;
  if (!subscription.body.ParseFromString(matter.body)) {
    return absl::DataLossError("a subscription's body");
  }
  matter.body.clear();
  subscription.matter = std::move(matter);
  return subscription;
}

// Whose records could be told of: the custodian stated, else the agreement's suppliers.
std::vector<AgencyId> SuppliersOf(const CaseFile& file, const store::v1::SubscriptionBody& body) {
  if (!body.custodian().empty()) return {AgencyId(body.custodian())};
  PolicyRequest request;
  ReadContext(body.context(), request);
  std::vector<AgencyId> suppliers;
  const AgreementSummary* agreement = PolicyOf(file).FindAgreement(request.agreement);
  if (agreement != nullptr) {
    for (const AgencyId& supplier : agreement->suppliers) {
      if (supplier != file.caller.agency()) suppliers.push_back(supplier);
    }
  }
  if (suppliers.empty()) suppliers.emplace_back();  // decided as it stands
  return suppliers;
}

absl::Status CheckMayFollow(const CaseFile& file, const store::v1::SubscriptionBody& body) {
  for (const int matter : body.matters()) {
    const FollowedMatter* followed = FindFollowed(static_cast<hub::v1::SubscribedMatter>(matter));
    if (followed != nullptr &&
        MayAct(file.caller, followed->action, file.received_at, PolicyOf(file))) {
      return absl::OkStatus();
    }
  }
  return RefusalError(absl::StatusCode::kPermissionDenied, "POLICY_DENIED",
                      "the acting person's role reads none of these matters");
}

}  // namespace

MatterId OpenSubscriptionName(const SubjectNames& names, absl::string_view name) {
  return names.OpenMatter(kCollection, name);
}

std::string SubscriptionName(const SubjectNames& names, MatterId id) {
  return names.MatterName(kCollection, id);
}

absl::StatusOr<StoredSubscription> FindSubscription(ReadView& view, MatterId id,
                                                    const AgencyId& agency) {
  EHC_ASSIGN_OR_RETURN(std::optional<Matter> matter, view.FindMatter(kSubscriptionKind, id));
  if (!matter.has_value() || matter->opener != agency || !matter->open) {
    return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                        "there is no such subscription of your agency");
  }
  return Unseal(*std::move(matter));
}

absl::StatusOr<std::vector<StoredSubscription>> ListSubscriptionsOf(ReadView& view,
                                                                    const AgencyId& agency,
                                                                    MatterId after, int limit) {
  MatterFilter filter;
  filter.kind = kSubscriptionKind;
  filter.opener = agency;
  filter.only_open = true;
  filter.after = after;
  filter.limit = limit;
  EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
  std::vector<StoredSubscription> subscriptions;
  for (Matter& matter : matters) {
    EHC_ASSIGN_OR_RETURN(subscriptions.emplace_back(), Unseal(std::move(matter)));
  }
  return subscriptions;
}

PutMatter PutSubscription(const StoredSubscription& subscription) {
  PutMatter put{subscription.matter};
  put.matter.body = subscription.body.SerializeAsString();
  return put;
}

hub::v1::Subscription ShowSubscription(const SubjectNames& names,
                                       const StoredSubscription& subscription) {
  const store::v1::SubscriptionBody& body = subscription.body;
  hub::v1::Subscription shown;
  shown.set_name(SubscriptionName(names, subscription.matter.id));
  *shown.mutable_record_types() = body.record_types();
  if (!body.custodian().empty()) shown.set_custodian("agencies/" + body.custodian());
  for (const int matter : body.matters()) {
    shown.add_matters(static_cast<hub::v1::SubscribedMatter>(matter));
  }
  if (body.has_context()) *shown.mutable_context() = body.context();
  shown.set_subject_count(static_cast<uint32_t>(body.subject_count()));
  *shown.mutable_created_at() = ToTimestamp(absl::FromUnixMillis(body.created_ms()));
  if (body.has_acknowledged()) {
    shown.set_acknowledged_cursor(
        SealCursor(names, subscription.matter.opener, body.acknowledged()));
  }
  shown.set_etag(EtagOf(subscription.matter.revision));
  return shown;
}

std::string SealCursor(const SubjectNames& names, const AgencyId& agency, int64_t index) {
  return names.SealPage(agency, kCursor, index);
}

std::optional<int64_t> OpenCursor(const SubjectNames& names, const AgencyId& agency,
                                  absl::string_view cursor) {
  return names.OpenPage(agency, kCursor, cursor);
}

Ask NoticeAsk(const store::v1::SubscriptionBody& body, const std::string& record_type,
              const AgencyId& custodian, SubjectRef subject) {
  Ask ask;
  ask.method = "StreamNotifications";
  ask.subject = std::move(subject);
  ReadContext(body.context(), ask.request);
  ask.request.disclosure = DisclosureKind::kNotify;
  ask.request.record_type = record_type;
  ask.request.custodian = custodian;
  return ask;
}

absl::Status CheckCouldBeTold(const Rooms& rooms, const CaseFile& file, ReadView& view,
                              const store::v1::SubscriptionBody& body) {
  if (!body.matters().empty()) return CheckMayFollow(file, body);
  std::vector<Ask> asks;
  for (const AgencyId& supplier : SuppliersOf(file, body)) {
    for (const std::string& type : body.record_types()) {
      asks.push_back(NoticeAsk(body, type, supplier, SubjectRef{}));
    }
  }
  EHC_ASSIGN_OR_RETURN(std::vector<Call> calls,
                       rooms.desk.OpenAll(file.call_id, file.caller, std::move(asks)));
  std::optional<Refusal> refusal;
  for (Call& call : calls) {
    EHC_ASSIGN_OR_RETURN(Informed informed, rooms.facts.Read(std::move(call), view));
    const Decided decided = rooms.judge.Decide(std::move(informed));
    const Decision& decision = decided.file().decision;
    if (DependsOnSubject(decision)) return absl::OkStatus();
    if (!refusal.has_value()) refusal = WireOutcome(decision, Presence::kAbsent);
  }
  return RefusalError(refusal->code, refusal->reason, refusal->message);
}

}  // namespace ehc
