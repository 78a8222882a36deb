#include "server/storage/sqlite/settings.h"

#include "absl/strings/str_cat.h"
#include "server/base/ids.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

absl::Status WriteSetting(Database& writer, absl::string_view name, absl::string_view value) {
  return Query(writer, "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)")
      .BindText(name)
      .Bind(value)
      .Run();
}

absl::StatusOr<std::string> ReadSetting(Database& writer, absl::string_view name) {
  Query query(writer, "SELECT value FROM setting WHERE name = ?");
  if (query.BindText(name).Next()) return std::string(query.Blob(0));
  EHC_RETURN_IF_ERROR(query.status());
  return absl::DataLossError(absl::StrCat("store: its setting ", name, " is missing"));
}

}  // namespace

absl::Status WriteSettings(Database& writer, const StoreKeys& root, absl::string_view founded_for) {
  const std::string log_id = absl::StrCat("ehc-hub/", NewDecisionId());
  const Binding binding = Binding(SealedUse::kKeyCheck).Text(log_id).Text(founded_for);
  EHC_RETURN_IF_ERROR(WriteSetting(writer, "log_id", log_id));
  EHC_RETURN_IF_ERROR(WriteSetting(writer, "founded_for", founded_for));
  return WriteSetting(writer, "key_check", root.for_key_encryption_keys().Seal("", binding));
}

absl::Status WriteNewLogId(Database& writer, const StoreKeys& root, absl::string_view founded_for) {
  EHC_RETURN_IF_ERROR(writer.Execute("DELETE FROM cosignature"));
  return WriteSettings(writer, root, founded_for);
}

absl::StatusOr<Settings> ReadSettings(Database& writer, const StoreKeys& root) {
  Settings settings;
  EHC_ASSIGN_OR_RETURN(settings.log_id, ReadSetting(writer, "log_id"));
  EHC_ASSIGN_OR_RETURN(settings.founded_for, ReadSetting(writer, "founded_for"));
  EHC_ASSIGN_OR_RETURN(const std::string check, ReadSetting(writer, "key_check"));
  const Binding binding =
      Binding(SealedUse::kKeyCheck).Text(settings.log_id).Text(settings.founded_for);
  std::string nothing;
  if (!root.for_key_encryption_keys().OpenTo(check, binding, &nothing).ok()) {
    return absl::FailedPreconditionError(
        "store: the key file belongs to another store, or what the store was founded for was "
        "altered; give the key made together with this file");
  }
  return settings;
}

}  // namespace ehc
