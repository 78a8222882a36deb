#include "server/storage/sqlite/reader_pool.h"

#include <utility>

#include "server/base/status_macros.h"

namespace ehc {
namespace {

absl::Status EndTransaction(Database& database) {
  if (!database.in_transaction()) return absl::OkStatus();
  return Query(database, Sql::kCommit).Run();
}

absl::StatusOr<Reader> BeginAnew(Reader reader, const Published& now) {
  EHC_RETURN_IF_ERROR(EndTransaction(*reader.database));
  EHC_RETURN_IF_ERROR(Query(*reader.database, Sql::kBeginRead).Run());
  reader.since = now;
  return reader;
}

}  // namespace

absl::StatusOr<Reader> ReaderPool::TakeIdleOrOpen() {
  {
    std::unique_lock lock(mutex_);
    if (holds_ > 0) released_.wait_for(lock, kLongestHold, [this] { return holds_ == 0; });
    if (!idle_.empty()) {
      Reader reader = std::move(idle_.back());  // the last to come back: its caches are warm
      idle_.pop_back();
      return reader;
    }
  }
  Reader reader;
  EHC_ASSIGN_OR_RETURN(reader.database, Database::OpenReader(path_));
  return reader;
}

absl::StatusOr<Reader> ReaderPool::TakeForData(const Published& now) {
  EHC_ASSIGN_OR_RETURN(Reader reader, TakeIdleOrOpen());
  const bool sees_all_data =
      reader.database->in_transaction() && reader.since.data_version == now.data_version;
  if (sees_all_data) return reader;
  return BeginAnew(std::move(reader), now);
}

absl::StatusOr<Reader> ReaderPool::TakeForLog(const Published& now) {
  EHC_ASSIGN_OR_RETURN(Reader reader, TakeIdleOrOpen());
  return BeginAnew(std::move(reader), now);
}

void ReaderPool::Return(Reader reader) {
  // After a failure its state is anybody's guess; closing it ends its transaction too.
  if (reader.database->failure() != SQLITE_OK) return;
  const std::lock_guard lock(mutex_);
  if (idle_.size() >= kept_) return;
  if (pauses_ > 0 && !EndTransaction(*reader.database).ok()) return;
  idle_.push_back(std::move(reader));
}

ReaderPool::Pause::Pause(ReaderPool& pool) : pool_(pool) {
  const std::lock_guard lock(pool_.mutex_);
  ++pool_.pauses_;
  for (Reader& reader : pool_.idle_) (void)EndTransaction(*reader.database);
}

void ReaderPool::Pause::HoldNewViews() {
  const std::lock_guard lock(pool_.mutex_);
  if (!holds_) ++pool_.holds_;
  holds_ = true;
}

void ReaderPool::Pause::LetNewViews() {
  const std::lock_guard lock(pool_.mutex_);
  if (!holds_) return;
  holds_ = false;
  --pool_.holds_;
  pool_.released_.notify_all();
}

ReaderPool::Pause::~Pause() {
  LetNewViews();
  const std::lock_guard lock(pool_.mutex_);
  --pool_.pauses_;
}

}  // namespace ehc
