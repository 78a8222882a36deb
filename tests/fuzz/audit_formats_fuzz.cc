#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "server/audit/entry.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"
#include "server/model/audit_entry.h"
#include "server/model/receipt.h"
#include "tests/fuzz/milestone.h"

namespace ehc {
namespace {

Milestone opened("an opening");
Milestone viewed("a view");
Milestone receipted("a receipt");
Milestone ranged("a Merkle range");

void FuzzOpening(absl::string_view input) {
  const auto opening = Opening::Parse(input);
  if (!opening.ok()) return;
  opened.Reach();
  EHC_CHECK(opening->Encode() == input);
  const auto leaf = VerifyOpened(opening->OpenFor(Audience::kCustodian));
  EHC_CHECK(leaf.ok() && *leaf == opening->LeafHash());
}

void FuzzView(absl::string_view input) {
  const auto view = ParseEntryView(input);
  if (!view.ok()) return;
  viewed.Reach();
  EHC_CHECK(*view->Encode() == input);
  EHC_CHECK(VerifyOpened(*view).ok());
}

void FuzzReceipt(absl::string_view input) {
  const auto receipt = ParseReceipt(input);
  if (!receipt.ok()) return;
  receipted.Reach();
  EHC_CHECK(receipt->Encode() == input);
}

void FuzzMerkleRange(absl::string_view input) {
  auto range = MerkleRange::Parse(input);
  if (!range.ok()) return;
  ranged.Reach();
  EHC_CHECK(range->Encode() == input);
  range->Append(range->Root());
}

}  // namespace
}  // namespace ehc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  ehc::FuzzOpening(input);
  ehc::FuzzView(input);
  ehc::FuzzReceipt(input);
  ehc::FuzzMerkleRange(input);
  return 0;
}
