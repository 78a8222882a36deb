// Whether the witnesses that a profile asks for have signed the log lately.
#ifndef EHC_CLIENT_SDK_SRC_WITNESS_CHECK_H_
#define EHC_CLIENT_SDK_SRC_WITNESS_CHECK_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client-sdk/src/log_follower.h"
#include "ehchub/audit_connection.h"
#include "server/base/signed_note.h"

namespace ehchub::internal {

// Immutable and thread safe.
class WitnessCheck {
 public:
  // INVALID_ARGUMENT for keys that are none, or fewer than the quorum.
  static absl::StatusOr<WitnessCheck> Create(const LogKeys& keys);

  // `witnessed` is the note that the hub calls witnessed; empty: none. LOG_UNWITNESSED unless
  // enough of the witnesses signed it, lately enough; a fork unless it and `seen` are of one
  // history.
  absl::Status Check(AuditConnection& audit, const LogFollower& log, const std::string& witnessed,
                     const Seen& seen, absl::Time now) const;

 private:
  WitnessCheck(std::vector<ehc::NoteVerifier> witnesses, int quorum, absl::Duration within)
      : witnesses_(std::move(witnesses)), quorum_(quorum), within_(within) {}

  absl::Status CheckSignatures(const std::string& note, absl::Time now) const;

  std::vector<ehc::NoteVerifier> witnesses_;
  int quorum_;
  absl::Duration within_;
};

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_WITNESS_CHECK_H_
