// The rooms of the house with a real store, the shipped agreements and two agencies, for tests that
// walk the one path step by step without the transport.
#ifndef EHC_TESTS_UNIT_PIPELINE_PATH_FIXTURE_H_
#define EHC_TESTS_UNIT_PIPELINE_PATH_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "ehc/store/v1/dossier.pb.h"
#include "server/base/clock.h"
#include "server/pipeline/desk.h"
#include "server/pipeline/facts.h"
#include "server/pipeline/judge.h"
#include "server/pipeline/names.h"
#include "server/storage/store.h"
#include "tests/support/scratch_folder.h"
#include "tests/unit/identity/identity_fixture.h"

namespace ehc {

class PathTest : public ::testing::Test {
 protected:
  PathTest();

  // Commits as one entry; the test fails if the store refuses.
  void Put(std::vector<Change> changes);

  // The child of `dossier` (textproto), registered, with all that it holds, by bromley.
  SubjectId PutChild(const std::string& dossier);
  // Bromley's plan about it.
  RecordId PutPlan(SubjectId subject, std::vector<Part> parts);

  Caller CallerOf(const TestAgency& agency, const std::string& role, const std::string& unit);
  Caller Paediatrician() { return CallerOf(trust_, "COMMUNITY_PAEDIATRICIAN", "clinic"); }
  Caller Caseworker() { return CallerOf(bromley_, "SEND_CASEWORKER", "send"); }

  // What the trust asks by consent under its agreement.
  static Ask TrustAsks(SubjectId subject, std::vector<std::string> parts);

  // Desk, facts and judge.
  Decided Decide(Caller caller, Ask ask, ReadView& view);

  ScratchFolder folder_;
  TestAgency bromley_{"bromley"};
  TestAgency trust_{"kings-park-nhs-trust"};
  // Assertions and certificates are minted with the machine's clock.
  ManualClock clock_{absl::Now()};
  std::unique_ptr<Store> store_;
  AgencyRegistry registry_;
  MemoryApprovalLedger approvals_;
  Authenticator authenticator_{registry_, approvals_, AuthenticatorOptions{kAudience}};
  Snapshot<PinnedPolicy> policies_;
  Calendar calendar_;
  std::unique_ptr<SubjectNames> names_;
  Desk desk_{policies_, registry_, clock_};
  Judge judge_{clock_};
  int puts_ = 0;
};

}  // namespace ehc

#endif  // EHC_TESTS_UNIT_PIPELINE_PATH_FIXTURE_H_
