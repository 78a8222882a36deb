// check, test, explain, replay, diff: what asks the policy.
#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "server/app/policy_tool/commands.h"
#include "server/app/policy_tool/json.h"
#include "server/base/fs.h"
#include "server/policy/analyse.h"
#include "server/policy/cases.h"
#include "server/policy/compare.h"
#include "server/policy/compiled.h"
#include "server/policy/engine.h"
#include "server/policy/explain.h"

namespace ehc {
namespace {

constexpr int kYes = 0;
constexpr int kNo = 1;
constexpr int kUsage = 64;
constexpr int kBadPolicy = 65;

double Percent(size_t part, size_t whole) {
  return whole == 0 ? 100.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

absl::StatusOr<std::vector<PolicyCase>> CasesOf(const ToolOptions& options,
                                                const PolicySnapshot& policy) {
  if (options.arguments.size() != 1) {
    return absl::InvalidArgumentError("name one file of cases");
  }
  auto text = ReadFile(options.arguments[0], kMaxPolicyFileBytes);
  if (!text.ok()) return text.status();
  return ParseCases({options.arguments[0], *std::move(text)}, policy);
}

}  // namespace

int Fail(const absl::Status& status) {
  std::cerr << status.message() << "\n";
  return kBadPolicy;
}

std::shared_ptr<const PolicySnapshot> Load(const std::string& folder, int* exit_status) {
  auto policy = LoadPolicyFolder(folder, {false, nullptr});
  if (policy.ok()) return *std::move(policy);
  *exit_status = Fail(policy.status());
  return nullptr;
}

int RunCheck(const ToolOptions& options) {
  const auto loaded = LoadPolicyFolder(options.folder, {false, nullptr});
  if (!loaded.ok() && options.json) std::cout << ProblemsJson(loaded.status()).dump(2) << "\n";
  if (!loaded.ok()) return Fail(loaded.status());
  const auto& policy = *loaded;
  nlohmann::json rows = nlohmann::json::array();
  size_t errors = 0;
  const std::vector<Finding> findings = Analyse(*policy, options.now);
  for (const Finding& finding : findings) {
    errors += finding.severity == Severity::kError ? 1 : 0;
    if (options.json) {
      rows.push_back(FindingJson(finding));
      continue;
    }
    std::cout << FindingText(finding) << "\n";
    if (finding.example.has_value()) {
      std::cout << "    for example: " << RequestText(*finding.example) << "\n";
    }
  }
  if (options.json) {
    std::cout << rows.dump(2) << "\n";
  } else {
    std::cout << policy->agreements().size() << " agreements, " << policy->compiled().boxes.size()
              << " clauses: " << errors << " errors, " << findings.size() - errors
              << " warnings; revision " << policy->revision() << "\n";
  }
  return errors == 0 ? kYes : kNo;
}

int RunTest(const ToolOptions& options) {
  int status = kYes;
  const auto policy = Load(options.folder, &status);
  if (policy == nullptr) return status;
  const auto cases = LoadCases(options.folder, *policy);
  if (!cases.ok()) return Fail(cases.status());
  const TestReport report = RunCases(*cases, *policy);
  const Coverage& coverage = report.coverage;
  const double clauses = Percent(coverage.clauses_hit, coverage.clauses);
  const double guards = Percent(coverage.guards_hit, coverage.guards);
  const bool covered = clauses >= options.threshold && guards >= options.threshold;
  if (options.json) {
    std::cout << nlohmann::json{{"passed", report.passed},
                                {"failures", report.failures},
                                {"clause_coverage", clauses},
                                {"guard_coverage", guards},
                                {"missed", coverage.missed}}
                     .dump(2)
              << "\n";
  } else {
    for (const std::string& failure : report.failures) std::cout << "FAILED " << failure << "\n";
    for (const std::string& missed : coverage.missed)
      std::cout << "not covered: " << missed << "\n";
    std::cout << absl::StreamFormat(
        "%d passed, %d failed; clauses %d of %d (%.1f %%), guards %d of %d (%.1f %%)\n",
        report.passed, report.failures.size(), coverage.clauses_hit, coverage.clauses, clauses,
        coverage.guards_hit, coverage.guards, guards);
  }
  return report.failures.empty() && covered ? kYes : kNo;
}

int RunExplain(const ToolOptions& options) {
  int status = kYes;
  const auto policy = Load(options.folder, &status);
  if (policy == nullptr) return status;
  const auto cases = CasesOf(options, *policy);
  if (!cases.ok()) return Fail(cases.status());
  nlohmann::json rows = nlohmann::json::array();
  for (const PolicyCase& one : *cases) {
    const Explanation explanation = Explain(one.request, one.facts, one.now, *policy);
    if (options.json) {
      rows.push_back(ExplanationJson(one.name, explanation));
    } else {
      std::cout << "# " << one.name << "\n" << ExplanationText(explanation) << "\n";
    }
  }
  if (options.json) std::cout << rows.dump(2) << "\n";
  return kYes;
}

namespace {

// What the decisions of one kind of caller would become.
struct Consequence {
  size_t decisions = 0;
  size_t gaining = 0;
  size_t losing = 0;
  std::set<std::string> gained;
  std::set<std::string> lost;
};

std::vector<std::string> GrantedLive(const PolicyCase& one, const PolicySnapshot& policy) {
  const auto& granted = one.expect.granted();
  if (!granted.empty() || one.expect.outcome() != "PERMIT") {
    return {granted.begin(), granted.end()};
  }
  Decision whole;  // a permit without a list grants all that was asked for
  whole.schema = policy.FindSchema(one.request.record_type);
  const bool content = one.request.disclosure == DisclosureKind::kContent;
  if (whole.schema != nullptr) {
    whole.granted = content ? one.request.parts : whole.schema->AllParts();
  }
  return GrantedCodes(whole);
}

GrantChange ReplayChange(const PolicyCase& one, const Decision& decision,
                         const PolicySnapshot& policy) {
  const std::string reason =
      one.expect.reason().empty() ? std::string(ReasonCode(decision.reason)) : one.expect.reason();
  return ChangeFrom(one.expect.outcome(), reason, GrantedLive(one, policy), decision);
}

nlohmann::json ReplayRow(const PolicyCase& one, const Decision& decision,
                         const GrantChange& change) {
  return {{"case", one.name},
          {"agency", one.request.agency.value()},
          {"role", one.request.role},
          {"agreement", one.request.agreement.value()},
          {"gains", change.gained},
          {"loses", change.lost},
          {"before", {{"outcome", one.expect.outcome()}, {"reason", one.expect.reason()}}},
          {"after",
           {{"outcome", OutcomeCode(decision.outcome)}, {"reason", ReasonCode(decision.reason)}}}};
}

std::string Listed(absl::string_view verb, const std::set<std::string>& parts, size_t decisions) {
  if (decisions == 0) return "";
  return absl::StrCat(" ", verb, " ", parts.empty() ? "something" : absl::StrJoin(parts, " "),
                      " in ", decisions);
}

}  // namespace

int RunReplay(const ToolOptions& options) {
  int status = kYes;
  const auto policy = Load(options.folder, &status);
  if (policy == nullptr) return status;
  const auto cases = CasesOf(options, *policy);
  if (!cases.ok()) return Fail(cases.status());
  nlohmann::json rows = nlohmann::json::array();
  std::map<std::pair<std::string, std::string>, Consequence> effects;
  Consequence all;
  for (const PolicyCase& one : *cases) {
    const Decision decision = Decide(one.request, one.facts, one.now, *policy);
    const GrantChange change = ReplayChange(one, decision, *policy);
    if (!change.any()) continue;
    rows.push_back(ReplayRow(one, decision, change));
    for (Consequence* effect : {&effects[{one.request.agency.value(), one.request.role}], &all}) {
      ++effect->decisions;
      effect->gaining += change.gained.empty() ? 0 : 1;
      effect->losing += change.lost.empty() ? 0 : 1;
      effect->gained.insert(change.gained.begin(), change.gained.end());
      effect->lost.insert(change.lost.begin(), change.lost.end());
    }
  }
  nlohmann::json who = nlohmann::json::array();
  for (const auto& [caller, effect] : effects) {
    who.push_back({{"agency", caller.first},
                   {"role", caller.second},
                   {"decisions", effect.decisions},
                   {"gaining", effect.gaining},
                   {"losing", effect.losing},
                   {"gains", effect.gained},
                   {"loses", effect.lost}});
    if (options.json) continue;
    const size_t other = effect.decisions - std::max(effect.gaining, effect.losing);
    std::cout << caller.first << (caller.second.empty() ? "" : " " + caller.second) << ":"
              << Listed("gains", effect.gained, effect.gaining)
              << Listed("loses", effect.lost, effect.losing)
              << (other == 0 ? "" : absl::StrCat(" another reason in ", other)) << "\n";
  }
  if (options.json) {
    std::cout << nlohmann::json{{"replayed", cases->size()},
                                {"gaining", all.gaining},
                                {"losing", all.losing},
                                {"who", who},
                                {"changes", rows}}
                     .dump(2)
              << "\n";
  } else {
    std::cout << cases->size() << " decisions replayed: " << all.gaining << " gain, " << all.losing
              << " lose, " << all.decisions << " change in all\n";
  }
  return all.decisions == 0 ? kYes : kNo;
}

namespace {

// A probe that both policies understand: `request` by the other policy's numbering of parts.
Decision DecideIn(const PolicySnapshot& policy, const PolicySnapshot& from, PolicyRequest request,
                  const Facts& facts, absl::Time now) {
  const RecordSchema* theirs = from.FindSchema(request.record_type);
  const RecordSchema* ours = policy.FindSchema(request.record_type);
  PartMask parts = 0;
  for (size_t i = 0; theirs != nullptr && ours != nullptr && i < theirs->parts.size(); ++i) {
    const int part = ours->IndexOf(theirs->parts[i].code);
    if (((request.parts >> i) & 1u) != 0 && part >= 0) parts |= PartMask{1} << part;
  }
  request.parts = parts;
  return Decide(request, facts, now, policy);
}

std::string GrantedText(const Decision& decision) {
  std::string text(OutcomeCode(decision.outcome));
  for (size_t i = 0; decision.schema != nullptr && i < decision.schema->parts.size(); ++i) {
    if ((decision.granted >> i) & 1u) absl::StrAppend(&text, " ", decision.schema->parts[i].code);
  }
  return text;
}

// Children on whom clauses may turn: nothing known, everything favourable, everything restricted.
std::vector<Facts> ProbeFacts(absl::Time now) {
  std::vector<Facts> all(3);
  for (Facts& facts : all) facts.today = LondonDate(now);
  Facts& good = all[1];
  good.subject_known = true;
  good.date_of_birth = Date(good.today.year() - 12, 1, 1);
  good.school_leaving_date = Date(good.today.year() + 4, 6, 25);
  good.decision_maker = DecisionMaker::kParent;
  good.caller_relationships = good.custodian_relationships = ~0u;
  good.consent.given = good.standing_decision = ~PartMask{0};
  good.disclosures_today = 0;
  all[2] = good;
  all[2].protections = ~0u & ~static_cast<uint32_t>(kIdentitySevered);
  return all;
}

}  // namespace

int RunDiff(const ToolOptions& options) {
  if (options.arguments.size() != 2) {
    std::cerr << "diff: name the old folder and the new one\n";
    return kUsage;
  }
  int status = kYes;
  const auto before = Load(options.arguments[0], &status);
  const auto after = before == nullptr ? nullptr : Load(options.arguments[1], &status);
  if (after == nullptr) return status;
  nlohmann::json rows = nlohmann::json::array();
  std::set<std::string> seen;
  for (const auto& source : {before, after}) {
    for (size_t i = 0; i < source->compiled().boxes.size(); ++i) {
      PolicyRequest request = ExampleRequest(*source, i);
      request.training_valid_until = options.now + absl::Hours(24);
      request.strong_authentication = request.second_person_approved = true;
      for (const Facts& facts : ProbeFacts(options.now)) {
        const std::string old_text =
            GrantedText(DecideIn(*before, *source, request, facts, options.now));
        const std::string new_text =
            GrantedText(DecideIn(*after, *source, request, facts, options.now));
        if (old_text == new_text) continue;
        const std::string example = RequestText(request);
        if (!seen.insert(absl::StrCat(example, old_text, new_text)).second) continue;
        if (options.json) {
          rows.push_back({{"example", example}, {"before", old_text}, {"after", new_text}});
        } else {
          std::cout << example << "\n    before: " << old_text << "\n    after:  " << new_text
                    << "\n";
        }
      }
    }
  }
  if (options.json) std::cout << rows.dump(2) << "\n";
  if (!options.json) std::cout << seen.size() << " decisions change\n";
  return seen.empty() ? kYes : kNo;
}

}  // namespace ehc
