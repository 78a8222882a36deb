#ifndef EHC_SERVER_POLICY_AGREEMENTS_H_
#define EHC_SERVER_POLICY_AGREEMENTS_H_

#include <vector>

#include "server/policy/compiled.h"
#include "server/policy/document.h"
#include "server/policy/snapshot.h"

namespace ehc {

// Checks what stands in the agreements' heads: ids, dates, parties, parents, supersession. Fills
// policy->agreements (numbers are the document's) and `summaries`; problems make both unusable.
void ReadAgreements(const LoadOptions& options, CompiledPolicy* policy,
                    std::vector<AgreementSummary>* summaries, Problems* problems);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_AGREEMENTS_H_
