#include "client-sdk/src/witness_check.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client-sdk/src/local_error.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"

namespace ehchub::internal {
namespace {

// As the hub takes cosignatures: one dated further ahead would be young for ever.
constexpr absl::Duration kClocksDiffer = absl::Minutes(5);

}  // namespace

absl::StatusOr<WitnessCheck> WitnessCheck::Create(const LogKeys& keys) {
  std::vector<ehc::NoteVerifier> witnesses;
  std::set<std::string> seen;
  for (const std::string& text : keys.witness_keys) {
    auto key = ehc::NoteVerifier::Parse(text);
    if (!key.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("witness_key: ", key.status().message()));
    }
    if (key->type() != ehc::NoteKeyType::kCosignatureV1 || !seen.insert(text).second) {
      return absl::InvalidArgumentError("witness_key: is no key of cosignatures, or given twice");
    }
    witnesses.push_back(*std::move(key));
  }
  if (keys.witness_quorum > static_cast<int>(witnesses.size())) {
    return absl::InvalidArgumentError(
        "witness_quorum: more witnesses are asked for than witness_key names");
  }
  return WitnessCheck(std::move(witnesses), keys.witness_quorum, keys.witnessed_within);
}

absl::Status WitnessCheck::CheckSignatures(const std::string& note, absl::Time now) const {
  if (note.empty()) return LogUnwitnessed("no checkpoint of the log has cosignatures yet");
  EHC_ASSIGN_OR_RETURN(const ehc::SignedNote parsed, ehc::ParseSignedNote(note));
  int lately = 0;
  int ever = 0;
  for (const ehc::NoteVerifier& witness : witnesses_) {
    const absl::StatusOr<absl::Time> at = witness.CosignedAt(parsed);
    ever += at.ok();
    lately += at.ok() && now - *at <= within_ && *at - now <= kClocksDiffer;
  }
  if (lately >= quorum_) return absl::OkStatus();
  return LogUnwitnessed(absl::StrCat("of the witnesses named in the profile, ", lately,
                                     " have signed the log within ", absl::FormatDuration(within_),
                                     " (", ever, " at all), and ", quorum_, " are asked for"));
}

absl::StatusOr<uint64_t> WitnessCheck::Check(AuditConnection& audit, const LogFollower& log,
                                             const std::string& witnessed, const Seen& seen,
                                             absl::Time now) const {
  if (quorum_ == 0) return 0;
  EHC_RETURN_IF_ERROR(CheckSignatures(witnessed, now));
  EHC_ASSIGN_OR_RETURN(const Seen cosigned, log.Open(witnessed));
  const bool is_older = cosigned.head.size <= seen.head.size;
  EHC_RETURN_IF_ERROR(
      log.CheckExtends(audit, is_older ? cosigned : seen, is_older ? seen : cosigned).status());
  return cosigned.head.size;
}

UncoveredProofs::UncoveredProofs(std::string path) : path_(std::move(path)) {
  constexpr size_t kMostBytes = 256;
  if (path_.empty()) return;
  const auto text = ehc::ReadFile(path_, kMostBytes);
  if (!text.ok()) return;
  const std::vector<std::string> fields = absl::StrSplit(absl::StripAsciiWhitespace(*text), ' ');
  Proof proof;
  int64_t millis = 0;
  if (fields.size() != 2 || !absl::SimpleAtoi(fields[0], &proof.index) ||
      !absl::SimpleAtoi(fields[1], &millis)) {
    return;
  }
  proof.at = absl::FromUnixMillis(millis);
  oldest_ = newest_ = proof;
}

absl::Status UncoveredProofs::Save() const {
  if (path_.empty()) return absl::OkStatus();
  const std::string text =
      oldest_.has_value() ? absl::StrCat(oldest_->index, " ", absl::ToUnixMillis(oldest_->at), "\n")
                          : "none\n";
  return ehc::AtomicWriteFile(path_, text);
}

absl::Status UncoveredProofs::Proven(uint64_t index, absl::Time now) {
  if (!oldest_.has_value() || index >= newest_.index) newest_ = {index, now};
  if (oldest_.has_value()) return absl::OkStatus();
  oldest_ = newest_;
  return Save();
}

// What came between the oldest and the newest is not remembered one by one: of it the newest stands
// for all.
absl::Status UncoveredProofs::Covered(uint64_t size) {
  if (!oldest_.has_value() || oldest_->index >= size) return absl::OkStatus();
  oldest_ = newest_.index >= size ? std::optional<Proof>(newest_) : std::nullopt;
  return Save();
}

absl::Status UncoveredProofs::Check(absl::Duration within, absl::Time now) const {
  if (!oldest_.has_value() || now - oldest_->at <= within) return absl::OkStatus();
  return LogUnwitnessed(absl::StrCat(
      "the log showed entry ", oldest_->index, " more than ", absl::FormatDuration(within),
      " ago, and no head that the witnesses signed has come to cover it"));
}

}  // namespace ehchub::internal
