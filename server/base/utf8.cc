#include "server/base/utf8.h"

#include <cstddef>
#include <cstdint>

namespace ehc {
namespace {

struct Lead {
  size_t length;
  char32_t bits;      // those that the lead byte carries
  char32_t smallest;  // below this the form is overlong
};

std::optional<Lead> LeadOf(uint8_t byte) {
  if (byte < 0x80) return Lead{1, byte, 0};
  if (byte >= 0xC0 && byte < 0xE0) return Lead{2, static_cast<char32_t>(byte & 0x1F), 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return Lead{3, static_cast<char32_t>(byte & 0x0F), 0x800};
  if (byte >= 0xF0 && byte < 0xF8) return Lead{4, static_cast<char32_t>(byte & 0x07), 0x10000};
  return std::nullopt;
}

bool IsScalarValue(char32_t character) {
  return character <= 0x10FFFF && (character < 0xD800 || character > 0xDFFF);
}

}  // namespace

std::optional<char32_t> TakeUtf8Character(absl::string_view* text) {
  if (text->empty()) return std::nullopt;
  const std::optional<Lead> lead = LeadOf(static_cast<uint8_t>(text->front()));
  if (!lead.has_value() || text->size() < lead->length) return std::nullopt;
  char32_t character = lead->bits;
  for (size_t i = 1; i < lead->length; ++i) {
    const uint8_t byte = static_cast<uint8_t>((*text)[i]);
    if ((byte & 0xC0) != 0x80) return std::nullopt;
    character = (character << 6) | (byte & 0x3F);
  }
  if (character < lead->smallest || !IsScalarValue(character)) return std::nullopt;
  text->remove_prefix(lead->length);
  return character;
}

bool IsUnicodeSpace(char32_t character) {
  return (character >= 0x09 && character <= 0x0D) || character == 0x20 || character == 0x85 ||
         character == 0xA0 || character == 0x1680 || (character >= 0x2000 && character <= 0x200A) ||
         character == 0x2028 || character == 0x2029 || character == 0x202F || character == 0x205F ||
         character == 0x3000;
}

}  // namespace ehc
