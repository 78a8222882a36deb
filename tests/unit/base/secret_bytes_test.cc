#include "server/base/secret_bytes.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ostream>
#include <string>
#include <type_traits>

#include "server/base/crypto.h"
#include "server/base/fs.h"
#include "tests/unit/base/temporary_directory.h"

namespace ehc {
namespace {

template <class T>
concept Printable = requires(std::ostream& stream, const T& value) {
  stream << value;
};
static_assert(!Printable<SecretBytes>);
static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_convertible_v<SecretBytes, absl::string_view>);
static_assert(!std::is_default_constructible_v<SecretAccess>);

std::string Read(const SecretBytes& secret) {
  return std::string(secret.view(SecretAccess::ForCryptoOnly()));
}

TEST(SecretBytesTest, MovingLeavesTheSourceEmpty) {
  SecretBytes one = SecretBytes::CopyOf("secret");
  SecretBytes two = std::move(one);
  EXPECT_TRUE(one.empty());
  EXPECT_EQ(Read(two), "secret");
  SecretBytes three = SecretBytes::CopyOf("overwritten");
  three = std::move(two);
  EXPECT_TRUE(two.empty());
  EXPECT_EQ(Read(three), "secret");
}

TEST(SecretBytesTest, EqualityComparesContents) {
  const SecretBytes secret = SecretBytes::CopyOf("secret");
  EXPECT_TRUE(secret.Equals(secret.Clone()));
  EXPECT_FALSE(secret.Equals(SecretBytes::CopyOf("secreT")));
  EXPECT_FALSE(secret.Equals(SecretBytes()));
  EXPECT_FALSE(SecretBytes::Random(32).Equals(SecretBytes::Random(32)));
}

TEST(SecretBytesTest, DerivedSecretMatchesHkdfAndSeparatesLabels) {
  const SecretBytes root = SecretBytes::CopyOf("root");
  EXPECT_EQ(Read(DeriveSecret(root, "names", 48)), DeriveKey("root", "names", 48));
  EXPECT_FALSE(DeriveSecret(root, "names", 32).Equals(DeriveSecret(root, "tokens", 32)));
}

class SecretFileTest : public ::testing::Test {
 protected:
  const TemporaryDirectory directory_;
  const std::string path_ = directory_.File("key");
};

TEST_F(SecretFileTest, CreatedFileIsPrivateRandomAndLoads) {
  ASSERT_TRUE(CreateSecretFile(path_, 32).ok());
  ASSERT_TRUE(CreateSecretFile(directory_.File("other"), 32).ok());
  struct stat info;
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  const auto one = LoadSecretFile(path_, 32);
  const auto two = LoadSecretFile(directory_.File("other"), 32);
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(one->size(), 32u);
  EXPECT_FALSE(one->Equals(*two));
}

TEST_F(SecretFileTest, CreationNeverReplacesAKey) {
  ASSERT_TRUE(CreateSecretFile(path_, 32).ok());
  const std::string before = Read(LoadSecretFile(path_, 32).value());
  EXPECT_EQ(CreateSecretFile(path_, 32).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Read(LoadSecretFile(path_, 32).value()), before);
}

TEST_F(SecretFileTest, AnyPermissionForOthersIsRefusedNamingTheFix) {
  ASSERT_TRUE(CreateSecretFile(path_, 32).ok());
  for (mode_t mode : {0640, 0604, 0620, 0602, 0610, 0644, 0666}) {
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    const absl::Status status = LoadSecretFile(path_, 32).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << mode;
    EXPECT_NE(status.message().find("chmod 600 " + path_), absl::string_view::npos);
  }
  ASSERT_EQ(::chmod(path_.c_str(), 0400), 0);
  EXPECT_TRUE(LoadSecretFile(path_, 32).ok());
}

TEST_F(SecretFileTest, WrongLengthIsRefusedWithoutShowingTheKey) {
  ASSERT_TRUE(AtomicWriteFile(path_, std::string(31, 'Q'), 0600).ok());
  const absl::Status status = LoadSecretFile(path_, 32).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message().find("QQ"), absl::string_view::npos);
}

TEST_F(SecretFileTest, AbsentFileAndDirectoryAreRefused) {
  EXPECT_EQ(LoadSecretFile(path_, 32).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(LoadSecretFile(directory_.File("."), 32).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace ehc
