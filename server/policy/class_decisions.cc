#include "server/policy/class_decisions.h"

#include <utility>

#include "server/policy/compiled.h"

namespace ehc {
namespace {

std::vector<std::string> CodesOf(const std::vector<bool>& chosen, const TermList& list) {
  std::vector<std::string> codes;
  for (int i = 0; i < list.size(); ++i) {
    if (chosen[i]) codes.push_back(list[i].code);
  }
  return codes;
}

ClassDecisionTerms TermsOf(const StandingInfo& info, const Vocabulary& words) {
  ClassDecisionTerms terms;
  terms.id = info.id;
  terms.title = info.title;
  terms.reason = info.reason;
  terms.decided_by_role = info.decided_by_role;
  terms.gateway = words.gateways[info.gateway].code;
  terms.roles = CodesOf(info.roles, words.roles);
  terms.purposes = CodesOf(info.purposes, words.purposes);
  const RecordSchema& schema = words.record_info[info.record_type].schema;
  terms.record_type = schema.record_type;
  for (size_t i = 0; i < schema.parts.size(); ++i) {
    if ((info.parts >> i & 1) != 0) terms.parts.push_back(schema.parts[i].code);
  }
  terms.from = info.from;
  terms.until = info.until;
  return terms;
}

}  // namespace

std::vector<ClassDecisionTerms> ClassDecisionsOf(const PolicySnapshot& snapshot,
                                                 const AgencyId& authority) {
  const Vocabulary& words = snapshot.compiled().vocabulary;
  std::vector<ClassDecisionTerms> decisions;
  for (const StandingInfo& info : words.standing_decisions) {
    if (info.authority == authority.value()) decisions.push_back(TermsOf(info, words));
  }
  return decisions;
}

}  // namespace ehc
