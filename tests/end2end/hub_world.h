// A founded hub with real certificates, keys, agencies and policies in a folder of its own, and
// clients in the names of people at those agencies. Only synthetic children.
#ifndef EHC_TESTS_END2END_HUB_WORLD_H_
#define EHC_TESTS_END2END_HUB_WORLD_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ehchub/agency_admin_client.h"
#include "ehchub/agreement_client.h"
#include "ehchub/audit_client.h"
#include "ehchub/consent_client.h"
#include "ehchub/custody_client.h"
#include "ehchub/error.h"
#include "ehchub/hub.h"
#include "ehchub/planning_client.h"
#include "ehchub/record_exchange_client.h"
#include "ehchub/retention_client.h"
#include "ehchub/subject_client.h"
#include "server/app/house.h"
#include "server/base/clock.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/test_pki.h"

namespace ehc {

namespace v1 = ::ehc::hub::v1;

struct Persona {
  std::string agency;
  std::string user;
  std::string role;
  std::string unit;
};

inline const Persona kOperator{"operator", "alice", "HUB_ADMIN", "operations"};
inline const Persona kOtherOperator{"operator", "bob", "HUB_ADMIN", "operations"};
inline const Persona kAuditor{"operator", "bob", "HUB_AUDITOR", "operations"};
inline const Persona kPolicyOfficer{"operator", "carol", "HUB_POLICY_OFFICER", "operations"};
inline const Persona kOtherPolicyOfficer{"operator", "dave", "HUB_POLICY_OFFICER", "operations"};
inline const Persona kIdentityOfficer{"operator", "erin", "HUB_IDENTITY_OFFICER", "operations"};
inline const Persona kOtherIdentityOfficer{"operator", "frank", "HUB_IDENTITY_OFFICER",
                                           "operations"};
inline const Persona kCaseworker{"bromley", "cw-17", "SEND_CASEWORKER", "send"};
inline const Persona kSocialWorker{"bromley", "sw-4", "SOCIAL_WORKER", "social-care"};
inline const Persona kGovernance{"bromley", "ig-1", "INFORMATION_GOVERNANCE_OFFICER", "send"};
inline const Persona kRecords{"bromley", "rec-2", "RECORDS_OFFICER", "send"};
inline const Persona kPaediatrician{"kings-park-nhs-trust", "paed-9", "COMMUNITY_PAEDIATRICIAN",
                                    "community-paediatrics"};
inline const Persona kTrustGovernance{"kings-park-nhs-trust", "ig-1",
                                      "INFORMATION_GOVERNANCE_OFFICER", "community-paediatrics"};
inline const Persona kTrustRecords{"kings-park-nhs-trust", "rec-1", "RECORDS_OFFICER",
                                   "community-paediatrics"};
inline const Persona kCommissioner{"south-east-london-icb", "com-3", "COMMISSIONING_OFFICER",
                                   "commissioning"};

inline const Persona kSendManager{"bromley", "sm-1", "SEND_MANAGER", "send"};
inline const Persona kOtherSendManager{"bromley", "sm-2", "SEND_MANAGER", "send"};
inline const Persona kLiaisonOfficer{"northshire-police", "pc-7", "POLICE_LIAISON_OFFICER",
                                     "schools"};
inline const Persona kOtherLiaisonOfficer{"northshire-police", "pc-8", "POLICE_LIAISON_OFFICER",
                                          "schools"};
inline const Persona kProtectionOfficer{"northshire-police", "dc-3", "POLICE_PROTECTION_OFFICER",
                                        "protection"};

inline const Persona kSenco{"oakfield-school", "senco-1", "SENCO", "school"};
inline const Persona kOtherSenco{"elm-grove-school", "senco-1", "SENCO", "school"};
inline const Persona kKeyWorker{"bridge-care", "kw-5", "CARE_KEY_WORKER", "care"};

// One person's connection and every client on it.
struct Clients {
  explicit Clients(const ehchub::Hub& on)
      : hub(on),
        records(on),
        subjects(on),
        consents(on),
        custody(on),
        audit(on),
        admin(on),
        agreements(on),
        retention(on),
        planning(on) {}

  ehchub::Hub hub;
  ehchub::RecordExchangeClient records;
  ehchub::SubjectClient subjects;
  ehchub::ConsentClient consents;
  ehchub::CustodyClient custody;
  ehchub::AuditClient audit;
  ehchub::AgencyAdminClient admin;
  ehchub::AgreementClient agreements;
  ehchub::RetentionClient retention;
  ehchub::PlanningClient planning;
};

class HubWorld {
 public:
  // When agencies' certificates and assertion keys are good.
  struct Lifetime {
    absl::Time from = absl::Now() - absl::Hours(1);
    absl::Time until = absl::Now() + absl::Hours(24);
  };

  // Founded, not yet served, with certificates of this day. With a clock: founded by it, with
  // certificates and keys for two years to either side, so that it may be set to other days. Serve
  // by the same clock; clients follow it.
  explicit HubWorld(Clock* clock = nullptr);
  explicit HubWorld(Lifetime lifetime) : HubWorld(nullptr, lifetime) {}
  ~HubWorld();

  // In this process. PreparePlatform() has been called.
  void Serve(Clock& clock = SystemClock(),
             const std::function<void(HouseOptions&)>& adjust = nullptr);
  House& house() { return *house_; }
  void Stop() { house_.reset(); }
  // Closes the hub and opens it again over the same data, on the same port.
  void Restart();
  // By a process that serves data_folder() on this port.
  void UsePort(int port) { port_ = port; }

  // Bromley, the trust, the commissioning body, two schools and a care provider join, by the API.
  void EnrolAgencies();
  // One that is created and has its keys, and is not live: a trust, whatever its id.
  void EnrolOne(const std::string& id);

  // With the keys that the constructor wrote for this id, or new ones.
  void Enrol(const Clients& admin, const std::string& id, v1::Agency agency);

  // A connection of its own. Receipts are kept on file, and settled when the test says so.
  Clients As(const Persona& persona, ehchub::Options options = Options()) const;
  static ehchub::Options Options();
  ehchub::Profile ProfileOf(const Persona& persona) const;
  std::string ReceiptsPath(const Persona& persona) const;

  const std::string& folder() const { return folder_.path(); }
  std::string data_folder() const { return folder_.path() + "/data"; }
  std::string tls_folder() const { return folder_.path() + "/tls"; }
  static std::string policy_folder();
  static std::string audience();

 private:
  HubWorld(Clock* clock, Lifetime lifetime);
  Clock& clock() const { return clock_ == nullptr ? SystemClock() : *clock_; }
  void Create(const Clients& admin, const std::string& id, v1::Agency agency);
  void WriteAgencyKeys(const std::string& id);
  void WriteAssertionKey(const std::string& path);

  Clock* const clock_;
  const Lifetime lifetime_;
  ScratchFolder folder_;
  TestPki pki_;
  int port_ = 0;
  std::unique_ptr<House> house_;
};

// An agency as the operator creates it: units as id and kind.
v1::Agency AgencyOf(const std::string& name, v1::AgencyType type,
                    const std::vector<std::pair<std::string, std::string>>& units);

// A valid NHS number of the range that no person ever has; another one for every serial.
std::string NhsNumber(int serial);
std::string SubjectOf(int serial);  // "nhs:…"

// A name for each serial, unlike that of others.
std::string InventedName(int serial, int syllables);

// Of a child that is like no other one.
v1::RegisterSubjectRequest Registration(int serial, const std::string& unit = "send",
                                        const std::string& born = "2016-05-04");
// A final plan; the text of section X is "text of X <marker>".
v1::PublishPlanRequest PlanOf(const std::string& subject, const std::string& marker,
                              const std::string& local_id);
v1::CreateRelationshipRequest ParentOf(const std::string& subject, const std::string& person);
v1::CreateRelationshipRequest CommissionerOf(const std::string& subject);
v1::CreateRelationshipRequest EnrolmentOf(const std::string& subject, const std::string& school);
v1::RecordConsentRequest ConsentOf(const std::string& subject, const std::string& person,
                                   std::vector<std::string> parts,
                                   v1::ConsentState state = v1::CONSENT_STATE_GIVEN);
v1::CreateProtectionRequest RestrictedAddressOf(const std::string& subject,
                                                std::vector<std::string> cleared = {});

// What the trust asks by consent, and what the commissioning body asks by right.
v1::GetPlanSummaryRequest SummaryForTrust(const std::string& subject);
v1::GetPlanRequest PlanForCommissioner(const std::string& subject,
                                       std::vector<v1::PlanSectionCode> sections);

// Registered by bromley, with the parent "mother" and a plan. Returns the NHS number's reference.
std::string MakeChild(const Clients& caseworker, int serial);

// "NOT_AVAILABLE"; "OK" for a call that succeeded.
template <typename T>
std::string ReasonIn(const absl::StatusOr<T>& result) {
  return result.ok() ? "OK" : ehchub::HubError::FromStatus(result.status()).reason_name;
}

}  // namespace ehc

#endif  // EHC_TESTS_END2END_HUB_WORLD_H_
