#include "server/storage/sqlite/store_check.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/check_parts.h"
#include "server/storage/sqlite/schema.h"
#include "server/storage/sqlite/settings.h"

namespace ehc {
namespace {

// As OwnershipLock, but nothing is written and nobody else who only reads is shut out.
absl::StatusOr<UniqueFd> ShutOutHubs(const std::string& store_path) {
  const std::string path = store_path + ".lock";
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) {
    if (errno == ENOENT) return fd;  // no hub ever opened it
    return ErrnoStatus(errno, "opening", path);
  }
  if (::flock(fd.get(), LOCK_SH | LOCK_NB) == 0) return fd;
  if (errno != EWOULDBLOCK) return ErrnoStatus(errno, "locking", path);
  return absl::FailedPreconditionError(
      absl::StrCat("store ", store_path, " is in use by a hub: stop it first"));
}

absl::Status CheckPages(Database& database, StoreCheckReport& report) {
  Query query(database, "PRAGMA integrity_check(8)");
  while (query.Next()) {
    const absl::string_view line = query.Blob(0);
    if (line != "ok") report.Find("database", line);
  }
  return query.status();
}

// Key-encryption keys one by one, so that a bad one is named and the others serve.
absl::Status CheckKeyEncryptionKeys(Database& database, const StoreKeys& root,
                                    StoreCheckReport& report) {
  Query query(database, Sql::kListKeyEncryptionKeys);
  int64_t done = 0;
  while (query.Next()) {
    ++done;
    const Binding binding =
        KeyEncryptionKeyBinding(query.Integer(0), query.Integer(1), query.Integer(2));
    const auto key = SealingKey::Unwrap(root.for_key_encryption_keys(), query.Blob(3), binding);
    if (!key.ok()) {
      report.Find(absl::StrCat("kek ", query.Integer(0)), "does not open under the store's key");
    }
  }
  report.rows["kek"] = done;
  return query.status();
}

absl::Status Check(Database& database, const StoreKeys& root, const StoreCheckOptions& options,
                   StoreCheckReport& report) {
  EHC_RETURN_IF_ERROR(CheckPages(database, report));
  EHC_RETURN_IF_ERROR(CheckKeyEncryptionKeys(database, root, report));
  KeyRing keys(root);
  const absl::Status loaded = keys.Load(database);
  if (!loaded.ok() && report.sound()) report.Find("kek", loaded.message());
  const CheckContext context{database, root, keys, options, report};
  EHC_RETURN_IF_ERROR(CheckLogRows(context));
  EHC_RETURN_IF_ERROR(CheckRecordRows(context));
  EHC_RETURN_IF_ERROR(CheckErasureRows(context));
  return CheckPolicyRows(context);
}

}  // namespace

void StoreCheckReport::Find(std::string where, absl::string_view what) {
  if (findings.size() < kMostFindings) {
    findings.push_back({std::move(where), std::string(what)});
  } else {
    ++more_findings;
  }
}

void StoreCheckReport::FindEntry(int64_t entry, absl::string_view what) {
  if (!first_bad_entry.has_value() || entry < *first_bad_entry) first_bad_entry = entry;
  Find(absl::StrCat("entry ", entry), what);
}

absl::StatusOr<StoreCheckReport> CheckSqliteStore(const StoreCheckOptions& options) {
  if (::access(options.path.c_str(), F_OK) != 0) {
    return absl::NotFoundError(absl::StrCat("store: ", options.path, " does not exist"));
  }
  EHC_ASSIGN_OR_RETURN(const UniqueFd lock, ShutOutHubs(options.path));
  EHC_ASSIGN_OR_RETURN(SecretBytes bytes, LoadSecretFile(options.key_file, kRootKeySize));
  EHC_ASSIGN_OR_RETURN(const StoreKeys root, StoreKeys::Create(std::move(bytes)));
  StoreCheckReport report;
  const auto opened = Database::OpenUntouched(options.path);
  absl::Status status = opened.status();
  if (status.ok()) status = CheckSchema(**opened);
  if (status.ok()) {
    const absl::StatusOr<Settings> settings = ReadSettings(**opened, root);
    status = settings.status();
    if (settings.ok()) report.log_id = settings->log_id;
  }
  if (status.ok()) status = Check(**opened, root, options, report);
  // A file that SQLite cannot read on is a finding; one that is not ours to read is not.
  if (absl::IsDataLoss(status)) {
    report.Find("database", status.message());
  } else {
    EHC_RETURN_IF_ERROR(status);
  }
  return report;
}

}  // namespace ehc
