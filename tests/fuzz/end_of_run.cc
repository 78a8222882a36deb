// Linked into libFuzzer targets alone: says at the end of a run how far its inputs got.
#include "tests/fuzz/milestone.h"

namespace {
const ehc::PrintsMilestonesAtTheEnd at_the_end;
}  // namespace
