// The log's side of a read view: entries and the tree over them.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/log_index.h"
#include "server/storage/sqlite/log_tree.h"
#include "server/storage/sqlite/read_view.h"
#include "server/storage/sqlite/schema.h"

namespace ehc {
namespace {

// Both keys ride along, so that an entry is opened from its own row.
constexpr char kSelectEntries[] =
    "SELECT e.number, e.leaf, e.recorded_ms, e.searcher, e.custodian, e.subject, e.denial_day,"
    " e.generation, e.opening, a.generation, a.kek, a.wrapped, d.wrapped FROM entry e"
    " LEFT JOIN audit_key a ON a.subject = ifnull(e.subject, 0)"
    " LEFT JOIN denial_key d ON d.day = e.denial_day WHERE e.number >= ? AND e.number < ?";

constexpr char kWithoutSevered[] =
    " AND NOT EXISTS (SELECT 1 FROM severed s WHERE s.subject = e.subject)";

constexpr char kWithoutSeveredButDenied[] =
    " AND (e.denial_day IS NOT NULL OR"
    " NOT EXISTS (SELECT 1 FROM severed s WHERE s.subject = e.subject))";

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

// A filter in the rows' own numbers.
struct NumberFilter {
  std::optional<int64_t> searcher;
  std::optional<int64_t> custodian;
  std::vector<uint64_t> subjects;  // every number of the child
  bool with_severed = false;
  bool with_severed_denials = false;

  bool any() const { return searcher.has_value() || custodian.has_value() || !subjects.empty(); }

  std::string Select() const {
    return absl::StrCat(
        kSelectEntries, searcher.has_value() ? " AND e.searcher = ?" : "",
        custodian.has_value() ? " AND e.custodian = ?" : "",
        subjects.empty() ? ""
                         : absl::StrCat(" AND e.subject IN (", absl::StrJoin(subjects, ","), ")"),
        with_severed           ? ""
        : with_severed_denials ? kWithoutSeveredButDenied
                               : kWithoutSevered,
        " ORDER BY e.number LIMIT ?");
  }
  void Bind(int64_t begin, int64_t end, int64_t limit, Query* query) const {
    query->Bind(begin).Bind(end);
    for (const auto& number : {searcher, custodian}) {
      if (number.has_value()) query->Bind(*number);
    }
    query->Bind(limit);
  }
  // The kind that usually leaves the fewest.
  std::pair<EntryKeyKind, std::vector<uint64_t>> NarrowestKeys() const {
    if (!subjects.empty()) return {EntryKeyKind::kSubject, subjects};
    if (custodian.has_value()) {
      return {EntryKeyKind::kCustodian, {static_cast<uint64_t>(*custodian)}};
    }
    return {EntryKeyKind::kSearcher, {static_cast<uint64_t>(*searcher)}};
  }
};

}  // namespace

absl::StatusOr<Database*> SqliteReadView::Log() {
  if (reader_.since.head.size >= now_.head.size) return reader_.database.get();
  if (!log_reader_.has_value()) {
    EHC_ASSIGN_OR_RETURN(log_reader_, context_.pool.TakeForLog(now_));
  }
  return log_reader_->database.get();
}

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

absl::Status SqliteReadView::AppendRows(Query& query, std::vector<StoredEntry>* entries) {
  while (query.Next()) {
    EHC_ASSIGN_OR_RETURN(entries->emplace_back(), OpenEntry(query));
  }
  return query.status();
}

absl::Status SqliteReadView::ForEachInRuns(Database& log, EntryKeyKind kind,
                                           absl::Span<const uint64_t> keys, int64_t after,
                                           absl::FunctionRef<absl::StatusOr<bool>(int64_t)> take) {
  const int64_t runs = now_.head.size / kRunEntries;
  for (int64_t run = (after + 1) / kRunEntries; run < runs; ++run) {
    std::vector<int64_t> found;
    for (const uint64_t key : keys) {
      EHC_ASSIGN_OR_RETURN(const std::vector<int64_t> some, FindInRun(log, kind, run, key));
      found.insert(found.end(), some.begin(), some.end());
    }
    if (keys.size() > 1) std::sort(found.begin(), found.end());
    for (const int64_t number : found) {
      if (number <= after) continue;
      EHC_ASSIGN_OR_RETURN(const bool wants_more, take(number));
      if (!wants_more) return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredEntry>> SqliteReadView::ListEntries(const EntryFilter& filter) {
  std::vector<StoredEntry> entries;
  if (filter.limit <= 0) return entries;
  EHC_ASSIGN_OR_RETURN(Database* const log, Log());
  NumberFilter numbers;
  numbers.with_severed = filter.with_severed;
  numbers.with_severed_denials = filter.with_severed_denials;
  if (filter.searcher.has_value()) numbers.searcher = context_.agencies.Find(*filter.searcher);
  if (filter.custodian.has_value()) numbers.custodian = context_.agencies.Find(*filter.custodian);
  if (filter.subject.has_value()) {
    std::vector<SubjectId> all = {*filter.subject};
    if (!filter.this_number_only) {
      EHC_ASSIGN_OR_RETURN(all, NumbersOf(*filter.subject));
    }
    for (const SubjectId one : all) numbers.subjects.push_back(static_cast<uint64_t>(one.value));
  }
  const std::string select = numbers.Select();
  const int64_t after = std::max<int64_t>(filter.after, -1);
  int64_t begin = after + 1;
  if (numbers.any()) {
    const auto [kind, keys] = numbers.NarrowestKeys();
    const auto take = [&](int64_t number) -> absl::StatusOr<bool> {
      Query row(*log, select);
      numbers.Bind(number, number + 1, 1, &row);
      EHC_RETURN_IF_ERROR(AppendRows(row, &entries));
      return static_cast<int>(entries.size()) < filter.limit;
    };
    EHC_RETURN_IF_ERROR(ForEachInRuns(*log, kind, keys, after, take));
    begin = std::max(begin, now_.head.size / kRunEntries * kRunEntries);
  }
  const int64_t limit = filter.limit - static_cast<int64_t>(entries.size());
  Query query(*log, select);
  numbers.Bind(begin, now_.head.size, limit, &query);
  EHC_RETURN_IF_ERROR(AppendRows(query, &entries));
  return entries;
}

absl::StatusOr<bool> SqliteReadView::HoldsLeaf(Database& log, int64_t number, const Digest& leaf) {
  if (number >= now_.head.size) return false;
  Query row(log, Sql::kReadLeaf);
  const bool holds = row.Bind(number).Next() && row.Blob(0) == DigestView(leaf);
  EHC_RETURN_IF_ERROR(row.status());
  return holds;
}

absl::StatusOr<std::optional<int64_t>> SqliteReadView::FindInRuns(Database& log,
                                                                  const Digest& leaf) {
  // What is asked for is mostly recent: from the last run backwards, and from small to large.
  for (const RunSpan& span : RunsNewestFirst(now_.head.size / kRunEntries)) {
    EHC_ASSIGN_OR_RETURN(const std::vector<int64_t> found, FindLeafIn(log, span, LeafKey(leaf)));
    for (const int64_t number : found) {
      EHC_ASSIGN_OR_RETURN(const bool holds, HoldsLeaf(log, number, leaf));
      if (holds) return number;
    }
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<int64_t>> SqliteReadView::FindEntry(const Digest& leaf_hash) {
  EHC_ASSIGN_OR_RETURN(Database* const log, Log());
  for (const int64_t number : context_.recent.Find(LeafKey(leaf_hash))) {
    EHC_ASSIGN_OR_RETURN(const bool holds, HoldsLeaf(*log, number, leaf_hash));
    if (holds) return number;
  }
  EHC_ASSIGN_OR_RETURN(std::optional<int64_t> entry, FindInRuns(*log, leaf_hash));
  if (entry.has_value()) return entry;
  Query query(*log, Sql::kFindLeafAfter);
  query.Bind(now_.head.size / kRunEntries * kRunEntries).Bind(now_.head.size).Bind(leaf_hash);
  if (query.Next()) entry = query.Integer(0);
  EHC_RETURN_IF_ERROR(query.status());
  return entry;
}

absl::StatusOr<Digest> SqliteReadView::NodeHash(int level, int64_t index) {
  const bool complete = level >= 0 && level < 62 && index >= 0 && index < now_.head.size >> level;
  if (!complete) return absl::InvalidArgumentError("log: not a complete subtree of this view");
  EHC_ASSIGN_OR_RETURN(Database* const log, Log());
  return SubtreeHash(*log, level, index);
}

absl::StatusOr<std::vector<Digest>> SqliteReadView::NodeHashes(int level, int64_t first,
                                                               int64_t count) {
  const bool complete = level >= 0 && level < 62 && level % kStoredLevels == 0 && first >= 0 &&
                        count >= 0 && first <= (now_.head.size >> level) - count;
  if (!complete) return absl::InvalidArgumentError("log: not complete subtrees of this view");
  EHC_ASSIGN_OR_RETURN(Database* const log, Log());
  return StoredHashes(*log, level, first, count);
}

absl::StatusOr<std::vector<PutCosignature>> SqliteReadView::ListCosignatures() {
  std::vector<PutCosignature> cosignatures;
  Query query(data(), Sql::kListCosignatures);
  while (query.Next()) {
    PutCosignature& one = cosignatures.emplace_back();
    one.size = query.Integer(0);
    EHC_ASSIGN_OR_RETURN(one.root, DigestFromBytes(query.Blob(1)));
    one.agency = context_.agencies.NameOf(query.Integer(2));
    one.signature = {std::string(query.Blob(3)), static_cast<uint32_t>(query.Integer(4)),
                     std::string(query.Blob(5))};
  }
  EHC_RETURN_IF_ERROR(query.status());
  return cosignatures;
}

}  // namespace ehc
