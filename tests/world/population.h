#ifndef EHC_TESTS_WORLD_POPULATION_H_
#define EHC_TESTS_WORLD_POPULATION_H_

#include <optional>
#include <string>
#include <vector>

#include "server/model/date.h"
#include "tests/world/options.h"
#include "tests/world/random.h"

namespace ehc {

// How far a request for an EHC plan has come.
enum class PlanStage {
  kNone,
  kRequested,
  kRefusedToAssess,
  kAssessing,
  kRefusedToIssue,
  kDraft,
  kFinal,
  kAmending,  // a final plan in force, an amendment notice given
  kCeased,
};

// Bromley's need levels: child in need without and with a plan, then child protection or care.
enum class NeedLevel { kNone, kCin1, kCin2, kProtection, kLookedAfter };

enum class IdentityStory { kOrdinary, kAdopted, kBeforeAdoption };

// One child or young person, as the authority's systems know them.
struct Child {
  int number = 0;  // from 1
  std::string id;  // pers_person_id
  std::string forename;
  std::string surname;
  char sex = 'U';
  std::optional<Date> born;  // absent for an unborn child, who has `expected`
  std::optional<Date> expected;
  std::optional<Date> died;
  std::string nhs;
  std::string upn;
  std::string uln;
  std::string former_upn;  // never published
  int household = 0;
  int school = -1;  // SchoolAt, -1: on no roll
  PlanStage plan = PlanStage::kNone;
  bool sen_support = false;
  NeedLevel need = NeedLevel::kNone;
  IdentityStory story = IdentityStory::kOrdinary;

  // Fixed cases force these; for all others chance decides where they are unset.
  std::optional<bool> address_restricted;
  std::optional<bool> address_reviewed;
  bool contact_prohibited = false;
  bool represented = false;
  bool covert_enquiry = false;
  bool sensitive_service = false;
  bool youth_justice = false;
  int need_type = -1;  // index into NeedTypes()

  bool HasPlanInForce() const { return plan == PlanStage::kFinal || plan == PlanStage::kAmending; }
  bool BeforeAdoption() const { return story == IdentityStory::kBeforeAdoption; }
};

// Cases 1 to 20, alike in every extract (docs/formats/extract.md lists them). Sets what the case
// needs; identifiers that are still empty are drawn like anybody's.
void ApplyFixedCase(Child& child);

// Everybody, in order of `number`.
std::vector<Child> MakePopulation(const WorldOptions& options);

// SEN types of the SEN2 return with their share of plans in tenths of a per cent.
struct NeedType {
  const char* code;
  int share;
  const char* title;
};
const std::vector<NeedType>& NeedTypes();

// Draws by share.
int DrawNeedType(Random& random);

}  // namespace ehc

#endif  // EHC_TESTS_WORLD_POPULATION_H_
