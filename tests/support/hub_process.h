// ehc-hub of this build as a process of its own, to be killed, drained and starved.
#ifndef EHC_TESTS_SUPPORT_HUB_PROCESS_H_
#define EHC_TESTS_SUPPORT_HUB_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace ehc {

struct HubProcessOptions {
  std::string binary;  // ehc-hub
  std::string data_folder;
  std::string policy_folder;
  std::string tls_folder;
  std::string audience;
  int port = 0;                   // 0: any
  uint64_t file_size_limit = 0;   // no file of the hub's may grow beyond; 0: none
  std::vector<std::string> more;  // further arguments of `serve`
};

// One process, which does not outlive the thread that started it. Thread compatible.
class HubProcess {
 public:
  // Running, and not yet serving.
  static absl::StatusOr<std::unique_ptr<HubProcess>> Spawn(const HubProcessOptions& options);
  // Serving when it returns.
  static absl::StatusOr<std::unique_ptr<HubProcess>> Start(const HubProcessOptions& options);
  ~HubProcess();  // kills it
  HubProcess(const HubProcess&) = delete;
  HubProcess& operator=(const HubProcess&) = delete;

  int port() const { return port_; }
  pid_t pid() const { return pid_; }

  // UNAVAILABLE if it ends instead.
  absl::Status AwaitServing();

  void Signal(int signal) const;
  // Its exit status; nullopt if it was ended by a signal, or had to be after `patience`.
  std::optional<int> AwaitExit(absl::Duration patience);
  // kill -9; returns when it is gone.
  void Kill();

  // The process may write files up to this size; 0: without limit. It is told with an error, not
  // with a signal.
  absl::Status LimitFileSize(uint64_t bytes) const;

 private:
  HubProcess(pid_t pid, int output) : pid_(pid), output_(output) {}

  pid_t pid_;  // 0: it has ended
  int output_;
  int port_ = 0;
};

}  // namespace ehc

#endif  // EHC_TESTS_SUPPORT_HUB_PROCESS_H_
