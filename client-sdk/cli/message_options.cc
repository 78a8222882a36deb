#include "client-sdk/cli/message_options.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"

namespace ehchub {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const std::vector<MessageOption>& CommonOptions() {
  static const auto* const common = new std::vector<MessageOption>{
      {"--unit", "unit", "The unit that acts; otherwise the profile's"},
      {"--case", "case_reference", "Your own case reference, for the audit entry"},
      {"--request-id", "request_id",
       "A random UUID; give the same one to repeat a call that may have succeeded"},
      {"--etag", "etag", "Only if it is unchanged since"},
      {"--validate-only", "validate_only", "Check everything, store nothing"},
      {"--open", "only_open", "Only where somebody is still to do something"},
      {"--sent", "opened", "Those that your unit opened, instead of those that it received"},
      {"--page-size", "page_size", "At most 200; 50 unless told"},
      {"--page-token", "page_token", "Where to go on, as the page before said"}};
  return *common;
}

// Null where the type has no such field.
const FieldDescriptor* FindField(const Descriptor& type, absl::string_view path) {
  const Descriptor* at = &type;
  const FieldDescriptor* field = nullptr;
  for (absl::string_view part : absl::StrSplit(path, '.')) {
    if (at == nullptr) return nullptr;
    field = at->FindFieldByName(std::string(part));
    if (field == nullptr) return nullptr;
    at = field->message_type();
  }
  return field;
}

void AddOption(CLI::App& command, const Descriptor& type, const MessageOption& option,
               MessageArgs& args) {
  const FieldDescriptor* field = FindField(type, option.path);
  if (field == nullptr) return;
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    command.add_flag(option.option, args.flags[option.path], option.what);
    return;
  }
  CLI::Option* added =
      command.add_option(option.option, args.texts[option.path], option.what)->expected(1);
  if (field->is_repeated()) added->expected(1, -1)->delimiter(',');
  // What follows an option without a name is for the next one.
  const bool takes_the_rest = field->is_repeated() && option.option.front() != '-';
  if (takes_the_rest) added->expected(1, CLI::detail::expected_max_vector_size);
  added->allow_extra_args(takes_the_rest);
  added->required(option.required);
}

bool NamesAgency(const std::string& path) {
  return path == "to" || path == "recipient" || absl::EndsWith(path, ".to");
}

absl::Status SetEnum(const FieldDescriptor& field, const MessageOption& option,
                     const std::string& text, Message& message) {
  const absl::StatusOr<int> number = ParseWord(*field.enum_type(), option.option, text);
  if (!number.ok()) return number.status();
  const auto* reflection = message.GetReflection();
  if (field.is_repeated()) {
    reflection->AddEnumValue(&message, &field, *number);
  } else {
    reflection->SetEnumValue(&message, &field, *number);
  }
  return absl::OkStatus();
}

// Money is typed in pounds.
absl::Status SetLong(const FieldDescriptor& field, const MessageOption& option,
                     const std::string& text, Message& message) {
  int64_t number = 0;
  if (absl::EndsWith(field.name(), "_pence")) {
    const absl::StatusOr<int64_t> pence = ParsePounds(option.option, text);
    if (!pence.ok()) return pence.status();
    number = *pence;
  } else if (!absl::SimpleAtoi(text, &number)) {
    return Usage(absl::StrCat(option.option, ": is not a whole number"));
  }
  message.GetReflection()->SetInt64(&message, &field, number);
  return absl::OkStatus();
}

absl::Status SetNumber(const FieldDescriptor& field, const MessageOption& option,
                       const std::string& text, Message& message) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    return SetLong(field, option, text, message);
  }
  int32_t number = 0;
  if (!absl::SimpleAtoi(text, &number) || number < 0) {
    return Usage(absl::StrCat(option.option, ": is not a whole number"));
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32) {
    message.GetReflection()->SetUInt32(&message, &field, static_cast<uint32_t>(number));
  } else {
    message.GetReflection()->SetInt32(&message, &field, number);
  }
  return absl::OkStatus();
}

void SetText(const FieldDescriptor& field, const std::string& path, const std::string& text,
             Message& message) {
  std::string value = NamesAgency(path) ? Named("agencies", text) : text;
  if (field.type() == FieldDescriptor::TYPE_BYTES) value = absl::HexStringToBytes(text);
  if (field.is_repeated()) {
    message.GetReflection()->AddString(&message, &field, value);
  } else {
    message.GetReflection()->SetString(&message, &field, value);
  }
}

absl::Status SetMoment(const FieldDescriptor& field, const MessageOption& option,
                       const std::string& text, Message& message) {
  const auto moment = ParseMoment(option.option, text);
  if (!moment.ok()) return moment.status();
  message.GetReflection()->MutableMessage(&message, &field)->CopyFrom(*moment);
  return absl::OkStatus();
}

absl::Status SetOne(const FieldDescriptor& field, const MessageOption& option,
                    const std::string& text, Message& message) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM: return SetEnum(field, option, text, message);
    case FieldDescriptor::CPPTYPE_MESSAGE: return SetMoment(field, option, text, message);
    case FieldDescriptor::CPPTYPE_STRING:
      SetText(field, option.path, text, message);
      return absl::OkStatus();
    default: return SetNumber(field, option, text, message);
  }
}

// The message that holds the last field of the path; made where it is not there yet.
Message& HolderOf(absl::string_view path, Message& request) {
  Message* at = &request;
  const std::vector<std::string> parts = absl::StrSplit(path, '.');
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    at = at->GetReflection()->MutableMessage(at, at->GetDescriptor()->FindFieldByName(parts[i]));
  }
  return *at;
}

absl::Status Fill(const MessageOption& option, const MessageArgs& args, Message& request) {
  const FieldDescriptor* field = FindField(*request.GetDescriptor(), option.path);
  if (field == nullptr) return absl::OkStatus();
  if (const auto flag = args.flags.find(option.path); flag != args.flags.end() && flag->second) {
    Message& holder = HolderOf(option.path, request);
    holder.GetReflection()->SetBool(&holder, field, true);
  }
  const auto texts = args.texts.find(option.path);
  if (texts == args.texts.end()) return absl::OkStatus();
  for (const std::string& text : texts->second) {
    const absl::Status set = SetOne(*field, option, text, HolderOf(option.path, request));
    if (!set.ok()) return set;
  }
  return absl::OkStatus();
}

}  // namespace

void AddMessageOptions(CLI::App& command, const Descriptor& type,
                       const std::vector<MessageOption>& options, MessageArgs& args) {
  for (const MessageOption& option : options) AddOption(command, type, option, args);
  for (const MessageOption& option : CommonOptions()) AddOption(command, type, option, args);
  command.add_option("--file", args.file, "The request as a file; options add to it");
}

absl::Status FillMessage(const CliContext& context, const std::vector<MessageOption>& options,
                         const MessageArgs& args, Message* request) {
  if (!args.file.empty()) {
    const absl::Status read = ReadMessage(args.file, request);
    if (!read.ok()) return read;
  }
  for (const auto* all : {&options, &CommonOptions()}) {
    for (const MessageOption& option : *all) {
      const absl::Status filled = Fill(option, args, *request);
      if (!filled.ok()) return filled;
    }
  }
  const FieldDescriptor* unit = request->GetDescriptor()->FindFieldByName("unit");
  if (unit == nullptr || !request->GetReflection()->GetString(*request, unit).empty()) {
    return absl::OkStatus();
  }
  const absl::StatusOr<std::string> own = UnitFor(context, "");
  if (!own.ok()) return own.status();
  request->GetReflection()->SetString(request, unit, *own);
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ParsePounds(absl::string_view option, const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '.');
  int64_t pounds = 0;
  int64_t pence = 0;
  const bool formed = !parts[0].empty() && parts[0].size() <= 12 &&
                      absl::ascii_isdigit(parts[0][0]) && absl::SimpleAtoi(parts[0], &pounds) &&
                      (parts.size() == 1 ||
                       (parts.size() == 2 && parts[1].size() == 2 &&
                        absl::ascii_isdigit(parts[1][0]) && absl::SimpleAtoi(parts[1], &pence)));
  if (!formed) return Usage(absl::StrCat(option, ": write pounds as 842 or 842.05"));
  return pounds * 100 + pence;
}

void PrintFirstField(const Message& response, std::ostream& out) {
  const FieldDescriptor* field = response.GetDescriptor()->field(0);
  if (field->is_repeated()) return PrintPage(response, field->name(), out);
  PrintFields(response.GetReflection()->GetMessage(response, field), out);
}

}  // namespace ehchub
