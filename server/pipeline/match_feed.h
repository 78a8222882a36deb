// What the matcher's index holds: of every child, what the agency that registered it said of it.
// The index is built from the store once, before anything is served, and follows every commit.
#ifndef EHC_SERVER_PIPELINE_MATCH_FEED_H_
#define EHC_SERVER_PIPELINE_MATCH_FEED_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "ehc/store/v1/dossier.pb.h"
#include "server/base/clock.h"
#include "server/matching/index.h"
#include "server/model/demographics.h"
#include "server/storage/dossier_feed.h"

namespace ehc {

Demographics DemographicsOf(const hub::v1::PersonDetails& person);

// Pure. By what a child may be found, and among whose children: by what each agency that registered
// it says of it, among that agency's. Nothing of a severed identity, nor of one under a protection
// that severs it. Postcodes are left out while the address is protected, or will be: whoever knows
// a name and a birth must not learn the home by trying.
MatchAccounts AccountsOf(const store::v1::Dossier& dossier, Date today);

class MatchFeed {
 public:
  // Both outlive this and the store.
  MatchFeed(MatchIndex& index, const Clock& clock) : index_(index), clock_(clock) {}

  // The child as it now is; null: erased. A number that is taken for another's is found under that
  // one alone. Thread safe.
  void Follow(SubjectId subject, const store::v1::Dossier* dossier);

  // From now on the index follows the store. Reads every dossier and logs how far it has come, by
  // numbers alone. REQUIRES: nothing is committed meanwhile.
  absl::Status Start(DossierFeed& store);

  // Learns, from Start() on, by which child something is found that was not before. Called as a
  // DossierWatcher is; set it before.
  void OnFiled(std::function<void(SubjectId)> filed) { filed_ = std::move(filed); }

 private:
  // Whether the number is another's; learns from a dossier whose numbers it joins.
  bool LearnJoins(SubjectId subject, const store::v1::Dossier& dossier);

  MatchIndex& index_;
  const Clock& clock_;
  std::function<void(SubjectId)> filed_;
  std::mutex mutex_;  // guards what follows
  absl::flat_hash_map<int64_t, std::vector<int64_t>>
      members_;                          // of a child that is several numbers
  absl::flat_hash_set<int64_t> others_;  // numbers that are another's
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_MATCH_FEED_H_
