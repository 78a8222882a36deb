// Bromley's pathway at its edges: each refusal has its name, each right its way.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_replace.h"
#include "ehc/hub/v1/pathway_service.grpc.pb.h"
#include "server/base/ids.h"
#include "tests/end2end/hub_wire.h"
#include "tests/end2end/pathway_world.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ReferralTest : public PathwayTest {
 protected:
  void SetUp() override {
    child_ = Registered(kPaediatrician);
    name_ = Submitted(kPaediatrician, Form(kPaediatrician, child_, kBromleyPathway));
  }
  std::string Score(const Persona& by) {
    return ReasonIn(Paths(by).ScoreReferral(Step<v1::ScoreReferralRequest>(by, name_)));
  }
  std::string Ratify(const Persona& by, const std::string& outcome = "",
                     const std::string& reason = "", const std::string& on = "") {
    auto request = Step<v1::RatifyDecisionRequest>(by, name_);
    request.set_outcome(outcome);
    request.set_reason(reason);
    request.set_decided_on(on);
    return ReasonIn(Paths(by).RatifyDecision(request));
  }
  std::string Panel(int members, const std::string& outcome,
                    const std::function<void(v1::PanelDecision&)>& change = nullptr) {
    auto request = Sitting(kPanelChair, name_, "SHORT_BREAKS", members, outcome);
    if (change) change(*request.mutable_decision());
    return ReasonIn(Paths(kPanelChair).RecordPanelDecision(request));
  }

  std::string child_;
  std::string name_;
};

TEST_F(ReferralTest, UnverifiedApplicationIsNotScoredAndADeniedOneGoesToThePanel) {
  EXPECT_EQ(Score(kSocialWorker), "REFERRAL_NOT_VERIFIED");
  Verified(name_, child_, v1::CLAIM_ANSWER_UNKNOWN);
  EXPECT_EQ(Read(kSocialWorker, name_).state(), "UNCONFIRMED");
  EXPECT_EQ(Score(kSocialWorker), "REFERRAL_NOT_VERIFIED") << "the school did not know";
  Verified(name_, child_, v1::CLAIM_ANSWER_DENY);
  EXPECT_EQ(Read(kSocialWorker, name_).state(), "PANEL");
  EXPECT_EQ(Score(kSocialWorker), "REFERRAL_NOT_VERIFIED") << "the school denied it";
}

TEST_F(ReferralTest, ScorerWhoRatifiesIsRefusedAndAnotherManagerIsNot) {
  Verified(name_, child_);
  ASSERT_EQ(Score(kTeamManager), "OK") << "a manager may score";
  EXPECT_EQ(Ratify(kTeamManager), "SCORER_MAY_NOT_RATIFY");
  EXPECT_EQ(Ratify(kSocialWorker), "POLICY_DENIED") << "not a manager";
  EXPECT_EQ(Ratify(kOtherManager), "OK");
  EXPECT_EQ(Ratify(kOtherManager), "STATE_CONFLICT");
  EXPECT_EQ(Read(kSocialWorker, name_).outcome().code(), "SHORT_BREAK_50_HOURS")
      << "five rows of SOME";
}

TEST_F(ReferralTest, PanelWithoutQuorumDecidesNothingNorDoesOnePersonCountedThrice) {
  Verified(name_, child_);
  ASSERT_EQ(Score(kSocialWorker), "OK");
  EXPECT_EQ(Panel(2, "SIGNPOSTED"), "PANEL_NOT_QUORATE");
  EXPECT_EQ(Panel(3, "SIGNPOSTED",
                  [](v1::PanelDecision& decision) {
                    for (auto& member : *decision.mutable_members()) member.set_user("one");
                  }),
            "PANEL_NOT_QUORATE");
  EXPECT_EQ(Panel(3, "TO_BE_SEEN"), "OUTCOME_NOT_LISTED");
  EXPECT_EQ(Panel(3, "SIGNPOSTED", [](v1::PanelDecision& decision) { decision.clear_reason(); }),
            "OUTCOME_NOT_LISTED");
  EXPECT_EQ(Panel(3, "SIGNPOSTED"), "OK");
  const v1::Referral whole = Read(kSocialWorker, name_);
  EXPECT_FALSE(whole.has_outcome()) << "not ratified";
}

TEST_F(ReferralTest, InsufficientEvidenceLeadsToASocialWorkerWithTheStatutoryClock) {
  Verified(name_, child_);
  ASSERT_EQ(Score(kSocialWorker), "OK");
  EXPECT_EQ(Panel(3, "", [](v1::PanelDecision& decision) { decision.set_outcome("SIGNPOSTED"); }),
            "FIELD_INVALID");
  ASSERT_EQ(Panel(3, ""), "OK");
  const v1::Referral whole = Read(kSocialWorker, name_);
  EXPECT_EQ(whole.state(), "SOCIAL_WORK");
  ASSERT_EQ(whole.routes_size(), 1);
  const absl::Time due = absl::FromUnixSeconds(whole.routes(0).due_at().seconds());
  EXPECT_GT(due, clock().Now() + absl::Hours(24 * 60)) << "45 working days are nine weeks";
  EXPECT_LT(due, clock().Now() + absl::Hours(24 * 75));
}

TEST_F(ReferralTest, DatesOutOfOrderAreRefusedByTheirField) {
  Verified(name_, child_);
  ASSERT_EQ(Score(kSocialWorker), "OK");
  EXPECT_EQ(
      Panel(3, "SIGNPOSTED", [](v1::PanelDecision& decision) { decision.set_held_on(Day(-1)); }),
      "DATES_OUT_OF_ORDER")
      << "before it was received";
  EXPECT_EQ(
      Panel(3, "SIGNPOSTED", [](v1::PanelDecision& decision) { decision.set_held_on(Day(1)); }),
      "DATES_OUT_OF_ORDER")
      << "tomorrow";
  EXPECT_EQ(Ratify(kTeamManager, "", "", Day(-1)), "DATES_OUT_OF_ORDER");
  EXPECT_EQ(Read(kSocialWorker, name_).state(), "SCORED") << "nothing was kept of it";
  v1::SubmitReferralRequest early =
      Form(kPaediatrician, Registered(kPaediatrician), kBromleyPathway);
  early.mutable_referral()->mutable_application()->set_received_on(Day(1));
  EXPECT_EQ(ReasonIn(Paths(kPaediatrician).SubmitReferral(early)), "DATES_OUT_OF_ORDER");
  early.mutable_referral()->mutable_application()->set_received_on(Day(-3));
  EXPECT_EQ(ReasonIn(Paths(kPaediatrician).SubmitReferral(early)), "FIELD_INVALID")
      << "the hub says when it came";
}

TEST_F(ReferralTest, ClosureNeedsItsDatesAndSaysWhichAreMissing) {
  Verified(name_, child_);
  ASSERT_EQ(Score(kSocialWorker), "OK");
  ASSERT_EQ(Ratify(kTeamManager), "OK");
  auto close = Step<v1::CloseReferralRequest>(kSocialWorker, name_);
  const auto refused = Paths(kSocialWorker).CloseReferral(close);
  EXPECT_EQ(ReasonIn(refused), "STAGE_DATES_MISSING");
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("notified_on, service_started_on"));
  close.set_notified_on(Day());
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).CloseReferral(close)), "STAGE_DATES_MISSING");
  auto start = Step<v1::RecordServiceStartRequest>(kSocialWorker, name_);
  start.set_started_on(Day());
  ASSERT_EQ(ReasonIn(Paths(kSocialWorker).RecordServiceStart(start)), "OK");
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).CloseReferral(close)), "OK");
  EXPECT_EQ(Read(kPaediatrician, name_).stage(), v1::REFERRAL_STAGE_CLOSED);
}

TEST_F(ReferralTest, WithdrawalMidWayEndsWhatWaitsForOthers) {
  const auto asked = Paths(kSocialWorker).RequestVerification(AskSchool(name_, child_));
  ASSERT_TRUE(asked.ok()) << asked.status();
  auto withdraw = Step<v1::WithdrawReferralRequest>(kPaediatrician, name_);
  withdraw.set_reason("the family wishes it");
  ASSERT_EQ(ReasonIn(Paths(kPaediatrician).WithdrawReferral(withdraw)), "OK");
  EXPECT_EQ(Read(kPaediatrician, name_).stage(), v1::REFERRAL_STAGE_WITHDRAWN);
  EXPECT_EQ(ReasonIn(Paths(kSenco).AnswerVerification(
                Saying(kSenco, asked->referral().verifications(0), v1::CLAIM_ANSWER_CONFIRM))),
            "STATE_CONFLICT");
  EXPECT_EQ(Score(kSocialWorker), "STATE_CONFLICT");
  EXPECT_EQ(Panel(3, "SIGNPOSTED"), "STATE_CONFLICT");
}

TEST_F(ReferralTest, EligibilityAnswersAreWholeAndANoIsAPersonsToConfirm) {
  const std::string child = Registered(kPaediatrician);
  v1::SubmitReferralRequest form = Form(kPaediatrician, child, kBromleyPathway);
  form.mutable_referral()->mutable_application()->mutable_eligibility()->RemoveLast();
  EXPECT_EQ(ReasonIn(Paths(kPaediatrician).SubmitReferral(form)), "FIELD_INVALID");
  form = Form(kPaediatrician, child, kBromleyPathway);
  *form.mutable_referral()->mutable_application()->add_eligibility() =
      form.referral().application().eligibility(0);
  EXPECT_EQ(ReasonIn(Paths(kPaediatrician).SubmitReferral(form)), "FIELD_INVALID") << "two ticks";
  form = Form(kPaediatrician, child, kBromleyPathway);
  Answer(form, "lives-here", "NO");
  const std::string name = Submitted(kPaediatrician, form);
  EXPECT_EQ(Read(kSocialWorker, name).state(), "INELIGIBLE");
  EXPECT_FALSE(Read(kPaediatrician, name).has_outcome()) << "a form decides nothing";
  auto ratify = Step<v1::RatifyDecisionRequest>(kTeamManager, name);
  ratify.set_outcome("CRITERIA_NOT_MET");
  EXPECT_EQ(ReasonIn(Paths(kTeamManager).RatifyDecision(ratify)), "OUTCOME_NOT_LISTED")
      << "without a reason";
  ratify.set_reason("lives in another area");
  EXPECT_EQ(ReasonIn(Paths(kTeamManager).RatifyDecision(ratify)), "OK");
}

TEST_F(ReferralTest, AnswerThatSaysSomebodyIsHurtOpensTheSocialWorkRouteAtOnce) {
  v1::SubmitReferralRequest form =
      Form(kPaediatrician, Registered(kPaediatrician), kBromleyPathway);
  Answer(form, "worried", "YES");
  const v1::Referral whole = Read(kSocialWorker, Submitted(kPaediatrician, form));
  EXPECT_TRUE(whole.safeguarding());
  EXPECT_EQ(whole.state(), "SOCIAL_WORK");
  EXPECT_EQ(whole.routes_size(), 1);
}

TEST_F(ReferralTest, RightsAreNeverRefusedByAScoreAPanelOrAClosure) {
  auto right = Step<v1::EscalateToStatutoryRequest>(kPaediatrician, name_);
  right.set_kind(v1::STATUTORY_ROUTE_KIND_EHC_NEEDS);
  right.set_reason("the parents ask for it");
  ASSERT_EQ(ReasonIn(Paths(kPaediatrician).EscalateToStatutory(right)), "OK");
  auto ours = Step<v1::EscalateToStatutoryRequest>(kSocialWorker, name_);
  ours.set_kind(v1::STATUTORY_ROUTE_KIND_CARER);
  ours.set_reason("the mother cannot go on");
  ASSERT_EQ(ReasonIn(Paths(kSocialWorker).EscalateToStatutory(ours)), "OK");
  Verified(name_, child_);
  ASSERT_EQ(Score(kSocialWorker), "OK");
  ASSERT_EQ(Ratify(kTeamManager, "SIGNPOSTED", "enough in the area"), "OK");
  auto close = Step<v1::CloseReferralRequest>(kSocialWorker, name_);
  close.set_notified_on(Day());
  ASSERT_EQ(ReasonIn(Paths(kSocialWorker).CloseReferral(close)), "OK");
  right.set_request_id("");
  right.set_kind(v1::STATUTORY_ROUTE_KIND_SOCIAL_WORK);
  EXPECT_EQ(ReasonIn(Paths(kPaediatrician).EscalateToStatutory(right)), "OK") << "after closure";
  const v1::Referral own = Read(kPaediatrician, name_);
  EXPECT_EQ(own.routes_size(), 2) << "what it asked for itself";
  EXPECT_EQ(Read(kSocialWorker, name_).routes_size(), 3);
}

TEST_F(ReferralTest, ClosedCaseIsInTheQueueAgainForAnAssessmentThatIsAskedForAndLeavesItOnce) {
  const auto in_queue = [&] {
    return Queue(kSocialWorker, v1::WORK_KIND_REFERRAL_TO_HANDLE, name_);
  };
  Verified(name_, child_);
  ASSERT_EQ(Score(kSocialWorker), "OK");
  ASSERT_EQ(Ratify(kTeamManager, "SIGNPOSTED", "enough in the area"), "OK");
  auto close = Step<v1::CloseReferralRequest>(kSocialWorker, name_);
  close.set_notified_on(Day());
  ASSERT_EQ(ReasonIn(Paths(kSocialWorker).CloseReferral(close)), "OK");
  EXPECT_THAT(in_queue(), IsEmpty());

  auto right = Step<v1::EscalateToStatutoryRequest>(kSocialWorker, name_);
  right.set_kind(v1::STATUTORY_ROUTE_KIND_EHC_NEEDS);
  right.set_reason("the parents ask for it");
  const auto asked = Paths(kSocialWorker).EscalateToStatutory(right);
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->referral().stage(), v1::REFERRAL_STAGE_CLOSED) << "its end stands";
  const std::vector<v1::WorkItem> again = in_queue();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].due_at().seconds(), asked->referral().routes(0).due_at().seconds());
  v1::ListReferralsRequest open;
  open.set_opened(true);
  open.set_only_open(true);
  const auto own = Paths(kPaediatrician).ListReferrals(open);
  ASSERT_TRUE(own.ok()) << own.status();
  for (const v1::Referral& one : own->referrals()) {
    EXPECT_NE(one.name(), name_) << "to its referrer it is over";
  }
  EXPECT_NE(Submitted(kPaediatrician, Form(kPaediatrician, child_, kBromleyPathway)), name_)
      << "a new referral is a new one";

  close.set_request_id("");
  close.clear_notified_on();
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).CloseReferral(close)), "OK") << "it goes its own way";
  EXPECT_THAT(in_queue(), IsEmpty());
  close.set_request_id("");
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).CloseReferral(close)), "STATE_CONFLICT");
}

TEST_F(ReferralTest, ReferralThatAwaitsADecisionIsInTheQueueAsThatWithItsDay) {
  Verified(name_, child_);
  EXPECT_EQ(Queue(kSocialWorker, v1::WORK_KIND_REFERRAL_TO_HANDLE, name_).size(), 1u);
  EXPECT_THAT(Queue(kSocialWorker, v1::WORK_KIND_REFERRAL_TO_DECIDE, name_), IsEmpty());
  ASSERT_EQ(Score(kSocialWorker), "OK");
  for (const Persona& as : {kTeamManager, kPanelChair}) {
    const auto items = Queue(as, v1::WORK_KIND_REFERRAL_TO_DECIDE, name_);
    ASSERT_EQ(items.size(), 1u) << as.role;
    EXPECT_EQ(items[0].due_at().seconds(), Read(kSocialWorker, name_).due_at().seconds());
    EXPECT_EQ(items[0].with_agency(), "agencies/kings-park-nhs-trust");
  }
  EXPECT_THAT(Queue(kSocialWorker, v1::WORK_KIND_REFERRAL_TO_HANDLE, name_), IsEmpty())
      << "each is there once";
  EXPECT_THAT(Queue(kCaseworker, v1::WORK_KIND_REFERRAL_TO_DECIDE, name_), IsEmpty())
      << "another unit's";
  ASSERT_EQ(Ratify(kTeamManager), "OK");
  EXPECT_THAT(Queue(kTeamManager, v1::WORK_KIND_REFERRAL_TO_DECIDE, name_), IsEmpty());
}

TEST_F(ReferralTest, VerificationThatIsOpenIsInTheVerifiersQueueAndAwaitedInTheAuthoritys) {
  const auto asked = Paths(kSocialWorker).RequestVerification(AskSchool(name_, child_));
  ASSERT_TRUE(asked.ok()) << asked.status();
  const std::string verification = asked->referral().verifications(0);
  const auto to_answer = Queue(kSenco, v1::WORK_KIND_VERIFICATION_TO_ANSWER, verification);
  const auto awaited = Queue(kSocialWorker, v1::WORK_KIND_VERIFICATION_AWAITED, verification);
  ASSERT_EQ(to_answer.size(), 1u);
  ASSERT_EQ(awaited.size(), 1u);
  EXPECT_GT(to_answer[0].due_at().seconds(), absl::ToUnixSeconds(clock().Now()));
  EXPECT_EQ(to_answer[0].due_at().seconds(), awaited[0].due_at().seconds());
  ASSERT_EQ(ReasonIn(Paths(kSenco).AnswerVerification(
                Saying(kSenco, verification, v1::CLAIM_ANSWER_CONFIRM))),
            "OK");
  EXPECT_THAT(Queue(kSenco, v1::WORK_KIND_VERIFICATION_TO_ANSWER, verification), IsEmpty());
}

TEST_F(ReferralTest, RatificationNeedsAnApprovalOfThatVeryRequestAndItIsGoodOnce) {
  Verified(name_, child_);
  ASSERT_EQ(Score(kSocialWorker), "OK");
  auto request = Step<v1::RatifyDecisionRequest>(kTeamManager, name_);
  request.set_request_id(NewUuid4());
  EXPECT_EQ(AskRawOf<v1::PathwayService>(As(kTeamManager),
                                         &v1::PathwayService::Stub::RatifyDecision, request)
                .code,
            grpc::StatusCode::UNAUTHENTICATED)
      << "by an assertion that approves nothing";
  const auto send = [&](const std::string& id, const std::string& approved) {
    const Clients clients = As(kTeamManager);
    auto stub = v1::PathwayService::NewStub(clients.hub.wire()->channel());
    return clients.hub.wire()->RunApproved({id, approved}, [&](grpc::ClientContext& context) {
      v1::RatifyDecisionResponse response;
      return stub->RatifyDecision(&context, request, &response);
    });
  };
  auto another = request;
  another.set_outcome("SIGNPOSTED");
  EXPECT_TRUE(absl::IsUnauthenticated(send(NewUuid4(), another.SerializeAsString())));
  EXPECT_EQ(Read(kSocialWorker, name_).state(), "SCORED");

  const std::string once = NewUuid4();
  EXPECT_EQ(send(once, request.SerializeAsString()), absl::OkStatus());
  EXPECT_EQ(Read(kSocialWorker, name_).state(), "DECIDED");
  EXPECT_TRUE(absl::IsUnauthenticated(send(once, request.SerializeAsString())));
  ServeAgain();  // what was remembered in memory is gone
  const absl::Status spent = send(once, request.SerializeAsString());
  EXPECT_TRUE(absl::IsUnauthenticated(spent)) << spent;
  EXPECT_THAT(std::string(spent.message()), HasSubstr("used before"));
  EXPECT_EQ(send(NewUuid4(), request.SerializeAsString()), absl::OkStatus())
      << "a new approval of the same request is answered as the first was";
}

TEST_F(ReferralTest, PanelsDecisionNeedsAnApprovalWhereThePathwaySaysSo) {
  const auto unapproved = [](const Persona& by, const v1::RecordPanelDecisionRequest& sitting) {
    auto request = sitting;
    request.set_request_id(NewUuid4());
    return AskRawOf<v1::PathwayService>(As(by), &v1::PathwayService::Stub::RecordPanelDecision,
                                        request)
        .code;
  };
  const std::string enfield = Submitted(kPaediatrician, kEnfieldPathway);
  EXPECT_EQ(
      unapproved(kEnfieldChair, Sitting(kEnfieldChair, enfield, "SSP", 3, "SPECIALIST_SUPPORT")),
      grpc::StatusCode::UNAUTHENTICATED)
      << "the panel's word is the outcome";
  EXPECT_EQ(ReasonIn(Paths(kEnfieldChair)
                         .RecordPanelDecision(
                             Sitting(kEnfieldChair, enfield, "SSP", 3, "SPECIALIST_SUPPORT"))),
            "OK");
  Verified(name_, child_);
  ASSERT_EQ(Score(kSocialWorker), "OK");
  EXPECT_EQ(unapproved(kPanelChair, Sitting(kPanelChair, name_, "SHORT_BREAKS", 3, "SIGNPOSTED")),
            grpc::StatusCode::OK)
      << "a manager ratifies it, with an approval";
}

TEST_F(ReferralTest, TwoAgenciesReferOneChildAndNeitherLearnsOfTheOther) {
  RegisterToo(kSenco, child_);
  const v1::Referral before = Read(kPaediatrician, name_);
  const std::string second = Submitted(kSenco, Form(kSenco, child_, kBromleyPathway));
  EXPECT_NE(second, name_);
  EXPECT_EQ(Submitted(kPaediatrician, Form(kPaediatrician, child_, kBromleyPathway)), name_)
      << "one open referral of an agency";
  const v1::Referral after = Read(kPaediatrician, name_);
  EXPECT_EQ(after.SerializeAsString(), before.SerializeAsString());
  EXPECT_THAT(after.others(), IsEmpty());
  EXPECT_EQ(ReasonOfReading(kPaediatrician, second), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOfReading(kSenco, name_), "RESOURCE_NOT_FOUND");
  EXPECT_THAT(Read(kSocialWorker, name_).others(), ::testing::ElementsAre(second));
}

TEST_F(ReferralTest, ReferrersEtagDoesNotCountWhatIsDoneBehindIt) {
  const std::string before = Read(kPaediatrician, name_).etag();
  Verified(name_, child_);
  const std::string working = Read(kPaediatrician, name_).etag();
  ASSERT_EQ(Score(kSocialWorker), "OK");
  EXPECT_EQ(Read(kPaediatrician, name_).etag(), working) << "scoring shows nothing to it";
  EXPECT_NE(working, before) << "the stage has changed";
  auto withdraw = Step<v1::WithdrawReferralRequest>(kPaediatrician, name_);
  withdraw.set_reason("the family wishes it");
  withdraw.set_etag(before);
  EXPECT_EQ(ReasonIn(Paths(kPaediatrician).WithdrawReferral(withdraw)), "ETAG_MISMATCH");
  withdraw.set_etag(working);
  EXPECT_EQ(ReasonIn(Paths(kPaediatrician).WithdrawReferral(withdraw)), "OK");
}

TEST_F(ReferralTest, StepsAreTheAuthoritysAloneAndOthersFindNothing) {
  EXPECT_EQ(ReasonIn(Paths(kPaediatrician)
                         .ScoreReferral(Step<v1::ScoreReferralRequest>(kPaediatrician, name_))),
            "POLICY_DENIED");
  EXPECT_EQ(ReasonIn(Paths(kEnfieldWorker)
                         .ScoreReferral(Step<v1::ScoreReferralRequest>(kEnfieldWorker, name_))),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOfReading(kEnfieldWorker, name_), "RESOURCE_NOT_FOUND");
  v1::GetReferralRequest of_nobody;
  of_nobody.set_name("referrals/aaaaaaaaaaaaaaaaaaaaaaaaaa");
  v1::GetReferralRequest of_others;
  of_others.set_name(name_);
  const auto raw = [&](const v1::GetReferralRequest& request) {
    return AskRawOf<v1::PathwayService>(As(kEnfieldWorker), &v1::PathwayService::Stub::GetReferral,
                                        request);
  };
  EXPECT_EQ(raw(of_others), raw(of_nobody));
  const Persona caseworker = kCaseworker;
  EXPECT_EQ(ReasonOfReading(caseworker, name_), "RESOURCE_NOT_FOUND") << "another unit's";
}

TEST_F(ReferralTest, RepeatedCallHasOneEffectAndAnotherContentIsRefused) {
  auto step = AskSchool(name_, child_);
  step.set_request_id("7d9a6d4c-4a53-4d55-9a4b-1f0e6a7c1b2d");
  const auto first = Paths(kSocialWorker).RequestVerification(step);
  const auto again = Paths(kSocialWorker).RequestVerification(step);
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(again->referral().verifications_size(), 1);
  step.set_case_reference("another");
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).RequestVerification(step)), "REQUEST_ID_REUSED");
  auto stale = Step<v1::ScoreReferralRequest>(kSocialWorker, name_);
  stale.set_etag("r1");
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).ScoreReferral(stale)), "ETAG_MISMATCH");
}

TEST_F(ReferralTest, TimescaleThatRunsOutIsAnEventAndIsInTheQueue) {
  clock().Advance(absl::Hours(24 * 60));
  const v1::Referral whole = Read(kSocialWorker, name_);
  EXPECT_TRUE(Happened(whole, v1::REFERRAL_ACT_TIMESCALE_BREACHED));
  EXPECT_TRUE(whole.overdue());
  ASSERT_FALSE(whole.clocks().empty());
  EXPECT_TRUE(whole.clocks(0).breached());
  v1::ListWorkItemsRequest queue;
  queue.set_kind(v1::WORK_KIND_REFERRAL_TO_HANDLE);
  queue.set_page_size(200);
  const auto items = As(kSocialWorker).custody.ListWorkItems(queue);
  ASSERT_TRUE(items.ok()) << items.status();
  EXPECT_TRUE(std::any_of(
      items->work_items().begin(), items->work_items().end(),
      [&](const v1::WorkItem& item) { return item.name() == name_ && item.overdue(); }));
}

TEST_F(ReferralTest, VerifierIsASchoolOrVoluntaryBodyAndAnswersEveryClaimOnce) {
  EXPECT_EQ(
      ReasonIn(
          Paths(kSocialWorker).RequestVerification(AskSchool(name_, child_, "northshire-police"))),
      "FIELD_INVALID");
  auto unknown = AskSchool(name_, child_);
  unknown.mutable_verification()->mutable_claims(0)->set_code("IS_NICE");
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).RequestVerification(unknown)), "FIELD_INVALID");
  const auto asked =
      Paths(kSocialWorker).RequestVerification(AskSchool(name_, child_, "bright-path"));
  ASSERT_TRUE(asked.ok()) << asked.status();
  const std::string verification = asked->referral().verifications(0);
  auto half = Saying(kFamilySupport, verification, v1::CLAIM_ANSWER_CONFIRM);
  half.mutable_claims()->RemoveLast();
  EXPECT_EQ(ReasonIn(Paths(kFamilySupport).AnswerVerification(half)), "FIELD_INVALID");
  EXPECT_EQ(ReasonIn(Paths(kSenco).AnswerVerification(
                Saying(kSenco, verification, v1::CLAIM_ANSWER_CONFIRM))),
            "RESOURCE_NOT_FOUND")
      << "it was not asked";
  EXPECT_EQ(ReasonIn(Paths(kFamilySupport)
                         .AnswerVerification(
                             Saying(kFamilySupport, verification, v1::CLAIM_ANSWER_CONFIRM))),
            "OK");
  EXPECT_EQ(Score(kSocialWorker), "OK");
}

TEST_F(ReferralTest, PathwayThatIsNotThereOrDoesNotTakeThisWayIsRefusedByName) {
  const std::string child = Registered(kPaediatrician);
  v1::SubmitReferralRequest form = Form(kPaediatrician, child, "somewhere-else");
  EXPECT_EQ(ReasonIn(Paths(kPaediatrician).SubmitReferral(form)), "PATHWAY_NOT_AVAILABLE");
  form = Form(kPaediatrician, child, kBromleyPathway);
  form.mutable_referral()->mutable_application()->set_channel(v1::REFERRAL_CHANNEL_TRADITIONAL);
  EXPECT_EQ(ReasonIn(Paths(kPaediatrician).SubmitReferral(form)), "PATHWAY_NOT_AVAILABLE");
}

TEST_F(ReferralTest, ChildThatNobodyRegisteredIsRefusedLikeOneWhoseIdentityWasSevered) {
  const std::string severed = NewChild();
  const auto raw = [&](const std::string& child) {
    return AskRawOf<v1::PathwayService>(
        As(kCaseworker), &v1::PathwayService::Stub::SubmitReferral, [&] {
          auto form = Form(kCaseworker, child, kBromleyPathway);
          form.set_request_id("0f5c1f6e-1f0a-4c39-8a5e-6d0b0d4f9c01");
          form.set_validate_only(true);
          return form;
        }());
  };
  ASSERT_EQ(raw(severed).code, 0);
  const Persona manager = kSendManager;
  v1::SeverIdentityRequest sever;
  sever.set_unit("send");
  sever.set_subject(severed);
  sever.set_reason(v1::SEVERANCE_REASON_ADOPTION);
  sever.set_justification("adoption order AO-7");
  const auto asked = As(manager).subjects.SeverIdentity(sever);
  ASSERT_TRUE(asked.ok()) << asked.status();
  v1::SeverIdentityRequest confirm;
  confirm.set_unit("send");
  confirm.set_severance(asked->severance().name());
  ASSERT_EQ(ReasonIn(As(kOtherSendManager).subjects.SeverIdentity(confirm)), "OK");
  const WireBytes gone = raw(severed);
  EXPECT_EQ(gone, raw(UnknownChild()));
  EXPECT_NE(gone.code, 0);
}

// Last: the hub is served anew, by a policy in which the pathway and the scoring model have ended.
TEST_F(ReferralTest, CaseKeepsThePathwayThatItBeganUnderAndARetiredModelScoresNothing) {
  Verified(name_, child_);
  const std::string folder = world().folder() + "/policies-of-tomorrow";
  std::filesystem::copy(HubWorld::policy_folder(), folder,
                        std::filesystem::copy_options::recursive);
  std::filesystem::remove(folder + "/pathways/bromley-online-assessment.textproto");
  const std::string model = folder + "/scoring/bromley-short-breaks-2.textproto";
  std::stringstream text;
  text << std::ifstream(model).rdbuf();
  const std::string ended = absl::StrReplaceAll(
      text.str(), {{"effective { from: \"2017-04-01\" }",
                    "effective { from: \"2017-04-01\" until: \"2026-01-31\" }"}});
  ASSERT_NE(ended, text.str());
  std::ofstream(model) << ended;
  ServeAgain([&](HouseOptions& options) { options.policy_folder = folder; });

  EXPECT_EQ(ReasonIn(Paths(kPaediatrician)
                         .SubmitReferral(
                             Form(kPaediatrician, Registered(kPaediatrician), kBromleyPathway))),
            "PATHWAY_NOT_AVAILABLE")
      << "nothing begins under it any more";
  EXPECT_EQ(Score(kSocialWorker), "SCORING_MODEL_RETIRED");
  ASSERT_EQ(Panel(3, ""), "OK") << "what began goes on: its panel says that it needs more";
  EXPECT_EQ(Read(kSocialWorker, name_).state(), "SOCIAL_WORK");
  EXPECT_EQ(Read(kSocialWorker, name_).pathway_version(), 1u);
}

}  // namespace
}  // namespace ehc
