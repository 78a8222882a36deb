#include "client-sdk/cli/labelled_match.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ehchub {
namespace {

using ::testing::HasSubstr;

constexpr char kPolicies[] = EHC_SOURCE_DIR "/policies";

// The columns of Splink's public sets; everybody is invented.
constexpr char kSplinkShaped[] =
    "unique_id,first_name,surname,dob,city,email,cluster\n"
    "0,Elowyn,Thornvale,2015-03-04,Orpen Green,a@example.org,0\n"
    "1,Elowyn,Thornvole,2015-03-04,,,0\n"
    "2,,Thornvale,2015-03-04,,,0\n"
    "3,Corrin,Quillmere,2012-08-21,Keston Vale,,1\n"
    "4,Corin,Quillmere,2012-08-21,,,1\n"
    "5,Jorren,Fennick,2011-05-06,,,2\n"
    "6,Kestra,Garthwyn,2010-01-02,,,3\n";

TEST(MatchLabelled, CountsWhatIsRightAndWhatAPersonMustSee) {
  const auto result = MatchLabelled(kSplinkShaped, kPolicies);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->rows, 7);
  EXPECT_EQ(result->registered, 3) << "clusters 0 and 1, and the first of those alone";
  EXPECT_EQ(result->asked, 4);
  EXPECT_EQ(result->meant, 3);
  EXPECT_EQ(result->right, 2);
  EXPECT_EQ(result->wrong, 0);
  EXPECT_EQ(result->potential, 1) << "no given name";
  EXPECT_EQ(result->review_has, 1);
  EXPECT_DOUBLE_EQ(result->precision(), 1);
  EXPECT_DOUBLE_EQ(result->recall(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(result->f1(), 0.8);
}

TEST(MatchLabelled, OtherHeadingsAndDatesAreUnderstood) {
  const auto result = MatchLabelled(
      "\xef\xbb\xbfGroup,Forename,Last Name,Date of Birth,Gender,Postcode\r\n"
      "g1,Elowyn,Thornvale,04/03/2015,Female,BR1 3UH\r\n"
      "g1,ELOWYN,THORNVALE,04/03/2015,F,br13uh\r\n",
      kPolicies);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->right, 1);
}

TEST(MatchLabelled, AMissingColumnIsNamed) {
  const auto result = MatchLabelled("first_name,surname,dob\nA,B,2015-01-02\n", kPolicies);
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("cluster"));
}

TEST(MatchLabelled, RowsThatCannotBeComparedAreCountedAndNotGuessedAt) {
  const auto result = MatchLabelled(
      "first_name,surname,dob,cluster\n"
      "Elowyn,Thornvale,2015-03-04,1\n"
      "???,Thornvale,2015-03-04,1\n"
      "Elowyn,Thornvale,not a date,1\n",
      kPolicies);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->unreadable, 1);
  EXPECT_EQ(result->asked, 1);
  EXPECT_EQ(result->right + result->wrong, 0);
}

}  // namespace
}  // namespace ehchub
