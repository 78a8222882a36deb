// The rules of field_options.proto, read once per message type and laid out for a fast walk.
#ifndef EHC_SERVER_SERVICES_RULE_TABLE_H_
#define EHC_SERVER_SERVICES_RULE_TABLE_H_

#include <vector>

#include "ehc/hub/v1/field_options.pb.h"
#include "google/protobuf/descriptor.h"

namespace ehc {

struct MessageRules;

struct FieldRule {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const hub::v1::FieldRules* rules = nullptr;  // never null: the defaults where none are written
  const MessageRules* message = nullptr;       // the rules of a message field; null: not a message
  const google::protobuf::FieldDescriptor* identifier_kind = nullptr;
  const google::protobuf::FieldDescriptor* not_before = nullptr;

  // Fit to be logged: said to be public or operational, and not secret. Where nothing is said, no.
  bool printable() const;
};

struct MessageRules {
  enum class Kind { kPlain, kTimestamp };

  const google::protobuf::Descriptor* descriptor = nullptr;
  Kind kind = Kind::kPlain;
  std::vector<FieldRule> fields;
  std::vector<const google::protobuf::OneofDescriptor*> required_oneofs;
};

// Lives as long as the process. Thread safe.
const MessageRules& RulesOf(const google::protobuf::Descriptor* descriptor);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_RULE_TABLE_H_
