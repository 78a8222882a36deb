#ifndef EHC_SERVER_STORAGE_SQLITE_CHECKPOINTER_H_
#define EHC_SERVER_STORAGE_SQLITE_CHECKPOINTER_H_

#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/reader_pool.h"

namespace ehc {

// Brings the WAL's pages into the database file, on a thread and a connection of its own, so that
// no acknowledgement waits for the bulk of it. Only the end, by which the WAL starts over, needs
// that nobody commits.
class Checkpointer {
 public:
  // Runs what it is given while nobody commits.
  using Alone = absl::AnyInvocable<void(absl::FunctionRef<void()>)>;

  static absl::StatusOr<std::unique_ptr<Checkpointer>> Start(const std::string& path,
                                                             ReaderPool& readers, Alone alone);
  // Waits for a checkpoint under way.
  ~Checkpointer();

  // Thread safe; returns at once.
  void Request();

 private:
  Checkpointer(std::unique_ptr<Database> database, ReaderPool& readers, Alone alone);
  void Run();
  void Checkpoint();

  const std::unique_ptr<Database> database_;
  ReaderPool& readers_;
  Alone alone_;
  absl::Mutex mutex_;
  bool requested_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_CHECKPOINTER_H_
