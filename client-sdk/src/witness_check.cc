#include "client-sdk/src/witness_check.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "client-sdk/src/local_error.h"
#include "server/base/status_macros.h"

namespace ehchub::internal {

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
    lately += at.ok() && now - *at <= within_;
  }
  if (lately >= quorum_) return absl::OkStatus();
  return LogUnwitnessed(absl::StrCat("of the witnesses named in the profile, ", lately,
                                     " have signed the log within ", absl::FormatDuration(within_),
                                     " (", ever, " at all), and ", quorum_, " are asked for"));
}

absl::Status WitnessCheck::Check(AuditConnection& audit, const LogFollower& log,
                                 const std::string& witnessed, const Seen& seen,
                                 absl::Time now) const {
  if (quorum_ == 0) return absl::OkStatus();
  EHC_RETURN_IF_ERROR(CheckSignatures(witnessed, now));
  EHC_ASSIGN_OR_RETURN(const Seen cosigned, log.Open(witnessed));
  const bool is_older = cosigned.head.size <= seen.head.size;
  return log.CheckExtends(audit, is_older ? cosigned : seen, is_older ? seen : cosigned).status();
}

}  // namespace ehchub::internal
