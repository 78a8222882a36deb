#ifndef EHC_TESTS_SUPPORT_SCRATCH_FOLDER_H_
#define EHC_TESTS_SUPPORT_SCRATCH_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace ehc {

// An empty folder below the build folder, so on a real disk even where /tmp is memory; removed with
// all it holds at the end. Needs EHC_BINARY_DIR, which ehc_test() defines.
class ScratchFolder {
 public:
  ScratchFolder() : path_(std::string(EHC_BINARY_DIR) + "/scratch-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) ::abort();
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace ehc

#endif  // EHC_TESTS_SUPPORT_SCRATCH_FOLDER_H_
