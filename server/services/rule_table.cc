#include "server/services/rule_table.h"

#include <memory>
#include <mutex>
#include <shared_mutex>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "google/protobuf/timestamp.pb.h"

namespace ehc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

class RuleTable {
 public:
  const MessageRules& Find(const Descriptor* descriptor) {
    {
      const std::shared_lock<std::shared_mutex> lock(mutex_);
      const auto it = rules_.find(descriptor);
      if (it != rules_.end()) return *it->second;
    }
    const std::unique_lock<std::shared_mutex> lock(mutex_);
    return *Build(descriptor);
  }

 private:
  // Entered into the table before its fields are looked at, so that a type may contain itself. No
  // reader sees it half-built: they wait for the lock.
  const MessageRules* Build(const Descriptor* descriptor) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::unique_ptr<MessageRules>& slot = rules_[descriptor];
    if (slot != nullptr) return slot.get();
    slot = std::make_unique<MessageRules>();
    MessageRules* const built = slot.get();
    built->descriptor = descriptor;
    if (descriptor == google::protobuf::Timestamp::descriptor()) {
      built->kind = MessageRules::Kind::kTimestamp;
    }
    for (int i = 0; i < descriptor->field_count(); ++i) {
      built->fields.push_back(BuildField(descriptor->field(i)));
    }
    for (int i = 0; i < descriptor->real_oneof_decl_count(); ++i) {
      const auto* oneof = descriptor->oneof_decl(i);
      if (oneof->options().GetExtension(hub::v1::oneof_rules).required()) {
        built->required_oneofs.push_back(oneof);
      }
    }
    return built;
  }

  FieldRule BuildField(const FieldDescriptor* field) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    FieldRule rule;
    rule.field = field;
    rule.rules = &field->options().GetExtension(hub::v1::rules);
    const Descriptor* parent = field->containing_type();
    rule.identifier_kind = parent->FindFieldByName(rule.rules->identifier_kind_field());
    rule.not_before = parent->FindFieldByName(rule.rules->not_before_field());
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      rule.message = Build(field->message_type());
    }
    return rule;
  }

  std::shared_mutex mutex_;  // one that the race detector sees
  absl::flat_hash_map<const Descriptor*, std::unique_ptr<MessageRules>> rules_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace

bool FieldRule::printable() const {
  if (rules->secret()) return false;
  return rules->classification() == hub::v1::CLASSIFICATION_PUBLIC ||
         rules->classification() == hub::v1::CLASSIFICATION_OPERATIONAL;
}

const MessageRules& RulesOf(const Descriptor* descriptor) {
  static auto* const table = new RuleTable;
  return table->Find(descriptor);
}

}  // namespace ehc
