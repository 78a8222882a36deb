#include "server/policy/compare.h"

#include <algorithm>

namespace ehc {
namespace {

class PartNumbers {
 public:
  PartNumbers(const PolicySnapshot& to, const PolicySnapshot& from, const std::string& record_type)
      : to_(to.FindSchema(record_type)), from_(from.FindSchema(record_type)) {}

  PartMask operator()(PartMask parts) const {
    PartMask mask = 0;
    for (size_t i = 0; from_ != nullptr && to_ != nullptr && i < from_->parts.size(); ++i) {
      if (((parts >> i) & 1u) == 0) continue;
      const int part = to_->IndexOf(from_->parts[i].code);
      if (part >= 0) mask |= PartMask{1} << part;
    }
    return mask;
  }

 private:
  const RecordSchema* to_;
  const RecordSchema* from_;
};

// What is in `a` and not in `b`.
std::vector<std::string> Without(const std::vector<std::string>& a,
                                 const std::vector<std::string>& b) {
  std::vector<std::string> rest;
  std::copy_if(a.begin(), a.end(), std::back_inserter(rest), [&](const std::string& code) {
    return std::find(b.begin(), b.end(), code) == b.end();
  });
  return rest;
}

}  // namespace

PolicyRequest RequestIn(const PolicySnapshot& to, const PolicySnapshot& from,
                        PolicyRequest request) {
  request.parts = PartNumbers(to, from, request.record_type)(request.parts);
  return request;
}

Facts FactsIn(const PolicySnapshot& to, const PolicySnapshot& from, const std::string& record_type,
              Facts facts) {
  const PartNumbers translated(to, from, record_type);
  ConsentFacts& consent = facts.consent;
  for (PartMask* parts : {&consent.given, &consent.refused, &consent.withdrawn, &consent.expired,
                          &consent.superseded, &consent.not_decision_maker, &consent.conflict,
                          &facts.standing_decision, &facts.approved}) {
    *parts = translated(*parts);
  }
  return facts;
}

std::vector<std::string> GrantedCodes(const Decision& decision) {
  std::vector<std::string> codes;
  for (size_t i = 0; decision.schema != nullptr && i < decision.schema->parts.size(); ++i) {
    if ((decision.granted >> i) & 1u) codes.push_back(decision.schema->parts[i].code);
  }
  return codes;
}

GrantChange ChangeFrom(absl::string_view outcome, absl::string_view reason,
                       const std::vector<std::string>& granted, const Decision& after) {
  const std::vector<std::string> now = GrantedCodes(after);
  GrantChange change{Without(now, granted), Without(granted, now), false};
  change.other = change.gained.empty() && change.lost.empty() &&
                 (outcome != OutcomeCode(after.outcome) || reason != ReasonCode(after.reason));
  return change;
}

}  // namespace ehc
