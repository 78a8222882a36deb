#include "server/pipeline/match_feed.h"

#include <vector>

#include "gtest/gtest.h"

namespace ehc {
namespace {

const Date kToday(2026, 11, 23);

store::v1::Dossier Known() {
  store::v1::Dossier dossier;
  dossier.add_registered_by("bromley");
  dossier.add_registered_by("bexley");
  hub::v1::PersonDetails& person = *dossier.mutable_person();
  person.set_given_names("Elowyn");
  person.set_family_name("Thornvale");
  person.set_date_of_birth("2015-03-04");
  person.set_sex(hub::v1::SEX_FEMALE);
  person.set_postcode("BR1 3UH");
  return dossier;
}

void Protect(store::v1::Dossier& dossier, hub::v1::ProtectionLabel label, const char* from = "",
             const char* to = "") {
  hub::v1::Protection& protection = *dossier.add_protections()->mutable_value();
  protection.set_label(label);
  protection.set_valid_from(from);
  protection.set_valid_to(to);
}

void Describe(store::v1::Dossier& dossier, const char* agency, const char* family) {
  store::v1::AccountItem& item = *dossier.add_accounts();
  item.mutable_origin()->set_agency(agency);
  *item.mutable_value() = dossier.person();
  item.mutable_value()->set_family_name(family);
}

TEST(AccountsOf, WithoutAnyDescriptionIsTheFirstRegistrars) {
  const MatchAccounts accounts = AccountsOf(Known(), kToday);
  ASSERT_EQ(accounts.size(), 1);
  EXPECT_EQ(accounts[0].first, AgencyId("bromley"));
  const Demographics& person = accounts[0].second;
  EXPECT_EQ(person.given_names, "Elowyn");
  EXPECT_EQ(person.birth, Date(2015, 3, 4));
  EXPECT_FALSE(person.birth_expected);
  EXPECT_EQ(person.sex, RecordedSex::kFemale);
  EXPECT_EQ(person.postcode, "BR1 3UH");
}

TEST(AccountsOf, EachRegistrarHasItsOwnAndNobodyElse) {
  store::v1::Dossier dossier = Known();
  Describe(dossier, "bexley", "Quillmere");
  Describe(dossier, "kent", "Fennick");  // has not registered the child, or not any more
  const MatchAccounts accounts = AccountsOf(dossier, kToday);
  ASSERT_EQ(accounts.size(), 2);
  EXPECT_EQ(accounts[0].first, AgencyId("bexley"));
  EXPECT_EQ(accounts[0].second.family_name, "Quillmere");
  EXPECT_EQ(accounts[1].first, AgencyId("bromley"));
  EXPECT_EQ(accounts[1].second.family_name, "Thornvale");
}

TEST(AccountsOf, NobodyIsThereWhomNobodyRegistered) {
  EXPECT_TRUE(AccountsOf(store::v1::Dossier(), kToday).empty());
}

TEST(AccountsOf, AnUnbornChildHasAnExpectedBirth) {
  store::v1::Dossier dossier = Known();
  dossier.mutable_person()->set_expected_date_of_birth("2027-01-05");
  const MatchAccounts accounts = AccountsOf(dossier, kToday);
  ASSERT_EQ(accounts.size(), 1);
  EXPECT_TRUE(accounts[0].second.birth_expected);
  EXPECT_EQ(accounts[0].second.birth, Date(2027, 1, 5));
}

TEST(AccountsOf, ASeveredIdentityHasNone) {
  store::v1::Dossier severed = Known();
  Describe(severed, "bexley", "Quillmere");
  severed.set_severed(true);
  EXPECT_TRUE(AccountsOf(severed, kToday).empty());
  for (auto label :
       {hub::v1::PROTECTION_LABEL_ADOPTED, hub::v1::PROTECTION_LABEL_IDENTITY_SEVERED}) {
    store::v1::Dossier dossier = Known();
    Protect(dossier, label);
    EXPECT_TRUE(AccountsOf(dossier, kToday).empty());
  }
}

TEST(AccountsOf, AProtectedHomeIsLeftOutOfAllFromTheMomentItIsSet) {
  constexpr auto kRestricted = hub::v1::PROTECTION_LABEL_ADDRESS_RESTRICTED;
  const auto has_home = [](const store::v1::Dossier& dossier) {
    bool any = false;
    for (const auto& [agency, person] : AccountsOf(dossier, kToday))
      any |= !person.postcode.empty();
    return any;
  };
  store::v1::Dossier now = Known();
  Describe(now, "bexley", "Quillmere");
  Protect(now, kRestricted);
  EXPECT_FALSE(has_home(now));
  store::v1::Dossier later = Known();
  Protect(later, kRestricted, "2026-12-24");
  EXPECT_FALSE(has_home(later));
  store::v1::Dossier over = Known();
  Protect(over, kRestricted, "2026-01-01", "2026-11-22");
  EXPECT_TRUE(has_home(over));
}

TEST(MatchFeed, TheIndexFollowsAChildToItsEnd) {
  const auto rules = MatchRules::Load(EHC_SOURCE_DIR "/policies/matching");
  ASSERT_TRUE(rules.ok()) << rules.status();
  MatchIndex index(*rules);
  MatchFeed feed(index, SystemClock());
  const auto ask = [&](const char* family) {
    const Demographics person{"Elowyn", family, Date(2015, 3, 4), false, RecordedSex::kFemale, ""};
    return index.Find({person, AgencyId("bromley"), {}, kToday})->unique;
  };
  store::v1::Dossier dossier = Known();
  feed.Follow(SubjectId{7}, &dossier);
  EXPECT_EQ(ask("Thornvale"), SubjectId{7});
  dossier.mutable_person()->set_family_name("Quillmere");
  feed.Follow(SubjectId{7}, &dossier);
  EXPECT_EQ(ask("Thornvale"), SubjectId{});
  EXPECT_EQ(ask("Quillmere"), SubjectId{7});
  dossier.set_severed(true);
  feed.Follow(SubjectId{7}, &dossier);
  EXPECT_EQ(index.accounts(), 0);
  EXPECT_EQ(index.words(), 0) << "nor is the name";
  dossier.set_severed(false);
  feed.Follow(SubjectId{7}, &dossier);
  feed.Follow(SubjectId{7}, nullptr);
  EXPECT_EQ(index.accounts(), 0);
  EXPECT_EQ(index.words(), 0);
}

TEST(MatchFeed, ToldIsWhoIsFoundByWhatWasNotThereBefore) {
  const auto rules = MatchRules::Load(EHC_SOURCE_DIR "/policies/matching");
  ASSERT_TRUE(rules.ok()) << rules.status();
  MatchIndex index(*rules);
  MatchFeed feed(index, SystemClock());
  std::vector<int64_t> told;
  feed.OnFiled([&](SubjectId subject) { told.push_back(subject.value); });
  store::v1::Dossier dossier = Known();
  feed.Follow(SubjectId{7}, &dossier);
  dossier.add_consents();
  feed.Follow(SubjectId{7}, &dossier);
  EXPECT_EQ(told.size(), 1) << "a consent says nothing of who the child is";
  Describe(dossier, "bexley", "Quillmere");
  feed.Follow(SubjectId{7}, &dossier);
  EXPECT_EQ(told.size(), 2);
  dossier.set_severed(true);
  feed.Follow(SubjectId{7}, &dossier);
  EXPECT_EQ(told.size(), 2) << "nobody looks for whom nobody may find";
}

}  // namespace
}  // namespace ehc
