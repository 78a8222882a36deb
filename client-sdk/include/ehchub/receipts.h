// Receipts: the hub's signed word that each disclosure is in its log, kept on file and held to.
//
// The file is JSON Lines, appended to and never rewritten (docs/formats/receipts.md); it holds no
// personal data. Beside it, <file>.checkpoint has the newest checkpoint seen.
#ifndef EHCHUB_RECEIPTS_H_
#define EHCHUB_RECEIPTS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ehc/hub/v1/audit.pb.h"
#include "ehc/hub/v1/disclosure.pb.h"
#include "ehchub/audit_connection.h"
#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

// The keys by which a log is known: told by the hub's operator, never by the hub's answers.
struct LogKeys {
  std::string log_key;                        // a signed-note verifier key
  std::vector<std::string> promise_keys_pem;  // public keys

  // So many of these witnesses (verifier keys of cosignatures) must have signed a checkpoint of the
  // log no longer ago than that; 0: none is asked for.
  std::vector<std::string> witness_keys;
  int witness_quorum = 0;
  absl::Duration witnessed_within = absl::Hours(1);
};

absl::StatusOr<LogKeys> LoadLogKeys(const Profile& profile);

// What a checkpoint says once its signature was found good.
struct CheckpointInfo {
  std::string log_id;
  uint64_t tree_size = 0;
  std::string root_hash;  // 32 bytes
  std::string note;
};

// Keeps and checks the receipts of one log. Thread safe; several processes may share one file.
class ReceiptKeeper {
 public:
  // An empty path: nothing is kept. INVALID_ARGUMENT for keys that cannot be used.
  static absl::StatusOr<std::unique_ptr<ReceiptKeeper>> Create(const LogKeys& keys,
                                                               const std::string& path,
                                                               const Options& options);
  ~ReceiptKeeper();

  // Checks the promise's signature and path, then writes the receipt down; from here Settle() will
  // look for it. RECEIPT_UNHONOURED where the promise does not hold or is of another log, or where
  // the receipt has come before with another decision: one entry for two disclosures. `call` names
  // the method, for readers of the file.
  absl::Status Keep(const v1::Receipt& receipt, absl::string_view call,
                    absl::string_view decision_id);

  // Whether the promise's key is among those known: otherwise Advance() may bring a change of keys.
  bool KnowsKeyOf(const v1::Receipt& receipt) const;

  // Looks every kept receipt up in the log, within Options::settle_within. RECEIPT_UNHONOURED for
  // those not found by then; they are looked for again next time. A fork ends it at once.
  // LOG_UNWITNESSED where all were found and the witnesses asked for have not signed, or what they
  // sign has not come to cover a receipt that was settled longer ago than that.
  absl::Status Settle(AuditConnection& audit);

  // Fetches the newest checkpoint and holds it against the last one saved, and against what
  // witnesses have signed.
  absl::StatusOr<CheckpointInfo> Advance(AuditConnection& audit);

  // Proves that the log holds this leaf and writes the proof down.
  absl::Status Prove(AuditConnection& audit, absl::string_view leaf_hash);

  // Receipts kept and not yet settled by this object.
  size_t pending() const;

  struct Impl;

 private:
  explicit ReceiptKeeper(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// What a receipts file proves, without asking anybody.
struct ReceiptsReport {
  int receipts = 0;
  int proven = 0;       // shown to be in the log
  int outstanding = 0;  // promised, and not shown yet
  int checkpoints = 0;
  std::vector<std::string> outstanding_leaves;  // 32 bytes each
  std::vector<std::string> problems;            // one line each; empty: all is as it should be
};

// NOT_FOUND where there is no such file; INVALID_ARGUMENT for keys that cannot be used. Whatever is
// wrong within the file is a problem in the report.
absl::StatusOr<ReceiptsReport> VerifyReceiptsFile(const std::string& path, const LogKeys& keys);

// What a hub's own list of the agency's entries says of the receipts on file.
struct ReceiptsAtHub {
  int receipts = 0;
  int told = 0;                       // of an entry that tells of the same decision, to this agency
  int erased = 0;                     // of an entry that cannot be opened any more
  std::vector<std::string> problems;  // as in ReceiptsReport
};

// A receipt proves that the log holds an entry, and not that the entry tells of this disclosure: it
// is opened for that, and must name the agency and the decision that the receipt came with.
// NOT_FOUND where there is no such file; the hub's errors as they are.
absl::StatusOr<ReceiptsAtHub> ReconcileReceipts(AuditConnection& audit, const std::string& path,
                                                const std::string& agency);

// Whether an entry's view hashes to its leaf, and what is told beside it (its moment, its fields)
// is what the view says: nothing shown was changed on the way. A bare view tells nothing beside it.
absl::Status VerifyAuditEntry(const v1::AuditEntry& entry);

}  // namespace ehchub

#endif  // EHCHUB_RECEIPTS_H_
