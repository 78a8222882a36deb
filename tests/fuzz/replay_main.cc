// ehc-fuzz-replay-<target> FOLDER: every file of a kept corpus, and a few steady mutations of each,
// through a fuzz target built with the usual compiler. Fails if the corpus is empty or if it no
// longer gets as far as the target's milestones.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <system_error>
#include <vector>

#include "server/base/fs.h"
#include "tests/fuzz/milestone.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace ehc {
namespace {

constexpr int kMutationsEach = 8;

void Run(const std::string& input) {
  // A copy of its own size, so that a sanitizer sees a read behind its end.
  const std::vector<uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string Mutated(std::string input, std::mt19937* random) {
  if (input.empty()) return std::string(1, static_cast<char>((*random)()));
  const size_t at = (*random)() % input.size();
  switch ((*random)() % 4) {
    case 0: input.resize(at); break;
    case 1: input[at] = static_cast<char>((*random)()); break;
    case 2: input.erase(at, 1 + (*random)() % 8); break;
    default: input.insert(at, input.substr((*random)() % input.size(), 16));
  }
  return input;
}

int Replay(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    paths.push_back(entry.path().string());
  }
  if (paths.empty()) {
    std::fprintf(stderr, "%s: no inputs\n", folder.c_str());
    return 1;
  }
  std::mt19937 random(1);
  for (const std::string& path : paths) {
    const auto input = ReadFile(path, 16 << 20);
    if (!input.ok()) {
      std::fprintf(stderr, "%s\n", std::string(input.status().message()).c_str());
      return 1;
    }
    Run(*input);
    for (int i = 0; i < kMutationsEach; ++i) Run(Mutated(*input, &random));
  }
  std::fprintf(stderr, "%zu inputs\n", paths.size());
  return Milestone::Print() ? 0 : 1;
}

}  // namespace
}  // namespace ehc

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "name one folder of inputs\n");
    return 64;
  }
  return ehc::Replay(argv[1]);
}
