#include "server/model/audit_entry.h"

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/base/encoding.h"
#include "server/base/merkle.h"

namespace ehc {
namespace {

Salt SaltFrom(absl::string_view text) {
  const Digest digest = Sha256(text);
  Salt salt;
  std::copy_n(digest.begin(), salt.size(), salt.begin());
  return salt;
}

Salt SomeSalt() { return SaltFrom("salt"); }

std::string Bytes(const Salt& salt) { return std::string(salt.begin(), salt.end()); }

constexpr AuditFieldMask kAllFields = (AuditFieldMask{1} << kAuditFieldCount) - 1;

// Shows the odd fields and hides the even ones.
EntryView SomeView() {
  EntryView view;
  for (size_t i = 0; i < kAuditFieldCount; ++i) {
    const Salt salt = SaltFrom(absl::StrCat(i));
    const std::string value(i * 3, 'v');
    if (i % 2 == 1) {
      view.fields[i] = ShownField{salt, value};
    } else {
      view.fields[i] = HiddenField{CommitmentTo(AuditField(i), salt, value)};
    }
  }
  return view;
}

TEST(AuditFields, NamesAreDistinct) {
  std::set<absl::string_view> names;
  for (const AuditFieldRule& rule : kAuditFieldRules) names.insert(rule.name);
  EXPECT_EQ(names.size(), kAuditFieldCount);
}

TEST(AuditFields, TheOfficerSeesAllOfThem) { EXPECT_EQ(FieldsFor(Audience::kOfficer), kAllFields); }

TEST(AuditFields, ARefusedSearcherSeesNothingThatDependsOnTheChild) {
  const AuditFieldMask seen = FieldsFor(Audience::kRefusedSearcher);
  for (const AuditField field :
       {AuditField::kOutcome, AuditField::kReason, AuditField::kCustodianAgency,
        AuditField::kCustodianUnit, AuditField::kSubject, AuditField::kSearcherSubject,
        AuditField::kCustodianSubject, AuditField::kRecord, AuditField::kSearcherRecord,
        AuditField::kCustodianRecord, AuditField::kRecordVersion, AuditField::kContentDigest,
        AuditField::kReleasedParts, AuditField::kWithheldParts, AuditField::kToldWithheld,
        AuditField::kConsent, AuditField::kAgreementVersion, AuditField::kClause,
        AuditField::kObligations}) {
    EXPECT_EQ(seen & MaskOf(field), 0u) << AuditFieldName(field);
  }
  EXPECT_NE(seen & MaskOf(AuditField::kAnswer), 0u);
  EXPECT_EQ(seen & ~FieldsFor(Audience::kSearcher), 0u);
}

TEST(AuditFields, NobodyButTheOfficerSeesTheHubsOwnNumbers) {
  for (const Audience audience :
       {Audience::kSearcher, Audience::kRefusedSearcher, Audience::kCustodian, Audience::kFamily}) {
    EXPECT_EQ(FieldsFor(audience) & (MaskOf(AuditField::kSubject) | MaskOf(AuditField::kRecord) |
                                     MaskOf(AuditField::kQueriedIdentifier)),
              0u);
  }
}

TEST(AuditFields, TheFamilySeesNoStaffNamesAndNoAssessments) {
  EXPECT_EQ(FieldsFor(Audience::kFamily) &
                (MaskOf(AuditField::kUser) | MaskOf(AuditField::kConsideredBy) |
                 MaskOf(AuditField::kDetriment) | MaskOf(AuditField::kJustification) |
                 MaskOf(AuditField::kCaseReference) | MaskOf(AuditField::kWithheldParts)),
            0u);
}

TEST(Commitment, IsTheHashThatTheFormatSays) {
  std::string bytes = Bytes(SomeSalt());
  bytes += '\2';
  bytes += std::string("\0\4", 2);
  bytes += "plan";
  bytes.resize(32 + 1 + 2 + 84);
  EXPECT_EQ(CommitmentTo(AuditField::kAction, SomeSalt(), "plan"), Sha256(bytes));
}

TEST(Commitment, ALongValueStandsAsItsDigest) {
  const std::string value(85, 'x');
  std::string bytes = Bytes(SomeSalt());
  bytes += '\2';
  bytes += std::string("\0\x55", 2);
  bytes += std::string(DigestView(Sha256(value)));
  bytes.resize(32 + 1 + 2 + 84);
  EXPECT_EQ(CommitmentTo(AuditField::kAction, SomeSalt(), value), Sha256(bytes));
}

TEST(Commitment, DiffersByFieldSaltLengthAndValue) {
  std::set<Digest> seen;
  int made = 0;
  for (const AuditField field : {AuditField::kUser, AuditField::kRole}) {
    for (const Salt& salt : {SaltFrom("a"), SaltFrom("b")}) {
      for (size_t length = 0; length < 140; ++length) {
        seen.insert(CommitmentTo(field, salt, std::string(length, '\0')));
        ++made;
      }
      const std::string long_value(100, 'y');
      seen.insert(CommitmentTo(field, salt, long_value));
      seen.insert(CommitmentTo(field, salt, DigestView(Sha256(long_value))));
      made += 2;
    }
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(made));
}

TEST(EntryView, IsParsedBackFromItsEncoding) {
  const EntryView view = SomeView();
  const std::string bytes = *view.Encode();
  const auto parsed = ParseEntryView(bytes);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed->Encode(), bytes);
  EXPECT_EQ(*VerifyOpened(*parsed), *VerifyOpened(view));
  EXPECT_EQ(parsed->Find(AuditField(0)), nullptr);
  ASSERT_NE(parsed->Find(AuditField(3)), nullptr);
  EXPECT_EQ(*parsed->Find(AuditField(3)), "vvvvvvvvv");
}

// Fails when the format changes: then it is another version.
TEST(EntryView, LeadsToTheLeafItAlwaysLedTo) {
  EXPECT_EQ(kAuditFieldCount, 45u);
  EXPECT_EQ(HexEncode(DigestView(*VerifyOpened(SomeView()))),
            "20dd5060561844ae6199a14ce77f02d0fb18926fa6abff611d8323d57c8613b6");
}

TEST(EntryView, EveryFlippedBitIsRefusedOrLeadsToAnotherLeaf) {
  const EntryView view = SomeView();
  const Digest leaf = *VerifyOpened(view);
  const std::string bytes = *view.Encode();
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string altered = bytes;
    altered[bit / 8] ^= 1 << bit % 8;
    const auto parsed = ParseEntryView(altered);
    if (!parsed.ok()) continue;
    EXPECT_EQ(*parsed->Encode(), altered);
    EXPECT_NE(*VerifyOpened(*parsed), leaf) << bit;
  }
}

TEST(EntryView, TruncatedOrProlongedBytesAreRefused) {
  const std::string bytes = *SomeView().Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseEntryView(bytes.substr(0, size)).status()));
  }
  EXPECT_TRUE(absl::IsInvalidArgument(ParseEntryView(bytes + '\0').status()));
}

TEST(EntryView, AValueThatIsTooLongIsRefusedByName) {
  EntryView view = SomeView();
  view.fields[static_cast<size_t>(AuditField::kRole)] =
      ShownField{SomeSalt(), std::string(kMaxAuditValueSize + 1, 'x')};
  EXPECT_TRUE(absl::IsInvalidArgument(view.Encode().status()));
  EXPECT_TRUE(absl::IsInvalidArgument(VerifyOpened(view).status()));
  EXPECT_NE(view.Encode().status().message().find("role"), absl::string_view::npos);
}

}  // namespace
}  // namespace ehc
