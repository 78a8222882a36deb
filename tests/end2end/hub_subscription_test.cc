// Being told of changes, over real TLS, a real store and real restarts: nothing is lost, the order
// per child holds, and nobody hears of a child that is not theirs.
#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "ehchub/subscription_client.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using ehchub::NotificationReader;
using ehchub::SubscriptionClient;
using Told = v1::StreamNotificationsResponse;

constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr absl::Duration kQuiet = absl::Milliseconds(1500);  // longer than a stream's own look

v1::CreateSubscriptionRequest SubscriptionTo(const std::vector<std::string>& subjects) {
  v1::CreateSubscriptionRequest request;
  v1::Subscription& wanted = *request.mutable_subscription();
  wanted.add_record_types("EHC_PLAN");
  v1::DisclosureContext& context = *wanted.mutable_context();
  context.set_purpose("STATUTORY_COPY");
  context.set_lawful_basis("ART6_1_C");
  context.set_agreement("agreements/bromley-icb-statutory-copy");
  for (const std::string& subject : subjects) request.add_subjects(subject);
  return request;
}

v1::CreateSubscriptionRequest SchoolSubscriptionTo(const std::string& subject) {
  v1::CreateSubscriptionRequest request = SubscriptionTo({subject});
  request.mutable_subscription()->mutable_context()->set_agreement("agreements/bromley-schools");
  return request;
}

v1::StreamNotificationsRequest From(const std::string& subscription,
                                    const std::string& cursor = "") {
  v1::StreamNotificationsRequest request;
  request.set_subscription(subscription);
  request.set_cursor(cursor);
  return request;
}

class SubscriptionTest : public HubTest {
 protected:
  ~SubscriptionTest() override {
    for (const auto& [client, name] : made_) {
      v1::DeleteSubscriptionRequest end;
      end.set_name(name);
      (void)client.DeleteSubscription(end);
    }
  }

  std::string Subscribe(const SubscriptionClient& client,
                        const v1::CreateSubscriptionRequest& request) {
    const auto made = client.CreateSubscription(request);
    EXPECT_TRUE(made.ok()) << made.status();
    if (!made.ok()) return "";
    made_.emplace_back(client, made->subscription().name());
    return made->subscription().name();
  }
  std::string NewCommissionedChild() {
    const std::string child = NewChild();
    EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
    return child;
  }
  void Publish(const std::string& child, const std::string& marker) {
    const auto done =
        caseworker_.records.PublishPlan(PlanOf(child, marker, absl::StrCat("plan of ", child)));
    EXPECT_TRUE(done.ok()) << done.status();
  }
  static std::vector<Told> Hear(NotificationReader& reader, size_t count) {
    std::vector<Told> heard;
    while (heard.size() < count) {
      auto next = reader.Next(kPatience);
      EXPECT_TRUE(next.ok()) << next.status();
      if (!next.ok()) break;
      heard.push_back(*std::move(next));
    }
    return heard;
  }
  static std::string Silence(NotificationReader& reader) {
    const auto next = reader.Next(kQuiet);
    return next.ok() ? "told of " + next->notification().record_type()
                     : absl::StatusCodeToString(next.status().code());
  }
  void Acknowledge(const SubscriptionClient& client, const Told& told) {
    v1::AcknowledgeNotificationsRequest request;
    request.set_name(told.notification().subscription());
    request.set_cursor(told.notification().cursor());
    EXPECT_EQ(ReasonIn(client.AcknowledgeNotifications(request)), "OK");
  }

  const SubscriptionClient board_{commissioner_.hub};

 private:
  std::vector<std::pair<SubscriptionClient, std::string>> made_;
};

TEST_F(SubscriptionTest, ChangeIsToldWithoutAWordOfItAndEachTellingIsInTheLog) {
  const std::string child = NewCommissionedChild();
  const std::string name = Subscribe(board_, SubscriptionTo({child}));
  NotificationReader reader = board_.Notifications(From(name));
  EXPECT_EQ(Silence(reader), "DEADLINE_EXCEEDED") << "what was there before is not told";
  Publish(child, "second wording");
  const std::vector<Told> heard = Hear(reader, 1);
  ASSERT_THAT(heard, SizeIs(1));
  const v1::Notification& told = heard[0].notification();
  EXPECT_EQ(told.subscription(), name);
  EXPECT_EQ(told.record_type(), "EHC_PLAN");
  EXPECT_NE(told.cursor(), "");
  EXPECT_EQ(heard[0].disclosure().receipt().leaf_hash().size(), 32u);
  EXPECT_EQ(heard[0].disclosure().custodian(), "");
  EXPECT_EQ(heard[0].disclosure().record(), "");
  EXPECT_THAT(heard[0].SerializeAsString(), ::testing::Not(::testing::HasSubstr("second wording")));
  EXPECT_THAT(heard[0].SerializeAsString(), ::testing::Not(::testing::HasSubstr("bromley#")))
      << "no obligation of this clause";
  EXPECT_TRUE(commissioner_.hub.SettleReceipts().ok()) << "the log holds it";
  // The name is the agency's own: it fetches by it.
  EXPECT_EQ(ReasonIn(commissioner_.records.GetPlan(
                PlanForCommissioner(told.subject(), {v1::PLAN_SECTION_CODE_C}))),
            "OK");
  EXPECT_EQ(Silence(reader), "DEADLINE_EXCEEDED") << "once";
}

TEST_F(SubscriptionTest, IdleStreamIsWokenByTheChange) {
  const std::string child = NewCommissionedChild();
  NotificationReader reader =
      board_.Notifications(From(Subscribe(board_, SubscriptionTo({child}))));
  EXPECT_EQ(Silence(reader), "DEADLINE_EXCEEDED");
  const absl::Time before = absl::Now();
  Publish(child, "v2");
  const absl::Time published = absl::Now();
  EXPECT_THAT(Hear(reader, 1), SizeIs(1));
  std::cout << "told " << absl::Now() - published << " after the publication was acknowledged, "
            << absl::Now() - before << " after it was sent\n";
}

TEST_F(SubscriptionTest, ForbiddenUnknownAndSeveredChildrenAreAcceptedAlikeAndNeverHeardOf) {
  const std::string forbidden = NewChild();  // not its commissioner
  const int unknown = NewSerial();
  const std::string hidden = NewCommissionedChild();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(hidden))), "OK");
  const std::string known = NewCommissionedChild();
  std::set<std::string> answers;
  for (const std::string& child : {forbidden, SubjectOf(unknown), hidden, known}) {
    v1::CreateSubscriptionRequest request = SubscriptionTo({child});
    request.set_validate_only(true);
    const auto made = board_.CreateSubscription(request);
    ASSERT_TRUE(made.ok()) << made.status();
    v1::Subscription shown = made->subscription();
    shown.clear_name();
    shown.clear_created_at();
    answers.insert(shown.SerializeAsString());
  }
  EXPECT_THAT(answers, SizeIs(1));
  const std::string name =
      Subscribe(board_, SubscriptionTo({forbidden, SubjectOf(unknown), hidden}));
  NotificationReader reader = board_.Notifications(From(name));
  Publish(forbidden, "v2");
  Publish(hidden, "v2");
  EXPECT_EQ(Silence(reader), "DEADLINE_EXCEEDED");
  // Once the child is known and the reader its commissioner, it is heard of.
  MakeChild(caseworker_, unknown);
  EXPECT_EQ(Silence(reader), "DEADLINE_EXCEEDED");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(SubjectOf(unknown)))),
            "OK");
  Publish(SubjectOf(unknown), "v2");
  EXPECT_THAT(Hear(reader, 1), SizeIs(1));
}

TEST_F(SubscriptionTest, WhatMayNoLongerBeToldAtDeliveryIsLeftOutWithoutATrace) {
  const std::string first = NewCommissionedChild();
  const std::string second = NewCommissionedChild();
  const std::string name = Subscribe(board_, SubscriptionTo({first, second}));
  Publish(first, "v2");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(first))), "OK");
  Publish(second, "v2");
  NotificationReader reader = board_.Notifications(From(name));
  const std::vector<Told> heard = Hear(reader, 1);
  ASSERT_THAT(heard, SizeIs(1));
  EXPECT_EQ(ReasonIn(commissioner_.records.GetPlan(
                PlanForCommissioner(heard[0].notification().subject(), {v1::PLAN_SECTION_CODE_F}))),
            "OK");
  EXPECT_EQ(Silence(reader), "DEADLINE_EXCEEDED");
}

TEST_F(SubscriptionTest, NothingCouldEverBeToldIsRefusedAtOnce) {
  v1::CreateSubscriptionRequest wrong = SubscriptionTo({SubjectOf(NewSerial())});
  wrong.mutable_subscription()->mutable_context()->set_purpose("DIRECT_CARE");
  EXPECT_EQ(ReasonIn(board_.CreateSubscription(wrong)), "POLICY_DENIED");
  wrong = SubscriptionTo({SubjectOf(NewSerial())});
  wrong.mutable_subscription()->mutable_context()->set_agreement("agreements/none");
  EXPECT_NE(ReasonIn(board_.CreateSubscription(wrong)), "OK");
  wrong = SubscriptionTo({"nhs:123"});
  EXPECT_EQ(ReasonIn(board_.CreateSubscription(wrong)), "FIELD_INVALID");
  wrong = SubscriptionTo({});
  EXPECT_EQ(ReasonIn(board_.CreateSubscription(wrong)), "FIELD_INVALID");
  wrong = SubscriptionTo(std::vector<std::string>(5001, SubjectOf(1)));
  EXPECT_EQ(ReasonIn(board_.CreateSubscription(wrong)), "FIELD_INVALID");
}

TEST_F(SubscriptionTest, SubscriptionsAreListedForTheirAgencyAloneAndEnd) {
  const std::string child = NewCommissionedChild();
  const std::string name = Subscribe(board_, SubscriptionTo({child}));
  const auto listed = board_.ListSubscriptions({});
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_THAT(listed->subscriptions(), SizeIs(1));
  EXPECT_EQ(listed->subscriptions(0).name(), name);
  EXPECT_EQ(listed->subscriptions(0).subject_count(), 1u);

  const SubscriptionClient school(world().As(kSenco).hub);
  EXPECT_THAT(school.ListSubscriptions({})->subscriptions(), IsEmpty());
  v1::DeleteSubscriptionRequest end;
  end.set_name(name);
  EXPECT_EQ(ReasonIn(school.DeleteSubscription(end)), "RESOURCE_NOT_FOUND");
  NotificationReader theirs = school.Notifications(From(name));
  EXPECT_EQ(ReasonIn(theirs.Next(kPatience)), "RESOURCE_NOT_FOUND");

  NotificationReader reader = board_.Notifications(From(name));
  EXPECT_EQ(Silence(reader), "DEADLINE_EXCEEDED");
  EXPECT_EQ(ReasonIn(board_.DeleteSubscription(end)), "OK");
  EXPECT_EQ(ReasonIn(board_.DeleteSubscription(end)), "RESOURCE_NOT_FOUND");
  Publish(child, "v2");
  EXPECT_EQ(ReasonIn(reader.Next(kPatience)), "RESOURCE_NOT_FOUND");
  EXPECT_THAT(board_.ListSubscriptions({})->subscriptions(), IsEmpty());
}

TEST_F(SubscriptionTest, CursorOfAnotherAgencyIsNoCursor) {
  const std::string child = NewCommissionedChild();
  const std::string name = Subscribe(board_, SubscriptionTo({child}));
  Publish(child, "v2");
  NotificationReader reader = board_.Notifications(From(name));
  const std::vector<Told> heard = Hear(reader, 1);
  ASSERT_THAT(heard, SizeIs(1));
  const std::string cursor = heard[0].notification().cursor();

  const Clients senco = world().As(kSenco);
  const SubscriptionClient school(senco.hub);
  const std::string own = Subscribe(school, SchoolSubscriptionTo(child));
  NotificationReader stolen = school.Notifications(From(own, cursor));
  EXPECT_EQ(ReasonIn(stolen.Next(kPatience)), "FIELD_INVALID");
  v1::AcknowledgeNotificationsRequest acknowledge;
  acknowledge.set_name(own);
  acknowledge.set_cursor(cursor);
  EXPECT_EQ(ReasonIn(school.AcknowledgeNotifications(acknowledge)), "FIELD_INVALID");
  acknowledge.set_name(name);
  EXPECT_EQ(ReasonIn(board_.AcknowledgeNotifications(acknowledge)), "OK");
}

TEST_F(SubscriptionTest, TwoStreamsOfAnAgencyHearTheSameAndAcknowledgementIsRemembered) {
  const std::string child = NewCommissionedChild();
  const std::string name = Subscribe(board_, SubscriptionTo({child}));
  NotificationReader one = board_.Notifications(From(name));
  NotificationReader all = board_.Notifications(From(""));
  for (int version = 2; version < 5; ++version) Publish(child, absl::StrCat("v", version));
  const std::vector<Told> heard = Hear(one, 3);
  const std::vector<Told> also_heard = Hear(all, 3);
  ASSERT_THAT(heard, SizeIs(3));
  ASSERT_THAT(also_heard, SizeIs(3));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(heard[i].notification().cursor(), also_heard[i].notification().cursor());
    EXPECT_NE(heard[i].disclosure().decision_id(), also_heard[i].disclosure().decision_id());
  }
  Acknowledge(board_, heard[1]);
  Acknowledge(board_, heard[0]);  // an older one changes nothing
  NotificationReader later = board_.Notifications(From(name));
  const std::vector<Told> rest = Hear(later, 1);
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_EQ(rest[0].notification().cursor(), heard[2].notification().cursor());
  EXPECT_EQ(Silence(later), "DEADLINE_EXCEEDED");
}

TEST_F(SubscriptionTest, NothingIsLostAndTheOrderHoldsAcrossRestarts) {
  constexpr int kChildren = 3;
  constexpr int kVersions = 12;
  std::vector<std::string> children;
  for (int i = 0; i < kChildren; ++i) children.push_back(NewCommissionedChild());
  const std::string name = Subscribe(board_, SubscriptionTo(children));
  ehchub::Options patient = HubWorld::Options();
  patient.max_attempts = 50;
  const Clients writer = world().As(kCaseworker, patient);
  const Clients listener = world().As(kCommissioner, patient);
  std::thread publishing([&] {
    for (int version = 2; version < 2 + kVersions; ++version) {
      for (const std::string& child : children) {
        const auto done = writer.records.PublishPlan(
            PlanOf(child, absl::StrCat("v", version), absl::StrCat("plan of ", child)));
        EXPECT_TRUE(done.ok()) << done.status();
      }
    }
  });
  const SubscriptionClient client(listener.hub);
  NotificationReader reader = client.Notifications(From(name));
  std::map<std::string, int> heard;
  std::set<std::string> cursors;
  for (int told = 0; told < kChildren * kVersions;) {
    if (told == 8 || told == 20) world().Restart();
    const auto next = reader.Next(kPatience);
    ASSERT_TRUE(next.ok()) << next.status() << " after " << told;
    // At least once: what was told before the restart may come again, by the same cursor.
    if (!cursors.insert(next->notification().cursor()).second) continue;
    ++told;
    ++heard[next->notification().subject()];
    if (told % 5 == 0) Acknowledge(client, *next);
  }
  publishing.join();
  EXPECT_THAT(heard, SizeIs(kChildren));
  for (const auto& [subject, count] : heard) EXPECT_EQ(count, kVersions);
  EXPECT_EQ(Silence(reader), "DEADLINE_EXCEEDED");
}

TEST_F(SubscriptionTest, TooManySubscriptionsAreRefused) {
  const std::string child = SubjectOf(NewSerial());
  for (int i = 0; i < 50; ++i) ASSERT_NE(Subscribe(board_, SubscriptionTo({child})), "");
  EXPECT_EQ(ReasonIn(board_.CreateSubscription(SubscriptionTo({child}))), "QUOTA_EXCEEDED");
}

}  // namespace
}  // namespace ehc
