// Who decides, what they said, and what it opens: by the numbers of the acceptance scenarios and
// traps. Clocks stand where each scenario says.
#include "server/model/calendar.h"
#include "server/policy/reference_data.h"
#include "tests/end2end/hub_wire.h"
#include "tests/end2end/lawful_consent_world.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using LawfulConsent = LawfulConsentTest;

const std::vector<v1::PlanSectionCode> kAsked{v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_E,
                                              v1::PLAN_SECTION_CODE_G};

TEST_F(LawfulConsent, Scenario01WithoutConsentAnUnnamedTrustCannotTellTheChildFromNobody) {
  clock().Set(InLondon(2026, 3, 2));
  const std::string child = ChildBorn("2016-05-04");
  const WireBytes refused =
      AskRaw(paediatrician_, &v1::RecordExchangeService::Stub::GetPlan, Asking(child, kAsked));
  EXPECT_EQ(refused, AskRaw(paediatrician_, &v1::RecordExchangeService::Stub::GetPlan,
                            Asking(UnknownChild(), kAsked)));
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE");
  EXPECT_EQ(Audited(child, "GetPlan", "reason"), "CONSENT_REQUIRED") << "the custodian is told why";
}

TEST_F(LawfulConsent, Scenario01WhoMayLearnThatThereIsAPlanIsToldWhatIsMissing) {
  EXPECT_EQ(OfficerReads(ChildBorn("2016-05-04")), "CONSENT_REQUIRED");
  EXPECT_EQ(OfficerReads(UnknownChild()), "RESOURCE_NOT_FOUND");
}

TEST_F(LawfulConsent, Scenario01ConsentToTwoSectionsOpensThoseAlone) {
  const std::string child = ChildBorn("2016-05-04");
  MustSay(Saying(child, Parent("mother"), {"C", "G"}));
  EXPECT_EQ(TrustReads(child), "C,G");
}

TEST_F(LawfulConsent, Scenario02CompetentRefusalBeatsParent) {
  const std::string child = ChildBorn("2010-12-01");  // fifteen
  MustSay(Saying(child, Parent("mother"), {"C", "G"}));
  ASSERT_EQ(TrustReads(child), "C,G");
  const std::string assessment = Assess(child, v1::CAPACITY_FINDING_GILLICK_COMPETENT);
  MustSay(Saying(child, CompetentChild(assessment), {"C", "G"}, v1::CONSENT_STATE_REFUSED));
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE");
  EXPECT_EQ(Audited(child, "GetPlan", "reason"), "CONSENT_REFUSED");
  EXPECT_EQ(Say(Saying(child, Parent("mother"), {"C"})), "NOT_DECISION_MAKER")
      << "a parent cannot give what the child refused";
}

TEST_F(LawfulConsent, Scenario02CompetenceForAnotherDecisionSaysNothingOfSharing) {
  const std::string child = ChildBorn("2010-12-01");
  MustSay(Saying(child, Parent("mother"), {"C"}));
  const std::string other = Assess(child, v1::CAPACITY_FINDING_GILLICK_COMPETENT, "TREATMENT");
  EXPECT_EQ(TrustReads(child), "C");
  EXPECT_EQ(Say(Saying(child, CompetentChild(other), {"C"}, v1::CONSENT_STATE_REFUSED)),
            "FIELD_INVALID");
}

// Born 31 August 2010: compulsory school age ends on Friday 26 June 2026, while still fifteen.
TEST_F(LawfulConsent, Scenario03ParentDecidesUntilTheLastFridayInJuneAndNotTheDayAfter) {
  clock().Set(InLondon(2026, 6, 26));
  const std::string child = ChildBorn("2010-08-31");
  const v1::Consent consent = MustSay(Saying(child, Parent("mother"), {"C", "G"}));
  EXPECT_EQ(TrustReads(child), "C,G");
  EXPECT_EQ(Get(consent.name()).state(), v1::CONSENT_STATE_GIVEN);

  clock().Set(InLondon(2026, 6, 27, 0));
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE");
  EXPECT_EQ(Audited(child, "GetPlan", "reason"), "SUPERSEDED_BY_ADULTHOOD");
  EXPECT_EQ(OfficerReads(child), "CONSENT_REQUIRED") << "told to whoever may know of the plan";
  EXPECT_EQ(Get(consent.name()).state(), v1::CONSENT_STATE_SUPERSEDED_BY_ADULTHOOD);
  EXPECT_EQ(Say(Saying(child, Parent("mother"), {"C"})), "NOT_DECISION_MAKER");
  MustSay(Saying(child, YoungPerson(), {"C"}));
  EXPECT_EQ(TrustReads(child), "C");
}

TEST_F(LawfulConsent, Scenario03IncapacityKeepsTheRepresentativeElseTheParent) {
  clock().Set(InLondon(2026, 6, 27));
  const std::string represented = ChildBorn("2010-08-31");
  const std::string by_deputy =
      Assess(represented, v1::CAPACITY_FINDING_LACKS_CAPACITY, "SHARE_RECORDS", "deputy");
  const auto deputy = By(v1::DECISION_MAKER_ROLE_REPRESENTATIVE, v1::CAPACITY_BASIS_REPRESENTATION,
                         "deputy", by_deputy);
  auto impostor = deputy;
  impostor.set_person_reference("somebody");
  EXPECT_EQ(Say(Saying(represented, impostor, {"C"})), "FIELD_INVALID");
  MustSay(Saying(represented, deputy, {"C"}));
  EXPECT_EQ(TrustReads(represented), "C");

  const std::string with_parent = ChildBorn("2010-08-31");
  const std::string found = Assess(with_parent, v1::CAPACITY_FINDING_LACKS_CAPACITY);
  MustSay(Saying(with_parent,
                 By(v1::DECISION_MAKER_ROLE_PARENT, v1::CAPACITY_BASIS_PARENT_OF_INCAPACITATED,
                    "mother", found),
                 {"G"}));
  EXPECT_EQ(TrustReads(with_parent), "G");
}

TEST_F(LawfulConsent, Scenario03ReconfirmationTaskOpensSixMonthsBeforeTheLeavingDate) {
  clock().Set(InLondon(2025, 12, 25));
  const std::string child = ChildBorn("2010-08-31");
  const v1::Consent consent = MustSay(Saying(child, Parent("mother"), {"C"}));
  EXPECT_EQ(TasksAbout(consent.name()), 0);
  EXPECT_EQ(ReasonIn(caseworker_.consents.ReconfirmConsent(Again(consent.name(), YoungPerson()))),
            "STATE_CONFLICT")
      << "too early to ask";
  clock().Set(InLondon(2025, 12, 26));
  EXPECT_EQ(TasksAbout(consent.name()), 1);
  const auto items = WorkOf(caseworker_, v1::WORK_KIND_CONSENT_TO_RECONFIRM);
  EXPECT_EQ(items.back().clock(), "CONSENT_RECONFIRMATION");
  EXPECT_EQ(items.back().due_at().seconds(), absl::ToUnixSeconds(InLondon(2026, 6, 27, 0)));
  EXPECT_FALSE(items.back().overdue());
  clock().Set(InLondon(2026, 6, 27, 1));
  EXPECT_EQ(TasksAbout(consent.name()), 1) << "nobody has asked: it stays, overdue";
  EXPECT_TRUE(WorkOf(caseworker_, v1::WORK_KIND_CONSENT_TO_RECONFIRM).front().overdue());
}

TEST_F(LawfulConsent, Scenario03WhatTheYoungPersonReconfirmsBeforehandHoldsFromTheDay) {
  clock().Set(InLondon(2026, 4, 1));
  const std::string child = ChildBorn("2010-08-31");
  const v1::Consent consent = MustSay(Saying(child, Parent("mother"), {"C", "G"}));
  const auto own = caseworker_.consents.ReconfirmConsent(Again(consent.name(), YoungPerson()));
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(own->consent().reconfirms(), consent.name());
  EXPECT_EQ(TasksAbout(consent.name()), 0) << "asked and answered";
  clock().Set(InLondon(2026, 6, 27));
  EXPECT_EQ(TrustReads(child), "C,G");
  EXPECT_EQ(
      ReasonIn(caseworker_.consents.WithdrawConsent(Withdrawal(own->consent(), YoungPerson()))),
      "OK");
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE");
}

TEST_F(LawfulConsent, Scenario03InterimStandingDecisionHoldsUntilTheYoungPersonIsAsked) {
  clock().Set(InLondon(2026, 6, 26));
  const std::string child = ChildBorn("2010-08-31");
  const v1::Consent consent = MustSay(Saying(child, Parent("mother"), {"C", "G"}));
  clock().Set(InLondon(2026, 6, 27));
  ASSERT_EQ(ReadsByInterests(child), "NOT_AVAILABLE") << "a person decides";
  auto request = Standing(child, {"C"});
  request.mutable_standing_decision()->set_interim_for(consent.name());
  EXPECT_EQ(ReasonIn(caseworker_.consents.RecordStandingDecision(request)), "POLICY_DENIED")
      << "the named officer's role alone";
  const auto decided = manager_.consents.RecordStandingDecision(request);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->standing_decision().decided_by_role(), "SEND_MANAGER");
  EXPECT_EQ(ReadsByInterests(child), "C") << "what it covers, and no more";
  EXPECT_THAT(Audited(child, "GetPlan", "approved_by"), HasSubstr("SEND_MANAGER"));
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE") << "the gateway stated has to be the true one";

  v1::EndStandingDecisionRequest end;
  end.set_unit("send");
  end.set_name(decided->standing_decision().name());
  end.set_reason("The young person has been asked.");
  EXPECT_EQ(ReasonIn(manager_.consents.EndStandingDecision(end)), "OK");
  EXPECT_EQ(ReadsByInterests(child), "NOT_AVAILABLE");
  EXPECT_EQ(ReasonIn(manager_.consents.EndStandingDecision(end)), "STATE_CONFLICT");
}

TEST_F(LawfulConsent, StandingDecisionEndsByItselfAndIsNoLongerThanThePolicyLetsIt) {
  const std::string child = ChildBorn("2016-05-04");
  EXPECT_EQ(ReasonIn(manager_.consents.RecordStandingDecision(
                Standing(child, {"C"}, absl::Hours(24 * 400)))),
            "STATE_CONFLICT");
  const absl::Time start = clock().Now();
  ASSERT_EQ(
      ReasonIn(manager_.consents.RecordStandingDecision(Standing(child, {"C"}, absl::Hours(24)))),
      "OK");
  clock().Set(start + absl::Hours(24) - absl::Seconds(1));
  EXPECT_EQ(ReadsByInterests(child), "C");
  clock().Set(start + absl::Hours(24));
  EXPECT_EQ(ReadsByInterests(child), "NOT_AVAILABLE");
}

TEST_F(LawfulConsent, StandingDecisionNamesWhatThereIs) {
  const std::string child = ChildBorn("2016-05-04");
  const auto refused = [&](auto spoil) {
    auto request = Standing(child, {"C"});
    spoil(*request.mutable_standing_decision());
    return ReasonIn(manager_.consents.RecordStandingDecision(request));
  };
  EXPECT_EQ(refused([](auto& d) { d.set_gateway("R17_CONSENT"); }), "FIELD_INVALID");
  EXPECT_EQ(refused([](auto& d) { d.set_roles(0, "JANITOR"); }), "FIELD_INVALID");
  EXPECT_EQ(refused([](auto& d) { d.set_purposes(0, "CURIOSITY"); }), "FIELD_INVALID");
  EXPECT_EQ(refused([](auto& d) { d.set_recipients(0, "agencies/nobody"); }), "FIELD_INVALID");
  EXPECT_EQ(refused([](auto& d) { d.mutable_scopes(0)->set_parts(0, "Z"); }), "FIELD_INVALID");
  EXPECT_EQ(refused([](auto& d) { d.set_reason("because"); }), "FIELD_INVALID");
  EXPECT_EQ(refused([&](auto& d) { *d.mutable_valid_until() = AtTime(clock().Now()); }),
            "FIELD_INVALID");
  v1::ListStandingDecisionsRequest list;
  list.set_subject(child);
  const auto listed = caseworker_.consents.ListStandingDecisions(list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_THAT(listed->standing_decisions(), IsEmpty());
  EXPECT_THAT(listed->class_decisions(), SizeIs(2)) << "part of the policy";
}

TEST_F(LawfulConsent, Scenario05ChildProtectionReadsWhatConsentRefusedAndSaysOnWhatItRests) {
  clock().Set(InLondon(2026, 3, 2));
  const std::string child = ChildBorn("2016-05-04");
  MustSay(Saying(child, Parent("mother"), {"C", "G"}, v1::CONSENT_STATE_REFUSED));
  const auto plan = paediatrician_.records.GetPlan(
      ChildProtection(child, {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_J}));
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->plan().sections(), SizeIs(1)) << "J is left to a person";
  std::vector<std::string> obligations;
  for (const auto& one : plan->disclosure().obligations()) obligations.push_back(one.code());
  EXPECT_THAT(obligations,
              testing::UnorderedElementsAre("NOTIFY_LA", "DO_NOT_TELL_FAMILY", "NO_ONWARD"));
  EXPECT_EQ(Audited(child, "GetPlan", "purpose"), "SAFEGUARDING_S47");
  EXPECT_EQ(Audited(child, "GetPlan", "lawful_basis"), "ART6_1_E,SCH1_PARA18");
  EXPECT_EQ(Audited(child, "GetPlan", "approved_by"),
            "standing/bromley-child-protection-clinicians");
}

TEST_F(LawfulConsent, Trap04LawfulBasisAndGatewayAreTwoChecksAndBothMustPass) {
  const std::string child = ChildBorn("2016-05-04");
  MustSay(Saying(child, Parent("mother"), {"C"}));
  auto request = Asking(child, kAsked);
  ASSERT_EQ(Reads(paediatrician_, request), "C");
  request.mutable_context()->set_lawful_basis("ART6_1_C");
  EXPECT_EQ(Reads(paediatrician_, request), "POLICY_DENIED") << "consent does not mend the basis";
  const std::string other = ChildBorn("2016-05-04");
  EXPECT_EQ(TrustReads(other), "NOT_AVAILABLE") << "the basis does not stand for consent";
}

TEST_F(LawfulConsent, Trap04CallerWhoseOnlyBasisIsConsentIsRefusedWhoeverTheChild) {
  const std::string child = ChildBorn("2016-05-04");
  MustSay(Saying(child, Parent("mother"), {"C"}));
  for (const std::string& subject : {child, UnknownChild()}) {
    auto request = Asking(subject, kAsked);
    request.mutable_context()->set_lawful_basis("ART6_1_A");
    request.mutable_context()->set_special_category_basis("ART9_2_A");
    EXPECT_EQ(Reads(paediatrician_, request), "POLICY_DENIED");
    auto protection = ChildProtection(subject, kAsked);
    protection.mutable_context()->set_lawful_basis("ART6_1_A");
    EXPECT_EQ(Reads(paediatrician_, protection), "POLICY_DENIED");
  }
}

TEST_F(LawfulConsent, Trap09FifteenAndOverCompulsorySchoolAgeDecidesAlone) {
  clock().Set(InLondon(2026, 6, 27));
  const std::string child = ChildBorn("2010-08-31");
  EXPECT_EQ(Say(Saying(child, Parent("mother"), {"C"})), "NOT_DECISION_MAKER");
  EXPECT_EQ(Say(Saying(child, YoungPerson(), {"C"})), "OK");
  const std::string sixteen = ChildBorn("2010-09-01");  // leaves on 25 June 2027
  clock().Set(InLondon(2026, 10, 1));
  EXPECT_EQ(Say(Saying(sixteen, YoungPerson(), {"C"})), "NOT_DECISION_MAKER")
      << "sixteen is not it";
  EXPECT_EQ(Say(Saying(sixteen, Parent("mother"), {"C"})), "OK");
}

TEST_F(LawfulConsent, ConflictOfTwoParentsIsLeftToAPersonAndNotDenied) {
  clock().Set(InLondon(2026, 3, 2));
  const std::string child = ChildBorn("2016-05-04");
  MustSay(Saying(child, Parent("mother"), {"C", "G"}));
  MustSay(Saying(child, Parent("father"), {"C"}, v1::CONSENT_STATE_REFUSED));
  EXPECT_EQ(TrustReads(child), "G");
  EXPECT_THAT(Audited(child, "GetPlan", "withheld_parts"), HasSubstr("C:CONSENT_CONFLICT"));
  ASSERT_EQ(ReasonIn(manager_.consents.RecordStandingDecision(Standing(child, {"C"}))), "OK");
  EXPECT_EQ(ReadsByInterests(child), "C") << "the person's decision";
}

TEST_F(LawfulConsent, ParentWhomACourtForbidsTheStepNeitherGivesNorHinders) {
  const std::string child = ChildBorn("2016-05-04");
  auto barred = ParentOf(child, "barred");
  barred.mutable_relationship()->set_contact_prohibited(true);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(barred)), "OK");
  EXPECT_EQ(Say(Saying(child, Parent("barred"), {"C"})), "NOT_DECISION_MAKER");
  MustSay(Saying(child, Parent("mother"), {"C"}));
  EXPECT_EQ(Say(Saying(child, Parent("barred"), {"C"}, v1::CONSENT_STATE_REFUSED)), "OK");
  EXPECT_EQ(TrustReads(child), "C");
}

TEST_F(LawfulConsent, MissingCapacityEvidenceIsRefusedAndSaysWhatToRecord) {
  const std::string child = ChildBorn("2010-12-01");
  const auto refused = caseworker_.consents.RecordConsent(Saying(child, CompetentChild(""), {"C"}));
  EXPECT_EQ(ReasonIn(refused), "FIELD_INVALID");
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("consent.decision_maker.capacity_assessment"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("RecordCapacity"));
  const std::string not_competent = Assess(child, v1::CAPACITY_FINDING_NOT_GILLICK_COMPETENT);
  EXPECT_EQ(Say(Saying(child, CompetentChild(not_competent), {"C"})), "FIELD_INVALID");
  auto mixed = Parent("mother");
  mixed.set_capacity_basis(v1::CAPACITY_BASIS_GILLICK_COMPETENCE);
  EXPECT_EQ(Say(Saying(child, mixed, {"C"})), "FIELD_INVALID");
  auto nobody = Saying(child, Parent("mother"), {"C"});
  nobody.mutable_consent()->clear_decision_maker();
  EXPECT_EQ(Say(nobody), "FIELD_INVALID");
}

TEST_F(LawfulConsent, ConsentToWhatThereIsNotIsRefused) {
  const std::string child = ChildBorn("2016-05-04");
  auto request = Saying(child, Parent("mother"), {"C"});
  request.mutable_consent()->mutable_scopes(0)->set_parts(0, "Z");
  EXPECT_EQ(Say(request), "FIELD_INVALID");
  request = Saying(child, Parent("mother"), {"C"});
  request.mutable_consent()->set_purposes(0, "CURIOSITY");
  EXPECT_EQ(Say(request), "FIELD_INVALID");
  request = Saying(child, Parent("mother"), {"C"});
  request.mutable_consent()->set_recipients(0, "agencies/nobody");
  EXPECT_EQ(Say(request), "FIELD_INVALID");
  request = Saying(child, Parent("mother"), {"C"});
  *request.mutable_consent()->mutable_expires_at() = AtTime(clock().Now());
  EXPECT_EQ(Say(request), "FIELD_INVALID");
}

TEST_F(LawfulConsent, NotAskedIsNeitherYesNorNo) {
  const std::string child = ChildBorn("2016-05-04");
  auto request = Saying(child, Parent("mother"), {"C"}, v1::CONSENT_STATE_NOT_ASKED);
  EXPECT_EQ(Say(request), "FIELD_INVALID") << "nobody decided";
  request.mutable_consent()->clear_decision_maker();
  const v1::Consent consent = MustSay(request);
  EXPECT_EQ(consent.state(), v1::CONSENT_STATE_NOT_ASKED);
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE");
  EXPECT_EQ(Audited(child, "GetPlan", "reason"), "CONSENT_REQUIRED") << "and not refused";
}

TEST_F(LawfulConsent, ConsentThatLapsesIsExpiredAndWasOnTheQueueBefore) {
  clock().Set(InLondon(2026, 3, 2));
  const std::string child = ChildBorn("2016-05-04");
  auto request = Saying(child, Parent("mother"), {"C"});
  *request.mutable_consent()->mutable_expires_at() = AtTime(InLondon(2026, 9, 1));
  request.mutable_consent()->set_review_due_date("2026-08-01");
  const v1::Consent consent = MustSay(request);
  EXPECT_EQ(TasksAbout(consent.name(), v1::WORK_KIND_CONSENT_EXPIRING), 0);
  clock().Set(InLondon(2026, 7, 25));
  EXPECT_EQ(TasksAbout(consent.name(), v1::WORK_KIND_CONSENT_EXPIRING), 1);
  EXPECT_EQ(TasksAbout(consent.name(), v1::WORK_KIND_CONSENT_REVIEW_DUE), 1);
  clock().Set(InLondon(2026, 9, 1));
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE");
  EXPECT_EQ(Audited(child, "GetPlan", "reason"), "CONSENT_EXPIRED");
  EXPECT_EQ(Get(consent.name()).state(), v1::CONSENT_STATE_EXPIRED);
  ASSERT_EQ(
      ReasonIn(caseworker_.consents.ReconfirmConsent(Again(consent.name(), Parent("mother")))),
      "OK");
  EXPECT_EQ(TrustReads(child), "C");
  EXPECT_EQ(TasksAbout(consent.name(), v1::WORK_KIND_CONSENT_EXPIRING), 0);

  v1::ListConsentRevisionsRequest list;
  list.set_name(consent.name());
  const auto revisions = caseworker_.consents.ListConsentRevisions(list);
  ASSERT_TRUE(revisions.ok()) << revisions.status();
  ASSERT_THAT(revisions->revisions(), SizeIs(2));
  EXPECT_EQ(revisions->revisions(0).act(), v1::CONSENT_ACT_RECORD);
  EXPECT_TRUE(revisions->revisions(0).consent().has_expires_at());
  EXPECT_EQ(revisions->revisions(1).act(), v1::CONSENT_ACT_RECONFIRM);
  EXPECT_FALSE(revisions->revisions(1).consent().has_expires_at());
}

// 29 February 2012: sixteen on 29 February 2028, so compulsory school age ends on 30 June 2028.
TEST_F(LawfulConsent, ChildBornOnALeapDayDecidesFromTheLeavingDateOfTheirYear) {
  const auto calendar =
      LoadCalendar(HubWorld::policy_folder() + "/calendar/england.textproto").value();
  EXPECT_EQ(calendar.SchoolLeavingDate(Date(2012, 2, 29)), Date(2028, 6, 30));
  clock().Set(InLondon(2026, 11, 2));
  const std::string child = ChildBorn("2012-02-29");
  MustSay(Saying(child, Parent("mother"), {"C"}));
  clock().Set(InLondon(2028, 6, 30));
  EXPECT_EQ(TrustReads(child), "C");
  clock().Set(InLondon(2028, 7, 1));
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE");
}

// Twenty-five on 1 December 2025: a plan may be maintained until 31 August 2026.
TEST_F(LawfulConsent, WhoTurnsTwentyFiveIsReadOfUntilTheAcademicYearEnds) {
  clock().Set(InLondon(2025, 11, 28));
  const std::string adult = ChildBorn("2000-12-01");
  const v1::Consent consent = MustSay(Saying(adult, YoungPerson(), {"C"}));
  clock().Set(InLondon(2026, 8, 31));
  EXPECT_EQ(TrustReads(adult), "C");
  clock().Set(InLondon(2026, 9, 1));
  EXPECT_EQ(TrustReads(adult), "NOT_AVAILABLE");
  EXPECT_EQ(Get(consent.name()).state(), v1::CONSENT_STATE_EXPIRED);
  MustSay(Saying(adult, YoungPerson(), {"C"}));
  EXPECT_EQ(TrustReads(adult), "C") << "what an adult says of a plan that has ended is their own";
}

TEST_F(LawfulConsent, PreviewSaysWhoCouldReadWhatAndStoresNothing) {
  clock().Set(InLondon(2026, 3, 2));
  const std::string child = ChildBorn("2010-08-31");
  v1::PreviewConsentRequest request;
  request.set_unit("send");
  request.set_subject(child);
  *request.mutable_consent() = Saying(child, Parent("mother"), {"C", "D"}).consent();
  const auto preview = caseworker_.consents.PreviewConsent(request);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->decides_today(), v1::DECISION_MAKER_ROLE_PARENT);
  ASSERT_THAT(preview->effects(), SizeIs(1));
  const v1::ConsentEffect& effect = preview->effects(0);
  EXPECT_THAT(effect.opened_parts(), ElementsAre("C"));
  EXPECT_THAT(effect.closed_parts(), ElementsAre("D")) << "no agreement opens it";
  EXPECT_THAT(effect.roles(), testing::UnorderedElementsAre("DESIGNATED_CLINICAL_OFFICER",
                                                            "COMMUNITY_PAEDIATRICIAN"));
  EXPECT_EQ(effect.until().seconds(), absl::ToUnixSeconds(InLondon(2026, 6, 27, 0)))
      << "the young person decides from then on";
  EXPECT_THAT(effect.sentence(), HasSubstr("King's Park NHS Trust"));
  EXPECT_THAT(effect.sentence(), HasSubstr("direct care"));
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE") << "nothing was recorded";
  v1::ListConsentsRequest list;
  list.set_subject(child);
  EXPECT_THAT(caseworker_.consents.ListConsents(list)->consents(), IsEmpty());

  MustSay(Saying(child, Parent("mother"), {"C"}));
  EXPECT_EQ(TrustReads(child), "C") << "as it said";
}

TEST_F(LawfulConsent, ReceiptSaysWhatWasRecordedAndItsEntryProvesIt) {
  const std::string child = ChildBorn("2016-05-04");
  const auto recorded = caseworker_.consents.RecordConsent(Saying(child, Parent("mother"), {"C"}));
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  const v1::ConsentReceipt& receipt = recorded->receipt();
  for (const char* told : {"Consent was given", "parental responsibility", "King's Park NHS Trust",
                           "direct care", "C (health needs related to SEN)", "SEND caseworker"}) {
    EXPECT_THAT(receipt.statement(), HasSubstr(told));
  }
  EXPECT_THAT(receipt.statement(), Not(HasSubstr("mother"))) << "names nobody";
  EXPECT_EQ(receipt.proof().receipt().leaf_hash().size(), 32u);
  EXPECT_EQ(Audited(child, "consent.record", "content_digest"),
            absl::BytesToHexString(DigestView(Sha256(receipt.statement()))));
}

class LawfulResearch : public LawfulConsentTest {
 protected:
  static void SetUpTestSuite() {
    LawfulConsentTest::SetUpTestSuite();
    clock().Set(InLondon(2026, 11, 2));
    v1::Agency university =
        AgencyOf("Fairmead University", v1::AGENCY_TYPE_EVALUATOR, {{"study", "OPERATIONS"}});
    world().Enrol(world().As(kOperator), "fairmead-university", university);
  }
  const Clients researcher_ = world().As({"fairmead-university", "res-1", "RESEARCHER", "study"});

  static v1::RecordConsentRequest Taking(const std::string& subject, const v1::DecisionMaker& by,
                                         const std::string& approval,
                                         v1::ConsentState state = v1::CONSENT_STATE_GIVEN) {
    auto request = Saying(subject, by, {"E"}, state);
    request.mutable_consent()->set_recipients(0, "agencies/fairmead-university");
    request.mutable_consent()->set_purposes(0, "RESEARCH");
    request.mutable_consent()->set_approval_reference(approval);
    return request;
  }
  static v1::DecisionMaker Child() {
    return By(v1::DECISION_MAKER_ROLE_CHILD, v1::CAPACITY_BASIS_ASSENT);
  }
  std::string StudyReads(const std::string& subject, const std::string& approval) {
    auto request = Asking(subject, {v1::PLAN_SECTION_CODE_E});
    v1::DisclosureContext& context = *request.mutable_context();
    context.set_purpose("RESEARCH");
    context.set_special_category_basis("ART9_2_J");
    context.set_agreement("agreements/bromley-fairmead-evaluation");
    context.set_case_reference(approval);
    return Reads(researcher_, request);
  }
};

TEST_F(LawfulResearch, ResearchAtElevenAsksTheCarerAndThenTheChildUnderOneApproval) {
  const std::string child = ChildBorn("2014-05-04");  // twelve
  EXPECT_EQ(Say(Taking(child, Parent("mother"), "")), "FIELD_INVALID") << "no approval";
  EXPECT_EQ(Say(Taking(child, Child(), "REC 26/LO/0417")), "STATE_CONFLICT") << "the carer first";
  MustSay(Taking(child, Parent("mother"), "REC 26/LO/0417"));
  EXPECT_EQ(StudyReads(child, "REC 26/LO/0417"), "NOT_AVAILABLE") << "the child has not agreed";
  EXPECT_EQ(Say(Taking(child, Child(), "REC 26/LO/0999")), "STATE_CONFLICT") << "another study";
  MustSay(Taking(child, Child(), "REC 26/LO/0417"));
  EXPECT_EQ(StudyReads(child, "REC 26/LO/0417"), "E");
  EXPECT_EQ(StudyReads(child, "REC 26/LO/0999"), "NOT_AVAILABLE");
  MustSay(Taking(child, Child(), "REC 26/LO/0417", v1::CONSENT_STATE_REFUSED));
  EXPECT_EQ(StudyReads(child, "REC 26/LO/0417"), "NOT_AVAILABLE") << "either may say no";
}

TEST_F(LawfulResearch, ResearchBelowElevenAsksTheCarerAlone) {
  const std::string child = ChildBorn("2016-05-04");
  EXPECT_EQ(Say(Taking(child, Child(), "REC 26/LO/0417")), "FIELD_INVALID");
  EXPECT_EQ(Say(Taking(child, Parent("mother"), "REC 26/LO/0417")), "OK");
}

}  // namespace
}  // namespace ehc
