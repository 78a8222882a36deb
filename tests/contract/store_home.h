// Where a store under test lives: how each backend is made, opened again and damaged. One line per
// backend; every test of tests/contract runs against each.
#ifndef EHC_TESTS_CONTRACT_STORE_HOME_H_
#define EHC_TESTS_CONTRACT_STORE_HOME_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/storage/store.h"

namespace ehc {

// A sealed value in the store, of the one row that the test wrote.
enum class SealedColumn {
  kDossier,
  kDossierKey,
  kRecordHead,
  kDataKey,
  kPart,
  kOpening,
  kAuditKey
};

class StoreHome {
 public:
  virtual ~StoreHome() = default;

  // Opens the store, whose previous instance is gone.
  virtual absl::StatusOr<std::unique_ptr<Store>> Open(Clock& clock) = 0;
  // Inverts one bit of the sealed value. REQUIRES: the store is closed.
  virtual void Damage(SealedColumn column) = 0;
  // Gives the second child's sealed values to the first. REQUIRES: as Damage(); two children.
  virtual void SwapDossiers() = 0;
  // Everything on disk, to search for what must not be there. REQUIRES: the store is closed.
  virtual std::string AllBytes() = 0;
  // Keeps a copy of the database, and puts it back in the place of what has become of it: the
  // journal of erasures stays what it is. False: this backend is not copied so. REQUIRES: the store
  // is closed.
  virtual bool CopyAside() { return false; }
  virtual void PutBack() {}
};

struct StoreBackend {
  std::string name;
  std::unique_ptr<StoreHome> (*make)();
};

std::vector<StoreBackend> StoreBackends();

std::unique_ptr<StoreHome> MakeSqliteHome();

}  // namespace ehc

#endif  // EHC_TESTS_CONTRACT_STORE_HOME_H_
