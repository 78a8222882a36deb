#include "tests/rules/source_tree.h"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace ehc {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestText = 4 << 20;

std::string OutputOf(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string output;
  char buffer[4096];
  while (pipe != nullptr) {
    const size_t n = fread(buffer, 1, sizeof(buffer), pipe.get());
    if (n == 0) break;
    output.append(buffer, n);
  }
  return output;
}

std::vector<std::string> PathsThatGitKnows(const std::string& root) {
  const std::string listing =
      OutputOf("git -c safe.directory='*' -C '" + root +
               "' ls-files -z --cached --others --exclude-standard 2>/dev/null");
  std::vector<std::string> paths;
  for (size_t at = 0; at < listing.size();) {
    const size_t end = listing.find('\0', at);
    paths.push_back(listing.substr(at, end - at));
    at = end + 1;
  }
  return paths;
}

bool IsOutsideTheSources(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name == "build" || name == "node_modules" || name.rfind('.', 0) == 0;
}

std::vector<std::string> PathsOnDisk(const std::string& root) {
  std::vector<std::string> paths;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
    if (it->is_directory() && IsOutsideTheSources(it->path())) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file()) {
      paths.push_back(fs::relative(it->path(), root).generic_string());
    }
  }
  return paths;
}

std::string TextOf(const fs::path& path) {
  std::error_code error;
  if (fs::file_size(path, error) > kLargestText || error) return "";
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

SourceTree ReadSourceTree(const std::string& root) {
  std::vector<std::string> paths = PathsThatGitKnows(root);
  if (paths.empty()) paths = PathsOnDisk(root);
  SourceTree tree;
  for (const std::string& path : paths) {
    const fs::path full = fs::path(root) / path;
    if (fs::is_regular_file(full)) tree.push_back({path, TextOf(full)});
  }
  return tree;
}

}  // namespace ehc
