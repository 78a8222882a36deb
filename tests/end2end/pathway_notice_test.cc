// What parties of referrals, verifications and reviews are told of through their subscriptions, and
// what nobody else hears of.
#include "ehchub/subscription_client.h"
#include "tests/end2end/pathway_world.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using ehchub::NotificationReader;
using ehchub::SubscriptionClient;
using Told = v1::StreamNotificationsResponse;

constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr absl::Duration kQuiet = absl::Milliseconds(1500);  // longer than a stream's own look

class PathwayNoticeTest : public PathwayTest {
 protected:
  static v1::CreateSubscriptionRequest To(std::initializer_list<v1::SubscribedMatter> matters) {
    v1::CreateSubscriptionRequest request;
    for (const v1::SubscribedMatter matter : matters) {
      request.mutable_subscription()->add_matters(matter);
    }
    return request;
  }
  static std::string Follow(const Persona& as,
                            std::initializer_list<v1::SubscribedMatter> matters) {
    const auto made = SubscriptionClient(As(as).hub).CreateSubscription(To(matters));
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->subscription().name() : "";
  }
  static NotificationReader Reader(const Persona& as, const std::string& subscription) {
    v1::StreamNotificationsRequest from;
    from.set_subscription(subscription);
    return SubscriptionClient(As(as).hub).Notifications(from);
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
  static std::vector<v1::NotifiedEvent> EventsOf(const std::vector<Told>& heard,
                                                 const std::string& matter) {
    std::vector<v1::NotifiedEvent> events;
    for (const Told& told : heard) {
      EXPECT_EQ(told.notification().matter(), matter);
      EXPECT_EQ(told.notification().record_type(), "");
      EXPECT_EQ(told.disclosure().receipt().leaf_hash().size(), 32u);
      EXPECT_EQ(told.disclosure().custodian(), "") << "not who did it";
      events.push_back(told.notification().event());
    }
    return events;
  }
  static std::string Silence(NotificationReader& reader) {
    const auto next = reader.Next(kQuiet);
    return next.ok() ? "told: " + next->notification().ShortDebugString()
                     : absl::StatusCodeToString(next.status().code());
  }

  static absl::StatusOr<v1::RecordReviewResponse> HoldForBromley(const std::string& child,
                                                                 const std::string& record) {
    v1::RecordReviewRequest request;
    request.set_unit(kKeyWorker.unit);
    request.set_subject(child);
    v1::Review& review = *request.mutable_review();
    review.set_kind(v1::REVIEW_KIND_LOOKED_AFTER);
    review.set_held_on(Day());
    review.set_conclusion("goes on as it is");
    review.set_child_reference(child);
    review.set_to("agencies/bromley");
    review.set_to_unit("social-care");
    review.set_record(record);
    return Paths(kKeyWorker).RecordReview(request);
  }
};

TEST_F(PathwayNoticeTest, ReviewHeldForAnAuthorityIsToldToItAndItsHolderAndToNobodyElse) {
  const std::string child = Registered(kKeyWorker);
  const auto own = {v1::SUBSCRIBED_MATTER_REVIEW};
  NotificationReader authority = Reader(kSocialWorker, Follow(kSocialWorker, own));
  NotificationReader holder = Reader(kKeyWorker, Follow(kKeyWorker, own));
  NotificationReader other_unit = Reader(kCaseworker, Follow(kCaseworker, own));
  NotificationReader other_agency = Reader(kEnfieldWorker, Follow(kEnfieldWorker, own));
  EXPECT_EQ(Silence(authority), "DEADLINE_EXCEEDED");

  const auto held = HoldForBromley(child, "records/aaaaaaaaaaaaaaaaaaaaaaaaaa");
  ASSERT_TRUE(held.ok()) << held.status();
  const auto copy = Paths(kSocialWorker).ListReviews(v1::ListReviewsRequest());
  ASSERT_TRUE(copy.ok() && copy->reviews_size() == 1) << copy.status();
  const auto all = ElementsAre(v1::NOTIFIED_EVENT_REVIEW_HELD, v1::NOTIFIED_EVENT_PLAN_ATTACHED,
                               v1::NOTIFIED_EVENT_REVIEW_DUE);
  const std::vector<Told> heard = Hear(authority, 3);
  EXPECT_THAT(EventsOf(heard, copy->reviews(0).name()), all);
  EXPECT_EQ(heard.back().notification().subject(), copy->reviews(0).subject());
  EXPECT_THAT(heard.back().SerializeAsString(), Not(HasSubstr("goes on as it is")));
  EXPECT_THAT(EventsOf(Hear(holder, 3), held->review().name()), all);
  EXPECT_EQ(Silence(authority), "DEADLINE_EXCEEDED") << "once";
  EXPECT_EQ(Silence(other_unit), "DEADLINE_EXCEEDED");
  EXPECT_EQ(Silence(other_agency), "DEADLINE_EXCEEDED");
}

TEST_F(PathwayNoticeTest, LastReviewWithoutAPlanIsHeldAndNothingMore) {
  NotificationReader reader =
      Reader(kSocialWorker, Follow(kSocialWorker, {v1::SUBSCRIBED_MATTER_REVIEW}));
  const std::string child = Registered(kSocialWorker);
  v1::RecordReviewRequest request;
  request.set_unit(kSocialWorker.unit);
  request.set_subject(child);
  request.mutable_review()->set_kind(v1::REVIEW_KIND_SHORT_BREAK);
  request.mutable_review()->set_held_on(Day());
  request.mutable_review()->set_conclusion("nothing more is needed");
  request.mutable_review()->set_child_reference(child);
  request.mutable_review()->set_ends(true);
  const auto held = Paths(kSocialWorker).RecordReview(request);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_THAT(EventsOf(Hear(reader, 1), held->review().name()),
              ElementsAre(v1::NOTIFIED_EVENT_REVIEW_HELD));
  EXPECT_EQ(Silence(reader), "DEADLINE_EXCEEDED");
}

TEST_F(PathwayNoticeTest, ReferrerHearsStageAndOutcomeAndNothingOfWhatIsDoneBehindThem) {
  const auto own = {v1::SUBSCRIBED_MATTER_REFERRAL};
  NotificationReader referrer = Reader(kPaediatrician, Follow(kPaediatrician, own));
  NotificationReader authority = Reader(kSocialWorker, Follow(kSocialWorker, own));
  NotificationReader school = Reader(kSenco, Follow(kSenco, own));
  NotificationReader verifier =
      Reader(kSenco, Follow(kSenco, {v1::SUBSCRIBED_MATTER_VERIFICATION}));

  const std::string child = Registered(kPaediatrician);
  const std::string name = Submitted(kPaediatrician, Form(kPaediatrician, child, kBromleyPathway));
  const std::string verification = Verified(name, child);
  EXPECT_EQ(
      ReasonIn(
          Paths(kSocialWorker).ScoreReferral(Step<v1::ScoreReferralRequest>(kSocialWorker, name))),
      "OK");
  EXPECT_THAT(EventsOf(Hear(referrer, 1), name),
              ElementsAre(v1::NOTIFIED_EVENT_REFERRAL_STAGE_MOVED))
      << "somebody works on it";
  EXPECT_EQ(Silence(referrer), "DEADLINE_EXCEEDED") << "neither the answer nor the score";
  EXPECT_EQ(
      ReasonIn(
          Paths(kTeamManager).RatifyDecision(Step<v1::RatifyDecisionRequest>(kTeamManager, name))),
      "OK");
  EXPECT_THAT(EventsOf(Hear(referrer, 2), name),
              ElementsAre(v1::NOTIFIED_EVENT_REFERRAL_STAGE_MOVED,
                          v1::NOTIFIED_EVENT_REFERRAL_OUTCOME_TOLD));
  EXPECT_THAT(EventsOf(Hear(authority, 6), name),
              ElementsAre(v1::NOTIFIED_EVENT_REFERRAL_STAGE_MOVED,  // it came
                          v1::NOTIFIED_EVENT_REFERRAL_STAGE_MOVED,  // the school is asked
                          v1::NOTIFIED_EVENT_REFERRAL_STAGE_MOVED,  // and has answered
                          v1::NOTIFIED_EVENT_REFERRAL_STAGE_MOVED,  // it is scored
                          v1::NOTIFIED_EVENT_REFERRAL_STAGE_MOVED,  // and decided
                          v1::NOTIFIED_EVENT_REFERRAL_OUTCOME_TOLD));
  EXPECT_THAT(EventsOf(Hear(verifier, 1), verification),
              ElementsAre(v1::NOTIFIED_EVENT_VERIFICATION_ASKED));
  EXPECT_EQ(Silence(school), "DEADLINE_EXCEEDED") << "a verifier hears of no referral";
}

TEST_F(PathwayNoticeTest, WhatIsAcknowledgedIsNotToldAgainAlsoAfterARestart) {
  const auto own = {v1::SUBSCRIBED_MATTER_REFERRAL};
  const std::string subscription = Follow(kYorkWorker, own);
  const std::string first = Submitted(kPaediatrician, kYorkPathway);
  const std::string second = Submitted(kPaediatrician, kYorkPathway);
  {
    NotificationReader reader = Reader(kYorkWorker, subscription);
    const std::vector<Told> heard = Hear(reader, 2);
    ASSERT_EQ(heard.size(), 2u);
    EXPECT_EQ(heard[0].notification().matter(), first);
    v1::AcknowledgeNotificationsRequest acknowledge;
    acknowledge.set_name(subscription);
    acknowledge.set_cursor(heard[0].notification().cursor());
    EXPECT_EQ(
        ReasonIn(SubscriptionClient(As(kYorkWorker).hub).AcknowledgeNotifications(acknowledge)),
        "OK");
  }
  ServeAgain();
  NotificationReader reader = Reader(kYorkWorker, subscription);
  EXPECT_THAT(EventsOf(Hear(reader, 1), second),
              ElementsAre(v1::NOTIFIED_EVENT_REFERRAL_STAGE_MOVED));
  EXPECT_EQ(Silence(reader), "DEADLINE_EXCEEDED");
}

TEST_F(PathwayNoticeTest, EventOfAChildWhoseIdentityIsSeveredIsLeftOutWithoutATrace) {
  const std::string subscription = Follow(kCaseworker, {v1::SUBSCRIBED_MATTER_REVIEW});
  const auto hold = [&](const std::string& child) {
    v1::RecordReviewRequest request;
    request.set_unit(kCaseworker.unit);
    request.set_subject(child);
    request.mutable_review()->set_kind(v1::REVIEW_KIND_ANNUAL);
    request.mutable_review()->set_held_on(Day());
    request.mutable_review()->set_conclusion("goes on");
    request.mutable_review()->set_child_reference(child);
    request.mutable_review()->set_ends(true);
    const auto held = Paths(kCaseworker).RecordReview(request);
    EXPECT_TRUE(held.ok()) << held.status();
    return held.ok() ? held->review().name() : "";
  };
  const std::string severed = NewChild();
  EXPECT_NE(hold(severed), "");
  v1::SeverIdentityRequest sever;
  sever.set_unit("send");
  sever.set_subject(severed);
  sever.set_reason(v1::SEVERANCE_REASON_ADOPTION);
  sever.set_justification("adoption order AO-7");
  const auto asked = As(kSendManager).subjects.SeverIdentity(sever);
  ASSERT_TRUE(asked.ok()) << asked.status();
  v1::SeverIdentityRequest confirm;
  confirm.set_unit("send");
  confirm.set_severance(asked->severance().name());
  ASSERT_EQ(ReasonIn(As(kOtherSendManager).subjects.SeverIdentity(confirm)), "OK");
  const std::string other = hold(NewChild());
  NotificationReader reader = Reader(kCaseworker, subscription);
  EXPECT_THAT(EventsOf(Hear(reader, 1), other), ElementsAre(v1::NOTIFIED_EVENT_REVIEW_HELD));
  EXPECT_EQ(Silence(reader), "DEADLINE_EXCEEDED");
}

TEST_F(PathwayNoticeTest, SubscriptionIsOfRecordsOrOfOnesOwnMattersAndOfWhatOneMayRead) {
  const SubscriptionClient client(As(kSocialWorker).hub);
  v1::CreateSubscriptionRequest both = To({v1::SUBSCRIBED_MATTER_REVIEW});
  both.mutable_subscription()->add_record_types("EHC_PLAN");
  EXPECT_EQ(ReasonIn(client.CreateSubscription(both)), "FIELD_INVALID");
  v1::CreateSubscriptionRequest named = To({v1::SUBSCRIBED_MATTER_REVIEW});
  named.add_subjects(UnknownChild());
  EXPECT_EQ(ReasonIn(client.CreateSubscription(named)), "FIELD_INVALID");
  EXPECT_EQ(ReasonIn(client.CreateSubscription(To({}))), "FIELD_INVALID");
  EXPECT_EQ(ReasonIn(SubscriptionClient(As(kCommissioner).hub)
                         .CreateSubscription(To({v1::SUBSCRIBED_MATTER_REVIEW}))),
            "POLICY_DENIED")
      << "reads no reviews";
  const auto made =
      client.CreateSubscription(To({v1::SUBSCRIBED_MATTER_REVIEW, v1::SUBSCRIBED_MATTER_REFERRAL}));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->subscription().matters(),
              ElementsAre(v1::SUBSCRIBED_MATTER_REVIEW, v1::SUBSCRIBED_MATTER_REFERRAL));
  EXPECT_THAT(made->subscription().record_types(), IsEmpty());
}

}  // namespace
}  // namespace ehc
