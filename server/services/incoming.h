#ifndef EHC_SERVER_SERVICES_INCOMING_H_
#define EHC_SERVER_SERVICES_INCOMING_H_

#include <cstdint>

#include "server/model/caller.h"

namespace ehc {

// One call as the transport hands it over: authenticated, its message validated.
struct Incoming {
  uint64_t call_id = 0;
  Caller caller;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_INCOMING_H_
