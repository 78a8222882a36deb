#include "server/audit/promise.h"

#include "absl/time/time.h"
#include "server/base/merkle.h"

namespace ehc {

absl::StatusOr<std::shared_ptr<const BatchPromise>> PromiseSigner::Sign(
    absl::Span<const Digest> leaves) const {
  if (leaves.empty() || leaves.size() > kMaxPromiseBatch) {
    return absl::InvalidArgumentError("promise: batch size out of range");
  }
  if (log_id_.empty() || log_id_.size() > kMaxLogIdSize) {
    return absl::InvalidArgumentError("promise: log id empty or too long");
  }
  auto batch = std::make_shared<BatchPromise>();
  MerkleRange tree;
  for (const Digest& leaf : leaves) {
    tree.Append(leaf, [&batch](NodeId node, const Digest& hash) {
      if (batch->nodes.size() <= node.level) batch->nodes.emplace_back();
      batch->nodes[node.level].push_back(hash);
    });
  }
  Promise& promise = batch->promise;
  promise.log_id = log_id_;
  promise.batch_root = tree.Root();
  promise.batch_size = static_cast<uint32_t>(leaves.size());
  promise.issued_at_ms = absl::ToUnixMillis(clock_.Now());
  promise.key_id = key_.key_id();
  promise.signature = key_.SignP1363(PromiseMessage(promise));
  return batch;
}

}  // namespace ehc
