#include "server/services/redacted_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"
#include "server/services/rule_table.h"

namespace ehc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

void AppendMessage(const Message& message, const MessageRules& rules, std::string* out);

// A Timestamp has no parts worth a look: it is shown or withheld as a value.
bool IsNested(const FieldRule& rule) {
  return rule.message != nullptr && rule.message->kind == MessageRules::Kind::kPlain;
}

std::string Shown(const Message& message, const FieldRule& rule, int index) {
  if (rule.message != nullptr) {
    const Reflection& reflection = *message.GetReflection();
    const Message& time = index < 0 ? reflection.GetMessage(message, rule.field)
                                    : reflection.GetRepeatedMessage(message, rule.field, index);
    return google::protobuf::util::TimeUtil::ToString(static_cast<const Timestamp&>(time));
  }
  std::string value;
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.PrintFieldValueToString(message, rule.field, index, &value);
  return value;
}

void AppendValue(const Message& message, const FieldRule& rule, int index, std::string* out) {
  absl::StrAppend(out, out->empty() || out->back() == ' ' ? "" : " ", rule.field->name());
  if (IsNested(rule)) {
    const Reflection& reflection = *message.GetReflection();
    absl::StrAppend(out, " { ");
    AppendMessage(index < 0 ? reflection.GetMessage(message, rule.field)
                            : reflection.GetRepeatedMessage(message, rule.field, index),
                  *rule.message, out);
    absl::StrAppend(out, out->back() == ' ' ? "}" : " }");
    return;
  }
  absl::StrAppend(out, ": ", rule.printable() ? Shown(message, rule, index) : "<withheld>");
}

void AppendMessage(const Message& message, const MessageRules& rules, std::string* out) {
  const Reflection& reflection = *message.GetReflection();
  for (const FieldRule& rule : rules.fields) {
    if (!rule.field->is_repeated()) {
      if (reflection.HasField(message, rule.field)) AppendValue(message, rule, -1, out);
      continue;
    }
    const int size = reflection.FieldSize(message, rule.field);
    for (int i = 0; i < size; ++i) AppendValue(message, rule, i, out);
  }
}

}  // namespace

std::string RedactedDebugString(const Message& message) {
  std::string out;
  AppendMessage(message, RulesOf(message.GetDescriptor()), &out);
  return out;
}

}  // namespace ehc
