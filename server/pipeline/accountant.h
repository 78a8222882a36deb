// Accountant, the only maker of Accounted<T>: works out what has to commit together with a
// disclosure's entry, or not at all. Most disclosures owe nothing. One by a clause with a rate is
// counted; one by a clause that has somebody told opens their notices (notices.h); one that broke
// the glass is counted, spends its approval, and opens the matter that is at once the custodian's
// notice and the item in its review queue.
#ifndef EHC_SERVER_PIPELINE_ACCOUNTANT_H_
#define EHC_SERVER_PIPELINE_ACCOUNTANT_H_

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/status_macros.h"
#include "server/model/stages.h"
#include "server/pipeline/rooms.h"

namespace ehc {

class Accountant {
 public:
  Accountant() = delete;

  // An error means that it cannot be accounted for: nothing may then leave.
  template <typename T>
  static absl::StatusOr<Accounted<T>> Account(const Rooms& rooms, Redacted<T> redacted) {
    std::vector<Change> changes;
    const Decision& decision = redacted.file().decision;
    if (decision.disclosures_a_day != 0 || decision.break_glass_used ||
        !decision.obligations.empty()) {
      EHC_ASSIGN_OR_RETURN(changes, OfDisclosure(rooms, redacted.file(), redacted.release()));
    }
    return Accounted<T>(std::move(redacted.file_), std::move(redacted.value_),
                        std::move(redacted.release_), std::move(changes));
  }

  // What a no owes. An attempt to break the glass counts as a use wherever the answer may depend on
  // the child: alike for children whom nobody knows, so that neither the cap tells of a child nor
  // anybody tries children without limit.
  static std::vector<Change> OfDenial(const CaseFile& file);

 private:
  static absl::StatusOr<std::vector<Change>> OfDisclosure(const Rooms& rooms, const CaseFile& file,
                                                          const Release& release);
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_ACCOUNTANT_H_
