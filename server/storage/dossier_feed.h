// A store whose dossiers can be read one after the other and followed from then on: for what is
// kept in memory beside it. tests/contract holds every backend to it.
#ifndef EHC_SERVER_STORAGE_DOSSIER_FEED_H_
#define EHC_SERVER_STORAGE_DOSSIER_FEED_H_

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "ehc/store/v1/dossier.pb.h"
#include "server/model/names.h"

namespace ehc {

struct SubjectDossier {
  SubjectId subject;
  store::v1::Dossier dossier;
};

// Learns what became of a child's dossier: put, or null once its key is destroyed. Called in the
// log's order, after the change is durable and before it is acknowledged, on the committing thread:
// it must be quick and must not use the store.
using DossierWatcher = std::function<void(SubjectId, const store::v1::Dossier*)>;

// Thread safe.
class DossierFeed {
 public:
  virtual ~DossierFeed() = default;

  // The dossiers of the next `limit` children after that number, by number; none when there are no
  // more. Whose key was destroyed is left out.
  virtual absl::StatusOr<std::vector<SubjectDossier>> ListDossiers(SubjectId after, int limit) = 0;

  // One for all; changes before this call are not told. Null: nobody any more.
  virtual void WatchDossiers(DossierWatcher watcher) = 0;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_DOSSIER_FEED_H_
