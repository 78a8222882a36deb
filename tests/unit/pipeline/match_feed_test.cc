#include "server/pipeline/match_feed.h"

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

TEST(AccountOf, IsTheFirstRegistrars) {
  const auto account = AccountOf(Known(), kToday);
  ASSERT_TRUE(account.has_value());
  EXPECT_EQ(account->first, AgencyId("bromley"));
  EXPECT_EQ(account->second.given_names, "Elowyn");
  EXPECT_EQ(account->second.birth, Date(2015, 3, 4));
  EXPECT_FALSE(account->second.birth_expected);
  EXPECT_EQ(account->second.sex, RecordedSex::kFemale);
  EXPECT_EQ(account->second.postcode, "BR1 3UH");
}

TEST(AccountOf, NobodyIsThereWhomNobodyRegistered) {
  EXPECT_FALSE(AccountOf(store::v1::Dossier(), kToday).has_value());
}

TEST(AccountOf, AnUnbornChildHasAnExpectedBirth) {
  store::v1::Dossier dossier = Known();
  dossier.mutable_person()->set_expected_date_of_birth("2027-01-05");
  const auto account = AccountOf(dossier, kToday);
  ASSERT_TRUE(account.has_value());
  EXPECT_TRUE(account->second.birth_expected);
  EXPECT_EQ(account->second.birth, Date(2027, 1, 5));
}

TEST(AccountOf, ASeveredIdentityHasNone) {
  store::v1::Dossier severed = Known();
  severed.set_severed(true);
  EXPECT_FALSE(AccountOf(severed, kToday).has_value());
  for (auto label :
       {hub::v1::PROTECTION_LABEL_ADOPTED, hub::v1::PROTECTION_LABEL_IDENTITY_SEVERED}) {
    store::v1::Dossier dossier = Known();
    Protect(dossier, label);
    EXPECT_FALSE(AccountOf(dossier, kToday).has_value());
  }
}

TEST(AccountOf, AProtectedHomeIsLeftOutFromTheMomentItIsSet) {
  constexpr auto kRestricted = hub::v1::PROTECTION_LABEL_ADDRESS_RESTRICTED;
  store::v1::Dossier now = Known();
  Protect(now, kRestricted);
  EXPECT_EQ(AccountOf(now, kToday)->second.postcode, "");
  store::v1::Dossier later = Known();
  Protect(later, kRestricted, "2026-12-24");
  EXPECT_EQ(AccountOf(later, kToday)->second.postcode, "");
  store::v1::Dossier over = Known();
  Protect(over, kRestricted, "2026-01-01", "2026-11-22");
  EXPECT_EQ(AccountOf(over, kToday)->second.postcode, "BR1 3UH");
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
  dossier.set_severed(false);
  feed.Follow(SubjectId{7}, &dossier);
  feed.Follow(SubjectId{7}, nullptr);
  EXPECT_EQ(index.accounts(), 0);
}

}  // namespace
}  // namespace ehc
