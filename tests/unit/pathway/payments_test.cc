#include "server/pathway/payments.h"

#include "tests/unit/pathway/models.h"

namespace ehc {
namespace {

constexpr char kToday[] = "2026-11-27";

const PlanningTerms& Terms() { return ShippedPolicy().planning_terms(); }

bool MayBePaid(hub::v1::PayeeKind kind, const PayeeFacts& facts) {
  return CheckPayee(kind, facts, Terms().PayeesAt(Day(kToday))).ok();
}

hub::v1::PaymentRisk Risk(uint32_t complexity, uint32_t cost, uint32_t safeguarding,
                          uint32_t other) {
  hub::v1::PaymentRisk risk;
  risk.set_complexity(complexity);
  risk.set_cost(cost);
  risk.set_safeguarding(safeguarding);
  risk.set_other(other);
  return risk;
}

std::string Tier(const hub::v1::PaymentRisk& risk) {
  const auto tiers = Terms().TiersAt(Day(kToday));
  return TierOf(risk, tiers)->term().code();
}

hub::v1::FundingTest Passed() {
  hub::v1::FundingTest test;
  test.set_overcomes_barriers(true);
  test.set_addresses_additional_need(true);
  test.set_individually_assessed(true);
  return test;
}

TEST(PaymentsTest, AParentOfADisabledChildMayBePaid) {
  constexpr auto kParent = hub::v1::PAYEE_KIND_PARENTAL_RESPONSIBILITY;
  EXPECT_TRUE(MayBePaid(kParent, {true, 9, true}));
  EXPECT_TRUE(MayBePaid(kParent, {true, 17, true}));
  EXPECT_FALSE(MayBePaid(kParent, {true, 18, true}));
  EXPECT_FALSE(MayBePaid(kParent, {true, 9, false}));
  EXPECT_FALSE(MayBePaid(kParent, {false, 9, true}));
  EXPECT_FALSE(MayBePaid(kParent, {true, std::nullopt, true}));
}

TEST(PaymentsTest, ADisabledYoungPersonMayBePaidAtSixteenAndSeventeen) {
  constexpr auto kOwn = hub::v1::PAYEE_KIND_YOUNG_PERSON;
  EXPECT_FALSE(MayBePaid(kOwn, {true, 15, false}));
  EXPECT_TRUE(MayBePaid(kOwn, {true, 16, false}));
  EXPECT_TRUE(MayBePaid(kOwn, {true, 17, false}));
  EXPECT_FALSE(MayBePaid(kOwn, {true, 18, false}));
  EXPECT_FALSE(MayBePaid(kOwn, {false, 16, false}));
}

TEST(PaymentsTest, WithoutARuleNobodyIsPaid) {
  EXPECT_FALSE(CheckPayee(hub::v1::PAYEE_KIND_PARENTAL_RESPONSIBILITY, {true, 9, true}, {}).ok());
}

TEST(PaymentsTest, ATierFollowsFromTheSumOrFromOneRisk) {
  EXPECT_EQ(Tier(Risk(0, 0, 0, 0)), "LOW");
  EXPECT_EQ(Tier(Risk(1, 1, 1, 0)), "LOW");
  EXPECT_EQ(Tier(Risk(1, 1, 1, 1)), "MEDIUM");
  EXPECT_EQ(Tier(Risk(0, 0, 2, 0)), "MEDIUM");
  EXPECT_EQ(Tier(Risk(2, 2, 2, 2)), "HIGH");
  EXPECT_EQ(Tier(Risk(0, 0, 3, 0)), "HIGH");
}

TEST(PaymentsTest, TheFirstCheckComesSoonerThanTheRest) {
  const auto tiers = Terms().TiersAt(Day(kToday));
  const Date start(2026, 11, 30);
  EXPECT_EQ(NextCheck(*TierOf(Risk(0, 0, 0, 0), tiers), start, true), Date(2027, 2, 28));
  EXPECT_EQ(NextCheck(*TierOf(Risk(0, 0, 0, 0), tiers), start, false), Date(2027, 11, 30));
  EXPECT_EQ(NextCheck(*TierOf(Risk(3, 3, 3, 3), tiers), start, true), Date(2026, 12, 30));
}

TEST(PaymentsTest, HealthMoneyIsPaidDirectlySinceAugust2013AndOnlyIfApproved) {
  const auto* health = Terms().FindStream("NHS", Day("2013-07-31"));
  ASSERT_NE(health, nullptr);
  EXPECT_EQ(Terms().DirectPaymentOf(*health, Day("2013-07-31")),
            policy_proto::DIRECT_PAYMENT_USE_FORBIDDEN);
  const auto now = Terms().DirectPaymentOf(*health, Day("2013-08-01"));
  EXPECT_EQ(now, policy_proto::DIRECT_PAYMENT_USE_IF_APPROVED);
  EXPECT_FALSE(CheckDirectPayment(now, false).ok());
  EXPECT_TRUE(CheckDirectPayment(now, true).ok());
  EXPECT_FALSE(CheckDirectPayment(policy_proto::DIRECT_PAYMENT_USE_FORBIDDEN, true).ok());
}

TEST(PaymentsTest, AStreamThatHasEndedIsNotThere) {
  EXPECT_NE(Terms().FindStream("PCT_BASELINE", Day("2013-03-31")), nullptr);
  EXPECT_EQ(Terms().FindStream("PCT_BASELINE", Day("2013-04-01")), nullptr);
  EXPECT_EQ(Terms().FindStream("RPA_PILOT", Day(kToday)), nullptr);
  EXPECT_FALSE(CheckFunding(nullptr, Passed(), "LOCAL_AUTHORITY").ok());
}

TEST(PaymentsTest, MoneyPassesEveryPartOfItsTest) {
  const auto* care = Terms().FindStream("SOCIAL_CARE", Day(kToday));
  EXPECT_TRUE(CheckFunding(care, Passed(), "LOCAL_AUTHORITY").ok());
  EXPECT_FALSE(CheckFunding(care, Passed(), "NHS_TRUST").ok());
  hub::v1::FundingTest test = Passed();
  test.set_overcomes_barriers(false);
  EXPECT_FALSE(CheckFunding(care, test, "LOCAL_AUTHORITY").ok());
  test = Passed();
  test.set_addresses_additional_need(false);
  EXPECT_FALSE(CheckFunding(care, test, "LOCAL_AUTHORITY").ok());
}

TEST(PaymentsTest, UniversalServicesNeedAnIndividualAssessment) {
  const auto* universal = Terms().FindStream("UNIVERSAL_SERVICES", Day(kToday));
  hub::v1::FundingTest test = Passed();
  EXPECT_TRUE(CheckFunding(universal, test, "LOCAL_AUTHORITY").ok());
  test.set_individually_assessed(false);
  EXPECT_FALSE(CheckFunding(universal, test, "LOCAL_AUTHORITY").ok());
}

TEST(PaymentsTest, AGrantLapsesWhateverItSays) {
  const auto* grant = Terms().FindStream("TIME_LIMITED_GRANT", Day(kToday));
  EXPECT_EQ(*LastSpendingDay(*grant, "", Date(2026, 1, 1)), Date(2027, 1, 1));
  EXPECT_EQ(*LastSpendingDay(*grant, "2026-06-30", Date(2026, 1, 1)), Date(2026, 6, 30));
  EXPECT_EQ(*LastSpendingDay(*grant, "2030-06-30", Date(2026, 1, 1)), Date(2027, 1, 1));
  const auto* care = Terms().FindStream("SOCIAL_CARE", Day(kToday));
  EXPECT_FALSE(LastSpendingDay(*care, "", Date(2026, 1, 1)).has_value());
}

TEST(PaymentsTest, ARestrictionNarrowsTheStream) {
  const auto* health = Terms().FindStream("NHS", Day(kToday));
  google::protobuf::RepeatedPtrField<std::string> only;
  EXPECT_TRUE(MayBeSpentOn(*health, only, "EQUIPMENT"));
  EXPECT_FALSE(MayBeSpentOn(*health, only, "TRANSPORT"));
  only.Add("EQUIPMENT");
  EXPECT_TRUE(MayBeSpentOn(*health, only, "EQUIPMENT"));
  EXPECT_FALSE(MayBeSpentOn(*health, only, "SHORT_BREAK"));
}

}  // namespace
}  // namespace ehc
