#include "server/base/signature.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <thread>
#include <vector>

#include "server/base/crypto.h"
#include "server/base/encoding.h"
#include "server/base/fs.h"
#include "tests/unit/base/temporary_directory.h"

namespace ehc {
namespace {

std::string Unhex(absl::string_view hex) { return HexDecode(hex).value(); }

std::string PemOfSpki(absl::string_view der) {
  return "-----BEGIN PUBLIC KEY-----\n" + Base64Encode(der) + "\n-----END PUBLIC KEY-----\n";
}

// The example key of RFC 6979 appendix A.2.5.
std::string Rfc6979PublicPem() {
  return PemOfSpki(
      Unhex("3059301306072a8648ce3d020106082a8648ce3d030107034200"
            "04"
            "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
            "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"));
}

// RFC 6979 appendix A.2.5, SHA-256, message "sample".
TEST(VerifyKeyTest, PublishedSignatureVerifies) {
  const auto key = VerifyKey::FromPem(Rfc6979PublicPem());
  ASSERT_TRUE(key.ok()) << key.status();
  const std::string signature = Unhex(
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
  EXPECT_TRUE(key->VerifyP1363("sample", signature));
  EXPECT_FALSE(key->VerifyP1363("Sample", signature));
}

TEST(SigningKeyTest, BothFormsVerifyAndAreNotInterchangeable) {
  const SigningKey key = SigningKey::Generate();
  const VerifyKey& verifier = key.public_key();
  for (int i = 0; i < 50; ++i) {  // Enough for r or s to begin with a zero byte or a high bit.
    const std::string message = RandomBytes(static_cast<size_t>(i));
    const std::string der = key.Sign(message);
    const std::string raw = key.SignP1363(message);
    ASSERT_EQ(raw.size(), 64u);
    EXPECT_TRUE(verifier.Verify(message, der));
    EXPECT_TRUE(verifier.VerifyP1363(message, raw));
    EXPECT_FALSE(verifier.Verify(message, raw));
    EXPECT_FALSE(verifier.VerifyP1363(message, der));
    EXPECT_FALSE(verifier.Verify(message + "x", der));
  }
}

TEST(SigningKeyTest, DegenerateSignaturesAreRefused) {
  const SigningKey key = SigningKey::Generate();
  const VerifyKey& verifier = key.public_key();
  const std::string raw = key.SignP1363("m");
  EXPECT_FALSE(verifier.VerifyP1363("m", std::string(64, '\0'))) << "r = s = 0";
  EXPECT_FALSE(verifier.VerifyP1363("m", std::string(64, '\xff'))) << "r, s above the order";
  EXPECT_FALSE(verifier.VerifyP1363("m", raw.substr(0, 63)));
  EXPECT_FALSE(verifier.VerifyP1363("m", raw + '\0'));
  EXPECT_FALSE(verifier.VerifyP1363("m", ""));
  EXPECT_FALSE(verifier.Verify("m", ""));
  EXPECT_FALSE(verifier.Verify("m", key.Sign("m") + "x")) << "bytes after the signature";
  EXPECT_FALSE(SigningKey::Generate().public_key().VerifyP1363("m", raw)) << "another key";
}

TEST(SigningKeyTest, PemRoundTripKeepsTheKey) {
  const SigningKey key = SigningKey::Generate();
  const SecretBytes pem = key.PrivatePem(SecretAccess::ForCryptoOnly());
  const auto again = SigningKey::FromPem(pem.view(SecretAccess::ForCryptoOnly()));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->key_id(), key.key_id());
  const auto verifier = VerifyKey::FromPem(key.PublicPem());
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  EXPECT_EQ(verifier->key_id(), key.key_id());
  EXPECT_EQ(verifier->PublicPem(), key.PublicPem());
  EXPECT_TRUE(verifier->Verify("m", again->Sign("m")));
}

TEST(SigningKeyTest, KeyIdIsTheStartOfTheDigestOfThePublicKey) {
  const SigningKey key = SigningKey::Generate();
  std::string body;
  for (char c : key.PublicPem().substr(27, key.PublicPem().find("-----END") - 27)) {
    if (c != '\n') body.push_back(c);
  }
  const Digest digest = Sha256(Base64Decode(body).value());
  EXPECT_EQ(key.key_id(), HexEncode(DigestView(digest)).substr(0, 16));
}

// The curve is prime256v1 in name only: the point does not lie on it.
TEST(VerifyKeyTest, ForeignOrBrokenKeysAreRefused) {
  std::string off_curve = Unhex(
      "3059301306072a8648ce3d020106082a8648ce3d030107034200"
      "04"
      "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
      "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d446229a");
  EXPECT_FALSE(VerifyKey::FromPem(PemOfSpki(off_curve)).ok());
  const std::string ed25519_spki = Unhex(
      "302a300506032b6570032100"
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_FALSE(VerifyKey::FromPem(PemOfSpki(ed25519_spki)).ok());
  EXPECT_FALSE(VerifyKey::FromPem("").ok());
  EXPECT_FALSE(VerifyKey::FromPem("-----BEGIN CERTIFICATE-----\nAAAA\n").ok());
  EXPECT_FALSE(SigningKey::FromPem(Rfc6979PublicPem()).ok()) << "a public key cannot sign";
}

TEST(SigningKeyTest, KeyFileOpenToOthersIsRefused) {
  const TemporaryDirectory directory;
  const std::string path = directory.File("signing.pem");
  const SigningKey key = SigningKey::Generate();
  const SecretBytes pem = key.PrivatePem(SecretAccess::ForCryptoOnly());
  ASSERT_TRUE(AtomicWriteFile(path, pem.view(SecretAccess::ForCryptoOnly()), 0600).ok());
  ASSERT_TRUE(SigningKey::FromPemFile(path).ok());
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  const absl::Status status = SigningKey::FromPemFile(path).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("chmod 600"), absl::string_view::npos);
}

TEST(SigningKeyTest, ThreadsShareOneKey) {
  const SigningKey key = SigningKey::Generate();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([key] {  // A copy shares the key itself.
      for (int i = 0; i < 50; ++i) EXPECT_TRUE(key.public_key().Verify("m", key.Sign("m")));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

struct Ed25519Vector {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};

// RFC 8032 section 7.1, tests 1 to 3.
const Ed25519Vector kEd25519Vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519Test, Rfc8032VectorsHold) {
  for (const Ed25519Vector& vector : kEd25519Vectors) {
    const auto key = Ed25519SigningKey::FromSeed(SecretBytes::CopyOf(Unhex(vector.seed)));
    ASSERT_TRUE(key.ok());
    EXPECT_EQ(HexEncode(key->public_raw()), vector.public_key);
    EXPECT_EQ(HexEncode(key->Sign(Unhex(vector.message))), vector.signature);
    const auto verifier = Ed25519VerifyKey::FromRaw(Unhex(vector.public_key));
    ASSERT_TRUE(verifier.ok());
    EXPECT_TRUE(verifier->Verify(Unhex(vector.message), Unhex(vector.signature)));
  }
}

TEST(Ed25519Test, AlteredSignatureMessageOrKeyIsRefused) {
  const Ed25519SigningKey key = Ed25519SigningKey::Generate();
  const auto verifier = Ed25519VerifyKey::FromRaw(key.public_raw());
  ASSERT_TRUE(verifier.ok());
  std::string signature = key.Sign("note");
  EXPECT_TRUE(verifier->Verify("note", signature));
  EXPECT_FALSE(verifier->Verify("nota", signature));
  EXPECT_FALSE(verifier->Verify("note", signature.substr(1)));
  signature[3] ^= 1;
  EXPECT_FALSE(verifier->Verify("note", signature));
  EXPECT_FALSE(Ed25519VerifyKey::FromRaw("short").ok());
  EXPECT_FALSE(Ed25519SigningKey::FromSeed(SecretBytes::Random(31)).ok());
}

}  // namespace
}  // namespace ehc
