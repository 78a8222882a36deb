#include "tests/bench/e2e/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <csignal>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

// In the child, between fork and exec: only what is safe there.
[[noreturn]] void Become(char* const* arguments, int in, int out) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::execv("/proc/self/exe", arguments);
  ::_exit(127);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    std::vector<std::string> arguments) {
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  int to[2];
  int from[2];
  if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0) {
    return absl::InternalError("no pipe");
  }
  const pid_t pid = ::fork();
  if (pid == 0) Become(words.data(), to[0], from[1]);
  ::close(to[0]);
  ::close(from[1]);
  if (pid < 0) return absl::InternalError("no child process");
  std::unique_ptr<ChildProcess> child(
      new ChildProcess(pid, ::fdopen(to[1], "w"), ::fdopen(from[0], "r")));
  EHC_ASSIGN_OR_RETURN(const std::string port, child->ReadAnswer());
  if (!absl::SimpleAtoi(port, &child->port_)) return absl::InternalError("the child said no port");
  return child;
}

ChildProcess::~ChildProcess() {
  std::fclose(to_);
  ::waitpid(pid_, nullptr, 0);
  std::fclose(from_);
}

absl::Duration ChildProcess::CpuTime() const {
  clockid_t clock;
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
  return absl::DurationFromTimespec(used);
}

absl::StatusOr<std::string> ChildProcess::Ask(absl::string_view line) {
  std::fprintf(to_, "%s\n", std::string(line).c_str());
  std::fflush(to_);
  return ReadAnswer();
}

absl::StatusOr<std::string> ChildProcess::ReadAnswer() {
  std::string answer;
  char line[1024];
  while (std::fgets(line, sizeof(line), from_) != nullptr) {
    if (absl::StripSuffix(line, "\n") == kEndOfAnswer) return answer;
    answer += line;
  }
  return absl::UnavailableError("a server of the benchmark has ended; see what it said above");
}

}  // namespace ehc
