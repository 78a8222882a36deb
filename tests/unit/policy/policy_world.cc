#include "tests/unit/policy/policy_world.h"

#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace ehc {
namespace {

constexpr absl::string_view kHead = R"(
version: "1"
title: "Test"
tier: TIER_AGREEMENT
party { agency: "bromley" unit: "ANY" controller_role: CONTROLLER_ROLE_CONTROLLER custodian: true signatory: "Director" }
party { agency: "kings-park-nhs-trust" unit: "ANY" controller_role: CONTROLLER_ROLE_CONTROLLER searcher: true signatory: "Guardian" }
purpose: "DIRECT_CARE"
dpia_reference: "D"
valid_from: "2026-01-01"
valid_until: "2026-03-31"
review_due: "2026-03-01"
retention: "R"
onward_sharing: ONWARD_SHARING_NONE
rights_contact { office: "DPO" }
breach_contact { office: "Desk" }
)";

// The default clause, field by field.
constexpr std::pair<absl::string_view, absl::string_view> kDefaults[] = {
    {"title:", "title: 'T'"},
    {"effect:", "effect: EFFECT_PERMIT"},
    {"recipient ", "recipient { agency: 'kings-park-nhs-trust' unit: 'ANY' }"},
    {"role:", "role: 'ANY'"},
    {"supplier ", "supplier { agency: 'bromley' unit: 'send' }"},
    {"record_type:", "record_type: 'EHC_PLAN'"},
    {"part:", "part: ['C', 'G']"},
    {"disclosure:", "disclosure: DISCLOSURE_CONTENT"},
    {"purpose:", "purpose: 'DIRECT_CARE'"},
    {"lawful_basis:", "lawful_basis: 'ART6_1_E'"},
    {"consent_rule:", "consent_rule: CONSENT_RULE_NOT_CONSULTED"},
};

}  // namespace

PolicyFile AgreementFile(const std::string& id, const std::string& clauses,
                         const std::string& more_head) {
  return {absl::StrCat("agreements/", id, ".textproto"),
          absl::StrCat("id: \"", id, "\"", kHead, more_head, "\n", clauses)};
}

PolicySource SourceWith(std::vector<PolicyFile> agreements) {
  static const auto* const shipped = [] {
    auto source = ReadPolicyFolder(EHC_SOURCE_DIR "/policies");
    if (!source.ok()) {
      std::cerr << source.status() << "\n";
      std::abort();
    }
    return new PolicySource(*std::move(source));
  }();
  for (const PolicyFile& file : shipped->files) {
    if (absl::StartsWith(file.path, "vocabulary/")) agreements.push_back(file);
  }
  return {std::move(agreements)};
}

absl::StatusOr<std::shared_ptr<const PolicySnapshot>> CompileAgreements(
    std::vector<PolicyFile> agreements, const LoadOptions& options) {
  return PolicySnapshot::Compile(SourceWith(std::move(agreements)), options);
}

std::shared_ptr<const PolicySnapshot> PolicyOf(const std::string& clauses,
                                               const std::string& more_head) {
  auto policy = CompileAgreements({AgreementFile("test", clauses, more_head)});
  if (!policy.ok()) {
    std::cerr << policy.status() << "\n";
    std::abort();
  }
  return *std::move(policy);
}

std::string ClauseText(const std::string& id, const std::string& fields) {
  std::string text = absl::StrCat("clause { id: '", id, "' ");
  const std::string given = absl::StrCat(" ", fields);
  const bool permits =
      !absl::StrContains(fields, "effect:") || absl::StrContains(fields, "EFFECT_PERMIT");
  for (const auto& [name, field] : kDefaults) {
    if (absl::StrContains(given, absl::StrCat(" ", name))) continue;
    if (name == "consent_rule:" && !permits) continue;
    absl::StrAppend(&text, field, " ");
  }
  if (permits && !absl::StrContains(given, " gateway:")) text += "gateway: 'R17_CONSENT' ";
  return absl::StrCat(text, fields, " }\n");
}

PartMask Parts(const PolicySnapshot& policy, const std::vector<std::string>& codes,
               absl::string_view record_type) {
  PartMask parts = 0;
  for (const std::string& code : codes) {
    parts |= PartMask{1} << policy.FindSchema(record_type)->IndexOf(code);
  }
  return parts;
}

PolicyRequest TrustRequest(const PolicySnapshot& policy) {
  PolicyRequest request;
  request.agency = AgencyId("kings-park-nhs-trust");
  request.agency_type = "NHS_TRUST";
  request.unit = UnitId("community-paediatrics");
  request.user = "u1";
  request.role = "COMMUNITY_PAEDIATRICIAN";
  request.custodian = AgencyId("bromley");
  request.custodian_type = "LOCAL_AUTHORITY";
  request.custodian_unit = UnitId("send");
  request.record_type = "EHC_PLAN";
  request.parts = Parts(policy, {"C", "G"});
  request.agreement = AgreementId("test");
  request.purpose = "DIRECT_CARE";
  request.lawful_basis = "ART6_1_E";
  request.gateway = "R17_CONSENT";
  return request;
}

absl::Time MidJanuary() { return absl::FromUnixSeconds(1768471200); }

Facts ConsentGiven(PartMask parts) {
  Facts facts;
  facts.subject_known = true;
  facts.today = Date(2026, 1, 15);
  facts.consent.given = parts;
  return facts;
}

}  // namespace ehc
