#include "server/pipeline/policy_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/log.h"
#include "server/base/signature.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

// Signatures by the agreement-signing keys that are enrolled and not revoked.
class EnrolledSigners : public SignatureVerifier {
 public:
  explicit EnrolledSigners(const std::vector<std::pair<AgencyId, std::string>>& keys)
      : keys_(keys) {}

  absl::Status Verify(const AgencyId& agency, absl::string_view key_id, absl::string_view digest,
                      absl::string_view value) const override {
    for (const auto& [owner, pem] : keys_) {
      if (owner != agency) continue;
      const absl::StatusOr<VerifyKey> key = VerifyKey::FromPem(pem);
      if (!key.ok() || key->key_id() != key_id) continue;
      if (key->Verify(digest, value)) return absl::OkStatus();
      return absl::InvalidArgumentError("the signature does not fit the agreement as it stands");
    }
    return absl::NotFoundError("no such signing key is enrolled for the agency");
  }

 private:
  const std::vector<std::pair<AgencyId, std::string>>& keys_;
};

absl::flat_hash_set<AgreementId> SuspendedIn(const PolicyDesktop& desktop) {
  absl::flat_hash_set<AgreementId> suspended;
  for (const auto& [agreement, standing] : desktop.standings) {
    if (!standing.suspensions().empty()) suspended.insert(agreement);
  }
  return suspended;
}

}  // namespace

PolicyKeeper::PolicyKeeper(Store& store, const Clock& clock, Snapshot<PinnedPolicy>& policies,
                           ShadowRunner& shadow, const KeeperOptions& options)
    : store_(store),
      clock_(clock),
      policies_(policies),
      shadow_(shadow),
      options_(options),
      papers_(store) {}

absl::StatusOr<PolicyKeeper::Signers> PolicyKeeper::ReadSigners(ReadView& view) {
  EHC_ASSIGN_OR_RETURN(const std::vector<PutCredential> credentials, view.ListCredentials());
  Signers signers;
  for (const PutCredential& credential : credentials) {
    if (credential.value.kind() == hub::v1::CREDENTIAL_KIND_AGREEMENT_SIGNING_KEY &&
        credential.value.state() == hub::v1::CREDENTIAL_STATE_ACTIVE) {
      signers.emplace_back(credential.agency, credential.value.public_key_pem());
    }
  }
  return signers;
}

absl::StatusOr<std::shared_ptr<const PolicySnapshot>> PolicyKeeper::Compile(
    const PolicySource& source, const Signers& signers) const {
  const EnrolledSigners verifier(signers);
  return PolicySnapshot::Compile(source, {options_.require_signatures, &verifier});
}

absl::StatusOr<std::shared_ptr<const PolicySnapshot>> PolicyKeeper::LoadRevision(
    const PutPolicy& active, const Signers& signers) {
  if (base_ != nullptr && base_->revision() == active.revision && signers_ == signers) {
    return base_;
  }
  if (prepared_ != nullptr && prepared_->revision() == active.revision &&
      prepared_signers_ == signers) {
    return prepared_;
  }
  EHC_ASSIGN_OR_RETURN(const PolicySource source, ParsePolicySource(active.canonical));
  EHC_ASSIGN_OR_RETURN(std::shared_ptr<const PolicySnapshot> policy, Compile(source, signers));
  if (policy->revision() != active.revision) {
    return absl::DataLossError("the activated policy is not what its revision says");
  }
  return policy;
}

// One view for everything, whose position is taken before what is read: docs/adr/0007.
absl::StatusOr<std::shared_ptr<const PinnedPolicy>> PolicyKeeper::Load() {
  const absl::Time asked_at = clock_.Now();
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, store_.Read());
  EHC_ASSIGN_OR_RETURN(const PolicyDesktop desktop, papers_.Read(*view));
  EHC_ASSIGN_OR_RETURN(const std::optional<PutPolicy> active, view->ActivePolicy());
  if (!active.has_value()) {
    return absl::FailedPreconditionError(
        "no policy was ever activated here; found the hub with one (ehc-hub init --policies)");
  }
  EHC_ASSIGN_OR_RETURN(Signers signers, ReadSigners(*view));
  EHC_ASSIGN_OR_RETURN(base_, LoadRevision(*active, signers));
  signers_ = std::move(signers);
  const Suspended suspended = SuspendedIn(desktop);
  // A candidate that does not load is none; nothing live depends on it.
  const bool in_shadow = desktop.proposal.has_value() && desktop.proposal->shadow();
  auto candidate = in_shadow ? CompileCandidate(desktop) : nullptr;
  shadow_.SetCandidate(candidate.ok() ? *std::move(candidate) : nullptr);
  return std::make_shared<const PinnedPolicy>(PinnedPolicy{
      suspended.empty() ? base_ : base_->WithSuspended(suspended), view->position(), asked_at});
}

absl::StatusOr<std::shared_ptr<const PolicySnapshot>> PolicyKeeper::CompileCandidate(
    const PolicyDesktop& desktop) {
  if (!desktop.proposal.has_value()) return absl::FailedPreconditionError("nothing is proposed");
  if (prepared_ == nullptr || prepared_->revision() != desktop.proposal->revision() ||
      prepared_signers_ != signers_) {
    EHC_ASSIGN_OR_RETURN(PolicySource source, ParsePolicySource(desktop.proposal->files()));
    auto& files = source.files;
    files.erase(std::remove_if(files.begin(), files.end(), IsTestFile), files.end());
    EHC_ASSIGN_OR_RETURN(prepared_, Compile(source, signers_));
    prepared_signers_ = signers_;
  }
  return prepared_->WithSuspended(SuspendedIn(desktop));
}

absl::StatusOr<std::shared_ptr<const PolicySnapshot>> PolicyKeeper::Candidate(
    const PolicyDesktop& desktop) {
  const std::lock_guard<std::mutex> lock(refreshing_);
  return CompileCandidate(desktop);
}

absl::Status PolicyKeeper::Refresh() {
  const std::lock_guard<std::mutex> lock(refreshing_);
  auto pinned = Load();
  if (!pinned.ok()) {
    SetHealth(Attempt::kLoad, std::string(pinned.status().message()), absl::InfinitePast());
    return pinned.status();
  }
  const absl::Time confirmed_at = (*pinned)->confirmed_at;
  const auto before = policies_.Get();
  if (before == nullptr || before->policy->revision() != (*pinned)->policy->revision()) {
    LogInfo("policy loaded", {{"revision", Public((*pinned)->policy->revision())}});
  }
  policies_.Set(*std::move(pinned));
  SetHealth(Attempt::kLoad, "", confirmed_at);
  return absl::OkStatus();
}

void PolicyKeeper::NoteRefused(const std::string& problem) {
  SetHealth(Attempt::kProposal, problem.empty() ? "refused" : problem, absl::InfinitePast());
}

void PolicyKeeper::NoteAccepted() { SetHealth(Attempt::kProposal, "", absl::InfinitePast()); }

void PolicyKeeper::SetHealth(Attempt attempt, const std::string& problem, absl::Time confirmed_at) {
  std::function<void(const PolicyHealth&)> tell;
  PolicyHealth health;
  {
    const std::lock_guard<std::mutex> lock(health_mutex_);
    failures_ += problem.empty() ? 0 : 1;
    problems_[static_cast<int>(attempt)] = problem;
    health_.problem = problems_[0].empty() ? problems_[1] : problems_[0];
    health_.ok = health_.problem.empty();
    health_.confirmed_at = std::max(health_.confirmed_at, confirmed_at);
    tell = tell_;
    health = health_;
  }
  if (!problem.empty()) LogError("policy could not be loaded; the last good one decides");
  if (tell) tell(health);
}

PolicyHealth PolicyKeeper::health() const {
  const std::lock_guard<std::mutex> lock(health_mutex_);
  return health_;
}

void PolicyKeeper::OnHealth(std::function<void(const PolicyHealth&)> tell) {
  const std::lock_guard<std::mutex> lock(health_mutex_);
  tell_ = std::move(tell);
}

std::string PolicyKeeper::MetricsText() const {
  const ShadowCounts shadow = shadow_.Counts();
  const std::lock_guard<std::mutex> lock(health_mutex_);
  std::string text;
  const auto add = [&](absl::string_view name, absl::string_view type, absl::string_view help,
                       double value) {
    absl::StrAppend(&text, "# HELP ", name, " ", help, "\n# TYPE ", name, " ", type, "\n", name,
                    " ", value, "\n");
  };
  add("ehc_policy_healthy", "gauge", "1 while the last load or proposal of a policy succeeded.",
      health_.ok ? 1 : 0);
  add("ehc_policy_confirmed_timestamp_seconds", "gauge",
      "When the policy was last confirmed against the store.",
      absl::ToDoubleSeconds(health_.confirmed_at - absl::UnixEpoch()));
  add("ehc_policy_failures_total", "counter", "Policies that could not be loaded or were refused.",
      static_cast<double>(failures_));
  add("ehc_shadow_decided_total", "counter", "Live decisions that the candidate decided as well.",
      static_cast<double>(shadow.decided));
  add("ehc_shadow_dropped_total", "counter", "Live decisions that the candidate had no time for.",
      static_cast<double>(shadow.dropped));
  add("ehc_shadow_gains_total", "counter", "Decisions by which somebody would get more.",
      static_cast<double>(shadow.gains));
  add("ehc_shadow_losses_total", "counter", "Decisions by which somebody would get less.",
      static_cast<double>(shadow.losses));
  return text;
}

}  // namespace ehc
