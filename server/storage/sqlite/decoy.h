#ifndef EHC_SERVER_STORAGE_SQLITE_DECOY_H_
#define EHC_SERVER_STORAGE_SQLITE_DECOY_H_

#include <cstdint>

#include "ehc/store/v1/dossier.pb.h"

namespace ehc {

// The child that does not exist. Its dossier is opened whenever an unknown child is asked for, so
// that the answer takes as long as for a known one. Never a real number: those count from 1.
inline constexpr int64_t kDecoySubject = -1;

// Of the size and shape of a child with a plan: what a typical dossier costs to open and parse.
store::v1::Dossier DecoyDossier();

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_DECOY_H_
