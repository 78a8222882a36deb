// The commands of ehc-policy. Each returns an exit status: 0 for yes, 1 for findings or a no, 64
// for wrong usage, 65 for a policy that does not load.
#ifndef EHC_SERVER_APP_POLICY_TOOL_COMMANDS_H_
#define EHC_SERVER_APP_POLICY_TOOL_COMMANDS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/policy/snapshot.h"

namespace ehc {

struct ToolOptions {
  std::string folder = "policies";
  bool json = false;
  std::string render_format = "md";
  absl::Time now;
  std::vector<std::string> arguments;  // what stands after the command
  bool check_only = false;             // fmt --check
  std::string key_file;                // sign
  std::string agency;                  // sign, what-can
  std::string role;                    // what-can
  std::string record_type = "EHC_PLAN";
  std::string part;  // who-can
  std::vector<int> bench_clauses = {10, 1000, 10000, 100000};
  double threshold = 100;  // test: least clause and guard coverage, per cent
};

// Prints the status on stderr.
int Fail(const absl::Status& status);

// The folder, or 65 in *exit_status after printing why not. Signatures are not demanded: the tool
// works offline.
std::shared_ptr<const PolicySnapshot> Load(const std::string& folder, int* exit_status);

int RunCheck(const ToolOptions& options);
int RunFmt(const ToolOptions& options);
int RunSign(const ToolOptions& options);
int RunRender(const ToolOptions& options);
int RunTest(const ToolOptions& options);
int RunExplain(const ToolOptions& options);
int RunWhoCan(const ToolOptions& options);
int RunWhatCan(const ToolOptions& options);
int RunDiff(const ToolOptions& options);
int RunReplay(const ToolOptions& options);
int RunBench(const ToolOptions& options);

}  // namespace ehc

#endif  // EHC_SERVER_APP_POLICY_TOOL_COMMANDS_H_
