// Scenario 4: consent withdrawn while a plan is being read. Judged by the order of events; the
// times are printed.
#include <iostream>
#include <thread>

#include "client-sdk/src/internal/wire.h"
#include "ehc/hub/v1/record_exchange_service.grpc.pb.h"
#include "ehchub/subscription_client.h"
#include "tests/end2end/lawful_consent_world.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using LawfulWithdrawal = LawfulConsentTest;
using Step = v1::StreamPlanSectionsResponse;

v1::StreamPlanSectionsRequest StreamOf(const v1::GetPlanRequest& asked) {
  v1::StreamPlanSectionsRequest request;
  request.ParseFromString(asked.SerializeAsString());  // the same question, field by field
  return request;
}

std::string TextOf(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Takes from the hub no byte that it has not asked for: what it does not read waits at the hub.
class NarrowReader {
 public:
  NarrowReader(const Clients& clients, const ehchub::Profile& profile,
               const v1::StreamPlanSectionsRequest& request) {
    const grpc::SslCredentialsOptions tls{TextOf(profile.ca_path), TextOf(profile.key_path),
                                          TextOf(profile.certificate_path)};
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 5);
    stub_ = v1::RecordExchangeService::NewStub(
        grpc::CreateCustomChannel(profile.hub, grpc::SslCredentials(tls), arguments));
    EHC_CHECK(clients.hub.wire()->Prepare(context_, absl::Seconds(60)).ok());
    reader_ = stub_->StreamPlanSections(&context_, request);
  }

  // A section's letter; "headline", "last"; "END".
  std::string Next() {
    if (!reader_->Read(&step_)) return "END";
    if (step_.last()) return "last";
    if (step_.plan().has_headline()) return "headline";
    return v1::PlanSectionCode_Name(step_.plan().sections(0).code()).substr(18);
  }
  grpc::Status Finish() { return reader_->Finish(); }

 private:
  std::unique_ptr<v1::RecordExchangeService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<Step>> reader_;
  Step step_;
};

int64_t StreamsTakenBack(const std::string& metrics) {
  const std::string name = "\nehc_streams_taken_back_total ";
  const size_t at = metrics.find(name);
  return at == std::string::npos ? -1 : std::stoll(metrics.substr(at + name.size()));
}

TEST_F(LawfulWithdrawal, Scenario04WithdrawnMidStreamNoFurtherSectionIsDecidedOrLeavesTheHub) {
  clock().Set(InLondon(2026, 3, 2));
  const std::string child = ChildBorn("2016-05-04");
  const v1::Consent consent = MustSay(Saying(child, Parent("mother"), {"C", "E", "G"}));
  NarrowReader reader(paediatrician_, world().ProfileOf(kPaediatrician),
                      StreamOf(Asking(child, {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_E,
                                              v1::PLAN_SECTION_CODE_G})));
  ASSERT_EQ(reader.Next(), "C");
  absl::SleepFor(absl::Milliseconds(50));  // E is decided and waits for the reader
  const int64_t before = StreamsTakenBack(world().house().MetricsText());
  const absl::Time asked = absl::Now();
  ASSERT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(Withdrawal(consent, Parent("mother")))),
            "OK");
  const absl::Time acknowledged = absl::Now();
  // The stream is cut although nobody reads it.
  while (StreamsTakenBack(world().house().MetricsText()) == before &&
         absl::Now() < acknowledged + absl::Seconds(20)) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  const absl::Time cut = absl::Now();
  std::cout << "withdrawal took " << acknowledged - asked << "; the stream was cut "
            << cut - acknowledged << " after it was acknowledged\n";
  EXPECT_EQ(StreamsTakenBack(world().house().MetricsText()), before + 1);
  std::vector<std::string> after;
  for (std::string next = reader.Next(); next != "END"; next = reader.Next()) after.push_back(next);
  EXPECT_THAT(after, testing::AnyOf(IsEmpty(), ElementsAre("E"))) << "at most what had left";
  EXPECT_FALSE(reader.Finish().ok());
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE");
}

TEST_F(LawfulWithdrawal, Scenario04StreamThatRestsOnSomethingElseGoesOn) {
  const std::string child = ChildBorn("2016-05-04");
  const v1::Consent outcomes = MustSay(Saying(child, Parent("mother"), {"E"}));
  MustSay(Saying(child, Parent("mother"), {"C", "G"}));
  NarrowReader reader(paediatrician_, world().ProfileOf(kPaediatrician),
                      StreamOf(Asking(child, {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_G})));
  ASSERT_EQ(reader.Next(), "C");
  ASSERT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(Withdrawal(outcomes, Parent("mother")))),
            "OK");
  absl::SleepFor(absl::Milliseconds(100));  // the hub looks again and finds it good
  EXPECT_EQ(reader.Next(), "G");
  EXPECT_EQ(reader.Next(), "last");
  EXPECT_EQ(reader.Next(), "END");
  EXPECT_TRUE(reader.Finish().ok());
}

TEST_F(LawfulWithdrawal, Scenario04WhoeverReceivedSomethingUnderTheConsentIsTold) {
  const std::string child = ChildBorn("2016-05-04");
  const v1::Consent consent = MustSay(Saying(child, Parent("mother"), {"C", "G"}));
  ASSERT_EQ(TrustReads(child), "C,G");
  const auto withdrawn =
      caseworker_.consents.WithdrawConsent(Withdrawal(consent, Parent("mother")));
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_EQ(withdrawn->consent().state(), v1::CONSENT_STATE_WITHDRAWN);
  EXPECT_EQ(withdrawn->notices_sent(), 1u);
  EXPECT_THAT(withdrawn->receipt().statement(), HasSubstr("Consent was withdrawn"));

  const auto tasks = WorkOf(paediatrician_, v1::WORK_KIND_NOTICE_TO_ACKNOWLEDGE);
  ASSERT_THAT(tasks, Not(IsEmpty()));
  v1::ListNoticesRequest list;
  list.set_only_open(true);
  const auto notices = paediatrician_.custody.ListNotices(list);
  ASSERT_TRUE(notices.ok()) << notices.status();
  ASSERT_THAT(notices->notices(), Not(IsEmpty()));
  const v1::RecallNotice& notice = notices->notices(notices->notices_size() - 1);
  EXPECT_EQ(notice.cause(), v1::NOTICE_CAUSE_CONSENT_WITHDRAWN);
  EXPECT_EQ(notice.record_type(), "EHC_PLAN");
  ASSERT_THAT(notice.disclosures(), SizeIs(1));
  EXPECT_THAT(notice.disclosures(0).parts(), testing::IsSupersetOf({"C", "G"}));
  EXPECT_THAT(notice.SerializeAsString(), Not(HasSubstr("text of"))) << "no content";

  v1::AcknowledgeNoticeRequest acknowledge;
  acknowledge.set_unit("community-paediatrics");
  acknowledge.set_name(notice.name());
  acknowledge.set_handling(v1::NOTICE_HANDLING_DESTROYED);
  EXPECT_EQ(ReasonIn(paediatrician_.custody.AcknowledgeNotice(acknowledge)), "OK");
  list.set_only_open(false);
  list.set_opened(true);
  const auto opened = caseworker_.custody.ListNotices(list);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->notices(opened->notices_size() - 1).handling(), v1::NOTICE_HANDLING_DESTROYED)
      << "the custodian sees what became of it";
}

TEST_F(LawfulWithdrawal, WithdrawnInPartTellsOfThosePartsAloneAndLeavesTheRest) {
  const std::string child = ChildBorn("2016-05-04");
  const v1::Consent consent = MustSay(Saying(child, Parent("mother"), {"C", "G"}));
  ASSERT_EQ(Reads(paediatrician_, Asking(child, {v1::PLAN_SECTION_CODE_C})), "C");
  auto request = Withdrawal(consent, Parent("mother"));
  request.add_scopes()->set_record_type("EHC_PLAN");
  request.mutable_scopes(0)->add_parts("G");
  auto withdrawn = caseworker_.consents.WithdrawConsent(request);
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_EQ(withdrawn->notices_sent(), 0u) << "nobody had received G";
  EXPECT_EQ(TrustReads(child), "C");
  request.mutable_scopes(0)->set_parts(0, "C");
  withdrawn = caseworker_.consents.WithdrawConsent(request);
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_EQ(withdrawn->notices_sent(), 1u);
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE");
}

TEST_F(LawfulWithdrawal, Scenario04ChildProtectionReadsOnAndRecordsWhy) {
  const std::string child = ChildBorn("2016-05-04");
  const v1::Consent consent = MustSay(Saying(child, Parent("mother"), {"C"}));
  ASSERT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(Withdrawal(consent, Parent("mother")))),
            "OK");
  EXPECT_EQ(Reads(paediatrician_, ChildProtection(child, {v1::PLAN_SECTION_CODE_C})), "C");
  EXPECT_EQ(Audited(child, "GetPlan", "gateway"), "R17_INTERESTS");
  EXPECT_EQ(Audited(child, "GetPlan", "case_reference"), "S47/2026/1");
}

TEST_F(LawfulWithdrawal, OnlyWhoGaveItOrDecidesAloneWithdraws) {
  const std::string child = ChildBorn("2016-05-04");
  const v1::Consent consent = MustSay(Saying(child, Parent("mother"), {"C"}));
  EXPECT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(Withdrawal(consent, Parent("father")))),
            "NOT_DECISION_MAKER")
      << "another holder of responsibility refuses for himself";
  EXPECT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(Withdrawal(consent, Parent("aunt")))),
            "NOT_DECISION_MAKER");
  EXPECT_EQ(TrustReads(child), "C");
  EXPECT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(Withdrawal(consent, Parent("mother")))),
            "OK");
  EXPECT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(Withdrawal(consent, Parent("mother")))),
            "STATE_CONFLICT");
}

TEST_F(LawfulWithdrawal, RepeatedWithdrawalTellsNobodyTwice) {
  const std::string child = ChildBorn("2016-05-04");
  const v1::Consent consent = MustSay(Saying(child, Parent("mother"), {"C"}));
  ASSERT_EQ(TrustReads(child), "C");
  auto request = Withdrawal(consent, Parent("mother"));
  request.set_request_id("5f0a2b1c-7d3e-4f56-8a90-b1c2d3e4f506");
  ASSERT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(request)), "OK");
  const size_t told = WorkOf(paediatrician_, v1::WORK_KIND_NOTICE_TO_ACKNOWLEDGE).size();
  ASSERT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(request)), "OK");
  EXPECT_EQ(WorkOf(paediatrician_, v1::WORK_KIND_NOTICE_TO_ACKNOWLEDGE).size(), told);
}

}  // namespace
}  // namespace ehc
