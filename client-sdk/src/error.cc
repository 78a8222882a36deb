#include "ehchub/error.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client-sdk/src/local_error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "nlohmann/json.hpp"

namespace ehchub {
namespace {

std::string Find(const google::rpc::ErrorInfo& info, const char* key) {
  const auto found = info.metadata().find(key);
  return found == info.metadata().end() ? std::string() : found->second;
}

void ReadErrorInfo(const google::rpc::ErrorInfo& info, HubError* error) {
  error->reason_name = info.reason();
  if (!v1::ErrorReason_Parse(absl::StrCat("ERROR_REASON_", info.reason()), &error->reason)) {
    error->reason = v1::ERROR_REASON_UNSPECIFIED;
  }
  error->decision_id = Find(info, "decision_id");
  error->policy_revision = Find(info, "policy_revision");
  error->explanation = Find(info, "explanation");
}

void ReadBadRequest(const google::rpc::BadRequest& bad, HubError* error) {
  for (const auto& violation : bad.field_violations()) {
    error->violations.push_back({violation.field(), violation.description()});
  }
}

void ReadDetail(const google::protobuf::Any& detail, HubError* error) {
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  google::rpc::RequestInfo request;
  google::rpc::RetryInfo retry;
  if (detail.UnpackTo(&info)) {
    ReadErrorInfo(info, error);
  } else if (detail.UnpackTo(&bad)) {
    ReadBadRequest(bad, error);
  } else if (detail.UnpackTo(&request)) {
    error->request_id = request.request_id();
  } else if (detail.UnpackTo(&retry)) {
    error->retry_after = absl::Seconds(retry.retry_delay().seconds()) +
                         absl::Nanoseconds(retry.retry_delay().nanos());
  }
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace

HubError HubError::FromStatus(const absl::Status& status) {
  HubError error;
  error.code = status.code();
  error.message = std::string(status.message());
  error.handshake_refused = status.GetPayload(internal::kHandshakePayload).has_value();
  error.log_forked = status.GetPayload(internal::kForkPayload).has_value();
  const auto payload = status.GetPayload(internal::kDetailsPayload);
  google::rpc::Status details;
  if (payload.has_value() && details.ParseFromString(std::string(*payload))) {
    for (const auto& detail : details.details()) ReadDetail(detail, &error);
  }
  return error;
}

std::string HubError::OneLine() const {
  std::string line = absl::StrCat(absl::StatusCodeToString(code), " reason=", OrDash(reason_name),
                                  " decision=", OrDash(decision_id), " ", message);
  for (const FieldViolation& violation : violations) {
    if (absl::StrContains(message, violation.description)) continue;  // the message says it
    absl::StrAppend(&line, "; ", violation.field, ": ", violation.description);
  }
  if (!explanation.empty()) absl::StrAppend(&line, "; ", explanation);
  return absl::StrReplaceAll(line, {{"\r", " "}, {"\n", " "}});
}

std::optional<LogForkError> AsLogFork(const absl::Status& status) {
  const auto payload = status.GetPayload(internal::kForkPayload);
  if (!payload.has_value()) return std::nullopt;
  const nlohmann::json evidence =
      nlohmann::json::parse(std::string(*payload), nullptr, /*allow_exceptions=*/false);
  if (!evidence.is_object()) return std::nullopt;
  return LogForkError{evidence.value("saved", ""), evidence.value("seen", ""),
                      evidence.value("path", "")};
}

}  // namespace ehchub
