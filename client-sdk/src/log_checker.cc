#include "client-sdk/src/log_checker.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/encoding.h"
#include "server/base/fs.h"
#include "server/base/key_change.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"
#include "server/model/audit_entry.h"

namespace ehchub {

absl::StatusOr<LogKeys> LoadLogKeys(const Profile& profile) {
  constexpr size_t kMaxPemSize = 16 * 1024;
  LogKeys keys;
  keys.log_key = profile.log_key;
  keys.witness_keys = profile.witness_keys;
  keys.witness_quorum = profile.witness_quorum;
  keys.witnessed_within = profile.witnessed_within;
  for (const std::string& path : profile.promise_key_paths) {
    EHC_ASSIGN_OR_RETURN(keys.promise_keys_pem.emplace_back(), ehc::ReadFile(path, kMaxPemSize));
  }
  return keys;
}

namespace {

// What people read beside the view says what the view says, and nothing else.
absl::Status CheckRepeats(const v1::AuditEntry& entry, const ehc::EntryView& view) {
  int next = 0;
  for (const ehc::AuditFieldRule& rule : ehc::kAuditFieldRules) {
    const std::string* value = view.Find(rule.field);
    if (value == nullptr || value->empty()) continue;
    const bool is_digest = rule.field == ehc::AuditField::kContentDigest;
    if (next >= entry.fields_size() || entry.fields(next).name() != rule.name ||
        entry.fields(next).value() != (is_digest ? ehc::HexEncode(*value) : *value)) {
      return absl::DataLossError(absl::StrCat(rule.name, " is not what the entry committed to"));
    }
    ++next;
  }
  if (next < entry.fields_size()) {
    return absl::DataLossError("a field is shown that the entry did not open");
  }
  const std::string* at = view.Find(ehc::AuditField::kRecordedAt);
  const int64_t shown = entry.recorded_at().seconds();
  int64_t millis = 0;
  const bool same = at == nullptr || (absl::SimpleAtoi(*at, &millis) && shown == millis / 1000 &&
                                      entry.recorded_at().nanos() / 1000000 == millis % 1000);
  if (same) return absl::OkStatus();
  return absl::DataLossError("recorded_at is not what the entry committed to");
}

}  // namespace

absl::Status VerifyAuditEntry(const v1::AuditEntry& entry) {
  EHC_ASSIGN_OR_RETURN(const ehc::EntryView view, ehc::ParseEntryView(entry.view()));
  EHC_ASSIGN_OR_RETURN(const ehc::Digest leaf, ehc::VerifyOpened(view));
  if (ehc::DigestView(leaf) != absl::string_view(entry.leaf_hash())) {
    return absl::DataLossError("the entry does not hash to its leaf");
  }
  const bool is_bare = !entry.has_recorded_at() && entry.fields().empty();
  return is_bare ? absl::OkStatus() : CheckRepeats(entry, view);
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
  if (log->type() != ehc::NoteKeyType::kEd25519) {
    return absl::InvalidArgumentError("log_key: is a witness's key, not one of checkpoints");
  }
  std::vector<ehc::VerifyKey> promise_keys;
  for (const std::string& pem : keys.promise_keys_pem) {
    const auto key = ehc::VerifyKey::FromPem(pem);
    if (!key.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("promise_key: ", key.status().message()));
    }
    promise_keys.push_back(*key);
  }
  return LogChecker({*log}, std::move(promise_keys));
}

absl::Status LogChecker::CheckPromise(const ehc::Receipt& receipt) const {
  for (const ehc::VerifyKey& key : promise_keys_) {
    if (key.key_id() == receipt.promise.key_id) return VerifyReceipt(receipt, log_id(), key);
  }
  return absl::FailedPreconditionError("receipt: signed by none of the promise keys known here");
}

bool LogChecker::KnowsPromiseKey(absl::string_view key_id) const {
  return std::any_of(promise_keys_.begin(), promise_keys_.end(),
                     [key_id](const ehc::VerifyKey& key) { return key.key_id() == key_id; });
}

// While a key is being changed two sign; any that is known will do, and none that is may be wrong.
absl::StatusOr<ehc::Checkpoint> LogChecker::Open(absl::string_view note) const {
  absl::StatusOr<ehc::Checkpoint> opened = absl::NotFoundError("signed by no key known here");
  for (const ehc::NoteVerifier& key : log_keys_) {
    auto one = ehc::OpenCheckpoint(note, key);
    if (absl::IsNotFound(one.status())) continue;
    EHC_RETURN_IF_ERROR(one.status());
    opened = *std::move(one);
  }
  return opened;
}

absl::StatusOr<LogChecker> LogChecker::Following(absl::string_view key_change) const {
  EHC_ASSIGN_OR_RETURN(const ehc::KeyChange change,
                       ehc::OpenKeyChange(key_change, log_id(), log_keys_));
  LogChecker following = *this;
  if (change.kind == ehc::LogKeyKind::kCheckpoint) {
    EHC_ASSIGN_OR_RETURN(ehc::NoteVerifier key, ehc::NoteVerifier::Parse(change.key));
    following.log_keys_.push_back(std::move(key));
  } else {
    EHC_ASSIGN_OR_RETURN(ehc::VerifyKey key, ehc::VerifyKey::FromPem(change.key));
    following.promise_keys_.push_back(std::move(key));
  }
  return following;
}

// Of the year 9999, as google.protobuf.Timestamp has it.
constexpr int64_t kLastSecond = 253'402'300'799;

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
  const google::protobuf::Timestamp& at = promise.issued_at();
  if (at.seconds() < 0 || at.seconds() > kLastSecond || at.nanos() < 0 ||
      at.nanos() >= 1'000'000'000) {
    return absl::InvalidArgumentError("receipt: issued at no time that there is");
  }
  receipt.promise.issued_at_ms = at.seconds() * 1000 + at.nanos() / 1000000;
  receipt.promise.key_id = promise.key_id();
  receipt.promise.signature = promise.signature();
  return receipt;
}

}  // namespace internal
}  // namespace ehchub
