#include "server/model/dossier.h"

#include "gtest/gtest.h"
#include "server/model/joined.h"

namespace ehc {
namespace {

using store::v1::Dossier;

void Describe(Dossier& dossier, const char* agency, const char* family, int64_t about = 0) {
  store::v1::AccountItem& item = *dossier.add_accounts();
  dossier.set_last_number(dossier.last_number() + 1);
  item.mutable_origin()->set_number(dossier.last_number());
  item.mutable_origin()->set_agency(agency);
  item.mutable_origin()->set_about(about);
  item.mutable_value()->set_family_name(family);
}

Dossier OfTwo() {
  Dossier dossier;
  dossier.add_registered_by("bromley");
  dossier.add_registered_by("bexley");
  dossier.mutable_person()->set_family_name("Thornvale");
  Describe(dossier, "bromley", "Thornvale");
  Describe(dossier, "bexley", "Quillmere");
  return dossier;
}

TEST(DropRegistration, WordsOfWhoRegisteredFirstGoWithThem) {
  Dossier dossier = OfTwo();
  DropRegistration(AgencyId("bromley"), dossier.last_number(), dossier);
  EXPECT_EQ(dossier.person().family_name(), "Quillmere");
  EXPECT_EQ(dossier.ShortDebugString().find("Thornvale"), std::string::npos);
}

TEST(DropRegistration, WordsOfOthersStay) {
  Dossier dossier = OfTwo();
  DropRegistration(AgencyId("bexley"), dossier.last_number(), dossier);
  EXPECT_EQ(dossier.person().family_name(), "Thornvale");
  EXPECT_EQ(dossier.ShortDebugString().find("Quillmere"), std::string::npos);
}

TEST(Joined, DescriptionsGoWithTheirNumberThereAndBack) {
  Dossier root = OfTwo();
  Dossier member;
  member.add_registered_by("bromley");
  member.mutable_person()->set_family_name("Fennick");
  Describe(member, "bromley", "Fennick");
  JoinInto(root, SubjectId{1}, SubjectId{2}, member);
  ASSERT_EQ(root.accounts_size(), 3);
  EXPECT_EQ(root.accounts(2).origin().about(), 2);
  const Dossier again = SplitFrom(root, SubjectId{1}, SubjectId{2}, member);
  EXPECT_EQ(root.accounts_size(), 2);
  ASSERT_EQ(again.accounts_size(), 1);
  EXPECT_EQ(again.accounts(0).value().family_name(), "Fennick");
  EXPECT_EQ(again.accounts(0).origin().number(), 1);
}

}  // namespace
}  // namespace ehc
