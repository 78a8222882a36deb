#include "tests/unit/client-sdk/run_ehcctl.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/support/scratch_folder.h"

namespace ehc {
namespace {

std::string Slurp(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void Redirect(const std::string& path, int flags, int to) {
  const int fd = open(path.c_str(), flags, 0600);
  if (fd < 0 || dup2(fd, to) < 0) _exit(127);
}

[[noreturn]] void BecomeEhcctl(const std::vector<std::string>& arguments,
                               const std::string& profiles, const std::string& folder) {
  Redirect(folder + "/in", O_RDONLY, STDIN_FILENO);
  Redirect(folder + "/out", O_WRONLY | O_CREAT, STDOUT_FILENO);
  Redirect(folder + "/err", O_WRONLY | O_CREAT, STDERR_FILENO);
  setenv("EHC_PROFILES", profiles.c_str(), 1);
  unsetenv("EHC_PROFILE");
  const std::string binary = std::string(EHC_BINARY_DIR) + "/bin/ehcctl";
  std::vector<char*> argv = {const_cast<char*>("ehcctl")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(binary.c_str(), argv.data());
  _exit(127);
}

}  // namespace

Ran RunEhcctl(const std::vector<std::string>& arguments, const std::string& profiles,
              const std::string& input) {
  const ScratchFolder folder;
  std::ofstream(folder.path() + "/in") << input;
  const pid_t child = fork();
  if (child == 0) BecomeEhcctl(arguments, profiles, folder.path());
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          Slurp(folder.path() + "/out"), Slurp(folder.path() + "/err")};
}

}  // namespace ehc
