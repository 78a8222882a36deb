// The erasures of a store in a file of its own, outside the database: whoever puts an older copy of
// the database back still has it, and what was erased is erased again before anybody is served
// (docs/adr/0031). It names children, custodians and keys by numbers and digests that mean nothing
// without the store, and no person.
#ifndef EHC_SERVER_STORAGE_ERASURE_JOURNAL_H_
#define EHC_SERVER_STORAGE_ERASURE_JOURNAL_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ehc/store/v1/access.pb.h"
#include "server/base/crypto.h"

namespace ehc {

// Thread compatible. One line an erasure, each authenticated with all before it.
class ErasureJournal {
 public:
  // Makes the file if there is none. A last line that a crash cut short is dropped: its erasure was
  // not acknowledged. FAILED_PRECONDITION for another store's journal, DATA_LOSS, naming the line,
  // for one that was altered.
  static absl::StatusOr<ErasureJournal> Open(std::string path, absl::string_view key);

  // Writes nothing. NOT_FOUND if there is no file; otherwise as Open().
  static absl::StatusOr<ErasureJournal> OpenUntouched(std::string path, absl::string_view key);

  ErasureJournal(ErasureJournal&&) = default;
  ErasureJournal& operator=(ErasureJournal&&) = default;

  // Durable when it returns OK. An erasure that is there already is not written again.
  absl::Status Append(const store::v1::ErasureRecord& record);

  const std::vector<store::v1::ErasureRecord>& records() const { return records_; }

 private:
  ErasureJournal(std::string path, absl::string_view key) : path_(std::move(path)), key_(key) {}
  absl::Status Read(absl::string_view text);
  absl::Status Create();
  std::string LineOf(const store::v1::ErasureRecord& record, Digest* chain) const;
  std::string Header() const;

  std::string path_;
  HmacKey key_;
  std::vector<store::v1::ErasureRecord> records_;
  absl::flat_hash_set<std::string> ids_;
  Digest chain_{};
  size_t size_ = 0;  // of what is whole; a torn end is overwritten
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_ERASURE_JOURNAL_H_
