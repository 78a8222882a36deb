#include "server/base/ids.h"

#include "absl/strings/str_cat.h"
#include "server/base/crypto.h"
#include "server/base/encoding.h"

namespace ehc {
namespace {

constexpr size_t kUuidSize = 36;

Bytes16 Random16() {
  Bytes16 bytes;
  FillRandom(absl::MakeSpan(bytes));
  return bytes;
}

bool IsLowerHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool IsHyphenPosition(size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

std::string NewUuid4() {
  Bytes16 bytes = Random16();
  bytes[6] = (bytes[6] & 0x0f) | 0x40;  // Version 4.
  bytes[8] = (bytes[8] & 0x3f) | 0x80;  // The variant of RFC 9562.
  const std::string hex =
      HexEncode(absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  const absl::string_view digits = hex;
  return absl::StrCat(digits.substr(0, 8), "-", digits.substr(8, 4), "-", digits.substr(12, 4), "-",
                      absl::StrCat(digits.substr(16, 4), "-", digits.substr(20)));
}

bool IsUuid4(absl::string_view text) {
  if (text.size() != kUuidSize) return false;
  for (size_t i = 0; i < kUuidSize; ++i) {
    if (IsHyphenPosition(i) ? text[i] != '-' : !IsLowerHex(text[i])) return false;
  }
  const char variant = text[19];
  return text[14] == '4' && (variant == '8' || variant == '9' || variant == 'a' || variant == 'b');
}

std::string NewDecisionId() { return Base32Encode(Random16()); }

}  // namespace ehc
