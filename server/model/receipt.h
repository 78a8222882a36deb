// The hub's word that an entry was durable when its answer left: one signature over the small
// Merkle tree of a group commit, and a path in it for each entry. The searcher keeps it and can
// show, to anybody and without the hub, that the hub owes the log this entry.
//
// Pure and thread compatible; shared by the hub and the SDK.
#ifndef EHC_SERVER_MODEL_RECEIPT_H_
#define EHC_SERVER_MODEL_RECEIPT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/base/crypto.h"
#include "server/base/signature.h"

namespace ehc {

inline constexpr size_t kMaxLogIdSize = 128;
inline constexpr uint32_t kMaxPromiseBatch = 65536;

// What is signed for a batch.
struct Promise {
  std::string log_id;   // the origin line of the log's checkpoints
  Digest batch_root{};  // RFC 6962 root of the batch's leaf hashes alone
  uint32_t batch_size = 0;
  int64_t issued_at_ms = 0;  // Unix milliseconds
  std::string key_id;        // of the key that signed; says which key to check with
  std::string signature;     // ECDSA P-256 over PromiseMessage(), 64 bytes r||s
};

// "ehc-hub promise v1\n" || length of log id (2) || log id || root (32) || size (4) || ms (8).
// REQUIRES: a log id of at most kMaxLogIdSize bytes.
std::string PromiseMessage(const Promise& promise);

// A promise and the batch's nodes, from which each of its entries gets a receipt.
struct BatchPromise {
  Promise promise;
  std::vector<std::vector<Digest>> nodes;  // complete subtrees: nodes[level][index]
};

struct Receipt {
  Digest leaf_hash{};
  uint32_t leaf_index = 0;   // within the batch
  std::vector<Digest> path;  // within the batch, lowest first
  Promise promise;

  // REQUIRES: a receipt that VerifyReceipt accepts.
  std::string Encode() const;
};

// REQUIRES: position < batch size.
Receipt ReceiptFor(const BatchPromise& batch, uint32_t position);

// INVALID_ARGUMENT unless `bytes` is exactly what Encode() would make of the result.
absl::StatusOr<Receipt> ParseReceipt(absl::string_view bytes);

// INVALID_ARGUMENT for a receipt that is malformed; FAILED_PRECONDITION for one of another log
// or key; DATA_LOSS for one whose path or signature does not hold. Says nothing yet of whether the
// log kept the promise: that takes an inclusion proof under a checkpoint.
absl::Status VerifyReceipt(const Receipt& receipt, absl::string_view log_id, const VerifyKey& key);

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_RECEIPT_H_
