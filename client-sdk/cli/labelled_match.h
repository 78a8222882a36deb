// Trying the matcher on a labelled file, on the caller's own machine: nothing of it is sent
// anywhere.
#ifndef EHC_CLIENT_SDK_CLI_LABELLED_MATCH_H_
#define EHC_CLIENT_SDK_CLI_LABELLED_MATCH_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace ehchub {

struct LabelledResult {
  int64_t rows = 0;
  int64_t unreadable = 0;  // rows whose names or birth cannot be compared
  int64_t registered = 0;  // the first row of each person
  int64_t asked = 0;       // every other row, and of those who have but one, every second
  int64_t meant = 0;       // asked about somebody registered
  int64_t right = 0;       // MATCH, the person meant
  int64_t wrong = 0;       // MATCH, another
  int64_t potential = 0;
  int64_t many = 0;
  int64_t review_has = 0;  // of potential and many: with the person meant among the candidates

  double precision() const;
  double recall() const;
  double f1() const;
};

// A CSV file with a header. Columns, in any order and spelt with or without case, spaces and
// underscores: given names (first_name, forename, given_name, given_names), family name (surname,
// last_name, family_name), birth (dob, date_of_birth, birth_date), label (cluster, group, entity,
// person_id); postcode and sex or gender where they are there. Others are ignored. `policies` is a
// folder with matching/. INVALID_ARGUMENT names the column that is missing.
absl::StatusOr<LabelledResult> MatchLabelled(const std::string& csv, const std::string& policies);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_LABELLED_MATCH_H_
