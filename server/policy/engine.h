// Decide()         may this organisation, for this person, purpose and basis, have these parts,
// now? DecideAction()   may this actor do this mutation, or read this of the hub's own data?
// Residual         Decide() with only the child left open, for one caller and thousands of children
//
// How clauses combine, per part:
//   1. FORBID > REFER > PERMIT > nothing. Every agreement's forbids apply; permits and referrals
//      come from the agreement that the caller states and those above it. What a suspended
//      agreement forbids stays forbidden.
//   2. A guard whose input is not known holds in a FORBID or REFER and not in a PERMIT. Facts that
//      could not be read make the whole decision UNAVAILABLE.
//   3. A clause counts while it, its agreement and its words are in force, and only if the
//      custodian has signed its agreement.
//   4. Where consent is in conflict, or a human must decide by the gateway stated, a permit refers
//      what no other clause grants.
//   5. Breaking the glass beats referrals and the forbids that say so, never an absolute FORBID.
//   6. A person's yes (Facts::approved) turns the referral of a part into a permit. It beats no
//      forbid, and gives nothing that no clause refers.
//      A standing decision, of the custodian about this child or for every child, takes the place
//      of the person whom a gateway asks for, and of nothing else.
//   7. Parts that reveal a location are withheld under ADDRESS_RESTRICTED from everybody whom the
//      custodian has not cleared; everything is, under IDENTITY_SEVERED, and
//      where the plan has moved to another authority.
// Obligations are the union over every clause that contributed a part. Order never matters.
//
// A DENY says why as far as the caller got: whatever does not depend on the child comes first and
// is then the same for every child, known or not; Decision::subject_dependent marks the rest.
#ifndef EHC_SERVER_POLICY_ENGINE_H_
#define EHC_SERVER_POLICY_ENGINE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/model/decision.h"
#include "server/model/facts.h"
#include "server/model/request.h"
#include "server/policy/snapshot.h"

namespace ehc {

struct ClauseEntry;
struct CompiledClause;

// Pure: reads nothing but its arguments. Allocates nothing on the permit path. The decision points
// into the snapshot.
Decision Decide(const PolicyRequest& request, const Facts& facts, absl::Time now,
                const PolicySnapshot& snapshot);

// What is left of a decision when everything but the facts is known. Immutable and thread safe;
// refers to the request and the snapshot, which must outlive it.
class Residual {
 public:
  Residual(const PolicyRequest& request, absl::Time now, const PolicySnapshot& snapshot);

  Decision Decide(const Facts& facts) const;

  bool existence_granted() const { return existence_granted_; }

  // The parts asked for that a clause leaves to a person, whoever the child is; what the child's
  // own facts make of it is not asked.
  PartMask LeftToPeople() const;
  // Why nothing about the child matters any more: the agreement's state; kNone: it does.
  Reason refusal() const { return refusal_; }

 private:
  friend class DecisionMaking;

  struct Candidate {
    const CompiledClause* clause;
    PartMask parts;
  };
  struct Asking;

  template <typename Function>
  void ForEachEntry(const Asking& asking, uint32_t shapes, uint32_t agreement,
                    const Function& function) const;
  void CollectForbids(const Asking& asking);
  void CollectForbidsOf(const Stand& stand, Asking asking);
  void CollectGrants(const Asking& asking);
  void ConsiderForbid(const Asking& asking, const ClauseEntry& entry);
  void ConsiderEntry(const Asking& asking, const ClauseEntry& entry);
  void ConsiderGrant(const Asking& asking, const CompiledClause& clause, PartMask parts);
  void ConsiderExistence(const Asking& asking, const CompiledClause& clause);
  bool NamesSomePurpose(const Asking& asking) const;
  void CollectClassDecisions(const Asking& asking);
  void Fail(Reason reason, PartMask parts) { failed_[static_cast<size_t>(reason)] |= parts; }

  const PolicyRequest* request_;
  const CompiledPolicy* policy_;
  const RecordSchema* schema_ = nullptr;
  Reason refusal_ = Reason::kNone;  // nothing about the child matters any more
  PartMask asked_ = 0;
  PartMask location_ = 0;       // parts that reveal where the child is
  uint8_t gateway_human_ = 0;   // policy_proto::HumanDecision of the gateway stated
  PartMask class_decided_ = 0;  // parts under a standing decision for every child
  const std::string* class_decision_ = nullptr;  // the first of them
  bool existence_granted_ = false;
  bool existence_forbidden_ = false;
  absl::InlinedVector<Candidate, 8> forbids_;
  absl::InlinedVector<Candidate, 8> grants_;
  std::array<PartMask, 32> failed_{};  // by Reason: parts that a clause would cover but for it
};

struct ActionRequest {
  std::string agency_type;
  std::string unit_kind;
  std::string role;
  bool has_person = false;
  std::string action;  // a code of policies/vocabulary/actions.textproto
};

struct ActionRuling {
  bool allowed = false;
  // kNone; kNoClause (no such action, or not for this kind of agency or unit), kPersonRequired or
  // kRoleNotEntitled.
  Reason reason = Reason::kNoClause;
};

ActionRuling DecideAction(const ActionRequest& request, absl::Time now,
                          const PolicySnapshot& snapshot);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_ENGINE_H_
