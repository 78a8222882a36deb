#include "client-sdk/cli/context.h"

#include "absl/strings/cord.h"
#include "ehchub/error.h"
#include "google/protobuf/util/json_util.h"

namespace ehchub {
namespace {

constexpr char kUsagePayload[] = "ehcctl/usage";

}  // namespace

absl::Status Usage(absl::string_view what) {
  absl::Status status = absl::InvalidArgumentError(what);
  status.SetPayload(kUsagePayload, absl::Cord("1"));
  return status;
}

absl::StatusOr<Profile> CliContext::LoadProfile() const {
  const absl::StatusOr<std::string> path = FindProfile(profile_name);
  if (!path.ok()) return Usage(path.status().message());
  absl::StatusOr<Profile> profile = ehchub::LoadProfile(*path);
  if (!profile.ok()) return Usage(profile.status().message());
  return profile;
}

absl::StatusOr<Hub> CliContext::OpenHub() const {
  const absl::StatusOr<Profile> profile = LoadProfile();
  if (!profile.ok()) return profile.status();
  Options options;
  options.user_agent = "ehcctl";
  options.settlement = Settlement::kByHand;
  return Hub::Open(*profile, options);
}

int CliContext::Fail(const absl::Status& status) const {
  err << HubError::FromStatus(status).OneLine() << "\n";
  return status.GetPayload(kUsagePayload).has_value() ? kExitUsage
                                                      : static_cast<int>(status.code());
}

int CliContext::PrintJson(const google::protobuf::Message& message) const {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json);
  if (!status.ok()) return Fail(absl::InternalError("the response cannot be written as JSON"));
  out << json << "\n";
  return 0;
}

}  // namespace ehchub
