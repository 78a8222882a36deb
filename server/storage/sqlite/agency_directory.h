#ifndef EHC_SERVER_STORAGE_SQLITE_AGENCY_DIRECTORY_H_
#define EHC_SERVER_STORAGE_SQLITE_AGENCY_DIRECTORY_H_

#include <cstdint>
#include <shared_mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/model/names.h"
#include "server/storage/sqlite/database.h"

namespace ehc {

// Agencies by the small numbers that rows carry for them. Number 0 is nobody (in keys: the hub).
//
// Finding is thread safe; the rest belongs to whoever leads the commits. A number that a batch
// added is found before it is committed; no committed row bears it yet, so nothing shows.
class AgencyDirectory {
 public:
  absl::Status Load(Database& database);

  // -1, which no row bears, for an agency that the store has never met; 0 for the empty name.
  int64_t Find(const AgencyId& agency) const;
  AgencyId NameOf(int64_t number) const;

  // Gives the agency a number in the transaction under way, unless it has one.
  absl::StatusOr<int64_t> Ensure(Database& writer, const AgencyId& agency);
  // Keeps or forgets what was added since the last call.
  void Settle(bool committed);

 private:
  mutable std::shared_mutex mutex_;  // guards both maps
  absl::flat_hash_map<AgencyId, int64_t> numbers_;
  absl::flat_hash_map<int64_t, AgencyId> names_;
  std::vector<int64_t> added_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_AGENCY_DIRECTORY_H_
