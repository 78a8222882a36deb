#include "server/storage/sqlite/agency_directory.h"

#include <mutex>

#include "server/base/status_macros.h"

namespace ehc {

absl::Status AgencyDirectory::Load(Database& database) {
  const std::unique_lock lock(mutex_);
  Query query(database, Sql::kListAgencyNumbers);
  while (query.Next()) {
    const AgencyId agency(query.Blob(1));
    numbers_[agency] = query.Integer(0);
    names_[query.Integer(0)] = agency;
  }
  return query.status();
}

int64_t AgencyDirectory::Find(const AgencyId& agency) const {
  if (agency.empty()) return 0;
  const std::shared_lock lock(mutex_);
  const auto found = numbers_.find(agency);
  return found == numbers_.end() ? -1 : found->second;
}

AgencyId AgencyDirectory::NameOf(int64_t number) const {
  const std::shared_lock lock(mutex_);
  const auto found = names_.find(number);
  return found == names_.end() ? AgencyId() : found->second;
}

absl::StatusOr<int64_t> AgencyDirectory::Ensure(Database& writer, const AgencyId& agency) {
  const int64_t known = Find(agency);
  if (known >= 0) return known;
  Query query(writer, Sql::kAddAgencyNumber);
  query.BindText(agency.value());
  const bool added = query.Next();
  const int64_t number = added ? query.Integer(0) : 0;
  EHC_RETURN_IF_ERROR(query.Run());
  const std::unique_lock lock(mutex_);
  numbers_[agency] = number;
  names_[number] = agency;
  added_.push_back(number);
  return number;
}

void AgencyDirectory::Settle(bool committed) {
  if (!committed) {
    const std::unique_lock lock(mutex_);
    for (const int64_t number : added_) {
      numbers_.erase(names_[number]);
      names_.erase(number);
    }
  }
  added_.clear();
}

}  // namespace ehc
