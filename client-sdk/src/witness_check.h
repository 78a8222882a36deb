// Whether the witnesses that a profile asks for have signed the log lately.
#ifndef EHC_CLIENT_SDK_SRC_WITNESS_CHECK_H_
#define EHC_CLIENT_SDK_SRC_WITNESS_CHECK_H_

#include <cstdint>
#include <optional>
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

  bool asks() const { return quorum_ > 0; }
  absl::Duration within() const { return within_; }

  // `witnessed` is the note that the hub calls witnessed; empty: none. The size that it covers.
  // LOG_UNWITNESSED unless enough of the witnesses signed it, lately enough and not in the future;
  // a fork unless it and `seen` are of one history.
  absl::StatusOr<uint64_t> Check(AuditConnection& audit, const LogFollower& log,
                                 const std::string& witnessed, const Seen& seen,
                                 absl::Time now) const;

 private:
  WitnessCheck(std::vector<ehc::NoteVerifier> witnesses, int quorum, absl::Duration within)
      : witnesses_(std::move(witnesses)), quorum_(quorum), within_(within) {}

  absl::Status CheckSignatures(const std::string& note, absl::Time now) const;

  std::vector<ehc::NoteVerifier> witnesses_;
  int quorum_;
  absl::Duration within_;
};

// What was found in the log and no witnessed head covers yet. A hub that shows its witnesses the
// same old head for ever has their signatures, always young, and may show everybody else another
// log beyond it: so every receipt must come to be covered. Kept in a file, so that programs that
// live shortly see it too. Not thread safe.
class UncoveredProofs {
 public:
  // An empty path: for its own life.
  explicit UncoveredProofs(std::string path);

  absl::Status Proven(uint64_t index, absl::Time now);
  absl::Status Covered(uint64_t size);
  // LOG_UNWITNESSED where one has waited for longer.
  absl::Status Check(absl::Duration within, absl::Time now) const;

 private:
  struct Proof {
    uint64_t index = 0;
    absl::Time at;
  };
  absl::Status Save() const;

  const std::string path_;
  std::optional<Proof> oldest_;
  Proof newest_;
};

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_WITNESS_CHECK_H_
