// A child that is several numbers taken for one. A number keeps what was written under it; the
// dossier of one of them, the root, says which others there are and holds the items of all
// (docs/adr/0027). So a join moves nothing, and a split takes nothing apart that was not two.
#ifndef EHC_SERVER_MODEL_JOINED_H_
#define EHC_SERVER_MODEL_JOINED_H_

#include <cstdint>

#include "ehc/store/v1/dossier.pb.h"
#include "server/model/names.h"

namespace ehc {

// The join of this number; null for the root's own and for strangers.
const store::v1::JoinedSubject* FindJoined(const store::v1::Dossier& dossier, SubjectId number);

bool IsNumberOf(const store::v1::Dossier& dossier, SubjectId root, SubjectId number);

// The number under which the agency knows the child, so that its name for the child stays what it
// was: the root where it registered that, else the member that it registered, else `named`, which
// it used.
SubjectId NumberFor(const store::v1::Dossier& dossier, SubjectId root, SubjectId named,
                    const AgencyId& agency);

// Whether the agency registered the child under this very number of it.
bool IsRegisteredAs(const store::v1::Dossier& dossier, SubjectId root, SubjectId number,
                    const AgencyId& agency);

// The number that was named, where the agency registered the child under it, else as NumberFor():
// what is written down under it stays with the child that was meant when the numbers are parted.
SubjectId NumberMeantBy(const store::v1::Dossier& dossier, SubjectId root, SubjectId named,
                        const AgencyId& agency);

// Items are named under a number of the child. `code` is what the name says: the item's number as
// it was before the join, or, below zero, its number in the root's dossier now.
int64_t ItemNumberOf(const store::v1::Dossier& dossier, SubjectId number, int64_t code);
int64_t ItemCodeOf(const store::v1::Dossier& dossier, SubjectId number, int64_t item);

bool IsRegisteredBy(const store::v1::Dossier& dossier, const AgencyId& agency);

// The agency registers the child under this number of it. Once is enough.
void AddRegistration(store::v1::Dossier& dossier, SubjectId root, SubjectId number,
                     const AgencyId& agency);

// `member`'s dossier becomes part of `root`'s; its own members become root's. A day of birth that
// the root did not know is taken over. The caller puts both and the joins.
void JoinInto(store::v1::Dossier& root, SubjectId root_number, SubjectId member,
              store::v1::Dossier& dossier);

// Takes `member` out of root's dossier and returns its own again: what was recorded about it,
// before and since; of protections set since, also those about the others, for nobody can say any
// more whom they were meant for. `before` is the dossier under the member's number, as it was
// joined. Both remember that they are two.
store::v1::Dossier SplitFrom(store::v1::Dossier& root, SubjectId root_number, SubjectId member,
                             const store::v1::Dossier& before);

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_JOINED_H_
