#include "ehchub/log_tree.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client-sdk/src/log_follower.h"
#include "client-sdk/src/tree_reader.h"
#include "server/base/fs.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"

namespace ehchub {
namespace {

using ehc::Digest;
using ehc::TileId;
using internal::LogFollower;
using internal::RemoteTiles;
using internal::TreeSpan;
using internal::VerifyTree;

constexpr size_t kMaxNoteFile = 256 * 1024;
constexpr size_t kMaxTile = ehc::kTileWidth * sizeof(Digest);

absl::StatusOr<TreeSpan> SpanOf(const CheckpointInfo* from, const CheckpointInfo& to) {
  TreeSpan span;
  span.to = to.tree_size;
  EHC_ASSIGN_OR_RETURN(span.to_root, ehc::DigestFromBytes(to.root_hash));
  if (from == nullptr) return span;
  span.from = from->tree_size;
  EHC_ASSIGN_OR_RETURN(span.from_root, ehc::DigestFromBytes(from->root_hash));
  if (span.from > span.to) {
    return absl::DataLossError("THE LOG CONTRADICTS ITSELF: it is smaller than it was");
  }
  return span;
}

CheckpointInfo InfoOf(const ehc::Checkpoint& head, absl::string_view note) {
  return {head.origin, head.size, std::string(ehc::DigestView(head.root)), std::string(note)};
}

absl::Status WriteTile(const std::string& path, const std::string& bytes) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) return absl::UnavailableError(absl::StrCat("making ", path, ": ", error.message()));
  return ehc::AtomicWriteFile(path, bytes, 0644);
}

// Where an earlier export came to, if there is one and it is of this log.
absl::StatusOr<std::optional<CheckpointInfo>> Exported(const CheckpointInfo& to,
                                                       const std::string& folder) {
  const auto note = ehc::ReadFile(absl::StrCat(folder, "/checkpoint"), kMaxNoteFile);
  if (absl::IsNotFound(note.status())) return std::nullopt;
  EHC_RETURN_IF_ERROR(note.status());
  EHC_ASSIGN_OR_RETURN(const ehc::SignedNote parsed, ehc::ParseSignedNote(*note));
  EHC_ASSIGN_OR_RETURN(const ehc::Checkpoint head, ehc::ParseCheckpoint(parsed.text));
  if (head.origin == to.log_id) return InfoOf(head, *note);
  return absl::FailedPreconditionError(
      absl::StrCat(folder, " holds the tiles of another log; choose another folder"));
}

}  // namespace

absl::StatusOr<CheckpointInfo> OpenNote(const LogKeys& keys, absl::string_view note,
                                        const std::string& receipts) {
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<LogFollower> log, LogFollower::Create(keys, receipts));
  const auto head = log->keys()->Open(note);
  if (head.ok()) return InfoOf(*head, note);
  return absl::DataLossError(
      absl::StrCat("the checkpoint is not signed by this log: ", head.status().message()));
}

absl::Status VerifyLog(AuditConnection& audit, const CheckpointInfo& to,
                       const CheckpointInfo* since, const EntriesDone& done) {
  EHC_ASSIGN_OR_RETURN(const TreeSpan span, SpanOf(since, to));
  RemoteTiles tiles(audit, span.to);
  return VerifyTree(
      span, [&tiles](const TileId& tile) { return tiles.Read(tile); }, done);
}

absl::Status ExportTiles(AuditConnection& audit, const CheckpointInfo& to,
                         const std::string& folder, const EntriesDone& done) {
  EHC_ASSIGN_OR_RETURN(const std::optional<CheckpointInfo> before, Exported(to, folder));
  EHC_ASSIGN_OR_RETURN(const TreeSpan span, SpanOf(before.has_value() ? &*before : nullptr, to));
  RemoteTiles tiles(audit, span.to);
  EHC_RETURN_IF_ERROR(VerifyTree(
      span,
      [&](const TileId& tile) -> absl::StatusOr<std::string> {
        EHC_ASSIGN_OR_RETURN(std::string bytes, tiles.Read(tile));
        EHC_RETURN_IF_ERROR(WriteTile(absl::StrCat(folder, "/", ehc::TilePath(tile)), bytes));
        return bytes;
      },
      done));
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  return ehc::AtomicWriteFile(absl::StrCat(folder, "/checkpoint"), to.note, 0644);
}

absl::StatusOr<CheckpointInfo> VerifyTiles(const LogKeys& keys, const std::string& folder,
                                           const EntriesDone& done, const std::string& receipts) {
  EHC_ASSIGN_OR_RETURN(const std::string note,
                       ehc::ReadFile(absl::StrCat(folder, "/checkpoint"), kMaxNoteFile));
  EHC_ASSIGN_OR_RETURN(CheckpointInfo to, OpenNote(keys, note, receipts));
  EHC_ASSIGN_OR_RETURN(const TreeSpan span, SpanOf(nullptr, to));
  EHC_RETURN_IF_ERROR(VerifyTree(
      span,
      [&folder](const TileId& tile) {
        return ehc::ReadFile(absl::StrCat(folder, "/", ehc::TilePath(tile)), kMaxTile);
      },
      done));
  return to;
}

}  // namespace ehchub
