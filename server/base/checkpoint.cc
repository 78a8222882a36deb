#include "server/base/checkpoint.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/encoding.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("checkpoint: ", what));
}

absl::StatusOr<uint64_t> ParseTreeSize(absl::string_view line) {
  uint64_t size = 0;
  if (!absl::SimpleAtoi(line, &size) || absl::StrCat(size) != line || size > kMaxTreeSize) {
    return Malformed("tree size: not a plain decimal number");
  }
  return size;
}

}  // namespace

std::string Checkpoint::Encode() const {
  std::string text = absl::StrCat(origin, "\n", size, "\n", Base64Encode(DigestView(root)), "\n");
  for (const std::string& line : extensions) absl::StrAppend(&text, line, "\n");
  return text;
}

absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text) {
  EHC_RETURN_IF_ERROR(CheckNoteText(text));
  text.remove_suffix(1);
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines.size() < 3) return Malformed("fewer than three lines");
  if (std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.empty(); })) {
    return Malformed("an empty line");
  }
  Checkpoint checkpoint;
  checkpoint.origin = lines[0];
  EHC_ASSIGN_OR_RETURN(checkpoint.size, ParseTreeSize(lines[1]));
  EHC_ASSIGN_OR_RETURN(const std::string root, Base64Decode(lines[2]));
  EHC_ASSIGN_OR_RETURN(checkpoint.root, DigestFromBytes(root));
  checkpoint.extensions.assign(lines.begin() + 3, lines.end());
  return checkpoint;
}

absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note, const NoteVerifier& log) {
  EHC_ASSIGN_OR_RETURN(const SignedNote parsed, ParseSignedNote(note));
  EHC_RETURN_IF_ERROR(log.Verify(parsed));
  EHC_ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(parsed.text));
  if (checkpoint.origin != log.key_name()) return Malformed("origin: not the log that signed");
  if (checkpoint.size == 0 && checkpoint.root != EmptyRoot()) {
    return Malformed("root: of an empty log, and not the empty tree's");
  }
  return checkpoint;
}

}  // namespace ehc
