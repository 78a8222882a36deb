#include "server/storage/erasure_journal.h"

#include <sys/stat.h>

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/scratch_folder.h"

namespace ehc {
namespace {

using ::testing::SizeIs;

constexpr char kKey[] = "a key of the store's, 32 bytes..";

store::v1::ErasureRecord RecordOf(char id) {
  store::v1::ErasureRecord record;
  record.set_id(std::string(16, id));
  record.set_at_ms(1'790'000'000'000);
  store::v1::DestroyedKeys& keys = *record.add_destroyed();
  keys.set_kind(store::v1::DESTROYED_KIND_DOSSIER);
  keys.set_subject(7);
  keys.add_fingerprints(std::string(32, 'f'));
  return record;
}

class ErasureJournalTest : public ::testing::Test {
 protected:
  ErasureJournal MustOpen(const char* key = kKey) {
    absl::StatusOr<ErasureJournal> journal = ErasureJournal::Open(path_, key);
    EXPECT_TRUE(journal.ok()) << journal.status();
    return *std::move(journal);
  }
  std::string Text() const {
    std::string text;
    std::ifstream file(path_, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), {});
    return text;
  }
  void Write(const std::string& text) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
  }

  ScratchFolder folder_;
  const std::string path_ = folder_.path() + "/erasures";
};

TEST_F(ErasureJournalTest, WhatWasAppendedIsThereWhenItIsOpenedAgain) {
  {
    ErasureJournal journal = MustOpen();
    ASSERT_TRUE(journal.Append(RecordOf('a')).ok());
    ASSERT_TRUE(journal.Append(RecordOf('b')).ok());
    ASSERT_TRUE(journal.Append(RecordOf('a')).ok());  // once
  }
  const ErasureJournal journal = MustOpen();
  ASSERT_THAT(journal.records(), SizeIs(2));
  EXPECT_EQ(journal.records()[1].SerializeAsString(), RecordOf('b').SerializeAsString());
}

TEST_F(ErasureJournalTest, LineThatACrashCutShortIsDroppedAndWrittenOver) {
  MustOpen();
  {
    ErasureJournal journal = MustOpen();
    ASSERT_TRUE(journal.Append(RecordOf('a')).ok());
  }
  const std::string whole = Text();
  {
    ErasureJournal journal = MustOpen();
    ASSERT_TRUE(journal.Append(RecordOf('b')).ok());
  }
  for (size_t cut = whole.size(); cut < Text().size(); cut += 7) {
    const std::string both = Text();
    Write(both.substr(0, cut));
    ErasureJournal journal = MustOpen();
    EXPECT_THAT(journal.records(), SizeIs(1));
    ASSERT_TRUE(journal.Append(RecordOf('b')).ok());
    EXPECT_EQ(Text(), both);
  }
}

TEST_F(ErasureJournalTest, EveryFlippedBitIsFound) {
  {
    ErasureJournal journal = MustOpen();
    ASSERT_TRUE(journal.Append(RecordOf('a')).ok());
    ASSERT_TRUE(journal.Append(RecordOf('b')).ok());
  }
  const std::string whole = Text();
  for (size_t at = 0; at + 1 < whole.size(); ++at) {
    std::string altered = whole;
    altered[at] ^= 1;
    Write(altered);
    EXPECT_FALSE(ErasureJournal::Open(path_, kKey).ok()) << at;
  }
}

TEST_F(ErasureJournalTest, LineTakenOutIsFound) {
  {
    ErasureJournal journal = MustOpen();
    for (char id : {'a', 'b', 'c'}) ASSERT_TRUE(journal.Append(RecordOf(id)).ok());
  }
  std::string text = Text();
  const size_t first = text.find('\n') + 1;
  text.erase(first, text.find('\n', first) + 1 - first);
  Write(text);
  EXPECT_TRUE(absl::IsDataLoss(ErasureJournal::Open(path_, kKey).status()));
}

TEST_F(ErasureJournalTest, AnotherStoresJournalIsRefused) {
  MustOpen();
  EXPECT_TRUE(absl::IsFailedPrecondition(
      ErasureJournal::Open(path_, "another store's key, 32 bytes...").status()));
}

TEST_F(ErasureJournalTest, FolderThatIsNotThereIsNamed) {
  EXPECT_FALSE(ErasureJournal::Open(folder_.path() + "/none/erasures", kKey).ok());
}

}  // namespace
}  // namespace ehc
