#include "server/storage/sqlite/key_ring.h"

#include <mutex>
#include <string>
#include <utility>

#include "server/base/status_macros.h"

namespace ehc {
namespace {

// Runs an INSERT … RETURNING number.
absl::StatusOr<int64_t> InsertedNumber(Query& query) {
  const bool inserted = query.Next();
  const int64_t number = inserted ? query.Integer(0) : 0;
  EHC_RETURN_IF_ERROR(query.Run());
  return number;
}

}  // namespace

int64_t UtcDay(absl::Time time) {
  return absl::ToInt64Hours(absl::Floor(time - absl::UnixEpoch(), absl::Hours(24))) / 24;
}

Binding KeyEncryptionKeyBinding(int64_t number, int64_t custodian, int64_t epoch) {
  return Binding(SealedUse::kKeyEncryptionKey).Id(number).Id(custodian).Id(epoch);
}

Binding DataKeyBinding(int64_t number, int64_t subject, int64_t custodian, absl::string_view type) {
  return Binding(SealedUse::kDataKey).Id(number).Id(subject).Id(custodian).Text(type);
}
Binding DossierKeyBinding(int64_t subject) { return Binding(SealedUse::kDossierKey).Id(subject); }
Binding AuditKeyBinding(int64_t subject, int64_t generation) {
  return Binding(SealedUse::kAuditKey).Id(subject).Id(generation);
}
Binding DenialKeyBinding(int64_t day) { return Binding(SealedUse::kDenialKey).Id(day); }
Binding MatterKeyBinding(int64_t number) { return Binding(SealedUse::kMatterKey).Id(number); }

absl::Status KeyRing::Load(Database& database) {
  Query query(database, Sql::kListKeyEncryptionKeys);
  while (query.Next()) {
    const int64_t number = query.Integer(0);
    const int64_t custodian = query.Integer(1);
    const Binding binding = KeyEncryptionKeyBinding(number, custodian, query.Integer(2));
    EHC_ASSIGN_OR_RETURN(SealingKey key, SealingKey::Unwrap(root_.for_key_encryption_keys(),
                                                            query.Blob(3), binding));
    Remember(custodian, number, std::move(key));  // rows come by rising epoch
  }
  return query.status();
}

void KeyRing::Remember(int64_t custodian, int64_t number, SealingKey key) {
  const std::unique_lock lock(mutex_);
  keys_[number] = std::make_shared<const SealingKey>(std::move(key));
  current_[custodian] = number;
}

absl::StatusOr<SealingKey> KeyRing::Unwrap(int64_t kek, absl::string_view wrapped,
                                           const Binding& binding) const {
  std::shared_ptr<const SealingKey> parent;
  {
    const std::shared_lock lock(mutex_);
    const auto found = keys_.find(kek);
    if (found != keys_.end()) parent = found->second;
  }
  if (parent == nullptr) return absl::NotFoundError("store: the key-encryption key was destroyed");
  return SealingKey::Unwrap(*parent, wrapped, binding);
}

absl::StatusOr<SealingKey> KeyRing::UnwrapDenialKey(int64_t day, absl::string_view wrapped) const {
  return SealingKey::Unwrap(root_.for_denial_keys(), wrapped, DenialKeyBinding(day));
}

absl::StatusOr<KeyRing::Current> KeyRing::CurrentOf(int64_t custodian) const {
  const std::shared_lock lock(mutex_);
  const auto number = current_.find(custodian);
  if (number == current_.end()) return absl::NotFoundError("store: no key-encryption key");
  return Current{number->second, keys_.at(number->second)};
}

absl::Status KeyRing::EnsureKeyEncryptionKey(Database& writer, int64_t custodian) {
  if (CurrentOf(custodian).ok()) return absl::OkStatus();
  constexpr int64_t kFirstEpoch = 1;
  Query add(writer, Sql::kAddKeyEncryptionKey);
  EHC_ASSIGN_OR_RETURN(const int64_t number, InsertedNumber(add.Bind(custodian).Bind(kFirstEpoch)));
  SealingKey key = SealingKey::Random();
  const std::string wrapped = key.WrapUnder(
      root_.for_key_encryption_keys(), KeyEncryptionKeyBinding(number, custodian, kFirstEpoch));
  EHC_RETURN_IF_ERROR(Query(writer, Sql::kSetKeyEncryptionKey).Bind(wrapped).Bind(number).Run());
  Remember(custodian, number, std::move(key));
  added_custodians_.push_back(custodian);
  return absl::OkStatus();
}

void KeyRing::Settle(bool committed) {
  if (!committed) {
    const std::unique_lock lock(mutex_);
    for (const int64_t custodian : added_custodians_) {
      keys_.erase(current_[custodian]);
      current_.erase(custodian);
    }
  }
  added_custodians_.clear();
}

absl::StatusOr<NumberedKey> KeyRing::EnsureDataKey(Database& writer, int64_t subject,
                                                   int64_t custodian, absl::string_view type) {
  Query find(writer, Sql::kFindDataKey);
  if (find.Bind(subject).Bind(custodian).BindText(type).Next()) {
    const int64_t number = find.Integer(0);
    EHC_ASSIGN_OR_RETURN(SealingKey key, Unwrap(find.Integer(1), find.Blob(2),
                                                DataKeyBinding(number, subject, custodian, type)));
    return NumberedKey{number, std::move(key)};
  }
  EHC_RETURN_IF_ERROR(find.status());
  EHC_ASSIGN_OR_RETURN(const Current parent, CurrentOf(custodian));
  Query add(writer, Sql::kAddDataKey);
  add.Bind(subject).Bind(custodian).BindText(type).Bind(parent.number);
  EHC_ASSIGN_OR_RETURN(const int64_t number, InsertedNumber(add));
  SealingKey key = SealingKey::Random();
  const std::string wrapped =
      key.WrapUnder(*parent.key, DataKeyBinding(number, subject, custodian, type));
  EHC_RETURN_IF_ERROR(Query(writer, Sql::kSetDataKey).Bind(wrapped).Bind(number).Run());
  return NumberedKey{number, std::move(key)};
}

absl::StatusOr<SealingKey> KeyRing::EnsureDossierKey(Database& writer, int64_t subject) {
  const Binding binding = DossierKeyBinding(subject);
  Query find(writer, Sql::kFindDossierKey);
  if (find.Bind(subject).Next()) return Unwrap(find.Integer(0), find.Blob(1), binding);
  EHC_RETURN_IF_ERROR(find.status());
  EHC_ASSIGN_OR_RETURN(const Current parent, CurrentOf(kHubCustodian));
  SealingKey key = SealingKey::Random();
  const std::string wrapped = key.WrapUnder(*parent.key, binding);
  Query put(writer, Sql::kPutDossierKey);
  EHC_RETURN_IF_ERROR(put.Bind(subject).Bind(parent.number).Bind(wrapped).Run());
  return key;
}

absl::StatusOr<NumberedKey> KeyRing::EnsureAuditKey(Database& writer, int64_t subject) {
  int64_t generation = 1;
  Query find(writer, Sql::kFindAuditKey);
  if (find.Bind(subject).Next()) {
    generation = find.Integer(0);
    if (!find.IsNull(2)) {
      EHC_ASSIGN_OR_RETURN(SealingKey key, Unwrap(find.Integer(1), find.Blob(2),
                                                  AuditKeyBinding(subject, generation)));
      return NumberedKey{generation, std::move(key)};
    }
    ++generation;  // the last one was destroyed
  }
  EHC_RETURN_IF_ERROR(find.status());
  EHC_ASSIGN_OR_RETURN(const Current parent, CurrentOf(kHubCustodian));
  SealingKey key = SealingKey::Random();
  const std::string wrapped = key.WrapUnder(*parent.key, AuditKeyBinding(subject, generation));
  Query put(writer, Sql::kPutAuditKey);
  put.Bind(subject).Bind(generation).Bind(parent.number).Bind(wrapped);
  EHC_RETURN_IF_ERROR(put.Run());
  return NumberedKey{generation, std::move(key)};
}

absl::StatusOr<KeyRing::NewKey> KeyRing::MakeMatterKey(int64_t number) const {
  EHC_ASSIGN_OR_RETURN(const Current parent, CurrentOf(kHubCustodian));
  SealingKey key = SealingKey::Random();
  std::string wrapped = key.WrapUnder(*parent.key, MatterKeyBinding(number));
  return NewKey{std::move(key), parent.number, std::move(wrapped)};
}

absl::StatusOr<SealingKey> KeyRing::EnsureDenialKey(Database& writer, int64_t day) {
  Query find(writer, Sql::kFindDenialKey);
  if (find.Bind(day).Next()) return UnwrapDenialKey(day, find.Blob(0));
  EHC_RETURN_IF_ERROR(find.status());
  SealingKey key = SealingKey::Random();
  const std::string wrapped = key.WrapUnder(root_.for_denial_keys(), DenialKeyBinding(day));
  EHC_RETURN_IF_ERROR(Query(writer, Sql::kAddDenialKey).Bind(day).Bind(wrapped).Run());
  return key;
}

}  // namespace ehc
