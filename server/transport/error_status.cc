#include "server/transport/error_status.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace ehc {
namespace {

using google::protobuf::Message;

// Maps are otherwise serialised in an order that differs from process to process.
std::string SerializeInOrder(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

void AddDetail(const Message& detail, google::rpc::Status& status) {
  google::protobuf::Any* any = status.add_details();
  any->set_type_url(absl::StrCat("type.googleapis.com/", detail.GetDescriptor()->full_name()));
  any->set_value(SerializeInOrder(detail));
}

google::rpc::ErrorInfo InfoOf(const ErrorReport& report) {
  google::rpc::ErrorInfo info;
  info.set_reason(report.refusal.reason);
  info.set_domain(kErrorDomain);
  auto& metadata = *info.mutable_metadata();
  if (!report.decision_id.empty()) metadata["decision_id"] = report.decision_id;
  if (!report.policy_revision.empty()) metadata["policy_revision"] = report.policy_revision;
  if (!report.refusal.explanation.empty()) metadata["explanation"] = report.refusal.explanation;
  return info;
}

bool IsFieldPath(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '[' || c == ']';
  });
}

// Services state a wrong field as "plan.unit: what is wrong".
std::vector<FieldViolation> ViolationsOf(const ErrorReport& report) {
  if (!report.violations.empty() || report.refusal.reason != "FIELD_INVALID") {
    return report.violations;
  }
  const std::string& message = report.refusal.message;
  const size_t colon = message.find(": ");
  if (colon == std::string::npos || !IsFieldPath(message.substr(0, colon))) return {};
  return {{message.substr(0, colon), message.substr(colon + 2)}};
}

void AddBadRequest(const ErrorReport& report, google::rpc::Status& status) {
  google::rpc::BadRequest bad_request;
  size_t room = kMaxDetailBytes - std::min(kMaxDetailBytes, status.ByteSizeLong() + 128);
  for (const FieldViolation& violation : ViolationsOf(report)) {
    const size_t size = violation.field.size() + violation.description.size() + 16;
    if (size > room) break;
    room -= size;
    auto& out = *bad_request.add_field_violations();
    out.set_field(violation.field);
    out.set_description(violation.description);
  }
  if (bad_request.field_violations_size() > 0) AddDetail(bad_request, status);
}

bool IsWorthRetrying(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kResourceExhausted;
}

// To the millisecond, rounded up: who comes earlier is refused again.
void AddRetryInfo(const ErrorReport& report, google::rpc::Status& status) {
  google::rpc::RetryInfo retry;
  auto& delay = *retry.mutable_retry_delay();
  if (report.retry_after > absl::ZeroDuration()) {
    const int64_t millis =
        absl::ToInt64Milliseconds(absl::Ceil(report.retry_after, absl::Milliseconds(1)));
    delay.set_seconds(millis / 1000);
    delay.set_nanos(static_cast<int>(millis % 1000) * 1000000);
  } else {
    delay.set_seconds(report.refusal.reason == "QUOTA_EXCEEDED" ? 5 : 1);
  }
  AddDetail(retry, status);
}

}  // namespace

grpc::Status ErrorStatus(const ErrorReport& report, const std::string& request_id) {
  const Refusal& refusal = report.refusal;
  const auto code =
      refusal.code == absl::StatusCode::kOk ? absl::StatusCode::kInternal : refusal.code;
  google::rpc::Status status;
  status.set_code(static_cast<int>(code));
  status.set_message(refusal.message);
  AddDetail(InfoOf(report), status);
  google::rpc::RequestInfo request;
  request.set_request_id(request_id);
  AddDetail(request, status);
  if (IsWorthRetrying(code)) AddRetryInfo(report, status);
  AddBadRequest(report, status);
  return grpc::Status(static_cast<grpc::StatusCode>(code), refusal.message,
                      SerializeInOrder(status));
}

Refusal OverloadedRefusal() {
  return {absl::StatusCode::kUnavailable, "OVERLOADED",
          "the hub has more calls than it can handle; nothing was done, try again", ""};
}

Refusal DrainingRefusal() {
  return {absl::StatusCode::kUnavailable, "DRAINING",
          "the hub is shutting down; nothing was done, try again elsewhere", ""};
}

Refusal DrainingStreamRefusal() {
  return {absl::StatusCode::kUnavailable, "DRAINING",
          "the hub is shutting down; go on elsewhere after what you have received", ""};
}

Refusal TooManyStreamsRefusal() {
  return {absl::StatusCode::kResourceExhausted, "QUOTA_EXCEEDED",
          "too many streams are open; end one, then try again", ""};
}

Refusal QuotaExceededRefusal() {
  return {absl::StatusCode::kResourceExhausted, "QUOTA_EXCEEDED",
          "the agency asks more than its quota gives; nothing was done, wait and try again", ""};
}

Refusal InternalFaultRefusal() {
  return {absl::StatusCode::kInternal, "INTERNAL_FAULT",
          "the hub failed; tell its operator the request id", ""};
}

Refusal InvalidFieldsRefusal() {
  return {absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
          "the request breaks the rules of its fields; see the violations", ""};
}

}  // namespace ehc
