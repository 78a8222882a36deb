#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/base/aead.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/check_parts.h"

namespace ehc {
namespace {

constexpr int64_t kTallyKeySize = 16;
constexpr int64_t kMillisOfDay = int64_t{24} * 60 * 60 * 1000;

// By their order, not by their names: what was altered may hold anything.
absl::Status CheckPapers(const CheckContext& context) {
  EHC_ASSIGN_OR_RETURN(
      const Aead256Gcm key,
      Aead256Gcm::Create(SecretBytes::CopyOf(context.root.DerivedKey("policy papers"))));
  int64_t number = 0;
  return ForEachRow(context, "policy_paper", "SELECT name, sealed FROM policy_paper ORDER BY name",
                    [&](Query& row) {
                      ++number;
                      absl::StatusOr<std::string> text = key.Open(row.Blob(1), row.Blob(0));
                      if (text.ok()) return EraseString(&*text);
                      context.report.Find(absl::StrCat("policy_paper ", number), "does not open");
                    });
}

// What is counted stands in a keyed digest: only that a count can be one is seen.
absl::Status CheckTallies(const CheckContext& context) {
  EHC_ASSIGN_OR_RETURN(const int64_t newest,
                       context.database.QueryInteger("SELECT ifnull((SELECT recorded_ms FROM entry"
                                                     " ORDER BY number DESC LIMIT 1), -1)"));
  const int64_t last_day = newest < 0 ? -1 : newest / kMillisOfDay + 1;  // London is ahead of UTC
  return ForEachRow(
      context, "tally",
      "SELECT day, count, typeof(key) = 'blob', length(key) FROM tally ORDER BY day, key",
      [&](Query& row) {
        const std::string where = absl::StrCat("tally of day ", row.Integer(0));
        if (row.Integer(2) != 1 || row.Integer(3) != kTallyKeySize || row.Integer(1) < 1) {
          context.report.Find(where, "is malformed");
        } else if (row.Integer(0) < 0 || row.Integer(0) > last_day) {
          context.report.Find(where, "is of a day that the log has not come to");
        }
      });
}

}  // namespace

absl::Status CheckPolicyRows(const CheckContext& context) {
  EHC_RETURN_IF_ERROR(CheckPapers(context));
  return CheckTallies(context);
}

}  // namespace ehc
