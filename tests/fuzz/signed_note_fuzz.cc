#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "server/base/checkpoint.h"
#include "server/base/key_change.h"
#include "server/base/signed_note.h"
#include "server/base/status_macros.h"
#include "tests/fuzz/milestone.h"

namespace ehc {
namespace {

Milestone noted("a note");
Milestone checked("a checkpoint");
Milestone verifiable("a verifier key");
Milestone changed("a change of keys");
Milestone both("a note that holds a checkpoint");

void Fuzz(absl::string_view input) {
  const auto note = ParseSignedNote(input);
  if (note.ok()) {
    noted.Reach();
    EHC_CHECK(note->Encode() == input);
  }
  const auto checkpoint = ParseCheckpoint(input);
  if (checkpoint.ok()) {
    checked.Reach();
    EHC_CHECK(checkpoint->Encode() == input);
  }
  const auto verifier = NoteVerifier::Parse(input);
  if (verifier.ok()) {
    verifiable.Reach();
    EHC_CHECK(verifier->Encode() == input);
  }
  const auto change = ParseKeyChange(input);
  if (change.ok()) {
    changed.Reach();
    EHC_CHECK(change->Encode() == input);
  }
  if (note.ok() && ParseCheckpoint(note->text).ok()) both.Reach();
}

}  // namespace
}  // namespace ehc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ehc::Fuzz(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
