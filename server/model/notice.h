// "Something has changed, fetch it": all that a notification is made of.
#ifndef EHC_SERVER_MODEL_NOTICE_H_
#define EHC_SERVER_MODEL_NOTICE_H_

#include <cstdint>

#include "absl/time/time.h"
#include "server/model/matter.h"
#include "server/model/record.h"

namespace ehc {

struct Notice {
  MatterId subscription;
  RecordHead head;  // as released, without contact and summary
  absl::Time changed_at;
  int64_t cursor = 0;  // the entry of the log up to which everything has been told with this one
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_NOTICE_H_
