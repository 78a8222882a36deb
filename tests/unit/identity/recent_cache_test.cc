#include "server/identity/recent_cache.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

TEST(RecentCacheTest, FindsWhatWasInsertedLast) {
  RecentCache<int> cache(64);
  EXPECT_EQ(cache.Find("a"), nullptr);
  cache.Insert("a", std::make_shared<const int>(1));
  cache.Insert("a", std::make_shared<const int>(2));
  ASSERT_NE(cache.Find("a"), nullptr);
  EXPECT_EQ(*cache.Find("a"), 2);
}

TEST(RecentCacheTest, NeverHoldsMoreThanItsBound) {
  RecentCache<int> cache(320);
  for (int i = 0; i < 10'000; ++i) cache.Insert(absl::StrCat(i), std::make_shared<const int>(i));
  EXPECT_LE(cache.size(), 320u);
  EXPECT_GE(cache.size(), 160u);
}

TEST(RecentCacheTest, WhatIsAskedForIsKept) {
  RecentCache<int> cache(320);
  cache.Insert("favourite", std::make_shared<const int>(7));
  for (int i = 0; i < 10'000; ++i) {
    cache.Insert(absl::StrCat(i), std::make_shared<const int>(i));
    ASSERT_NE(cache.Find("favourite"), nullptr) << i;
  }
  EXPECT_EQ(cache.Find("1"), nullptr);
}

}  // namespace
}  // namespace ehc
