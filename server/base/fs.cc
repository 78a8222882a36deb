#include "server/base/fs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return absl::StatusCode::kNotFound;
    case EEXIST: return absl::StatusCode::kAlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS: return absl::StatusCode::kPermissionDenied;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE: return absl::StatusCode::kResourceExhausted;
    default: return absl::StatusCode::kUnavailable;
  }
}

std::string ParentDirectory(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A synced file beside its destination, removed unless it was moved there.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& destination) : path_(destination + ".tmp-XXXXXX") {}
  ~TemporaryFile() {
    if (exists_) ::unlink(path_.c_str());
  }

  absl::Status Write(absl::string_view contents, mode_t mode) {
    UniqueFd file(::mkostemp(path_.data(), O_CLOEXEC));
    if (!file.valid()) return ErrnoStatus(errno, "creating", path_);
    exists_ = true;
    if (::fchmod(file.get(), mode) != 0) return ErrnoStatus(errno, "setting the mode of", path_);
    EHC_RETURN_IF_ERROR(WriteFully(file.get(), contents, path_));
    if (::fsync(file.get()) != 0) return ErrnoStatus(errno, "syncing", path_);
    if (::close(file.Release()) != 0) return ErrnoStatus(errno, "closing", path_);
    return absl::OkStatus();
  }

  absl::Status MoveOver(const std::string& destination) {
    if (::rename(path_.c_str(), destination.c_str()) != 0) {
      return ErrnoStatus(errno, "replacing", destination);
    }
    exists_ = false;
    return absl::OkStatus();
  }

  // link() does what rename() cannot: it fails if the destination exists.
  absl::Status MoveToNew(const std::string& destination) {
    if (::link(path_.c_str(), destination.c_str()) != 0) {
      return ErrnoStatus(errno, "creating", destination);
    }
    ::unlink(path_.c_str());  // Before the directory is synced, so that no crash leaves two names.
    exists_ = false;
    return absl::OkStatus();
  }

 private:
  std::string path_;
  bool exists_ = false;
};

// Reads one byte more than allowed, so that a file that grows meanwhile is noticed.
absl::StatusOr<std::string> ReadAtMost(int fd, size_t max_bytes, size_t size_hint,
                                       const std::string& path) {
  constexpr size_t kChunk = 1 << 16;
  std::string contents;
  contents.reserve(std::min(size_hint, max_bytes) + 1);
  while (contents.size() <= max_bytes) {
    const size_t start = contents.size();
    const size_t room = contents.capacity() > start ? contents.capacity() - start : kChunk;
    contents.resize(start + std::min(room, max_bytes + 1 - start));
    const ssize_t count = ::read(fd, contents.data() + start, contents.size() - start);
    contents.resize(start + static_cast<size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) return contents;
    if (count < 0 && errno != EINTR) return ErrnoStatus(errno, "reading", path);
  }
  return absl::ResourceExhaustedError(absl::StrCat(path, " is longer than ", max_bytes, " bytes"));
}

}  // namespace

absl::Status AtomicWriteFile(const std::string& path, absl::string_view contents, mode_t mode) {
  TemporaryFile file(path);
  EHC_RETURN_IF_ERROR(file.Write(contents, mode));
  EHC_RETURN_IF_ERROR(file.MoveOver(path));
  return SyncParentDirectory(path);
}

absl::Status AtomicCreateFile(const std::string& path, absl::string_view contents, mode_t mode) {
  TemporaryFile file(path);
  EHC_RETURN_IF_ERROR(file.Write(contents, mode));
  EHC_RETURN_IF_ERROR(file.MoveToNew(path));
  return SyncParentDirectory(path);
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) return ErrnoStatus(errno, "opening", path);
  struct stat info;
  if (::fstat(file.get(), &info) != 0) return ErrnoStatus(errno, "inspecting", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file"));
  }
  return ReadAtMost(file.get(), max_bytes, static_cast<size_t>(info.st_size), path);
}

absl::Status RemoveFile(const std::string& path) {
  if (unlink(path.c_str()) != 0) return ErrnoStatus(errno, "removing", path);
  return SyncParentDirectory(path);
}

absl::Status SyncParentDirectory(const std::string& path) {
  const std::string directory = ParentDirectory(path);
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return ErrnoStatus(errno, "opening", directory);
  if (::fsync(fd.get()) != 0) return ErrnoStatus(errno, "syncing", directory);
  return absl::OkStatus();
}

absl::Status ErrnoStatus(int error, absl::string_view doing, absl::string_view path) {
  char buffer[128];
  const char* const reason = ::strerror_r(error, buffer, sizeof(buffer));
  return absl::Status(CodeOf(error), absl::StrCat(doing, " ", path, ": ", reason));
}

absl::Status WriteFully(int fd, absl::string_view bytes, absl::string_view path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, "writing", path);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    if (valid()) ::close(fd_);
    fd_ = other.Release();
  }
  return *this;
}

UniqueFd::~UniqueFd() {
  if (valid()) ::close(fd_);
}

int UniqueFd::Release() { return std::exchange(fd_, -1); }

}  // namespace ehc
