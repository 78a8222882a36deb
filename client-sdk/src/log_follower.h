// Whoever follows a log: remembers the newest checkpoint that it has seen of it, and believes no
// other that does not extend that one. What it remembers stands in files beside `prefix`:
// <prefix>.checkpoint, the newest note; <prefix>.keys, the changes of keys that it has followed, a
// base64 line each; <prefix>.fork, two notes that cannot both be true.
#ifndef EHC_CLIENT_SDK_SRC_LOG_FOLLOWER_H_
#define EHC_CLIENT_SDK_SRC_LOG_FOLLOWER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "client-sdk/src/log_checker.h"
#include "ehchub/audit_connection.h"
#include "server/base/crypto.h"

namespace ehchub::internal {

// A checkpoint whose signature was found good.
struct Seen {
  std::string note;
  ehc::Checkpoint head;
};

absl::StatusOr<std::vector<ehc::Digest>> ToDigests(
    const google::protobuf::RepeatedPtrField<std::string>& hashes);

// Thread safe.
class LogFollower {
 public:
  // An empty prefix: it remembers for its own life. Reads the keys that it followed before.
  static absl::StatusOr<std::unique_ptr<LogFollower>> Create(const LogKeys& keys,
                                                             std::string prefix);

  std::shared_ptr<const LogChecker> keys() const;
  bool on_disk() const { return !prefix_.empty(); }
  std::string BesideIt(absl::string_view ending) const;

  // Nothing yet, or FAILED_PRECONDITION where what is saved is of another log.
  absl::StatusOr<std::optional<Seen>> LoadSaved() const;
  absl::Status Save(const std::string& note);

  // What the hub says of its heads, the changes of keys followed. Each that is new goes to
  // `followed`.
  absl::StatusOr<v1::GetCheckpointResponse> Ask(
      AuditConnection& audit, const std::function<absl::Status(const std::string&)>& followed);
  // DATA_LOSS where this log has not signed it.
  absl::StatusOr<Seen> Open(const std::string& note) const;

  // The proof that `newer` extends `older`; a fork, with its evidence on file, where the hub cannot
  // show it. REQUIRES: older is not larger.
  absl::StatusOr<std::vector<ehc::Digest>> CheckExtends(AuditConnection& audit, const Seen& older,
                                                        const Seen& newer) const;
  absl::Status Forked(const Seen& saved, const Seen& seen, absl::string_view how) const;

 private:
  LogFollower(LogChecker keys, std::string prefix);

  absl::Status LoadChanges();
  // False where the change is known, or older than the keys that are.
  absl::StatusOr<bool> Follow(const std::string& change);
  absl::Status SaveChanges() const;

  const std::string prefix_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const LogChecker> keys_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> changes_ ABSL_GUARDED_BY(mutex_);
  std::string saved_note_ ABSL_GUARDED_BY(mutex_);  // where there is no file
};

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_LOG_FOLLOWER_H_
