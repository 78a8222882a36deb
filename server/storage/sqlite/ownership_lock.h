#ifndef EHC_SERVER_STORAGE_SQLITE_OWNERSHIP_LOCK_H_
#define EHC_SERVER_STORAGE_SQLITE_OWNERSHIP_LOCK_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "server/base/fs.h"

namespace ehc {

// One process at a time owns a store file: the hub keeps versions and the log's tree in memory, so
// a second writer would not be noticed. Held on `<path>.lock` until destruction or the process's
// end, however it ends.
class OwnershipLock {
 public:
  // FAILED_PRECONDITION when another owner holds it.
  static absl::StatusOr<OwnershipLock> Take(const std::string& store_path);

 private:
  explicit OwnershipLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_OWNERSHIP_LOCK_H_
