#include "server/storage/sqlite/checkpointer.h"

#include <unistd.h>

#include <utility>

#include "server/base/status_macros.h"

namespace ehc {
namespace {

// How long the end of a checkpoint waits for views that are open, in steps; commits wait with it.
// 5 ms as a rule; 500 ms once the WAL has grown long, for it must not grow for ever.
constexpr int kWaitStepMicroseconds = 50;
constexpr int kWaitSteps = 100;
constexpr int kWaitStepsWhenLong = 10'000;

int WaitAStep(void* max_steps, int steps) {
  if (steps >= *static_cast<const int*>(max_steps)) return 0;
  ::usleep(kWaitStepMicroseconds);
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
  sqlite3_busy_handler(database_->handle(), &WaitAStep, &max_steps_);
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

void WalCheckpointer::Request(bool wal_is_long) {
  const std::lock_guard lock(mutex_);
  requested_ = true;
  wal_is_long_ = wal_is_long;
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

bool WalCheckpointer::IsLong() {
  const std::lock_guard lock(mutex_);
  return wal_is_long_;
}

void WalCheckpointer::Checkpoint() {
  ReaderPool::Pause pause(readers_);
  max_steps_ = kWaitSteps;
  Move(*database_, SQLITE_CHECKPOINT_PASSIVE);
  alone_([&] {
    if (IsLong()) {  // then neither commits nor new views may stand in the way of its end
      Move(*database_, SQLITE_CHECKPOINT_PASSIVE);
      max_steps_ = kWaitStepsWhenLong;
      pause.HoldNewViews();
    }
    Move(*database_, SQLITE_CHECKPOINT_RESTART);
  });
}

}  // namespace ehc
