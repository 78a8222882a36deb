#include "server/base/key_change.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/base/encoding.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr absl::string_view kHeading = "ehc-hub log key change v1";
constexpr absl::string_view kPemBegin = "-----BEGIN PUBLIC KEY-----\n";
constexpr absl::string_view kPemEnd = "-----END PUBLIC KEY-----\n";
constexpr size_t kPemLine = 64;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("key change: ", what));
}

// What stands between a public PEM's two lines, in one line.
std::string BodyOf(absl::string_view pem) {
  std::string body;
  for (absl::string_view line : absl::StrSplit(pem, '\n')) {
    if (!absl::StartsWith(line, "-----")) absl::StrAppend(&body, line);
  }
  return body;
}

std::string PemOf(absl::string_view body) {
  std::string pem(kPemBegin);
  for (; !body.empty(); body.remove_prefix(std::min(kPemLine, body.size()))) {
    absl::StrAppend(&pem, body.substr(0, kPemLine), "\n");
  }
  absl::StrAppend(&pem, kPemEnd);
  return pem;
}

absl::Status TakeKey(absl::string_view line, KeyChange* change) {
  if (absl::ConsumePrefix(&line, "checkpoint ")) {
    change->kind = LogKeyKind::kCheckpoint;
    change->key = std::string(line);
    return NoteVerifier::Parse(line).status();
  }
  if (!absl::ConsumePrefix(&line, "promise ")) return Malformed("it names no key");
  change->kind = LogKeyKind::kPromise;
  change->key = PemOf(line);
  return VerifyKey::FromPem(change->key).status();
}

}  // namespace

std::string KeyChange::Encode() const {
  const std::string line = kind == LogKeyKind::kCheckpoint ? absl::StrCat("checkpoint ", key)
                                                           : absl::StrCat("promise ", BodyOf(key));
  return absl::StrCat(kHeading, "\n", origin, "\n", absl::ToUnixSeconds(at), "\n", line, "\n");
}

absl::StatusOr<KeyChange> ParseKeyChange(absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() != 5 || lines[0] != kHeading) return Malformed("not one of this version");
  KeyChange change;
  change.origin = std::string(lines[1]);
  int64_t seconds = 0;
  if (!absl::SimpleAtoi(lines[2], &seconds)) return Malformed("its time is no number");
  change.at = absl::FromUnixSeconds(seconds);
  EHC_RETURN_IF_ERROR(TakeKey(lines[3], &change));
  if (change.Encode() != text) return Malformed("not in its one form");
  return change;
}

absl::StatusOr<KeyChange> OpenKeyChange(absl::string_view note, absl::string_view origin,
                                        absl::Span<const NoteVerifier> known) {
  EHC_ASSIGN_OR_RETURN(const SignedNote signed_note, ParseSignedNote(note));
  bool vouched_for = false;
  for (const NoteVerifier& key : known) vouched_for |= key.Verify(signed_note).ok();
  if (!vouched_for) {
    return absl::PermissionDeniedError("key change: signed by none of the log's keys known here");
  }
  EHC_ASSIGN_OR_RETURN(KeyChange change, ParseKeyChange(signed_note.text));
  if (change.origin != origin) return Malformed("of another log");
  if (change.kind == LogKeyKind::kPromise) return change;
  EHC_ASSIGN_OR_RETURN(const NoteVerifier added, NoteVerifier::Parse(change.key));
  if (added.key_name() != origin || added.type() != NoteKeyType::kEd25519) {
    return Malformed("its key is not one for this log's checkpoints");
  }
  EHC_RETURN_IF_ERROR(added.Verify(signed_note));
  return change;
}

}  // namespace ehc
