// Support plans and the money in them: the seven tests, totals to the penny, decided by somebody
// else, spent within their lines, paid to whom the law lets be paid.
#include "server/base/clock.h"
#include "tests/end2end/planning_suite.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SupportPlanTest : public PlanningTest {
 protected:
  // Registered by bromley, with a mother who has parental responsibility.
  std::string ChildBorn(const std::string& born) {
    const int serial = NewSerial();
    EXPECT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(Registration(serial, "send", born))),
              "OK");
    EXPECT_EQ(
        ReasonIn(caseworker_.subjects.CreateRelationship(ParentOf(SubjectOf(serial), "mother"))),
        "OK");
    return SubjectOf(serial);
  }

  absl::StatusOr<v1::ArrangeFundsResponse> Arrange(const std::string& budget,
                                                   const std::string& parts) {
    return worker_.planning.ArrangeFunds(
        Said<v1::ArrangeFundsRequest>(absl::StrCat("name: '", budget, "' ", parts)));
  }

  static std::string PaidTo(const std::string& payee, int64_t pence) {
    return absl::StrCat(
        "disabled: true risk { complexity: 1 cost: 1 } parts { kind: "
        "FUND_MANAGEMENT_KIND_DIRECT_PAYMENT stream: 'SOCIAL_CARE' schedule: "
        "PAYMENT_SCHEDULE_MONTHLY amount_pence: ",
        pence, " ", payee, " }");
  }
  static std::string ToMother(int64_t pence) {
    return PaidTo("payee_kind: PAYEE_KIND_PARENTAL_RESPONSIBILITY payee_reference: 'mother'",
                  pence);
  }

  absl::StatusOr<v1::RecordSpendResponse> Spend(const std::string& budget, const std::string& line,
                                                int64_t pence,
                                                const std::string& day = "2026-11-01") {
    return worker_.planning.RecordSpend(Said<v1::RecordSpendRequest>(
        absl::StrCat("name: '", budget, "' spend { line: '", line, "' amount_pence: ", pence,
                     " spent_on: '", day, "' }")));
  }

  absl::StatusOr<v1::RecordFundingResponse> Fund(const std::string& budget,
                                                 const std::string& funding) {
    return worker_.planning.RecordFunding(Said<v1::RecordFundingRequest>(
        absl::StrCat("name: '", budget, "' funding { ", funding,
                     " test { overcomes_barriers: true addresses_additional_need: true "
                     "individually_assessed: true } }")));
  }

  v1::SupportPlan Plan(const std::string& name) {
    const auto plan = worker_.planning.GetSupportPlan(
        Said<v1::GetSupportPlanRequest>(absl::StrCat("name: '", name, "'")));
    EXPECT_TRUE(plan.ok()) << plan.status();
    return plan.ok() ? plan->support_plan() : v1::SupportPlan();
  }
};

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST_F(SupportPlanTest, AnApprovedPlanMakesTheFinalBudget) {
  const std::string child = NewChild();
  const std::string pot = NewPot("", 10000000);
  const std::string budget = NewBudget(child, pot);
  const auto plan = Submit(child, NewcomerPlan(budget));
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->support_plan().author(), "sw-4");
  EXPECT_EQ(plan->support_plan().state(), v1::SUPPORT_PLAN_STATE_SUBMITTED);
  EXPECT_EQ(Budget(budget).indicative_pence(), 100000);
  const auto decided = Decide(manager_, plan->support_plan().name(), true);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->support_plan().state(), v1::SUPPORT_PLAN_STATE_APPROVED);
  EXPECT_EQ(decided->support_plan().decision().decided_by(), "swm-1");
  const v1::Budget made = Budget(budget);
  EXPECT_EQ(made.state(), v1::BUDGET_STATE_FINAL);
  EXPECT_EQ(made.final_pence(), 84200);
  EXPECT_FALSE(made.has_indicative_pence());
  EXPECT_EQ(made.versions(1).stage(), v1::BUDGET_STAGE_FINAL);
  EXPECT_EQ(made.versions(1).direction(), v1::BUDGET_DIRECTION_DOWN);
  EXPECT_EQ(made.lines_size(), 4);  // the school's is not the budget's
  EXPECT_EQ(made.support_plan(), plan->support_plan().name());
  EXPECT_EQ(Pot(pot).allocated_pence(), 84200);
  EXPECT_EQ(Family(budget).final_pence(), 84200);
}

TEST_F(SupportPlanTest, ATotalThatIsAPennyOffIsRefused) {
  const std::string child = NewChild();
  const std::string plan = NewcomerPlan(NewBudget(child, NewPot("", 10000000)));
  for (const char* total : {"total_pence: 84201", "total_pence: 84199", "total_pence: 94200"}) {
    EXPECT_EQ(ReasonIn(Submit(child, Replaced(plan, "total_pence: 84200", total))),
              "TOTAL_MISMATCH")
        << total;
  }
}

TEST_F(SupportPlanTest, AnIncompletePlanIsToldWhatItLacks) {
  const std::string child = NewChild();
  const std::string plan = NewcomerPlan(NewBudget(child, NewPot("", 10000000)));
  const auto control = Submit(
      child, Replaced(plan, "in_control: 'the family chooses the worker'", "in_control: ' '"));
  EXPECT_EQ(ReasonIn(control), "SUPPORT_PLAN_INCOMPLETE");
  EXPECT_THAT(MessageIn(control), HasSubstr("does not show IN_CONTROL"));
  EXPECT_THAT(MessageIn(control), Not(HasSubstr("HOW_MANAGED")));
  const auto nobody = Submit(child, Replaced(plan, "who: 'the key worker'", "who: ' '"));
  EXPECT_THAT(MessageIn(nobody), HasSubstr("MAKE_IT_HAPPEN"));
}

TEST_F(SupportPlanTest, ItsAuthorDoesNotDecideIt) {
  const std::string child = NewChild();
  const std::string budget = NewBudget(child, NewPot("", 10000000));
  const auto plan = manager_.planning.SubmitSupportPlan(Said<v1::SubmitSupportPlanRequest>(
      absl::StrCat("subject: '", child, "' support_plan { ", NewcomerPlan(budget), " }")));
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(ReasonIn(Decide(manager_, plan->support_plan().name(), true)),
            "SECOND_PERSON_REQUIRED");
  EXPECT_EQ(ReasonIn(Decide(worker_, plan->support_plan().name(), true)), "POLICY_DENIED");
  EXPECT_EQ(Budget(budget).state(), v1::BUDGET_STATE_INDICATIVE);
  EXPECT_EQ(ReasonIn(Decide(world().As(kOtherSocialManager), plan->support_plan().name(), true)),
            "OK");
}

TEST_F(SupportPlanTest, APlanIsInItsUnitsQueueForItsDecisionAndOnceApprovedForItsReview) {
  const std::string child = NewChild();
  const auto plan = Submit(child, NewcomerPlan(NewBudget(child, NewPot("", 10000000))));
  ASSERT_TRUE(plan.ok()) << plan.status();
  const std::string& name = plan->support_plan().name();
  const auto in_queue = [&](const Clients& as, v1::WorkKind kind) {
    v1::ListWorkItemsRequest request;
    request.set_kind(kind);
    request.set_page_size(200);
    const auto listed = as.custody.ListWorkItems(request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<v1::WorkItem> items;
    if (!listed.ok()) return items;
    for (const v1::WorkItem& item : listed->work_items()) {
      if (item.name() == name) items.push_back(item);
    }
    return items;
  };
  const auto to_decide = in_queue(manager_, v1::WORK_KIND_SUPPORT_PLAN_TO_DECIDE);
  ASSERT_EQ(to_decide.size(), 1u);
  EXPECT_EQ(to_decide[0].clock(), "SUPPORT_PLAN_DECISION");
  EXPECT_EQ(to_decide[0].due_at().seconds(), plan->support_plan().due_at().seconds());
  EXPECT_TRUE(in_queue(caseworker_, v1::WORK_KIND_SUPPORT_PLAN_TO_DECIDE).empty())
      << "another unit's";
  ASSERT_EQ(ReasonIn(Decide(manager_, name, true)), "OK");
  EXPECT_TRUE(in_queue(manager_, v1::WORK_KIND_SUPPORT_PLAN_TO_DECIDE).empty());
  const auto to_review = in_queue(worker_, v1::WORK_KIND_SUPPORT_PLAN_REVIEW_DUE);
  ASSERT_EQ(to_review.size(), 1u);
  EXPECT_EQ(to_review[0].clock(), "SUPPORT_PLAN_REVIEW");
  EXPECT_GT(to_review[0].due_at().seconds(), to_decide[0].due_at().seconds());
}

TEST_F(SupportPlanTest, ADecisionGivesItsReason) {
  const std::string child = NewChild();
  const auto plan = Submit(child, NewcomerPlan(NewBudget(child, NewPot("", 10000000))));
  ASSERT_TRUE(plan.ok()) << plan.status();
  auto request = Said<v1::DecideSupportPlanRequest>(
      absl::StrCat("name: '", plan->support_plan().name(), "' approve: true"));
  EXPECT_EQ(ReasonIn(manager_.planning.DecideSupportPlan(request)), "FIELD_INVALID");
  EXPECT_EQ(Plan(plan->support_plan().name()).state(), v1::SUPPORT_PLAN_STATE_SUBMITTED);
}

TEST_F(SupportPlanTest, AReturnedPlanLeavesTheBudgetAsItWas) {
  const std::string child = NewChild();
  const std::string budget = NewBudget(child, NewPot("", 10000000));
  const auto plan = Submit(child, NewcomerPlan(budget));
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(ReasonIn(Submit(child, NewcomerPlan(budget))), "STATE_CONFLICT");  // one waits
  ASSERT_EQ(ReasonIn(Decide(manager_, plan->support_plan().name(), false)), "OK");
  EXPECT_EQ(Plan(plan->support_plan().name()).state(), v1::SUPPORT_PLAN_STATE_RETURNED);
  EXPECT_FALSE(Plan(plan->support_plan().name()).decision().reason().empty());
  EXPECT_EQ(Budget(budget).indicative_pence(), 100000);
  EXPECT_EQ(ReasonIn(Decide(manager_, plan->support_plan().name(), true)), "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(Submit(child, NewcomerPlan(budget))), "OK");
}

TEST_F(SupportPlanTest, APlanThatThePotCannotPayIsNotApproved) {
  const std::string child = NewChild();
  const std::string pot = NewPot("", 100000);
  const std::string budget = NewBudget(child, pot);
  const auto plan = Submit(
      child, Replaced(Replaced(NewcomerPlan(budget), "annual_pence: 52000", "annual_pence: 72000"),
                      "total_pence: 84200", "total_pence: 104200"));
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(ReasonIn(Decide(manager_, plan->support_plan().name(), true)), "POT_OVERSPENT");
  EXPECT_EQ(Budget(budget).state(), v1::BUDGET_STATE_INDICATIVE);
  EXPECT_EQ(Pot(pot).allocated_pence(), 100000);
  EXPECT_EQ(Plan(plan->support_plan().name()).state(), v1::SUPPORT_PLAN_STATE_SUBMITTED);
}

TEST_F(SupportPlanTest, ALaterPlanSupersedesTheOneBeforeIt) {
  const std::string child = NewChild();
  const std::string budget = FinalBudget(child, NewPot("", 10000000));
  const std::string first = Budget(budget).support_plan();
  const auto next = Submit(child, NewcomerPlan(budget));
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->support_plan().predecessor(), first);
  EXPECT_EQ(Plan(first).state(), v1::SUPPORT_PLAN_STATE_APPROVED);
  ASSERT_EQ(ReasonIn(Decide(manager_, next->support_plan().name(), true)), "OK");
  EXPECT_EQ(Plan(first).state(), v1::SUPPORT_PLAN_STATE_SUPERSEDED);
  EXPECT_EQ(Budget(budget).support_plan(), next->support_plan().name());
}

TEST_F(SupportPlanTest, NothingIsSpentAboveItsLineOrBeforeTheBudgetIsFinal) {
  const std::string child = NewChild();
  const std::string pot = NewPot("", 10000000);
  const std::string open = NewBudget(NewChild(), pot);
  EXPECT_EQ(ReasonIn(Spend(open, "entry", 1)), "STATE_CONFLICT");
  const std::string budget = FinalBudget(child, pot);
  EXPECT_EQ(ReasonIn(Spend(budget, "entry", 4701)), "SPEND_ABOVE_LINE");
  EXPECT_EQ(ReasonIn(Spend(budget, "entry", 4000)), "OK");
  EXPECT_EQ(ReasonIn(Spend(budget, "entry", 701)), "SPEND_ABOVE_LINE");
  EXPECT_EQ(ReasonIn(Spend(budget, "entry", 700)), "OK");
  EXPECT_EQ(ReasonIn(Spend(budget, "entry", 1)), "SPEND_ABOVE_LINE");
  EXPECT_EQ(ReasonIn(Spend(budget, "school", 1)), "FIELD_INVALID");
  EXPECT_EQ(ReasonIn(Spend(budget, "club", 1, "2199-01-01")), "FIELD_INVALID");
  const v1::Budget made = Budget(budget);
  for (const v1::BudgetLine& line : made.lines()) {
    EXPECT_EQ(line.spent_pence(), line.line() == "entry" ? 4700 : 0) << line.line();
  }
}

TEST_F(SupportPlanTest, WhatWasSpentStaysSpentWhenABudgetIsWithdrawn) {
  const std::string child = NewChild();
  const std::string pot = NewPot("", 10000000);
  const std::string budget = FinalBudget(child, pot);
  ASSERT_EQ(ReasonIn(Spend(budget, "club", 1500)), "OK");
  ASSERT_EQ(ReasonIn(worker_.planning.WithdrawBudget(Said<v1::WithdrawBudgetRequest>(
                absl::StrCat("name: '", budget, "' reason: 'moved'")))),
            "OK");
  EXPECT_EQ(Pot(pot).allocated_pence(), 1500);
  EXPECT_EQ(ReasonIn(Spend(budget, "club", 1)), "STATE_CONFLICT");
}

TEST_F(SupportPlanTest, MoneyOfOthersIsRestrictedExpiresAndIsNotPaidDirectlyUnapproved) {
  const std::string child = ChildBorn("2016-05-04");
  const std::string budget = NewBudget(child, NewPot("", 10000000));
  const std::string board = "provider: 'agencies/south-east-london-icb'";
  EXPECT_EQ(ReasonIn(Fund(budget, "stream: 'NHS' amount_pence: 50000")), "FUNDING_NOT_ELIGIBLE");
  EXPECT_EQ(ReasonIn(Fund(budget, absl::StrCat("stream: 'NHS' amount_pence: 50000 expires_on: "
                                               "'2020-01-01' ",
                                               board))),
            "FUNDING_NOT_ELIGIBLE");
  EXPECT_EQ(
      ReasonIn(Fund(budget, absl::StrCat("stream: 'PCT_BASELINE' amount_pence: 50000 ", board))),
      "FUNDING_NOT_ELIGIBLE");
  EXPECT_EQ(ReasonIn(Fund(budget, absl::StrCat("stream: 'NHS' amount_pence: 50000 restricted_to: "
                                               "'TRANSPORT' ",
                                               board))),
            "FUNDING_NOT_ELIGIBLE");
  ASSERT_EQ(ReasonIn(Fund(budget, absl::StrCat("stream: 'NHS' amount_pence: 50000 restricted_to: "
                                               "'EQUIPMENT' ",
                                               board))),
            "OK");
  EXPECT_EQ(ReasonIn(Fund(budget, absl::StrCat("stream: 'NHS' amount_pence: 1 ", board))),
            "STATE_CONFLICT");
  const auto with_chair = [&](const char* category, int64_t pence) {
    return Replaced(
        NewcomerPlan(budget), "total_pence: 84200",
        absl::StrCat("lines { line: 'chair' action: 'a chair' funder: LINE_FUNDER_BUDGET stream: "
                     "'NHS' category: '",
                     category, "' annual_pence: ", pence, " } total_pence: ", 84200 + pence));
  };
  EXPECT_EQ(ReasonIn(Submit(child, with_chair("SHORT_BREAK", 40000))), "FUNDING_NOT_ELIGIBLE");
  EXPECT_EQ(ReasonIn(Submit(child, with_chair("EQUIPMENT", 50001))), "FUNDING_NOT_ELIGIBLE");
  const auto plan = Submit(child, with_chair("EQUIPMENT", 50000));
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(ReasonIn(Decide(manager_, plan->support_plan().name(), true)), "OK");
  EXPECT_EQ(Budget(budget).final_pence(), 134200);
  const std::string health =
      Replaced(ToMother(50000), "stream: 'SOCIAL_CARE'", "stream: 'NHS'") +
      " parts { kind: FUND_MANAGEMENT_KIND_AUTHORITY stream: 'SOCIAL_CARE' amount_pence: 84200 "
      "schedule: PAYMENT_SCHEDULE_ANNUAL }";
  const auto direct = Arrange(budget, health);
  EXPECT_EQ(ReasonIn(direct), "FUNDING_NOT_ELIGIBLE");
  EXPECT_THAT(MessageIn(direct), HasSubstr("has not approved"));
}

TEST_F(SupportPlanTest, ApprovedHealthMoneyMayBePaidDirectly) {
  const std::string child = ChildBorn("2016-05-04");
  const std::string budget = NewBudget(child, NewPot("", 10000000));
  ASSERT_EQ(ReasonIn(Fund(budget,
                          "stream: 'NHS' amount_pence: 50000 provider: "
                          "'agencies/south-east-london-icb' approved_for_direct_payment: "
                          "true approval_reference: 'ICB minute 12'")),
            "OK");
  const auto plan = Submit(
      child, Replaced(NewcomerPlan(budget), "total_pence: 84200",
                      "lines { line: 'chair' action: 'a chair' funder: LINE_FUNDER_BUDGET stream: "
                      "'NHS' category: 'EQUIPMENT' annual_pence: 50000 } total_pence: 134200"));
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(ReasonIn(Decide(manager_, plan->support_plan().name(), true)), "OK");
  EXPECT_EQ(ReasonIn(Arrange(
                budget, Replaced(ToMother(50000), "stream: 'SOCIAL_CARE'", "stream: 'NHS'") +
                            " parts { kind: FUND_MANAGEMENT_KIND_AUTHORITY stream: 'SOCIAL_CARE' "
                            "amount_pence: 84200 schedule: PAYMENT_SCHEDULE_ANNUAL }")),
            "OK");
}

TEST_F(SupportPlanTest, UniversalServicesWithoutAnAssessmentAreNoPartOfABudget) {
  const std::string budget = NewBudget(NewChild(), NewPot("", 10000000));
  auto request = Said<v1::RecordFundingRequest>(
      absl::StrCat("name: '", budget,
                   "' funding { stream: 'UNIVERSAL_SERVICES' amount_pence: 5 "
                   "test { overcomes_barriers: true addresses_additional_need: true } }"));
  EXPECT_EQ(ReasonIn(worker_.planning.RecordFunding(request)), "FUNDING_NOT_ELIGIBLE");
}

TEST_F(SupportPlanTest, OnlyWhomTheLawLetsBePaidIsPaid) {
  const std::string child = ChildBorn("2016-05-04");
  const std::string budget = FinalBudget(child, NewPot("", 10000000));
  EXPECT_EQ(ReasonIn(Arrange(budget, PaidTo("payee_kind: PAYEE_KIND_PARENTAL_RESPONSIBILITY "
                                            "payee_reference: 'neighbour'",
                                            84200))),
            "PAYEE_NOT_ELIGIBLE");
  EXPECT_EQ(ReasonIn(Arrange(budget, PaidTo("payee_kind: PAYEE_KIND_YOUNG_PERSON", 84200))),
            "PAYEE_NOT_ELIGIBLE");
  EXPECT_EQ(ReasonIn(Arrange(budget, Replaced(ToMother(84200), "disabled: true", ""))),
            "PAYEE_NOT_ELIGIBLE");
  EXPECT_EQ(ReasonIn(Arrange(budget, ToMother(84199))), "TOTAL_MISMATCH");
  EXPECT_EQ(ReasonIn(Arrange(budget, ToMother(84200))), "OK");
}

TEST_F(SupportPlanTest, AYoungPersonIsPaidFromSixteenAndNotAtFifteen) {
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  for (const auto& [years, reason] : {std::pair(15, "PAYEE_NOT_ELIGIBLE"), std::pair(16, "OK")}) {
    const absl::CivilDay born(today.year() - years, 1, 2);
    const std::string budget =
        FinalBudget(ChildBorn(absl::FormatCivilTime(born)), NewPot("", 10000000));
    EXPECT_EQ(ReasonIn(Arrange(budget, PaidTo("payee_kind: PAYEE_KIND_YOUNG_PERSON", 84200))),
              reason)
        << years;
  }
}

TEST_F(SupportPlanTest, AParentWhomACourtKeepsAwayIsNotPaid) {
  const std::string child = NewChild();  // its mother may be paid
  auto order = ParentOf(child, "father");
  order.mutable_relationship()->set_contact_prohibited(true);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(order)), "OK");
  const std::string budget = FinalBudget(child, NewPot("", 10000000));
  EXPECT_EQ(ReasonIn(Arrange(budget, PaidTo("payee_kind: PAYEE_KIND_PARENTAL_RESPONSIBILITY "
                                            "payee_reference: 'father'",
                                            84200))),
            "PAYEE_NOT_ELIGIBLE");
  EXPECT_EQ(ReasonIn(Arrange(budget, ToMother(84200))), "OK");
}

TEST_F(SupportPlanTest, ThoseWhoLookAfterPaymentsSeeTheTierAndNotWhy) {
  const std::string budget = FinalBudget(ChildBorn("2016-05-04"), NewPot("", 10000000));
  ASSERT_EQ(ReasonIn(Arrange(budget, Replaced(ToMother(84200), "risk { complexity: 1 cost: 1 }",
                                              "risk { safeguarding: 3 }"))),
            "OK");
  EXPECT_EQ(Budget(budget).risk_tier(), "HIGH");
  EXPECT_EQ(ReasonIn(payments_.planning.GetBudget(
                Said<v1::GetBudgetRequest>(absl::StrCat("name: '", budget, "'")))),
            "POLICY_DENIED");
  const auto listed =
      payments_.planning.ListDirectPayments(Said<v1::ListDirectPaymentsRequest>("page_size: 200"));
  ASSERT_TRUE(listed.ok()) << listed.status();
  const v1::DirectPayment* found = nullptr;
  for (const v1::DirectPayment& one : listed->direct_payments()) {
    EXPECT_FALSE(one.tier().empty());
    if (one.name() == budget) found = &one;
  }
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->tier(), "HIGH");
  auto one_by_one = Said<v1::ListDirectPaymentsRequest>("page_size: 1");
  int paged = 0;
  do {
    const auto page = payments_.planning.ListDirectPayments(one_by_one);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::DirectPayment& one : page->direct_payments()) {
      EXPECT_EQ(one.name(), listed->direct_payments(paged++).name());
    }
    one_by_one.set_page_token(page->next_page_token());
  } while (!one_by_one.page_token().empty());
  EXPECT_EQ(paged, listed->direct_payments_size());
  EXPECT_TRUE(found->separate_account());
  EXPECT_THAT(found->DebugString(), Not(HasSubstr("safeguarding")));
  EXPECT_THAT(found->DebugString(), Not(HasSubstr("84200")));
  const auto checked = payments_.planning.RecordDirectPaymentCheck(
      Said<v1::RecordDirectPaymentCheckRequest>(absl::StrCat(
          "name: '", budget, "' checked_on: '2026-11-20' note: 'the account is in order'")));
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->direct_payment().next_check_on(), "2027-02-20");
  EXPECT_EQ(checked->direct_payment().checks(), 1u);
}

TEST_F(SupportPlanTest, TheChildsOwnViewKeepsItsMediumAndWhoHelped) {
  const std::string child = NewChild();
  const auto plan = Submit(child, NewcomerPlan(NewBudget(child, NewPot("", 10000000))));
  ASSERT_TRUE(plan.ok()) << plan.status();
  const std::string name = plan->support_plan().name();
  const auto view = [&](const std::string& fields) {
    return worker_.planning.RecordChildView(Said<v1::RecordChildViewRequest>(
        absl::StrCat("name: '", name, "' child_view { facilitator: 'my teacher' ", fields, " }")));
  };
  EXPECT_EQ(ReasonIn(view("medium: CHILD_VIEW_MEDIUM_TALKING_MATS given_on: '2026-10-01' "
                          "media_reference: 'mats/2026/17'")),
            "OK");
  EXPECT_EQ(ReasonIn(view("medium: CHILD_VIEW_MEDIUM_WORDS given_on: '2026-10-02' "
                          "own_words: 'I like the deep end'")),
            "OK");
  EXPECT_EQ(ReasonIn(view("medium: CHILD_VIEW_MEDIUM_PICTURES given_on: '2026-10-02'")),
            "FIELD_INVALID");
  EXPECT_EQ(ReasonIn(view("own_words: 'x' given_on: '2026-10-02'")), "FIELD_INVALID");
  const v1::SupportPlan shown = Plan(name);
  ASSERT_EQ(shown.child_views_size(), 2);
  EXPECT_EQ(shown.child_views(0).medium(), v1::CHILD_VIEW_MEDIUM_TALKING_MATS);
  EXPECT_EQ(shown.child_views(0).facilitator(), "my teacher");
  EXPECT_EQ(shown.child_views(1).own_words(), "I like the deep end");
  EXPECT_EQ(shown.child_views(1).recorded_by_role(), "SOCIAL_WORKER");
}

TEST_F(SupportPlanTest, SectionJIsOfAPlanOfThisChild) {
  const int serial = NewSerial();
  const std::string child = MakeChild(caseworker_, serial);
  auto again = PlanOf(child, "j", absl::StrCat("plan-", serial));
  const auto published = caseworker_.records.PublishPlan(again);
  ASSERT_TRUE(published.ok()) << published.status();
  const std::string record = published->published().name();
  const std::string budget = NewBudget(child, NewPot("", 10000000));
  const auto wrong = Submit(
      child, NewcomerPlan(budget) + " section_j_record: 'records/aaaaaaaaaaaaaaaaaaaaaaaaaa'");
  EXPECT_EQ(ReasonIn(wrong), "FIELD_INVALID");
  const auto plan =
      Submit(child, absl::StrCat(NewcomerPlan(budget), " section_j_record: '", record, "'"));
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->support_plan().section_j_record(), record);
}

TEST_F(SupportPlanTest, AnUnmetHealthNeedReachesTheRightAgencyAndStaysSeparate) {
  const std::string child = NewChild();
  const auto notify = [&](const std::string& to, const std::string& kind) {
    return worker_.planning.NotifyUnmetNeed(Said<v1::NotifyUnmetNeedRequest>(absl::StrCat(
        "subject: '", child, "' unmet_need { to: 'agencies/", to, "' kind: UNMET_NEED_KIND_", kind,
        " child_reference: '", child,
        "' need: 'continence supplies have stopped' family_agreed_on: '2026-10-01' }")));
  };
  EXPECT_EQ(ReasonIn(notify("northshire-police", "HEALTH")), "FIELD_INVALID");
  EXPECT_EQ(ReasonIn(notify("oakfield-school", "HEALTH")), "FIELD_INVALID");
  const auto sent = notify("kings-park-nhs-trust", "HEALTH");
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_EQ(ReasonIn(notify("oakfield-school", "EDUCATION")), "OK");
  const auto received = paediatrician_.planning.ListUnmetNeeds(
      Said<v1::ListUnmetNeedsRequest>("unit: 'community-paediatrics' only_open: true"));
  ASSERT_TRUE(received.ok()) << received.status();
  ASSERT_FALSE(received->unmet_needs().empty());
  const v1::UnmetNeed& need = *received->unmet_needs().rbegin();
  EXPECT_EQ(need.need(), "continence supplies have stopped");
  EXPECT_EQ(need.from(), "agencies/bromley");
  EXPECT_THAT(need.DebugString(), Not(HasSubstr("budget")));
  const auto answered = paediatrician_.planning.AnswerUnmetNeed(Said<v1::AnswerUnmetNeedRequest>(
      absl::StrCat("unit: 'community-paediatrics' name: '", need.name(),
                   "' answer: UNMET_NEED_ANSWER_WILL_ASSESS note: 'we see her in May'")));
  ASSERT_TRUE(answered.ok()) << answered.status();
  const auto told = worker_.planning.ListUnmetNeeds(
      Said<v1::ListUnmetNeedsRequest>("opened: true page_size: 200"));
  ASSERT_TRUE(told.ok()) << told.status();
  bool found = false;
  for (const v1::UnmetNeed& one : told->unmet_needs()) {
    if (one.name() != sent->unmet_need().name()) continue;
    found = true;
    EXPECT_EQ(one.answer(), v1::UNMET_NEED_ANSWER_WILL_ASSESS);
    EXPECT_EQ(one.note(), "we see her in May");
  }
  EXPECT_TRUE(found);
}

TEST_F(SupportPlanTest, OfAProtectedChildNothingTellsARecipientWhereItIs) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(child))), "OK");
  const auto notify = [&](const std::string& reference, bool checked) {
    return worker_.planning.NotifyUnmetNeed(Said<v1::NotifyUnmetNeedRequest>(absl::StrCat(
        "subject: '", child,
        "' unmet_need { to: 'agencies/kings-park-nhs-trust' kind: "
        "UNMET_NEED_KIND_HEALTH child_reference: '",
        reference,
        "' need: 'sleeps badly since the move' family_agreed_on: '2026-10-01' location_checked: ",
        checked ? "true" : "false", " }")));
  };
  EXPECT_EQ(ReasonIn(notify(child, false)), "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(notify("la:305/CH77", true)), "STATE_CONFLICT");
  const auto sent = notify(child, true);
  ASSERT_TRUE(sent.ok()) << sent.status();
  const auto received = paediatrician_.planning.ListUnmetNeeds(
      Said<v1::ListUnmetNeedsRequest>("unit: 'community-paediatrics' page_size: 200"));
  ASSERT_TRUE(received.ok()) << received.status();
  const v1::UnmetNeed* found = nullptr;
  for (const v1::UnmetNeed& one : received->unmet_needs()) {
    if (one.name() == sent->unmet_need().name()) found = &one;
  }
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->from(), "agencies/hub-relay");
  EXPECT_THAT(found->DebugString(), Not(HasSubstr("bromley")));
  EXPECT_THAT(found->DebugString(), Not(HasSubstr("social-care")));
}

// A hub whose clock stands at 2 March 2026, with one child and a budget of bromley's.
struct StandingWorld {
  StandingWorld()
      : clock(absl::FromCivil(absl::CivilSecond(2026, 3, 2, 10, 0, 0), absl::UTCTimeZone())),
        world(&clock) {
    world.Serve(clock, [](HouseOptions& options) {
      options.policy_refresh = absl::ZeroDuration();
      options.max_policy_staleness = absl::InfiniteDuration();
    });
    world.EnrolAgencies();
    child = MakeChild(world.As(kCaseworker), 1);
    const auto pot =
        world.As(kPotKeeper)
            .planning.CreateBudgetPot(Said<v1::CreateBudgetPotRequest>(
                "title: 'p' stream: 'SOCIAL_CARE' from_day: '2026-01-01' to_day: '2026-12-31' "
                "amount_pence: 1000000"));
    EXPECT_TRUE(pot.ok()) << pot.status();
    const auto made = Worker().AllocateIndicativeBudget(Said<v1::AllocateIndicativeBudgetRequest>(
        absl::StrCat("subject: '", child, "' pot: '", pot->budget_pot().name(),
                     "' model: 'early-intervention' reason: 'visited'")));
    EXPECT_TRUE(made.ok()) << made.status();
    budget = made->budget().name();
  }

  ehchub::PlanningClient Worker() const { return world.As(kSocialWorker).planning; }
  absl::StatusOr<v1::SubmitSupportPlanResponse> Submit(const std::string& plan) const {
    return Worker().SubmitSupportPlan(Said<v1::SubmitSupportPlanRequest>(
        absl::StrCat("subject: '", child, "' support_plan { ", plan, " }")));
  }
  absl::StatusOr<v1::DecideSupportPlanResponse> Approve(const std::string& plan) const {
    return world.As(kSocialManager)
        .planning.DecideSupportPlan(Said<v1::DecideSupportPlanRequest>(
            absl::StrCat("name: '", plan, "' approve: true reason: 'meets the needs'")));
  }

  ManualClock clock;
  HubWorld world;
  std::string child;
  std::string budget;
};

TEST(SupportPlanTimeTest, MoneyThatHasExpiredIsNeitherPlannedNorSpent) {
  ASSERT_TRUE(PreparePlatform().ok());
  StandingWorld here;
  ASSERT_EQ(ReasonIn(here.Worker().RecordFunding(Said<v1::RecordFundingRequest>(absl::StrCat(
                "name: '", here.budget,
                "' funding { stream: 'NHS' amount_pence: 50000 expires_on: '2026-03-31' provider: "
                "'agencies/south-east-london-icb' test { overcomes_barriers: true "
                "addresses_additional_need: true individually_assessed: true } }")))),
            "OK");
  const std::string with_chair =
      Replaced(NewcomerPlan(here.budget), "total_pence: 84200",
               "lines { line: 'chair' action: 'a chair' funder: LINE_FUNDER_BUDGET stream: 'NHS' "
               "category: 'EQUIPMENT' annual_pence: 50000 } total_pence: 134200");
  const auto plan = here.Submit(with_chair);
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(ReasonIn(here.Approve(plan->support_plan().name())), "OK");
  const auto spend = [&](const std::string& day) {
    return ReasonIn(here.Worker().RecordSpend(Said<v1::RecordSpendRequest>(
        absl::StrCat("name: '", here.budget,
                     "' spend { line: 'chair' amount_pence: 100 spent_on: '", day, "' }"))));
  };
  EXPECT_EQ(spend("2026-03-02"), "OK");
  here.clock.Advance(absl::Hours(24 * 31));  // 2 April
  EXPECT_EQ(spend("2026-04-01"), "FUNDING_NOT_ELIGIBLE");
  EXPECT_EQ(spend("2026-03-31"), "OK");  // recorded late, spent in time
  const auto late = here.Submit(with_chair);
  EXPECT_EQ(ReasonIn(late), "FUNDING_NOT_ELIGIBLE");
  EXPECT_THAT(MessageIn(late), HasSubstr("has expired"));
}

// Time passes: a decision that is late, then reviews that follow one another.
TEST(SupportPlanTimeTest, ALateDecisionShowsAndReviewsFollowOneAnother) {
  ASSERT_TRUE(PreparePlatform().ok());
  StandingWorld here;
  ManualClock& clock = here.clock;
  const HubWorld& world = here.world;
  const auto plan = here.Submit(NewcomerPlan(here.budget));
  ASSERT_TRUE(plan.ok()) << plan.status();
  const std::string name = plan->support_plan().name();
  const auto overdue = [&] {
    const auto listed =
        world.As(kSocialWorker)
            .planning.ListSupportPlans(Said<v1::ListSupportPlansRequest>("only_overdue: true"));
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok() ? listed->support_plans_size() : -1;
  };
  EXPECT_EQ(overdue(), 0);
  clock.Advance(absl::Hours(24 * 31));  // twenty working days end on 30 March
  EXPECT_EQ(overdue(), 1);
  const auto decided = here.Approve(name);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_TRUE(decided->support_plan().decision().late());
  EXPECT_EQ(overdue(), 0);
  const auto review = [&](const std::string& day, const std::string& outcome) {
    return world.As(kSocialWorker)
        .planning.RecordSupportPlanReview(Said<v1::RecordSupportPlanReviewRequest>(
            absl::StrCat("name: '", name, "' review { held_on: '", day,
                         "' outcome: REVIEW_OUTCOME_", outcome, " summary: 'goes well' }")));
  };
  EXPECT_EQ(ReasonIn(review("2026-03-01", "CONTINUE")), "FIELD_INVALID");  // before the decision
  clock.Advance(absl::Hours(24 * 400));
  EXPECT_EQ(overdue(), 1);
  const auto first = review("2027-05-04", "CONTINUE");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_TRUE(first->support_plan().reviews(0).late());
  EXPECT_EQ(first->support_plan().reviews(0).previous(), 0u);
  EXPECT_EQ(overdue(), 0);
  const auto second = review("2027-05-05", "END");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->support_plan().reviews(1).previous(), 1u);
  EXPECT_FALSE(second->support_plan().reviews(1).late());
  EXPECT_EQ(ReasonIn(review("2027-05-06", "CONTINUE")), "STATE_CONFLICT");
}

}  // namespace
}  // namespace ehc
