// A witness of a hub's log: signs the log's head, and only one that extends the last that it
// signed. A hub that shows two histories then needs a witness that lies as well.
//
// A witness's key is Ed25519, in a file of its own and of nobody else's use; its public half is
// enrolled at the hub, and named in the profiles of those who ask for this witness.
#ifndef EHCHUB_WITNESS_H_
#define EHCHUB_WITNESS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ehchub/audit_connection.h"
#include "ehchub/options.h"
#include "ehchub/receipts.h"

namespace ehchub {

// Writes a new key to `path` (mode 0600; ALREADY_EXISTS if there is a file) and returns its
// verifier key (c2sp.org/tlog-cosignature). `name` is the witness's, such as
// "bromley.example/witness"; INVALID_ARGUMENT for one with a space or a plus.
absl::StatusOr<std::string> CreateWitnessKey(const std::string& path, absl::string_view name);

// The verifier key of a key that CreateWitnessKey() wrote.
absl::StatusOr<std::string> WitnessVerifierKey(const std::string& path);

// What one round of a witness came to.
struct Cosigned {
  uint64_t tree_size = 0;
  bool is_new = false;  // false: it had signed this head already, and lately
  int witnesses = 0;    // how many agencies have signed this head; 0 where nothing was new
  bool quorum_met = false;
};

// Thread safe; several processes may share one state.
class Witness {
 public:
  // `state` is where it remembers what it signed: <state>.checkpoint and files beside it. Lose it
  // and the witness can be shown another history. INVALID_ARGUMENT for keys that cannot be used,
  // FAILED_PRECONDITION for a key file that others can read.
  static absl::StatusOr<std::unique_ptr<Witness>> Create(const LogKeys& keys,
                                                         const std::string& key_path,
                                                         const std::string& state,
                                                         const Options& options = {});
  ~Witness();

  // Fetches the head that the hub offers, verifies that it extends the last one signed, writes it
  // down, signs it and hands the signature in. AsLogFork() where it does not extend it: both heads
  // are then in <state>.fork, and nothing is signed. A head that was signed before is signed again
  // once `refresh` has passed, to say that the witness is still there.
  absl::StatusOr<Cosigned> Cosign(AuditConnection& audit,
                                  absl::Duration refresh = absl::Minutes(20));

  struct Impl;

 private:
  explicit Witness(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ehchub

#endif  // EHCHUB_WITNESS_H_
