// The versions that a decision rested on. Handed back at commit: if any of them has moved since the
// view was opened, the commit fails STALE and the hub decides again (docs/life-of-a-request.md).
#ifndef EHC_SERVER_MODEL_READ_SET_H_
#define EHC_SERVER_MODEL_READ_SET_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "server/model/matter.h"
#include "server/model/names.h"

namespace ehc {

enum class VersionKind : uint8_t {
  kSubject,     // a child's facts and records
  kIdentifier,  // what an identifier resolves to
  kCredential,
  kAgency,
  kPolicy,       // the active revision and every suspension: one counter
  kRequest,      // an idempotency row
  kPolicyPaper,  // one of the papers beside the policy
  kMatter,
};

struct VersionKey {
  VersionKind kind = VersionKind::kSubject;
  uint64_t id = 0;  // a number, or a 64-bit hash of a name: a collision costs one needless retry

  friend bool operator==(const VersionKey& a, const VersionKey& b) {
    return a.kind == b.kind && a.id == b.id;
  }
  template <typename H>
  friend H AbslHashValue(H h, const VersionKey& key) {
    return H::combine(std::move(h), key.kind, key.id);
  }
};

VersionKey SubjectKey(SubjectId subject);
VersionKey IdentifierKey(absl::string_view digest);
VersionKey CredentialKey(absl::string_view fingerprint);
VersionKey AgencyKey(const AgencyId& agency);
VersionKey PolicyKey();
VersionKey PolicyPaperKey(absl::string_view name);
VersionKey MatterKey(MatterId matter);
VersionKey RequestKey(const AgencyId& agency, absl::string_view method,
                      absl::string_view request_id);

// Positions are the store's commit positions that the reads saw. The registry and the policy are
// read through snapshots in memory, which may be older than the call's own read view: a revocation
// that was committed but is not yet in the snapshot must still stop the call.
struct ReadSet {
  uint64_t position = 0;           // of the read view
  uint64_t registry_position = 0;  // of the registry snapshot: agencies and credentials
  uint64_t policy_position = 0;    // of the policy snapshot
  absl::InlinedVector<VersionKey, 6> keys;

  uint64_t SeenAt(VersionKind kind) const {
    switch (kind) {
      case VersionKind::kCredential:
      case VersionKind::kAgency: return registry_position;
      case VersionKind::kPolicy: return policy_position;
      default: return position;
    }
  }
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_READ_SET_H_
