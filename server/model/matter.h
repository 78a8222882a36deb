// A matter between two agencies that outlives the calls about it: a request for records, a request
// for advice, the recall of a wrong push. Who may do what with it, and what its states are, is the
// business of services/; the store keeps it sealed and finds it again.
#ifndef EHC_SERVER_MODEL_MATTER_H_
#define EHC_SERVER_MODEL_MATTER_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "server/model/names.h"

namespace ehc {

using MatterId = Number<struct MatterTag>;

struct Matter {
  MatterId id;
  std::string kind;  // "RECORD_REQUEST": a code; never changes
  AgencyId opener;   // neither it nor the addressee changes; they may be the same agency
  AgencyId addressee;
  SubjectId subject;     // 0: about no child, or about one that the hub does not know
  int64_t revision = 0;  // counts from 1
  bool open = false;     // somebody is still to do something
  absl::Time due_at = absl::InfiniteFuture();  // by when; to the millisecond
  std::string body;  // a serialised message of its kind; opaque to the store, sealed on the disk
};

// That a commit did something to a matter of which one of its parties is told.
struct MatterEvent {
  int64_t index = 0;  // of the commit's entry in the log
  absl::Time at;      // the entry's
  MatterId matter;
  std::string kind;  // the matter's
  SubjectId subject;
  std::string event;  // "REVIEW_HELD": a code
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_MATTER_H_
