#ifndef EHC_SERVER_AUDIT_ENTRY_H_
#define EHC_SERVER_AUDIT_ENTRY_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/crypto.h"
#include "server/model/audit_entry.h"

namespace ehc {

// An entry's leaf, and all that is needed to show any of it later. Whoever destroys the opening (or
// the key it is sealed under) erases the entry; the leaf stays valid.
struct BuiltEntry {
  Digest leaf_hash{};
  std::string opening;  // personal data: to be sealed before it is stored
};

// A fresh entry with salts of its own. INVALID_ARGUMENT, naming the field, if a value is too long.
absl::StatusOr<BuiltEntry> BuildEntry(const AuditRecord& record);

// The values of an entry and the seed of its salts (salt = SHA-256(seed || field)): showing some of
// the salts tells nothing of the others.
//
// Encoded, it is padded with zeros to a power of two of at least 2048 bytes, so that its size
// hardly tells what it says. Immutable and thread compatible.
class Opening {
 public:
  Opening(const Digest& seed, AuditRecord record) : seed_(seed), record_(std::move(record)) {}

  // INVALID_ARGUMENT unless `bytes` is exactly what Encode() would make of the result.
  static absl::StatusOr<Opening> Parse(absl::string_view bytes);
  std::string Encode() const;  // REQUIRES: a record that CheckAuditRecord accepts, as LeafHash().

  const AuditRecord& record() const { return record_; }
  Digest LeafHash() const;

  // What the audience may see, less the fields in `also_hidden` (organisations under a restricted
  // address, for instance), which stay commitments.
  EntryView OpenFor(Audience audience, AuditFieldMask also_hidden = 0) const;

 private:
  Digest seed_;
  AuditRecord record_;
};

}  // namespace ehc

#endif  // EHC_SERVER_AUDIT_ENTRY_H_
