#include "server/app/data_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/app/log_head.h"
#include "server/app/log_keys.h"
#include "server/base/fs.h"
#include "server/base/secret_bytes.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr int kPrivate = 0600;
constexpr int kPublic = 0644;

}  // namespace

std::string InFolder(const std::string& folder, absl::string_view file) {
  return absl::StrCat(folder, "/", file);
}

bool FileExists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

SqliteOptions StoreOptionsIn(const std::string& folder, Clock& clock) {
  return SqliteOptions{.path = InFolder(folder, "hub.db"),
                       .key_file = InFolder(folder, "store.key"),
                       .create = false,
                       .clock = clock};
}

absl::Status CreatePromiseKey(const std::string& folder) {
  const SigningKey key = SigningKey::Generate();
  const SecretBytes pem = key.PrivatePem(SecretAccess::ForCryptoOnly());
  return AtomicWriteFile(InFolder(folder, "promise.key"), pem.view(SecretAccess::ForCryptoOnly()),
                         kPrivate);
}

absl::Status WritePublicFiles(const std::string& folder, const DataFolder& data) {
  const NoteVerifier& newest = data.checkpoint_keys.signers.back().verifier();
  EHC_RETURN_IF_ERROR(
      AtomicWriteFile(InFolder(folder, "log.vkey"), absl::StrCat(newest.Encode(), "\n"), kPublic));
  EHC_RETURN_IF_ERROR(
      AtomicWriteFile(InFolder(folder, "promise.pub.pem"), data.promise_key.PublicPem(), kPublic));
  return AtomicWriteFile(InFolder(folder, "log.id"), absl::StrCat(data.store->log_id(), "\n"),
                         kPublic);
}

absl::Status CreateDataFolder(const std::string& folder, const std::string& founded_for,
                              Clock& clock) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return ErrnoStatus(errno, "make the data folder", folder);
  }
  SqliteOptions store = StoreOptionsIn(folder, clock);
  store.founded_for = founded_for;
  EHC_RETURN_IF_ERROR(InitSqliteStore(store));
  EHC_RETURN_IF_ERROR(CreateSecretFile(InFolder(folder, "log.key"), kLogSeedSize));
  EHC_RETURN_IF_ERROR(CreatePromiseKey(folder));
  EHC_ASSIGN_OR_RETURN(const DataFolder data, OpenDataFolder(folder, clock));
  EHC_RETURN_IF_ERROR(WritePublicFiles(folder, data));
  return WriteLogHead(folder, data, clock);
}

absl::StatusOr<DataFolder> OpenDataFolder(const std::string& folder, Clock& clock,
                                          const std::string& erasure_journal) {
  SqliteOptions options = StoreOptionsIn(folder, clock);
  options.erasure_journal = erasure_journal;
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<Store> store, OpenSqliteStore(options));
  EHC_ASSIGN_OR_RETURN(CheckpointKeys keys, LoadCheckpointKeys(folder, store->log_id()));
  EHC_ASSIGN_OR_RETURN(SigningKey promise_key,
                       SigningKey::FromPemFile(InFolder(folder, "promise.key")));
  return DataFolder{std::move(store), std::move(keys), std::move(promise_key)};
}

}  // namespace ehc
