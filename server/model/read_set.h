// The versions that a decision rested on. Handed back at commit: if any of them has moved since the
// view was opened, the commit fails STALE and the hub decides again (docs/life-of-a-request.md).
#ifndef EHC_SERVER_MODEL_READ_SET_H_
#define EHC_SERVER_MODEL_READ_SET_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "server/model/names.h"

namespace ehc {

enum class VersionKind : uint8_t {
  kSubject,     // a child's facts and records
  kIdentifier,  // what an identifier resolves to
  kCredential,
  kAgency,
  kPolicy,   // the active revision and every suspension: one counter
  kRequest,  // an idempotency row
  kReview,
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
VersionKey RequestKey(const AgencyId& agency, absl::string_view method, absl::string_view request_id);

struct ReadSet {
  uint64_t position = 0;  // the store's commit position that the reads saw
  absl::InlinedVector<VersionKey, 6> keys;
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_READ_SET_H_
