#include "tests/support/hub_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

std::vector<std::string> ArgumentsOf(const HubProcessOptions& options) {
  std::vector<std::string> arguments = {options.binary, "serve",
                                        "--data",       options.data_folder,
                                        "--policies",   options.policy_folder,
                                        "--tls",        options.tls_folder,
                                        "--audience",   options.audience,
                                        "--port",       absl::StrCat(options.port),
                                        "--development"};
  arguments.insert(arguments.end(), options.more.begin(), options.more.end());
  return arguments;
}

// In the child, between fork and exec: only what is safe there. An ignored signal stays ignored.
[[noreturn]] void Become(char* const* arguments, int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGXFSZ, SIG_IGN);
  ::dup2(output, STDOUT_FILENO);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

}  // namespace

absl::StatusOr<std::unique_ptr<HubProcess>> HubProcess::Spawn(const HubProcessOptions& options) {
  std::vector<std::string> arguments = ArgumentsOf(options);
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  int output[2];
  if (::pipe2(output, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe");
  const pid_t pid = ::fork();
  if (pid == 0) Become(words.data(), output[1]);
  ::close(output[1]);
  if (pid < 0) return absl::ErrnoToStatus(errno, "fork");
  std::unique_ptr<HubProcess> hub(new HubProcess(pid, output[0]));
  if (options.file_size_limit > 0) EHC_RETURN_IF_ERROR(hub->LimitFileSize(options.file_size_limit));
  return hub;
}

absl::StatusOr<std::unique_ptr<HubProcess>> HubProcess::Start(const HubProcessOptions& options) {
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<HubProcess> hub, Spawn(options));
  EHC_RETURN_IF_ERROR(hub->AwaitServing());
  return hub;
}

HubProcess::~HubProcess() {
  Kill();
  ::close(output_);
}

// "serving on 127.0.0.1:40513"
absl::Status HubProcess::AwaitServing() {
  std::string line;
  char byte;
  while (::read(output_, &byte, 1) == 1 && byte != '\n') line.push_back(byte);
  const size_t colon = line.rfind(':');
  if (colon != std::string::npos && absl::SimpleAtoi(line.substr(colon + 1), &port_)) {
    return absl::OkStatus();
  }
  return absl::UnavailableError("the hub did not start; see what it said above");
}

void HubProcess::Signal(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

std::optional<int> HubProcess::AwaitExit(absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  int status = 0;
  while (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == 0) {
    if (absl::Now() > until) {
      Kill();
      return std::nullopt;
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
  pid_ = 0;
  if (!WIFEXITED(status)) return std::nullopt;
  return WEXITSTATUS(status);
}

void HubProcess::Kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

absl::Status HubProcess::LimitFileSize(uint64_t bytes) const {
  rlimit limit{};
  if (::prlimit(pid_, RLIMIT_FSIZE, nullptr, &limit) != 0) {
    return absl::ErrnoToStatus(errno, "prlimit");
  }
  limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
  if (::prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) != 0) {
    return absl::ErrnoToStatus(errno, "prlimit");
  }
  return absl::OkStatus();
}

}  // namespace ehc
