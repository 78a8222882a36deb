// The receipts file: JSON Lines, one object a line, appended to and never rewritten
// (docs/formats/receipts.md).
#ifndef EHC_CLIENT_SDK_SRC_RECEIPT_FILE_H_
#define EHC_CLIENT_SDK_SRC_RECEIPT_FILE_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/crypto.h"
#include "server/base/fs.h"

namespace ehchub::internal {

struct ReceiptLine {
  absl::Time kept_at;
  std::string call;
  std::string decision_id;
  std::string receipt;  // ehc::Receipt::Encode()
};

struct CheckpointLine {
  absl::Time seen_at;
  std::string note;
  std::vector<ehc::Digest> consistency;  // from the checkpoint line before
};

struct ProofLine {
  ehc::Digest leaf{};
  uint64_t index = 0;
  uint64_t tree_size = 0;  // of a checkpoint line before
  std::vector<ehc::Digest> path;
};

// The log changed a key.
struct KeyLine {
  absl::Time seen_at;
  std::string note;  // base/key_change.h
};

using FileLine = std::variant<ReceiptLine, CheckpointLine, ProofLine, KeyLine>;

std::string FormatLine(const FileLine& line);  // with its line feed
absl::StatusOr<FileLine> ParseLine(absl::string_view text);

// Appends whole lines; several processes may. Creates the file with mode 0600.
class ReceiptFile {
 public:
  // An empty path: lines are accepted and go nowhere.
  ReceiptFile(std::string path, bool sync) : path_(std::move(path)), sync_(sync) {}

  const std::string& path() const { return path_; }
  absl::Status Append(const FileLine& line) const;

 private:
  std::string path_;
  bool sync_;
};

// Held until destroyed by one keeper among all threads and processes that share the file.
class FileLock {
 public:
  static absl::StatusOr<FileLock> Take(const std::string& path);

 private:
  explicit FileLock(ehc::UniqueFd fd) : fd_(std::move(fd)) {}
  ehc::UniqueFd fd_;
};

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_RECEIPT_FILE_H_
