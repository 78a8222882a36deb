// What is SQLite's own: the file, its owner, its key and its creation.
#include "server/storage/sqlite/sqlite_store.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/scratch_folder.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

class SqliteStoreFile : public testing::Test {
 protected:
  SqliteOptions Options() {
    return {.path = folder_.path() + "/store.db", .key_file = folder_.path() + "/store.key"};
  }
  std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }
  void Execute(const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(Options().path.c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }

  ScratchFolder folder_;
};

TEST_F(SqliteStoreFile, IsNotCreatedUnasked) {
  EXPECT_TRUE(absl::IsNotFound(OpenSqliteStore(Options()).status()));
  EXPECT_FALSE(std::filesystem::exists(Options().path));
}

TEST_F(SqliteStoreFile, IsInitialisedOnce) {
  ASSERT_TRUE(InitSqliteStore(Options()).ok());
  const std::string log_id = OpenSqliteStore(Options()).value()->log_id();
  EXPECT_TRUE(absl::IsAlreadyExists(InitSqliteStore(Options())));
  EXPECT_EQ(OpenSqliteStore(Options()).value()->log_id(), log_id);
}

TEST_F(SqliteStoreFile, AKeyThatIsThereIsNotReplaced) {
  std::ofstream(Options().key_file) << "precious";
  EXPECT_TRUE(absl::IsAlreadyExists(InitSqliteStore(Options())));
  EXPECT_EQ(std::filesystem::file_size(Options().key_file), 8u);
  EXPECT_FALSE(std::filesystem::exists(Options().path));
}

TEST_F(SqliteStoreFile, IsReadableByItsOwnerOnly) {
  ::umask(0);
  ASSERT_TRUE(InitSqliteStore(Options()).ok());
  const std::unique_ptr<Store> store = *OpenSqliteStore(Options());
  for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_EQ(file.status().permissions() & std::filesystem::perms::mask,
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << file.path();
  }
}

TEST_F(SqliteStoreFile, SecondOwnerIsRefusedByName) {
  ASSERT_TRUE(InitSqliteStore(Options()).ok());
  std::unique_ptr<Store> owner = *OpenSqliteStore(Options());
  const absl::Status status = OpenSqliteStore(Options()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(MessageOf(status), HasSubstr(absl::StrCat("process ", ::getpid())));
  owner.reset();
  EXPECT_TRUE(OpenSqliteStore(Options()).ok());
}

TEST_F(SqliteStoreFile, AnotherProcessIsRefused) {
  ASSERT_TRUE(InitSqliteStore(Options()).ok());
  const std::unique_ptr<Store> owner = *OpenSqliteStore(Options());
  const pid_t child = ::fork();
  // The child inherits the owner's lock but opens the file for itself.
  if (child == 0) ::_exit(absl::IsFailedPrecondition(OpenSqliteStore(Options()).status()) ? 0 : 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(SqliteStoreFile, KeyOfAnotherStoreIsRefused) {
  ASSERT_TRUE(InitSqliteStore(Options()).ok());
  SqliteOptions other = Options();
  other.path += "2";
  other.key_file += "2";
  ASSERT_TRUE(InitSqliteStore(other).ok());
  other.path = Options().path;
  const absl::Status status = OpenSqliteStore(other).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(MessageOf(status), HasSubstr("another store"));
}

TEST_F(SqliteStoreFile, MissingOrOpenKeyFileIsRefused) {
  ASSERT_TRUE(InitSqliteStore(Options()).ok());
  ASSERT_EQ(::chmod(Options().key_file.c_str(), 0644), 0);
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenSqliteStore(Options()).status()));
  std::filesystem::remove(Options().key_file);
  EXPECT_TRUE(absl::IsNotFound(OpenSqliteStore(Options()).status()));
}

TEST_F(SqliteStoreFile, FileThatHoldsNoStoreIsRefused) {
  ASSERT_TRUE(InitSqliteStore(Options()).ok());
  std::ofstream(Options().path, std::ios::trunc).flush();
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenSqliteStore(Options()).status()));
  std::ofstream(Options().path) << std::string(100'000, 'x');
  EXPECT_TRUE(absl::IsDataLoss(OpenSqliteStore(Options()).status()));
}

TEST_F(SqliteStoreFile, FileOfAnotherSchemaVersionIsRefused) {
  ASSERT_TRUE(InitSqliteStore(Options()).ok());
  Execute("PRAGMA user_version = 9");
  const absl::Status status = OpenSqliteStore(Options()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(MessageOf(status), HasSubstr("version 9"));
}

TEST_F(SqliteStoreFile, WhatAStoreWasFoundedForIsBoundToItsKey) {
  SqliteOptions live = Options();
  live.founded_for = "live";
  ASSERT_TRUE(InitSqliteStore(live).ok());
  EXPECT_EQ(OpenSqliteStore(Options()).value()->founded_for(), "live") << "whoever opens it says";
  Execute("UPDATE setting SET value = CAST('test' AS BLOB) WHERE name = 'founded_for'");
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenSqliteStore(Options()).status()));
}

TEST_F(SqliteStoreFile, AlteredLogIsRefused) {
  ASSERT_TRUE(InitSqliteStore(Options()).ok());
  {
    const std::unique_ptr<Store> store = *OpenSqliteStore(Options());
    for (int i = 0; i < 3; ++i) {
      Commit commit;
      commit.entry.leaf_hash = LeafHash(absl::StrCat(i));
      store->Append(std::move(commit),
                    [](absl::StatusOr<Committed> done) { ASSERT_TRUE(done.ok()); });
    }
  }
  Execute("UPDATE entry SET leaf = zeroblob(32) WHERE number = 1");
  EXPECT_TRUE(absl::IsDataLoss(OpenSqliteStore(Options()).status()));
  Execute("DELETE FROM entry WHERE number = 2");
  EXPECT_TRUE(absl::IsDataLoss(OpenSqliteStore(Options()).status()));
}

TEST_F(SqliteStoreFile, MoreViewsThanKeptConnectionsMayBeOpen) {
  ASSERT_TRUE(InitSqliteStore(Options()).ok());
  SqliteOptions options = Options();
  options.read_connections = 1;
  const std::unique_ptr<Store> store = *OpenSqliteStore(options);
  std::vector<std::unique_ptr<ReadView>> views;
  for (int i = 0; i < 10; ++i) views.push_back(*store->Read());
  for (const auto& view : views) EXPECT_TRUE(view->ListAgencies().ok());
}

// Views keep their read transactions, and an open one keeps the WAL from starting over: it must do
// so all the same while views come and go without a pause.
TEST_F(SqliteStoreFile, WalStaysBoundedWhileViewsAreOpenAllTheTime) {
  ASSERT_TRUE(InitSqliteStore(Options()).ok());
  const std::unique_ptr<Store> store = *OpenSqliteStore(Options());
  constexpr int kEntries = 30'000;
  constexpr size_t kWaiting = 512;
  std::atomic<int> done{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        EXPECT_TRUE((*store->Read())->ReadDossier(SubjectId{}).ok());
        absl::SleepFor(absl::Microseconds(20));  // a thread that never sleeps keeps every lock
      }
    });
  }
  uintmax_t longest = 0;
  for (int i = 0; i < kEntries; ++i) {
    while (i - done > static_cast<int>(kWaiting)) absl::SleepFor(absl::Microseconds(100));
    Commit commit;
    commit.entry.leaf_hash = LeafHash(absl::StrCat(i));
    commit.entry.opening = std::string(2048, 'o');
    store->Append(std::move(commit), [&](absl::StatusOr<Committed> outcome) {
      EXPECT_TRUE(outcome.ok());
      ++done;
    });
    if (i % 1000 == 0) {
      longest = std::max(longest, std::filesystem::file_size(Options().path + "-wal"));
    }
  }
  while (done < kEntries) std::this_thread::yield();
  stop = true;
  for (std::thread& reader : readers) reader.join();
  // More than 80 MB were written through it.
  EXPECT_LT(longest, 64'000'000u);
  RecordProperty("longest_wal_bytes", static_cast<int>(longest));
}

}  // namespace
}  // namespace ehc
