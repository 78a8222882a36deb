// Redactor, the only maker of Redacted<T>: builds what may leave from what was loaded, part by
// part, and lists what stays behind and why. It never copies first and clears after.
#ifndef EHC_SERVER_REDACTION_REDACTOR_H_
#define EHC_SERVER_REDACTION_REDACTOR_H_

#include <type_traits>
#include <utility>

#include "server/model/notice.h"
#include "server/model/record.h"
#include "server/model/stages.h"
#include "server/model/told.h"

namespace ehc {

class Redactor {
 public:
  Redactor() = delete;

  // Releases the parts that the decision grants. Under ADDRESS_RESTRICTED, unless the custodian
  // listed this recipient in the protection itself, also withholds every location-revealing part
  // and every free text that nobody vouched for, and puts the hub in the custodian's place (domain
  // §3.4: being a recipient by right never suffices).
  static Redacted<Record> Redact(Loaded<Record> loaded);

  // The same for each record of a set; the release tells of all of them together.
  static Redacted<RecordSet> Redact(Loaded<RecordSet> loaded);

  // Releases the next part that may leave of those loaded, or the next that come together; none:
  // `last`. The release tells of everything asked that stays behind at this moment.
  static Redacted<RecordStep> Redact(Loaded<RecordStep> loaded);

  // Of a change, that it is one: no part leaves.
  static Redacted<Notice> Redact(Loaded<Notice> loaded);

  // Of a matter, what its source composed for this party: the entry says whose words they are.
  template <typename T>
  static Redacted<Told<T>> Redact(Loaded<Told<T>> loaded) {
    const Told<T>& told = loaded.value_;
    Release release;
    release.custodian = told.teller;
    release.unit = told.unit;
    release.through_relay = told.through_relay;
    release.resource = told.resource;
    release.released = told.parts;
    return Redacted<Told<T>>(std::move(loaded.file_), std::move(loaded.value_), std::move(release));
  }

  // What an agency reads of its own keeping (its consents, its entries): the action's rule granted
  // the whole, so nothing is withheld; the entry still says that it was read.
  template <typename T>
  static Redacted<T> WholeOfOwn(Loaded<T> loaded) {
    static_assert(!std::is_same_v<T, Record> && !std::is_same_v<T, RecordSet> &&
                      !std::is_same_v<T, RecordStep> && !std::is_same_v<T, Notice>,
                  "a record leaves part by part, through Redact()");
    Release release;
    release.custodian = loaded.file().caller.agency();
    release.resource = loaded.file().ask.action;
    return Redacted<T>(std::move(loaded.file_), std::move(loaded.value_), std::move(release));
  }
};

}  // namespace ehc

#endif  // EHC_SERVER_REDACTION_REDACTOR_H_
