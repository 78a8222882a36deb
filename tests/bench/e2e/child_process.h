#ifndef EHC_TESTS_BENCH_E2E_CHILD_PROCESS_H_
#define EHC_TESTS_BENCH_E2E_CHILD_PROCESS_H_

#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ehc {

// This program once more, as a server on the servers' core. It obeys lines on its standard input
// and answers each with text that ends in a line of its own: kEndOfAnswer.
inline constexpr char kEndOfAnswer[] = ".";

class ChildProcess {
 public:
  // Returns when the child has answered for the first time: with its port.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(std::vector<std::string> arguments);
  ~ChildProcess();  // closes the child's input, which ends it, and waits for that
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  int port() const { return port_; }
  pid_t pid() const { return pid_; }

  // What all threads of the process, also those that have ended, have used of any core.
  absl::Duration CpuTime() const;

  absl::StatusOr<std::string> Ask(absl::string_view line);

 private:
  ChildProcess(pid_t pid, FILE* to, FILE* from) : pid_(pid), to_(to), from_(from) {}
  absl::StatusOr<std::string> ReadAnswer();

  const pid_t pid_;
  FILE* const to_;
  FILE* const from_;
  int port_ = 0;
};

// The child's side: answers with the port, then obeys until its input ends.
template <typename Obey>
void ServeParent(int port, Obey obey) {
  std::printf("%d\n%s\n", port, kEndOfAnswer);
  std::fflush(stdout);
  char line[256];
  while (std::fgets(line, sizeof(line), stdin) != nullptr) {
    const std::string answer = obey(std::string(line));
    std::printf("%s\n%s\n", answer.c_str(), kEndOfAnswer);
    std::fflush(stdout);
  }
}

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_CHILD_PROCESS_H_
