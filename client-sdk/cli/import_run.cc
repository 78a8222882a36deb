#include "client-sdk/cli/import_run.h"

#include <atomic>
#include <optional>
#include <thread>

#include "absl/synchronization/mutex.h"

namespace ehchub {
namespace {

constexpr char kPersons[] = "ssd_person";

// Whom a row is about; empty: nobody, or it says so by another table.
std::string PersonOf(const Row& row) {
  const char* column = row.table->PersonColumn();
  return column == nullptr ? "" : row[column];
}

void WithholdRowsOfSevered(Extract& extract, const ImportGuard& guard) {
  for (const auto& table : extract.tables()) {
    for (Row& row : table->rows()) {
      if (guard.IsSevered(PersonOf(row))) row.Settle(Fate::kWithheld);
    }
  }
}

bool IsHeldHere(const Row& row, const Importer& importer) {
  switch (row.table->owner) {
    case Owner::kSupport: return true;
    case Owner::kFacts: return importer.HoldsFacts();
    case Owner::kSend: return importer.HoldsPlans();
    case Owner::kCare: return importer.HoldsCare();
    case Owner::kRow: return importer.Holds(row["custodian_agency"], row["custodian_unit"]);
  }
  return true;
}

template <typename Posts>
void SettlePosts(const Posts& posts) {
  for (const auto& post : posts) {
    for (Row* row : post.rows) row->Settle(Fate::kPublished);
  }
}

}  // namespace

std::vector<Row*> PublishableChildren(Extract& extract, const ImportGuard& guard) {
  WithholdRowsOfSevered(extract, guard);
  std::vector<Row*> children;
  if (guard.HoldsEverything()) return children;
  for (Row& row : extract.Of(kPersons).rows()) {
    const std::string& id = row["pers_person_id"];
    if (row.good && !guard.IsSevered(id) && !guard.IsHeldBack(id)) children.push_back(&row);
  }
  return children;
}

absl::Status ForEachChild(const std::vector<Row*>& children, const PostMaker& maker, int threads,
                          const std::function<absl::Status(const ChildPosts&)>& publish,
                          const std::function<void()>& advance) {
  std::atomic<size_t> next = 0;
  std::atomic<bool> stopped = false;
  absl::Mutex mutex;
  absl::Status error;
  const auto work = [&] {
    while (!stopped) {
      const size_t at = next++;
      if (at >= children.size()) return;
      const std::optional<ChildPosts> posts = maker.Make(*children[at]);
      const absl::Status status = posts.has_value() ? publish(*posts) : absl::OkStatus();
      const absl::MutexLock lock(&mutex);
      advance();
      if (status.ok()) continue;
      error.Update(status);
      stopped = true;
    }
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  return error;
}

void SettleAsPublished(const ChildPosts& posts) {
  for (Row* row : posts.registration.rows) row->Settle(Fate::kPublished);
  for (const RelationshipPost& post : posts.relationships) {
    if (post.over) continue;
    for (Row* row : post.rows) row->Settle(Fate::kPublished);
  }
  SettlePosts(posts.protections);
  SettlePosts(posts.plans);
  SettlePosts(posts.statuses);
  SettlePosts(posts.care_records);
  SettlePosts(posts.episodes);
  SettlePosts(posts.health_records);
  SettlePosts(posts.flags);
}

void SettleElsewhere(Extract& extract, const ImportGuard& guard, const Importer& importer) {
  for (const auto& table : extract.tables()) {
    for (Row& row : table->rows()) {
      const bool severed = guard.IsSevered(PersonOf(row));
      if (row.good && !severed && !IsHeldHere(row, importer)) row.Settle(Fate::kElsewhere);
    }
  }
}

}  // namespace ehchub
