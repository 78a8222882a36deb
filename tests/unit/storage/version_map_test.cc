#include "server/storage/version_map.h"

#include "gtest/gtest.h"

namespace ehc {
namespace {

ReadSet ReadAt(uint64_t position, VersionKey key) {
  ReadSet reads;
  reads.position = position;
  reads.keys.push_back(key);
  return reads;
}

VersionKey KeyOf(int64_t subject) { return SubjectKey(SubjectId{subject}); }

TEST(VersionMap, ReadBeforeTheMoveIsStaleAndReadAtItIsNot) {
  VersionMap versions(10);
  versions.Move(KeyOf(1), 12);
  EXPECT_TRUE(versions.IsStale(ReadAt(11, KeyOf(1))));
  EXPECT_FALSE(versions.IsStale(ReadAt(12, KeyOf(1))));
  EXPECT_FALSE(versions.IsStale(ReadAt(11, KeyOf(2))));
}

TEST(VersionMap, LastMoveCounts) {
  VersionMap versions(0);
  versions.Move(KeyOf(1), 1);
  versions.Move(KeyOf(1), 5);
  EXPECT_TRUE(versions.IsStale(ReadAt(4, KeyOf(1))));
  EXPECT_FALSE(versions.IsStale(ReadAt(5, KeyOf(1))));
}

TEST(VersionMap, ReadFromBeforeItsTimeIsStale) {
  const VersionMap versions(10);
  EXPECT_TRUE(versions.IsStale(ReadAt(9, KeyOf(1))));
  EXPECT_FALSE(versions.IsStale(ReadAt(10, KeyOf(1))));
}

TEST(VersionMap, ReadOfNothingIsNeverStale) {
  const VersionMap versions(10);
  EXPECT_FALSE(versions.IsStale(ReadSet{}));
}

TEST(VersionMap, EachKindCountsFromWhereItWasSeen) {
  VersionMap versions(0);
  versions.Move(CredentialKey("c"), 5);
  versions.Move(AgencyKey(AgencyId("a")), 5);
  versions.Move(PolicyKey(), 5);
  ReadSet reads;
  reads.position = 9;
  for (const auto& [key, position] :
       {std::pair(CredentialKey("c"), &ReadSet::registry_position),
        std::pair(AgencyKey(AgencyId("a")), &ReadSet::registry_position),
        std::pair(PolicyKey(), &ReadSet::policy_position)}) {
    reads.keys.assign(1, key);
    reads.registry_position = reads.policy_position = 9;
    EXPECT_FALSE(versions.IsStale(reads));
    reads.*position = 4;  // the snapshot is older than the view
    EXPECT_TRUE(versions.IsStale(reads));
  }
}

TEST(VersionMap, KeyMovedAgainAfterAgeingKeepsItsLastMove) {
  VersionMap versions(0, /*capacity=*/4);
  for (int64_t i = 1; i <= 5; ++i) versions.Move(KeyOf(i), static_cast<uint64_t>(i));
  versions.Move(KeyOf(1), 6);
  EXPECT_TRUE(versions.IsStale(ReadAt(5, KeyOf(1))));
}

// Whatever was forgotten, a move is never missed.
TEST(VersionMap, ForgettingNeverHidesAMove) {
  VersionMap versions(0, /*capacity=*/4);
  for (int64_t i = 1; i <= 100; ++i) {
    versions.Move(KeyOf(i), static_cast<uint64_t>(i));
    for (int64_t earlier = 1; earlier <= i; ++earlier) {
      const uint64_t moved = static_cast<uint64_t>(earlier);
      ASSERT_TRUE(versions.IsStale(ReadAt(moved - 1, KeyOf(earlier)))) << earlier << " of " << i;
    }
    ASSERT_FALSE(versions.IsStale(ReadAt(static_cast<uint64_t>(i), KeyOf(i))));
  }
}

TEST(VersionMap, RecentReadsStayFreshWhileOldOnesAreForgotten) {
  VersionMap versions(0, /*capacity=*/4);
  for (int64_t i = 1; i <= 100; ++i) versions.Move(KeyOf(i), static_cast<uint64_t>(i));
  EXPECT_FALSE(versions.IsStale(ReadAt(97, KeyOf(97))));
  EXPECT_TRUE(versions.IsStale(ReadAt(50, KeyOf(1000))));
}

}  // namespace
}  // namespace ehc
