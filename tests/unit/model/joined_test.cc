#include "server/model/joined.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

const AgencyId kBromley("bromley");
const AgencyId kTrust("trust");
const AgencyId kSchool("school");
constexpr SubjectId kRoot{1};
constexpr SubjectId kMember{2};

store::v1::Dossier DossierOf(const std::string& agency, int consents) {
  store::v1::Dossier dossier;
  dossier.add_registered_by(agency);
  dossier.mutable_person()->set_family_name("Of " + agency);
  for (int number = 1; number <= consents; ++number) {
    store::v1::ConsentItem& item = *dossier.add_consents();
    item.mutable_origin()->set_number(number);
    item.mutable_origin()->set_agency(agency);
    item.mutable_value()->set_notice_version(agency + std::to_string(number));
  }
  dossier.set_last_number(consents);
  return dossier;
}

// Recorded now, about this number of the child.
store::v1::ProtectionItem& Protect(store::v1::Dossier& dossier, SubjectId about) {
  store::v1::ProtectionItem& item = *dossier.add_protections();
  dossier.set_last_number(dossier.last_number() + 1);
  item.mutable_origin()->set_number(dossier.last_number());
  if (about != kRoot) item.mutable_origin()->set_about(about.value);
  return item;
}

std::vector<std::string> NoticesOf(const store::v1::Dossier& dossier) {
  std::vector<std::string> notices;
  for (const auto& item : dossier.consents()) notices.push_back(item.value().notice_version());
  return notices;
}

class JoinedTest : public ::testing::Test {
 protected:
  JoinedTest() { JoinInto(root_, kRoot, kMember, member_); }

  store::v1::Dossier member_ = DossierOf("trust", 2);
  store::v1::Dossier root_ = DossierOf("bromley", 3);
};

TEST_F(JoinedTest, NumberThatAnAgencyRegisteredIsMeantByItAndAnotherIsItsOwn) {
  EXPECT_EQ(NumberMeantBy(root_, kRoot, kRoot, kBromley), kRoot);
  EXPECT_EQ(NumberMeantBy(root_, kRoot, kMember, kBromley), kRoot) << "the trust registered that";
  EXPECT_EQ(NumberMeantBy(root_, kRoot, kRoot, kTrust), kMember);
  EXPECT_EQ(NumberMeantBy(root_, kRoot, kMember, kTrust), kMember);
  EXPECT_EQ(NumberMeantBy(root_, kRoot, kRoot, kSchool), kRoot) << "of a stranger's, the one used";
  AddRegistration(root_, kRoot, kMember, kBromley);
  EXPECT_EQ(NumberFor(root_, kRoot, kMember, kBromley), kRoot);
  EXPECT_EQ(NumberMeantBy(root_, kRoot, kMember, kBromley), kMember) << "it registered both";
  EXPECT_EQ(NumberMeantBy(root_, kRoot, kRoot, kBromley), kRoot);
}

TEST_F(JoinedTest, DossierOfOneHoldsTheItemsOfAllUnderNumbersOfTheirOwn) {
  EXPECT_THAT(NoticesOf(root_),
              ElementsAre("bromley1", "bromley2", "bromley3", "trust1", "trust2"));
  std::vector<int64_t> numbers;
  for (const auto& item : root_.consents()) numbers.push_back(item.origin().number());
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(root_.last_number(), 5);
}

TEST_F(JoinedTest, NamesGivenBeforeTheJoinMeanTheSameItemsAfterIt) {
  for (int64_t code = 1; code <= 2; ++code) {
    EXPECT_EQ(ItemNumberOf(root_, kMember, code), code + 3);
    EXPECT_EQ(ItemCodeOf(root_, kMember, code + 3), code);
  }
  for (int64_t code = 1; code <= 3; ++code) {
    EXPECT_EQ(ItemNumberOf(root_, kRoot, code), code);
    EXPECT_EQ(ItemCodeOf(root_, kRoot, code), code);
  }
  // What has come since never bears a name of what was there before.
  EXPECT_EQ(ItemNumberOf(root_, kMember, ItemCodeOf(root_, kMember, 6)), 6);
  EXPECT_LT(ItemCodeOf(root_, kMember, 6), 0);
}

TEST_F(JoinedTest, EachAgencyKeepsItsNameForTheChild) {
  EXPECT_EQ(NumberFor(root_, kRoot, kMember, kBromley), kRoot);
  EXPECT_EQ(NumberFor(root_, kRoot, kRoot, kTrust), kMember);
  EXPECT_EQ(NumberFor(root_, kRoot, kMember, kSchool), kMember) << "as it named the child";
  EXPECT_EQ(NumberFor(root_, kRoot, kRoot, kSchool), kRoot);
}

TEST(Joined, AgencyThatRegisteredBothIsToldTheOneToKeep) {
  store::v1::Dossier root = DossierOf("bromley", 0);
  store::v1::Dossier member = DossierOf("bromley", 0);
  JoinInto(root, kRoot, kMember, member);
  EXPECT_EQ(NumberFor(root, kRoot, kMember, kBromley), kRoot);
  SplitFrom(root, kRoot, kMember, member);
  EXPECT_TRUE(IsRegisteredBy(root, kBromley));
}

TEST_F(JoinedTest, SplitGivesBackExactlyWhatWasJoined) {
  const store::v1::Dossier again = SplitFrom(root_, kRoot, kMember, member_);
  store::v1::Dossier expected = DossierOf("trust", 2);
  expected.add_kept_apart(kRoot.value);
  expected.add_parted_from(kRoot.value);
  EXPECT_EQ(again.SerializeAsString(), expected.SerializeAsString());
  EXPECT_THAT(NoticesOf(root_), ElementsAre("bromley1", "bromley2", "bromley3"));
  EXPECT_THAT(root_.registered_by(), ElementsAre("bromley"));
  EXPECT_TRUE(root_.joined().empty());
}

// The third number was joined to the member, and the member to the root: split, the member is
// itself and no more. What it had been given stays with the root, where its row is.
TEST(Joined, MemberThatIsSplitAgainDoesNotTakeWhatWasJoinedToIt) {
  constexpr SubjectId kThird{3};
  store::v1::Dossier root = DossierOf("bromley", 1);
  store::v1::Dossier member = DossierOf("trust", 1);
  store::v1::Dossier third = DossierOf("school", 1);
  JoinInto(member, kMember, kThird, third);
  JoinInto(root, kRoot, kMember, member);
  const store::v1::Dossier own = SplitFrom(root, kRoot, kMember, member);
  EXPECT_TRUE(own.joined().empty()) << "or whoever erases this child erases another one's keys";
  EXPECT_THAT(own.registered_by(), ElementsAre("trust"));
  EXPECT_THAT(NoticesOf(own), ElementsAre("trust1"));
  EXPECT_NE(FindJoined(root, kThird), nullptr);
  EXPECT_THAT(root.registered_by(), UnorderedElementsAre("bromley", "school"));
  EXPECT_THAT(NoticesOf(root), ElementsAre("bromley1", "school1"));
}

TEST_F(JoinedTest, WhatWasChangedOrRecordedSinceGoesWithTheNumberThatItIsAbout) {
  root_.mutable_consents(3)->mutable_value()->set_notice_version("changed");
  store::v1::ConsentItem& since = *root_.add_consents();
  since.mutable_origin()->set_number(6);
  since.mutable_origin()->set_about(kMember.value);
  since.mutable_value()->set_notice_version("since");
  since.set_reconfirms(4);
  root_.set_last_number(6);
  const int64_t named = ItemCodeOf(root_, kMember, 6);
  AddRegistration(root_, kRoot, kMember, kSchool);
  const store::v1::Dossier own = SplitFrom(root_, kRoot, kMember, member_);
  EXPECT_THAT(NoticesOf(own), ElementsAre("changed", "trust2", "since"));
  EXPECT_EQ(own.consents(2).origin().number(), ItemNumberOf(own, kMember, named));
  EXPECT_EQ(own.consents(2).reconfirms(), 1) << "the member's first consent";
  EXPECT_EQ(own.last_number(), 6) << "the next item takes no number that was a name";
  EXPECT_THAT(own.registered_by(), UnorderedElementsAre("trust", "school"));
  EXPECT_THAT(root_.registered_by(), ElementsAre("bromley"));
}

TEST_F(JoinedTest, ProtectionSetSinceGoesOnProtectingBoth) {
  Protect(root_, kRoot).mutable_value()->set_reason("about the root");
  Protect(root_, kMember).mutable_value()->set_reason("about the member");
  const store::v1::Dossier own = SplitFrom(root_, kRoot, kMember, member_);
  for (const store::v1::Dossier* dossier :
       std::initializer_list<const store::v1::Dossier*>{&own, &root_}) {
    std::vector<std::string> reasons;
    for (const auto& item : dossier->protections()) {
      reasons.push_back(item.value().reason());
      EXPECT_EQ(item.origin().about(), 0);
    }
    EXPECT_THAT(reasons, UnorderedElementsAre("about the root", "about the member"));
  }
}

TEST(Joined, DayOfBirthThatOneKnowsIsTheChildsUntilTheyAreTwoAgain) {
  store::v1::Dossier unborn = DossierOf("bromley", 0);
  unborn.mutable_person()->set_expected_date_of_birth("2026-11-20");
  store::v1::Dossier born = DossierOf("trust", 0);
  born.mutable_person()->set_date_of_birth("2026-11-18");
  JoinInto(unborn, kRoot, kMember, born);
  EXPECT_EQ(unborn.person().date_of_birth(), "2026-11-18");
  EXPECT_EQ(born.joined_into(), kRoot.value);
  const store::v1::Dossier own = SplitFrom(unborn, kRoot, kMember, born);
  EXPECT_EQ(unborn.person().expected_date_of_birth(), "2026-11-20");
  EXPECT_EQ(own.joined_into(), 0);
}

TEST_F(JoinedTest, AgencyThatRegisteredTwoNumbersKeepsTheOneThatIsLeft) {
  store::v1::Dossier third = DossierOf("trust", 0);
  JoinInto(root_, kRoot, SubjectId{3}, third);
  SplitFrom(root_, kRoot, kMember, member_);
  EXPECT_THAT(root_.registered_by(), UnorderedElementsAre("bromley", "trust"));
  EXPECT_EQ(NumberFor(root_, kRoot, kRoot, kTrust), SubjectId{3});
  SplitFrom(root_, kRoot, SubjectId{3}, third);
  EXPECT_THAT(root_.registered_by(), ElementsAre("bromley"));
}

TEST_F(JoinedTest, AgencyThatRegistersTheRootAsWellKeepsItAfterASplit) {
  AddRegistration(root_, kRoot, kRoot, kTrust);
  EXPECT_EQ(NumberFor(root_, kRoot, kMember, kTrust), kRoot);
  SplitFrom(root_, kRoot, kMember, member_);
  EXPECT_THAT(root_.registered_by(), UnorderedElementsAre("bromley", "trust"));
}

TEST_F(JoinedTest, MembersOfAMemberStandUnderTheNewRoot) {
  store::v1::Dossier oldest = DossierOf("school", 1);
  JoinInto(oldest, SubjectId{9}, kRoot, root_);
  EXPECT_TRUE(IsNumberOf(oldest, SubjectId{9}, kMember));
  EXPECT_TRUE(IsNumberOf(oldest, SubjectId{9}, kRoot));
  EXPECT_EQ(ItemNumberOf(oldest, kMember, 1), 1 + 3 + 1);
  const store::v1::Dossier own = SplitFrom(oldest, SubjectId{9}, kMember, member_);
  EXPECT_THAT(NoticesOf(own), ElementsAre("trust1", "trust2"));
  EXPECT_THAT(NoticesOf(oldest), ElementsAre("school1", "bromley1", "bromley2", "bromley3"));
}

}  // namespace
}  // namespace ehc
