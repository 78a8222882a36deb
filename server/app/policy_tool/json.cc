#include "server/app/policy_tool/json.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

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

namespace {

// "agreements/x.textproto:12:3: purpose: …" with its place taken apart; other text as a sentence.
nlohmann::json ProblemJson(absl::string_view line) {
  const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits(':', 3));
  nlohmann::json row = {{"severity", "error"}, {"code", "NOT_LOADED"}};
  int number = 0;
  int column = 0;
  if (parts.size() == 4 && absl::SimpleAtoi(parts[1], &number) &&
      absl::SimpleAtoi(parts[2], &column)) {
    row["file"] = parts[0];
    row["line"] = number;
    row["column"] = column;
    row["sentence"] = std::string(absl::StripAsciiWhitespace(parts[3]));
  } else {
    row["sentence"] = std::string(line);
  }
  return row;
}

}  // namespace

nlohmann::json ProblemsJson(const absl::Status& status) {
  nlohmann::json rows = nlohmann::json::array();
  for (absl::string_view line : absl::StrSplit(status.message(), '\n', absl::SkipEmpty())) {
    rows.push_back(ProblemJson(line));
  }
  return rows;
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
