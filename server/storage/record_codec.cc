#include "server/storage/record_codec.h"

#include <optional>
#include <utility>

#include "server/base/byte_codec.h"

namespace ehc {
namespace {

constexpr uint8_t kHeadForm = 1;
constexpr char kPlain = 0;
constexpr char kLocationChecked = 1;

void AppendLong(absl::string_view bytes, std::string* out) {
  AppendU32(static_cast<uint32_t>(bytes.size()), out);
  AppendRaw(bytes, out);
}

std::string ReadLong(ByteReader& reader) { return std::string(reader.Raw(reader.U32())); }

void AppendTime(absl::Time time, std::string* out) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  const absl::Duration rest = time - absl::FromUnixSeconds(seconds);
  AppendU64(static_cast<uint64_t>(seconds), out);
  AppendU32(static_cast<uint32_t>(absl::ToInt64Nanoseconds(rest)), out);
}

absl::Time ReadTime(ByteReader& reader) {
  const int64_t seconds = static_cast<int64_t>(reader.U64());
  return absl::FromUnixSeconds(seconds) + absl::Nanoseconds(reader.U32());
}

}  // namespace

std::string EncodeHead(const RecordHead& head) {
  std::string bytes;
  bytes.reserve(64 + head.local_id.size() + head.contact.size() + head.summary.size());
  AppendU8(kHeadForm, &bytes);
  AppendU8(static_cast<uint8_t>(head.badge), &bytes);
  AppendU8(head.quarantined ? 1 : 0, &bytes);
  AppendTime(head.as_at, &bytes);
  AppendTime(head.published_at, &bytes);
  AppendU8(head.expires_at.has_value() ? 1 : 0, &bytes);
  if (head.expires_at.has_value()) AppendTime(*head.expires_at, &bytes);
  AppendLong(head.unit.value(), &bytes);
  AppendLong(head.local_id, &bytes);
  AppendLong(head.contact, &bytes);
  AppendLong(head.summary, &bytes);
  return bytes;
}

absl::Status DecodeHead(absl::string_view bytes, RecordHead* head) {
  ByteReader reader(bytes);
  const uint8_t form = reader.U8();
  head->badge = static_cast<Badge>(reader.U8());
  head->quarantined = reader.U8() != 0;
  head->as_at = ReadTime(reader);
  head->published_at = ReadTime(reader);
  head->expires_at = std::nullopt;
  if (reader.U8() != 0) head->expires_at = ReadTime(reader);
  head->unit = UnitId(ReadLong(reader));
  head->local_id = ReadLong(reader);
  head->contact = ReadLong(reader);
  head->summary = ReadLong(reader);
  if (form == kHeadForm && reader.ReadAllOfIt()) return absl::OkStatus();
  return absl::DataLossError("store: a record's header is of an unknown form");
}

std::string EncodePart(const Part& part) {
  std::string bytes;
  bytes.reserve(part.content.size() + 1);
  bytes = part.content;
  bytes.push_back(part.location_checked ? kLocationChecked : kPlain);
  return bytes;
}

absl::Status DecodePart(std::string bytes, Part* part) {
  if (bytes.empty()) return absl::DataLossError("store: a part is of an unknown form");
  part->location_checked = bytes.back() == kLocationChecked;
  bytes.pop_back();
  part->content = std::move(bytes);
  return absl::OkStatus();
}

}  // namespace ehc
