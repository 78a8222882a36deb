#include "server/app/policy_tool/json.h"

#include "absl/strings/str_cat.h"

namespace ehc {

std::string RequestText(const PolicyRequest& request) {
  static const char* const kDisclosures[] = {"EXISTENCE", "CONTENT", "NOTIFY"};
  const auto with = [](absl::string_view joint, const std::string& value) {
    return value.empty() ? std::string() : absl::StrCat(joint, value);
  };
  return absl::StrCat(request.agency.value(), with(" of type ", request.agency_type),
                      with(" in ", request.region), with("/", request.unit.value()), " asks ",
                      request.custodian.value(), with("/", request.custodian_unit.value()), " as ",
                      request.role, " for ", kDisclosures[static_cast<int>(request.disclosure)],
                      " of ", request.record_type, ": ", request.purpose, ", ",
                      request.lawful_basis, with(", ", request.special_category_basis),
                      with(", ", request.gateway), ", under ", request.agreement.value());
}

nlohmann::json FindingJson(const Finding& finding) {
  nlohmann::json row = {{"severity", finding.severity == Severity::kError ? "error" : "warning"},
                        {"code", finding.code},
                        {"file", finding.place.file},
                        {"line", finding.place.line},
                        {"column", finding.place.column},
                        {"agreement", finding.agreement},
                        {"clause", finding.clause},
                        {"sentence", finding.sentence}};
  if (finding.example.has_value()) row["example"] = RequestText(*finding.example);
  return row;
}

nlohmann::json ExplanationJson(const std::string& name, const Explanation& explanation) {
  const Decision& decision = explanation.decision;
  nlohmann::json parts = nlohmann::json::array();
  for (const PartExplanation& part : explanation.parts) {
    parts.push_back({{"part", part.part},
                     {"granted", part.granted},
                     {"reason", part.reason},
                     {"sentence", part.sentence},
                     {"clause", part.clause == nullptr ? "" : part.clause->id}});
  }
  nlohmann::json nearest = nlohmann::json::array();
  for (const NearestMiss& miss : explanation.nearest) {
    nearest.push_back({{"dimension", miss.dimension},
                       {"sentence", miss.sentence},
                       {"clause", miss.clause == nullptr ? "" : miss.clause->id}});
  }
  return {{"name", name},
          {"outcome", std::string(OutcomeCode(decision.outcome))},
          {"reason", std::string(ReasonCode(decision.reason))},
          {"summary", explanation.summary},
          {"clause", decision.clause == nullptr ? "" : decision.clause->id},
          {"place", decision.clause == nullptr ? "" : PlaceOf(*decision.clause)},
          {"parts", parts},
          {"obligations", explanation.obligations},
          {"nearest", nearest},
          {"revision", explanation.revision}};
}

}  // namespace ehc
