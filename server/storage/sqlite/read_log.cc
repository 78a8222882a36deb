// The log's side of a read view: entries and the tree over them.
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/log_tree.h"
#include "server/storage/sqlite/read_view.h"

namespace ehc {
namespace {

// Both keys ride along, so that an entry is opened from its own row.
constexpr char kSelectEntries[] =
    "SELECT e.number, e.leaf, e.recorded_ms, e.searcher, e.custodian, e.subject, e.denial_day,"
    " e.generation, e.opening, a.generation, a.kek, a.wrapped, d.wrapped FROM entry e"
    " LEFT JOIN audit_key a ON a.subject = ifnull(e.subject, 0)"
    " LEFT JOIN denial_key d ON d.day = e.denial_day WHERE e.number > ? AND e.number < ?";

enum Column {
  kNumber,
  kLeaf,
  kRecordedMs,
  kSearcher,
  kCustodian,
  kSubject,
  kDenialDay,
  kGeneration,
  kOpening,
  kKeyGeneration,
  kKeyKek,
  kKeyWrapped,
  kDenialKeyWrapped,
};

std::string SelectEntries(const EntryFilter& filter) {
  return absl::StrCat(kSelectEntries, filter.searcher.has_value() ? " AND e.searcher = ?" : "",
                      filter.custodian.has_value() ? " AND e.custodian = ?" : "",
                      filter.subject.has_value() ? " AND e.subject = ?" : "",
                      " ORDER BY e.number LIMIT ?");
}

}  // namespace

absl::Status SqliteReadView::OpenOpening(Query& row, StoredEntry* entry) {
  const bool key_is_there =
      entry->row.denial
          ? !row.IsNull(kDenialKeyWrapped)
          : !row.IsNull(kKeyWrapped) && row.Integer(kKeyGeneration) == row.Integer(kGeneration);
  entry->erased = !key_is_there;
  if (entry->erased) return absl::OkStatus();
  const Binding key_binding = AuditKeyBinding(entry->row.subject.value, row.Integer(kGeneration));
  absl::StatusOr<SealingKey> key =
      entry->row.denial
          ? context_.keys.UnwrapDenialKey(row.Integer(kDenialDay), row.Blob(kDenialKeyWrapped))
          : context_.keys.Unwrap(row.Integer(kKeyKek), row.Blob(kKeyWrapped), key_binding);
  entry->erased = absl::IsNotFound(key.status());
  if (entry->erased) return absl::OkStatus();
  EHC_RETURN_IF_ERROR(key.status());
  const Binding binding = Binding(SealedUse::kOpening).Text(DigestView(entry->row.leaf_hash));
  return key->OpenTo(row.Blob(kOpening), binding, &entry->row.opening);
}

absl::StatusOr<StoredEntry> SqliteReadView::OpenEntry(Query& row) {
  StoredEntry entry;
  entry.index = row.Integer(kNumber);
  EHC_ASSIGN_OR_RETURN(entry.row.leaf_hash, DigestFromBytes(row.Blob(kLeaf)));
  entry.row.recorded_at = absl::FromUnixMillis(row.Integer(kRecordedMs));
  entry.row.searcher = context_.agencies.NameOf(row.Integer(kSearcher));
  entry.row.custodian = context_.agencies.NameOf(row.Integer(kCustodian));
  entry.row.subject.value = row.Integer(kSubject);
  entry.row.denial = !row.IsNull(kDenialDay);
  EHC_RETURN_IF_ERROR(OpenOpening(row, &entry));
  return entry;
}

absl::StatusOr<std::vector<StoredEntry>> SqliteReadView::ListEntries(const EntryFilter& filter) {
  Query query(*reader_, SelectEntries(filter));
  query.Bind(filter.after).Bind(head_.size);
  if (filter.searcher.has_value()) query.Bind(context_.agencies.Find(*filter.searcher));
  if (filter.custodian.has_value()) query.Bind(context_.agencies.Find(*filter.custodian));
  if (filter.subject.has_value()) query.Bind(filter.subject->value);
  query.Bind(filter.limit);
  std::vector<StoredEntry> entries;
  while (query.Next()) {
    EHC_ASSIGN_OR_RETURN(entries.emplace_back(), OpenEntry(query));
  }
  EHC_RETURN_IF_ERROR(query.status());
  return entries;
}

absl::StatusOr<std::optional<int64_t>> SqliteReadView::FindEntry(const Digest& leaf_hash) {
  Query query(*reader_, Sql::kFindEntry);
  if (query.Bind(leaf_hash).Next() && query.Integer(0) < head_.size) return query.Integer(0);
  EHC_RETURN_IF_ERROR(query.status());
  return std::nullopt;
}

absl::StatusOr<Digest> SqliteReadView::NodeHash(int level, int64_t index) {
  const bool complete = level >= 0 && level < 62 && index >= 0 && index < head_.size >> level;
  if (!complete) return absl::InvalidArgumentError("log: not a complete subtree of this view");
  return SubtreeHash(*reader_, level, index);
}

}  // namespace ehc
