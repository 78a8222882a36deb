// JSON for what no hub sends.
#ifndef EHC_CLIENT_SDK_CLI_JSON_OBJECT_H_
#define EHC_CLIENT_SDK_CLI_JSON_OBJECT_H_

#include <string>
#include <utility>
#include <vector>

#include "client-sdk/cli/context.h"
#include "google/protobuf/struct.pb.h"

namespace ehchub {

inline int PrintObject(const CliContext& context,
                       const std::vector<std::pair<std::string, google::protobuf::Value>>& fields) {
  google::protobuf::Struct object;
  for (const auto& [name, value] : fields) (*object.mutable_fields())[name] = value;
  return context.PrintJson(object);
}

inline google::protobuf::Value TextValue(const std::string& text) {
  google::protobuf::Value value;
  value.set_string_value(text);
  return value;
}

inline google::protobuf::Value NumberValue(double number) {
  google::protobuf::Value value;
  value.set_number_value(number);
  return value;
}

inline google::protobuf::Value FlagValue(bool flag) {
  google::protobuf::Value value;
  value.set_bool_value(flag);
  return value;
}

inline google::protobuf::Value TextsValue(const std::vector<std::string>& texts) {
  google::protobuf::Value value;
  value.mutable_list_value();
  for (const std::string& one : texts) *value.mutable_list_value()->add_values() = TextValue(one);
  return value;
}

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_JSON_OBJECT_H_
