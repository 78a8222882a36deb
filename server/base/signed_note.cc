#include "server/base/signed_note.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/byte_codec.h"
#include "server/base/crypto.h"
#include "server/base/encoding.h"
#include "server/base/status_macros.h"
#include "server/base/utf8.h"

namespace ehc {
namespace {

constexpr absl::string_view kSignatureMark = "\xE2\x80\x94 ";  // em dash, space
constexpr size_t kKeyIdSize = 4;
constexpr size_t kEd25519Size = 64;
constexpr size_t kTimestampSize = 8;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("signed note: ", what));
}

bool IsCleanText(absl::string_view text) {
  while (!text.empty()) {
    const std::optional<char32_t> character = TakeUtf8Character(&text);
    if (!character.has_value() || (*character < 0x20 && *character != '\n')) return false;
  }
  return true;
}

bool IsKeyName(absl::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const std::optional<char32_t> character = TakeUtf8Character(&name);
    if (!character.has_value() || *character < 0x20 || *character == '+') return false;
    if (IsUnicodeSpace(*character)) return false;
  }
  return true;
}

uint32_t KeyId(NoteKeyType type, absl::string_view key_name, absl::string_view public_key) {
  const char type_byte = static_cast<char>(type);
  Sha256Hasher hasher;
  hasher.Update(key_name).Update("\n").Update(absl::string_view(&type_byte, 1)).Update(public_key);
  const Digest digest = hasher.Finish();
  return ByteReader(DigestView(digest)).U32();
}

absl::StatusOr<NoteSignature> ParseSignatureLine(absl::string_view line) {
  if (!absl::StartsWith(line, kSignatureMark)) return Malformed("a signature line has no em dash");
  line.remove_prefix(kSignatureMark.size());
  const size_t space = line.find(' ');
  if (space == line.npos || !IsKeyName(line.substr(0, space))) {
    return Malformed("a signature line has no proper key name");
  }
  const absl::StatusOr<std::string> bytes = Base64Decode(line.substr(space + 1));
  if (!bytes.ok() || bytes->size() <= kKeyIdSize) {
    return Malformed("a signature is not base64 of a key id and a signature");
  }
  return NoteSignature{std::string(line.substr(0, space)), ByteReader(*bytes).U32(),
                       bytes->substr(kKeyIdSize)};
}

std::string CosignedMessage(uint64_t unix_seconds, absl::string_view text) {
  return absl::StrCat("cosignature/v1\ntime ", unix_seconds, "\n", text);
}

uint64_t TimestampOf(const NoteSignature& signature) { return ByteReader(signature.bytes).U64(); }

}  // namespace

std::string SignedNote::Encode() const {
  std::string note = absl::StrCat(text, "\n");
  for (const NoteSignature& signature : signatures) {
    std::string bytes;
    AppendU32(signature.key_id, &bytes);
    AppendRaw(signature.bytes, &bytes);
    absl::StrAppend(&note, kSignatureMark, signature.key_name, " ", Base64Encode(bytes), "\n");
  }
  return note;
}

absl::Status CheckNoteText(absl::string_view text) {
  if (text.size() > kMaxNoteSize) return Malformed("too large");
  if (!absl::EndsWith(text, "\n")) return Malformed("the text does not end in a newline");
  if (!IsCleanText(text)) return Malformed("not clean UTF-8 text");
  return absl::OkStatus();
}

absl::StatusOr<SignedNote> ParseSignedNote(absl::string_view note) {
  EHC_RETURN_IF_ERROR(CheckNoteText(note));
  const size_t blank_line = note.rfind("\n\n");
  if (blank_line == note.npos) return Malformed("no blank line between text and signatures");
  absl::string_view lines = note.substr(blank_line + 2);
  if (lines.empty()) return Malformed("no signatures");
  lines.remove_suffix(1);
  SignedNote parsed;
  parsed.text = std::string(note.substr(0, blank_line + 1));
  for (const absl::string_view line : absl::StrSplit(lines, '\n')) {
    if (parsed.signatures.size() == kMaxNoteSignatures) return Malformed("too many signatures");
    EHC_ASSIGN_OR_RETURN(NoteSignature signature, ParseSignatureLine(line));
    parsed.signatures.push_back(std::move(signature));
  }
  return parsed;
}

NoteVerifier::NoteVerifier(NoteKeyType type, std::string key_name, Ed25519VerifyKey key)
    : type_(type),
      key_name_(std::move(key_name)),
      key_id_(KeyId(type, key_name_, key.raw())),
      key_(std::move(key)) {}

absl::StatusOr<NoteVerifier> NoteVerifier::Create(NoteKeyType type, absl::string_view key_name,
                                                  Ed25519VerifyKey key) {
  if (!IsKeyName(key_name)) return Malformed("key name: empty, or with spaces or plus signs");
  return NoteVerifier(type, std::string(key_name), std::move(key));
}

absl::StatusOr<NoteVerifier> NoteVerifier::Parse(absl::string_view verifier_key) {
  const std::vector<absl::string_view> fields =
      absl::StrSplit(verifier_key, absl::MaxSplits('+', 2));  // base64 may hold further ones
  if (fields.size() != 3) return Malformed("verifier key: not name+id+key");
  EHC_ASSIGN_OR_RETURN(const std::string key_bytes, Base64Decode(fields[2]));
  ByteReader reader(key_bytes);
  const NoteKeyType type{reader.U8()};
  if (type != NoteKeyType::kEd25519 && type != NoteKeyType::kCosignatureV1) {
    return Malformed("verifier key: neither Ed25519 nor cosignature/v1");
  }
  EHC_ASSIGN_OR_RETURN(Ed25519VerifyKey key, Ed25519VerifyKey::FromRaw(reader.rest()));
  EHC_ASSIGN_OR_RETURN(NoteVerifier verifier, Create(type, fields[0], std::move(key)));
  if (verifier.Encode() != verifier_key) return Malformed("verifier key: id of another key");
  return verifier;
}

std::string NoteVerifier::Encode() const {
  std::string id;
  AppendU32(key_id_, &id);
  std::string key;
  AppendU8(static_cast<uint8_t>(type_), &key);
  AppendRaw(key_.raw(), &key);
  return absl::StrCat(key_name_, "+", HexEncode(id), "+", Base64Encode(key));
}

bool NoteVerifier::Accepts(absl::string_view text, absl::string_view signature) const {
  if (type_ == NoteKeyType::kEd25519) return key_.Verify(text, signature);
  ByteReader reader(signature);
  const uint64_t unix_seconds = reader.U64();
  return signature.size() == kTimestampSize + kEd25519Size &&
         unix_seconds <= static_cast<uint64_t>(INT64_MAX) &&
         key_.Verify(CosignedMessage(unix_seconds, text), reader.rest());
}

absl::Status NoteVerifier::Verify(const SignedNote& note) const {
  bool signed_by_this_key = false;
  for (const NoteSignature& signature : note.signatures) {
    if (signature.key_id != key_id_ || signature.key_name != key_name_) continue;
    if (!Accepts(note.text, signature.bytes)) {
      return absl::DataLossError("signed note: wrong signature by a known key");
    }
    signed_by_this_key = true;
  }
  if (signed_by_this_key) return absl::OkStatus();
  return absl::NotFoundError("signed note: no signature by this key");
}

absl::StatusOr<absl::Time> NoteVerifier::CosignedAt(const SignedNote& note) const {
  EHC_CHECK(type_ == NoteKeyType::kCosignatureV1);
  EHC_RETURN_IF_ERROR(Verify(note));
  uint64_t latest = 0;
  for (const NoteSignature& signature : note.signatures) {
    if (signature.key_id != key_id_ || signature.key_name != key_name_) continue;
    latest = std::max(latest, TimestampOf(signature));
  }
  return absl::FromUnixSeconds(static_cast<int64_t>(latest));
}

absl::StatusOr<NoteSigner> NoteSigner::Create(NoteKeyType type, absl::string_view key_name,
                                              Ed25519SigningKey key) {
  EHC_ASSIGN_OR_RETURN(Ed25519VerifyKey public_key, Ed25519VerifyKey::FromRaw(key.public_raw()));
  EHC_ASSIGN_OR_RETURN(NoteVerifier verifier,
                       NoteVerifier::Create(type, key_name, std::move(public_key)));
  return NoteSigner(std::move(key), std::move(verifier));
}

absl::StatusOr<NoteSignature> NoteSigner::Sign(absl::string_view text, absl::Time now) const {
  EHC_RETURN_IF_ERROR(CheckNoteText(text));
  NoteSignature signature{verifier_.key_name(), verifier_.key_id(), ""};
  if (verifier_.type() == NoteKeyType::kEd25519) {
    signature.bytes = key_.Sign(text);
    return signature;
  }
  const int64_t unix_seconds = absl::ToUnixSeconds(now);
  if (unix_seconds < 0) return Malformed("cosigned before 1970");
  AppendU64(static_cast<uint64_t>(unix_seconds), &signature.bytes);
  AppendRaw(key_.Sign(CosignedMessage(unix_seconds, text)), &signature.bytes);
  return signature;
}

}  // namespace ehc
