#include "server/app/house.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/app/credential_watch.h"
#include "server/app/data_folder.h"
#include "server/app/near_match_watch.h"
#include "server/app/policy_room.h"
#include "server/app/system_entry.h"
#include "server/audit/audit_log.h"
#include "server/audit/checkpointer.h"
#include "server/audit/promise.h"
#include "server/base/log.h"
#include "server/base/snapshot.h"
#include "server/base/status_macros.h"
#include "server/identity/approval_ledger.h"
#include "server/identity/authenticator.h"
#include "server/identity/registry.h"
#include "server/matching/index.h"
#include "server/pipeline/desk.h"
#include "server/pipeline/facts.h"
#include "server/pipeline/judge.h"
#include "server/pipeline/match_feed.h"
#include "server/pipeline/names.h"
#include "server/pipeline/policy_keeper.h"
#include "server/pipeline/rooms.h"
#include "server/pipeline/shadow.h"
#include "server/policy/reference_data.h"
#include "server/policy/snapshot.h"
#include "server/services/access_monitor.h"
#include "server/services/agency_admin.h"
#include "server/services/agreement_desk.h"
#include "server/services/audit_desk.h"
#include "server/services/consent_desk.h"
#include "server/services/custody_desk.h"
#include "server/services/directory_desk.h"
#include "server/services/enrolments.h"
#include "server/services/pathway_desk.h"
#include "server/services/planning_desk.h"
#include "server/services/record_exchange.h"
#include "server/services/retention_desk.h"
#include "server/services/subject_desk.h"
#include "server/services/subscription_desk.h"
#include "server/services/withholding.h"
#include "server/services/witness_wait.h"
#include "server/storage/dossier_feed.h"
#include "server/transport/metrics_endpoint.h"
#include "server/transport/server.h"
#include "server/transport/services.h"

namespace ehc {
namespace {

struct Reference {
  Calendar calendar;
  IdentifierRules rules;
  std::shared_ptr<const MatchRules> matching;
};

// Which NHS numbers the hub takes was said when it was founded, and does not change: a synthetic
// number in a live hub, or a person's in a test one, would be there by mistake.
absl::StatusOr<IdentifierMode> ModeOf(const HouseOptions& options, const Store& store) {
  const std::string& founded = store.founded_for();
  if (founded != "test" && founded != "live") {
    return absl::FailedPreconditionError("store: was founded neither for test nor for live");
  }
  if (!options.expected_mode.empty() && options.expected_mode != founded) {
    return absl::FailedPreconditionError(
        absl::StrCat("--mode: the hub in this data folder was founded for ", founded,
                     " and serves nothing else; leave --mode out, or found another hub"));
  }
  return founded == "live" ? IdentifierMode::kLive : IdentifierMode::kTest;
}

absl::StatusOr<Reference> LoadReference(const HouseOptions& options, IdentifierMode mode) {
  EHC_ASSIGN_OR_RETURN(
      Calendar calendar,
      LoadCalendar(absl::StrCat(options.policy_folder, "/calendar/england.textproto")));
  EHC_ASSIGN_OR_RETURN(
      IdentifierRules rules,
      LoadIdentifierRules(mode, absl::StrCat(options.policy_folder, "/vocabulary")));
  EHC_ASSIGN_OR_RETURN(std::shared_ptr<const MatchRules> matching,
                       MatchRules::Load(absl::StrCat(options.policy_folder, "/matching")));
  return Reference{std::move(calendar), std::move(rules), std::move(matching)};
}

class FurnishedHouse : public House {
 public:
  FurnishedHouse(const HouseOptions& options, DataFolder data, Reference reference,
                 std::optional<EnrolmentSpool> spool, Clock& clock)
      : store_(std::move(data.store)),
        spool_(std::move(spool)),
        feed_(dynamic_cast<DossierFeed&>(*store_)),
        reference_(std::move(reference)),
        max_staleness_(options.max_policy_staleness),
        promises_(std::move(data.promise_key), store_->log_id(), clock),
        checkpointer_(*store_, std::move(data.checkpoint_keys), clock, options.witnesses),
        heads_(checkpointer_, options.data_folder),
        authenticator_(registry_, approvals_, AuthenticatorOptions{.audience = options.audience}),
        names_(*store_),
        shadow_(*store_, absl::StrCat(options.data_folder, "/shadow.records")),
        keeper_(*store_, clock, policies_, shadow_, KeeperOptions{!options.development}),
        desk_(policies_, registry_, clock,
              DeskOptions{options.max_policy_staleness, [this] { (void)keeper_.Refresh(); }}),
        matches_(reference_.matching),
        match_feed_(matches_, clock),
        facts_(*store_, names_, reference_.calendar),
        judge_(clock, &shadow_),
        withholding_(*store_, reference_.calendar),
        monitor_(clock),
        audit_(*store_, clock, &times_,
               [this](const AgencyId& agency, RecordId record) {
                 return names_.RecordName(agency, record);
               }),
        rooms_{*store_, clock, names_, desk_, facts_, judge_, audit_, &times_},
        quotas_(clock.Now()),
        desks_{rooms_,
               reference_.rules,
               [this] { RegistryChanged(); },
               quotas_,
               static_cast<int>(options.server.streams.per_agency),
               spool_.has_value() ? &*spool_ : nullptr,
               [this] { HandOver(); }},
        records_(desks_),
        subjects_(desks_, matches_),
        consents_(desks_),
        custody_(desks_, reference_.calendar),
        pathways_(desks_, reference_.calendar),
        directory_(desks_),
        subscriptions_(desks_),
        agencies_(desks_, reference_.calendar),
        agreements_(desks_, keeper_),
        audits_(desks_, checkpointer_, reference_.calendar, monitor_),
        retention_(desks_, reference_.calendar),
        planning_(desks_, reference_.calendar),
        near_matches_(desks_, matches_, options.near_match_interval),
        clock_(clock) {
    store_->SetBatchSigner(
        [this](absl::Span<const Digest> leaves) { return promises_.Sign(leaves); });
    audit_.SetDuties(&withholding_);
    audit_.SetObserver(&monitor_);
  }

  ~FurnishedHouse() override {
    metrics_.reset();
    StopConfirming();
    Drain(absl::ZeroDuration());
    heads_.Stop();
    keeper_.Stop();
    keeper_.OnHealth(nullptr);
    feed_.WatchDossiers(nullptr);
    near_matches_.Stop();
  }

  absl::Status LoadPolicy(const HouseOptions& options) {
    if (options.development) {
      EHC_RETURN_IF_ERROR(ActivateFolder(*store_, options.policy_folder, clock_.Now()));
    }
    return keeper_.Refresh();
  }

  absl::Status Serve(const HouseOptions& options) {
    monitor_.CountLog(*store_);
    EHC_RETURN_IF_ERROR(registry_.Reload(*store_));
    match_feed_.OnFiled([this](SubjectId subject) { near_matches_.Notice(subject); });
    EHC_RETURN_IF_ERROR(match_feed_.Start(feed_));
    EHC_ASSIGN_OR_RETURN(const absl::Time last_recorded, LastRecorded(*store_));
    audit_.StartAfter(options.word.any_clock ? absl::InfiniteFuture() : last_recorded);
    ServerOptions server = options.server;
    server.development = options.development;
    if (options.quotas) {
      server.quotas.limits = [this](absl::string_view agency, absl::string_view type) {
        return LimitsOf(agency, type);
      };
    }
    server.quotas.is_safeguarding = [this](absl::string_view purpose) {
      return IsSafeguarding(purpose);
    };
    server.changes = [this] { return audit_.record_changes(); };
    server.fact_changes = [this] { return audit_.fact_changes(); };
    server.between_calls = [this](bool nothing_else) { store_->CommitIfDue(nothing_else); };
    store_->WaitForCompanyWhile([this] {
      const HubServer* const serving = serving_;
      return serving != nullptr && serving->more_calls_are_coming();
    });
    store_->CommitFirstWhile([this] {
      const HubServer* const serving = serving_;
      return serving != nullptr && serving->is_at_safeguarding_call();
    });
    EHC_ASSIGN_OR_RETURN(
        server_, HubServer::Start(server, Gatekeepers{registry_, authenticator_, clock_, quotas_},
                                  {Expose(records_), Expose(subjects_), Expose(consents_),
                                   Expose(custody_), Expose(pathways_), Expose(planning_),
                                   Expose(directory_), Expose(subscriptions_), Expose(agencies_),
                                   Expose(agreements_), Expose(audits_), Expose(retention_)}));
    serving_ = server_.get();
    near_matches_.Start();
    heads_.Start();
    HandOver();
    keeper_.OnHealth([this](const PolicyHealth& health) { ShowHealth(health); });
    ShowHealth(keeper_.health());
    server_->SetServing("witnesses", true);  // until the log is looked at, with the policy
    if (options.policy_refresh > absl::ZeroDuration()) {
      confirming_ = std::thread([this, every = options.policy_refresh] { KeepConfirming(every); });
    }
    if (!options.metrics_port.has_value()) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(
        metrics_, MetricsEndpoint::Start(*options.metrics_port, [this] { return MetricsText(); }));
    return absl::OkStatus();
  }

  int port() const override { return server_->port(); }
  int metrics_port() const override { return metrics_ == nullptr ? 0 : metrics_->port(); }
  std::string MetricsText() const override {
    const auto policy = desk_.Policy();
    return server_->MetricsText() + times_.Text() + keeper_.MetricsText() +
           CredentialMetrics(*store_, clock_.Now()) +
           monitor_.MetricsText(policy == nullptr ? std::vector<UseLimit>()
                                                  : policy->UseLimits(clock_.Now())) +
           WitnessText(policy.get());
  }

  void Drain(absl::Duration patience) override {
    if (server_ != nullptr) server_->Drain(patience);
  }

 private:
  // Before a change of the registry is acknowledged: every later call sees it, and whoever is no
  // longer admitted is cut off. If it cannot be read, everybody is cut: fail closed.
  void RegistryChanged() {
    const bool reloaded = registry_.Reload(*store_).ok();
    (void)keeper_.Refresh();  // whose signatures count may have changed
    if (!reloaded) LogError("registry could not be reloaded; every connection is cut");
    if (server_ == nullptr) return;
    const absl::Time now = clock_.Now();
    server_->CutUnless([&](const AgencyId&, const std::string& fingerprint) {
      return reloaded && registry_.Current().IsHonoured(fingerprint, now);
    });
  }

  // Enrolments that are open are in the folder, and no others. What fails is tried again.
  void HandOver() {
    if (!spool_.has_value()) return;
    const std::lock_guard<std::mutex> lock(handing_over_);
    const absl::Status handed = HandOverEnrolments(*store_, names_, *spool_, clock_.Now());
    if (!handed.ok()) {
      LogError("enrolments could not be handed over", {{"why", Public(handed.message())}});
    }
  }

  // By the policy in force; while none is loaded nothing is decided, and nothing limited.
  QuotaLimits LimitsOf(absl::string_view agency, absl::string_view type) const {
    const std::shared_ptr<const PinnedPolicy> pinned = policies_.Get();
    if (pinned == nullptr || pinned->policy == nullptr) return {};
    const QuotaRule* rule = pinned->policy->agency_rules().QuotaOf(agency, type, clock_.Now());
    return rule == nullptr ? QuotaLimits() : rule->limits;
  }

  bool IsSafeguarding(absl::string_view purpose) const {
    const std::shared_ptr<const PinnedPolicy> pinned = policies_.Get();
    return pinned != nullptr && pinned->policy != nullptr &&
           pinned->policy->agency_rules().safeguarding_purposes.contains(std::string(purpose));
  }

  // Overall health follows what can be decided; the part "policy" also what could not be loaded.
  void ShowHealth(const PolicyHealth& health) {
    const bool fresh = clock_.Now() - health.confirmed_at <= max_staleness_;
    server_->SetServing(fresh);
    server_->SetServing("policy", fresh && health.ok);
  }

  std::string WitnessText(const PolicySnapshot* policy) const {
    const absl::StatusOr<SignedHeads> heads = checkpointer_.Heads();
    if (!heads.ok()) return "";
    const absl::Time now = clock_.Now();
    return WitnessMetrics(*heads, WaitForWitnesses(*heads, policy, reference_.calendar, now), now);
  }

  // The part "witnesses": an operator's to see to; the hub goes on, and so does overall health.
  void ShowWitnesses() {
    const absl::StatusOr<SignedHeads> heads = checkpointer_.Heads();
    const auto policy = desk_.Policy();
    const bool overdue =
        !heads.ok() ||
        WaitForWitnesses(*heads, policy.get(), reference_.calendar, clock_.Now()).overdue;
    server_->SetServing("witnesses", !overdue);
    if (overdue && !witnesses_overdue_) LogWarning("log_not_witnessed_in_time");
    witnesses_overdue_ = overdue;
  }

  void KeepConfirming(absl::Duration every) {
    std::unique_lock<std::mutex> lock(confirming_mutex_);
    while (!stop_confirming_.wait_for(lock, absl::ToChronoNanoseconds(every),
                                      [this] { return stopping_; })) {
      lock.unlock();
      (void)keeper_.Refresh();
      ShowWitnesses();
      NoticeEndingCredentials();
      HandOver();
      lock.lock();
    }
  }

  // Once a day, and when the hub starts.
  void NoticeEndingCredentials() {
    const absl::Time now = clock_.Now();
    if (now < next_notice_) return;
    next_notice_ = now + absl::Hours(24);
    LogEndingCredentials(*store_, now);
  }

  void StopConfirming() {
    {
      const std::lock_guard<std::mutex> lock(confirming_mutex_);
      stopping_ = true;
    }
    stop_confirming_.notify_all();
    if (confirming_.joinable()) confirming_.join();
  }

  const std::unique_ptr<Store> store_;
  const std::optional<EnrolmentSpool> spool_;
  std::mutex handing_over_;  // one brings the folder up to date at a time
  DossierFeed& feed_;        // the store
  const Reference reference_;
  const absl::Duration max_staleness_;
  const PromiseSigner promises_;
  mutable Checkpointer checkpointer_;
  HeadKeeper heads_;
  AgencyRegistry registry_;
  MemoryApprovalLedger approvals_;
  Authenticator authenticator_;
  Snapshot<PinnedPolicy> policies_;
  const SubjectNames names_;
  ShadowRunner shadow_;
  PolicyKeeper keeper_;
  Desk desk_;
  MatchIndex matches_;
  MatchFeed match_feed_;
  FactsReader facts_;
  Judge judge_;
  StageTimes times_;
  const WithholdingDuty withholding_;
  AccessMonitor monitor_;
  AuditLog audit_;
  const Rooms rooms_;
  QuotaBook quotas_;
  const Desks desks_;
  const RecordExchange records_;
  const SubjectDesk subjects_;
  const ConsentDesk consents_;
  const CustodyDesk custody_;
  const PathwayDesk pathways_;
  const DirectoryDesk directory_;
  const SubscriptionDesk subscriptions_;
  const AgencyAdmin agencies_;
  const AgreementDesk agreements_;
  const AuditDesk audits_;
  const RetentionDesk retention_;
  const PlanningDesk planning_;
  NearMatchWatch near_matches_;
  const Clock& clock_;
  std::unique_ptr<HubServer> server_;
  std::atomic<const HubServer*> serving_{nullptr};  // once it is there; set before the first call
  std::unique_ptr<MetricsEndpoint> metrics_;
  std::thread confirming_;
  absl::Time next_notice_ = absl::InfinitePast();  // of the confirming thread
  bool witnesses_overdue_ = false;                 // the same
  std::mutex confirming_mutex_;                    // guards stopping_
  std::condition_variable stop_confirming_;
  bool stopping_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<House>> House::Open(const HouseOptions& options, Clock& clock) {
  EHC_ASSIGN_OR_RETURN(DataFolder data,
                       OpenContinuedLog(options.data_folder, options.word, options.witnesses.quorum,
                                        clock, options.erasure_journal));
  EHC_RETURN_IF_ERROR(ReplayErasures(*data.store, clock));
  EHC_ASSIGN_OR_RETURN(const IdentifierMode mode, ModeOf(options, *data.store));
  EHC_ASSIGN_OR_RETURN(Reference reference, LoadReference(options, mode));
  std::optional<EnrolmentSpool> spool;
  if (!options.enrolment_spool.empty()) {
    EHC_ASSIGN_OR_RETURN(spool, EnrolmentSpool::Open(options.enrolment_spool));
  }
  auto house = std::make_unique<FurnishedHouse>(options, std::move(data), std::move(reference),
                                                std::move(spool), clock);
  EHC_RETURN_IF_ERROR(house->LoadPolicy(options));
  EHC_RETURN_IF_ERROR(house->Serve(options));
  return house;
}

}  // namespace ehc
