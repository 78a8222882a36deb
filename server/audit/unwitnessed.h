#ifndef EHC_SERVER_AUDIT_UNWITNESSED_H_
#define EHC_SERVER_AUDIT_UNWITNESSED_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/storage/store.h"

namespace ehc {

// The action of the entry that a witness's cosignature leaves in the log.
inline constexpr absl::string_view kWitnessAction = "audit.witness";

// Since when the log holds what no witnessed head covers. Entries that cosignatures left do not
// count: each head that is witnessed makes some, and no later one need ever cover the last of them.
// One that cannot be opened any more counts. Not thread safe; remembers how far it has looked.
class UnwitnessedSince {
 public:
  // The moment of the first entry from place `witnessed` on that counts; nullopt: there is none.
  absl::StatusOr<std::optional<absl::Time>> Find(ReadView& view, int64_t witnessed);

 private:
  int64_t from_ = 0;    // what the rest was found for
  int64_t looked_ = 0;  // no entry in [from_, looked_) counts
  std::optional<absl::Time> since_;
};

}  // namespace ehc

#endif  // EHC_SERVER_AUDIT_UNWITNESSED_H_
