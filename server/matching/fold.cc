#include "server/matching/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/base/utf8.h"

namespace ehc {
namespace {

constexpr char32_t kZeroWidthNonJoiner = 0x200c;
constexpr char32_t kZeroWidthJoiner = 0x200d;
constexpr char32_t kSoftHyphen = 0x00ad;

bool IsJoiner(char32_t c) { return c == kZeroWidthNonJoiner || c == kZeroWidthJoiner; }

// Hides or reorders what a reader sees. Unassigned and private characters mean nothing to anybody.
bool IsDeceptive(char32_t c) {
  if (c == '\t' || c == '\n' || c == '\r' || c == kSoftHyphen || IsJoiner(c)) return false;
  switch (u_charType(static_cast<UChar32>(c))) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_PRIVATE_USE_CHAR:
    case U_SURROGATE:
    case U_UNASSIGNED:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR: return true;
    default:
      return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
  }
}

// Apostrophes and what stands for them; vanish, so that O'Neil, O’Neil and ONeil are one.
bool IsApostrophe(char32_t c) {
  return c == '\'' || c == '`' || c == 0x00b4 || (c >= 0x02b9 && c <= 0x02bf) || c == 0x02c8 ||
         c == 0x2018 || c == 0x2019 || c == 0x201b || c == 0x2032 || c == 0xff07;
}

absl::Status CheckCharacters(absl::string_view text, int most_characters) {
  int count = 0;
  while (!text.empty()) {
    const auto character = TakeUtf8Character(&text);
    if (!character.has_value()) return absl::InvalidArgumentError("is not well-formed UTF-8");
    if (++count > most_characters) {
      return absl::InvalidArgumentError(
          absl::StrCat("is longer than ", most_characters, " characters; shorten it"));
    }
    if (IsDeceptive(*character)) {
      return absl::InvalidArgumentError(
          "contains a character that hides or reorders text; type the name anew");
    }
  }
  return absl::OkStatus();
}

// Null without the data that are part of libicu: a machine without them must not match by half.
const icu::Normalizer2* Decomposition() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* found = icu::Normalizer2::getNFKDInstance(error);
  return U_FAILURE(error) ? nullptr : found;
}

const icu::Transliterator* ToLatin() {
  static const icu::Transliterator* const instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    return icu::Transliterator::createInstance("Any-Latin; Latin-ASCII", UTRANS_FORWARD, error);
  }();
  return instance;
}

// Keeps letters and digits, lower-cased; what divides words becomes one space.
void AppendFolded(const icu::UnicodeString& text, std::string* folded) {
  bool space = false;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (c < 0x80 && absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      if (space && !folded->empty()) folded->push_back(' ');
      space = false;
      folded->push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    } else if (IsApostrophe(static_cast<char32_t>(c)) || IsJoiner(static_cast<char32_t>(c)) ||
               c == kSoftHyphen || u_getCombiningClass(c) != 0 ||
               u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_ENCLOSING_MARK) {
      continue;
    } else {
      space = true;
    }
  }
}

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

std::string FoldAscii(absl::string_view text) {
  std::string folded;
  bool space = false;
  for (char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      if (space && !folded.empty()) folded.push_back(' ');
      space = false;
      folded.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    } else if (!IsApostrophe(static_cast<unsigned char>(c))) {
      space = true;
    }
  }
  return folded;
}

absl::StatusOr<std::string> FoldUnicode(absl::string_view text) {
  const icu::UnicodeString whole = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  const icu::Normalizer2* decomposition = Decomposition();
  const icu::Transliterator* to_latin = ToLatin();
  if (decomposition == nullptr || to_latin == nullptr) {
    return absl::InternalError("the data of libicu are missing");
  }
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString resolved = decomposition->normalize(whole, error);
  if (U_FAILURE(error)) return absl::InternalError("the text could not be normalised");
  resolved.foldCase();
  to_latin->transliterate(resolved);
  std::string folded;
  AppendFolded(resolved, &folded);
  return folded;
}

bool IsBlank(absl::string_view text) {
  while (!text.empty()) {
    const auto character = TakeUtf8Character(&text);
    if (!character.has_value() || !IsUnicodeSpace(*character)) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<std::string> FoldText(absl::string_view text, int most_characters) {
  EHC_RETURN_IF_ERROR(CheckCharacters(text, most_characters));
  if (IsAscii(text)) {
    std::string folded = FoldAscii(text);
    if (folded.empty() && !IsBlank(text)) {
      return absl::InvalidArgumentError("contains no letter; leave it empty if it is not known");
    }
    return folded;
  }
  EHC_ASSIGN_OR_RETURN(std::string folded, FoldUnicode(text));
  if (folded.empty() && !IsBlank(text)) {
    return absl::InvalidArgumentError("contains no letter that the hub can compare");
  }
  return folded;
}

}  // namespace ehc
