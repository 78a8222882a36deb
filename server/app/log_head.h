// Whether the log in the data folder is the one that this hub last signed for.
//
// While it serves, a hub signs its head every second and keeps it in log.head. On opening, the log
// must extend that head: a store that was rolled back, cut short or replaced by an older copy does
// not, and is refused. Nobody can see from the inside that the whole folder went back in time; a
// cosigned checkpoint from a witness can be shown for that, and witnesses and receipts find out in
// any case.
#ifndef EHC_SERVER_APP_LOG_HEAD_H_
#define EHC_SERVER_APP_LOG_HEAD_H_

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/app/data_folder.h"
#include "server/audit/checkpointer.h"
#include "server/base/clock.h"

namespace ehc {

// What an operator says at a start that would otherwise be refused.
struct OperatorsWord {
  // The log does not continue what was signed, or its checkpoint key is lost: it gets a new id and
  // new keys, and agencies begin their receipts anew.
  bool accept_restored_log = false;
  // The clock is behind the log's last entry, and right.
  bool accept_clock = false;
  // For tests that move the clock about: no entry is held against the one before it.
  bool any_clock = false;
  // A checkpoint of this log from outside, cosigned by enrolled witnesses: the log must extend it.
  std::string outside_checkpoint;
};

absl::Status WriteLogHead(const std::string& folder, const DataFolder& data, Clock& clock);

// Opens the folder if its log continues. FAILED_PRECONDITION, saying what is missing and what an
// operator can do, if not; also for a word that is not needed, so that nobody leaves it standing.
// `erasure_journal`: as OpenDataFolder().
absl::StatusOr<DataFolder> OpenContinuedLog(const std::string& folder, const OperatorsWord& word,
                                            int quorum, Clock& clock,
                                            const std::string& erasure_journal = {});

// When the log's last entry was recorded.
absl::StatusOr<absl::Time> LastRecorded(Store& store);

// Signs the head every second, or after a thousand entries, and keeps it in log.head.
class HeadKeeper {
 public:
  HeadKeeper(Checkpointer& checkpointer, std::string folder);
  ~HeadKeeper();

  void Start();
  // Keeps the last head and ends the thread.
  void Stop();

 private:
  void Run();
  void Keep();

  Checkpointer& checkpointer_;
  const std::string path_;
  int64_t kept_size_ = -1;
  absl::Time kept_at_ = absl::InfinitePast();
  std::thread thread_;
  std::mutex mutex_;  // guards stopping_
  std::condition_variable stop_;
  bool stopping_ = false;
};

}  // namespace ehc

#endif  // EHC_SERVER_APP_LOG_HEAD_H_
