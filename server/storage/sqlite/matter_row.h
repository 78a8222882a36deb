#ifndef EHC_SERVER_STORAGE_SQLITE_MATTER_ROW_H_
#define EHC_SERVER_STORAGE_SQLITE_MATTER_ROW_H_

#include <cstdint>
#include <string>

#include "server/model/matter.h"
#include "server/storage/sealing.h"
#include "server/storage/sqlite/agency_directory.h"
#include "server/storage/sqlite/database.h"

namespace ehc {

// A matter's columns. All but the key are bound to the sealed body: a row with one of them altered
// does not open.
struct MatterRow {
  int64_t number = 0;
  std::string kind;
  int64_t opener = 0;
  int64_t addressee = 0;
  int64_t subject = 0;
  int64_t revision = 0;
  int64_t open = 0;
  int64_t due_ms = 0;  // the greatest value: never
  int64_t kek = 0;
};

// Columns of the statements that read matters; the others are in MatterRow.
inline constexpr int kMatterWrapped = 9;
inline constexpr int kMatterSealed = 10;

MatterRow RowOf(const Matter& matter, const AgencyDirectory& agencies);
MatterRow ReadMatterRow(const Query& row);
// Without its body.
Matter MatterOf(const MatterRow& row, const AgencyDirectory& agencies);
Binding MatterBinding(const MatterRow& row);
bool IsTheSameMatter(const MatterRow& a, const MatterRow& b);

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_MATTER_ROW_H_
