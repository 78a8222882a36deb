#include "ehchub/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/support/scratch_folder.h"

namespace ehchub {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kConnection[] =
    "hub = localhost:8443\n"
    "certificate = a.pem\n"
    "key = a.key\n"
    "ca = /etc/ehc/ca.pem\n";
constexpr char kPerson[] =
    "audience = ehc-hub\n"
    "assertion_key = a.assertion.key\n"
    "user = u1\n"
    "role = SENCO\n"
    "unit = send\n";

std::string ErrorOf(const std::string& text) {
  const auto profile = ParseProfile(text, "/p");
  EXPECT_EQ(profile.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(profile.status().message());
}

TEST(Profile, PathsAreRelativeToItsFolder) {
  const auto profile = ParseProfile(kConnection, "/p");
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ(profile->certificate_path, "/p/a.pem");
  EXPECT_EQ(profile->ca_path, "/etc/ehc/ca.pem");
  EXPECT_FALSE(profile->acting_person.has_value());
}

TEST(Profile, CommentsBlankLinesAndCarriageReturnsAreOverlooked) {
  const auto profile = ParseProfile(
      absl::StrCat("# ours\r\n\r\n", kConnection, "log_key = hub/log+0a+AZ=\r\n"), "/p");
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ(profile->log_key, "hub/log+0a+AZ=");  // a value may hold =
}

TEST(Profile, PersonIsReadWhole) {
  const auto profile =
      ParseProfile(absl::StrCat(kConnection, kPerson,
                                "training_until = 2027-03-31\nstrong_authentication = yes\n"),
                   "/p");
  ASSERT_TRUE(profile.ok()) << profile.status();
  ASSERT_TRUE(profile->acting_person.has_value());
  EXPECT_EQ(profile->acting_person->training_until, "2027-03-31");
  EXPECT_TRUE(profile->acting_person->strong_authentication);
  EXPECT_EQ(profile->assertion_key_path, "/p/a.assertion.key");
}

TEST(Profile, PromiseKeysMayBeSeveral) {
  const auto profile = ParseProfile(
      absl::StrCat(kConnection, "promise_key = old.pem\npromise_key = new.pem\n"), "/p");
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_THAT(profile->promise_key_paths, ElementsAre("/p/old.pem", "/p/new.pem"));
}

TEST(Profile, UnknownKeyIsRefusedWithItsLine) {
  EXPECT_THAT(ErrorOf(absl::StrCat(kConnection, "certficate = b.pem\n")), HasSubstr("line 5"));
}

TEST(Profile, RepeatedKeyIsRefused) {
  EXPECT_THAT(ErrorOf(absl::StrCat(kConnection, "hub = other:1\n")),
              HasSubstr("line 5: hub was given before"));
}

TEST(Profile, LineWithoutValueIsRefused) {
  EXPECT_THAT(ErrorOf("hub =\n"), HasSubstr("line 1"));
  EXPECT_THAT(ErrorOf("hub\n"), HasSubstr("line 1"));
}

TEST(Profile, MissingKeyIsNamed) {
  EXPECT_THAT(ErrorOf("hub = a:1\ncertificate = a.pem\nca = ca.pem\n"), HasSubstr("lacks key"));
}

TEST(Profile, HalfAPersonIsRefused) {
  EXPECT_THAT(ErrorOf(absl::StrCat(kConnection, "user = u1\n")), HasSubstr("lacks role"));
}

TEST(Profile, NeitherYesNorNoIsRefused) {
  EXPECT_THAT(ErrorOf(absl::StrCat(kConnection, kPerson, "strong_authentication = maybe\n")),
              HasSubstr("is yes or no"));
}

TEST(FindProfile, LooksInTheChosenFolderFirst) {
  const ehc::ScratchFolder folder;
  std::ofstream(folder.path() + "/trust.profile") << kConnection;
  setenv("EHC_PROFILES", folder.path().c_str(), 1);
  const auto path = FindProfile("trust");
  ASSERT_TRUE(path.ok()) << path.status();
  EXPECT_EQ(*path, folder.path() + "/trust.profile");
  const auto profile = LoadProfile(*path);
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ(profile->name, "trust");
  EXPECT_EQ(profile->key_path, folder.path() + "/a.key");
  unsetenv("EHC_PROFILES");
}

TEST(FindProfile, SaysWhereItLooked) {
  const auto path = FindProfile("nobody-has-this-one");
  EXPECT_EQ(path.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(path.status().message()), HasSubstr("./profiles"));
}

TEST(FindProfile, TakesAPathAsItIs) { EXPECT_EQ(*FindProfile("./x/y.profile"), "./x/y.profile"); }

}  // namespace
}  // namespace ehchub
