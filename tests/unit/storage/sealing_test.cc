#include "server/storage/sealing.h"

#include "gtest/gtest.h"

namespace ehc {
namespace {

StoreKeys KeysOf(char fill) {
  return StoreKeys::Create(SecretBytes::CopyOf(std::string(kRootKeySize, fill))).value();
}

Binding SomeBinding() { return Binding(SealedUse::kPart).Id(1).Id(2).Text("C"); }

TEST(SealingKey, OpensWhatItSealed) {
  const SealingKey key = SealingKey::Random();
  std::string opened;
  ASSERT_TRUE(key.OpenTo(key.Seal("text", SomeBinding()), SomeBinding(), &opened).ok());
  EXPECT_EQ(opened, "text");
}

TEST(SealingKey, EveryPartOfTheBindingCounts) {
  const SealingKey key = SealingKey::Random();
  const std::string sealed = key.Seal("text", SomeBinding());
  const Binding others[] = {
      Binding(SealedUse::kOpening).Id(1).Id(2).Text("C"),
      Binding(SealedUse::kPart).Id(9).Id(2).Text("C"),
      Binding(SealedUse::kPart).Id(1).Id(9).Text("C"),
      Binding(SealedUse::kPart).Id(1).Id(2).Text("D"),
      Binding(SealedUse::kPart).Id(1).Id(2),
      Binding(SealedUse::kPart).Id(2).Id(1).Text("C"),
  };
  for (const Binding& other : others) {
    std::string opened;
    EXPECT_TRUE(absl::IsDataLoss(key.OpenTo(sealed, other, &opened)));
    EXPECT_EQ(opened, "");
  }
}

TEST(Binding, TextsAreFramed) {
  EXPECT_NE(Binding(SealedUse::kReview).Text("ab").Text("c").view(),
            Binding(SealedUse::kReview).Text("a").Text("bc").view());
}

TEST(SealingKey, WrappedKeyIsTheSameKeyUnderItsParentOnly) {
  const SealingKey parent = SealingKey::Random();
  const SealingKey key = SealingKey::Random();
  const std::string wrapped = key.WrapUnder(parent, SomeBinding());
  const std::string sealed = key.Seal("text", SomeBinding());
  std::string opened;
  const absl::StatusOr<SealingKey> again = SealingKey::Unwrap(parent, wrapped, SomeBinding());
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->OpenTo(sealed, SomeBinding(), &opened).ok());
  EXPECT_TRUE(absl::IsDataLoss(SealingKey::Unwrap(key, wrapped, SomeBinding()).status()));
}

TEST(StoreKeys, DigestsDependOnTheRootAndOnEveryPart) {
  const StoreKeys keys = KeysOf('a');
  const Identifier identifier{IdentifierKind::kNhsNumber, "9990000018"};
  EXPECT_EQ(keys.IdentifierDigest(identifier), KeysOf('a').IdentifierDigest(identifier));
  EXPECT_NE(keys.IdentifierDigest(identifier), KeysOf('b').IdentifierDigest(identifier));
  EXPECT_NE(keys.MessageDigest("ab", "c"), keys.MessageDigest("a", "bc"));
  EXPECT_NE(keys.NameDigest({"ab", "c"}), keys.NameDigest({"a", "bc"}));
  EXPECT_EQ(keys.NameDigest({"a"}).size(), 16u);
  EXPECT_NE(keys.DerivedKey("one"), keys.DerivedKey("two"));
  EXPECT_EQ(keys.DerivedKey("one").size(), 32u);
}

TEST(StoreKeys, RootOfAnotherLengthIsRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(StoreKeys::Create(SecretBytes::Random(31)).status()));
}

}  // namespace
}  // namespace ehc
