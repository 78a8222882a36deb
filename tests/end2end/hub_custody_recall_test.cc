// Recalling a wrong push: withdrawn at once, everybody who had received it told and listed.
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::RecallRecordRequest RecallOf(const std::string& record) {
  v1::RecallRecordRequest request;
  request.set_unit("send");
  request.set_record(record);
  request.set_reason(v1::RECALL_REASON_WRONG_CHILD);
  request.set_explanation("the plan of a brother");
  return request;
}

v1::ListNoticesRequest Inbox() {
  v1::ListNoticesRequest request;
  request.set_only_open(true);
  return request;
}

v1::AcknowledgeNoticeRequest Acknowledgement(const std::string& notice, const std::string& unit) {
  v1::AcknowledgeNoticeRequest request;
  request.set_unit(unit);
  request.set_name(notice);
  request.set_handling(v1::NOTICE_HANDLING_DESTROYED);
  return request;
}

// As the school that Section I names.
v1::GetPlanRequest PlanForSchool(const std::string& subject) {
  v1::GetPlanRequest request = PlanForCommissioner(subject, {v1::PLAN_SECTION_CODE_F});
  request.mutable_context()->set_special_category_basis("SCH1_PARA6");
  request.mutable_context()->set_gateway("R17_NAMED_INSTITUTION");
  request.mutable_context()->set_agreement("agreements/bromley-schools");
  return request;
}

class RecallTest : public HubTest {
 protected:
  // A child whose plan the trust reads by consent, the commissioner and the school by right.
  struct Shared {
    std::string child;
    std::string record;
    std::string local_id;
  };
  Shared MakeShared() {
    Shared shared;
    const int serial = NewSerial();
    shared.child = MakeChild(caseworker_, serial);
    shared.local_id = absl::StrCat("plan-", serial);
    EXPECT_EQ(ReasonIn(caseworker_.consents.RecordConsent(
                  ConsentOf(shared.child, "mother", {"C", "E", "G", "B_HEADLINE"}))),
              "OK");
    EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(shared.child))),
              "OK");
    v1::CreateRelationshipRequest school = EnrolmentOf(shared.child, "oakfield-school");
    school.mutable_relationship()->set_kind(v1::RELATIONSHIP_KIND_NAMED_INSTITUTION);
    school.mutable_relationship()->clear_sen_provision();
    EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(school)), "OK");
    auto again = caseworker_.records.PublishPlan(PlanOf(shared.child, "second", shared.local_id));
    EXPECT_TRUE(again.ok()) << again.status();
    shared.record = again->published().name();
    return shared;
  }

  std::string LeafOf(const absl::StatusOr<v1::GetPlanSummaryResponse>& read) {
    return read->disclosure().receipt().leaf_hash();
  }

  // Every leaf that the incident lists, by agency.
  static std::map<std::string, std::set<std::string>> LeavesIn(const v1::Incident& incident) {
    std::map<std::string, std::set<std::string>> leaves;
    for (const v1::IncidentRecipient& recipient : incident.recipients()) {
      for (const v1::IncidentDisclosure& one : recipient.disclosures()) {
        leaves[recipient.agency()].insert(one.leaf_hash());
      }
    }
    return leaves;
  }

  const Clients governance_ = world().As(kGovernance);
  const Clients social_worker_ = world().As(kSocialWorker);
  const Clients senco_ = world().As(kSenco);
};

TEST_F(RecallTest, WrongChildsPlanThatThreeAgenciesReadIsWithdrawnAndEachIsTold) {
  const Shared shared = MakeShared();
  auto by_trust = paediatrician_.records.GetPlanSummary(SummaryForTrust(shared.child));
  ASSERT_TRUE(by_trust.ok()) << by_trust.status();
  auto by_board = commissioner_.records.GetPlan(
      PlanForCommissioner(shared.child, {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_G}));
  ASSERT_TRUE(by_board.ok()) << by_board.status();
  auto by_school = senco_.records.GetPlan(PlanForSchool(shared.child));
  ASSERT_TRUE(by_school.ok()) << by_school.status();

  auto recalled = caseworker_.custody.RecallRecord(RecallOf(shared.record));
  ASSERT_TRUE(recalled.ok()) << recalled.status();
  EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(shared.child))),
            "NOT_AVAILABLE");

  const v1::Incident& incident = recalled->incident();
  EXPECT_EQ(incident.record(), shared.record);
  EXPECT_EQ(incident.state(), v1::INCIDENT_STATE_AWAITING_RECIPIENTS);
  EXPECT_EQ(incident.report_clock().due_at().seconds() - incident.became_aware_at().seconds(),
            72 * 3600);
  ASSERT_EQ(incident.recipients_size(), 3);
  const auto leaves = LeavesIn(incident);
  EXPECT_EQ(leaves.at("agencies/kings-park-nhs-trust"), std::set<std::string>{LeafOf(by_trust)});
  EXPECT_EQ(leaves.at("agencies/south-east-london-icb"),
            std::set<std::string>{by_board->disclosure().receipt().leaf_hash()});
  EXPECT_EQ(leaves.at("agencies/oakfield-school"),
            std::set<std::string>{by_school->disclosure().receipt().leaf_hash()});
  for (const v1::IncidentRecipient& recipient : incident.recipients()) {
    ASSERT_EQ(recipient.disclosures_size(), 1);
    EXPECT_NE(recipient.disclosures(0).role(), "");
    EXPECT_GT(recipient.disclosures(0).parts_size(), 0);
    EXPECT_EQ(recipient.disclosures(0).version(), incident.last_version());
  }

  auto inbox = paediatrician_.custody.ListNotices(Inbox());
  ASSERT_TRUE(inbox.ok()) << inbox.status();
  const v1::RecallNotice* notice = nullptr;
  for (const v1::RecallNotice& one : inbox->notices()) {
    if (one.name() == incident.recipients(0).notice()) notice = &one;
  }
  ASSERT_NE(notice, nullptr);
  EXPECT_EQ(notice->from(), "agencies/bromley");
  EXPECT_EQ(notice->record_type(), "EHC_PLAN");
  EXPECT_EQ(notice->record(), by_trust->disclosure().record());
  EXPECT_THAT(notice->SerializeAsString(), Not(HasSubstr("brother")));
  EXPECT_THAT(notice->SerializeAsString(), Not(HasSubstr(shared.child.substr(4))));
  EXPECT_THAT(notice->SerializeAsString(), Not(HasSubstr("text of")));

  auto done = paediatrician_.custody.AcknowledgeNotice(
      Acknowledgement(notice->name(), "community-paediatrics"));
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->notice().handling(), v1::NOTICE_HANDLING_DESTROYED);
  EXPECT_EQ(ReasonIn(paediatrician_.custody.AcknowledgeNotice(
                Acknowledgement(notice->name(), "community-paediatrics"))),
            "STATE_CONFLICT");
  v1::GetIncidentRequest get;
  get.set_name(incident.name());
  auto later = caseworker_.custody.GetIncident(get);
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->incident().acknowledged_count(), 1u);
  EXPECT_EQ(later->incident().recipient_count(), 3u);
  EXPECT_EQ(later->incident().state(), v1::INCIDENT_STATE_AWAITING_RECIPIENTS);
}

TEST_F(RecallTest, KeptNeedsAReasonAndTheLastAcknowledgementClosesTheIncident) {
  const Shared shared = MakeShared();
  ASSERT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(shared.child))), "OK");
  auto recalled = caseworker_.custody.RecallRecord(RecallOf(shared.record));
  ASSERT_TRUE(recalled.ok()) << recalled.status();
  ASSERT_EQ(recalled->incident().recipients_size(), 1);
  v1::AcknowledgeNoticeRequest kept =
      Acknowledgement(recalled->incident().recipients(0).notice(), "community-paediatrics");
  kept.set_handling(v1::NOTICE_HANDLING_KEPT);
  EXPECT_EQ(ReasonIn(paediatrician_.custody.AcknowledgeNotice(kept)), "FIELD_INVALID");
  kept.set_handling_note("a claim is pending");
  EXPECT_EQ(ReasonIn(paediatrician_.custody.AcknowledgeNotice(kept)), "OK");
  v1::GetIncidentRequest get;
  get.set_name(recalled->incident().name());
  auto closed = caseworker_.custody.GetIncident(get);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->incident().state(), v1::INCIDENT_STATE_ACKNOWLEDGED);
  EXPECT_EQ(closed->incident().recipients(0).handling_note(), "a claim is pending");
}

TEST_F(RecallTest, RepetitionAddsNothingAndPublishingAgainIsDisclosedAgain) {
  const Shared shared = MakeShared();
  v1::RecallRecordRequest request = RecallOf(shared.record);
  request.set_request_id("5a0f3c1e-7d2b-4c7e-9a10-0123456789ab");
  auto first = caseworker_.custody.RecallRecord(request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->incident().state(), v1::INCIDENT_STATE_ACKNOWLEDGED) << "nobody had seen it";
  auto again = caseworker_.custody.RecallRecord(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->incident().name(), first->incident().name());
  auto anew = caseworker_.custody.RecallRecord(RecallOf(shared.record));
  ASSERT_TRUE(anew.ok()) << anew.status();
  EXPECT_EQ(anew->incident().name(), first->incident().name()) << "recalled already";

  ASSERT_EQ(
      ReasonIn(caseworker_.records.PublishPlan(PlanOf(shared.child, "right", shared.local_id))),
      "OK");
  EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(shared.child))), "OK");
}

TEST_F(RecallTest, RightChildsPlanTakesTheLocalIdThatTheWrongPushHeld) {
  const Shared wrong = MakeShared();
  ASSERT_EQ(ReasonIn(caseworker_.custody.RecallRecord(RecallOf(wrong.record))), "OK");
  v1::RegisterSubjectRequest registration = Registration(NewSerial());
  auto registered = caseworker_.subjects.RegisterSubject(registration);
  ASSERT_TRUE(registered.ok()) << registered.status();
  auto published = caseworker_.records.PublishPlan(
      PlanOf(registered->subject(), "of the right child", wrong.local_id));
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_NE(published->published().name(), wrong.record);
}

TEST_F(RecallTest, RecordIsNamedBySubjectTypeAndLocalIdAsWell) {
  const Shared shared = MakeShared();
  v1::RecallRecordRequest request = RecallOf("");
  request.clear_record();
  EXPECT_EQ(ReasonIn(caseworker_.custody.RecallRecord(request)), "FIELD_INVALID");
  request.set_subject(shared.child);
  request.set_record_type("EHC_PLAN");
  request.set_local_id("nothing-of-this-name");
  EXPECT_EQ(ReasonIn(caseworker_.custody.RecallRecord(request)), "RESOURCE_NOT_FOUND");
  request.clear_local_id();
  auto recalled = caseworker_.custody.RecallRecord(request);
  ASSERT_TRUE(recalled.ok()) << recalled.status();
  EXPECT_EQ(recalled->incident().record(), shared.record);
}

TEST_F(RecallTest, NobodyElseRecallsItOrSeesTheIncident) {
  const Shared shared = MakeShared();
  auto read = paediatrician_.records.GetPlanSummary(SummaryForTrust(shared.child));
  ASSERT_TRUE(read.ok()) << read.status();
  v1::RecallRecordRequest request = RecallOf(read->disclosure().record());
  request.set_unit("community-paediatrics");
  EXPECT_EQ(ReasonIn(paediatrician_.custody.RecallRecord(request)), "RESOURCE_NOT_FOUND")
      << "a recipient is no custodian";
  request = RecallOf(shared.record);
  request.set_unit("social-care");
  EXPECT_EQ(ReasonIn(social_worker_.custody.RecallRecord(request)), "RESOURCE_NOT_FOUND")
      << "another unit's record";
  auto recalled = caseworker_.custody.RecallRecord(RecallOf(shared.record));
  ASSERT_TRUE(recalled.ok()) << recalled.status();
  v1::GetIncidentRequest get;
  get.set_name(recalled->incident().name());
  auto strange = get;
  strange.set_name("incidents/aaaaaaaaaaaaaaaaaaaaaaaaaa");
  for (const Clients* other : {&paediatrician_, &social_worker_, &commissioner_}) {
    const std::string there = ReasonIn(other->custody.GetIncident(get));
    EXPECT_EQ(there, ReasonIn(other->custody.GetIncident(strange)));
    EXPECT_NE(there, "OK");
  }
  EXPECT_EQ(ReasonIn(governance_.custody.GetIncident(get)), "OK") << "oversees every unit";
  EXPECT_EQ(ReasonIn(commissioner_.custody.AcknowledgeNotice(
                Acknowledgement(recalled->incident().recipients(0).notice(), "commissioning"))),
            "RESOURCE_NOT_FOUND")
      << "another agency's notice";
}

TEST_F(RecallTest, WrongPushBehindAnOlderRecordUncoversIt) {
  const Shared shared = MakeShared();
  auto wrong = caseworker_.records.PublishPlan(PlanOf(shared.child, "of a brother", "EHCP-other"));
  ASSERT_TRUE(wrong.ok()) << wrong.status();
  ASSERT_EQ(ReasonIn(caseworker_.custody.RecallRecord(RecallOf(wrong->published().name()))), "OK");
  auto read = paediatrician_.records.GetPlanSummary(SummaryForTrust(shared.child));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(read->SerializeAsString(), HasSubstr("second"));
  EXPECT_THAT(read->SerializeAsString(), Not(HasSubstr("of a brother")));
}

TEST_F(RecallTest, CustodianHiddenFromARecipientStaysHiddenInItsNotice) {
  const Shared shared = MakeShared();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(shared.child))),
            "OK");
  auto read = paediatrician_.records.GetPlanSummary(SummaryForTrust(shared.child));
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->disclosure().custodian(), "agencies/hub-relay");
  auto recalled = caseworker_.custody.RecallRecord(RecallOf(shared.record));
  ASSERT_TRUE(recalled.ok()) << recalled.status();
  ASSERT_EQ(recalled->incident().recipients_size(), 1);
  auto inbox = paediatrician_.custody.ListNotices(Inbox());
  ASSERT_TRUE(inbox.ok()) << inbox.status();
  for (const v1::RecallNotice& notice : inbox->notices()) {
    if (notice.name() != recalled->incident().recipients(0).notice()) continue;
    EXPECT_EQ(notice.from(), "agencies/hub-relay");
    EXPECT_THAT(notice.SerializeAsString(), Not(HasSubstr("bromley")));
  }
}

// The read is listed or it is refused: there is no third way.
TEST_F(RecallTest, ReadThatRacesTheRecallIsListedOrRefused) {
  const Shared shared = MakeShared();
  std::atomic<bool> stop{false};
  std::atomic<int> reads{0};
  constexpr int kReaders = 4;
  std::vector<std::set<std::string>> leaves(kReaders);
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&, i] {
      const Clients who = world().As(kPaediatrician);
      while (!stop) {
        auto read = who.records.GetPlanSummary(SummaryForTrust(shared.child));
        if (!read.ok()) continue;
        leaves[i].insert(LeafOf(read));
        ++reads;
      }
    });
  }
  while (reads < 40) std::this_thread::yield();
  auto recalled = caseworker_.custody.RecallRecord(RecallOf(shared.record));
  stop = true;
  for (std::thread& reader : readers) reader.join();
  ASSERT_TRUE(recalled.ok()) << recalled.status();
  EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(shared.child))),
            "NOT_AVAILABLE");
  const auto listed = LeavesIn(recalled->incident());
  std::set<std::string> seen;
  for (const auto& own : leaves) seen.insert(own.begin(), own.end());
  EXPECT_GE(seen.size(), 40u);
  EXPECT_EQ(listed.at("agencies/kings-park-nhs-trust"), seen);
  EXPECT_EQ(recalled->incident().recipient_count(), 1u);
}

}  // namespace
}  // namespace ehc
