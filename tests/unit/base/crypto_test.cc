#include "server/base/crypto.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <string>

#include "server/base/encoding.h"

namespace ehc {
namespace {

std::string Hex(const Digest& digest) { return HexEncode(DigestView(digest)); }
std::string Unhex(absl::string_view hex) { return HexDecode(hex).value(); }

// One goes the short way up to two blocks, the other never.
TEST(Sha256Test, DigestOfEveryLengthIsTheOneOfTheBytesOneByOne) {
  std::string data;
  for (size_t length = 0; length <= 300; ++length) {
    Sha256Hasher hasher;
    for (const char& byte : data) hasher.Update(absl::string_view(&byte, 1));
    EXPECT_EQ(Sha256(data), hasher.Finish()) << length;
    data.push_back(static_cast<char>(length * 37));
  }
}

// FIPS 180-4 examples.
TEST(Sha256Test, KnownMessagesHaveTheirPublishedDigests) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Hex(Sha256(std::string(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256HasherTest, PartsGiveTheDigestOfTheWhole) {
  Sha256Hasher hasher;
  for (char c : std::string("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) {
    hasher.Update(absl::string_view(&c, 1));
  }
  EXPECT_EQ(Hex(hasher.Finish()),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256HasherTest, FinishedHasherStartsAfresh) {
  Sha256Hasher hasher;
  hasher.Update("something else").Finish();
  EXPECT_EQ(hasher.Update("abc").Finish(), Sha256("abc"));
}

TEST(Sha256HasherTest, CopyContinuesFromTheSamePrefix) {
  Sha256Hasher prefix;
  prefix.Update("a");
  Sha256Hasher copy = prefix;
  EXPECT_EQ(copy.Update("bc").Finish(), Sha256("abc"));
  EXPECT_EQ(prefix.Update("xy").Finish(), Sha256("axy"));
}

struct HmacVector {
  std::string key, data, tag;
};

// RFC 4231, test cases 1 to 4, 6 and 7 (5 is a truncation).
const HmacVector kHmacVectors[] = {
    {std::string(20, '\x0b'), "Hi There",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {std::string(20, '\xaa'), std::string(50, '\xdd'),
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {Unhex("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd'),
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {std::string(131, '\xaa'),
     "This is a test using a larger than block-size key and a larger than block-size data. The key "
     "needs to be hashed before being used by the HMAC algorithm.",
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

TEST(HmacTest, Rfc4231VectorsHold) {
  for (const HmacVector& vector : kHmacVectors) {
    EXPECT_EQ(Hex(HmacSha256(vector.key, vector.data)), vector.tag);
    const HmacKey key(vector.key);
    EXPECT_EQ(Hex(key.Sign(vector.data)), vector.tag);
    EXPECT_EQ(Hex(key.Sign(vector.data)), vector.tag) << "a second use of the same key";
    const absl::string_view data = vector.data;
    EXPECT_EQ(Hex(key.SignParts({data.substr(0, 3), data.substr(3)})), vector.tag);
    EXPECT_TRUE(key.Verify(data, Unhex(vector.tag)));
  }
}

TEST(HmacTest, AlteredOrShortenedTagIsRefused) {
  const HmacKey key("key");
  std::string tag(DigestView(key.Sign("data")));
  EXPECT_FALSE(key.Verify("other", tag));
  EXPECT_FALSE(key.Verify("data", absl::string_view(tag).substr(0, 16)));
  tag.back() ^= 1;
  EXPECT_FALSE(key.Verify("data", tag));
}

// RFC 5869, test cases 1 to 3.
TEST(HkdfTest, Rfc5869VectorsHold) {
  EXPECT_EQ(HexEncode(HkdfSha256(std::string(22, '\x0b'), Unhex("000102030405060708090a0b0c"),
                                 Unhex("f0f1f2f3f4f5f6f7f8f9"), 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  std::string secret, salt, info;
  for (int i = 0; i < 80; ++i) {
    secret.push_back(static_cast<char>(i));
    salt.push_back(static_cast<char>(0x60 + i));
    info.push_back(static_cast<char>(0xb0 + i));
  }
  EXPECT_EQ(HexEncode(HkdfSha256(secret, salt, info, 82)),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
            "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
            "cc30c58179ec3e87c14c01d5c1f3434f1d87");
  EXPECT_EQ(HexEncode(DeriveKey(std::string(22, '\x0b'), "", 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(HkdfTest, LabelsSeparateKeys) {
  EXPECT_NE(DeriveKey("secret", "names", 32), DeriveKey("secret", "tokens", 32));
  EXPECT_EQ(DeriveKey("secret", "names", 32), DeriveKey("secret", "names", 32));
  EXPECT_EQ(DeriveKey("secret", "names", 0), "");
}

TEST(ConstantTimeEqualsTest, ComparesContentsAndLength) {
  EXPECT_TRUE(ConstantTimeEquals("", ""));
  EXPECT_TRUE(ConstantTimeEquals("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abcd"));
  EXPECT_FALSE(ConstantTimeEquals(absl::string_view("a\0b", 3), absl::string_view("a\0c", 3)));
}

TEST(RandomTest, NothingIsGivenOutTwice) {
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) EXPECT_TRUE(seen.insert(RandomBytes(16)).second);
  EXPECT_TRUE(seen.insert(RandomBytes(4096)).second);
}

TEST(RandomTest, EveryLengthIsFilled) {
  for (size_t length : {1, 15, 128, 129, 512, 513, 5000}) {
    const std::string bytes = RandomBytes(length);
    ASSERT_EQ(bytes.size(), length);
    if (length >= 128) {
      EXPECT_GT(std::set<char>(bytes.begin(), bytes.end()).size(), 40u);
      EXPECT_NE(bytes.substr(length - 16), std::string(16, '\0'));
    }
  }
}

TEST(RandomTest, ChildProcessDoesNotRepeatItsParent) {
  RandomBytes(1);  // Leaves bytes buffered for the fork to copy.
  int channel[2];
  ASSERT_EQ(pipe(channel), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const std::string bytes = RandomBytes(16);
    _exit(write(channel[1], bytes.data(), bytes.size()) == 16 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  std::string of_child(16, '\0');
  ASSERT_EQ(read(channel[0], of_child.data(), of_child.size()), 16);
  EXPECT_NE(RandomBytes(16), of_child);
  close(channel[0]);
  close(channel[1]);
}

}  // namespace
}  // namespace ehc
