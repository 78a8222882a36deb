// What a child's consents say about one request.
#ifndef EHC_SERVER_PIPELINE_CONSENT_H_
#define EHC_SERVER_PIPELINE_CONSENT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ehc/store/v1/dossier.pb.h"
#include "server/model/calendar.h"
#include "server/model/facts.h"
#include "server/model/purpose.h"
#include "server/model/request.h"

namespace ehc {

// How old the child is, in the law's terms, on one day.
struct Ages {
  std::string today;  // ISO, in London
  int years = 0;
  bool over_school_age = false;
  std::optional<Date> leaving_date;
  std::optional<Date> plan_ends;  // the last day on which a plan may be maintained
};
Ages AgesOn(const store::v1::Dossier& dossier, absl::Time now, const Calendar& calendar);

// Who decides for the child today about sharing records of this type (empty: of any): the young
// person from the day after the school leaving date, else a child assessed as competent, else the
// parent; a young person who lacks capacity is represented, else the parent acts (C&F Act 2014
// s.80; SEND Regs 2014 regs 63-64). An assessment counts for the decision that it was about:
// "SHARE_" and the record type, or SHARE_RECORDS.
DecisionMaker WhoDecides(const store::v1::Dossier& dossier, bool over_school_age,
                         absl::string_view record_type = "");

// The newest assessment that counts for that; nullptr: there is none.
const store::v1::CapacityItem* AssessmentFor(const store::v1::Dossier& dossier,
                                             bool over_school_age, absl::string_view record_type);

// Whether `by` is the child or young person themselves.
bool IsSubject(const hub::v1::DecisionMaker& by);

// Whether `by` is who decides: the very person where the dossier says which.
bool Decides(const store::v1::Dossier& dossier, const hub::v1::DecisionMaker& by,
             DecisionMaker decides, const std::string& today);

// How a consent stands now: what was written down, or what time has made of it since.
hub::v1::ConsentState StateNow(const store::v1::Dossier& dossier, const hub::v1::Consent& consent,
                               absl::Time now, const Calendar& calendar);

// Per asked part, what those who decide have last said about this recipient and purpose. A
// statement by somebody who does not decide permits nothing; see ConsentFacts for each outcome.
// `terms` of the purpose; null: the ordinary ones.
ConsentFacts ReadConsents(const store::v1::Dossier& dossier, DecisionMaker decides,
                          const PolicyRequest& request, const RecordSchema& schema,
                          const PurposeTerms* terms, const Ages& ages, absl::Time now);

// Whether this person decides for the child today, where `decides` does, by what `custodian` has
// recorded of relationships and assessments.
bool IsDecisionMaker(const store::v1::Dossier& dossier, const AgencyId& custodian,
                     hub::v1::DecisionMakerRole role, const std::string& person,
                     DecisionMaker decides, const std::string& today);

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_CONSENT_H_
