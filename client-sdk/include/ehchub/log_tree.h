// The whole of a log: every hash of its tree, verified against signed checkpoints, and kept as
// static tiles (c2sp.org/tlog-tiles) that other tools can read. Hashes only: tiles say nothing
// about anybody, and there are no entry bundles.
#ifndef EHCHUB_LOG_TREE_H_
#define EHCHUB_LOG_TREE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ehchub/audit_connection.h"
#include "ehchub/receipts.h"

namespace ehchub {

// Called now and then with how many entries are done.
using EntriesDone = std::function<void(uint64_t)>;

// A checkpoint's note whose signature one of `keys` accepts, or one that they were followed to by
// whoever keeps the receipts file `receipts`. DATA_LOSS otherwise.
absl::StatusOr<CheckpointInfo> OpenNote(const LogKeys& keys, absl::string_view note,
                                        const std::string& receipts = "");

// Whether the hub's tree is the one that `to` signs, hash by hash from the leaves. With `since`, a
// checkpoint verified before, only what came after it is read, once what came before is shown to
// be unchanged. DATA_LOSS names what does not fit. REQUIRES: since->tree_size <= to.tree_size.
absl::Status VerifyLog(AuditConnection& audit, const CheckpointInfo& to,
                       const CheckpointInfo* since, const EntriesDone& done);

// Writes the tree that `to` signs below `folder`: checkpoint, tile/0/000, tile/0/x001/234, … It is
// verified on the way, and `checkpoint` is written last. What an earlier export left there is
// continued.
absl::Status ExportTiles(AuditConnection& audit, const CheckpointInfo& to,
                         const std::string& folder, const EntriesDone& done);

// The same check of tiles on disk, with no hub: the note in <folder>/checkpoint, and every tile
// that its tree has.
absl::StatusOr<CheckpointInfo> VerifyTiles(const LogKeys& keys, const std::string& folder,
                                           const EntriesDone& done,
                                           const std::string& receipts = "");

// Inclusion and consistency vectors: JSON arrays of objects with leafIdx, treeSize, root, leafHash,
// proof and wantErr, or size1, size2, root1, root2, proof and wantErr.
struct VectorsReport {
  int passed = 0;
  int failed = 0;
  std::vector<std::string> failures;  // the vectors' own names of themselves
};
// INVALID_ARGUMENT where the text is no such array.
absl::StatusOr<VectorsReport> RunVectors(absl::string_view json);

}  // namespace ehchub

#endif  // EHCHUB_LOG_TREE_H_
