#ifndef EHC_SERVER_STORAGE_SQLITE_CHECKPOINTER_H_
#define EHC_SERVER_STORAGE_SQLITE_CHECKPOINTER_H_

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/reader_pool.h"

namespace ehc {

// kLong: it is made to start over. kTooLong: whoever commits or reads waits for that.
enum class WalLength { kOrdinary, kLong, kTooLong };

// Brings the WAL's pages into the database file, on a thread and a connection of its own, so that
// no acknowledgement waits for the bulk of it. SQLite lets the WAL start over by itself where all
// of it is in the file and nobody reads; once it is long it is made to, which needs that nobody
// commits for a moment.
class WalCheckpointer {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  // Runs what it is given while nobody commits.
  using Alone = absl::AnyInvocable<void(absl::FunctionRef<void()>)>;

  static absl::StatusOr<std::unique_ptr<WalCheckpointer>> Start(const std::string& path,
                                                                ReaderPool& readers, Alone alone);
  // Waits for a checkpoint under way.
  ~WalCheckpointer();

  // Thread safe; returns at once.
  void Request(WalLength length);

 private:
  WalCheckpointer(std::unique_ptr<Database> database, ReaderPool& readers, Alone alone);
  void Run();
  void Checkpoint();
  WalLength Length();
  void ForgetRequests();

  const std::unique_ptr<Database> database_;
  ReaderPool& readers_;
  Alone alone_;
  std::mutex mutex_;  // guards the three below
  std::condition_variable news_;
  bool requested_ = false;
  WalLength length_ = WalLength::kOrdinary;
  bool stopped_ = false;
  Instant wait_until_;  // the thread's own
  std::thread thread_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_CHECKPOINTER_H_
