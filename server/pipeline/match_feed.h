// What the matcher's index holds: of every child, what each agency that registered it says of it.
// The index is built from the store once, before anything is served, and follows every commit.
#ifndef EHC_SERVER_PIPELINE_MATCH_FEED_H_
#define EHC_SERVER_PIPELINE_MATCH_FEED_H_

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "ehc/store/v1/dossier.pb.h"
#include "server/base/clock.h"
#include "server/matching/index.h"
#include "server/model/demographics.h"
#include "server/storage/store.h"

namespace ehc {

Demographics DemographicsOf(const hub::v1::PersonDetails& person);

// Remembers what an agency says of the child, in place of what it said before.
void SetStatement(store::v1::Dossier& dossier, const AgencyId& agency,
                  const hub::v1::PersonDetails& person);

// Pure. The accounts by which a child may be found, by registrar. None of a severed identity, nor
// of one under a protection that severs it. The postcode is left out while the address is
// protected, or will be: whoever knows a name and a birth must not learn the home by trying.
std::vector<std::pair<AgencyId, Demographics>> AccountsOf(const store::v1::Dossier& dossier,
                                                          Date today);

class MatchFeed {
 public:
  // Both outlive this and the store.
  MatchFeed(MatchIndex& index, const Clock& clock) : index_(index), clock_(clock) {}

  // The child as it now is; null: erased. Thread safe.
  void Follow(SubjectId subject, const store::v1::Dossier* dossier);

  // From now on the index follows the store. Reads every dossier and logs how far it has come, by
  // numbers alone. REQUIRES: nothing is committed meanwhile.
  absl::Status Start(Store& store);

 private:
  MatchIndex& index_;
  const Clock& clock_;
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_MATCH_FEED_H_
