// What one audit entry says, and how the log commits to it without saying it.
//
// An entry is a header and one commitment per AuditField, in the order of the enumeration:
//
//   commitment = SHA-256(salt (32) || field (1) || length (2) || value, zero-padded to 84)
//
// where a value longer than 84 bytes stands as its SHA-256: 119 bytes are two blocks of SHA-256,
// and every disclosure makes a commitment per field (docs/adr/0036). An absent field commits to the
// empty value. So all entries are of one size, no two commitments are alike, and none says whether
// its field is present. The log's leaf is the RFC 6962 leaf hash of the entry's bytes. With the
// salts gone an entry says nothing for ever; with some of them, whoever holds an EntryView can
// check what it shows and learns nothing of what it hides. docs/formats/audit.md has the bytes.
//
// Pure and thread compatible; shared by the hub and the SDK.
#ifndef EHC_SERVER_MODEL_AUDIT_ENTRY_H_
#define EHC_SERVER_MODEL_AUDIT_ENTRY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/crypto.h"
#include "server/model/audit_fields.h"

namespace ehc {

// Longer values are refused: bound them where they enter the hub.
inline constexpr size_t kMaxAuditValueSize = 4096;

// The values of one entry; an empty string is an absent field.
struct AuditRecord {
  std::array<std::string, kAuditFieldCount> values;

  std::string& operator[](AuditField field) { return values[static_cast<size_t>(field)]; }
  const std::string& operator[](AuditField field) const {
    return values[static_cast<size_t>(field)];
  }
};

// INVALID_ARGUMENT, naming the field, if a value is too long.
absl::Status CheckAuditRecord(const AuditRecord& record);

// 256 random bits: who does not hold them cannot try values.
using Salt = std::array<uint8_t, 32>;

// REQUIRES: a value of at most kMaxAuditValueSize bytes.
Digest CommitmentTo(AuditField field, const Salt& salt, absl::string_view value);

// Gathers an entry's commitments, in the order of the fields, into its leaf hash.
class EntryLeafHasher {
 public:
  EntryLeafHasher();

  void Add(const Digest& commitment);
  Digest Finish();  // REQUIRES: one Add() per field.

 private:
  Sha256Hasher hasher_;
  size_t added_ = 0;
};

struct ShownField {
  Salt salt{};
  std::string value;
};

struct HiddenField {
  Digest commitment{};
};

// An entry as one audience may see it.
struct EntryView {
  std::array<std::variant<HiddenField, ShownField>, kAuditFieldCount> fields;

  // Null for a field that is hidden; the empty string for one that is shown to be absent.
  const std::string* Find(AuditField field) const;

  // INVALID_ARGUMENT unless every value is short enough to have been committed to.
  absl::StatusOr<std::string> Encode() const;
};

// INVALID_ARGUMENT unless `bytes` is exactly what Encode() would make of the result.
absl::StatusOr<EntryView> ParseEntryView(absl::string_view bytes);

// The leaf that the view's values and commitments belong to: to be looked for in a receipt or an
// inclusion proof. INVALID_ARGUMENT as Encode().
absl::StatusOr<Digest> VerifyOpened(const EntryView& view);

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_AUDIT_ENTRY_H_
