// What a dossier loses when one of the agencies that registered the child is gone.
#ifndef EHC_SERVER_MODEL_DOSSIER_H_
#define EHC_SERVER_MODEL_DOSSIER_H_

#include <cstdint>

#include "ehc/store/v1/dossier.pb.h"
#include "server/model/names.h"

namespace ehc {

// Takes out what the agency has recorded, up to the item of that number, and its registration.
void DropRegistration(const AgencyId& agency, int64_t last_number, store::v1::Dossier& dossier);

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_DOSSIER_H_
