// Enfield's panels by age, York's two ways in, Cornwall's steps, families that move, protected
// children, and what volunteers see.
#include "ehc/hub/v1/pathway_service.grpc.pb.h"
#include "tests/end2end/hub_wire.h"
#include "tests/end2end/pathway_world.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class RoutesTest : public PathwayTest {
 protected:
  // Born so that the fifth birthday is `days` from today.
  static std::string BornForFive(int days) {
    const Date birthday = Today() + days;
    return FormatDate(Date(birthday.year() - 5, birthday.month(), birthday.day()));
  }
  static std::string PanelOf(const std::string& born) {
    return Read(kEnfieldWorker, Submitted(kPaediatrician, kEnfieldPathway, born)).panel();
  }
  static std::string Decide(const std::string& name, const std::string& panel) {
    return ReasonIn(
        Paths(kEnfieldChair)
            .RecordPanelDecision(Sitting(kEnfieldChair, name, panel, 3, "SPECIALIST_SUPPORT")));
  }
  static void SetLondonDay(int year, int month, int day) {
    clock().Set(LondonMidnight(Date(year, month, day)) + absl::Hours(10));
  }
};

TEST_F(RoutesTest, UnderFiveGoesToEsrapAndOnTheFifthBirthdayToSsp) {
  EXPECT_EQ(PanelOf(BornForFive(1)), "ESRAP") << "five tomorrow";
  EXPECT_EQ(PanelOf(BornForFive(0)), "SSP") << "received on the fifth birthday";
  EXPECT_EQ(PanelOf(BornForFive(-1)), "SSP");
}

TEST_F(RoutesTest, FifthBirthdayBetweenReferralAndPanelChangesNothing) {
  const std::string name = Submitted(kPaediatrician, kEnfieldPathway, BornForFive(3));
  clock().Advance(absl::Hours(24 * 10));
  EXPECT_EQ(Decide(name, "SSP"), "WRONG_PANEL");
  EXPECT_EQ(Decide(name, "ESRAP"), "OK");
  EXPECT_EQ(Read(kPaediatrician, name).outcome().code(), "SPECIALIST_SUPPORT")
      << "the panel's word is the outcome";
}

// As the authority enters forms that came to it on paper on those days.
TEST_F(RoutesTest, ChildOfALeapDayIsFiveOnTheFirstOfMarch) {
  const auto panel_on = [](const std::string& day) {
    auto form = Form(kEnfieldWorker, Registered(kEnfieldWorker, "2020-02-29"), kEnfieldPathway);
    auto& application = *form.mutable_referral()->mutable_application();
    application.set_channel(v1::REFERRAL_CHANNEL_TRADITIONAL);
    application.set_received_on(day);
    return Read(kEnfieldWorker, Submitted(kEnfieldWorker, form)).panel();
  };
  EXPECT_EQ(panel_on("2025-02-28"), "ESRAP");
  EXPECT_EQ(panel_on("2025-03-01"), "SSP");
}

TEST_F(RoutesTest, PanelThatDependsOnTheAgeNeedsADateOfBirth) {
  const int serial = 5000 + NewNumber();
  v1::RegisterSubjectRequest unborn = Registration(serial, kPaediatrician.unit);
  unborn.mutable_person()->clear_date_of_birth();
  const std::string registered = ReasonIn(As(kPaediatrician).subjects.RegisterSubject(unborn));
  if (registered != "OK") {
    EXPECT_EQ(registered, "FIELD_INVALID") << "nobody is registered without one";
    return;
  }
  EXPECT_EQ(ReasonIn(Paths(kPaediatrician)
                         .SubmitReferral(Form(kPaediatrician, SubjectOf(serial), kEnfieldPathway))),
            "FIELD_INVALID");
}

TEST_F(RoutesTest, EveryOutcomeOfEnfieldIsOfItsListWithAReason) {
  const std::string name = Submitted(kPaediatrician, kEnfieldPathway, "2016-05-04");
  auto sitting = Sitting(kEnfieldChair, name, "SSP", 3, "PENDING");
  EXPECT_EQ(ReasonIn(Paths(kEnfieldChair).RecordPanelDecision(sitting)), "OUTCOME_NOT_LISTED");
  sitting.mutable_decision()->set_outcome("SIGNPOSTED");
  sitting.mutable_decision()->clear_reason();
  EXPECT_EQ(ReasonIn(Paths(kEnfieldChair).RecordPanelDecision(sitting)), "OUTCOME_NOT_LISTED");
  sitting.mutable_decision()->set_reason("a club near home");
  EXPECT_EQ(ReasonIn(Paths(kEnfieldChair).RecordPanelDecision(sitting)), "OK");
}

TEST_F(RoutesTest, EnfieldsMatrixIsTickedThroughAReferralAndDecidesNothing) {
  const std::string name = Submitted(kPaediatrician, kEnfieldPathway, "2016-05-04");
  auto score = Step<v1::ScoreReferralRequest>(kEnfieldWorker, name);
  const auto tick = [&](const char* row, const char* level) {
    v1::NeedsAnswer& answer = *score.add_answers();
    answer.set_row(row);
    answer.set_level(level);
  };
  tick("self-care", "HIGH");
  tick("distressed-behaviour", "MEDIUM");
  tick("challenging-behaviour", "LOW");
  tick("communication", "MEDIUM");
  EXPECT_EQ(ReasonIn(Paths(kEnfieldWorker).ScoreReferral(score)), "FIELD_INVALID")
      << "a row has no tick";
  tick("universal-services", "NOT_APPLICABLE");
  tick("self-care", "LOW");
  EXPECT_EQ(ReasonIn(Paths(kEnfieldWorker).ScoreReferral(score)), "FIELD_INVALID")
      << "two ticks in a row";
  score.mutable_answers()->RemoveLast();
  const auto scored = Paths(kEnfieldWorker).ScoreReferral(score);
  ASSERT_TRUE(scored.ok()) << scored.status();
  const v1::Referral& whole = scored->referral();
  EXPECT_EQ(whole.state(), "PROFILED");
  EXPECT_EQ(whole.score().model(), "enfield-needs-matrix");
  EXPECT_FALSE(whole.score().has_points()) << "no rule from ticks to points is published";
  EXPECT_EQ(whole.score().items_size(), 5);
  EXPECT_EQ(whole.score().levels_size(), 4) << "the profile";
  EXPECT_EQ(whole.proposed_outcome(), "");
  EXPECT_FALSE(Read(kPaediatrician, name).has_score());
  EXPECT_EQ(ReasonIn(Paths(kEnfieldWorker).ScoreReferral(score)), "OK") << "filled in anew";
  EXPECT_EQ(Decide(name, "SSP"), "OK") << "the panel decides, whatever the profile";
}

TEST_F(RoutesTest, YorkTakesPaperAndTheAuthorityStatesItsDay) {
  const std::string child = Registered(kYorkWorker);
  v1::SubmitReferralRequest form = Form(kYorkWorker, child, kYorkPathway);
  v1::ReferralApplication& application = *form.mutable_referral()->mutable_application();
  application.set_channel(v1::REFERRAL_CHANNEL_TRADITIONAL);
  application.set_submitter(v1::REFERRAL_SUBMITTER_PARENT);
  application.set_completed_by_proxy(true);
  application.set_received_on(Day(-4));
  const std::string name = Submitted(kYorkWorker, form);
  const v1::Referral whole = Read(kYorkWorker, name);
  EXPECT_EQ(whole.dates().received_on(), Day(-4));
  EXPECT_TRUE(whole.application().completed_by_proxy());
  EXPECT_EQ(ReasonIn(Paths(kYorkWorker)
                         .RecordPanelDecision(
                             Sitting(kYorkWorker, name, "ENQUIRY", 1, "DATA_NOT_CLEAR"))),
            "OK");
}

TEST_F(RoutesTest, YorksEnquiryIsPrefilledFromThePlanThroughADisclosure) {
  const int serial = 7000 + NewNumber();
  ASSERT_EQ(ReasonIn(As(kYorkCaseworker).subjects.RegisterSubject(Registration(serial))), "OK");
  const std::string child = SubjectOf(serial);
  ASSERT_EQ(ReasonIn(As(kYorkCaseworker).subjects.CreateRelationship(ParentOf(child, "mother"))),
            "OK");
  v1::PublishPlanRequest plan = PlanOf(child, "York", absl::StrCat("york-", serial));
  plan.mutable_plan()->mutable_as_at()->set_seconds(absl::ToUnixSeconds(clock().Now()) - 60);
  ASSERT_EQ(ReasonIn(As(kYorkCaseworker).records.PublishPlan(plan)), "OK");
  v1::GetPlanSummaryRequest ask;
  ask.set_subject(child);
  ask.set_custodian("agencies/york");
  v1::DisclosureContext& context = *ask.mutable_context();
  context.set_purpose("SHORT_BREAK_DECISION");
  context.set_lawful_basis("ART6_1_E");
  context.set_special_category_basis("ART9_2_H");
  context.set_gateway("R17_CONSENT");
  context.set_agreement("agreements/york-short-breaks");
  EXPECT_EQ(ReasonIn(As(kYorkWorker).records.GetPlanSummary(ask)), "NOT_AVAILABLE")
      << "nobody has consented yet";
  v1::RecordConsentRequest consent = ConsentOf(child, "mother", {"B_HEADLINE", "DATES", "E"});
  consent.mutable_consent()->set_recipients(0, "agencies/york");
  consent.mutable_consent()->set_purposes(0, "SHORT_BREAK_DECISION");
  consent.mutable_consent()->mutable_given_at()->set_seconds(absl::ToUnixSeconds(clock().Now()) -
                                                             60);
  ASSERT_EQ(ReasonIn(As(kYorkCaseworker).consents.RecordConsent(consent)), "OK");
  const auto summary = As(kYorkWorker).records.GetPlanSummary(ask);
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->plan_summary().headline().b_headline(), "headline York");
  EXPECT_FALSE(summary->plan_summary().has_health_needs()) << "minimised: not for this purpose";
  ASSERT_EQ(
      ReasonIn(As(kYorkWorker).subjects.RegisterSubject(Registration(serial, kYorkWorker.unit))),
      "OK");
  v1::SubmitReferralRequest form = Form(kYorkWorker, child, kYorkPathway);
  v1::PrefilledFrom& from =
      *form.mutable_referral()->mutable_application()->mutable_prefilled_from();
  from.set_record(summary->disclosure().record());
  from.set_version(summary->disclosure().version());
  from.set_leaf_hash(summary->disclosure().receipt().leaf_hash());
  const std::string name = Submitted(kYorkWorker, form);
  EXPECT_EQ(Read(kYorkWorker, name).application().prefilled_from().leaf_hash(),
            summary->disclosure().receipt().leaf_hash());
}

TEST_F(RoutesTest, CornwallHandsAFamilyToVolunteersAndStepsUpAndDown) {
  const std::string child = Registered(kPaediatrician);
  const std::string name = Submitted(kPaediatrician, Form(kPaediatrician, child, kCornwallPathway));
  auto hand = Step<v1::HandOffRequest>(kCornwallWorker, name);
  hand.mutable_hand_off()->set_to("agencies/bright-path");
  hand.mutable_hand_off()->set_child_reference(child);
  hand.mutable_hand_off()->set_next_step("ring the family and talk");
  const auto handed = Paths(kCornwallWorker).HandOff(hand);
  ASSERT_TRUE(handed.ok()) << handed.status();
  EXPECT_EQ(handed->referral().state(), "WITH_VOLUNTEER");
  const std::string errand = handed->referral().hand_offs(0);

  // The coordinator sees what to do; a volunteer sees where it is, and nothing else.
  const auto list = Paths(kFamilySupport).ListHandOffs(v1::ListHandOffsRequest());
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->hand_offs_size(), 1);
  EXPECT_THAT(list->SerializeAsString(), Not(HasSubstr("nights are hard")));
  EXPECT_EQ(ReasonIn(Paths(kVolunteer).ListHandOffs(v1::ListHandOffsRequest())), "POLICY_DENIED");
  v1::GetReferralStatusRequest where;
  where.set_name(errand);
  const auto status = Paths(kVolunteer).GetReferralStatus(where);
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->status().stage(), v1::REFERRAL_STAGE_IN_PROGRESS);
  EXPECT_EQ(ReasonOfReading(kVolunteer, name), "POLICY_DENIED");
  where.set_name(name);
  EXPECT_EQ(ReasonIn(Paths(kVolunteer).GetReferralStatus(where)), "RESOURCE_NOT_FOUND");

  const auto step = [&](v1::StepDirection direction) {
    auto request = Step<v1::StepReferralRequest>(kCornwallWorker, name);
    request.set_direction(direction);
    request.set_reason("as agreed with the family");
    return ReasonIn(Paths(kCornwallWorker).StepReferral(request));
  };
  ASSERT_EQ(step(v1::STEP_DIRECTION_UP), "OK");
  EXPECT_EQ(Read(kCornwallWorker, name).state(), "WITH_EARLY_HELP");
  EXPECT_FALSE(Paths(kFamilySupport).ListHandOffs(v1::ListHandOffsRequest())->hand_offs(0).open())
      << "they are done";
  ASSERT_EQ(step(v1::STEP_DIRECTION_UP), "OK");
  EXPECT_EQ(Read(kCornwallWorker, name).state(), "SOCIAL_WORK");
  EXPECT_EQ(step(v1::STEP_DIRECTION_UP), "STATE_CONFLICT");
  ASSERT_EQ(step(v1::STEP_DIRECTION_DOWN), "OK");
  ASSERT_EQ(step(v1::STEP_DIRECTION_DOWN), "OK");
  const v1::Referral whole = Read(kCornwallWorker, name);
  EXPECT_EQ(whole.state(), "WITH_VOLUNTEER");
  EXPECT_TRUE(Happened(whole, v1::REFERRAL_ACT_STEPPED_UP));
  EXPECT_TRUE(Happened(whole, v1::REFERRAL_ACT_STEPPED_DOWN));
  auto ratify = Step<v1::RatifyDecisionRequest>(kCornwallManager, name);
  ratify.set_outcome("SUPPORTED");
  EXPECT_EQ(ReasonIn(Paths(kCornwallManager).RatifyDecision(ratify)), "OUTCOME_NOT_LISTED")
      << "nothing was proposed: it says why";
  ratify.set_reason("the family manages");
  EXPECT_EQ(ReasonIn(Paths(kCornwallManager).RatifyDecision(ratify)), "OK");
}

TEST_F(RoutesTest, MovedFamilyGoesOnAtTheNewAuthorityAsOfTheSameDay) {
  const std::string child = Registered(kPaediatrician);
  const std::string name = Submitted(kPaediatrician, Form(kPaediatrician, child, kBromleyPathway));
  clock().Advance(absl::Hours(72));
  auto over = Step<v1::HandOverReferralRequest>(kSocialWorker, name);
  over.set_pathway(kBromleyPathway);
  over.set_child_reference(child);
  over.set_moved_on(Day());
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).HandOverReferral(over)), "FIELD_INVALID") << "its own";
  over.set_pathway(kYorkPathway);
  const auto handed = Paths(kSocialWorker).HandOverReferral(over);
  ASSERT_TRUE(handed.ok()) << handed.status();
  EXPECT_EQ(handed->referral().stage(), v1::REFERRAL_STAGE_HANDED_OVER);
  const v1::Referral before = Read(kPaediatrician, name);
  ASSERT_FALSE(before.successor().empty());
  const v1::Referral next = Read(kYorkWorker, before.successor());
  EXPECT_EQ(next.dates().received_on(), Day(-3));
  EXPECT_EQ(next.application().issues(), "nights are hard for everybody");
  EXPECT_THAT(next.events(), ::testing::SizeIs(1)) << "the old authority's history stays there";
  ASSERT_EQ(ReasonIn(Paths(kYorkWorker)
                         .RecordPanelDecision(Sitting(kYorkWorker, before.successor(), "ENQUIRY", 1,
                                                      "SHORT_BREAK"))),
            "OK");
  const v1::Referral told = Read(kPaediatrician, before.successor());
  EXPECT_EQ(told.to(), "agencies/york");
  EXPECT_EQ(told.outcome().code(), "SHORT_BREAK") << "the referrer is told by whoever decided";
  EXPECT_EQ(ReasonOfReading(kSocialWorker, before.successor()), "RESOURCE_NOT_FOUND");
}

TEST_F(RoutesTest, ProtectedChildsReferrerIsToldTheOutcomeAndNotWhereTheChildIs) {
  const int serial = 100 + NewSerial();
  const std::string child = MakeChild(As(kCaseworker), serial);
  ASSERT_EQ(
      ReasonIn(
          As(kPaediatrician).subjects.RegisterSubject(Registration(serial, kPaediatrician.unit))),
      "OK");
  ASSERT_EQ(Protect(child, v1::PROTECTION_LABEL_ADDRESS_RESTRICTED), "OK");
  const std::string name = Submitted(kPaediatrician, Form(kPaediatrician, child, kBromleyPathway));
  const v1::Referral whole = Read(kSocialWorker, name);
  EXPECT_EQ(whole.from(), "agencies/hub-relay") << "who refers tells where the child is treated";
  EXPECT_THAT(whole.from_unit(), IsEmpty());
  auto over = Step<v1::HandOverReferralRequest>(kSocialWorker, name);
  over.set_pathway(kYorkPathway);
  over.set_child_reference(child);
  over.set_moved_on(Day());
  ASSERT_EQ(ReasonIn(Paths(kSocialWorker).HandOverReferral(over)), "OK");
  const std::string next = Read(kPaediatrician, name).successor();
  ASSERT_FALSE(next.empty());
  ASSERT_EQ(
      ReasonIn(Paths(kYorkWorker)
                   .RecordPanelDecision(Sitting(kYorkWorker, next, "ENQUIRY", 1, "SHORT_BREAK"))),
      "OK");
  const v1::Referral told = Read(kPaediatrician, next);
  EXPECT_EQ(told.outcome().code(), "SHORT_BREAK");
  EXPECT_EQ(told.outcome().decided_on(), Day());
  EXPECT_EQ(told.to(), "agencies/hub-relay");
  EXPECT_FALSE(told.outcome().has_contact());
  EXPECT_THAT(told.SerializeAsString(), Not(HasSubstr("york")));
}

TEST_F(RoutesTest, ConcernIsWrittenOneWayAndOfAnUnknownChildAlike) {
  const std::string child = NewChild();
  const auto report = [&](const std::string& of) {
    v1::ReportConcernRequest request;
    request.set_unit(kVolunteer.unit);
    request.set_to("agencies/bromley");
    request.mutable_concern()->set_child_reference(of);
    request.mutable_concern()->set_text("cold, and alone at home");
    return request;
  };
  const auto raw = [&](const std::string& of, const char* id) {
    auto request = report(of);
    request.set_request_id(id);
    WireBytes answer = AskRawOf<v1::PathwayService>(
        As(kVolunteer), &v1::PathwayService::Stub::ReportConcern, request);
    return answer;
  };
  const WireBytes known = raw(child, "11111111-1111-4111-8111-111111111111");
  EXPECT_EQ(known.code, 0) << known.message;
  EXPECT_EQ(known, raw(UnknownChild(), "22222222-2222-4222-8222-222222222222"));
  EXPECT_EQ(known, raw(child, "11111111-1111-4111-8111-111111111111")) << "repeated";
  EXPECT_EQ(ReasonIn(Paths(kVolunteer).ListConcerns(v1::ListConcernsRequest())), "POLICY_DENIED");
  v1::ListConcernsRequest back;
  back.set_opened(true);
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).ListConcerns(back)), "FIELD_INVALID");

  v1::ListConcernsRequest inbox;
  inbox.set_only_open(true);
  const auto read = Paths(kSocialWorker).ListConcerns(inbox);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->concerns_size(), 2) << "a repetition is no second concern";
  EXPECT_EQ(read->concerns(0).text(), "cold, and alone at home");
  EXPECT_EQ(read->concerns(0).reporter_role(), "VOLUNTEER");
  EXPECT_EQ(read->concerns(0).child_reference(), child);
  EXPECT_EQ(ReasonIn(Paths(kCaseworker).ListConcerns(inbox)), "POLICY_DENIED");
  auto resolve = Step<v1::ResolveConcernRequest>(kSocialWorker, read->concerns(0).name());
  resolve.set_action_taken("visited the same day");
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).ResolveConcern(resolve)), "OK");
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).ResolveConcern(resolve)), "STATE_CONFLICT");
}

// Last: it sets the clock to a summer, when London's day begins an hour before UTC's.
TEST_F(RoutesTest, DayOfReceiptIsLondonsDay) {
  SetLondonDay(2027, 6, 15);
  clock().Advance(absl::Hours(13) + absl::Minutes(30));  // 23:30 in London, 22:30 UTC
  const std::string tomorrow = BornForFive(1);
  EXPECT_EQ(PanelOf(tomorrow), "ESRAP");
  clock().Advance(absl::Minutes(40));  // 00:10 in London, 23:10 UTC of the day before
  EXPECT_EQ(PanelOf(tomorrow), "SSP");
}

}  // namespace
}  // namespace ehc
