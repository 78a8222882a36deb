// A school's roll: what of it is asked about, what is at fault and how that is told.
#include "client-sdk/cli/roll.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace ehchub {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> SubjectsIn(const Roll& roll) {
  std::vector<std::string> subjects;
  for (const RollRow& row : roll.rows) subjects.push_back(row.subject);
  return subjects;
}

std::vector<std::string> FaultsIn(const Roll& roll) {
  std::vector<std::string> faults;
  for (const Fault& fault : roll.faults) {
    faults.push_back(absl::StrCat(fault.line, " ", fault.field, " ", fault.reason));
  }
  return faults;
}

TEST(RollTest, ChildIsNamedByTheFirstIdentifierThatTheRowHas) {
  const auto roll = ReadRoll(
      "Name,UPN,NHS number\r\n"
      "A,B801200005001,9434765870\r\n"
      "B,,943 476 5870\r\n");
  ASSERT_TRUE(roll.ok()) << roll.status();
  EXPECT_THAT(SubjectsIn(*roll), ElementsAre("upn:B801200005001", "nhs:9434765870"));
  EXPECT_THAT(roll->faults, IsEmpty());
}

TEST(RollTest, BadRowsAreToldByLineAndColumnAndTheRestIsAskedAbout) {
  const auto roll = ReadRoll(
      "upn,name\n"
      "A801200005001,x\n"  // check letter
      "B801200005001,y\n"
      "b801200005001 ,z\n"  // again, or malformed
      ",nobody\n"
      "B801200005001\n");
  ASSERT_TRUE(roll.ok()) << roll.status();
  EXPECT_EQ(SubjectsIn(*roll)[1], "upn:B801200005001");
  const std::vector<std::string> faults = FaultsIn(*roll);
  ASSERT_EQ(faults.size(), 4u);
  EXPECT_EQ(faults[0], "2 upn CHECK_DIGIT");
  EXPECT_EQ(faults[2], "5 upn MISSING_KEY");
  EXPECT_EQ(faults[3], "6  WRONG_COLUMN_COUNT");
  for (const std::string& fault : faults) EXPECT_EQ(fault.find("801200005001"), std::string::npos);
}

TEST(RollTest, RollWithoutARowOrWithoutANameIsRefused) {
  EXPECT_FALSE(ReadRoll("").ok());
  EXPECT_FALSE(ReadRoll("name,class\nA,3B\n").ok());
}

TEST(RollTest, AnswerStandsBehindTheRollsOwnColumns) {
  const auto roll = ReadRoll("ref,upn\n7,B801200005001\n8,J820432121001\n9,x\n");
  ASSERT_TRUE(roll.ok());
  v1::SupportStatusItem shown;
  shown.set_decision_id("d1");
  v1::SupportStatus& status = *shown.mutable_support_status();
  status.set_sen_provision(v1::SEN_PROVISION_SEN_SUPPORT);
  status.set_plan_exists(false);
  status.add_need_types(v1::SEN_TYPE_SPLD);
  status.add_need_types(v1::SEN_TYPE_NSA);
  status.mutable_contact()->set_display_name("Desk, north");
  v1::SupportStatusItem generic;
  generic.set_decision_id("d2");
  generic.set_not_disclosed(v1::ERROR_REASON_NOT_AVAILABLE);
  EXPECT_EQ(RollHeader(*roll),
            "ref,upn,answer,sen_provision,need_types,plan_exists,plan_issue_date,review_due_date,"
            "contact,contact_telephone,contact_email,as_at,decision\n");
  const std::string line = RollLine(roll->rows[0], &shown);
  EXPECT_EQ(line.rfind("7,B801200005001,OK,K,SPLD NSA,no,,,\"Desk, north\",,,", 0), 0u) << line;
  EXPECT_EQ(RollLine(roll->rows[1], &generic), "8,J820432121001,NOT_AVAILABLE,,,,,,,,,,d2\n");
  EXPECT_EQ(RollLine(roll->rows[2], nullptr), "9,x,INVALID,,,,,,,,,,\n");
}

}  // namespace
}  // namespace ehchub
