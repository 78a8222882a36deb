#include "server/audit/entry.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "server/base/byte_codec.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr absl::string_view kMagic("EHCO\2", 5);  // with the format version
constexpr size_t kSmallestSize = 2048;
constexpr size_t kLargestSize = 256 * 1024;
static_assert(kAuditFieldCount * (kMaxAuditValueSize + 3) + 64 <= kLargestSize);

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("audit opening: ", what));
}

size_t PaddedSize(size_t size) { return std::max(kSmallestSize, std::bit_ceil(size)); }

using Salts = std::array<Salt, kAuditFieldCount>;

Salts SaltsOf(const Digest& seed) {
  std::array<char, sizeof(Digest) + 1> bytes;
  std::copy(seed.begin(), seed.end(), bytes.begin());
  Salts salts;
  for (size_t i = 0; i < salts.size(); ++i) {
    bytes.back() = static_cast<char>(i);
    salts[i] = Sha256(absl::string_view(bytes.data(), bytes.size()));
  }
  return salts;
}

Digest LeafHashOf(const Digest& seed, const AuditRecord& record) {
  const Salts salts = SaltsOf(seed);
  EntryLeafHasher hasher;
  for (const AuditFieldRule& rule : kAuditFieldRules) {
    const size_t i = static_cast<size_t>(rule.field);
    hasher.Add(CommitmentTo(rule.field, salts[i], record[rule.field]));
  }
  return hasher.Finish();
}

std::string EncodeOpening(const Digest& seed, const AuditRecord& record) {
  std::string bytes;
  bytes.reserve(kSmallestSize);
  AppendRaw(kMagic, &bytes);
  AppendRaw(DigestView(seed), &bytes);
  const auto absent = std::count(record.values.begin(), record.values.end(), "");
  AppendU8(static_cast<uint8_t>(kAuditFieldCount - absent), &bytes);
  for (const AuditFieldRule& rule : kAuditFieldRules) {
    const std::string& value = record[rule.field];
    if (value.empty()) continue;
    AppendU8(static_cast<uint8_t>(rule.field), &bytes);
    AppendBytes(value, &bytes);
  }
  bytes.resize(PaddedSize(bytes.size()));
  return bytes;
}

// Takes the fields that are present: each at most once, in order, never empty.
absl::Status TakeFields(ByteReader* reader, AuditRecord* record) {
  int last = -1;
  for (int left = reader->U8(); left > 0; --left) {
    const int field = reader->U8();
    const absl::string_view value = reader->Bytes();
    if (reader->failed()) return Malformed("truncated");
    if (field <= last || field >= static_cast<int>(kAuditFieldCount)) {
      return Malformed("fields repeated, out of order or unknown");
    }
    if (value.empty() || value.size() > kMaxAuditValueSize) return Malformed("value size");
    (*record)[AuditField(field)] = std::string(value);
    last = field;
  }
  return absl::OkStatus();
}

bool IsZeros(absl::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == '\0'; });
}

}  // namespace

absl::StatusOr<BuiltEntry> BuildEntry(const AuditRecord& record) {
  EHC_RETURN_IF_ERROR(CheckAuditRecord(record));
  Digest seed;
  FillRandom(absl::MakeSpan(seed));
  return BuiltEntry{LeafHashOf(seed, record), EncodeOpening(seed, record)};
}

absl::StatusOr<Opening> Opening::Parse(absl::string_view bytes) {
  if (bytes.size() > kLargestSize) return Malformed("too large");
  ByteReader reader(bytes);
  if (!reader.Literal(kMagic)) return Malformed("not an opening of this version");
  EHC_ASSIGN_OR_RETURN(const Digest seed, DigestFromBytes(reader.Raw(sizeof(Digest))));
  AuditRecord record;
  EHC_RETURN_IF_ERROR(TakeFields(&reader, &record));
  const size_t unpadded = bytes.size() - reader.rest().size();
  if (bytes.size() != PaddedSize(unpadded) || !IsZeros(reader.rest())) return Malformed("padding");
  return Opening(seed, std::move(record));
}

std::string Opening::Encode() const { return EncodeOpening(seed_, record_); }

Digest Opening::LeafHash() const { return LeafHashOf(seed_, record_); }

EntryView Opening::OpenFor(Audience audience, AuditFieldMask also_hidden) const {
  const AuditFieldMask shown = FieldsFor(audience) & ~also_hidden;
  const Salts salts = SaltsOf(seed_);
  EntryView view;
  for (const AuditFieldRule& rule : kAuditFieldRules) {
    const Salt& salt = salts[static_cast<size_t>(rule.field)];
    auto& field = view.fields[static_cast<size_t>(rule.field)];
    if ((shown & MaskOf(rule.field)) != 0) {
      field = ShownField{salt, record_[rule.field]};
    } else {
      field = HiddenField{CommitmentTo(rule.field, salt, record_[rule.field])};
    }
  }
  return view;
}

}  // namespace ehc
