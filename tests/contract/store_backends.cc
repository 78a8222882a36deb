#include "tests/contract/store_home.h"

namespace ehc {

std::vector<StoreBackend> StoreBackends() { return {{"Sqlite", &MakeSqliteHome}}; }

}  // namespace ehc
