#ifndef EHC_SERVER_STORAGE_SQLITE_CHECKPOINTER_H_
#define EHC_SERVER_STORAGE_SQLITE_CHECKPOINTER_H_

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

// Brings the WAL's pages into the database file, on a thread and a connection of its own, so that
// no acknowledgement waits for the bulk of it. Only the end, by which the WAL starts over, needs
// that nobody commits.
class WalCheckpointer {
 public:
  // Runs what it is given while nobody commits.
  using Alone = absl::AnyInvocable<void(absl::FunctionRef<void()>)>;

  static absl::StatusOr<std::unique_ptr<WalCheckpointer>> Start(const std::string& path,
                                                                ReaderPool& readers, Alone alone);
  // Waits for a checkpoint under way.
  ~WalCheckpointer();

  // Thread safe; returns at once. Where the WAL is long, its end waits longer for open views.
  void Request(bool wal_is_long);

 private:
  WalCheckpointer(std::unique_ptr<Database> database, ReaderPool& readers, Alone alone);
  void Run();
  void Checkpoint();
  bool IsLong();

  const std::unique_ptr<Database> database_;
  ReaderPool& readers_;
  Alone alone_;
  std::mutex mutex_;  // guards both below
  std::condition_variable news_;
  bool requested_ = false;
  bool wal_is_long_ = false;
  bool stopped_ = false;
  int max_steps_ = 0;  // of waiting; the thread's own
  std::thread thread_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_CHECKPOINTER_H_
