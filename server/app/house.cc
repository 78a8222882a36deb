#include "server/app/house.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/app/data_folder.h"
#include "server/app/policy_room.h"
#include "server/audit/audit_log.h"
#include "server/audit/checkpointer.h"
#include "server/audit/promise.h"
#include "server/base/log.h"
#include "server/base/snapshot.h"
#include "server/base/status_macros.h"
#include "server/identity/approval_ledger.h"
#include "server/identity/authenticator.h"
#include "server/identity/registry.h"
#include "server/pipeline/desk.h"
#include "server/pipeline/facts.h"
#include "server/pipeline/judge.h"
#include "server/pipeline/names.h"
#include "server/pipeline/rooms.h"
#include "server/policy/reference_data.h"
#include "server/policy/snapshot.h"
#include "server/services/agency_admin.h"
#include "server/services/audit_desk.h"
#include "server/services/consent_desk.h"
#include "server/services/record_exchange.h"
#include "server/services/subject_desk.h"
#include "server/transport/server.h"
#include "server/transport/services.h"

namespace ehc {
namespace {

struct Reference {
  Calendar calendar;
  IdentifierRules rules;
};

absl::StatusOr<Reference> LoadReference(const HouseOptions& options) {
  EHC_ASSIGN_OR_RETURN(
      Calendar calendar,
      LoadCalendar(absl::StrCat(options.policy_folder, "/calendar/england.textproto")));
  EHC_ASSIGN_OR_RETURN(IdentifierRules rules,
                       LoadIdentifierRules(options.identifiers,
                                           absl::StrCat(options.policy_folder, "/vocabulary")));
  return Reference{std::move(calendar), std::move(rules)};
}

class FurnishedHouse : public House {
 public:
  FurnishedHouse(const HouseOptions& options, DataFolder data, Reference reference, Clock& clock)
      : store_(std::move(data.store)),
        reference_(std::move(reference)),
        promises_(std::move(data.promise_key), store_->log_id(), clock),
        checkpointer_(*store_, std::move(data.checkpoint_signer), clock),
        authenticator_(registry_, approvals_, AuthenticatorOptions{.audience = options.audience}),
        names_(*store_),
        desk_(policies_, registry_, clock),
        facts_(*store_, names_, reference_.calendar),
        judge_(clock),
        audit_(*store_, clock, &times_),
        rooms_{*store_, clock, names_, desk_, facts_, judge_, audit_, &times_},
        desks_{rooms_, reference_.rules, [this] { RegistryChanged(); }},
        records_(desks_),
        subjects_(desks_),
        consents_(desks_),
        agencies_(desks_),
        audits_(desks_, checkpointer_),
        clock_(clock) {
    store_->SetBatchSigner(
        [this](absl::Span<const Digest> leaves) { return promises_.Sign(leaves); });
  }

  ~FurnishedHouse() override { Drain(absl::ZeroDuration()); }

  absl::Status LoadPolicy(const HouseOptions& options) {
    EHC_ASSIGN_OR_RETURN(std::shared_ptr<const PinnedPolicy> pinned,
                         options.development
                             ? ActivateFolder(*store_, options.policy_folder, clock_.Now())
                             : LoadActivePolicy(*store_));
    LogInfo("policy loaded", {{"revision", Public(pinned->policy->revision())}});
    policies_.Set(std::move(pinned));
    return absl::OkStatus();
  }

  absl::Status Serve(const HouseOptions& options) {
    EHC_RETURN_IF_ERROR(registry_.Reload(*store_));
    ServerOptions server = options.server;
    server.development = options.development;
    EHC_ASSIGN_OR_RETURN(
        server_, HubServer::Start(server, Gatekeepers{registry_, authenticator_, clock_},
                                  {Expose(records_), Expose(subjects_), Expose(consents_),
                                   Expose(agencies_), Expose(audits_)}));
    server_->SetServing(true);
    return absl::OkStatus();
  }

  int port() const override { return server_->port(); }
  std::string MetricsText() const override { return server_->MetricsText() + times_.Text(); }

  void Drain(absl::Duration patience) override {
    if (server_ != nullptr) server_->Drain(patience);
  }

 private:
  // Before a change of the registry is acknowledged: every later call sees it, and whoever is no
  // longer admitted is cut off. If it cannot be read, everybody is cut: fail closed.
  void RegistryChanged() {
    const bool reloaded = registry_.Reload(*store_).ok();
    if (!reloaded) LogError("registry could not be reloaded; every connection is cut");
    if (server_ == nullptr) return;
    const absl::Time now = clock_.Now();
    server_->CutUnless([&](const AgencyId&, const std::string& fingerprint) {
      return reloaded && registry_.Current().IsHonoured(fingerprint, now);
    });
  }

  const std::unique_ptr<Store> store_;
  const Reference reference_;
  const PromiseSigner promises_;
  Checkpointer checkpointer_;
  AgencyRegistry registry_;
  MemoryApprovalLedger approvals_;
  Authenticator authenticator_;
  Snapshot<PinnedPolicy> policies_;
  const SubjectNames names_;
  Desk desk_;
  FactsReader facts_;
  Judge judge_;
  StageTimes times_;
  AuditLog audit_;
  const Rooms rooms_;
  const Desks desks_;
  const RecordExchange records_;
  const SubjectDesk subjects_;
  const ConsentDesk consents_;
  const AgencyAdmin agencies_;
  const AuditDesk audits_;
  const Clock& clock_;
  std::unique_ptr<HubServer> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<House>> House::Open(const HouseOptions& options, Clock& clock) {
  EHC_ASSIGN_OR_RETURN(Reference reference, LoadReference(options));
  EHC_ASSIGN_OR_RETURN(DataFolder data, OpenDataFolder(options.data_folder, clock));
  auto house = std::make_unique<FurnishedHouse>(options, std::move(data), std::move(reference),
                                                clock);
  EHC_RETURN_IF_ERROR(house->LoadPolicy(options));
  EHC_RETURN_IF_ERROR(house->Serve(options));
  return house;
}

}  // namespace ehc
