#include "server/storage/sqlite/ownership_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

// The process that wrote itself into the lock file, for the message only.
std::string OwnerOf(int fd) {
  char text[16] = {};
  const ssize_t size = ::pread(fd, text, sizeof(text) - 1, 0);
  int process = 0;
  if (size <= 0 || !absl::SimpleAtoi(text, &process)) return "another process";
  return absl::StrCat("process ", process);
}

}  // namespace

absl::StatusOr<OwnershipLock> OwnershipLock::Take(const std::string& store_path) {
  const std::string path = store_path + ".lock";
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.valid()) return ErrnoStatus(errno, "opening", path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return ErrnoStatus(errno, "locking", path);
    return absl::FailedPreconditionError(
        absl::StrCat("store ", store_path, " is in use by ", OwnerOf(fd.get()),
                     "; one hub serves a SQLite store: stop that one, or use another file"));
  }
  if (::ftruncate(fd.get(), 0) != 0) return ErrnoStatus(errno, "writing", path);
  // A full disk must not keep the store from being read: the number is only for the message.
  (void)WriteFully(fd.get(), absl::StrCat(::getpid(), "\n"), path);
  return OwnershipLock(std::move(fd));
}

}  // namespace ehc
