#include "server/base/fs.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/unit/base/temporary_directory.h"

namespace ehc {
namespace {

mode_t ModeOf(const std::string& path) {
  struct stat info;
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info.st_mode & 07777;
}

class FsTest : public ::testing::Test {
 protected:
  const TemporaryDirectory directory_;
  const std::string path_ = directory_.File("file");
};

TEST_F(FsTest, WrittenFileReadsBackWithItsMode) {
  const std::string contents = std::string("a\0b", 3) + std::string(200000, 'x');
  ASSERT_TRUE(AtomicWriteFile(path_, contents, 0644).ok());
  EXPECT_EQ(ReadFile(path_, 1 << 20).value(), contents);
  EXPECT_EQ(ModeOf(path_), 0644u);
  ASSERT_TRUE(AtomicWriteFile(path_, "").ok());
  EXPECT_EQ(ReadFile(path_, 0).value(), "");
  EXPECT_EQ(ModeOf(path_), 0600u);
  EXPECT_EQ(directory_.CountEntries(), 1u) << "no temporary file stays behind";
}

TEST_F(FsTest, FailedReplacementLeavesTheOldState) {
  ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);  // A directory cannot be replaced by a file.
  EXPECT_FALSE(AtomicWriteFile(path_, "contents").ok());
  EXPECT_EQ(directory_.CountEntries(), 1u);
  EXPECT_EQ(AtomicWriteFile(directory_.File("absent/file"), "x").code(),
            absl::StatusCode::kNotFound);
}

TEST_F(FsTest, CreationRefusesAnExistingFileAndLeavesIt) {
  ASSERT_TRUE(AtomicCreateFile(path_, "first").ok());
  EXPECT_EQ(AtomicCreateFile(path_, "second").code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadFile(path_, 100).value(), "first");
  EXPECT_EQ(directory_.CountEntries(), 1u);
}

TEST_F(FsTest, ReadersSeeOneWholeVersionWhileWritersCompete) {
  ASSERT_TRUE(AtomicWriteFile(path_, std::string(5000, 'a')).ok());
  std::vector<std::thread> writers;
  for (char mark : {'b', 'c'}) {
    writers.emplace_back([this, mark] {
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(AtomicWriteFile(path_, std::string(5000, mark)).ok());
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    const std::string contents = ReadFile(path_, 10000).value();
    EXPECT_EQ(contents, std::string(5000, contents[0]));
  }
  for (std::thread& writer : writers) writer.join();
}

TEST_F(FsTest, ReadingIsBoundedAndRefusesWhatIsNotAFile) {
  ASSERT_TRUE(AtomicWriteFile(path_, "12345").ok());
  EXPECT_EQ(ReadFile(path_, 5).value(), "12345");
  EXPECT_EQ(ReadFile(path_, 4).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReadFile(directory_.File("absent"), 5).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadFile(directory_.File("."), 5).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const std::string fifo = directory_.File("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(ReadFile(fifo, 5).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(FsTest, DescriptorClosesWithItsOwner) {
  int number;
  {
    UniqueFd fd(::open("/dev/null", O_RDONLY));
    number = fd.get();
    UniqueFd moved = std::move(fd);
    EXPECT_FALSE(fd.valid());
    EXPECT_EQ(moved.get(), number);
  }
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

TEST_F(FsTest, FullDiskIsReportedAsSuch) {
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  ASSERT_TRUE(full.valid());
  const absl::Status status = WriteFully(full.get(), "x", "/dev/full");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(), "writing /dev/full: No space left on device");
}

}  // namespace
}  // namespace ehc
