#include "client-sdk/src/log_checker.h"

#include "absl/strings/str_cat.h"
#include "server/base/fs.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"
#include "server/model/audit_entry.h"

namespace ehchub {

absl::StatusOr<LogKeys> LoadLogKeys(const Profile& profile) {
  constexpr size_t kMaxPemSize = 16 * 1024;
  LogKeys keys{profile.log_key, {}};
  for (const std::string& path : profile.promise_key_paths) {
    EHC_ASSIGN_OR_RETURN(keys.promise_keys_pem.emplace_back(), ehc::ReadFile(path, kMaxPemSize));
  }
  return keys;
}

absl::Status VerifyAuditEntry(const v1::AuditEntry& entry) {
  EHC_ASSIGN_OR_RETURN(const ehc::EntryView view, ehc::ParseEntryView(entry.view()));
  EHC_ASSIGN_OR_RETURN(const ehc::Digest leaf, ehc::VerifyOpened(view));
  if (ehc::DigestView(leaf) == absl::string_view(entry.leaf_hash())) return absl::OkStatus();
  return absl::DataLossError("the entry does not hash to its leaf");
}

namespace internal {

absl::StatusOr<LogChecker> LogChecker::Create(const LogKeys& keys) {
  if (keys.log_key.empty() || keys.promise_keys_pem.empty()) {
    return absl::InvalidArgumentError(
        "the profile lacks log_key or promise_key: ask the hub's operator for the log's public "
        "keys");
  }
  const auto log = ehc::NoteVerifier::Parse(keys.log_key);
  if (!log.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("log_key: ", log.status().message()));
  }
  std::vector<ehc::VerifyKey> promise_keys;
  for (const std::string& pem : keys.promise_keys_pem) {
    const auto key = ehc::VerifyKey::FromPem(pem);
    if (!key.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("promise_key: ", key.status().message()));
    }
    promise_keys.push_back(*key);
  }
  return LogChecker(*log, std::move(promise_keys));
}

absl::Status LogChecker::CheckPromise(const ehc::Receipt& receipt) const {
  for (const ehc::VerifyKey& key : promise_keys_) {
    if (key.key_id() == receipt.promise.key_id) return VerifyReceipt(receipt, log_id(), key);
  }
  return absl::FailedPreconditionError("receipt: signed by none of the promise keys known here");
}

absl::StatusOr<ehc::Checkpoint> LogChecker::Open(absl::string_view note) const {
  return ehc::OpenCheckpoint(note, log_);
}

absl::StatusOr<ehc::Receipt> ReceiptFromWire(const v1::Receipt& wire) {
  ehc::Receipt receipt;
  const v1::Promise& promise = wire.promise();
  EHC_ASSIGN_OR_RETURN(receipt.leaf_hash, ehc::DigestFromBytes(wire.leaf_hash()));
  receipt.leaf_index = promise.leaf_index();
  for (const std::string& hash : promise.path()) {
    EHC_ASSIGN_OR_RETURN(receipt.path.emplace_back(), ehc::DigestFromBytes(hash));
  }
  EHC_ASSIGN_OR_RETURN(receipt.promise.batch_root, ehc::DigestFromBytes(promise.batch_root()));
  receipt.promise.log_id = wire.log_id();
  receipt.promise.batch_size = promise.batch_size();
  receipt.promise.issued_at_ms =
      promise.issued_at().seconds() * 1000 + promise.issued_at().nanos() / 1000000;
  receipt.promise.key_id = promise.key_id();
  receipt.promise.signature = promise.signature();
  return receipt;
}

}  // namespace internal
}  // namespace ehchub
