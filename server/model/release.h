// What a disclosure let out and what it kept back, as the entry and the envelope both tell it; and
// what a refusal says on the wire.
#ifndef EHC_SERVER_MODEL_RELEASE_H_
#define EHC_SERVER_MODEL_RELEASE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/base/crypto.h"
#include "server/model/decision.h"
#include "server/model/names.h"
#include "server/model/record.h"

namespace ehc {

struct BatchPromise;  // model/receipt.h

struct WithheldPart {
  std::string code;
  Reason reason = Reason::kNone;
};

// What left of the records that one unit keeps.
struct ReleasedUnit {
  UnitId unit;
  std::vector<std::string> parts;
};

struct Release {
  std::string resource;  // the hub's internal name of the record or thing: "record/17"
  int64_t version = 0;
  AgencyId custodian;
  UnitId unit;
  bool through_relay = false;  // the custodian's name is hidden from the recipient
  std::vector<std::string> released;
  std::vector<ReleasedUnit> by_unit;  // of a set of records, unit by unit; empty: all are `unit`'s
  std::vector<WithheldPart> withheld;
  Digest content_digest{};  // SHA-256 of the parts as they left or entered, in order
};

inline std::vector<ReleasedUnit> UnitsOf(const Release& release) {
  if (!release.by_unit.empty()) return release.by_unit;
  return {{release.unit, release.released}};
}

// Proof that the entry is durable: what a receipt is made of.
struct EntryProof {
  Digest leaf_hash{};
  int64_t index = 0;
  absl::Time recorded_at;
  int batch_position = 0;
  std::shared_ptr<const BatchPromise> promise;
};

// An error as api.md's table lists it. Holds no personal data, ever.
struct Refusal {
  absl::StatusCode code = absl::StatusCode::kUnavailable;
  std::string reason;       // an ErrorReason without its prefix: "NOT_AVAILABLE"
  std::string message;      // a fixed sentence
  std::string explanation;  // only for callers entitled to it; empty otherwise
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_RELEASE_H_
