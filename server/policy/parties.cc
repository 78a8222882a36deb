#include "server/policy/parties.h"

#include <algorithm>

#include "server/policy/compiled.h"

namespace ehc {
namespace {

bool CoversType(const TermList& types, const std::string& wider, const std::string& type) {
  const int top = types.Find(wider);
  const int number = types.Find(type);
  if (top < 0 || number < 0) return false;
  const std::vector<int> covered = types.WithNarrower(top);
  return std::find(covered.begin(), covered.end(), number) != covered.end();
}

bool CoversRegion(const Vocabulary& vocabulary, const policy_proto::Party& party,
                  const std::string& region) {
  const auto regions = vocabulary.WithSuccessors({party.region().begin(), party.region().end()});
  return regions.empty() || std::any_of(regions.begin(), regions.end(), [&](const auto& one) {
           return one == "ANY" || one == region;
         });
}

}  // namespace

bool Covers(const Vocabulary& vocabulary, const policy_proto::Party& party,
            const Organisation& organisation) {
  if (!party.agency().empty()) return organisation.id.value() == party.agency();
  return CoversType(vocabulary.agency_types, party.agency_type(), organisation.type) &&
         CoversRegion(vocabulary, party, organisation.region);
}

bool IsParty(const PolicySnapshot& snapshot, const AgreementId& agreement,
             const Organisation& organisation) {
  const CompiledPolicy& policy = snapshot.compiled();
  const uint32_t number = policy.agreement_names.Find(agreement.value());
  if (number == 0) return false;
  const auto& parties = policy.document.agreements[number - 1].message.party();
  return std::any_of(parties.begin(), parties.end(), [&](const policy_proto::Party& party) {
    return Covers(policy.vocabulary, party, organisation);
  });
}

bool Concerns(const PolicySnapshot& snapshot, const AgreementId& agreement,
              const Organisation& organisation) {
  const CompiledPolicy& policy = snapshot.compiled();
  const uint32_t number = policy.agreement_names.Find(agreement.value());
  if (number == 0) return false;
  return std::any_of(
      policy.agreements.begin(), policy.agreements.end(), [&](const CompiledAgreement& below) {
        const auto& lineage = below.lineage;
        return std::find(lineage.begin(), lineage.end(), number - 1) != lineage.end() &&
               IsParty(snapshot, below.id, organisation);
      });
}

bool IsSigned(const PolicySnapshot& snapshot, const AgreementSummary& agreement) {
  const CompiledPolicy& policy = snapshot.compiled();
  const uint32_t number = policy.agreement_names.Find(agreement.id.value());
  return agreement.suppliers.empty() || !agreement.signed_by.empty() ||
         (number != 0 && policy.agreements[number - 1].all_signed);
}

size_t ClauseCount(const PolicySnapshot& snapshot) { return snapshot.compiled().clauses.size(); }

bool IsNamedCustodian(const AgreementSummary& agreement, const AgencyId& agency) {
  const auto& suppliers = agreement.suppliers;
  return std::find(suppliers.begin(), suppliers.end(), agency) != suppliers.end();
}

}  // namespace ehc
