// A policy is put in force by two people: one proposes its files, another approves their revision.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/services/agreement_desk.h"
#include "server/services/agreement_views.h"
#include "server/services/dossier_items.h"

namespace ehc {
namespace {

using hub::v1::ActivatePolicyRequest;
using hub::v1::ActivatePolicyResponse;
using hub::v1::PolicyRevision;

constexpr char kAction[] = "policy.activate";
constexpr char kShadowList[] = "shadow decisions";

bool IsPolicyPath(absl::string_view path) {
  static constexpr absl::string_view kFolders[] = {"agreements", "vocabulary", "pathways",
                                                   "planning",   "scoring",    "tests"};
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
  return parts.size() == 2 && absl::EndsWith(parts[1], ".textproto") && parts[1][0] != '.' &&
         std::find(std::begin(kFolders), std::end(kFolders), parts[0]) != std::end(kFolders);
}

// Reference data that lies in the same folder is left out: it decides nothing.
absl::StatusOr<PolicySource> ReadFiles(const hub::v1::PolicyProposal& proposal) {
  PolicySource source;
  std::set<std::string> paths;
  for (const hub::v1::PolicyFile& file : proposal.files()) {
    if (!IsPolicyPath(file.path()) || !paths.insert(file.path()).second) {
      return FieldInvalid(
          "proposal.files: each path is agreements/, vocabulary/, planning/, scoring/ or tests/ "
          "and "
          "a name that ends in .textproto, and stands there once");
    }
    if (HoldsPolicy(file.content())) source.files.push_back({file.path(), file.content()});
  }
  return source;
}

absl::Status PolicyInvalid(PolicyKeeper& keeper, const PreparedPolicy& prepared) {
  const std::string faults = prepared.Faults();
  keeper.NoteRefused(faults);
  return RefusalError(absl::StatusCode::kInvalidArgument, "POLICY_INVALID", faults);
}

absl::Status NotProposed() {
  return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                      "approve_revision: that revision is not proposed; ask for the candidate");
}

Written Describe(PolicyRevision revision) {
  const std::string name = absl::StrCat("policyRevisions/", revision.revision());
  return Written{name, 0, std::make_unique<PolicyRevision>(std::move(revision)), false};
}

// What both steps share: the files, prepared off the serving threads before the plan is made.
class PolicyStep : public Mutation {
 public:
  PolicyStep(PolicyKeeper& keeper, PreparedPolicy prepared)
      : keeper_(keeper), prepared_(std::move(prepared)) {}

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView&,
                                 const std::string& resource) const override {
    PolicyRevision revision;
    const std::vector<std::string> parts = absl::StrSplit(resource, '/');
    revision.set_revision(parts.back());
    revision.set_state(parts.back() == PolicyOf(file).revision()
                           ? hub::v1::POLICY_REVISION_STATE_ACTIVE
                           : hub::v1::POLICY_REVISION_STATE_PROPOSED);
    return Describe(std::move(revision));
  }

 protected:
  PolicyRevision Result(bool validate_only, hub::v1::PolicyRevisionState state) const {
    PolicyRevision revision;
    if (prepared_.snapshot != nullptr) revision = ShowRevision(*prepared_.snapshot);
    revision.set_state(validate_only ? hub::v1::POLICY_REVISION_STATE_CHECKED : state);
    revision.set_tests_passed(prepared_.tests_passed);
    AddFindings(prepared_.findings, revision);
    return revision;
  }

  PolicyKeeper& keeper_;
  const PreparedPolicy prepared_;
};

class ProposalStep : public PolicyStep {
 public:
  ProposalStep(PolicyKeeper& keeper, PreparedPolicy prepared, const PolicySource& files,
               bool shadow)
      : PolicyStep(keeper, std::move(prepared)),
        files_(SerializePolicySource(files)),
        shadow_(shadow) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView&) const override {
    Plan plan;
    plan.written =
        Describe(Result(file.ask.validate_only, hub::v1::POLICY_REVISION_STATE_PROPOSED));
    if (file.ask.validate_only) return plan;
    if (!prepared_.good()) return PolicyInvalid(keeper_, prepared_);
    if (prepared_.snapshot->revision() == PolicyOf(file).revision()) {
      return StateConflict("proposal: that revision is in force already");
    }
    keeper_.NoteAccepted();
    store::v1::PolicyProposalPaper paper;
    paper.set_revision(std::string(prepared_.snapshot->revision()));
    paper.set_files(files_);
    paper.set_user(file.caller.person()->user);
    paper.set_at_ms(absl::ToUnixMillis(file.received_at));
    paper.set_shadow(shadow_);
    auto& revision = static_cast<PolicyRevision&>(*plan.written.value);
    revision.set_proposed_by(paper.user());
    *revision.mutable_proposed_at() = ToTimestamp(file.received_at);
    plan.reads.push_back(PolicyPapers::KeyOfProposal());
    plan.changes.push_back(keeper_.papers().Put(paper));
    return plan;
  }

 private:
  const std::string files_;
  const bool shadow_;
};

class ApprovalStep : public PolicyStep {
 public:
  ApprovalStep(PolicyKeeper& keeper, PreparedPolicy prepared, std::string revision)
      : PolicyStep(keeper, std::move(prepared)), revision_(std::move(revision)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(const PolicyDesktop desktop, keeper_.papers().Read(view));
    const bool proposed = desktop.proposal.has_value() && desktop.proposal->revision() == revision_;
    if (!proposed) return NotProposed();
    if (desktop.proposal->user() == file.caller.person()->user) {
      return RefusalError(absl::StatusCode::kFailedPrecondition, "SECOND_PERSON_REQUIRED",
                          "approve_revision: somebody else than the proposer approves it");
    }
    const bool same = prepared_.snapshot != nullptr && prepared_.snapshot->revision() == revision_;
    Plan plan;
    plan.written = Describe(Result(file.ask.validate_only, hub::v1::POLICY_REVISION_STATE_ACTIVE));
    if (file.ask.validate_only) return plan;
    if (!prepared_.good() || !same) return PolicyInvalid(keeper_, prepared_);
    keeper_.NoteAccepted();
    Activate(file, *desktop.proposal, &plan);
    return plan;
  }

 private:
  void Activate(const CaseFile& file, const store::v1::PolicyProposalPaper& proposal,
                Plan* plan) const {
    store::v1::ActivationPaper paper;
    paper.set_revision(revision_);
    paper.set_proposed_by(proposal.user());
    paper.set_proposed_at_ms(proposal.at_ms());
    paper.set_approved_by(file.caller.person()->user);
    paper.set_activated_at_ms(absl::ToUnixMillis(file.received_at));
    auto& revision = static_cast<PolicyRevision&>(*plan->written.value);
    revision.set_proposed_by(paper.proposed_by());
    *revision.mutable_proposed_at() = ToTimestamp(absl::FromUnixMillis(proposal.at_ms()));
    revision.set_approved_by(paper.approved_by());
    *revision.mutable_activated_at() = ToTimestamp(file.received_at);
    plan->reads.push_back(PolicyPapers::KeyOfProposal());
    plan->changes.push_back(PutPolicy{revision_, SerializePolicySource(prepared_.source)});
    plan->changes.push_back(keeper_.papers().Put(paper));
    plan->changes.push_back(PolicyPapers::WithoutProposal());
  }

  const std::string revision_;
};

// The step, prepared; for whoever may not take it, nothing is prepared: the judge will say no.
absl::StatusOr<std::shared_ptr<const Mutation>> MakeStep(const Desks& desks, PolicyKeeper& keeper,
                                                         const ActivatePolicyRequest& request,
                                                         bool entitled) {
  PreparedPolicy prepared;
  if (request.has_proposal()) {
    EHC_ASSIGN_OR_RETURN(const PolicySource files, ReadFiles(request.proposal()));
    if (entitled) {
      EHC_ASSIGN_OR_RETURN(prepared, keeper.Prepare(files));
    }
    return std::make_shared<ProposalStep>(keeper, std::move(prepared), files,
                                          request.proposal().shadow());
  }
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, desks.rooms.store.Read());
  EHC_ASSIGN_OR_RETURN(const PolicyDesktop desktop, keeper.papers().Read(*view));
  const bool proposed =
      desktop.proposal.has_value() && desktop.proposal->revision() == request.approve_revision();
  if (entitled && proposed) {
    EHC_ASSIGN_OR_RETURN(const PolicySource files, ParsePolicySource(desktop.proposal->files()));
    EHC_ASSIGN_OR_RETURN(prepared, keeper.Prepare(files));
  }
  return std::make_shared<ApprovalStep>(keeper, std::move(prepared), request.approve_revision());
}

void ShapeActivated(const Audited<Written>& audited, const Rooms&,
                    ActivatePolicyResponse& response) {
  response.mutable_policy_revision()->CopyFrom(*audited.value().value);
}

struct Step {
  Incoming in;
  ActivatePolicyRequest request;
  Reply<ActivatePolicyResponse> reply;
};

void TakeStep(const Desks& desks, PolicyKeeper& keeper, Step step) {
  const uint64_t id = step.in.call_id;
  Ask ask = MutationAsk(desks, "ActivatePolicy", kAction, step.request.request_id(), step.request);
  ask.validate_only = step.request.validate_only();
  const auto policy = desks.rooms.desk.Policy();
  const bool entitled =
      policy != nullptr && MayAct(step.in.caller, kAction, desks.rooms.clock.Now(), *policy);
  auto mutation = MakeStep(desks, keeper, step.request, entitled);
  if (!mutation.ok()) return Fail(id, mutation.status(), std::move(step.reply));
  StartMutation<ActivatePolicyResponse>(
      desks, std::move(step.in), std::move(ask), *std::move(mutation), ShapeActivated,
      [&keeper, reply = std::move(step.reply)](Answer<ActivatePolicyResponse> answer) mutable {
        (void)keeper.Refresh();
        reply(std::move(answer));
      });
}

void ShowHistory(const PolicyDesktop& desktop, const CaseFile& file, bool candidate,
                 PolicyRevision& revision) {
  const bool with_people = IsOperator(file.caller);
  if (candidate) {
    if (with_people) revision.set_proposed_by(desktop.proposal->user());
    *revision.mutable_proposed_at() = ToTimestamp(absl::FromUnixMillis(desktop.proposal->at_ms()));
    return;
  }
  if (!desktop.activation.has_value() || desktop.activation->revision() != revision.revision()) {
    return;
  }
  const store::v1::ActivationPaper& paper = *desktop.activation;
  if (with_people) {
    revision.set_proposed_by(paper.proposed_by());
    revision.set_approved_by(paper.approved_by());
  }
  *revision.mutable_proposed_at() = ToTimestamp(absl::FromUnixMillis(paper.proposed_at_ms()));
  *revision.mutable_activated_at() = ToTimestamp(absl::FromUnixMillis(paper.activated_at_ms()));
}

}  // namespace

void AgreementDesk::ActivatePolicy(Incoming in, const ActivatePolicyRequest& request,
                                   Reply<ActivatePolicyResponse> reply) const {
  const uint64_t id = in.call_id;
  auto step = std::make_shared<Step>(Step{std::move(in), request, std::move(reply)});
  if (keeper_.Later([this, step] { TakeStep(desks_, keeper_, std::move(*step)); })) return;
  Fail(id,
       RefusalError(absl::StatusCode::kUnavailable, "OVERLOADED",
                    "other policies are being loaded; nothing was done, try again"),
       std::move(step->reply));
}

void AgreementDesk::GetPolicyRevision(Incoming in, const hub::v1::GetPolicyRevisionRequest& request,
                                      Reply<hub::v1::GetPolicyRevisionResponse> reply) const {
  StartReading<hub::v1::GetPolicyRevisionResponse>(
      desks_, std::move(in), "GetPolicyRevision", "policy.read",
      [this, candidate = request.candidate()](const CaseFile& file, ReadView& view)
          -> absl::StatusOr<hub::v1::GetPolicyRevisionResponse> {
        EHC_ASSIGN_OR_RETURN(const PolicyDesktop desktop, keeper_.papers().Read(view));
        EHC_ASSIGN_OR_RETURN(const auto policy, PolicyAskedFor(keeper_, file, desktop, candidate));
        hub::v1::GetPolicyRevisionResponse response;
        PolicyRevision& revision = *response.mutable_policy_revision();
        revision = ShowRevision(*policy);
        revision.set_state(candidate ? hub::v1::POLICY_REVISION_STATE_PROPOSED
                                     : hub::v1::POLICY_REVISION_STATE_ACTIVE);
        ShowHistory(desktop, file, candidate, revision);
        if (candidate && keeper_.shadow().active()) {
          *revision.mutable_shadow() = ShowShadow(keeper_.shadow().Counts());
        }
        return response;
      },
      std::move(reply));
}

void AgreementDesk::ListShadowDecisions(Incoming in,
                                        const hub::v1::ListShadowDecisionsRequest& request,
                                        Reply<hub::v1::ListShadowDecisionsResponse> reply) const {
  auto after = ReadPageToken(desks_, in.caller, kShadowList, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  StartReading<hub::v1::ListShadowDecisionsResponse>(
      desks_, std::move(in), "ListShadowDecisions", kAction,
      [this, from = *after, size = PageSize(request.page_size())](
          const CaseFile& file, ReadView&) -> absl::StatusOr<hub::v1::ListShadowDecisionsResponse> {
        EHC_ASSIGN_OR_RETURN(const std::vector<std::string> cases,
                             keeper_.shadow().Kept(from, size));
        hub::v1::ListShadowDecisionsResponse response;
        for (const std::string& one : cases) response.add_cases(one);
        const int64_t next = from + static_cast<int64_t>(cases.size());
        if (!cases.empty() && next < keeper_.shadow().Counts().kept) {
          response.set_next_page_token(
              desks_.rooms.names.SealPage(file.caller.agency(), kShadowList, next));
        }
        return response;
      },
      std::move(reply));
}

}  // namespace ehc
