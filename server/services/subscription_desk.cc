#include "server/services/subscription_desk.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/status_macros.h"
#include "server/services/agreement_views.h"
#include "server/services/dossier_items.h"
#include "server/services/notification_stream.h"
#include "server/services/subscriptions.h"

namespace ehc {
namespace {

constexpr char kManage[] = "subscription.manage";
constexpr char kList[] = "subscriptions";

Written Describe(const Rooms& rooms, const StoredSubscription& subscription) {
  return Written{
      absl::StrCat("matter/", subscription.matter.id.value), subscription.matter.revision,
      std::make_unique<hub::v1::Subscription>(ShowSubscription(rooms.names, subscription)), false};
}

MatterId MatterIn(absl::string_view resource) {
  MatterId id;
  absl::ConsumePrefix(&resource, "matter/");
  if (!absl::SimpleAtoi(resource, &id.value)) return {};
  return id;
}

class SubscriptionMutation : public Mutation {
 public:
  explicit SubscriptionMutation(const Rooms& rooms) : rooms_(rooms) {}

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const StoredSubscription subscription,
                         FindSubscription(view, MatterIn(resource), file.caller.agency()));
    return Describe(rooms_, subscription);
  }

 protected:
  const Rooms& rooms_;
};

class Creation : public SubscriptionMutation {
 public:
  Creation(const Rooms& rooms, store::v1::SubscriptionBody body)
      : SubscriptionMutation(rooms), body_(std::move(body)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    const AgencyId& agency = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(const auto others,
                         ListSubscriptionsOf(view, agency, MatterId{}, kMostSubscriptions));
    if (static_cast<int>(others.size()) >= kMostSubscriptions) {
      return RefusalError(absl::StatusCode::kResourceExhausted, "QUOTA_EXCEEDED",
                          "your agency has as many subscriptions as it may; end one first");
    }
    EHC_RETURN_IF_ERROR(CheckCouldBeTold(rooms_, file, view, body_));
    StoredSubscription made{{}, body_};
    EHC_ASSIGN_OR_RETURN(made.matter.id, rooms_.store.NewMatterId());
    made.matter.kind = kSubscriptionKind;
    made.matter.opener = agency;
    made.matter.addressee = agency;
    made.matter.revision = 1;
    made.matter.open = true;
    made.body.set_created_ms(absl::ToUnixMillis(file.received_at));
    made.body.set_acknowledged(static_cast<int64_t>(view.position()) - 1);
    Plan plan;
    plan.written = Describe(rooms_, made);
    plan.changes.push_back(PutSubscription(made));
    return plan;
  }

 private:
  const store::v1::SubscriptionBody body_;
};

// Changes one of the caller's own.
class Edit : public SubscriptionMutation {
 public:
  using Change = std::function<void(StoredSubscription&)>;
  Edit(const Rooms& rooms, MatterId id, Change change)
      : SubscriptionMutation(rooms), id_(id), change_(std::move(change)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(StoredSubscription subscription,
                         FindSubscription(view, id_, file.caller.agency()));
    ++subscription.matter.revision;
    change_(subscription);
    Plan plan;
    plan.written = Describe(rooms_, subscription);
    plan.changes.push_back(PutSubscription(subscription));
    return plan;
  }

 private:
  const MatterId id_;
  const Change change_;
};

// One that is ended is not there any more when its ending is repeated.
class LastEdit : public Edit {
 public:
  using Edit::Edit;
  absl::StatusOr<Written> Recall(const CaseFile&, ReadView&,
                                 const std::string& resource) const override {
    return Written{resource, 0, std::make_unique<hub::v1::Subscription>(), true};
  }
};

template <typename Resp>
void ShapeSubscription(const Audited<Written>& audited, const Rooms&, Resp& response) {
  response.mutable_subscription()->CopyFrom(*audited.value().value);
}
void ShapeEnded(const Audited<Written>&, const Rooms&, hub::v1::DeleteSubscriptionResponse&) {}

template <typename Req>
Ask ManageAsk(const Desks& desks, const Caller& caller, const char* method, const Req& request) {
  Ask ask = MutationAsk(desks, method, kManage, request.request_id(), request);
  ask.request.custodian = caller.agency();
  return ask;
}

absl::Status AddSubject(const Desks& desks, const Caller& caller, const std::string& reference,
                        const std::string& field, store::v1::SubscriptionBody& body) {
  EHC_ASSIGN_OR_RETURN(const SubjectRef ref, ReadSubject(desks, caller, reference, field));
  if (ref.identifier.has_value()) {
    body.add_identifiers(FormatSubjectName(*ref.identifier));
  } else if (ref.subject.value_or(SubjectId{}).known()) {
    body.add_subjects(ref.subject->value);
  }
  return absl::OkStatus();
}

// Of its own matters an agency is told of all of a kind, whoever the child is.
absl::StatusOr<store::v1::SubscriptionBody> BodyOfMatters(
    const hub::v1::CreateSubscriptionRequest& request) {
  const hub::v1::Subscription& wanted = request.subscription();
  if (!wanted.record_types().empty() || !wanted.custodian().empty() || wanted.has_context() ||
      !request.subjects().empty()) {
    return FieldInvalid(
        "subscription.matters: names no record types, custodian, ground or children; make a "
        "subscription of its own for those");
  }
  store::v1::SubscriptionBody body;
  body.mutable_matters()->Assign(wanted.matters().begin(), wanted.matters().end());
  return body;
}

absl::StatusOr<store::v1::SubscriptionBody> BodyOf(
    const Desks& desks, const Caller& caller, const hub::v1::CreateSubscriptionRequest& request) {
  const hub::v1::Subscription& wanted = request.subscription();
  if (!wanted.matters().empty()) return BodyOfMatters(request);
  if (wanted.record_types().empty()) {
    return FieldInvalid("subscription.record_types: is left out, and so are matters; name some");
  }
  if (!wanted.has_context()) {
    return FieldInvalid("subscription.context: is left out; say on what ground you are told");
  }
  if (request.subjects().empty()) {
    return FieldInvalid("subjects: are left out; name at least one child");
  }
  if (wanted.context().has_break_glass()) {
    return FieldInvalid(
        "subscription.context.break_glass: an emergency is one child and one answer; leave it out");
  }
  if (!wanted.context().on_behalf_of().empty()) {
    return FieldInvalid(
        "subscription.context.on_behalf_of: one subscribes for one's own agency; leave it out");
  }
  store::v1::SubscriptionBody body;
  *body.mutable_record_types() = wanted.record_types();
  body.set_custodian(ReadAgency(wanted.custodian()).value());
  *body.mutable_context() = wanted.context();
  body.set_subject_count(request.subjects_size());
  for (int i = 0; i < request.subjects_size(); ++i) {
    EHC_RETURN_IF_ERROR(
        AddSubject(desks, caller, request.subjects(i), absl::StrCat("subjects[", i, "]"), body));
  }
  return body;
}

absl::Status NoSuchCursor() {
  return FieldInvalid("cursor: is not one that your agency was given");
}

}  // namespace

void SubscriptionDesk::CreateSubscription(Incoming in,
                                          const hub::v1::CreateSubscriptionRequest& request,
                                          Reply<hub::v1::CreateSubscriptionResponse> reply) const {
  auto body = BodyOf(desks_, in.caller, request);
  if (!body.ok()) return Fail(in.call_id, body.status(), std::move(reply));
  Ask ask = ManageAsk(desks_, in.caller, "CreateSubscription", request);
  ask.validate_only = request.validate_only();
  StartMutation<hub::v1::CreateSubscriptionResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<Creation>(desks_.rooms, *std::move(body)),
      ShapeSubscription<hub::v1::CreateSubscriptionResponse>, std::move(reply));
}

void SubscriptionDesk::ListSubscriptions(Incoming in,
                                         const hub::v1::ListSubscriptionsRequest& request,
                                         Reply<hub::v1::ListSubscriptionsResponse> reply) const {
  auto after = ReadPageToken(desks_, in.caller, kList, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  const int size = PageSize(request.page_size());
  StartReading<hub::v1::ListSubscriptionsResponse>(
      desks_, std::move(in), "ListSubscriptions", kManage,
      [this, from = MatterId{*after}, size](const CaseFile& file, ReadView& view)
          -> absl::StatusOr<hub::v1::ListSubscriptionsResponse> {
        const AgencyId& agency = file.caller.agency();
        EHC_ASSIGN_OR_RETURN(const auto found, ListSubscriptionsOf(view, agency, from, size + 1));
        hub::v1::ListSubscriptionsResponse response;
        for (const StoredSubscription& one : found) {
          if (response.subscriptions_size() == size) {
            response.set_next_page_token(desks_.rooms.names.SealPage(
                agency, kList, found[static_cast<size_t>(size) - 1].matter.id.value));
            break;
          }
          *response.add_subscriptions() = ShowSubscription(desks_.rooms.names, one);
        }
        return response;
      },
      std::move(reply));
}

void SubscriptionDesk::DeleteSubscription(Incoming in,
                                          const hub::v1::DeleteSubscriptionRequest& request,
                                          Reply<hub::v1::DeleteSubscriptionResponse> reply) const {
  Ask ask = ManageAsk(desks_, in.caller, "DeleteSubscription", request);
  auto ending = std::make_shared<LastEdit>(
      desks_.rooms, OpenSubscriptionName(desks_.rooms.names, request.name()),
      [](StoredSubscription& subscription) {
        subscription.matter.open = false;
        subscription.body.clear_identifiers();  // nobody needs the list any more
        subscription.body.clear_subjects();
      });
  StartMutation<hub::v1::DeleteSubscriptionResponse>(
      desks_, std::move(in), std::move(ask), std::move(ending), ShapeEnded, std::move(reply));
}

void SubscriptionDesk::AcknowledgeNotifications(
    Incoming in, const hub::v1::AcknowledgeNotificationsRequest& request,
    Reply<hub::v1::AcknowledgeNotificationsResponse> reply) const {
  const auto index = OpenCursor(desks_.rooms.names, in.caller.agency(), request.cursor());
  if (!index.has_value()) return Fail(in.call_id, NoSuchCursor(), std::move(reply));
  Ask ask = ManageAsk(desks_, in.caller, "AcknowledgeNotifications", request);
  auto edit = std::make_shared<Edit>(
      desks_.rooms, OpenSubscriptionName(desks_.rooms.names, request.name()),
      [index = *index](StoredSubscription& subscription) {
        subscription.body.set_acknowledged(std::max(subscription.body.acknowledged(), index));
        subscription.body.set_has_acknowledged(true);
      });
  StartMutation<hub::v1::AcknowledgeNotificationsResponse>(
      desks_, std::move(in), std::move(ask), std::move(edit),
      ShapeSubscription<hub::v1::AcknowledgeNotificationsResponse>, std::move(reply));
}

std::unique_ptr<AnswerStream<hub::v1::StreamNotificationsResponse>>
SubscriptionDesk::StreamNotifications(Incoming in,
                                      const hub::v1::StreamNotificationsRequest& request) const {
  using Refused = RefusedStream<hub::v1::StreamNotificationsResponse>;
  const SubjectNames& names = desks_.rooms.names;
  NotificationStream::Start start;
  if (!request.cursor().empty()) {
    start.after = OpenCursor(names, in.caller.agency(), request.cursor());
    if (!start.after.has_value()) return std::make_unique<Refused>(in.call_id, NoSuchCursor());
  }
  if (!request.subscription().empty()) {
    start.only = OpenSubscriptionName(names, request.subscription());
  }
  return std::make_unique<NotificationStream>(desks_, std::move(in), start);
}

}  // namespace ehc
