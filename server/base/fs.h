#ifndef EHC_SERVER_BASE_FS_H_
#define EHC_SERVER_BASE_FS_H_

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ehc {

// Replaces the file at `path` so that a crash at any moment leaves the old contents or the new
// ones, never a mixture; durable when it returns OK. On failure the old file is unchanged. `mode`
// is applied exactly, whatever the umask. Concurrent writers of one path: one of them wins whole.
absl::Status AtomicWriteFile(const std::string& path, absl::string_view contents,
                             mode_t mode = 0600);

// The same for a file that must not exist yet: ALREADY_EXISTS leaves the existing one untouched.
absl::Status AtomicCreateFile(const std::string& path, absl::string_view contents,
                              mode_t mode = 0600);

// The whole of a regular file. NOT_FOUND if it does not exist, RESOURCE_EXHAUSTED if it is longer
// than max_bytes.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes);

// Makes the creation, renaming or removal of `path` durable by syncing the directory that holds it.
absl::Status SyncParentDirectory(const std::string& path);

// Removes a file, durably. NOT_FOUND if there is none.
absl::Status RemoveFile(const std::string& path);

// A status for errno's value: "<doing> <path>: <reason>". NOT_FOUND, ALREADY_EXISTS and
// PERMISSION_DENIED keep their meaning; a full disk is RESOURCE_EXHAUSTED; the rest is UNAVAILABLE.
absl::Status ErrnoStatus(int error, absl::string_view doing, absl::string_view path);

// Writes all of `bytes`, through short writes and interruptions.
absl::Status WriteFully(int fd, absl::string_view bytes, absl::string_view path);

// Closes a descriptor it owns; -1 is none.
class UniqueFd {
 public:
  explicit UniqueFd(int fd = -1) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release();

 private:
  int fd_;
};

}  // namespace ehc

#endif  // EHC_SERVER_BASE_FS_H_
