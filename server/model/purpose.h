// What consent for a purpose has to be like. Data: policies/vocabulary/purposes.textproto.
#ifndef EHC_SERVER_MODEL_PURPOSE_H_
#define EHC_SERVER_MODEL_PURPOSE_H_

#include <string>

namespace ehc {

struct PurposeTerms {
  std::string code;
  std::string title;
  bool consent_consulted = false;
  // A consent is for one approval, which the request states as its case reference.
  bool needs_approval_reference = false;
  // From this age until the child leaves school a carer consents and then the child; 0: never.
  int carer_then_child_from_age = 0;
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_PURPOSE_H_
