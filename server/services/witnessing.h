// What a witness hands in: a cosignature of a head of this log.
#ifndef EHC_SERVER_SERVICES_WITNESSING_H_
#define EHC_SERVER_SERVICES_WITNESSING_H_

#include <memory>
#include <string>

#include "server/audit/checkpointer.h"
#include "server/pipeline/planner.h"

namespace ehc {

// `checkpointer` outlives the mutation.
std::shared_ptr<const Mutation> MakeCosigning(const std::string& note,
                                              const Checkpointer& checkpointer);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_WITNESSING_H_
