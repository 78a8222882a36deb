// The second half of a decision: what the facts make of the clauses that apply.
#include "server/policy/engine.h"

#include <algorithm>

#include "absl/numeric/bits.h"
#include "server/policy/compiled.h"

namespace ehc {
namespace {

// Reasons that do not depend on the child, nearest to a permit first.
constexpr Reason kRequestReasons[] = {
    Reason::kGuard,           Reason::kBreakGlassRefused, Reason::kAgreementUnsigned,
    Reason::kRoleNotEntitled, Reason::kPersonRequired,    Reason::kGatewayMissing,
    Reason::kBasisMissing,    Reason::kPurposeNotCovered};

// Reasons that depend on the child, strongest first.
constexpr Reason kSubjectReasons[] = {Reason::kProtected,
                                      Reason::kTransferred,
                                      Reason::kForbidden,
                                      Reason::kConsentRefused,
                                      Reason::kConsentConflict,
                                      Reason::kNotDecisionMaker,
                                      Reason::kConsentWithdrawn,
                                      Reason::kConsentSuperseded,
                                      Reason::kConsentExpired,
                                      Reason::kConsentMissing,
                                      Reason::kGuard};

template <typename Function>
void ForEachPart(PartMask mask, const Function& function) {
  for (; mask != 0; mask &= mask - 1) function(absl::countr_zero(mask));
}

}  // namespace

// One decision in the making.
class DecisionMaking {
 public:
  DecisionMaking(const Residual& residual, const Facts& facts, Decision* decision)
      : residual_(residual), policy_(*residual.policy_), facts_(facts), decision_(*decision) {}

  void Run();

 private:
  using Candidate = Residual::Candidate;
  struct Match {
    const CompiledClause* clause;
    PartMask parts;
    bool referral;
  };

  void Refuse(Reason reason);
  void Forbid(const Candidate& candidate);
  void Grant(const Candidate& candidate);
  PartMask FactGuards(const CompiledClause& clause, PartMask parts, bool* by_caller);
  PartMask Consented(ConsentRule rule, PartMask parts);
  PartMask LeftToHuman() const;
  void Combine();
  void Attribute();
  void ExplainWithheld(PartMask withheld);
  void Conclude(PartMask withheld);
  void AddObligations(const CompiledClause& clause);
  void AddLimits(const CompiledClause& clause);
  const ClauseInfo* InfoOf(const CompiledClause* clause) const {
    return &policy_.clause_infos[static_cast<size_t>(clause - policy_.clauses.data())];
  }
  void FailForSubject(Reason reason, PartMask parts) {
    subject_failed_[static_cast<size_t>(reason)] |= parts;
  }

  const Residual& residual_;
  const CompiledPolicy& policy_;
  const Facts& facts_;
  Decision& decision_;
  PartMask forbidden_by_request_ = 0;  // whoever the child is
  PartMask forbidden_ = 0;
  PartMask forbidden_absolutely_ = 0;
  PartMask hidden_ = 0;  // by the child's protections
  PartMask referred_ = 0;
  PartMask referred_for_subject_ = 0;
  PartMask left_to_human_ = 0;
  PartMask by_standing_ = 0;
  PartMask in_conflict_ = 0;
  PartMask permitted_ = 0;
  PartMask permitted_by_emergency_ = 0;
  PartMask emergency_ = 0;  // granted by breaking the glass and by nothing else
  PartMask reached_ = 0;    // parts on which only the child's facts were left to decide
  PartMask caller_failed_ = 0;
  std::array<PartMask, 32> subject_failed_{};  // by Reason
  std::array<PartMask, 32> withheld_for_{};    // by the Reason that is given
  absl::InlinedVector<Match, 16> matches_;
  absl::InlinedVector<Match, 8> forbid_matches_;
};

void DecisionMaking::Refuse(Reason reason) {
  decision_.outcome = Outcome::kDeny;
  decision_.reason = reason;
  ForEachPart(residual_.asked_, [&](int part) { decision_.parts[part].reason = reason; });
}

// The parts for which all guards on facts hold. `by_caller` is set where one that does not concern
// the child failed.
PartMask DecisionMaking::FactGuards(const CompiledClause& clause, PartMask parts, bool* by_caller) {
  for (uint16_t i = clause.request_guards; i < clause.guards; ++i) {
    const Guard& guard = policy_.guards[clause.guards_begin + i];
    const GuardAnswer answer = EvaluateFactGuard(guard, facts_);
    if (answer.applicable) {
      parts &= answer.parts;
    } else if (clause.effect == Effect::kPermit) {
      parts = 0;
    }
    if (parts == 0) {
      *by_caller = guard.stage() == GuardStage::kCaller;
      return 0;
    }
  }
  return parts;
}

void DecisionMaking::Forbid(const Candidate& candidate) {
  const CompiledClause& clause = *candidate.clause;
  bool by_caller = false;
  const PartMask parts = FactGuards(clause, candidate.parts & residual_.asked_, &by_caller);
  if (parts == 0) return;
  forbidden_ |= parts;
  if (!clause.may_be_overridden) forbidden_absolutely_ |= parts;
  if (!clause.depends_on_subject) {
    forbidden_by_request_ |= parts;
  } else {
    FailForSubject(clause.tests_flags ? Reason::kProtected : Reason::kForbidden, parts);
  }
  forbid_matches_.push_back({&clause, parts, false});
}

// Withholds what consent does not cover and remembers why.
PartMask DecisionMaking::Consented(ConsentRule rule, PartMask parts) {
  const ConsentFacts& consent = facts_.consent;
  if (rule == ConsentRule::kNotConsulted) return parts;
  if (rule == ConsentRule::kNotRefused) {
    FailForSubject(Reason::kConsentRefused, parts & consent.refused);
    FailForSubject(Reason::kConsentWithdrawn, parts & consent.withdrawn);
    return parts & ~(consent.refused | consent.withdrawn);
  }
  const PartMask settled = consent.conflict & facts_.approved;  // by the person who decided
  const PartMask good = ((consent.given & ~consent.conflict) | settled) & ~consent.refused;
  const PartMask missing = parts & ~good;
  PartMask unexplained = missing;
  const auto fail = [&](Reason reason, PartMask mask) {
    FailForSubject(reason, missing & mask);
    unexplained &= ~mask;
  };
  fail(Reason::kConsentRefused, consent.refused);
  fail(Reason::kConsentConflict, consent.conflict);
  fail(Reason::kNotDecisionMaker, consent.not_decision_maker);
  fail(Reason::kConsentWithdrawn, consent.withdrawn);
  fail(Reason::kConsentSuperseded, consent.superseded);
  fail(Reason::kConsentExpired, consent.expired);
  FailForSubject(Reason::kConsentMissing, unexplained);
  in_conflict_ |= missing & consent.conflict & ~consent.refused;
  return parts & good;
}

// The parts that a machine may not decide by the gateway stated.
PartMask DecisionMaking::LeftToHuman() const {
  if (residual_.request_->disclosure != DisclosureKind::kContent) return 0;
  switch (residual_.gateway_human_) {
    case policy_proto::HUMAN_DECISION_UNLESS_STANDING_DECISION:
      return ~(facts_.standing_decision | residual_.class_decided_ | facts_.approved);
    case policy_proto::HUMAN_DECISION_UNLESS_APPROVED:
      return residual_.request_->second_person_approved ? 0 : ~facts_.approved;
    default: return 0;
  }
}

void DecisionMaking::Grant(const Candidate& candidate) {
  const CompiledClause& clause = *candidate.clause;
  const PartMask covered = candidate.parts & residual_.asked_;
  bool by_caller = false;
  PartMask parts = FactGuards(clause, covered, &by_caller);
  if (by_caller) {
    caller_failed_ |= covered;
    return;
  }
  reached_ |= covered;
  FailForSubject(Reason::kGuard, covered & ~parts);
  if (clause.effect == Effect::kRefer) {
    const PartMask approved = parts & facts_.approved;
    permitted_ |= approved;
    if (approved != 0) matches_.push_back({&clause, approved, false});
    parts &= ~approved;
    referred_ |= parts;
    if (clause.depends_on_subject) referred_for_subject_ |= parts;
    if (parts != 0) matches_.push_back({&clause, parts, true});
    return;
  }
  if (clause.break_glass_cap != 0 &&
      (facts_.break_glass_suspended || facts_.break_glass_uses_today >= clause.break_glass_cap)) {
    caller_failed_ |= covered;
    reached_ &= ~covered;
    return;
  }
  parts = Consented(clause.consent, parts);
  if (clause.gateways != 0 && clause.break_glass_cap == 0) {  // an emergency is reviewed afterwards
    const PartMask left = LeftToHuman();
    left_to_human_ |= parts & left;
    parts &= ~left;
    if (residual_.gateway_human_ == policy_proto::HUMAN_DECISION_UNLESS_STANDING_DECISION) {
      by_standing_ |= parts & ~facts_.approved;
    }
  }
  if (parts == 0) return;
  (clause.break_glass_cap != 0 ? permitted_by_emergency_ : permitted_) |= parts;
  matches_.push_back({&clause, parts, false});
}

void DecisionMaking::Combine() {
  const PartMask asked = residual_.asked_;
  const uint32_t protections = UnclearedProtections(facts_);
  if ((protections & kAddressRestricted) != 0) hidden_ = residual_.location_;
  if ((protections & kIdentitySevered) != 0) hidden_ = ~PartMask{0};
  FailForSubject(Reason::kProtected, hidden_ & asked);
  if (facts_.moved_away) {
    hidden_ = ~PartMask{0};
    FailForSubject(Reason::kTransferred, asked);
  }

  const PartMask ordinary = permitted_ & ~forbidden_ & ~referred_ & ~hidden_;
  const PartMask emergency = permitted_by_emergency_ & ~forbidden_absolutely_ & ~hidden_;
  decision_.granted = (ordinary | emergency) & asked;
  decision_.by_standing_decision = by_standing_ & decision_.granted;
  if ((decision_.by_standing_decision & residual_.class_decided_) != 0) {
    decision_.class_decision = residual_.class_decision_;
  }
  emergency_ = emergency & ~ordinary & asked;
  decision_.break_glass_used = emergency_ != 0;
  decision_.referred = (referred_ | left_to_human_ | in_conflict_) & ~forbidden_ & ~hidden_ &
                       ~decision_.granted & asked;
}

void DecisionMaking::AddObligations(const CompiledClause& clause) {
  const ClauseInfo* info = InfoOf(&clause);
  for (uint16_t i = 0; i < clause.obligations; ++i) {
    const ObligationInfo* what =
        &policy_.obligation_pool[policy_.clause_obligations[clause.obligations_begin + i]];
    auto& all = decision_.obligations;
    auto at =
        std::lower_bound(all.begin(), all.end(), what,
                         [](const Obligation& a, const ObligationInfo* b) { return a.what < b; });
    if (at != all.end() && at->what == what) {
      at->clause = std::min(at->clause, info);
    } else {
      all.insert(at, {what, info});
    }
  }
}

// What is to be counted, and up to how many, because this clause granted something.
void DecisionMaking::AddLimits(const CompiledClause& clause) {
  const auto lower = [](uint32_t limit, uint32_t& least) {
    if (least == 0 || limit < least) least = limit;
  };
  if (clause.break_glass_cap != 0) {
    const ClauseBox& box = policy_.boxes[static_cast<size_t>(&clause - policy_.clauses.data())];
    lower(clause.break_glass_cap, decision_.break_glass_uses_a_day);
    lower(static_cast<uint32_t>(box.break_glass->minutes), decision_.break_glass_minutes);
  }
  for (uint16_t i = clause.request_guards; clause.counts && i < clause.guards; ++i) {
    const Guard& guard = policy_.guards[clause.guards_begin + i];
    if (guard.kind != GuardKind::kRate) continue;
    lower(static_cast<uint32_t>(guard.high), decision_.disclosures_a_day);
  }
}

// Each part remembers the first clause, in canonical order, that ruled it.
void DecisionMaking::Attribute() {
  const auto claim = [&](PartMask parts, const ClauseInfo* info, Reason reason) {
    ForEachPart(parts, [&](int part) {
      PartRuling& ruling = decision_.parts[part];
      ruling.reason = reason;
      if (ruling.clause == nullptr || info < ruling.clause) ruling.clause = info;
    });
  };
  for (const Match& match : matches_) {
    const PartMask granted = match.clause->break_glass_cap != 0 ? emergency_ : decision_.granted;
    const PartMask contributed = match.parts & (match.referral ? decision_.referred : granted);
    if (contributed == 0) continue;
    claim(contributed, InfoOf(match.clause), match.referral ? Reason::kReferred : Reason::kNone);
    AddObligations(*match.clause);
    if (!match.referral) AddLimits(*match.clause);
  }
  const PartMask withheld = residual_.asked_ & ~decision_.granted & ~decision_.referred;
  for (const Match& match : forbid_matches_) {
    const PartMask parts = match.clause->depends_on_subject ? match.parts & reached_ : match.parts;
    claim(parts & withheld, InfoOf(match.clause), Reason::kForbidden);
  }
}

void DecisionMaking::ExplainWithheld(PartMask withheld) {
  const auto say = [&](PartMask parts, Reason reason) {
    parts &= withheld;
    ForEachPart(parts, [&](int part) { decision_.parts[part].reason = reason; });
    withheld_for_[static_cast<size_t>(reason)] |= parts;
    withheld &= ~parts;
  };
  say(decision_.referred & (referred_ | ~in_conflict_), Reason::kReferred);
  say(decision_.referred, Reason::kConsentConflict);
  say(forbidden_by_request_, Reason::kForbidden);
  for (Reason reason : kSubjectReasons) {
    if (withheld == 0) return;
    say(subject_failed_[static_cast<size_t>(reason)] & reached_, reason);
  }
  say(reached_, Reason::kNoClause);
  say(caller_failed_,
      residual_.request_->break_glass.has_value() ? Reason::kBreakGlassRefused : Reason::kGuard);
  for (Reason reason : kRequestReasons) {
    if (withheld == 0) return;
    say(residual_.failed_[static_cast<size_t>(reason)], reason);
  }
  say(withheld, Reason::kNoClause);
}

// The outcome, and for a no the most telling reason among the parts'.
void DecisionMaking::Conclude(PartMask withheld) {
  if (decision_.granted != 0) {
    decision_.outcome = withheld == 0 ? Outcome::kPermit : Outcome::kPermitRedacted;
    decision_.reason = Reason::kNone;
    decision_.clause = decision_.parts[absl::countr_zero(decision_.granted)].clause;
    return;
  }
  if (decision_.referred != 0) {
    const PartRuling& first = decision_.parts[absl::countr_zero(decision_.referred)];
    decision_.outcome = Outcome::kReferToHuman;
    decision_.reason = first.reason;
    decision_.clause = first.clause;
    const PartMask plain = (referred_ & ~referred_for_subject_) | (left_to_human_ & ~in_conflict_);
    decision_.subject_dependent = (decision_.referred & plain) == 0;
    return;
  }
  decision_.outcome = Outcome::kDeny;
  decision_.reason = Reason::kNoClause;
  const PartMask by_subject = withheld & reached_ & ~forbidden_by_request_;
  decision_.subject_dependent = by_subject != 0;
  const auto pick = [&](PartMask parts, Reason reason) {
    parts &= withheld_for_[static_cast<size_t>(reason)];
    if (parts == 0) return false;
    decision_.reason = reason;
    decision_.clause = decision_.parts[absl::countr_zero(parts)].clause;
    return true;
  };
  if (by_subject != 0) {
    for (Reason reason : kSubjectReasons) {
      if (pick(by_subject, reason)) return;
    }
    return;
  }
  if (residual_.asked_ == 0) {
    decision_.reason = Reason::kNotAsked;
    return;
  }
  for (Reason reason : kRequestReasons) {
    if (reason == Reason::kAgreementUnsigned && pick(withheld, Reason::kForbidden)) return;
    if (pick(withheld, reason)) return;
  }
}

void DecisionMaking::Run() {
  decision_.schema = residual_.schema_;
  if (!facts_.complete) {
    ForEachPart(residual_.asked_,
                [&](int part) { decision_.parts[part].reason = Reason::kInputUnavailable; });
    return;  // UNAVAILABLE, INPUT_UNAVAILABLE
  }
  decision_.existence_granted = residual_.existence_granted_;
  if (residual_.refusal_ != Reason::kNone) {
    Refuse(residual_.refusal_);
    return;
  }
  for (const Candidate& candidate : residual_.forbids_) Forbid(candidate);
  for (const Candidate& candidate : residual_.grants_) Grant(candidate);
  Combine();
  Attribute();
  const PartMask withheld = residual_.asked_ & ~decision_.granted;
  ExplainWithheld(withheld);
  Conclude(withheld);
}

Decision Residual::Decide(const Facts& facts) const {
  Decision decision;
  DecisionMaking(*this, facts, &decision).Run();
  return decision;
}

Decision Decide(const PolicyRequest& request, const Facts& facts, absl::Time now,
                const PolicySnapshot& snapshot) {
  return Residual(request, now, snapshot).Decide(facts);
}

ActionRuling DecideAction(const ActionRequest& request, absl::Time now,
                          const PolicySnapshot& snapshot) {
  const Vocabulary& words = snapshot.compiled().vocabulary;
  const auto found = words.actions.find(request.action);
  if (found == words.actions.end() || !found->second.term.EffectiveAt(now)) return {};
  const auto selects = [&](const std::vector<bool>& selected, const TermList& list,
                           const std::string& code) {
    if (selected.empty()) return true;
    const int number = list.Find(code);
    return number >= 0 && selected[number] && list[number].EffectiveAt(now);
  };
  ActionRuling ruling;
  const auto got_to = [&](Reason reason) {
    if (ruling.reason != Reason::kRoleNotEntitled) ruling.reason = reason;
  };
  for (const AllowanceInfo& allowance : found->second.allowances) {
    if (!selects(allowance.agency_types, words.agency_types, request.agency_type) ||
        !selects(allowance.unit_kinds, words.unit_kinds, request.unit_kind)) {
      continue;
    }
    if (!request.has_person && !allowance.unattended) {
      got_to(Reason::kPersonRequired);
    } else if (request.has_person && !selects(allowance.roles, words.roles, request.role)) {
      got_to(Reason::kRoleNotEntitled);
    } else {
      return {true, Reason::kNone};
    }
  }
  return ruling;
}

}  // namespace ehc
