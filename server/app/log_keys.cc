#include "server/app/log_keys.h"

#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/app/data_folder.h"
#include "server/app/log_head.h"
#include "server/app/system_entry.h"
#include "server/base/encoding.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr size_t kMaxChanges = 1024 * 1024;
constexpr size_t kMostChanges = 64;  // as GetCheckpointResponse holds

absl::StatusOr<NoteSigner> LoadSigner(const std::string& path, const std::string& log_id) {
  EHC_ASSIGN_OR_RETURN(SecretBytes seed, LoadSecretFile(path, kLogSeedSize));
  EHC_ASSIGN_OR_RETURN(Ed25519SigningKey key, Ed25519SigningKey::FromSeed(std::move(seed)));
  return NoteSigner::Create(NoteKeyType::kEd25519, log_id, std::move(key));
}

absl::StatusOr<std::string> ReadChanges(const std::string& folder) {
  absl::StatusOr<std::string> text = ReadFile(InFolder(folder, "log.changes"), kMaxChanges);
  if (absl::IsNotFound(text.status())) return std::string();
  return text;
}

absl::Status TakeChange(absl::string_view line, CheckpointKeys* keys) {
  if (absl::ConsumePrefix(&line, "key ")) {
    EHC_ASSIGN_OR_RETURN(NoteVerifier key, NoteVerifier::Parse(line));
    keys->retired.push_back(std::move(key));
    return absl::OkStatus();
  }
  if (!absl::ConsumePrefix(&line, "change ")) {
    return absl::DataLossError("log.changes: a line is neither a key nor a change");
  }
  EHC_ASSIGN_OR_RETURN(std::string note, Base64Decode(line));
  keys->changes.push_back(std::move(note));
  return absl::OkStatus();
}

absl::Status Rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return ErrnoStatus(errno, "renaming", from);
  return SyncParentDirectory(to);
}

// The note of the change, signed by the newest checkpoint key, and by `added` where it is one.
absl::StatusOr<std::string> SignChange(const CheckpointKeys& keys, const KeyChange& change,
                                       const NoteSigner* added) {
  SignedNote note;
  note.text = change.Encode();
  EHC_ASSIGN_OR_RETURN(note.signatures.emplace_back(),
                       keys.signers.back().Sign(note.text, change.at));
  if (added != nullptr) {
    EHC_ASSIGN_OR_RETURN(note.signatures.emplace_back(), added->Sign(note.text, change.at));
  }
  return note.Encode();
}

// The entry first: a change that agencies are told of is in the log.
absl::Status Announce(const std::string& folder, DataFolder& data, LogKeyKind kind,
                      const std::string& note, absl::Time now) {
  EHC_ASSIGN_OR_RETURN(std::string lines, ReadChanges(folder));
  if (data.checkpoint_keys.changes.size() >= kMostChanges) {
    return absl::FailedPreconditionError(
        "the log's keys have changed too often: begin a new log (docs/operations/log.md)");
  }
  EHC_RETURN_IF_ERROR(CommitLogAct(data, "log.key_changed", Sha256(note), "", now));
  const NoteVerifier& before = data.checkpoint_keys.signers.back().verifier();
  if (kind == LogKeyKind::kCheckpoint) absl::StrAppend(&lines, "key ", before.Encode(), "\n");
  absl::StrAppend(&lines, "change ", Base64Encode(note), "\n");
  return AtomicWriteFile(InFolder(folder, "log.changes"), lines, 0644);
}

absl::Status RotateCheckpointKey(const std::string& folder, DataFolder& data, absl::Time now) {
  const std::string next = InFolder(folder, "log.key.next");
  if (data.checkpoint_keys.signers.size() > 1) {
    return absl::FailedPreconditionError(
        "the key before this one still signs: retire it first (ehc-hub retire-key)");
  }
  if (!FileExists(next)) EHC_RETURN_IF_ERROR(CreateSecretFile(next, kLogSeedSize));
  EHC_ASSIGN_OR_RETURN(const NoteSigner added, LoadSigner(next, data.store->log_id()));
  const KeyChange change{data.store->log_id(), now, LogKeyKind::kCheckpoint,
                         added.verifier().Encode()};
  EHC_ASSIGN_OR_RETURN(const std::string note, SignChange(data.checkpoint_keys, change, &added));
  EHC_RETURN_IF_ERROR(Announce(folder, data, change.kind, note, now));
  EHC_RETURN_IF_ERROR(Rename(InFolder(folder, "log.key"), InFolder(folder, "log.key.old")));
  return Rename(next, InFolder(folder, "log.key"));
}

absl::Status RotatePromiseKey(const std::string& folder, DataFolder& data, absl::Time now) {
  const SigningKey key = SigningKey::Generate();
  const KeyChange change{data.store->log_id(), now, LogKeyKind::kPromise, key.PublicPem()};
  EHC_ASSIGN_OR_RETURN(const std::string note, SignChange(data.checkpoint_keys, change, nullptr));
  EHC_RETURN_IF_ERROR(Announce(folder, data, change.kind, note, now));
  const SecretBytes pem = key.PrivatePem(SecretAccess::ForCryptoOnly());
  return AtomicWriteFile(InFolder(folder, "promise.key"), pem.view(SecretAccess::ForCryptoOnly()),
                         0600);
}

// As a hub opens it to serve: nothing is added to a log that went back, and what was erased since
// the copy was made is erased again.
absl::StatusOr<DataFolder> OpenToChange(const std::string& folder, Clock& clock,
                                        const std::string& erasure_journal) {
  constexpr int kNoQuorum = 1;  // no checkpoint from outside is shown
  EHC_ASSIGN_OR_RETURN(DataFolder data, OpenContinuedLog(folder, OperatorsWord(), kNoQuorum, clock,
                                                         erasure_journal));
  EHC_RETURN_IF_ERROR(ReplayErasures(*data.store, clock));
  return data;
}

// A change that was cut short between its two renames.
absl::Status FinishRenaming(const std::string& folder) {
  const std::string next = InFolder(folder, "log.key.next");
  const std::string key = InFolder(folder, "log.key");
  if (FileExists(key) || !FileExists(next)) return absl::OkStatus();
  return Rename(next, key);
}

}  // namespace

absl::StatusOr<CheckpointKeys> LoadCheckpointKeys(const std::string& folder,
                                                  const std::string& log_id) {
  CheckpointKeys keys;
  const std::string old = InFolder(folder, "log.key.old");
  if (FileExists(old)) {
    EHC_ASSIGN_OR_RETURN(NoteSigner signer, LoadSigner(old, log_id));
    keys.signers.push_back(std::move(signer));
  }
  absl::StatusOr<NoteSigner> newest = LoadSigner(InFolder(folder, "log.key"), log_id);
  if (absl::IsNotFound(newest.status())) {
    return absl::NotFoundError(absl::StrCat(
        InFolder(folder, "log.key"),
        " is missing: restore it; or, if it is lost for good, begin a new log over the same store "
        "with --accept-restored-log; or, if a change of keys was cut short, repeat rotate-key"));
  }
  EHC_RETURN_IF_ERROR(newest.status());
  keys.signers.push_back(*std::move(newest));
  EHC_ASSIGN_OR_RETURN(const std::string lines, ReadChanges(folder));
  for (absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
    EHC_RETURN_IF_ERROR(TakeChange(line, &keys));
  }
  return keys;
}

absl::Status RotateLogKey(const std::string& folder, LogKeyKind kind, Clock& clock,
                          const std::string& erasure_journal) {
  EHC_RETURN_IF_ERROR(FinishRenaming(folder));
  {
    EHC_ASSIGN_OR_RETURN(DataFolder data, OpenToChange(folder, clock, erasure_journal));
    EHC_RETURN_IF_ERROR(kind == LogKeyKind::kCheckpoint
                            ? RotateCheckpointKey(folder, data, clock.Now())
                            : RotatePromiseKey(folder, data, clock.Now()));
  }
  EHC_ASSIGN_OR_RETURN(const DataFolder renewed, OpenDataFolder(folder, clock, erasure_journal));
  return WritePublicFiles(folder, renewed);
}

absl::Status RetireLogKey(const std::string& folder, Clock& clock,
                          const std::string& erasure_journal) {
  const std::string old = InFolder(folder, "log.key.old");
  if (!FileExists(old)) {
    return absl::FailedPreconditionError("one key signs for the log: there is none to retire");
  }
  EHC_ASSIGN_OR_RETURN(DataFolder data, OpenToChange(folder, clock, erasure_journal));
  const Digest key = Sha256(data.checkpoint_keys.signers.front().verifier().Encode());
  EHC_RETURN_IF_ERROR(CommitLogAct(data, "log.key_retired", key, "", clock.Now()));
  if (::unlink(old.c_str()) != 0) return ErrnoStatus(errno, "removing", old);
  return SyncParentDirectory(old);
}

}  // namespace ehc
