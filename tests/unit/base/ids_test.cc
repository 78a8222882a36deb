#include "server/base/ids.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "server/base/encoding.h"

namespace ehc {
namespace {

TEST(UuidTest, NewUuidsAreWellFormedAndDistinct) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = NewUuid4();
    EXPECT_TRUE(IsUuid4(id)) << id;
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(UuidTest, OtherFormsAreRefused) {
  EXPECT_TRUE(IsUuid4("f47ac10b-58cc-4372-a567-0e02b2c3d479"));
  EXPECT_FALSE(IsUuid4("F47AC10B-58CC-4372-A567-0E02B2C3D479")) << "upper case";
  EXPECT_FALSE(IsUuid4("f47ac10b-58cc-1372-a567-0e02b2c3d479")) << "version 1";
  EXPECT_FALSE(IsUuid4("f47ac10b-58cc-4372-c567-0e02b2c3d479")) << "another variant";
  EXPECT_FALSE(IsUuid4("f47ac10b-58cc-4372-a567-0e02b2c3d47")) << "too short";
  EXPECT_FALSE(IsUuid4("f47ac10b-58cc-4372-a567-0e02b2c3d4790")) << "too long";
  EXPECT_FALSE(IsUuid4("f47ac10b058cc-4372-a567-0e02b2c3d479")) << "hyphen missing";
  EXPECT_FALSE(IsUuid4("f47ac10b-58cc-4372-a567-0e02b2c3d4-9")) << "hyphen too many";
  EXPECT_FALSE(IsUuid4("g47ac10b-58cc-4372-a567-0e02b2c3d479")) << "not hex";
  EXPECT_FALSE(IsUuid4(""));
}

TEST(DecisionIdTest, HasFixedLengthAndIsCanonicalAndDistinct) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = NewDecisionId();
    EXPECT_EQ(id.size(), 26u);
    EXPECT_TRUE(Base32Decode(id).ok());
    EXPECT_TRUE(seen.insert(id).second);
  }
}

}  // namespace
}  // namespace ehc
