// Two families, from the referral to the answer, over real TLS: one that is helped, and one that
// turns out to need protection.
#include "tests/end2end/pathway_world.h"

namespace ehc {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PathwayStory : public PathwayTest {
 protected:
  static std::vector<std::string> FamilyReport(const std::string& child) {
    const Clients governance = As(kGovernance);
    v1::ListSubjectDisclosuresRequest request;
    request.set_subject(child);
    request.set_unit("send");
    request.set_view(v1::DISCLOSURE_VIEW_FAMILY);
    request.mutable_requester()->set_role(v1::DECISION_MAKER_ROLE_PARENT);
    request.mutable_requester()->set_person_reference("mother");
    const auto report = governance.audit.ListSubjectDisclosures(request);
    EXPECT_TRUE(report.ok()) << report.status();
    std::vector<std::string> sentences;
    if (!report.ok()) return sentences;
    for (const auto& one : report->disclosures()) sentences.push_back(one.sentence());
    return sentences;
  }
};

TEST_F(PathwayStory, PaediatricianRefersSchoolVerifiesPanelDecidesAndTheFamilySeesIt) {
  // Bromley knows the child, whose mother decides; the paediatrician registers and refers.
  const int serial = 100 + NewSerial();
  const std::string child = MakeChild(As(kCaseworker), serial);
  ASSERT_EQ(
      ReasonIn(
          As(kPaediatrician).subjects.RegisterSubject(Registration(serial, kPaediatrician.unit))),
      "OK");
  const std::string name = Submitted(kPaediatrician, Form(kPaediatrician, child, kBromleyPathway));
  v1::Referral own = Read(kPaediatrician, name);
  EXPECT_EQ(own.stage(), v1::REFERRAL_STAGE_RECEIVED);
  EXPECT_FALSE(own.expected_on().empty());

  // Nothing is scored before somebody who knows the child has confirmed it.
  const auto score = Step<v1::ScoreReferralRequest>(kSocialWorker, name);
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).ScoreReferral(score)), "REFERRAL_NOT_VERIFIED");
  const auto asked = Paths(kSocialWorker).RequestVerification(AskSchool(name, child));
  ASSERT_TRUE(asked.ok()) << asked.status();
  v1::GetVerificationRequest get;
  get.set_name(asked->referral().verifications(0));
  const auto shown = Paths(kSenco).GetVerification(get);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->verification().claims_size(), 2);
  EXPECT_THAT(shown->SerializeAsString(), Not(HasSubstr("nights are hard")));
  ASSERT_EQ(ReasonIn(Paths(kSenco).AnswerVerification(
                Saying(kSenco, get.name(), v1::CLAIM_ANSWER_CONFIRM))),
            "OK");

  // The score is explained, item by item, and decides nothing.
  const auto scored = Paths(kSocialWorker).ScoreReferral(score);
  ASSERT_TRUE(scored.ok()) << scored.status();
  EXPECT_EQ(scored->referral().score().items_size(), 5);
  for (const v1::ScoreItem& item : scored->referral().score().items()) {
    EXPECT_FALSE(item.explanation().empty()) << item.row();
  }
  EXPECT_EQ(scored->referral().score().rater(), kSocialWorker.user);
  EXPECT_FALSE(scored->referral().has_outcome());
  EXPECT_FALSE(Read(kPaediatrician, name).has_outcome());

  // The panel decides, a manager who neither scored nor decided ratifies.
  const auto decided = Paths(kPanelChair)
                           .RecordPanelDecision(Sitting(kPanelChair, name, "SHORT_BREAKS", 3,
                                                        "SHORT_BREAK_50_HOURS"));
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->referral().proposed_outcome(), "SHORT_BREAK_50_HOURS");
  const auto ratified =
      Paths(kTeamManager).RatifyDecision(Step<v1::RatifyDecisionRequest>(kTeamManager, name));
  ASSERT_TRUE(ratified.ok()) << ratified.status();
  EXPECT_THAT(ratified->referral().packs(),
              Contains(::testing::Property(&v1::InformationPack::id, "decision")));

  // The paediatrician is told the outcome and nothing else of the case.
  own = Read(kPaediatrician, name);
  EXPECT_EQ(own.stage(), v1::REFERRAL_STAGE_DECIDED);
  EXPECT_EQ(own.outcome().code(), "SHORT_BREAK_50_HOURS");
  EXPECT_EQ(own.outcome().decided_on(), Day());
  EXPECT_EQ(own.outcome().contact().telephone(), "020 7946 0123");
  EXPECT_FALSE(own.has_score());
  EXPECT_FALSE(own.has_panel_decision());
  EXPECT_THAT(own.events(), IsEmpty());
  EXPECT_THAT(own.verifications(), IsEmpty());
  EXPECT_THAT(own.state(), IsEmpty());
  EXPECT_THAT(own.SerializeAsString(), Not(HasSubstr("as discussed")));

  // The decision is not the service.
  clock().Advance(absl::Hours(48));
  auto start = Step<v1::RecordServiceStartRequest>(kSocialWorker, name);
  start.set_started_on(Day());
  ASSERT_EQ(ReasonIn(Paths(kSocialWorker).RecordServiceStart(start)), "OK");
  EXPECT_EQ(Read(kPaediatrician, name).outcome().service_started_on(), Day());
  auto close = Step<v1::CloseReferralRequest>(kSocialWorker, name);
  close.set_notified_on(Day(-2));
  ASSERT_EQ(ReasonIn(Paths(kSocialWorker).CloseReferral(close)), "OK");

  // And the family's report says who was shown what.
  const std::vector<std::string> report = FamilyReport(child);
  EXPECT_THAT(report, Contains(HasSubstr("a community paediatrician of King's Park NHS Trust "
                                         "received the referral: outcome, days and whom to ask")));
  EXPECT_THAT(report, Contains(HasSubstr("a SENCO of oakfield-school received the referral: claims "
                                         "to be confirmed (CLAIMS)")));
}

TEST_F(PathwayStory, ClaimThatTurnsOutToBeAWorryGoesToASocialWorkerAndIsNeverScored) {
  const std::string child = Registered(kPaediatrician);
  const std::string name = Submitted(kPaediatrician, Form(kPaediatrician, child, kBromleyPathway));
  const auto asked = Paths(kSocialWorker).RequestVerification(AskSchool(name, child));
  ASSERT_TRUE(asked.ok()) << asked.status();
  v1::AnswerVerificationRequest worried =
      Saying(kSenco, asked->referral().verifications(0), v1::CLAIM_ANSWER_CONFIRM);
  worried.set_safeguarding_concern(true);
  worried.set_concern("bruises that nobody explains");
  ASSERT_EQ(ReasonIn(Paths(kSenco).AnswerVerification(worried)), "OK");

  const v1::Referral whole = Read(kSocialWorker, name);
  EXPECT_TRUE(whole.safeguarding());
  EXPECT_EQ(whole.state(), "SOCIAL_WORK");
  ASSERT_EQ(whole.routes_size(), 1);
  EXPECT_EQ(whole.routes(0).kind(), v1::STATUTORY_ROUTE_KIND_SOCIAL_WORK);
  EXPECT_TRUE(whole.routes(0).safeguarding());
  EXPECT_TRUE(whole.routes(0).has_due_at());
  EXPECT_EQ(
      ReasonIn(
          Paths(kSocialWorker).ScoreReferral(Step<v1::ScoreReferralRequest>(kSocialWorker, name))),
      "SAFEGUARDING_ROUTE_REQUIRED");
  EXPECT_EQ(
      ReasonIn(
          Paths(kTeamManager).RatifyDecision(Step<v1::RatifyDecisionRequest>(kTeamManager, name))),
      "SAFEGUARDING_ROUTE_REQUIRED");

  // The referrer sees that somebody works on it, and not on what.
  const v1::Referral own = Read(kPaediatrician, name);
  EXPECT_EQ(own.stage(), v1::REFERRAL_STAGE_IN_PROGRESS);
  EXPECT_FALSE(own.safeguarding());
  EXPECT_THAT(own.routes(), IsEmpty());
  EXPECT_THAT(own.SerializeAsString(), Not(HasSubstr("bruises")));

  // A social worker has seen the family; the panel decides, and the referrer is told that alone.
  ASSERT_EQ(ReasonIn(Paths(kPanelChair)
                         .RecordPanelDecision(Sitting(kPanelChair, name, "SHORT_BREAKS", 3,
                                                      "SOCIAL_WORK_ASSESSMENT"))),
            "OK");
  EXPECT_EQ(Read(kPaediatrician, name).outcome().code(), "SOCIAL_WORK_ASSESSMENT");
}

}  // namespace
}  // namespace ehc
