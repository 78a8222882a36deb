#include "server/audit/entry.h"

#include <random>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

AuditRecord Disclosure() {
  AuditRecord record;
  record[AuditField::kEventId] = "0b7f7a7e-3c55-4f7a-9d7e-0c8f2a51d1aa";
  record[AuditField::kRecordedAt] = "1763805600000";
  record[AuditField::kAction] = "GetPlanSummary";
  record[AuditField::kDisclosure] = "CONTENT";
  record[AuditField::kOutcome] = "PERMIT_REDACTED";
  record[AuditField::kReason] = "";
  record[AuditField::kAnswer] = "OK";
  record[AuditField::kSearcherAgency] = "kings-trust";
  record[AuditField::kSearcherUnit] = "community-paediatrics";
  record[AuditField::kCredentialFingerprint] = std::string(64, 'a');
  record[AuditField::kUser] = "u-4711";
  record[AuditField::kRole] = "PAEDIATRICIAN";
  record[AuditField::kCustodianAgency] = "bromley";
  record[AuditField::kCustodianUnit] = "send";
  record[AuditField::kSubject] = "17";
  record[AuditField::kSearcherSubject] = "subjects/0a1b2c3d4e5f6g7h8j9kamnpqr";
  record[AuditField::kCustodianSubject] = "subjects/7h8j9kamnpqr0a1b2c3d4e5f6g";
  record[AuditField::kRecord] = "record/17";
  record[AuditField::kRecordType] = "EHC_PLAN";
  record[AuditField::kRecordVersion] = "3";
  record[AuditField::kContentDigest] = std::string(DigestView(Sha256("content")));
  record[AuditField::kReleasedParts] = "A,B,C,E,F,G,I";
  record[AuditField::kWithheldParts] = "D:FORBIDDEN,H1:CONSENT_MISSING,H2:CONSENT_MISSING";
  record[AuditField::kToldWithheld] = "D,H1,H2";
  record[AuditField::kPurpose] = "DIRECT_CARE";
  record[AuditField::kLawfulBasis] = "ART6_1_E,ART9_2_H";
  record[AuditField::kGateway] = "R17_CONSENT";
  record[AuditField::kConsent] = "consents/12";
  record[AuditField::kAgreement] = "bromley-health-2025";
  record[AuditField::kAgreementVersion] = "2";
  record[AuditField::kPolicyRevision] = std::string(64, 'b');
  record[AuditField::kClause] = "health-summary bromley-health.textproto:41";
  record[AuditField::kObligations] = "NO_ONWARD,READ_RECEIPT";
  record[AuditField::kCaseReference] = "CASE-0042";
  record[AuditField::kConsideredBy] = "Team manager, duty desk";
  record[AuditField::kDetriment] = std::string(600, 'd');
  record[AuditField::kDecisionId] = "0a1b2c3d4e5f6g7h8j9kamnpqr";
  record[AuditField::kRequestId] = "0b7f7a7e-3c55-4f7a-9d7e-0c8f2a51d1ab";
  return record;
}

constexpr Audience kAudiences[] = {Audience::kSearcher, Audience::kRefusedSearcher,
                                   Audience::kCustodian, Audience::kFamily, Audience::kOfficer};

TEST(BuildEntry, TheOpeningLeadsToTheLeaf) {
  const auto entry = BuildEntry(Disclosure());
  ASSERT_TRUE(entry.ok());
  const auto opening = Opening::Parse(entry->opening);
  ASSERT_TRUE(opening.ok()) << opening.status();
  EXPECT_EQ(opening->LeafHash(), entry->leaf_hash);
  EXPECT_EQ(opening->record().values, Disclosure().values);
  EXPECT_EQ(opening->Encode(), entry->opening);
}

TEST(BuildEntry, TheSameValuesNeverGiveTheSameLeaf) {
  std::set<Digest> leaves;
  for (int i = 0; i < 100; ++i) leaves.insert(BuildEntry(Disclosure())->leaf_hash);
  EXPECT_EQ(leaves.size(), 100u);
}

TEST(BuildEntry, AnEmptyRecordHasAnEntryLikeAnyOther) {
  const auto entry = BuildEntry(AuditRecord());
  ASSERT_TRUE(entry.ok());
  EXPECT_EQ(Opening::Parse(entry->opening)->LeafHash(), entry->leaf_hash);
}

TEST(BuildEntry, AValueThatIsTooLongIsRefusedByNameWithoutTheValue) {
  AuditRecord record;
  record[AuditField::kDetriment] = std::string(kMaxAuditValueSize, 'x');
  EXPECT_TRUE(BuildEntry(record).ok());
  record[AuditField::kDetriment] += 'x';
  const auto status = BuildEntry(record).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_TRUE(absl::StrContains(status.message(), "detriment"));
  EXPECT_FALSE(absl::StrContains(status.message(), "xx"));
}

TEST(BuildEntry, TheLongestRecordStillHasAnOpening) {
  AuditRecord record;
  for (std::string& value : record.values) value.assign(kMaxAuditValueSize, 'x');
  const auto entry = BuildEntry(record);
  ASSERT_TRUE(entry.ok());
  EXPECT_EQ(Opening::Parse(entry->opening)->LeafHash(), entry->leaf_hash);
}

TEST(Opening, ADenialOfAKnownChildIsAsLongAsOfAnUnknownOne) {
  AuditRecord denial = Disclosure();
  denial[AuditField::kDetriment] = "";
  for (const AuditField field : {AuditField::kReleasedParts, AuditField::kWithheldParts,
                                 AuditField::kRecord, AuditField::kConsent}) {
    denial[field] = "";
  }
  AuditRecord unknown = denial;
  for (const AuditField field : {AuditField::kSubject, AuditField::kSearcherSubject,
                                 AuditField::kCustodianSubject, AuditField::kCustodianAgency}) {
    unknown[field] = "";
  }
  EXPECT_EQ(BuildEntry(denial)->opening.size(), BuildEntry(unknown)->opening.size());
}

TEST(Opening, EveryAudienceCanCheckWhatItSeesAndSeesNoMore) {
  const auto entry = *BuildEntry(Disclosure());
  const Opening opening = *Opening::Parse(entry.opening);
  for (const Audience audience : kAudiences) {
    const EntryView view = opening.OpenFor(audience);
    EXPECT_EQ(*VerifyOpened(view), entry.leaf_hash);
    for (const AuditFieldRule& rule : kAuditFieldRules) {
      const std::string* value = view.Find(rule.field);
      EXPECT_EQ(value != nullptr, (FieldsFor(audience) & MaskOf(rule.field)) != 0) << rule.name;
      if (value != nullptr) {
        EXPECT_EQ(*value, opening.record()[rule.field]);
      }
    }
  }
}

TEST(Opening, WhatIsHiddenIsNowhereInTheBytesOfTheView) {
  const auto entry = *BuildEntry(Disclosure());
  const Opening opening = *Opening::Parse(entry.opening);
  const std::string bytes = *opening.OpenFor(Audience::kFamily).Encode();
  for (const char* hidden : {"u-4711", "Team manager", "dddd", "record/17", "FORBIDDEN"}) {
    EXPECT_FALSE(absl::StrContains(bytes, hidden)) << hidden;
  }
  EXPECT_TRUE(absl::StrContains(bytes, "PAEDIATRICIAN"));
}

TEST(Opening, MoreCanBeHiddenAndTheLeafStays) {
  const auto entry = *BuildEntry(Disclosure());
  const AuditFieldMask organisations =
      MaskOf(AuditField::kSearcherAgency) | MaskOf(AuditField::kCustodianAgency);
  const EntryView view = Opening::Parse(entry.opening)->OpenFor(Audience::kFamily, organisations);
  EXPECT_EQ(view.Find(AuditField::kSearcherAgency), nullptr);
  EXPECT_NE(view.Find(AuditField::kPurpose), nullptr);
  EXPECT_EQ(*VerifyOpened(view), entry.leaf_hash);
}

TEST(Opening, AnAlteredViewLeadsElsewhere) {
  const auto entry = *BuildEntry(Disclosure());
  const Opening opening = *Opening::Parse(entry.opening);
  for (const AuditFieldRule& rule : kAuditFieldRules) {
    EntryView view = opening.OpenFor(Audience::kOfficer);
    std::get<ShownField>(view.fields[static_cast<size_t>(rule.field)]).value += '\0';
    EXPECT_NE(*VerifyOpened(view), entry.leaf_hash) << rule.name;
  }
}

TEST(Opening, ShownSaltsTellNothingOfTheOthers) {
  const auto entry = *BuildEntry(Disclosure());
  const EntryView view = Opening::Parse(entry.opening)->OpenFor(Audience::kOfficer);
  std::set<Salt> salts;
  for (const auto& field : view.fields) salts.insert(std::get<ShownField>(field).salt);
  EXPECT_EQ(salts.size(), kAuditFieldCount);
}

TEST(Opening, EveryFlippedBitIsRefusedOrLeadsToAnotherLeaf) {
  const auto entry = *BuildEntry(Disclosure());
  for (size_t bit = 0; bit < entry.opening.size() * 8; ++bit) {
    std::string altered = entry.opening;
    altered[bit / 8] ^= 1 << bit % 8;
    const auto opening = Opening::Parse(altered);
    if (!opening.ok()) continue;
    EXPECT_EQ(opening->Encode(), altered);
    EXPECT_NE(opening->LeafHash(), entry.leaf_hash) << bit;
  }
}

TEST(Opening, TruncatedOrProlongedBytesAreRefused) {
  const std::string bytes = BuildEntry(Disclosure())->opening;
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Opening::Parse(bytes.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(Opening::Parse(bytes + '\0').ok());
  EXPECT_FALSE(Opening::Parse(bytes + std::string(bytes.size(), '\0')).ok());
}

TEST(Opening, RandomBytesAreRefused) {
  std::mt19937 random(4);
  const std::string bytes = BuildEntry(Disclosure())->opening;
  for (int i = 0; i < 5000; ++i) {
    std::string altered = bytes;
    for (size_t at = 5 + random() % 100; at < altered.size(); ++at) {
      altered[at] = static_cast<char>(random());
    }
    EXPECT_FALSE(Opening::Parse(altered).ok());
  }
}

}  // namespace
}  // namespace ehc
