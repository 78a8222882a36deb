#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/byte_codec.h"
#include "server/base/merkle.h"
#include "server/base/merkle_tile.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/check_parts.h"
#include "server/storage/sqlite/check_runs.h"
#include "server/storage/sqlite/log_index.h"
#include "server/storage/sqlite/log_tree.h"
#include "server/storage/sqlite/schema.h"

namespace ehc {
namespace {

constexpr char kEntries[] =
    "SELECT e.number, e.leaf, e.searcher, e.custodian, e.subject, e.denial_day, e.generation,"
    " e.opening, e.root, a.generation, a.kek, a.wrapped, d.wrapped FROM entry e"
    " LEFT JOIN audit_key a ON a.subject = ifnull(e.subject, 0)"
    " LEFT JOIN denial_key d ON d.day = e.denial_day ORDER BY e.number";

enum Column {
  kNumber,
  kLeaf,
  kSearcher,
  kCustodian,
  kSubject,
  kDenialDay,
  kGeneration,
  kOpening,
  kRoot,
  kKeyGeneration,
  kKeyKek,
  kKeyWrapped,
  kDenialKeyWrapped,
};

class LogCheck {
 public:
  explicit LogCheck(const CheckContext& context)
      : context_(context),
        report_(context.report),
        merged_(context.database,
                [this](int64_t entry, absl::string_view what) { Bad(entry, what); }) {}

  absl::Status Run() {
    NoteRoot();
    Query row(context_.database, kEntries);
    while (row.Next()) EHC_RETURN_IF_ERROR(Take(row));
    EHC_RETURN_IF_ERROR(row.status());
    if (tree_.size() > 0 && !last_has_root_) {
      Bad(size() - 1, "is the last, and no root is stored with it: the log's end is missing");
    }
    report_.head = {size(), tree_.Root()};
    EHC_RETURN_IF_ERROR(CheckExcess());
    return CheckCosignatures();
  }

 private:
  int64_t size() const { return static_cast<int64_t>(tree_.size()); }

  void Bad(int64_t entry, absl::string_view what) { report_.FindEntry(entry, what); }

  void NoteRoot() {
    const auto& wanted = context_.options.roots_at;
    if (std::find(wanted.begin(), wanted.end(), size()) != wanted.end()) {
      report_.roots[size()] = tree_.Root();
    }
  }

  absl::Status Take(Query& row) {
    if (row.Integer(kNumber) != size() && !is_broken_) {
      Bad(size(), "is missing; what follows it cannot be held against the tree");
      is_broken_ = true;
    }
    const absl::StatusOr<Digest> leaf = DigestFromBytes(row.Blob(kLeaf));
    if (!leaf.ok()) {
      Bad(row.Integer(kNumber), "has no leaf of 32 bytes");
      is_broken_ = true;
    }
    CheckOpening(row, leaf.value_or(Digest{}));
    if (!is_broken_) EHC_RETURN_IF_ERROR(Append(row, *leaf));
    context_.Progress("entry", ++done_);
    return absl::OkStatus();
  }

  void CheckOpening(Query& row, const Digest& leaf) {
    const int64_t number = row.Integer(kNumber);
    const bool denial = !row.IsNull(kDenialDay);
    const bool has_key = denial ? !row.IsNull(kDenialKeyWrapped)
                                : !row.IsNull(kKeyWrapped) &&
                                      row.Integer(kKeyGeneration) == row.Integer(kGeneration);
    if (!has_key) {
      ++report_.erased;
      return;
    }
    const absl::StatusOr<SealingKey> key =
        denial ? context_.keys.UnwrapDenialKey(row.Integer(kDenialDay), row.Blob(kDenialKeyWrapped))
               : context_.keys.Unwrap(
                     row.Integer(kKeyKek), row.Blob(kKeyWrapped),
                     AuditKeyBinding(row.Integer(kSubject), row.Integer(kGeneration)));
    if (!key.ok()) return Bad(number, "has a key that does not unwrap");
    std::string opening;
    const Binding binding = Binding(SealedUse::kOpening).Text(DigestView(leaf));
    if (!key->OpenTo(row.Blob(kOpening), binding, &opening).ok()) {
      return Bad(number, "is not sealed as the entry of its leaf: one of both was altered");
    }
    const auto& check = context_.options.check_opening;
    if (check != nullptr && !check(leaf, opening).ok()) {
      Bad(number, "does not hash to its leaf");
    }
    EraseString(&opening);
  }

  absl::Status Append(Query& row, const Digest& leaf) {
    const int64_t number = size();
    absl::Status status;
    tree_.Append(leaf, [&](NodeId node, const Digest& hash) {
      if (status.ok() && IsStoredNode(node)) status = CheckNode(node, hash);
    });
    EHC_RETURN_IF_ERROR(status);
    open_tile_.push_back(leaf);
    if (open_tile_.size() == kTileWidth) EHC_RETURN_IF_ERROR(CheckTile(number / kTileWidth));
    keys_.push_back(EntryKeys::Of(leaf, row.Integer(kSearcher), row.Integer(kCustodian),
                                  row.Integer(kSubject)));
    if (static_cast<int64_t>(keys_.size()) == kRunEntries) {
      EHC_RETURN_IF_ERROR(CheckRuns(number / kRunEntries));
    }
    EHC_RETURN_IF_ERROR(merged_.Add(LeafKey(leaf)));
    last_has_root_ = !row.IsNull(kRoot);
    if (last_has_root_) CheckRoot(row.Blob(kRoot), number);
    NoteRoot();
    return absl::OkStatus();
  }

  // The first root that does not follow says that something since the one before it was altered.
  void CheckRoot(absl::string_view stored, int64_t number) {
    if (stored == DigestView(tree_.Root())) {
      since_ = number + 1;
      return;
    }
    if (root_failed_) return;
    root_failed_ = true;
    Bad(since_, absl::StrCat("or one after it up to ", number,
                             " was altered, moved or taken away: they do not lead to the root that "
                             "was stored with the last"));
  }

  absl::Status CheckNode(NodeId node, const Digest& hash) {
    const int64_t place = NodePlace(static_cast<int>(node.level), static_cast<int64_t>(node.index));
    Query query(context_.database, Sql::kReadNodes);
    const bool right =
        query.Bind(place).Bind(place + 1).Next() && query.Blob(0) == DigestView(hash);
    EHC_RETURN_IF_ERROR(query.status());
    if (!right) {
      report_.Find(absl::StrCat("node ", node.level, "/", node.index),
                   "is missing or does not follow from the leaves");
    }
    return absl::OkStatus();
  }

  absl::Status CheckTile(int64_t tile) {
    std::string bytes;
    for (const Digest& leaf : open_tile_) AppendRaw(DigestView(leaf), &bytes);
    open_tile_.clear();
    Query query(context_.database, Sql::kReadTile);
    const bool is_there = query.Bind(tile).Next();
    EHC_RETURN_IF_ERROR(query.status());
    if (!is_there) {
      report_.Find(absl::StrCat("tile ", tile), "is missing");
      return absl::OkStatus();
    }
    const absl::string_view stored = query.Blob(0);
    if (stored == bytes) return absl::OkStatus();
    const auto differs = std::mismatch(bytes.begin(), bytes.end(), stored.begin(), stored.end());
    const int64_t place = (differs.first - bytes.begin()) / static_cast<int64_t>(sizeof(Digest));
    Bad(tile * kTileWidth + place, "has another leaf than its tile");
    return absl::OkStatus();
  }

  absl::Status CheckRuns(int64_t run) {
    for (int kind = 0; kind < kEntryKeyKinds; ++kind) {
      Query query(context_.database, Sql::kReadRun);
      const bool right =
          query.Bind(RunPlace(kind, run)).Next() && query.Blob(0) == EncodeRun(keys_, kind);
      EHC_RETURN_IF_ERROR(query.status());
      if (!right) report_.Find(absl::StrCat("run ", kind, "/", run), "is not of its entries");
    }
    keys_.clear();
    return absl::OkStatus();
  }

  // Rows that belong to no entry: what a log leaves behind that was cut short.
  absl::Status CheckExcess() {
    std::vector<std::pair<const char*, std::string>> tables = {
        {"tile", absl::StrCat("SELECT count(*) FROM tile WHERE number >= ", size() / kTileWidth)},
        {"node", absl::StrCat("SELECT count(*) FROM node WHERE place >= ",
                              NodePlace(kStoredLevels, size() >> kStoredLevels), " AND place < ",
                              NodePlace(2 * kStoredLevels, 0))},
        {"record_change",
         absl::StrCat("SELECT count(*) FROM record_change WHERE entry >= ", size())},
        {"matter_event", absl::StrCat("SELECT count(*) FROM matter_event WHERE entry >= ", size())},
    };
    for (auto& one : MergedRunCheck::CountsOfExcess(size())) tables.push_back(std::move(one));
    for (const auto& [table, sql] : tables) {
      EHC_ASSIGN_OR_RETURN(const int64_t excess, context_.database.QueryInteger(sql.c_str()));
      if (excess == 0) continue;
      Bad(size(), absl::StrCat("is missing, and ", excess, " row(s) of ", table,
                               " are about it or later ones: the log was cut short"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckCosignatures() {
    Query query(context_.database, Sql::kListCosignatures);
    int64_t done = 0;
    while (query.Next()) {
      ++done;
      const int64_t signed_size = query.Integer(0);
      absl::StatusOr<Digest> root = absl::NotFoundError("");
      if (signed_size <= size() && !is_broken_) {
        root = RootAt(static_cast<uint64_t>(signed_size), [this](NodeId node) {
          return SubtreeHash(context_.database, static_cast<int>(node.level),
                             static_cast<int64_t>(node.index));
        });
      }
      if (!root.ok() || query.Blob(1) != DigestView(*root)) {
        report_.Find(absl::StrCat("cosignature at ", signed_size),
                     "is of another tree than this log's");
      }
    }
    report_.rows["cosignature"] = done;
    return query.status();
  }

  const CheckContext& context_;
  StoreCheckReport& report_;
  MergedRunCheck merged_;
  MerkleRange tree_;
  std::vector<Digest> open_tile_;
  std::vector<EntryKeys> keys_;
  int64_t done_ = 0;
  int64_t since_ = 0;  // the entry after the last root that held
  bool last_has_root_ = false;
  bool root_failed_ = false;
  bool is_broken_ = false;
};

}  // namespace

absl::Status CheckLogRows(const CheckContext& context) { return LogCheck(context).Run(); }

}  // namespace ehc
