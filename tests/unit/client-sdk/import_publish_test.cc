// In which order a child is published, what stops it, and why a second run adds nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "client-sdk/cli/import_publisher.h"
#include "client-sdk/src/local_error.h"
#include "ehchub/mocks/mock_record_exchange_connection.h"
#include "ehchub/mocks/mock_subject_connection.h"
#include "tests/unit/client-sdk/import_fixture.h"

namespace ehchub {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::InSequence;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::NiceMock;
using ::testing::Return;
using ::testing::SizeIs;

constexpr char kAsAt[] = "2026-10-02";

v1::Relationship Enrolment(v1::SenProvision provision, const char* to = "") {
  v1::Relationship relationship;
  relationship.set_kind(v1::RELATIONSHIP_KIND_ENROLMENT);
  relationship.set_agency("agencies/oakfield-school");
  relationship.set_valid_from("2020-09-01");
  relationship.set_valid_to(to);
  relationship.set_sen_provision(provision);
  return relationship;
}

v1::Relationship Held(v1::Relationship relationship) {
  relationship.set_name("subjects/x/relationships/1");
  relationship.set_etag("r1");
  return relationship;
}

Step ReconcileOne(const v1::Relationship& wanted, const std::vector<v1::Relationship>& held,
                  bool over = false) {
  RelationshipPost post;
  post.message = wanted;
  post.over = over;
  return ReconcileRelationships({post}, held, kAsAt)[0];
}

TEST(Reconcile, RelationThatIsHeldIsLeftAlone) {
  const v1::Relationship wanted = Enrolment(v1::SEN_PROVISION_SEN_SUPPORT);
  EXPECT_TRUE(ReconcileOne(wanted, {}).create);
  EXPECT_TRUE(ReconcileOne(wanted, {Held(wanted)}).IsNothing());
}

TEST(Reconcile, RelationWithOtherContentIsReplacedAndEndsTheDayBefore) {
  const v1::Relationship old = Held(Enrolment(v1::SEN_PROVISION_SEN_SUPPORT));
  const Step step = ReconcileOne(Enrolment(v1::SEN_PROVISION_EHC_PLAN), {old});
  EXPECT_TRUE(step.create);
  ASSERT_THAT(step.end, SizeIs(1));
  EXPECT_EQ(step.end[0].etag(), "r1");
  EXPECT_EQ(step.last_day, "2026-10-01");
}

TEST(Reconcile, RelationReplacedAndChangedBackIsAnotherAct) {
  const v1::Relationship first = Held(Enrolment(v1::SEN_PROVISION_SEN_SUPPORT, "2026-09-01"));
  const v1::Relationship second = Held(Enrolment(v1::SEN_PROVISION_EHC_PLAN));
  const Step step = ReconcileOne(Enrolment(v1::SEN_PROVISION_SEN_SUPPORT), {first, second});
  EXPECT_TRUE(step.create);
  EXPECT_EQ(step.round, 1);
  EXPECT_THAT(step.end, SizeIs(1));
}

TEST(Reconcile, RelationThatAPersonEndedAtTheHubStaysEnded) {
  const v1::Relationship ended = Held(Enrolment(v1::SEN_PROVISION_SEN_SUPPORT, "2026-09-01"));
  EXPECT_TRUE(ReconcileOne(Enrolment(v1::SEN_PROVISION_SEN_SUPPORT), {ended}).IsNothing());
}

TEST(Reconcile, RelationThatEndedInTheExtractEndsAtTheHub) {
  const v1::Relationship over = Enrolment(v1::SEN_PROVISION_SEN_SUPPORT, "2026-09-30");
  const v1::Relationship open = Held(Enrolment(v1::SEN_PROVISION_SEN_SUPPORT));
  const Step step = ReconcileOne(over, {open}, true);
  EXPECT_FALSE(step.create);
  EXPECT_THAT(step.end, SizeIs(1));
  EXPECT_EQ(step.last_day, "2026-09-30");
  EXPECT_TRUE(ReconcileOne(over, {}, true).IsNothing());
  EXPECT_TRUE(ReconcileOne(over, {Held(over)}, true).IsNothing());
}

TEST(Reconcile, TwoWantedRelationsOfOneKeyDoNotEndEachOther) {
  RelationshipPost one;
  one.message = Enrolment(v1::SEN_PROVISION_SEN_SUPPORT);
  RelationshipPost two;
  two.message = Enrolment(v1::SEN_PROVISION_EHC_PLAN);
  const auto steps = ReconcileRelationships({one, two}, {Held(one.message)}, kAsAt);
  EXPECT_TRUE(steps[0].IsNothing());
  EXPECT_TRUE(steps[1].create);
  EXPECT_THAT(steps[1].end, IsEmpty());
}

Post<v1::Protection> Restriction() {
  Post<v1::Protection> post;
  post.message.set_label(v1::PROTECTION_LABEL_ADDRESS_RESTRICTED);
  post.message.set_valid_from("2026-01-01");
  return post;
}

TEST(Reconcile, ProtectionIsSetAgainWhereItWasEndedAndNarrowedWithoutEndingTheOld) {
  v1::Protection held = Restriction().message;
  EXPECT_FALSE(ReconcileProtections({Restriction()}, {held}, kAsAt)[0].create);
  held.set_valid_to("2026-08-01");
  const Step again = ReconcileProtections({Restriction()}, {held}, kAsAt)[0];
  EXPECT_TRUE(again.create);
  EXPECT_EQ(again.round, 1);
  held = Restriction().message;
  held.add_cleared_recipients("agencies/trust");
  const Step narrowed = ReconcileProtections({Restriction()}, {held}, kAsAt)[0];
  EXPECT_TRUE(narrowed.create);
  EXPECT_THAT(narrowed.end, IsEmpty());
}

TEST(RequestIds, AreRandomUuidsInFormAndTheSameForTheSame) {
  const std::string id = RequestIdFor({"a", "b"});
  EXPECT_THAT(id,
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(RequestIdFor({"a", "b"}), id);
  EXPECT_NE(RequestIdFor({"ab", ""}), id);
}

absl::Status HubSays(absl::StatusCode code, v1::ErrorReason reason) {
  return internal::LocalError(code, reason, "no");
}

// A child with one protection, one relation, one plan.
class PublishChild : public ::testing::Test {
 protected:
  PublishChild() : extract_(ReadBack(Files())), ledger_(*extract_) {
    const ImportGuard guard(*extract_, kAsAt);
    posts_ = PostMaker(*extract_, guard, importer_).Make(*extract_->Of("ssd_person").Find("P1"));
    v1::RegisterSubjectResponse registered;
    registered.set_subject("subjects/x");
    ON_CALL(*subjects_, RegisterSubject(_)).WillByDefault(Return(registered));
    ON_CALL(*subjects_, ListProtections(_)).WillByDefault(Return(v1::ListProtectionsResponse()));
    ON_CALL(*subjects_, CreateProtection(_)).WillByDefault(Return(v1::CreateProtectionResponse()));
    ON_CALL(*subjects_, ListRelationships(_))
        .WillByDefault(Return(v1::ListRelationshipsResponse()));
    ON_CALL(*subjects_, CreateRelationship(_))
        .WillByDefault(Return(v1::CreateRelationshipResponse()));
    ON_CALL(*records_, PublishPlan(_)).WillByDefault(Return(Published(absl::Now() + kSoon)));
  }

  static ehc::Extract Files() {
    ehc::Extract files = OneChild();
    files.Add("supplement_protections", {{"protection_id", "1"},
                                         {"person_id", "P1"},
                                         {"label", "ADDRESS_RESTRICTED"},
                                         {"address_cleared", "N"},
                                         {"from_date", "2026-01-01"}});
    files.Add("supplement_relationships", {{"relationship_id", "1"},
                                           {"person_id", "P1"},
                                           {"party_kind", "PARENT"},
                                           {"party_ref", "p-1"},
                                           {"parental_responsibility", "Y"},
                                           {"evidence", "MOTHER"},
                                           {"contact_prohibited", "N"},
                                           {"from_date", "2015-02-01"}});
    files.Add("supplement_contacts", {{"contact_ref", "W"}, {"display_name", "Desk"}});
    files.Add("supplement_plan_headlines", {{"plan_id", "E1"},
                                            {"person_id", "P1"},
                                            {"badge", "DRAFT"},
                                            {"status", "DRAFT"},
                                            {"plan_type", "EHCP"},
                                            {"contact_ref", "W"}});
    return files;
  }

  static v1::PublishPlanResponse Published(absl::Time at) {
    v1::PublishPlanResponse response;
    response.mutable_published()->mutable_published_at()->set_seconds(absl::ToUnixSeconds(at));
    return response;
  }

  absl::Status Publish() {
    return Publisher(SubjectClient(subjects_), RecordExchangeClient(records_), importer_, ledger_)
        .Publish(*posts_);
  }

  Fate FateOf(const char* table) { return extract_->Of(table).rows().at(0).fate; }

  static constexpr absl::Duration kSoon = absl::Seconds(5);
  const Importer importer_ = Bromley();
  std::unique_ptr<Extract> extract_;
  Ledger ledger_;
  std::optional<ChildPosts> posts_;
  std::shared_ptr<NiceMock<MockSubjectConnection>> subjects_ =
      std::make_shared<NiceMock<MockSubjectConnection>>();
  std::shared_ptr<NiceMock<MockRecordExchangeConnection>> records_ =
      std::make_shared<NiceMock<MockRecordExchangeConnection>>();
};

TEST_F(PublishChild, ProtectionComesBeforeRelationsAndRecords) {
  const InSequence order;
  EXPECT_CALL(*subjects_, RegisterSubject(_));
  EXPECT_CALL(*subjects_, CreateProtection(_));
  EXPECT_CALL(*subjects_, CreateRelationship(_));
  EXPECT_CALL(*records_, PublishPlan(_));
  EXPECT_TRUE(Publish().ok());
  EXPECT_EQ(FateOf("supplement_plan_headlines"), Fate::kPublished);
  EXPECT_EQ(FateOf("ssd_person"), Fate::kPublished);
}

TEST_F(PublishChild, NothingFollowsAProtectionThatTheHubWouldNotHave) {
  EXPECT_CALL(*subjects_, CreateProtection(_))
      .WillOnce(
          Return(HubSays(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_FIELD_INVALID)));
  EXPECT_CALL(*subjects_, CreateRelationship(_)).Times(0);
  EXPECT_CALL(*records_, PublishPlan(_)).Times(0);
  EXPECT_TRUE(Publish().ok());  // the run goes on with the next child
  EXPECT_THAT(extract_->faults(),
              ElementsAre(Fault{"supplement_protections", 2, "", "HUB:FIELD_INVALID"}));
  EXPECT_EQ(FateOf("supplement_plan_headlines"), Fate::kSkipped);
}

TEST_F(PublishChild, RowThatTheHubWouldNotHaveLeavesTheOthersGoing) {
  EXPECT_CALL(*subjects_, CreateRelationship(_))
      .WillOnce(
          Return(HubSays(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_FIELD_INVALID)));
  EXPECT_TRUE(Publish().ok());
  EXPECT_EQ(FateOf("supplement_relationships"), Fate::kBad);
  EXPECT_EQ(FateOf("supplement_plan_headlines"), Fate::kPublished);
}

TEST_F(PublishChild, CallerWhoIsNotEntitledStopsTheRun) {
  EXPECT_CALL(*subjects_, CreateProtection(_))
      .WillOnce(
          Return(HubSays(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_POLICY_DENIED)));
  EXPECT_CALL(*records_, PublishPlan(_)).Times(0);
  EXPECT_EQ(Publish().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(extract_->faults(), IsEmpty());
}

TEST_F(PublishChild, WhatTheHubHoldsAlreadyIsUnchanged) {
  v1::ListProtectionsResponse protections;
  *protections.add_protections() = posts_->protections[0].message;
  v1::ListRelationshipsResponse relationships;
  *relationships.add_relationships() = posts_->relationships[0].message;
  EXPECT_CALL(*subjects_, ListProtections(_)).WillOnce(Return(protections));
  EXPECT_CALL(*subjects_, ListRelationships(_)).WillOnce(Return(relationships));
  EXPECT_CALL(*subjects_, CreateProtection(_)).Times(0);
  EXPECT_CALL(*subjects_, CreateRelationship(_)).Times(0);
  EXPECT_CALL(*records_, PublishPlan(_)).WillOnce(Return(Published(absl::UnixEpoch())));
  EXPECT_TRUE(Publish().ok());
  for (const char* table : {"ssd_person", "supplement_protections", "supplement_relationships",
                            "supplement_plan_headlines"}) {
    EXPECT_EQ(FateOf(table), Fate::kUnchanged) << table;
  }
}

TEST_F(PublishChild, SameContentHasTheSameRequestIdInEveryRun) {
  std::vector<std::string> ids;
  EXPECT_CALL(*records_, PublishPlan(_))
      .Times(3)
      .WillRepeatedly([&](const v1::PublishPlanRequest& request) {
        ids.push_back(request.request_id());
        return Published(absl::Now());
      });
  EXPECT_TRUE(Publish().ok());
  EXPECT_TRUE(Publish().ok());
  posts_->plans[0].message.mutable_headline()->set_b_headline("Changed.");
  EXPECT_TRUE(Publish().ok());
  EXPECT_EQ(ids[0], ids[1]);
  EXPECT_NE(ids[0], ids[2]);
}

}  // namespace
}  // namespace ehchub
