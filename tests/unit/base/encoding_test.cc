#include "server/base/encoding.h"

#include <gtest/gtest.h>

#include <string>

#include "server/base/crypto.h"

namespace ehc {
namespace {

TEST(HexTest, RoundTripsAndTakesUpperCase) {
  EXPECT_EQ(HexEncode(absl::string_view("\x00\xff\x1a", 3)), "00ff1a");
  EXPECT_EQ(HexDecode("00FF1a").value(), std::string("\x00\xff\x1a", 3));
  EXPECT_EQ(HexDecode("").value(), "");
}

TEST(HexTest, OddLengthOrForeignDigitIsRefused) {
  EXPECT_FALSE(HexDecode("0").ok());
  EXPECT_FALSE(HexDecode("0g").ok());
  EXPECT_FALSE(HexDecode("0x").ok());
  EXPECT_FALSE(HexDecode(" 1").ok());
}

// RFC 4648 section 10.
TEST(Base64Test, PublishedVectorsHold) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(Base64Encode(bytes), text);
    EXPECT_EQ(Base64Decode(text).value(), bytes);
  }
}

TEST(Base64Test, SecondSpellingsAreRefused) {
  EXPECT_FALSE(Base64Decode("Zg").ok()) << "padding missing";
  EXPECT_FALSE(Base64Decode("Zh==").ok()) << "stray bits in the last digit";
  EXPECT_FALSE(Base64Decode("Zm9v\n").ok()) << "white space";
  EXPECT_FALSE(Base64Decode("Zg==Zg==").ok()) << "two texts in a row";
  EXPECT_FALSE(Base64Decode("_-==").ok()) << "the other alphabet";
}

TEST(Base64UrlTest, UsesTheUrlAlphabetWithoutPadding) {
  EXPECT_EQ(Base64UrlEncode("\xfb\xff"), "-_8");
  EXPECT_EQ(Base64UrlDecode("-_8").value(), "\xfb\xff");
  EXPECT_EQ(Base64UrlDecode("").value(), "");
}

TEST(Base64UrlTest, SecondSpellingsAreRefused) {
  EXPECT_FALSE(Base64UrlDecode("-_8=").ok()) << "padding";
  EXPECT_FALSE(Base64UrlDecode("-_9").ok()) << "stray bits in the last digit";
  EXPECT_FALSE(Base64UrlDecode("+/8").ok()) << "the other alphabet";
  EXPECT_FALSE(Base64UrlDecode("Zg Zg").ok()) << "white space";
  EXPECT_FALSE(Base64UrlDecode("A").ok()) << "a length no encoding has";
}

Bytes16 Filled(uint8_t byte) {
  Bytes16 bytes;
  bytes.fill(byte);
  return bytes;
}

TEST(Base32Test, ExtremesHaveTheExpectedNames) {
  EXPECT_EQ(Base32Encode(Filled(0)), std::string(26, '0'));
  EXPECT_EQ(Base32Encode(Filled(0xff)), "7" + std::string(25, 'z'));
  Bytes16 one = Filled(0);
  one[15] = 33;
  EXPECT_EQ(Base32Encode(one), std::string(24, '0') + "11");
}

TEST(Base32Test, RandomBytesRoundTrip) {
  for (int i = 0; i < 500; ++i) {
    Bytes16 bytes;
    FillRandom(absl::MakeSpan(bytes));
    const std::string name = Base32Encode(bytes);
    ASSERT_EQ(name.size(), kBase32NameSize);
    EXPECT_EQ(Base32Decode(name).value(), bytes);
  }
}

TEST(Base32Test, NamesSortAsTheirBytes) {
  for (int i = 0; i < 200; ++i) {
    Bytes16 a, b;
    FillRandom(absl::MakeSpan(a));
    FillRandom(absl::MakeSpan(b));
    EXPECT_EQ(a < b, Base32Encode(a) < Base32Encode(b));
  }
}

TEST(Base32Test, NonCanonicalNameIsRefused) {
  const std::string zeros(26, '0');
  EXPECT_TRUE(Base32Decode(zeros).ok());
  EXPECT_FALSE(Base32Decode("8" + zeros.substr(1)).ok()) << "more than 128 bits";
  EXPECT_FALSE(Base32Decode("z" + zeros.substr(1)).ok()) << "more than 128 bits";
  EXPECT_FALSE(Base32Decode(zeros.substr(1)).ok()) << "too short";
  EXPECT_FALSE(Base32Decode(zeros + "0").ok()) << "too long";
  EXPECT_FALSE(Base32Decode("").ok());
  for (char foreign : std::string("AZiloIOLUu-_ \xff", 14) + '\0') {
    EXPECT_FALSE(Base32Decode(zeros.substr(1) + foreign).ok()) << foreign;
    EXPECT_FALSE(Base32Decode(foreign + zeros.substr(1)).ok()) << foreign;
  }
}

TEST(EncodingTest, ErrorsDoNotRepeatTheInput) {
  const std::string secret = "QQQQQQQQ!";
  for (const absl::Status& status :
       {HexDecode(secret).status(), Base64Decode(secret).status(), Base64UrlDecode(secret).status(),
        Base32Decode(secret).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(status.message().find("QQ"), absl::string_view::npos);
  }
}

}  // namespace
}  // namespace ehc
