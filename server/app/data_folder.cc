#include "server/app/data_folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/fs.h"
#include "server/base/secret_bytes.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace ehc {
namespace {

constexpr int kPrivate = 0600;
constexpr int kPublic = 0644;

std::string In(const std::string& folder, absl::string_view file) {
  return absl::StrCat(folder, "/", file);
}

SqliteOptions StoreOptions(const std::string& folder, Clock& clock) {
  return SqliteOptions{.path = In(folder, "hub.db"),
                       .key_file = In(folder, "store.key"),
                       .create = false,
                       .clock = clock};
}

absl::StatusOr<NoteSigner> LoadCheckpointSigner(const std::string& folder,
                                                const std::string& log_id) {
  EHC_ASSIGN_OR_RETURN(SecretBytes seed, LoadSecretFile(In(folder, "log.key"), 32));
  EHC_ASSIGN_OR_RETURN(Ed25519SigningKey key, Ed25519SigningKey::FromSeed(std::move(seed)));
  return NoteSigner::Create(NoteKeyType::kEd25519, log_id, std::move(key));
}

absl::Status CreatePromiseKey(const std::string& folder) {
  const SigningKey key = SigningKey::Generate();
  const SecretBytes pem = key.PrivatePem(SecretAccess::ForCryptoOnly());
  EHC_RETURN_IF_ERROR(AtomicWriteFile(In(folder, "promise.key"),
                                      pem.view(SecretAccess::ForCryptoOnly()), kPrivate));
  return AtomicWriteFile(In(folder, "promise.pub.pem"), key.PublicPem(), kPublic);
}

absl::Status WritePublicFiles(const std::string& folder, Clock& clock) {
  EHC_ASSIGN_OR_RETURN(DataFolder opened, OpenDataFolder(folder, clock));
  EHC_RETURN_IF_ERROR(
      AtomicWriteFile(In(folder, "log.vkey"),
                      absl::StrCat(opened.checkpoint_signer.verifier().Encode(), "\n"), kPublic));
  return AtomicWriteFile(In(folder, "log.id"), absl::StrCat(opened.store->log_id(), "\n"), kPublic);
}

}  // namespace

absl::Status CreateDataFolder(const std::string& folder, Clock& clock) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return ErrnoStatus(errno, "make the data folder", folder);
  }
  EHC_RETURN_IF_ERROR(InitSqliteStore(StoreOptions(folder, clock)));
  EHC_RETURN_IF_ERROR(CreateSecretFile(In(folder, "log.key"), 32));
  EHC_RETURN_IF_ERROR(CreatePromiseKey(folder));
  return WritePublicFiles(folder, clock);
}

absl::StatusOr<DataFolder> OpenDataFolder(const std::string& folder, Clock& clock,
                                          const std::string& erasure_journal) {
  SqliteOptions options = StoreOptions(folder, clock);
  options.erasure_journal = erasure_journal;
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<Store> store, OpenSqliteStore(options));
  EHC_ASSIGN_OR_RETURN(NoteSigner signer, LoadCheckpointSigner(folder, store->log_id()));
  EHC_ASSIGN_OR_RETURN(SigningKey promise_key, SigningKey::FromPemFile(In(folder, "promise.key")));
  return DataFolder{std::move(store), std::move(signer), std::move(promise_key)};
}

}  // namespace ehc
