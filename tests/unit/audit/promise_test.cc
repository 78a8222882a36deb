#include "server/audit/promise.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/base/merkle.h"

namespace ehc {
namespace {

constexpr char kLogId[] = "hub.example/log-1";

const SigningKey& Key() {
  static const SigningKey* const key = new SigningKey(SigningKey::Generate());
  return *key;
}

std::vector<Digest> Leaves(size_t count) {
  std::vector<Digest> leaves;
  for (size_t i = 0; i < count; ++i) leaves.push_back(LeafHash(absl::StrCat(i)));
  return leaves;
}

std::shared_ptr<const BatchPromise> Batch(size_t count) {
  const ManualClock clock(absl::FromUnixMillis(1763805600123));
  return *PromiseSigner(Key(), kLogId, clock).Sign(Leaves(count));
}

absl::Status Check(const Receipt& receipt) {
  return VerifyReceipt(receipt, kLogId, Key().public_key());
}

TEST(Receipt, EveryEntryOfEveryBatchHasOneThatHolds) {
  for (size_t size = 1; size <= 40; ++size) {
    const auto batch = Batch(size);
    const auto leaves = Leaves(size);
    for (uint32_t position = 0; position < size; ++position) {
      const Receipt receipt = ReceiptFor(*batch, position);
      EXPECT_EQ(receipt.leaf_hash, leaves[position]);
      EXPECT_TRUE(Check(receipt).ok()) << position << " of " << size << Check(receipt);
    }
  }
}

TEST(Receipt, SaysWhenItWasIssued) {
  EXPECT_EQ(ReceiptFor(*Batch(3), 1).promise.issued_at_ms, 1763805600123);
}

TEST(Receipt, IsParsedBackFromItsEncoding) {
  for (const size_t size : {1, 2, 7}) {
    const std::string bytes = ReceiptFor(*Batch(size), size - 1).Encode();
    const auto parsed = ParseReceipt(bytes);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(parsed->Encode(), bytes);
    EXPECT_TRUE(Check(*parsed).ok());
  }
}

TEST(Receipt, NoFlippedBitIsAccepted) {
  const std::string bytes = ReceiptFor(*Batch(5), 2).Encode();
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string altered = bytes;
    altered[bit / 8] ^= 1 << bit % 8;
    const auto parsed = ParseReceipt(altered);
    EXPECT_FALSE(parsed.ok() && Check(*parsed).ok()) << bit;
  }
}

TEST(Receipt, TruncatedOrProlongedBytesAreRefused) {
  const std::string bytes = ReceiptFor(*Batch(5), 2).Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseReceipt(bytes.substr(0, size)).status()));
  }
  EXPECT_TRUE(absl::IsInvalidArgument(ParseReceipt(bytes + '\0').status()));
}

TEST(Receipt, OfAnEntryThatTheBatchLacksIsRefused) {
  Receipt receipt = ReceiptFor(*Batch(5), 2);
  receipt.leaf_hash = LeafHash("another entry");
  EXPECT_TRUE(absl::IsDataLoss(Check(receipt)));
}

TEST(Receipt, OfAnotherLogOrKeyIsRefused) {
  const Receipt receipt = ReceiptFor(*Batch(5), 2);
  EXPECT_TRUE(
      absl::IsFailedPrecondition(VerifyReceipt(receipt, "hub.example/log-2", Key().public_key())));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      VerifyReceipt(receipt, kLogId, SigningKey::Generate().public_key())));
}

TEST(Receipt, WithTheRightKeyIdButAnothersSignatureIsRefused) {
  Receipt receipt = ReceiptFor(*Batch(5), 2);
  receipt.promise.signature = SigningKey::Generate().SignP1363(PromiseMessage(receipt.promise));
  EXPECT_TRUE(absl::IsDataLoss(Check(receipt)));
}

TEST(Receipt, PromisedForAnotherTimeOrSizeIsRefused) {
  Receipt later = ReceiptFor(*Batch(4), 2);
  ++later.promise.issued_at_ms;
  EXPECT_TRUE(absl::IsDataLoss(Check(later)));
  Receipt larger = ReceiptFor(*Batch(4), 2);
  ++larger.promise.batch_size;
  EXPECT_FALSE(Check(larger).ok());
}

TEST(PromiseMessage, IsTheBytesThatTheFormatSays) {
  Promise promise;
  promise.log_id = "log";
  promise.batch_root = LeafHash("x");
  promise.batch_size = 258;
  promise.issued_at_ms = 1;
  EXPECT_EQ(PromiseMessage(promise),
            absl::StrCat("ehc-hub promise v1\n", absl::string_view("\0\3log", 5),
                         DigestView(promise.batch_root), absl::string_view("\0\0\1\2", 4),
                         absl::string_view("\0\0\0\0\0\0\0\1", 8)));
}

TEST(PromiseSigner, AnEmptyOrOversizedBatchIsRefused) {
  const ManualClock clock(absl::UnixEpoch());
  const PromiseSigner signer(Key(), kLogId, clock);
  EXPECT_TRUE(absl::IsInvalidArgument(signer.Sign({}).status()));
  EXPECT_TRUE(signer.Sign(std::vector<Digest>(kMaxPromiseBatch)).ok());
  EXPECT_TRUE(
      absl::IsInvalidArgument(signer.Sign(std::vector<Digest>(kMaxPromiseBatch + 1)).status()));
}

TEST(PromiseSigner, AnImproperLogIdIsRefused) {
  const ManualClock clock(absl::UnixEpoch());
  EXPECT_FALSE(PromiseSigner(Key(), "", clock).Sign(Leaves(1)).ok());
  EXPECT_FALSE(
      PromiseSigner(Key(), std::string(kMaxLogIdSize + 1, 'x'), clock).Sign(Leaves(1)).ok());
}

}  // namespace
}  // namespace ehc
