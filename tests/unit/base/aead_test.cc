#include "server/base/aead.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "server/base/crypto.h"
#include "server/base/encoding.h"

namespace ehc {
namespace {

std::string Unhex(absl::string_view hex) { return HexDecode(hex).value(); }

// NIST SP 800-38D's AES-256 examples (test cases 14 and 16 of the GCM submission).
TEST(OpenToTest, KnownAnswersOpen) {
  std::string out;
  ASSERT_TRUE(OpenTo(std::string(32, '\0'),
                     Unhex("000000000000000000000000"
                           "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
                     "", &out)
                  .ok());
  EXPECT_EQ(out, std::string(16, '\0'));
  ASSERT_TRUE(OpenTo(Unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
                     Unhex("cafebabefacedbaddecaf888"
                           "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                           "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                           "76fc6ece0f4e1768cddf8853bb2d551b"),
                     Unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), &out)
                  .ok());
  EXPECT_EQ(HexEncode(out),
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
}

class AeadTest : public ::testing::Test {
 protected:
  const std::string key_ = RandomBytes(kAeadKeySize);
  std::string sealed_;
  std::string opened_ = "left from an earlier use";
};

TEST_F(AeadTest, SealedValueOpens) {
  for (const std::string& plaintext : {std::string(), std::string("a"), std::string(5000, 'x')}) {
    ASSERT_TRUE(SealTo(key_, plaintext, "context", &sealed_).ok());
    EXPECT_EQ(sealed_.size(), plaintext.size() + kAeadOverhead);
    ASSERT_TRUE(OpenTo(key_, sealed_, "context", &opened_).ok());
    EXPECT_EQ(opened_, plaintext);
  }
}

TEST_F(AeadTest, EveryAlteredByteIsNoticedAndNothingIsLeftBehind) {
  ASSERT_TRUE(SealTo(key_, "plaintext", "context", &sealed_).ok());
  for (size_t i = 0; i < sealed_.size(); ++i) {
    std::string altered = sealed_;
    altered[i] ^= 1;
    opened_ = "left from an earlier use";
    EXPECT_EQ(OpenTo(key_, altered, "context", &opened_).code(), absl::StatusCode::kDataLoss);
    EXPECT_TRUE(opened_.empty());
  }
}

TEST_F(AeadTest, TruncatedValueIsRefusedAtEveryLength) {
  ASSERT_TRUE(SealTo(key_, "plaintext", "context", &sealed_).ok());
  for (size_t size = 0; size < sealed_.size(); ++size) {
    EXPECT_EQ(OpenTo(key_, sealed_.substr(0, size), "context", &opened_).code(),
              absl::StatusCode::kDataLoss);
  }
}

TEST_F(AeadTest, OtherContextOrOtherKeyIsRefused) {
  ASSERT_TRUE(SealTo(key_, "plaintext", "context", &sealed_).ok());
  EXPECT_FALSE(OpenTo(key_, sealed_, "Context", &opened_).ok());
  EXPECT_FALSE(OpenTo(key_, sealed_, "", &opened_).ok());
  EXPECT_FALSE(OpenTo(RandomBytes(32), sealed_, "context", &opened_).ok());
  EXPECT_TRUE(OpenTo(key_, sealed_, "context", &opened_).ok()) << "a refusal spoils nothing";
}

TEST_F(AeadTest, SameValueSealsDifferentlyEachTime) {
  std::string again;
  ASSERT_TRUE(SealTo(key_, "plaintext", "context", &sealed_).ok());
  ASSERT_TRUE(SealTo(key_, "plaintext", "context", &again).ok());
  EXPECT_NE(sealed_.substr(0, kAeadNonceSize), again.substr(0, kAeadNonceSize));
  EXPECT_NE(sealed_.substr(kAeadNonceSize), again.substr(kAeadNonceSize));
}

TEST_F(AeadTest, KeyOfWrongSizeIsRefused) {
  EXPECT_EQ(SealTo("short", "p", "", &sealed_).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(OpenTo("short", std::string(40, 'x'), "", &opened_).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(Aead256Gcm::Create(SecretBytes::Random(16)).ok());
  EXPECT_FALSE(AesBlock::Create(SecretBytes::Random(16)).ok());
}

TEST_F(AeadTest, ErrorsRepeatNothingOfTheValue) {
  const std::string message(OpenTo(key_, std::string(40, 'Q'), "CONTEXT", &opened_).message());
  EXPECT_EQ(message.find('Q'), std::string::npos);
  EXPECT_EQ(message.find("CONTEXT"), std::string::npos);
}

TEST_F(AeadTest, ThreadsShareOneKey) {
  const auto aead = Aead256Gcm::Create(SecretBytes::CopyOf(key_));
  ASSERT_TRUE(aead.ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&aead, t] {
      const std::string plaintext(100 + t, static_cast<char>('a' + t));
      for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(aead->Open(aead->Seal(plaintext, "ad"), "ad").value(), plaintext);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// FIPS 197 appendix C.3.
TEST(AesBlockTest, PublishedVectorHoldsBothWays) {
  const auto cipher = AesBlock::Create(SecretBytes::CopyOf(
      Unhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")));
  ASSERT_TRUE(cipher.ok());
  AesBlock::Block block;
  for (int i = 0; i < 16; ++i) block[i] = static_cast<uint8_t>(0x11 * i);
  const AesBlock::Block encrypted = cipher->Encrypt(block);
  EXPECT_EQ(HexEncode(absl::string_view(reinterpret_cast<const char*>(encrypted.data()), 16)),
            "8ea2b7ca516745bfeafc49904b496089");
  EXPECT_EQ(cipher->Decrypt(encrypted), block);
  EXPECT_EQ(cipher->Encrypt(block), encrypted) << "a second use of the same context";
}

TEST(AesBlockTest, AlternatingKeysDoNotMix) {
  const auto one = AesBlock::Create(SecretBytes::Random(32));
  const auto two = AesBlock::Create(SecretBytes::Random(32));
  ASSERT_TRUE(one.ok() && two.ok());
  const AesBlock::Block block{1, 2, 3};
  const AesBlock::Block under_one = one->Encrypt(block);
  EXPECT_NE(two->Encrypt(block), under_one);
  EXPECT_EQ(one->Encrypt(block), under_one);
  EXPECT_EQ(one->Decrypt(under_one), block);
}

}  // namespace
}  // namespace ehc
