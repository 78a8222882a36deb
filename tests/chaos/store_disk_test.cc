// A disk that is full, read-only or broken: nothing half-written, and recovery without repair
// wherever the outcome is certain.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/base/merkle.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/scratch_folder.h"

namespace ehc {
namespace {

// A SQLite file system whose syncs and writes fail on demand; otherwise the machine's own.
class FaultyDisk {
 public:
  static FaultyDisk& Get() {
    static FaultyDisk disk;
    return disk;
  }

  int fail_writes = SQLITE_OK;  // the code that writes return from now on
  int fail_syncs = SQLITE_OK;

 private:
  FaultyDisk() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
    vfs_.zName = "faulty";
    vfs_.pNext = nullptr;
    vfs_.xOpen = &Open;
    sqlite3_vfs_register(&vfs_, 1);
  }

  static int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    FaultyDisk& disk = Get();
    const int code = disk.real_->xOpen(disk.real_, name, file, flags, out);
    if (code != SQLITE_OK || file->pMethods == nullptr) return code;
    // Database and WAL have tables of their own.
    Methods& methods = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? disk.database_ : disk.other_;
    methods.real = file->pMethods;
    methods.faulty = *methods.real;
    methods.faulty.xWrite = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? &Write<true> : &Write<false>;
    methods.faulty.xSync = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? &Sync<true> : &Sync<false>;
    file->pMethods = &methods.faulty;
    return code;
  }

  template <bool kDatabase>
  static int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    FaultyDisk& disk = Get();
    if (disk.fail_writes != SQLITE_OK) return disk.fail_writes;
    return (kDatabase ? disk.database_ : disk.other_).real->xWrite(file, bytes, size, offset);
  }
  template <bool kDatabase>
  static int Sync(sqlite3_file* file, int flags) {
    FaultyDisk& disk = Get();
    if (disk.fail_syncs != SQLITE_OK) return disk.fail_syncs;
    return (kDatabase ? disk.database_ : disk.other_).real->xSync(file, flags);
  }

  struct Methods {
    const sqlite3_io_methods* real = nullptr;
    sqlite3_io_methods faulty{};
  };

  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
  Methods database_;
  Methods other_;
};

SqliteOptions OptionsIn(const std::string& folder) {
  return {.path = folder + "/store.db", .key_file = folder + "/store.key", .create = true};
}

Commit BigCommit(Store& store, int number) {
  const SubjectId subject = store.NewSubjectId().value_or(SubjectId{900'000 + number});
  store::v1::Dossier dossier;
  dossier.mutable_person()->set_family_name(std::string(30'000, 'x'));
  Commit commit;
  commit.changes = {PutSubject{subject, dossier}};
  commit.entry.leaf_hash = LeafHash(absl::StrCat(number));
  commit.entry.subject = subject;
  return commit;
}

absl::StatusOr<Committed> AppendAndWait(Store& store, Commit commit) {
  // Shared, because the waiting thread may wake before set_value() has returned.
  const auto outcome = std::make_shared<std::promise<absl::StatusOr<Committed>>>();
  store.Append(std::move(commit), [outcome](absl::StatusOr<Committed> result) {
    outcome->set_value(std::move(result));
  });
  return outcome->get_future().get();
}

// Appends until the disk refuses; the number of commits that were accepted.
int FillUp(Store& store) {
  for (int number = 0; number < 5000; ++number) {
    const auto outcome = AppendAndWait(store, BigCommit(store, number));
    if (outcome.ok()) continue;
    EXPECT_TRUE(absl::IsUnavailable(outcome.status())) << outcome.status();
    return number;
  }
  ADD_FAILURE() << "the disk never refused";
  return 0;
}

// Exactly the accepted commits are there, entries and changes alike.
void ExpectExactly(Store& store, int accepted) {
  const std::unique_ptr<ReadView> view = store.Read().value();
  MerkleRange tree;
  for (int number = 0; number < accepted; ++number) tree.Append(LeafHash(absl::StrCat(number)));
  EXPECT_EQ(view->Head()->size, accepted);
  EXPECT_EQ(view->Head()->root, tree.Root());
  const std::vector<StoredEntry> entries = *view->ListEntries({.limit = accepted + 1});
  for (const StoredEntry& entry : entries) {
    EXPECT_TRUE(view->ReadDossier(entry.row.subject)->has_person());
  }
  EXPECT_FALSE(view->ReadDossier(SubjectId{900'000 + accepted})->has_person());
}

void ExpectRecovery(Store& store, int accepted) {
  const auto outcome = AppendAndWait(store, BigCommit(store, accepted));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->index, accepted);
  ExpectExactly(store, accepted + 1);
}

TEST(StoreDisk, FileThatMayNotGrowRefusesWhollyAndRecovers) {
  const ScratchFolder folder;
  std::unique_ptr<Store> store = OpenSqliteStore(OptionsIn(folder.path())).value();
  struct rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small { 2'000'000, before.rlim_max };
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const int accepted = FillUp(*store);
  EXPECT_GT(accepted, 5);
  ExpectExactly(*store, accepted);
  EXPECT_TRUE(absl::IsUnavailable(AppendAndWait(*store, BigCommit(*store, accepted)).status()));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ExpectRecovery(*store, accepted);
  store.reset();
  store = OpenSqliteStore(OptionsIn(folder.path())).value();
  ExpectExactly(*store, accepted + 1);
}

class StoreRefusedWrites : public testing::TestWithParam<int> {};

TEST_P(StoreRefusedWrites, LeaveNothingBehindAndRecover) {
  FaultyDisk& disk = FaultyDisk::Get();
  const ScratchFolder folder;
  std::unique_ptr<Store> store = OpenSqliteStore(OptionsIn(folder.path())).value();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(AppendAndWait(*store, BigCommit(*store, i)).ok());
  disk.fail_writes = GetParam();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(absl::IsUnavailable(AppendAndWait(*store, BigCommit(*store, 3)).status()));
  }
  ExpectExactly(*store, 3);
  disk.fail_writes = SQLITE_OK;
  ExpectRecovery(*store, 3);
}

// A full disk, one that became read-only, and one that refuses for another reason.
INSTANTIATE_TEST_SUITE_P(Disks, StoreRefusedWrites,
                         testing::Values(SQLITE_FULL, SQLITE_READONLY, SQLITE_IOERR_WRITE));

TEST(StoreDisk, FailedSyncStopsWritingUntilTheStoreIsOpenedAnew) {
  FaultyDisk& disk = FaultyDisk::Get();
  const ScratchFolder folder;
  std::unique_ptr<Store> store = OpenSqliteStore(OptionsIn(folder.path())).value();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(AppendAndWait(*store, BigCommit(*store, i)).ok());
  disk.fail_syncs = SQLITE_IOERR_FSYNC;
  EXPECT_TRUE(absl::IsUnavailable(AppendAndWait(*store, BigCommit(*store, 3)).status()));
  disk.fail_syncs = SQLITE_OK;
  EXPECT_TRUE(absl::IsUnavailable(AppendAndWait(*store, BigCommit(*store, 3)).status()));
  ExpectExactly(*store, 3);
  store.reset();
  store = OpenSqliteStore(OptionsIn(folder.path())).value();
  const int there = static_cast<int>((*store->Read())->Head()->size);
  EXPECT_GE(there, 3);
  ExpectRecovery(*store, there);
}

// Runs `test` with a file system of `size` at `folder` that nobody else sees. Exit status 77: this
// machine does not let us.
int InPrivateMount(const std::string& folder, const std::string& size,
                   const std::function<void()>& test) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool mounted =
        (::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
        ::mount("tmpfs", folder.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    if (!mounted) ::_exit(77);
    test();
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

TEST(StoreDisk, FileSystemWithoutSpaceRefusesWhollyAndRecovers) {
  const ScratchFolder folder;
  const int status = InPrivateMount(folder.path(), "8m", [&] {
    const std::string ballast = folder.path() + "/ballast";
    std::ofstream(ballast) << std::string(4'000'000, 'x');
    std::unique_ptr<Store> store = OpenSqliteStore(OptionsIn(folder.path())).value();
    const int accepted = FillUp(*store);
    EXPECT_GT(accepted, 5);
    ExpectExactly(*store, accepted);
    std::filesystem::remove(ballast);
    ExpectRecovery(*store, accepted);
    store.reset();
    store = OpenSqliteStore(OptionsIn(folder.path())).value();
    ExpectExactly(*store, accepted + 1);
  });
  if (status == 77) GTEST_SKIP() << "needs the right to mount";
  EXPECT_EQ(status, 0);
}

TEST(StoreDisk, StoreOnAReadOnlyFileSystemDoesNotOpen) {
  const ScratchFolder folder;
  const int status = InPrivateMount(folder.path(), "8m", [&] {
    const std::string path = folder.path();
    EXPECT_TRUE(OpenSqliteStore(OptionsIn(path)).ok());
    const auto remount = [&](unsigned long flags) {
      EXPECT_EQ(::mount("tmpfs", path.c_str(), nullptr, MS_REMOUNT | flags, nullptr), 0) << errno;
    };
    remount(MS_RDONLY);
    const absl::Status status = OpenSqliteStore(OptionsIn(path)).status();
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    remount(0);
    std::unique_ptr<Store> store = OpenSqliteStore(OptionsIn(path)).value();
    EXPECT_TRUE(AppendAndWait(*store, BigCommit(*store, 0)).ok());
  });
  if (status == 77) GTEST_SKIP() << "needs the right to mount";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace ehc
