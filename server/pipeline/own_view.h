// What an agency itself registered of a child: all that its writes may find the child by
// (docs/adr/0024). What others did would show otherwise: that somebody holds an identifier, or that
// two of them are one child's.
#ifndef EHC_SERVER_PIPELINE_OWN_VIEW_H_
#define EHC_SERVER_PIPELINE_OWN_VIEW_H_

#include "ehc/store/v1/dossier.pb.h"
#include "server/model/identifiers.h"
#include "server/model/joined.h"
#include "server/model/names.h"

namespace ehc {

// Whether the agency itself registered or linked the identifier as this child's.
bool IsIdentifiedBy(const store::v1::Dossier& dossier, const AgencyId& agency,
                    const Identifier& identifier);

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_OWN_VIEW_H_
