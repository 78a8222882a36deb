#ifndef EHC_SERVER_STORAGE_SQLITE_KEY_RING_H_
#define EHC_SERVER_STORAGE_SQLITE_KEY_RING_H_

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/storage/sealing.h"
#include "server/storage/sqlite/database.h"

namespace ehc {

// The custodian number under whose keys the hub keeps dossiers and audit openings.
inline constexpr int64_t kHubCustodian = 0;

Binding KeyEncryptionKeyBinding(int64_t number, int64_t custodian, int64_t epoch);
Binding DataKeyBinding(int64_t number, int64_t subject, int64_t custodian, absl::string_view type);
Binding DossierKeyBinding(int64_t subject);
Binding AuditKeyBinding(int64_t subject, int64_t generation);
Binding DenialKeyBinding(int64_t day);
Binding MatterKeyBinding(int64_t number);

// Days since 1970, by UTC: denial keys are kept by the day.
int64_t UtcDay(absl::Time time);

// A key and the number by which rows refer to it (a data key's number, an audit key's generation).
struct NumberedKey {
  int64_t number = 0;
  SealingKey key;
};

// The keys in the database. Key-encryption keys are kept in memory once unwrapped; every other key
// is unwrapped for one use.
//
// Unwrap() is thread safe. The rest belongs to whoever leads the commits: each Ensure… makes a key
// that is missing, in the transaction under way.
class KeyRing {
 public:
  explicit KeyRing(const StoreKeys& root) : root_(root) {}

  absl::Status Load(Database& database);

  // NOT_FOUND when the key-encryption key was destroyed, DATA_LOSS when the wrapped key is damaged.
  absl::StatusOr<SealingKey> Unwrap(int64_t kek, absl::string_view wrapped,
                                    const Binding& binding) const;
  absl::StatusOr<SealingKey> UnwrapDenialKey(int64_t day, absl::string_view wrapped) const;

  absl::Status EnsureKeyEncryptionKey(Database& writer, int64_t custodian);
  absl::StatusOr<NumberedKey> EnsureDataKey(Database& writer, int64_t subject, int64_t custodian,
                                            absl::string_view type);
  absl::StatusOr<SealingKey> EnsureDossierKey(Database& writer, int64_t subject);
  absl::StatusOr<NumberedKey> EnsureAuditKey(Database& writer, int64_t subject);
  absl::StatusOr<SealingKey> EnsureDenialKey(Database& writer, int64_t day);

  // A new key for a matter, wrapped under the hub's key-encryption key.
  struct NewKey {
    SealingKey key;
    int64_t kek = 0;
    std::string wrapped;
  };
  absl::StatusOr<NewKey> MakeMatterKey(int64_t number) const;

  // Keeps or forgets the key-encryption keys added since the last call.
  void Settle(bool committed);

 private:
  // A key-encryption key of this custodian: the newest epoch.
  struct Current {
    int64_t number = 0;
    std::shared_ptr<const SealingKey> key;
  };
  absl::StatusOr<Current> CurrentOf(int64_t custodian) const;
  void Remember(int64_t custodian, int64_t number, SealingKey key);

  const StoreKeys& root_;
  mutable std::shared_mutex mutex_;  // guards both maps
  absl::flat_hash_map<int64_t, std::shared_ptr<const SealingKey>> keys_;
  absl::flat_hash_map<int64_t, int64_t> current_;  // by custodian
  std::vector<int64_t> added_custodians_;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_KEY_RING_H_
