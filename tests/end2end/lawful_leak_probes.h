// How every RPC is asked about a child by somebody who may not know of it. Whoever adds an RPC adds
// its probe here, or the reason why no child is involved: lawful_leak_test fails until then.
#ifndef EHC_TESTS_END2END_LAWFUL_LEAK_PROBES_H_
#define EHC_TESTS_END2END_LAWFUL_LEAK_PROBES_H_

#include <string>
#include <vector>

#include "tests/end2end/hub_world.h"

namespace ehc {

inline const Persona kNorthCaseworker{"northshire-council", "ncw-1", "SEND_CASEWORKER", "send"};
inline const Persona kNorthManager{"northshire-council", "nsm-1", "SEND_MANAGER", "send"};
inline const Persona kNorthRecords{"northshire-council", "nrec-1", "RECORDS_OFFICER", "send"};
inline const Persona kNorthSocialWorker{"northshire-council", "nsw-1", "SOCIAL_WORKER",
                                        "social-care"};
inline const Persona kNorthSocialManager{"northshire-council", "nswm-1", "SOCIAL_WORK_MANAGER",
                                         "social-care"};
inline const Persona kNorthPayments{"northshire-council", "ndp-1", "DIRECT_PAYMENTS_OFFICER",
                                    "social-care"};
inline const Persona kNorthGovernance{"northshire-council", "nig-1",
                                      "INFORMATION_GOVERNANCE_OFFICER", "send"};
inline const Persona kPoliceGovernance{"northshire-police", "pig-1",
                                       "INFORMATION_GOVERNANCE_OFFICER", "protection"};
inline const Persona kSchoolGovernance{"oakfield-school", "sig-1", "INFORMATION_GOVERNANCE_OFFICER",
                                       "school"};

// One way to ask. Words of the text, by LeakWorld::Say():
//   $S        the child, as it is named this time: nhs:…, la:…, a pairwise name of somebody's
//   $one_id   the same identifier as a field, $ids every identifier of the child
//   $item     "<a child's name>/…" up to the collection; $consent_id and the like are items' ids
//   $ground…  a disclosure context
//   $last     what the deed before kept
struct Probe {
  const char* method;  // "RecordExchangeService.GetPlan"
  std::vector<Persona> as;
  const char* text;
};

const std::vector<Probe>& Probes();

// RPCs that need no probe of the table: because no child is involved, or because a test of its own
// drives them ("LeakTest.…", which must exist).
struct Exemption {
  const char* method;
  const char* reason;
};

const std::vector<Exemption>& Exemptions();

// What the custodian (or somebody else who may) does about $who, whom it is about.
struct Deed {
  const char* code;  // by which Difference names it
  Persona as;
  const char* method;
  const char* text;
  const char* keep;  // "path=word": what the answer says there is $word from now on; or empty
};

const std::vector<Deed>& Deeds();

// What one world has and the other has not. `before` is done for the child in both.
struct Difference {
  const char* name;
  std::vector<std::string> before;
  std::vector<std::string> differs;
};

const std::vector<Difference>& Differences();

// The grounds and other words that are the same for every child.
std::vector<std::pair<std::string, std::string>> CommonWords();

}  // namespace ehc

#endif  // EHC_TESTS_END2END_LAWFUL_LEAK_PROBES_H_
