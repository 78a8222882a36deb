#include "tests/bench/e2e/disk.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/fs.h"

namespace ehc {

absl::Status CheckIsOnDisk(const std::string& folder) {
  struct statfs where {};
  if (::statfs(folder.c_str(), &where) != 0) return ErrnoStatus(errno, "looking at", folder);
  if (where.f_type == TMPFS_MAGIC || where.f_type == RAMFS_MAGIC) {
    return absl::FailedPreconditionError(
        absl::StrCat(folder, " lies in memory: build where a real disk is, or name one by --data"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<absl::Duration>> TimeSyncs(const std::string& folder,
                                                      absl::Duration for_how_long) {
  const std::string path = folder + "/syncs";
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return ErrnoStatus(errno, "opening", path);
  const std::string page(4096, 'e');
  std::vector<absl::Duration> times;
  const absl::Time end = absl::Now() + for_how_long;
  for (absl::Time before = absl::Now(); before < end;) {
    const bool synced = ::write(file, page.data(), page.size()) == 4096 && ::fdatasync(file) == 0;
    const absl::Time after = absl::Now();
    times.push_back(after - before);
    before = synced ? after : absl::InfiniteFuture();
  }
  ::close(file);
  ::unlink(path.c_str());
  return times;
}

}  // namespace ehc
