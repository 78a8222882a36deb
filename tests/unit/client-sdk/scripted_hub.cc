#include "tests/unit/client-sdk/scripted_hub.h"

#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/agency_admin_service.grpc.pb.h"
#include "ehc/hub/v1/audit_service.grpc.pb.h"
#include "ehc/hub/v1/consent_service.grpc.pb.h"
#include "ehc/hub/v1/record_exchange_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

using grpc::ServerContext;
using grpc::Status;

Status FromAbsl(const absl::Status& status) {
  if (status.ok()) return Status::OK;
  return Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

template <typename Request>
std::string RequestIdOf(const Request& request) {
  if constexpr (requires { request.request_id(); }) return request.request_id();
  return "";
}

template <typename Request>
std::string SubjectOf(const Request& request) {
  if constexpr (requires { request.subject(); }) return request.subject();
  return "";
}

}  // namespace

Status ToStatus(const ScriptedFailure& failure) {
  if (failure.reason.empty()) return Status(failure.code, failure.message);
  google::rpc::Status details;
  details.set_code(failure.code);
  google::rpc::ErrorInfo info;
  info.set_reason(failure.reason);
  info.set_domain("hub.ehc");
  if (!failure.decision_id.empty()) (*info.mutable_metadata())["decision_id"] = failure.decision_id;
  details.add_details()->PackFrom(info);
  if (failure.retry_after > absl::ZeroDuration()) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(failure.retry_after));
    details.add_details()->PackFrom(retry);
  }
  if (!failure.violated_field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(failure.violated_field);
    violation->set_description("is not a day that exists");
    details.add_details()->PackFrom(bad);
  }
  return Status(failure.code, failure.message, details.SerializeAsString());
}

// One object for the four services, since they share the script.
class ScriptedServices {
 public:
  explicit ScriptedServices(ScriptedHub& hub)
      : records_(hub), consents_(hub), agencies_(hub), audit_(hub) {}

  void RegisterOn(grpc::ServerBuilder& builder) {
    builder.RegisterService(&records_);
    builder.RegisterService(&consents_);
    builder.RegisterService(&agencies_);
    builder.RegisterService(&audit_);
  }

 private:
  // Records the call; an error where the script says so.
  template <typename Request>
  static Status Begin(ScriptedHub& hub, const char* method, ServerContext* context,
                      const Request& request) ABSL_EXCLUSIVE_LOCKS_REQUIRED(hub.mutex_) {
    SeenCall call{method, RequestIdOf(request), SubjectOf(request), "",
                  absl::FromChrono(context->deadline() - std::chrono::system_clock::now())};
    const auto assertion = context->client_metadata().find("ehc-assertion");
    if (assertion != context->client_metadata().end()) {
      call.assertion = std::string(assertion->second.data(), assertion->second.size());
    }
    hub.calls_.push_back(std::move(call));
    if (hub.failures_.empty()) return Status::OK;
    const ScriptedFailure failure = hub.failures_.front();
    hub.failures_.pop_front();
    return ToStatus(failure);
  }

  static void Attach(ScriptedHub& hub, hub::v1::Disclosure* disclosure)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(hub.mutex_) {
    disclosure->set_decision_id("decision-1");
    disclosure->set_custodian("agencies/bromley");
    disclosure->set_badge(hub::v1::BADGE_FINAL);
    auto* withheld = disclosure->add_withheld();
    withheld->set_part("E");
    withheld->set_reason(hub::v1::WITHHELD_REASON_CONSENT_REQUIRED);
    withheld->set_explanation("nobody has consented to section E");
    if (hub.honesty_ == Honesty::kSendsNoReceipt) return;
    *disclosure->mutable_receipt() = hub.honesty_ == Honesty::kForgetsEntries
                                         ? hub.log_.DiscloseAndForget()
                                         : hub.log_.Disclose();
    if (hub.honesty_ == Honesty::kSpoilsSignature) {
      (*disclosure->mutable_receipt()->mutable_promise()->mutable_signature())[7] ^= 1;
    }
  }

  class Records final : public hub::v1::RecordExchangeService::Service {
   public:
    explicit Records(ScriptedHub& hub) : hub_(hub) {}
    Status GetPlanSummary(ServerContext* context, const hub::v1::GetPlanSummaryRequest* request,
                          hub::v1::GetPlanSummaryResponse* response) override {
      absl::MutexLock lock(&hub_.mutex_);
      const Status begun = Begin(hub_, "GetPlanSummary", context, *request);
      if (!begun.ok()) return begun;
      auto* needs = response->mutable_plan_summary()->mutable_health_needs();
      needs->set_code(hub::v1::PLAN_SECTION_CODE_C);
      needs->set_text("Uses a communication aid.");
      Attach(hub_, response->mutable_disclosure());
      return Status::OK;
    }
    Status PublishPlan(ServerContext* context, const hub::v1::PublishPlanRequest* request,
                       hub::v1::PublishPlanResponse* response) override {
      absl::MutexLock lock(&hub_.mutex_);
      const Status begun = Begin(hub_, "PublishPlan", context, *request);
      if (!begun.ok()) return begun;
      response->mutable_published()->set_name("records/r1");
      response->mutable_published()->set_version(1);
      return Status::OK;
    }

   private:
    ScriptedHub& hub_;
  };

  class Consents final : public hub::v1::ConsentService::Service {
   public:
    explicit Consents(ScriptedHub& hub) : hub_(hub) {}
    Status RecordConsent(ServerContext* context, const hub::v1::RecordConsentRequest* request,
                         hub::v1::RecordConsentResponse* response) override {
      absl::MutexLock lock(&hub_.mutex_);
      const Status begun = Begin(hub_, "RecordConsent", context, *request);
      if (!begun.ok()) return begun;
      *response->mutable_consent() = request->consent();
      return Status::OK;
    }

   private:
    ScriptedHub& hub_;
  };

  class Agencies final : public hub::v1::AgencyAdminService::Service {
   public:
    explicit Agencies(ScriptedHub& hub) : hub_(hub) {}
    Status CreateAgency(ServerContext* context, const hub::v1::CreateAgencyRequest* request,
                        hub::v1::CreateAgencyResponse* response) override {
      absl::MutexLock lock(&hub_.mutex_);
      const Status begun = Begin(hub_, "CreateAgency", context, *request);
      if (!begun.ok()) return begun;
      *response->mutable_agency() = request->agency();
      return Status::OK;
    }

   private:
    ScriptedHub& hub_;
  };

  class Audit final : public hub::v1::AuditService::Service {
   public:
    explicit Audit(ScriptedHub& hub) : hub_(hub) {}
    Status GetCheckpoint(ServerContext* context, const hub::v1::GetCheckpointRequest* request,
                         hub::v1::GetCheckpointResponse* response) override {
      absl::MutexLock lock(&hub_.mutex_);
      const Status begun = Begin(hub_, "GetCheckpoint", context, *request);
      if (begun.ok()) *response->mutable_checkpoint() = hub_.log_.Checkpoint();
      return begun;
    }
    Status GetInclusionProof(ServerContext*, const hub::v1::GetInclusionProofRequest* request,
                             hub::v1::GetInclusionProofResponse* response) override {
      absl::MutexLock lock(&hub_.mutex_);
      const auto proof = hub_.log_.Prove(*request);
      if (proof.ok()) *response = *proof;
      return FromAbsl(proof.status());
    }
    Status GetConsistencyProof(ServerContext*, const hub::v1::GetConsistencyProofRequest* request,
                               hub::v1::GetConsistencyProofResponse* response) override {
      absl::MutexLock lock(&hub_.mutex_);
      const auto proof = hub_.log_.ProveConsistent(*request);
      if (proof.ok()) *response = *proof;
      return FromAbsl(proof.status());
    }

   private:
    ScriptedHub& hub_;
  };

  Records records_;
  Consents consents_;
  Agencies agencies_;
  Audit audit_;
};

ScriptedHub::ScriptedHub() : services_(std::make_unique<ScriptedServices>(*this)) {
  const TestCertificate own = pki_.MintServer();
  grpc::SslServerCredentialsOptions keys(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  keys.pem_root_certs = pki_.ca_pem();
  keys.pem_key_cert_pairs.push_back({own.key_pem, own.certificate_pem});
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(keys), &port_);
  services_->RegisterOn(builder);
  server_ = builder.BuildAndStart();
  EHC_CHECK(server_ != nullptr && port_ != 0);
}

ScriptedHub::~ScriptedHub() { Stop(); }

void ScriptedHub::Stop() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

std::string ScriptedHub::address() const { return absl::StrCat("localhost:", port_); }

std::string ScriptedHub::Write(const std::string& name, const std::string& text) const {
  const std::string path = absl::StrCat(folder_.path(), "/", name);
  std::ofstream(path, std::ios::binary) << text;
  chmod(path.c_str(), 0600);
  return path;
}

ehchub::Profile ScriptedHub::ProfileFor(const std::string& agency) {
  ehchub::Profile profile = ProfileWith(pki_.MintAgency(agency));
  profile.assertion_key_path =
      Write(absl::StrCat(profiles_, ".assertion.key"), MintAssertionKey().private_pem);
  profile.audience = "ehc-hub";
  profile.acting_person = ehchub::ActingPerson{"u1", "PAEDIATRICIAN", "community", "", true};
  return profile;
}

ehchub::Profile ScriptedHub::ProfileWith(const TestCertificate& certificate) {
  const std::string number = absl::StrCat(++profiles_);
  ehchub::Profile profile;
  profile.hub = address();
  profile.certificate_path = Write(number + ".pem", certificate.certificate_pem);
  profile.key_path = Write(number + ".key", certificate.key_pem);
  profile.ca_path = Write("ca.pem", pki_.ca_pem());
  absl::MutexLock lock(&mutex_);
  profile.log_key = log_.Keys().log_key;
  profile.promise_key_paths = {Write("promise.pub.pem", log_.promise_key_pem())};
  profile.receipts_path = absl::StrCat(folder_.path(), "/", number, ".receipts.jsonl");
  return profile;
}

std::string ScriptedHub::WriteProfile(const ehchub::Profile& profile, const std::string& name) {
  std::string text = absl::StrCat(
      "hub = ", profile.hub, "\ncertificate = ", profile.certificate_path,
      "\nkey = ", profile.key_path, "\nca = ", profile.ca_path, "\nlog_key = ", profile.log_key,
      "\npromise_key = ", profile.promise_key_paths.front(), "\nreceipts = ", profile.receipts_path,
      "\n");
  if (profile.acting_person.has_value()) {
    absl::StrAppend(
        &text, "audience = ", profile.audience, "\nassertion_key = ", profile.assertion_key_path,
        "\nuser = ", profile.acting_person->user, "\nrole = ", profile.acting_person->role,
        "\nunit = ", profile.acting_person->unit, "\n");
  }
  return Write(name + ".profile", text);
}

void ScriptedHub::FailNext(std::vector<ScriptedFailure> failures) {
  absl::MutexLock lock(&mutex_);
  failures_.insert(failures_.end(), failures.begin(), failures.end());
}

void ScriptedHub::Be(Honesty honesty) {
  absl::MutexLock lock(&mutex_);
  honesty_ = honesty;
}

std::vector<SeenCall> ScriptedHub::calls() const {
  absl::MutexLock lock(&mutex_);
  return calls_;
}

}  // namespace ehc
