#ifndef EHC_TESTS_UNIT_BASE_TEMPORARY_DIRECTORY_H_
#define EHC_TESTS_UNIT_BASE_TEMPORARY_DIRECTORY_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

namespace ehc {

// A directory of this test's own, removed with its contents.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(testing::TempDir() + "ehc-base-XXXXXX") {
    EXPECT_NE(::mkdtemp(path_.data()), nullptr);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }

  std::string File(const std::string& name) const { return path_ + "/" + name; }

  size_t CountEntries() const {
    size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path_)) ++count;
    return count;
  }

 private:
  std::string path_;
};

}  // namespace ehc

#endif  // EHC_TESTS_UNIT_BASE_TEMPORARY_DIRECTORY_H_
