#include "server/app/credential_watch.h"

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/services/common.h"

namespace ehc {
namespace {

constexpr int kPeriods[] = {7, 30, 90};
constexpr int kNoticeDays = 30;

absl::StatusOr<std::vector<hub::v1::Credential>> ActiveCredentials(Store& store) {
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, store.Read());
  EHC_ASSIGN_OR_RETURN(std::vector<PutCredential> rows, view->ListCredentials());
  std::vector<hub::v1::Credential> credentials;
  for (PutCredential& row : rows) {
    if (row.value.state() != hub::v1::CREDENTIAL_STATE_ACTIVE) continue;
    credentials.push_back(std::move(row.value));
  }
  return credentials;
}

bool EndsWithin(const hub::v1::Credential& credential, int days, absl::Time now) {
  return FromTimestamp(credential.not_after()) <= now + absl::Hours(24) * days;
}

}  // namespace

std::string CredentialMetrics(Store& store, absl::Time now) {
  const auto credentials = ActiveCredentials(store);
  if (!credentials.ok()) return "";
  std::string text =
      "# HELP ehc_credentials_ending Active credentials that end within the period or have ended.\n"
      "# TYPE ehc_credentials_ending gauge\n";
  for (const int days : kPeriods) {
    int count = 0;
    for (const auto& credential : *credentials) count += EndsWithin(credential, days, now) ? 1 : 0;
    absl::StrAppend(&text, "ehc_credentials_ending{within=\"", days, "d\"} ", count, "\n");
  }
  return text;
}

void LogEndingCredentials(Store& store, absl::Time now) {
  const auto credentials = ActiveCredentials(store);
  if (!credentials.ok()) return;
  for (const auto& credential : *credentials) {
    if (!EndsWithin(credential, kNoticeDays, now)) continue;
    const int64_t days = absl::ToInt64Hours(FromTimestamp(credential.not_after()) - now) / 24;
    LogWarning("credential_ends", {{"name", Public(credential.name())}, {"in_days", days}});
  }
}

}  // namespace ehc
