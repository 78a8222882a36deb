#include "server/policy/snapshot.h"

#include <algorithm>
#include <utility>

#include "server/base/status_macros.h"
#include "server/policy/agreements.h"
#include "server/policy/compiled.h"
#include "server/policy/organisations.h"
#include "server/policy/pathways.h"

namespace ehc {
namespace {

void ResolveAll(CompiledPolicy* policy, Problems* problems) {
  for (size_t i = 0; i < policy->document.agreements.size(); ++i) {
    std::vector<ClauseBox> boxes = ResolveClauses(
        policy->document.agreements[i], static_cast<int>(i), policy->vocabulary, problems);
    std::sort(boxes.begin(), boxes.end(),
              [](const ClauseBox& a, const ClauseBox& b) { return a.info.id < b.info.id; });
    std::move(boxes.begin(), boxes.end(), std::back_inserter(policy->boxes));
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<const PolicySnapshot>> PolicySnapshot::Compile(
    const PolicySource& source, const LoadOptions& options) {
  auto policy = std::make_shared<CompiledPolicy>();
  auto summaries = std::make_shared<std::vector<AgreementSummary>>();
  Problems problems;
  EHC_ASSIGN_OR_RETURN(policy->document, ParsePolicy(source));
  policy->revision = policy->document.revision;
  policy->vocabulary = Vocabulary::Build(policy->document.vocabularies, &problems);
  EHC_RETURN_IF_ERROR(problems.ToStatus());
  ReadAgreements(options, policy.get(), summaries.get(), &problems);
  ResolveAll(policy.get(), &problems);
  CheckOrganisations(policy->document, policy->vocabulary, &problems);
  policy->scoring_models = ScoringModels::Build(policy->document.scoring_models, &problems);
  policy->planning_terms =
      PlanningTerms::Build(policy->document.planning_rules, policy->vocabulary, &problems);
  EHC_RETURN_IF_ERROR(problems.ToStatus());
  CompileClauses(policy.get());

  std::shared_ptr<PolicySnapshot> snapshot(new PolicySnapshot());
  snapshot->source_ = std::make_shared<const PolicySource>(source);
  snapshot->suspended_.assign(policy->agreements.size(), false);
  snapshot->compiled_ = std::move(policy);
  snapshot->summaries_ = std::move(summaries);
  return snapshot;
}

std::shared_ptr<const PolicySnapshot> PolicySnapshot::WithSuspended(
    const absl::flat_hash_set<AgreementId>& suspended) const {
  std::shared_ptr<PolicySnapshot> snapshot(new PolicySnapshot(*this));
  for (size_t i = 0; i < snapshot->suspended_.size(); ++i) {
    snapshot->suspended_[i] = suspended.contains(compiled_->agreements[i].id);
  }
  return snapshot;
}

absl::string_view PolicySnapshot::revision() const { return compiled_->revision; }

const RecordSchema* PolicySnapshot::FindSchema(absl::string_view record_type) const {
  const int number = compiled_->vocabulary.record_types.Find(record_type);
  if (number < 0) return nullptr;
  const RecordSchema& schema = compiled_->vocabulary.record_info[number].schema;
  return schema.parts.empty() ? nullptr : &schema;
}

const AgreementSummary* PolicySnapshot::FindAgreement(const AgreementId& id) const {
  const uint32_t number = compiled_->agreement_names.Find(id.value());
  return number == 0 ? nullptr : &(*summaries_)[number - 1];
}

Reason PolicySnapshot::StateOf(const AgreementId& id, absl::Time now) const {
  const uint32_t number = compiled_->agreement_names.Find(id.value());
  if (number == 0) return Reason::kAgreementUnknown;
  return StateOf(number - 1, absl::ToUnixNanos(now));
}

Reason PolicySnapshot::StateOf(size_t agreement, int64_t now_nanos) const {
  for (uint32_t number : compiled_->agreements[agreement].lineage) {
    const CompiledAgreement& above = compiled_->agreements[number];
    if (above.suspended || suspended_[number]) return Reason::kAgreementSuspended;
    if (now_nanos < above.from || now_nanos >= above.until) return Reason::kAgreementNotInForce;
  }
  return Reason::kNone;
}

bool PolicySnapshot::CountsDisclosures(const AgreementId& id) const {
  const uint32_t number = compiled_->agreement_names.Find(id.value());
  return number != 0 && compiled_->agreements[number - 1].counts;
}

const DeadlineRule* PolicySnapshot::FindClock(absl::string_view code, absl::Time now) const {
  const auto& clocks = compiled_->vocabulary.clocks;
  const auto found = clocks.find(std::string(code));
  if (found == clocks.end() || !found->second.term.EffectiveAt(now)) return nullptr;
  return &found->second.rule;
}

const policy::v1::Pathway* PolicySnapshot::FindPathway(absl::string_view id,
                                                       Date received_on) const {
  const std::string day = FormatDate(received_on);
  for (const policy::v1::Pathway& pathway : compiled_->vocabulary.pathways) {
    if (pathway.id() == id && IsInUseOn(pathway, day)) return &pathway;
  }
  return nullptr;
}

namespace {

bool Covers(const TermList& list, absl::string_view wider, absl::string_view code) {
  const int wanted = list.Find(wider);
  for (int at = list.Find(code); at >= 0; at = list[at].parent) {
    if (at == wanted) return true;
  }
  return false;
}

}  // namespace

const PurposeTerms* PolicySnapshot::FindPurpose(absl::string_view code) const {
  const Vocabulary& words = compiled_->vocabulary;
  const int number = words.purposes.Find(code);
  return number < 0 ? nullptr : &words.purpose_info[number].terms;
}

bool PolicySnapshot::RoleCovers(absl::string_view wider, absl::string_view code) const {
  return Covers(compiled_->vocabulary.roles, wider, code);
}

bool PolicySnapshot::PurposeCovers(absl::string_view wider, absl::string_view code) const {
  return Covers(compiled_->vocabulary.purposes, wider, code);
}

bool PolicySnapshot::TakesStandingDecisions(absl::string_view gateway) const {
  const Vocabulary& words = compiled_->vocabulary;
  const int number = words.gateways.Find(gateway);
  return number >= 0 && words.gateway_info[number].human_decision ==
                            policy_proto::HUMAN_DECISION_UNLESS_STANDING_DECISION;
}

const RetentionRule* PolicySnapshot::FindRetentionRule(absl::string_view record_type,
                                                       absl::string_view agency_type,
                                                       const AgencyId& custodian,
                                                       absl::Time now) const {
  const Vocabulary& words = compiled_->vocabulary;
  const int type = words.record_types.Find(record_type);
  const int kind = words.agency_types.Find(agency_type);
  const RetentionRuleInfo* best = nullptr;
  int best_rank = -1;
  for (const RetentionRuleInfo& info : words.retention_rules) {
    const auto& types = info.record_types;
    const bool named = std::find(info.custodians.begin(), info.custodians.end(),
                                 custodian.value()) != info.custodians.end();
    const bool fits_kind =
        info.agency_types.empty() || (kind >= 0 && info.agency_types[static_cast<size_t>(kind)]);
    if (std::find(types.begin(), types.end(), type) == types.end() || !fits_kind ||
        !(named || info.custodians.empty()) || !info.term.EffectiveAt(now)) {
      continue;
    }
    const int rank = (named ? 2 : 0) + (info.agency_types.empty() ? 0 : 1);
    if (rank > best_rank) best = &info;
    best_rank = std::max(rank, best_rank);
  }
  return best == nullptr ? nullptr : &best->rule;
}

std::vector<UseLimit> PolicySnapshot::UseLimits(absl::Time now) const {
  std::vector<UseLimit> limits;
  for (const UseLimitInfo& info : compiled_->vocabulary.use_limits) {
    if (info.term.EffectiveAt(now)) limits.push_back(info.limit);
  }
  return limits;
}

bool PolicySnapshot::IsRole(absl::string_view code) const {
  return compiled_->vocabulary.roles.Find(code) >= 0;
}

std::string PolicySnapshot::RoleTitle(absl::string_view code) const {
  const int number = compiled_->vocabulary.roles.Find(code);
  return number < 0 ? "" : compiled_->vocabulary.roles[number].title;
}

std::string PolicySnapshot::RoleOf(absl::string_view code) const {
  const TermList& roles = compiled_->vocabulary.roles;
  const int number = roles.Find(code);
  return number < 0 ? std::string(code) : roles[number].code;
}

const AgencyRules& PolicySnapshot::agency_rules() const {
  return compiled_->vocabulary.agency_rules;
}

const ScoringModels& PolicySnapshot::scoring_models() const { return compiled_->scoring_models; }

const PlanningTerms& PolicySnapshot::planning_terms() const { return compiled_->planning_terms; }

bool PolicySnapshot::MayBeforeGoLive(absl::string_view action) const {
  const auto& actions = compiled_->vocabulary.actions;
  const auto found = actions.find(std::string(action));
  return found != actions.end() && found->second.before_go_live;
}

bool PolicySnapshot::NeedsTwoPeople(absl::string_view action) const {
  const auto& actions = compiled_->vocabulary.actions;
  const auto found = actions.find(std::string(action));
  return found != actions.end() && found->second.two_people;
}

bool PolicySnapshot::IsUnitKind(absl::string_view code) const {
  return compiled_->vocabulary.unit_kinds.Find(code) >= 0;
}

absl::StatusOr<std::shared_ptr<const PolicySnapshot>> LoadPolicyFolder(const std::string& folder,
                                                                       const LoadOptions& options) {
  EHC_ASSIGN_OR_RETURN(const PolicySource source, ReadPolicyFolder(folder));
  return PolicySnapshot::Compile(source, options);
}

}  // namespace ehc
