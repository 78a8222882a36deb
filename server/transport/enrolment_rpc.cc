#include "server/transport/enrolment_rpc.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "ehc/hub/v1/enrolment_service.grpc.pb.h"
#include "server/base/ids.h"
#include "server/base/log.h"
#include "server/services/validate.h"
#include "server/transport/error_status.h"
#include "server/transport/rate_limiter.h"
#include "server/transport/source_limits.h"

namespace ehc {
namespace {

using hub::v1::RequestCertificateRequest;
using hub::v1::RequestCertificateResponse;

ConnectionLimits LimitsOf(size_t at_once, double per_second, double burst) {
  ConnectionLimits limits;
  limits.per_source = at_once;
  limits.new_per_second_per_source = per_second;
  limits.burst_per_source = burst;
  return limits;
}

// Lets so many calls through, from each source and of all. Thread safe.
class Turnstile {
 public:
  explicit Turnstile(const EnrolmentLimits& limits)
      : sources_(LimitsOf(limits.calls_at_once_per_source, limits.calls_per_second_per_source,
                          limits.burst_per_source)),
        all_(LimitsOf(SIZE_MAX, limits.calls_per_second, limits.burst)) {}

  // One that is refused by its own source's limit costs the others nothing.
  bool Enter(const std::string& source, absl::Time now) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (now >= next_sweep_) {
      sources_.Forget(now);
      next_sweep_ = now + absl::Seconds(10);
    }
    if (sources_.Enter(source, now) != SourceLimits::Verdict::kAdmit) return false;
    if (all_.Enter("", now) == SourceLimits::Verdict::kAdmit) return true;
    sources_.Leave(source);
    return false;
  }
  void Leave(const std::string& source) {
    const std::lock_guard<std::mutex> lock(mutex_);
    sources_.Leave(source);
    all_.Leave("");
  }

 private:
  std::mutex mutex_;
  SourceLimits sources_ ABSL_GUARDED_BY(mutex_);
  SourceLimits all_ ABSL_GUARDED_BY(mutex_);
  absl::Time next_sweep_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

ErrorReport TooFast() {
  return {{absl::StatusCode::kResourceExhausted, "QUOTA_EXCEEDED",
           "too many enrolments are asked for; nothing was done, wait and try again", ""}};
}

ErrorReport ReportOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kPermissionDenied:
      return {{status.code(), "ENROLMENT_REFUSED", std::string(status.message()), ""}};
    case absl::StatusCode::kInvalidArgument:
      return {{status.code(), "FIELD_INVALID", std::string(status.message()), ""}};
    case absl::StatusCode::kUnavailable:
      return {{status.code(), "STORE_UNAVAILABLE", std::string(status.message()), ""}};
    default: return {InternalFaultRefusal()};
  }
}

// Owned by gRPC until OnDone, and by the task on its way; the last one deletes it. Whoever turns
// `finished_` true finishes the call.
class Asked final : public grpc::ServerUnaryReactor {
 public:
  Asked(const EnrolmentFront& front, Turnstile& turnstile, std::string source,
        const RequestCertificateRequest& request, RequestCertificateResponse* response)
      : front_(front),
        turnstile_(turnstile),
        source_(std::move(source)),
        request_(request),
        response_(response) {}

  void Hop() {
    if (!turnstile_.Enter(source_, front_.clock.Now())) {
      FinishWith(TooFast());
      return Release();
    }
    entered_ = true;
    Executor::Task task = [this] { Work(); };
    if (front_.executor.TrySubmit(std::move(task))) return;
    FinishWith({OverloadedRefusal()});
    Release();
  }

 private:
  void Work() {
    if (!finished_) {
      try {
        Answer();
      } catch (...) {
        FinishWith({InternalFaultRefusal()});
      }
    }
    Release();
  }

  void Answer() {
    std::vector<FieldViolation> violations = Validate(request_);
    if (!violations.empty()) {
      return FinishWith({InvalidFieldsRefusal(), "", "", std::move(violations)});
    }
    const auto issued = front_.registrar.Ask(
        request_.token(),
        {request_.certificate_request_pem(), request_.assertion_public_key_pem()});
    if (!issued.ok()) return FinishWith(ReportOf(issued.status()));
    if (finished_.exchange(true)) return;
    response_->set_pending(!issued->has_value());
    if (issued->has_value()) response_->set_certificate_pem(**issued);
    Finish(grpc::Status::OK);
  }

  void FinishWith(const ErrorReport& report) {
    if (!finished_.exchange(true)) Finish(ErrorStatus(report, NewDecisionId()));
  }

  void Release() {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  void OnCancel() override {
    if (!finished_.exchange(true)) Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override {
    if (entered_) turnstile_.Leave(source_);
    Release();
  }

  const EnrolmentFront& front_;
  Turnstile& turnstile_;
  const std::string source_;
  const RequestCertificateRequest request_;
  RequestCertificateResponse* const response_;  // gRPC's, until the call is finished
  std::atomic<bool> entered_{false};
  std::atomic<bool> finished_{false};
  std::atomic<int> owners_{2};
};

class EnrolmentRpc final : public hub::v1::EnrolmentService::CallbackService {
 public:
  explicit EnrolmentRpc(const EnrolmentFront& front) : front_(front), turnstile_(front.limits) {}

  grpc::ServerUnaryReactor* RequestCertificate(grpc::CallbackServerContext* context,
                                               const RequestCertificateRequest* request,
                                               RequestCertificateResponse* response) override {
    auto* call = new Asked(front_, turnstile_, front_.connections.SourceOf(context->peer()),
                           *request, response);
    call->Hop();
    return call;
  }

 private:
  const EnrolmentFront front_;
  Turnstile turnstile_;
};

}  // namespace

std::shared_ptr<grpc::Service> MakeEnrolmentService(const EnrolmentFront& front) {
  return std::make_shared<EnrolmentRpc>(front);
}

}  // namespace ehc
