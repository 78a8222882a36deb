// HTTP/2 frames made by hand (RFC 9113), for peers that no gRPC client would be.
#ifndef EHC_TESTS_CHAOS_HTTP2_FRAMES_H_
#define EHC_TESTS_CHAOS_HTTP2_FRAMES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace ehc {

enum FrameType : char {
  kData = 0,
  kHeaders = 1,
  kRstStream = 3,
  kSettings = 4,
  kPing = 6,
  kWindowUpdate = 8,
  kContinuation = 9
};
enum FrameFlag : char { kNoFlag = 0, kEndStream = 1, kEndHeaders = 4 };

inline std::string Frame(FrameType type, int flags, uint32_t stream, const std::string& payload) {
  const auto length = static_cast<uint32_t>(payload.size());
  std::string frame;
  for (const int shift : {16, 8, 0}) frame.push_back(static_cast<char>(length >> shift));
  frame.push_back(type);
  frame.push_back(static_cast<char>(flags));
  for (const int shift : {24, 16, 8, 0}) frame.push_back(static_cast<char>(stream >> shift));
  return frame + payload;
}

// An HPACK length with a 7-bit prefix.
inline std::string Length(size_t length) {
  if (length < 127) return std::string(1, static_cast<char>(length));
  std::string bytes(1, 127);
  for (length -= 127; length >= 128; length /= 128) {
    bytes.push_back(static_cast<char>(128 + length % 128));
  }
  bytes.push_back(static_cast<char>(length));
  return bytes;
}

inline std::string Field(const std::string& name, const std::string& value) {
  return absl::StrCat(std::string(1, 0), Length(name.size()), name, Length(value.size()), value);
}

inline std::string RequestHeaders(const std::string& te = "trailers") {
  return absl::StrCat("\x83\x87", Field(":path", "/ehc.hub.v1.AuditService/GetCheckpoint"),
                      Field(":authority", "localhost"), Field("content-type", "application/grpc"),
                      Field("te", te));
}

inline std::string WholeCall(uint32_t stream) {
  return Frame(kHeaders, kEndHeaders, stream, RequestHeaders()) +
         Frame(kData, kEndStream, stream, std::string(5, 0));
}

}  // namespace ehc

#endif  // EHC_TESTS_CHAOS_HTTP2_FRAMES_H_
