// A small policy to test with: the shipped vocabulary and agreements that a test writes itself.
#ifndef EHC_TESTS_UNIT_POLICY_POLICY_WORLD_H_
#define EHC_TESTS_UNIT_POLICY_POLICY_WORLD_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/policy/engine.h"
#include "server/policy/snapshot.h"

namespace ehc {

// agreements/<id>.textproto with a valid head, to which the clauses are appended. In force from
// 2026-01-01 to 2026-03-31; parties: bromley (custodian) and kings-park-nhs-trust.
PolicyFile AgreementFile(const std::string& id, const std::string& clauses,
                         const std::string& more_head = "");

// The shipped vocabulary with these agreements.
PolicySource SourceWith(std::vector<PolicyFile> agreements);

absl::StatusOr<std::shared_ptr<const PolicySnapshot>> CompileAgreements(
    std::vector<PolicyFile> agreements, const LoadOptions& options = {false, nullptr});

// One agreement "test" with these clauses; aborts with the problems if it does not compile.
std::shared_ptr<const PolicySnapshot> PolicyOf(const std::string& clauses,
                                               const std::string& more_head = "");

// A PERMIT of plan content from bromley/send to kings-park-nhs-trust for DIRECT_CARE, by any role,
// basis ART6_1_E, gateway R17_CONSENT; `fields` replace those it starts with: "part: 'C'", ….
// A field given in `fields` is left out of the default.
std::string ClauseText(const std::string& id, const std::string& fields = "");

// What ClauseText() permits: parts C and G of a plan, by a community paediatrician.
PolicyRequest TrustRequest(const PolicySnapshot& policy);

PartMask Parts(const PolicySnapshot& policy, const std::vector<std::string>& codes,
               absl::string_view record_type = "EHC_PLAN");

// 15 January 2026, a Thursday, 10:00 in London.
absl::Time MidJanuary();

Facts ConsentGiven(PartMask parts);

}  // namespace ehc

#endif  // EHC_TESTS_UNIT_POLICY_POLICY_WORLD_H_
