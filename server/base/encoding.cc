#include "server/base/encoding.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace ehc {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr char kBase32Digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr int kNoDigit = -1;

constexpr std::array<int8_t, 256> ReverseBase32() {
  std::array<int8_t, 256> values{};
  for (int8_t& value : values) value = kNoDigit;
  for (int8_t i = 0; i < 32; ++i) values[static_cast<uint8_t>(kBase32Digits[i])] = i;
  return values;
}
constexpr std::array<int8_t, 256> kBase32Values = ReverseBase32();

int HexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return kNoDigit;
}

absl::Status NotValid(absl::string_view encoding) {
  return absl::InvalidArgumentError(absl::StrCat("text is not canonical ", encoding));
}

}  // namespace

std::string HexEncode(absl::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (unsigned char byte : bytes) {
    text.push_back(kHexDigits[byte >> 4]);
    text.push_back(kHexDigits[byte & 15]);
  }
  return text;
}

absl::StatusOr<std::string> HexDecode(absl::string_view text) {
  if (text.size() % 2 != 0) return NotValid("hex: odd number of digits");
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high == kNoDigit || low == kNoDigit) return NotValid("hex: not a digit");
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

std::string Base64Encode(absl::string_view bytes) { return absl::Base64Escape(bytes); }

// Abseil's decoder also takes white space, missing padding and stray bits in the last digit;
// encoding again tells whether the text was the canonical one.
absl::StatusOr<std::string> Base64Decode(absl::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes) || Base64Encode(bytes) != text) {
    return NotValid("base64");
  }
  return bytes;
}

std::string Base64UrlEncode(absl::string_view bytes) { return absl::WebSafeBase64Escape(bytes); }

absl::StatusOr<std::string> Base64UrlDecode(absl::string_view text) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(text, &bytes) || Base64UrlEncode(bytes) != text) {
    return NotValid("unpadded base64url");
  }
  return bytes;
}

std::string Base32Encode(const Bytes16& bytes) {
  std::string text;
  text.reserve(kBase32NameSize);
  uint32_t pending = 0;  // Begins as the two zero bits that fill 128 bits up to 26 digits.
  int pending_bits = 2;
  for (uint8_t byte : bytes) {
    pending = pending << 8 | byte;
    pending_bits += 8;
    while (pending_bits >= 5) {
      pending_bits -= 5;
      text.push_back(kBase32Digits[pending >> pending_bits & 31]);
    }
  }
  return text;
}

absl::StatusOr<Bytes16> Base32Decode(absl::string_view text) {
  if (text.size() != kBase32NameSize) return NotValid("base32: must be 26 characters long");
  if (text[0] > '7') return NotValid("base32: first character above 7");
  Bytes16 bytes;
  size_t next = 0;
  uint32_t pending = 0;
  int pending_bits = -2;
  for (unsigned char digit : text) {
    const int value = kBase32Values[digit];
    if (value == kNoDigit) return NotValid("base32: character outside its alphabet");
    pending = pending << 5 | static_cast<uint32_t>(value);
    pending_bits += 5;
    if (pending_bits >= 8) {
      pending_bits -= 8;
      bytes[next++] = static_cast<uint8_t>(pending >> pending_bits);
    }
  }
  return bytes;
}

}  // namespace ehc
