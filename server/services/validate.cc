#include "server/services/validate.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/unknown_field_set.h"
#include "server/model/date.h"
#include "server/services/field_syntax.h"
#include "server/services/rule_table.h"

namespace ehc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

constexpr int64_t kFirstSecond = -2208988800;  // 1900-01-01T00:00:00Z
constexpr int64_t kEndSecond = 7258118400;     // 2200-01-01T00:00:00Z

// Where the walk is, written out only when something is wrong there.
struct Place {
  const Place* parent;
  const FieldDescriptor* field;  // null: the request itself
  int index;                     // -1: not an item of a list

  std::string Path() const {
    if (field == nullptr) return "";
    std::string path = parent->Path();
    absl::StrAppend(&path, path.empty() ? "" : ".", field->name());
    if (index >= 0) absl::StrAppend(&path, "[", index, "]");
    return path;
  }
};

class Walker {
 public:
  void Walk(const Message& message, const MessageRules& rules, const Place& place) {
    if (rules.kind == MessageRules::Kind::kTimestamp) {
      return CheckTimestamp(static_cast<const Timestamp&>(message), place);
    }
    const Reflection& reflection = *message.GetReflection();
    CheckUnknownFields(reflection.GetUnknownFields(message), place);
    for (const FieldRule& rule : rules.fields) {
      if (full()) return;
      if (rule.field->is_repeated()) {
        CheckList(message, reflection, rule, place);
      } else {
        CheckField(message, reflection, rule, {&place, rule.field, -1});
      }
    }
    for (const auto* oneof : rules.required_oneofs) {
      if (!reflection.HasOneof(message, oneof)) {
        Add({&place, oneof->field(0), -1}, "must be set, or another alternative of it");
      }
    }
  }

  std::vector<FieldViolation> Take() && { return std::move(violations_); }

 private:
  bool full() const { return violations_.size() >= kMaxFieldViolations; }

  void Add(const Place& place, std::string description) {
    if (!full()) violations_.push_back({place.Path(), std::move(description)});
  }

  void CheckUnknownFields(const google::protobuf::UnknownFieldSet& unknown, const Place& place) {
    if (unknown.empty()) return;
    Add(place, absl::StrCat("has field number ", unknown.field(0).number(),
                            ", which this hub does not know: leave it out, or use a newer hub"));
  }

  void CheckList(const Message& message, const Reflection& reflection, const FieldRule& rule,
                 const Place& parent) {
    const int size = reflection.FieldSize(message, rule.field);
    const auto count = static_cast<uint32_t>(size);
    const Place list{&parent, rule.field, -1};
    if (size == 0 && rule.rules->required()) return Add(list, "must have at least one item");
    if (count < rule.rules->min_items()) {
      return Add(list, absl::StrCat("must have at least ", rule.rules->min_items(), " items"));
    }
    if (rule.rules->max_items() > 0 && count > rule.rules->max_items()) {
      return Add(list, absl::StrCat("may have at most ", rule.rules->max_items(), " items"));
    }
    for (int i = 0; i < size && !full(); ++i) {
      CheckItem(message, reflection, rule, {&parent, rule.field, i});
    }
  }

  void CheckItem(const Message& message, const Reflection& reflection, const FieldRule& rule,
                 const Place& place) {
    switch (rule.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Walk(reflection.GetRepeatedMessage(message, rule.field, place.index), *rule.message,
                    place);
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text =
            reflection.GetRepeatedStringReference(message, rule.field, place.index, &scratch);
        if (text.empty()) return Add(place, "must not be empty");
        return CheckText(text, rule, place);
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = reflection.GetRepeatedEnumValue(message, rule.field, place.index);
        if (value == 0) return Add(place, "must be one of the values listed, not UNSPECIFIED");
        return CheckEnum(value, rule, place);
      }
      default: return;  // lists of numbers carry no rules
    }
  }

  void CheckField(const Message& message, const Reflection& reflection, const FieldRule& rule,
                  const Place& place) {
    switch (rule.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: return CheckMessage(message, reflection, rule, place);
      case FieldDescriptor::CPPTYPE_STRING: return CheckString(message, reflection, rule, place);
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = reflection.GetEnumValue(message, rule.field);
        if (value == 0 && rule.rules->required()) return AddMissing(place);
        return CheckEnum(value, rule, place);
      }
      case FieldDescriptor::CPPTYPE_INT32:
        return CheckNumber(reflection.GetInt32(message, rule.field), rule, place);
      case FieldDescriptor::CPPTYPE_INT64:
        return CheckNumber(reflection.GetInt64(message, rule.field), rule, place);
      case FieldDescriptor::CPPTYPE_UINT32:
        return CheckNumber(reflection.GetUInt32(message, rule.field), rule, place);
      case FieldDescriptor::CPPTYPE_UINT64:
        return CheckUnsigned(reflection.GetUInt64(message, rule.field), rule, place);
      default: return;  // truth values cannot be wrong; the contract has no fractions
    }
  }

  void AddMissing(const Place& place) { Add(place, "must be set"); }

  void CheckMessage(const Message& message, const Reflection& reflection, const FieldRule& rule,
                    const Place& place) {
    if (!reflection.HasField(message, rule.field)) {
      if (rule.rules->required()) AddMissing(place);
      return;
    }
    const Message& value = reflection.GetMessage(message, rule.field);
    Walk(value, *rule.message, place);
    if (rule.not_before == nullptr || !reflection.HasField(message, rule.not_before)) return;
    const auto& until = static_cast<const Timestamp&>(value);
    const auto& since =
        static_cast<const Timestamp&>(reflection.GetMessage(message, rule.not_before));
    if (std::make_pair(until.seconds(), until.nanos()) <
        std::make_pair(since.seconds(), since.nanos())) {
      AddTooEarly(rule, place);
    }
  }

  void AddTooEarly(const FieldRule& rule, const Place& place) {
    Add(place, absl::StrCat("must not be before ", rule.not_before->name()));
  }

  void CheckString(const Message& message, const Reflection& reflection, const FieldRule& rule,
                   const Place& place) {
    std::string scratch;
    const std::string& text = reflection.GetStringReference(message, rule.field, &scratch);
    if (text.empty()) {
      const bool chosen = rule.field->real_containing_oneof() != nullptr &&
                          reflection.HasField(message, rule.field);
      if (chosen || rule.rules->required()) AddMissing(place);
      return;
    }
    const size_t before = violations_.size();
    CheckText(text, rule, place);
    if (violations_.size() != before) return;
    if (rule.identifier_kind != nullptr) CheckIdentifier(message, reflection, rule, text, place);
    if (rule.not_before != nullptr) {
      std::string other;
      // Days as text sort as days; a sibling that is no day has its own violation.
      if (text < reflection.GetStringReference(message, rule.not_before, &other)) {
        AddTooEarly(rule, place);
      }
    }
  }

  void CheckText(const std::string& text, const FieldRule& rule, const Place& place) {
    const hub::v1::FieldRules& rules = *rule.rules;
    if (rules.max_length() > 0 && text.size() > rules.max_length()) {
      return Add(place, absl::StrCat("is longer than ", rules.max_length(), " bytes"));
    }
    if (text.size() < rules.min_length()) {
      return Add(place, absl::StrCat("is shorter than ", rules.min_length(), " bytes"));
    }
    if (rule.field->type() == FieldDescriptor::TYPE_BYTES) return;
    if (!MatchesPattern(rules.pattern(), text)) {
      Add(place, absl::StrCat("has the wrong form: write ", PatternHelp(rules.pattern())));
    }
  }

  void CheckIdentifier(const Message& message, const Reflection& reflection, const FieldRule& rule,
                       const std::string& text, const Place& place) {
    const int type = reflection.GetEnumValue(message, rule.identifier_kind);
    if (!hub::v1::IdentifierType_IsValid(type) || type == 0) return;  // has its own violation
    if (!MatchesIdentifierType(static_cast<hub::v1::IdentifierType>(type), text)) {
      Add(place, absl::StrCat("has not the form that ", rule.identifier_kind->name(), " says"));
    }
  }

  void CheckEnum(int value, const FieldRule& rule, const Place& place) {
    if (rule.field->enum_type()->FindValueByNumber(value) == nullptr) {
      Add(place, "is not a value that this hub knows");
    }
  }

  void CheckUnsigned(uint64_t value, const FieldRule& rule, const Place& place) {
    constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    if (value > kMax) return Add(place, "is too large");
    CheckNumber(static_cast<int64_t>(value), rule, place);
  }

  void CheckNumber(int64_t value, const FieldRule& rule, const Place& place) {
    const hub::v1::FieldRules& rules = *rule.rules;
    if (rules.required() && value == 0) return AddMissing(place);
    if (rules.has_min_value() && value < rules.min_value()) {
      return Add(place, absl::StrCat("must be at least ", rules.min_value()));
    }
    if (rules.has_max_value() && value > rules.max_value()) {
      Add(place, absl::StrCat("must be at most ", rules.max_value()));
    }
  }

  void CheckTimestamp(const Timestamp& time, const Place& place) {
    if (time.seconds() < kFirstSecond || time.seconds() >= kEndSecond || time.nanos() < 0 ||
        time.nanos() > 999'999'999) {
      Add(place, "is not a moment between the years 1900 and 2199");
    }
  }

  std::vector<FieldViolation> violations_;
};

}  // namespace

std::vector<FieldViolation> Validate(const Message& message) {
  Walker walker;
  walker.Walk(message, RulesOf(message.GetDescriptor()), Place{nullptr, nullptr, -1});
  return std::move(walker).Take();
}

}  // namespace ehc
