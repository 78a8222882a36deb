// Hex, base64, base64url and base32. Every decoder accepts exactly what its encoder produces (hex
// also upper case) and nothing else: one value has one spelling. Errors never repeat the input.
#ifndef EHC_SERVER_BASE_ENCODING_H_
#define EHC_SERVER_BASE_ENCODING_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ehc {

std::string HexEncode(absl::string_view bytes);  // lower case
absl::StatusOr<std::string> HexDecode(absl::string_view text);

std::string Base64Encode(absl::string_view bytes);  // RFC 4648 section 4, padded
absl::StatusOr<std::string> Base64Decode(absl::string_view text);

std::string Base64UrlEncode(absl::string_view bytes);  // RFC 4648 section 5, without padding
absl::StatusOr<std::string> Base64UrlDecode(absl::string_view text);

// Names: 16 bytes as 26 characters of Crockford's alphabet in lower case (no i, l, o, u), most
// significant bits first, preceded by two zero bits; so names sort as their bytes do.
inline constexpr size_t kBase32NameSize = 26;
using Bytes16 = std::array<uint8_t, 16>;

std::string Base32Encode(const Bytes16& bytes);
absl::StatusOr<Bytes16> Base32Decode(absl::string_view text);

}  // namespace ehc

#endif  // EHC_SERVER_BASE_ENCODING_H_
