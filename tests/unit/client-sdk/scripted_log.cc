#include "tests/unit/client-sdk/scripted_log.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "server/audit/promise.h"
#include "server/base/checkpoint.h"
#include "server/base/clock.h"
#include "server/base/status_macros.h"
#include "server/model/receipt.h"

namespace ehc {
namespace {

NoteSigner MakeSigner(const std::string& origin) {
  return *NoteSigner::Create(NoteKeyType::kEd25519, origin, Ed25519SigningKey::Generate());
}

Digest NewLeaf() { return LeafHash(RandomBytes(32)); }

hub::v1::Receipt ToWire(const Receipt& receipt) {
  hub::v1::Receipt wire;
  wire.set_leaf_hash(std::string(DigestView(receipt.leaf_hash)));
  wire.set_log_id(receipt.promise.log_id);
  hub::v1::Promise& promise = *wire.mutable_promise();
  promise.set_batch_size(receipt.promise.batch_size);
  promise.set_leaf_index(receipt.leaf_index);
  for (const Digest& hash : receipt.path) promise.add_path(std::string(DigestView(hash)));
  promise.set_batch_root(std::string(DigestView(receipt.promise.batch_root)));
  promise.mutable_issued_at()->set_seconds(receipt.promise.issued_at_ms / 1000);
  promise.mutable_issued_at()->set_nanos(
      static_cast<int32_t>(receipt.promise.issued_at_ms % 1000 * 1000000));
  promise.set_key_id(receipt.promise.key_id);
  promise.set_signature(receipt.promise.signature);
  return wire;
}

}  // namespace

ScriptedLog::ScriptedLog(const std::string& origin)
    : origin_(origin),
      checkpoint_signer_(MakeSigner(origin)),
      promise_key_(SigningKey::Generate()),
      promise_pem_(promise_key_.PublicPem()) {}

ehchub::LogKeys ScriptedLog::Keys() const {
  return {checkpoint_signer_.verifier().Encode(), {promise_pem_}};
}

void ScriptedLog::AddOther() { leaves_.push_back(NewLeaf()); }

hub::v1::Receipt ScriptedLog::Disclose() { return DiscloseLeaf(RandomBytes(32)); }

hub::v1::Receipt ScriptedLog::DiscloseLeaf(absl::string_view leaf) {
  const std::vector<Digest> batch = {NewLeaf(), *DigestFromBytes(leaf), NewLeaf()};
  leaves_.insert(leaves_.end(), batch.begin(), batch.end());
  const PromiseSigner signer(promise_key_, origin_, SystemClock());
  return ToWire(ReceiptFor(**signer.Sign(batch), 1));
}

hub::v1::Receipt ScriptedLog::DiscloseAndForget() {
  hub::v1::Receipt receipt = Disclose();
  leaves_[leaves_.size() - 2] = NewLeaf();
  return receipt;
}

void ScriptedLog::Fork() { leaves_.front() = NewLeaf(); }

Digest ScriptedLog::HashOf(NodeId node) const {
  if (node.level == 0) return leaves_[node.index];
  return NodeHash(HashOf({node.level - 1, 2 * node.index}),
                  HashOf({node.level - 1, 2 * node.index + 1}));
}

hub::v1::Checkpoint ScriptedLog::Checkpoint() const {
  const auto read = [this](NodeId node) -> absl::StatusOr<Digest> { return HashOf(node); };
  ehc::Checkpoint head{origin_, leaves_.size(), *RootAt(leaves_.size(), read), {}};
  SignedNote note{head.Encode(), {}};
  note.signatures.push_back(*checkpoint_signer_.Sign(note.text, absl::Now()));
  hub::v1::Checkpoint wire;
  wire.set_note(note.Encode());
  wire.set_tree_size(leaves_.size());
  wire.set_log_id(origin_);
  wire.mutable_issued_at()->set_seconds(absl::ToUnixSeconds(absl::Now()));
  return wire;
}

absl::StatusOr<hub::v1::GetInclusionProofResponse> ScriptedLog::Prove(
    const hub::v1::GetInclusionProofRequest& request) const {
  EHC_ASSIGN_OR_RETURN(const Digest leaf, DigestFromBytes(request.leaf_hash()));
  const auto found = std::find(leaves_.begin(), leaves_.end(), leaf);
  if (found == leaves_.end()) return absl::NotFoundError("no such entry in that tree");
  const auto read = [this](NodeId node) -> absl::StatusOr<Digest> { return HashOf(node); };
  hub::v1::GetInclusionProofResponse response;
  response.set_leaf_index(static_cast<uint64_t>(found - leaves_.begin()));
  response.set_tree_size(request.tree_size());
  EHC_ASSIGN_OR_RETURN(const std::vector<Digest> path,
                       InclusionPath(response.leaf_index(), request.tree_size(), read));
  for (const Digest& hash : path) response.add_path(std::string(DigestView(hash)));
  return response;
}

absl::StatusOr<hub::v1::GetConsistencyProofResponse> ScriptedLog::ProveConsistent(
    const hub::v1::GetConsistencyProofRequest& request) const {
  if (request.second_tree_size() > leaves_.size()) {
    return absl::InvalidArgumentError("the log is not that large");
  }
  const auto read = [this](NodeId node) -> absl::StatusOr<Digest> { return HashOf(node); };
  EHC_ASSIGN_OR_RETURN(
      const std::vector<Digest> path,
      ConsistencyPath(request.first_tree_size(), request.second_tree_size(), read));
  hub::v1::GetConsistencyProofResponse response;
  for (const Digest& hash : path) response.add_path(std::string(DigestView(hash)));
  return response;
}

}  // namespace ehc
