#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client-sdk/src/log_checker.h"
#include "client-sdk/src/receipt_file.h"
#include "ehchub/receipts.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"

namespace ehchub {
namespace {

using internal::CheckpointLine;
using internal::FileLine;
using internal::KeyLine;
using internal::LogChecker;
using internal::ProofLine;
using internal::ReceiptLine;

constexpr size_t kMaxReceiptsFile = size_t{1} << 30;

// Reads a receipts file from its beginning and believes nothing that is not proven by what came
// before it.
class Verifier {
 public:
  explicit Verifier(LogChecker log) : log_(std::move(log)) {}

  void Take(int number, absl::string_view text) {
    number_ = number;
    const auto line = internal::ParseLine(text);
    if (!line.ok()) return Problem(line.status().message());
    const absl::Status status = std::visit([this](const auto& one) { return Check(one); }, *line);
    if (!status.ok()) Problem(status.message());
  }

  ReceiptsReport Finish() {
    report_.receipts = static_cast<int>(promised_.size());
    for (const ehc::Digest& leaf : promised_) {
      if (proven_.count(leaf) > 0) {
        ++report_.proven;
      } else {
        ++report_.outstanding;
        report_.outstanding_leaves.push_back(std::string(ehc::DigestView(leaf)));
      }
    }
    report_.checkpoints = static_cast<int>(roots_.size());
    return report_;
  }

 private:
  absl::Status Check(const ReceiptLine& line) {
    EHC_ASSIGN_OR_RETURN(const ehc::Receipt receipt, ehc::ParseReceipt(line.receipt));
    EHC_RETURN_IF_ERROR(log_.CheckPromise(receipt));
    promised_.insert(receipt.leaf_hash);
    const auto [known, is_new] = decisions_.emplace(receipt.leaf_hash, line.decision_id);
    if (is_new || known->second == line.decision_id) return absl::OkStatus();
    return absl::DataLossError("a receipt that came before with another decision: replayed");
  }

  absl::Status Check(const CheckpointLine& line) {
    EHC_ASSIGN_OR_RETURN(const ehc::Checkpoint head, log_.Open(line.note));
    if (last_.has_value() && last_->size > 0) EHC_RETURN_IF_ERROR(CheckExtends(head, line));
    last_ = head;
    roots_[head.size] = head.root;
    return absl::OkStatus();
  }

  absl::Status Check(const KeyLine& line) {
    EHC_ASSIGN_OR_RETURN(log_, log_.Following(line.note));
    return absl::OkStatus();
  }

  absl::Status CheckExtends(const ehc::Checkpoint& head, const CheckpointLine& line) const {
    if (head.size == last_->size) {
      if (head.root == last_->root) return absl::OkStatus();
      return absl::DataLossError("THE LOG CONTRADICTS ITSELF: two roots for one size");
    }
    return ehc::VerifyConsistency(last_->size, head.size, last_->root, head.root, line.consistency);
  }

  absl::Status Check(const ProofLine& line) {
    const auto root = roots_.find(line.tree_size);
    if (root == roots_.end()) {
      return absl::InvalidArgumentError("a proof for a size of which there is no checkpoint");
    }
    EHC_RETURN_IF_ERROR(
        ehc::VerifyInclusion(line.leaf, line.index, line.tree_size, line.path, root->second));
    proven_.insert(line.leaf);
    return absl::OkStatus();
  }

  void Problem(absl::string_view what) {
    report_.problems.push_back(absl::StrCat("line ", number_, ": ", what));
  }

  LogChecker log_;
  int number_ = 0;
  std::set<ehc::Digest> promised_;
  std::set<ehc::Digest> proven_;
  std::map<ehc::Digest, std::string> decisions_;
  std::optional<ehc::Checkpoint> last_;
  std::map<uint64_t, ehc::Digest> roots_;
  ReceiptsReport report_;
};

}  // namespace

absl::StatusOr<ReceiptsReport> VerifyReceiptsFile(const std::string& path, const LogKeys& keys) {
  EHC_ASSIGN_OR_RETURN(LogChecker log, LogChecker::Create(keys));
  EHC_ASSIGN_OR_RETURN(const std::string text, ehc::ReadFile(path, kMaxReceiptsFile));
  Verifier verifier(std::move(log));
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (!line.empty()) verifier.Take(number, line);
  }
  return verifier.Finish();
}

}  // namespace ehchub
