#include "client-sdk/src/log_follower.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client-sdk/src/local_error.h"
#include "server/base/encoding.h"
#include "server/base/fs.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"

namespace ehchub::internal {
namespace {

constexpr size_t kMaxNoteFile = 256 * 1024;

// Errors that say nothing of the log: it could not be asked.
bool CouldNotAsk(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kDataLoss: return false;
    default: return true;
  }
}

absl::StatusOr<std::vector<ehc::Digest>> FetchConsistency(AuditConnection& audit, uint64_t from,
                                                          uint64_t to) {
  v1::GetConsistencyProofRequest request;
  request.set_first_tree_size(from);
  request.set_second_tree_size(to);
  EHC_ASSIGN_OR_RETURN(const v1::GetConsistencyProofResponse response,
                       audit.GetConsistencyProof(request));
  return ToDigests(response.path());
}

}  // namespace

absl::StatusOr<std::vector<ehc::Digest>> ToDigests(
    const google::protobuf::RepeatedPtrField<std::string>& hashes) {
  std::vector<ehc::Digest> digests;
  for (const std::string& hash : hashes) {
    EHC_ASSIGN_OR_RETURN(digests.emplace_back(), ehc::DigestFromBytes(hash));
  }
  return digests;
}

LogFollower::LogFollower(LogChecker keys, std::string prefix)
    : prefix_(std::move(prefix)), keys_(std::make_shared<const LogChecker>(std::move(keys))) {}

absl::StatusOr<std::unique_ptr<LogFollower>> LogFollower::Create(const LogKeys& keys,
                                                                 std::string prefix) {
  EHC_ASSIGN_OR_RETURN(LogChecker checker, LogChecker::Create(keys));
  std::unique_ptr<LogFollower> follower(new LogFollower(std::move(checker), std::move(prefix)));
  EHC_RETURN_IF_ERROR(follower->LoadChanges());
  return follower;
}

std::shared_ptr<const LogChecker> LogFollower::keys() const {
  absl::MutexLock lock(&mutex_);
  return keys_;
}

std::string LogFollower::BesideIt(absl::string_view ending) const {
  return absl::StrCat(prefix_, ".", ending);
}

absl::Status LogFollower::LoadChanges() {
  if (!on_disk()) return absl::OkStatus();
  const auto text = ehc::ReadFile(BesideIt("keys"), kMaxNoteFile);
  if (absl::IsNotFound(text.status())) return absl::OkStatus();
  EHC_RETURN_IF_ERROR(text.status());
  for (absl::string_view line : absl::StrSplit(*text, '\n', absl::SkipEmpty())) {
    const auto change = ehc::Base64Decode(line);
    if (!change.ok()) {
      return absl::DataLossError(absl::StrCat(BesideIt("keys"), ": a line is not base64"));
    }
    EHC_RETURN_IF_ERROR(Follow(*change).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> LogFollower::Follow(const std::string& change) {
  absl::MutexLock lock(&mutex_);
  if (std::find(changes_.begin(), changes_.end(), change) != changes_.end()) return false;
  auto following = keys_->Following(change);
  if (absl::IsPermissionDenied(following.status())) return false;
  EHC_RETURN_IF_ERROR(following.status());
  keys_ = std::make_shared<const LogChecker>(*std::move(following));
  changes_.push_back(change);
  return true;
}

absl::Status LogFollower::SaveChanges() const {
  if (!on_disk()) return absl::OkStatus();
  std::string lines;
  {
    absl::MutexLock lock(&mutex_);
    for (const std::string& one : changes_) {
      absl::StrAppend(&lines, ehc::Base64Encode(one), "\n");
    }
  }
  return ehc::AtomicWriteFile(BesideIt("keys"), lines);
}

absl::StatusOr<std::optional<Seen>> LogFollower::LoadSaved() const {
  std::string note;
  if (on_disk()) {
    auto text = ehc::ReadFile(BesideIt("checkpoint"), kMaxNoteFile);
    if (text.status().code() == absl::StatusCode::kNotFound) return std::nullopt;
    EHC_ASSIGN_OR_RETURN(note, std::move(text));
  } else {
    absl::MutexLock lock(&mutex_);
    note = saved_note_;
  }
  if (note.empty()) return std::nullopt;
  auto head = keys()->Open(note);
  if (!head.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        BesideIt("checkpoint"), " is not a checkpoint of this log (", head.status().message(),
        "): where the hub's operator announced a new log, move it and the receipts away"));
  }
  return Seen{std::move(note), *std::move(head)};
}

absl::Status LogFollower::Save(const std::string& note) {
  if (on_disk()) return ehc::AtomicWriteFile(BesideIt("checkpoint"), note);
  absl::MutexLock lock(&mutex_);
  saved_note_ = note;
  return absl::OkStatus();
}

absl::StatusOr<v1::GetCheckpointResponse> LogFollower::Ask(
    AuditConnection& audit, const std::function<absl::Status(const std::string&)>& followed) {
  EHC_ASSIGN_OR_RETURN(v1::GetCheckpointResponse response, audit.GetCheckpoint({}));
  bool any = false;
  for (const std::string& change : response.key_changes()) {
    const absl::StatusOr<bool> is_new = Follow(change);
    if (!is_new.ok()) {
      return absl::DataLossError(
          absl::StrCat("the hub tells of a change of its log's keys that does not hold: ",
                       is_new.status().message()));
    }
    if (!*is_new) continue;
    any = true;
    if (followed != nullptr) EHC_RETURN_IF_ERROR(followed(change));
  }
  if (any) EHC_RETURN_IF_ERROR(SaveChanges());
  return response;
}

absl::StatusOr<Seen> LogFollower::Open(const std::string& note) const {
  auto head = keys()->Open(note);
  if (head.ok()) return Seen{note, *std::move(head)};
  return absl::DataLossError(
      absl::StrCat("the hub's checkpoint is not signed by this log: ", head.status().message()));
}

absl::Status LogFollower::Forked(const Seen& saved, const Seen& seen, absl::string_view how) const {
  LogForkError fork{saved.note, seen.note, ""};
  if (on_disk()) {
    fork.evidence_path = BesideIt("fork");
    const std::string evidence = absl::StrCat(saved.note, "\n", seen.note);
    if (!ehc::AtomicWriteFile(fork.evidence_path, evidence).ok()) fork.evidence_path.clear();
  }
  return LogForked(fork, how);
}

absl::StatusOr<std::vector<ehc::Digest>> LogFollower::CheckExtends(AuditConnection& audit,
                                                                   const Seen& older,
                                                                   const Seen& newer) const {
  if (older.head.size == newer.head.size) {
    if (older.head.root == newer.head.root) return std::vector<ehc::Digest>();
    return Forked(older, newer, "two roots for one size");
  }
  if (older.head.size == 0) return std::vector<ehc::Digest>();
  auto path = FetchConsistency(audit, older.head.size, newer.head.size);
  if (!path.ok()) {
    if (CouldNotAsk(path.status())) return path.status();
    return Forked(older, newer, "it cannot show that one checkpoint extends the other");
  }
  const absl::Status proven = ehc::VerifyConsistency(older.head.size, newer.head.size,
                                                     older.head.root, newer.head.root, *path);
  if (!proven.ok()) return Forked(older, newer, "one checkpoint does not extend the other");
  return path;
}

}  // namespace ehchub::internal
