#include "server/enrolment/authority.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr size_t kMaxCertificates = 64 << 10;

absl::StatusOr<std::optional<std::string>> ReadIfThere(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path, kMaxCertificates);
  if (absl::IsNotFound(text.status())) return std::optional<std::string>();
  if (!text.ok()) return text.status();
  return std::optional<std::string>(*std::move(text));
}

class DropFolderAuthority final : public CertificateAuthority {
 public:
  explicit DropFolderAuthority(std::string folder) : folder_(std::move(folder)) {}

  absl::StatusOr<std::optional<std::string>> Sign(const EnrolmentTicket& ticket,
                                                  const std::string& request_pem) override {
    const std::string base = absl::StrCat(folder_, "/", ticket.id);
    const absl::Status put = AtomicCreateFile(base + ".csr", request_pem, 0640);
    if (!put.ok() && !absl::IsAlreadyExists(put)) return put;
    return ReadIfThere(base + ".pem");
  }

 private:
  const std::string folder_;
};

// A folder that goes with its owner.
class WorkFolder {
 public:
  WorkFolder() {
    path_ = absl::StrCat(std::filesystem::temp_directory_path().string(), "/ehc-enrol-XXXXXX");
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class CommandAuthority final : public CertificateAuthority {
 public:
  CommandAuthority(std::string program, absl::Duration patience)
      : program_(std::move(program)), patience_(patience) {}

  absl::StatusOr<std::optional<std::string>> Sign(const EnrolmentTicket&,
                                                  const std::string& request_pem) override {
    const WorkFolder work;
    if (work.path().empty()) return absl::UnavailableError("no folder to work in could be made");
    const std::string request = work.path() + "/request.csr";
    const std::string certificate = work.path() + "/certificate.pem";
    EHC_RETURN_IF_ERROR(AtomicWriteFile(request, request_pem));
    EHC_RETURN_IF_ERROR(Run(request, certificate));
    return ReadIfThere(certificate);
  }

 private:
  // Nothing of this process goes with it but its standard error.
  absl::Status Run(std::string request, std::string certificate) const {
    std::string program = program_;
    char* arguments[] = {program.data(), request.data(), certificate.data(), nullptr};
    std::string path = "PATH=/usr/bin:/bin";
    char* environment[] = {path.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int error =
        posix_spawn(&child, program_.c_str(), &actions, nullptr, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return ErrnoStatus(error, "running", program_);
    return Await(child);
  }

  absl::Status Await(pid_t child) const {
    const absl::Time until = absl::Now() + patience_;
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
      if (absl::Now() > until) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        return absl::UnavailableError("the authority's program did not end in time");
      }
      absl::SleepFor(absl::Milliseconds(10));
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
    return absl::UnavailableError("the authority's program failed; see what it said");
  }

  const std::string program_;
  const absl::Duration patience_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<CertificateAuthority>> MakeCommandAuthority(
    const std::string& program, absl::Duration patience) {
  if (program.empty() || program[0] != '/' || access(program.c_str(), X_OK) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(program, ": name a program by its whole path, which this user may run"));
  }
  return std::make_unique<CommandAuthority>(program, patience);
}

absl::StatusOr<std::unique_ptr<CertificateAuthority>> MakeDropFolderAuthority(
    const std::string& folder) {
  struct stat info {};
  if (stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(folder, ": is no folder; make it first"));
  }
  return std::make_unique<DropFolderAuthority>(folder);
}

}  // namespace ehc
