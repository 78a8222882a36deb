// Which descriptions are worth comparing: those that share a key. Each key is what two descriptions
// of one person have in common under one kind of error (docs/matching.md, "Blocks").
#ifndef EHC_SERVER_MATCHING_BLOCKS_H_
#define EHC_SERVER_MATCHING_BLOCKS_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "server/matching/person.h"

namespace ehc {

// 32 bits of a hash: a collision costs one comparison in vain.
using BlockKeys = absl::InlinedVector<uint32_t, 16>;

// Under which a description is filed, without repetition.
BlockKeys KeysToFile(const PersonView& person);

// Under which to look: also with day and month exchanged, names exchanged, and the year before or
// after where the birth is near its end.
BlockKeys KeysToSearch(const PersonView& person, int near_birth_days);

}  // namespace ehc

#endif  // EHC_SERVER_MATCHING_BLOCKS_H_
