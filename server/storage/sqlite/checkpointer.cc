#include "server/storage/sqlite/checkpointer.h"

#include <unistd.h>

#include <chrono>
#include <utility>

#include "server/base/status_macros.h"

namespace ehc {
namespace {

// How long the end of a checkpoint waits for views that are open; commits wait with it. The longer
// once the WAL is too long, for it must not grow for ever.
constexpr std::chrono::milliseconds kWait{20};
constexpr std::chrono::milliseconds kWaitWhenTooLong{500};
constexpr int kStepMicroseconds = 50;

// Measured by the clock: on a busy core a step may take many times as long as it should.
int WaitAStep(void* until, int /*steps*/) {
  if (std::chrono::steady_clock::now() >= *static_cast<WalCheckpointer::Instant*>(until)) return 0;
  ::usleep(kStepMicroseconds);
  return 1;
}

// What fails now, because a view still needs old pages or the disk is full, is tried again at the
// next request: until a page is in the file and synced, the WAL keeps it.
void Move(Database& database, int mode) {
  (void)sqlite3_wal_checkpoint_v2(database.handle(), nullptr, mode, nullptr, nullptr);
}

}  // namespace

absl::StatusOr<std::unique_ptr<WalCheckpointer>> WalCheckpointer::Start(const std::string& path,
                                                                        ReaderPool& readers,
                                                                        Alone alone) {
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<Database> database, Database::OpenWriter(path));
  return std::unique_ptr<WalCheckpointer>(
      new WalCheckpointer(std::move(database), readers, std::move(alone)));
}

WalCheckpointer::WalCheckpointer(std::unique_ptr<Database> database, ReaderPool& readers,
                                 Alone alone)
    : database_(std::move(database)), readers_(readers), alone_(std::move(alone)) {
  sqlite3_busy_handler(database_->handle(), &WaitAStep, &wait_until_);
  thread_ = std::thread([this] { Run(); });
}

WalCheckpointer::~WalCheckpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  news_.notify_one();
  thread_.join();
}

void WalCheckpointer::Request(WalLength length) {
  const std::lock_guard lock(mutex_);
  requested_ = true;
  length_ = length;
  news_.notify_one();
}

void WalCheckpointer::Run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      news_.wait(lock, [this] { return requested_ || stopped_; });
      if (stopped_) return;
      requested_ = false;
    }
    Checkpoint();
  }
}

WalLength WalCheckpointer::Length() {
  const std::lock_guard lock(mutex_);
  return length_;
}

void WalCheckpointer::ForgetRequests() {
  const std::lock_guard lock(mutex_);
  requested_ = false;
}

void WalCheckpointer::Checkpoint() {
  ReaderPool::Pause pause(readers_);
  Move(*database_, SQLITE_CHECKPOINT_PASSIVE);  // the bulk
  if (Length() == WalLength::kOrdinary) return;
  Move(*database_, SQLITE_CHECKPOINT_PASSIVE);  // what was committed meanwhile
  alone_([&] {
    const bool is_too_long = Length() == WalLength::kTooLong;
    pause.HoldNewViews();
    wait_until_ = std::chrono::steady_clock::now() + (is_too_long ? kWaitWhenTooLong : kWait);
    Move(*database_, SQLITE_CHECKPOINT_RESTART);
    pause.LetNewViews();  // before this thread commits for those that came meanwhile
  });
  ForgetRequests();  // of whoever found it long meanwhile; it is asked for again where it still is
}

}  // namespace ehc
