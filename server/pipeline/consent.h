// What a child's consents say about one request.
#ifndef EHC_SERVER_PIPELINE_CONSENT_H_
#define EHC_SERVER_PIPELINE_CONSENT_H_

#include "absl/time/time.h"
#include "ehc/store/v1/dossier.pb.h"
#include "server/model/calendar.h"
#include "server/model/facts.h"
#include "server/model/request.h"

namespace ehc {

// Who decides for the child today: the young person from the day after the school leaving date,
// else a child assessed as competent, else the parent; a person who lacks capacity is represented,
// else the parent acts (C&F Act 2014 s.80; SEND Regs 2014 regs 63-64).
DecisionMaker WhoDecides(const store::v1::Dossier& dossier, bool over_school_age);

// Per asked part, what those who decide have last said about this recipient and purpose. A
// statement by somebody who does not decide permits nothing; see ConsentFacts for each outcome.
ConsentFacts ReadConsents(const store::v1::Dossier& dossier, DecisionMaker decides,
                          const PolicyRequest& request, const RecordSchema& schema, absl::Time now,
                          const std::string& today);

// Whether this person decides for the child today, where `decides` does, by what `custodian` has
// recorded of relationships and assessments.
bool IsDecisionMaker(const store::v1::Dossier& dossier, const AgencyId& custodian,
                     hub::v1::DecisionMakerRole role, const std::string& person,
                     DecisionMaker decides, const std::string& today);

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_CONSENT_H_
