#ifndef EHC_SERVER_SERVICES_REDACTED_TEXT_H_
#define EHC_SERVER_SERVICES_REDACTED_TEXT_H_

#include <string>

#include "google/protobuf/message.h"

namespace ehc {

// A message on one line, for logs and traces: values classified PUBLIC or OPERATIONAL and not
// secret are shown; of every other field that is set only the name, with "<withheld>". A field with
// no classification is withheld. Thread safe.
std::string RedactedDebugString(const google::protobuf::Message& message);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_REDACTED_TEXT_H_
