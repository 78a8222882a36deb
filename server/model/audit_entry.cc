#include "server/model/audit_entry.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/byte_codec.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr size_t kInlineValueSize = 84;
constexpr uint8_t kFormatVersion = 2;
constexpr absl::string_view kLeafPrefix("\0", 1);  // RFC 6962 section 2.1
constexpr absl::string_view kEntryMagic = "EHCE";
constexpr absl::string_view kViewMagic = "EHCV";
constexpr uint8_t kHidden = 0;
constexpr uint8_t kShown = 1;

std::string Header(absl::string_view magic) {
  std::string header(magic);
  AppendU8(kFormatVersion, &header);
  AppendU8(kAuditFieldCount, &header);
  return header;
}

// Reads a header and says whether it is ours.
bool TakeHeader(absl::string_view magic, ByteReader* reader) {
  return reader->Literal(magic) && reader->U8() == kFormatVersion &&
         reader->U8() == kAuditFieldCount;
}

absl::string_view SaltView(const Salt& salt) {
  return absl::string_view(reinterpret_cast<const char*>(salt.data()), salt.size());
}

absl::Status MalformedView(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("audit entry view: ", what));
}

absl::Status CheckValueSize(AuditField field, absl::string_view value) {
  if (value.size() <= kMaxAuditValueSize) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("audit entry: ", AuditFieldName(field),
                                                 " is longer than ", kMaxAuditValueSize, " bytes"));
}

absl::StatusOr<std::variant<HiddenField, ShownField>> TakeViewedField(ByteReader* reader) {
  const uint8_t form = reader->U8();
  if (form > kShown) return MalformedView("a field neither hidden nor shown");
  if (form == kHidden) {
    EHC_ASSIGN_OR_RETURN(const Digest digest, DigestFromBytes(reader->Raw(sizeof(Digest))));
    return HiddenField{digest};
  }
  ShownField shown;
  const absl::string_view salt = reader->Raw(shown.salt.size());
  const absl::string_view value = reader->Bytes();
  if (reader->failed()) return MalformedView("truncated");
  if (value.size() > kMaxAuditValueSize) return MalformedView("a value is too long");
  std::copy(salt.begin(), salt.end(), shown.salt.begin());
  shown.value = std::string(value);
  return shown;
}

}  // namespace

absl::Status CheckAuditRecord(const AuditRecord& record) {
  for (const AuditFieldRule& rule : kAuditFieldRules) {
    EHC_RETURN_IF_ERROR(CheckValueSize(rule.field, record[rule.field]));
  }
  return absl::OkStatus();
}

Digest CommitmentTo(AuditField field, const Salt& salt, absl::string_view value) {
  constexpr size_t kHeaderSize = sizeof(Salt) + 3;
  static_assert(kHeaderSize + kInlineValueSize == 119, "with its padding two blocks of SHA-256");
  char bytes[kHeaderSize + kInlineValueSize] = {};
  std::memcpy(bytes, salt.data(), salt.size());
  bytes[sizeof(Salt)] = static_cast<char>(field);
  bytes[sizeof(Salt) + 1] = static_cast<char>(value.size() >> 8);
  bytes[sizeof(Salt) + 2] = static_cast<char>(value.size());
  if (value.size() <= kInlineValueSize) {
    std::memcpy(bytes + kHeaderSize, value.data(), value.size());
  } else {
    const Digest digest = Sha256(value);
    std::memcpy(bytes + kHeaderSize, digest.data(), digest.size());
  }
  return Sha256(absl::string_view(bytes, sizeof bytes));
}

EntryLeafHasher::EntryLeafHasher() { hasher_.Update(kLeafPrefix).Update(Header(kEntryMagic)); }

void EntryLeafHasher::Add(const Digest& commitment) {
  hasher_.Update(DigestView(commitment));
  ++added_;
}

Digest EntryLeafHasher::Finish() {
  EHC_CHECK(added_ == kAuditFieldCount);
  return hasher_.Finish();
}

const std::string* EntryView::Find(AuditField field) const {
  const auto* shown = std::get_if<ShownField>(&fields[static_cast<size_t>(field)]);
  return shown == nullptr ? nullptr : &shown->value;
}

absl::StatusOr<std::string> EntryView::Encode() const {
  std::string bytes = Header(kViewMagic);
  for (const AuditFieldRule& rule : kAuditFieldRules) {
    const auto& field = fields[static_cast<size_t>(rule.field)];
    if (const auto* hidden = std::get_if<HiddenField>(&field)) {
      AppendU8(kHidden, &bytes);
      AppendRaw(DigestView(hidden->commitment), &bytes);
      continue;
    }
    const ShownField& shown = std::get<ShownField>(field);
    EHC_RETURN_IF_ERROR(CheckValueSize(rule.field, shown.value));
    AppendU8(kShown, &bytes);
    AppendRaw(SaltView(shown.salt), &bytes);
    AppendBytes(shown.value, &bytes);
  }
  return bytes;
}

absl::StatusOr<EntryView> ParseEntryView(absl::string_view bytes) {
  ByteReader reader(bytes);
  if (!TakeHeader(kViewMagic, &reader)) return MalformedView("not a view of this version");
  EntryView view;
  for (auto& field : view.fields) {
    EHC_ASSIGN_OR_RETURN(field, TakeViewedField(&reader));
  }
  if (!reader.ReadAllOfIt()) return MalformedView("truncated, or followed by something else");
  return view;
}

absl::StatusOr<Digest> VerifyOpened(const EntryView& view) {
  EntryLeafHasher hasher;
  for (const AuditFieldRule& rule : kAuditFieldRules) {
    const auto& field = view.fields[static_cast<size_t>(rule.field)];
    if (const auto* hidden = std::get_if<HiddenField>(&field)) {
      hasher.Add(hidden->commitment);
      continue;
    }
    const ShownField& shown = std::get<ShownField>(field);
    EHC_RETURN_IF_ERROR(CheckValueSize(rule.field, shown.value));
    hasher.Add(CommitmentTo(rule.field, shown.salt, shown.value));
  }
  return hasher.Finish();
}

}  // namespace ehc
