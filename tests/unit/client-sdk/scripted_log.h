// A log with the hub's own signatures and proofs, that can be told to lie.
#ifndef EHC_TESTS_UNIT_CLIENT_SDK_SCRIPTED_LOG_H_
#define EHC_TESTS_UNIT_CLIENT_SDK_SCRIPTED_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ehc/hub/v1/audit_service.pb.h"
#include "ehc/hub/v1/disclosure.pb.h"
#include "ehchub/receipts.h"
#include "server/base/crypto.h"
#include "server/base/merkle.h"
#include "server/base/signature.h"
#include "server/base/signed_note.h"

namespace ehc {

// Not thread safe.
class ScriptedLog {
 public:
  explicit ScriptedLog(const std::string& origin = "hub.test/log");

  ehchub::LogKeys Keys() const;
  const std::string& origin() const { return origin_; }
  const std::string& promise_key_pem() const { return promise_pem_; }
  uint64_t size() const { return leaves_.size(); }

  // Adds an entry that nobody has a receipt for.
  void AddOther();

  // The receipt of a new entry, in a batch with two others, as the hub makes it.
  hub::v1::Receipt Disclose();

  // The receipt of an entry with this leaf.
  hub::v1::Receipt DiscloseLeaf(absl::string_view leaf);

  // The same, and then the log forgets the entry.
  hub::v1::Receipt DiscloseAndForget();

  // From now on the log tells of another first entry: each later checkpoint contradicts the
  // earlier.
  void Fork();

  // From now on the log holds the first `size` entries only.
  void Truncate(uint64_t size) { leaves_.resize(size); }

  hub::v1::Checkpoint Checkpoint() const;
  absl::StatusOr<hub::v1::GetInclusionProofResponse> Prove(
      const hub::v1::GetInclusionProofRequest& request) const;
  absl::StatusOr<hub::v1::GetConsistencyProofResponse> ProveConsistent(
      const hub::v1::GetConsistencyProofRequest& request) const;

 private:
  Digest HashOf(NodeId node) const;

  std::string origin_;
  NoteSigner checkpoint_signer_;
  SigningKey promise_key_;
  std::string promise_pem_;
  std::vector<Digest> leaves_;
};

}  // namespace ehc

#endif  // EHC_TESTS_UNIT_CLIENT_SDK_SCRIPTED_LOG_H_
