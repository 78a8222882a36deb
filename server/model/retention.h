// For how long a custodian keeps a record: policy data (policies/vocabulary/retention.textproto),
// the counting is here.
#ifndef EHC_SERVER_MODEL_RETENTION_H_
#define EHC_SERVER_MODEL_RETENTION_H_

#include <optional>
#include <string>

#include "server/model/date.h"

namespace ehc {

// Until the later of a birthday and some years after the newest version.
struct RetentionRule {
  std::string code;                      // "CHILD_HEALTH"
  std::string title;                     // "child health record"
  std::string source;                    // "Records Management Code of Practice"
  int until_birthday = 0;                // 0: no birthday counts
  int until_birthday_if_last_at_17 = 0;  // instead, where the child was 17 at the newest version
  int years_after_last_version = 0;      // 0: they do not count
};

// The first day on which the record may be erased. nullopt: a birthday counts and the date of birth
// is not known. Pure.
std::optional<Date> RetentionEnds(const RetentionRule& rule, std::optional<Date> born,
                                  Date last_version);

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_RETENTION_H_
