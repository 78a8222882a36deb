// Between what people type and read and what the protos say.
#ifndef EHC_CLIENT_SDK_CLI_WORDS_H_
#define EHC_CLIENT_SDK_CLI_WORDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ehc/hub/v1/consent.pb.h"
#include "ehc/hub/v1/subject.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "google/protobuf/timestamp.pb.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// "PURPOSE_DIRECT_CARE" of an enum whose values begin with PURPOSE_ → "direct-care".
std::string WordOf(const google::protobuf::EnumValueDescriptor& value);

// The number of "direct-care", in any case, with - or _. Usage() lists the words that there are.
absl::StatusOr<int> ParseWord(const google::protobuf::EnumDescriptor& type,
                              absl::string_view option, absl::string_view word);

// Leaves `value` alone for an empty word.
template <typename Enum>
absl::Status SetWord(absl::string_view option, absl::string_view word, Enum* value) {
  if (word.empty()) return absl::OkStatus();
  const auto number = ParseWord(*google::protobuf::GetEnumDescriptor<Enum>(), option, word);
  if (!number.ok()) return number.status();
  *value = static_cast<Enum>(*number);
  return absl::OkStatus();
}

// "agencies/bromley" of "bromley"; a name with a slash stays as it is, and so does an empty one.
std::string Named(absl::string_view collection, const std::string& name);

// "2026-03-31" (its first second in UTC) or an RFC 3339 time.
absl::StatusOr<google::protobuf::Timestamp> ParseMoment(absl::string_view option,
                                                        const std::string& text);
std::string MomentText(const google::protobuf::Timestamp& moment);

// "nhs:9434765870". The type is stated, never inferred.
absl::StatusOr<v1::Identifier> ParseIdentifierWord(const std::string& text);

// "EHC_PLAN:C,G"
absl::StatusOr<v1::ConsentScope> ParseScope(const std::string& text);

// Adds one scope for each.
template <typename Message>
absl::Status FillScopes(const std::vector<std::string>& parts, Message* message) {
  for (const std::string& part : parts) {
    const absl::StatusOr<v1::ConsentScope> scope = ParseScope(part);
    if (!scope.ok()) return scope.status();
    *message->add_scopes() = *scope;
  }
  return absl::OkStatus();
}

// As ParseMoment, into a field.
absl::Status SetMoment(absl::string_view option, const std::string& text,
                       google::protobuf::Timestamp* moment);

// Reads a message from a file, "-" for standard input: proto3 JSON where it begins with a brace,
// otherwise protobuf's text format. Errors name the line, never the content.
absl::Status ReadMessage(const std::string& path, google::protobuf::Message* message);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_WORDS_H_
