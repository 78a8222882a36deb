// Checks a request against the rules written beside its fields (field_options.proto), before
// anything else sees it. Syntax only: nothing here depends on who exists.
#ifndef EHC_SERVER_SERVICES_VALIDATE_H_
#define EHC_SERVER_SERVICES_VALIDATE_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace ehc {

struct FieldViolation {
  std::string field;        // "plan.sections[2].text"
  std::string description;  // what is wrong and what to write instead; never the value
};

// An error answer holds no more, so that its details stay within 4 KiB.
inline constexpr size_t kMaxFieldViolations = 16;

// Empty: the message is fit to be handled. Refuses what the rules refuse, and also values of
// enumerations and fields that this hub does not know: a newer caller must learn that what it asked
// to have restricted would not have been. Thread safe.
std::vector<FieldViolation> Validate(const google::protobuf::Message& message);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_VALIDATE_H_
