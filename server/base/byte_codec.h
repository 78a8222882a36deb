// AppendU8 … AppendU64, AppendBytes   integers in big endian, and bytes behind their length
// ByteReader                          the strict reverse, for bytes that nobody has vouched for
#ifndef EHC_SERVER_BASE_BYTE_CODEC_H_
#define EHC_SERVER_BASE_BYTE_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace ehc {

template <size_t kBytes>
void AppendBigEndian(uint64_t value, std::string* out) {
  for (size_t i = kBytes; i-- > 0;) out->push_back(static_cast<char>(value >> (8 * i)));
}

inline void AppendU8(uint8_t value, std::string* out) { AppendBigEndian<1>(value, out); }
inline void AppendU16(uint16_t value, std::string* out) { AppendBigEndian<2>(value, out); }
inline void AppendU32(uint32_t value, std::string* out) { AppendBigEndian<4>(value, out); }
inline void AppendU64(uint64_t value, std::string* out) { AppendBigEndian<8>(value, out); }

inline void AppendRaw(absl::string_view bytes, std::string* out) {
  out->append(bytes.data(), bytes.size());
}

// REQUIRES: at most 65535 bytes.
inline void AppendBytes(absl::string_view bytes, std::string* out) {
  AppendU16(static_cast<uint16_t>(bytes.size()), out);
  AppendRaw(bytes, out);
}

// Reads on past the end yield zeros and empty views and make failed() true for good, so a parser
// may read a whole message and look once. Does not own the bytes.
class ByteReader {
 public:
  explicit ByteReader(absl::string_view bytes) : rest_(bytes) {}

  uint8_t U8() { return static_cast<uint8_t>(BigEndian(1)); }
  uint16_t U16() { return static_cast<uint16_t>(BigEndian(2)); }
  uint32_t U32() { return static_cast<uint32_t>(BigEndian(4)); }
  uint64_t U64() { return BigEndian(8); }

  absl::string_view Raw(size_t size) {
    if (size > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const absl::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  // What AppendBytes wrote.
  absl::string_view Bytes() { return Raw(U16()); }

  // True, and consumed, if `expected` comes next; otherwise failed().
  bool Literal(absl::string_view expected) {
    if (Raw(expected.size()) == expected) return !failed_;
    failed_ = true;
    return false;
  }

  absl::string_view rest() const { return rest_; }
  bool failed() const { return failed_; }
  bool ReadAllOfIt() const { return !failed_ && rest_.empty(); }

 private:
  uint64_t BigEndian(size_t size) {
    uint64_t value = 0;
    for (const char byte : Raw(size)) value = (value << 8) | static_cast<uint8_t>(byte);
    return value;
  }

  absl::string_view rest_;
  bool failed_ = false;
};

}  // namespace ehc

#endif  // EHC_SERVER_BASE_BYTE_CODEC_H_
