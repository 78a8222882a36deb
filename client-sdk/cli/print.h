// Responses as plain text for a caseworker.
#ifndef EHC_CLIENT_SDK_CLI_PRINT_H_
#define EHC_CLIENT_SDK_CLI_PRINT_H_

#include <ostream>
#include <string>

#include "ehc/hub/v1/disclosure.pb.h"
#include "ehc/hub/v1/plan.pb.h"
#include "google/protobuf/message.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Any message, one "name: value" a line, what it holds indented below it; unset fields are left
// out, enumerations and moments are written as people would.
void PrintFields(const google::protobuf::Message& message, std::ostream& out, int indent = 0);

// The messages of one repeated field of a page, and where the next page begins.
void PrintPage(const google::protobuf::Message& page, const std::string& field, std::ostream& out);

void PrintHeadline(const v1::PlanHeadline& headline, std::ostream& out);
void PrintSection(const v1::PlanSection& section, std::ostream& out);

// Who answers for it, whom to ask, what was left out and why, what the recipient must do.
void PrintDisclosure(const v1::Disclosure& disclosure, std::ostream& out);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_PRINT_H_
