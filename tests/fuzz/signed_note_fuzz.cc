#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "server/base/checkpoint.h"
#include "server/base/signed_note.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

void Fuzz(absl::string_view input) {
  const auto note = ParseSignedNote(input);
  if (note.ok()) EHC_CHECK(note->Encode() == input);
  const auto checkpoint = ParseCheckpoint(input);
  if (checkpoint.ok()) EHC_CHECK(checkpoint->Encode() == input);
  const auto verifier = NoteVerifier::Parse(input);
  if (verifier.ok()) EHC_CHECK(verifier->Encode() == input);
  if (note.ok()) (void)ParseCheckpoint(note->text);
}

}  // namespace
}  // namespace ehc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ehc::Fuzz(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
