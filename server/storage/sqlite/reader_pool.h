#ifndef EHC_SERVER_STORAGE_SQLITE_READER_POOL_H_
#define EHC_SERVER_STORAGE_SQLITE_READER_POOL_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/store.h"

namespace ehc {

// What the leader made known last.
struct Published {
  TreeHead head;
  uint64_t data_version = 0;  // moves with every commit that changes more than the log
};

// A read connection inside a read transaction that began after `since` was published. It sees at
// least everything up to there: all data as long as data_version stands, and the log up to there.
struct Reader {
  std::unique_ptr<Database> database;
  Published since;
};

// Read connections. One that comes back keeps its transaction, and with it its page cache, for the
// next view: most commits append to the log only, and a view of the data need not begin anew for
// them. Thread safe.
class ReaderPool {
 public:
  // Keeps up to `kept` idle connections; more are opened when all are in use.
  ReaderPool(std::string path, size_t kept) : path_(std::move(path)), kept_(kept) {}

  // Sees all data up to `now`, and the log up to wherever it began.
  absl::StatusOr<Reader> TakeForData(const Published& now);
  // Sees all data and the log up to `now`.
  absl::StatusOr<Reader> TakeForLog(const Published& now);
  void Return(Reader reader);

  // While one of these lives, connections that are idle or come back end their transactions, so
  // that the WAL can be emptied.
  class Pause {
   public:
    explicit Pause(ReaderPool& pool);
    ~Pause();

    // From now on a new view waits for LetNewViews() or the pause's end, for kLongestHold at most:
    // where one view always overlaps the next, the WAL could never be emptied.
    void HoldNewViews();
    void LetNewViews();

   private:
    ReaderPool& pool_;
    bool holds_ = false;
  };
  static constexpr std::chrono::milliseconds kLongestHold{200};

 private:
  absl::StatusOr<Reader> TakeIdleOrOpen();

  const std::string path_;
  const size_t kept_;
  std::mutex mutex_;  // guards what follows
  std::vector<Reader> idle_;
  int pauses_ = 0;
  int holds_ = 0;
  std::condition_variable released_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_READER_POOL_H_
