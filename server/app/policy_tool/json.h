#ifndef EHC_SERVER_APP_POLICY_TOOL_JSON_H_
#define EHC_SERVER_APP_POLICY_TOOL_JSON_H_

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "server/model/request.h"
#include "server/policy/analyse.h"
#include "server/policy/explain.h"

namespace ehc {

// What a load refused, in the form of findings: one row for each line of the status.
nlohmann::json ProblemsJson(const absl::Status& status);

nlohmann::json FindingJson(const Finding& finding);
nlohmann::json ExplanationJson(const std::string& name, const Explanation& explanation);

// "kings-park-nhs-trust asks bromley/send as SENCO for CONTENT of EHC_PLAN, DIRECT_CARE, …"
std::string RequestText(const PolicyRequest& request);

}  // namespace ehc

#endif  // EHC_SERVER_APP_POLICY_TOOL_JSON_H_
