// From files to a policy that could be put in force, or to what is wrong with them.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/pipeline/policy_keeper.h"
#include "server/policy/cases.h"

namespace ehc {
namespace {

constexpr size_t kMaxFaultBytes = 1500;

Finding Error(absl::string_view code, Place place, absl::string_view sentence) {
  Finding finding;
  finding.severity = Severity::kError;
  finding.code = std::string(code);
  finding.place = std::move(place);
  finding.sentence = std::string(sentence);
  return finding;
}

// "agreements/x.textproto:12:3: what is wrong", as the compiler lists problems.
Finding ReadProblem(absl::string_view code, absl::string_view line) {
  const std::vector<absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(':', 3));
  Place place;
  if (parts.size() < 4 || !absl::SimpleAtoi(parts[1], &place.line) ||
      !absl::SimpleAtoi(parts[2], &place.column)) {
    return Error(code, Place(), line);
  }
  place.file = std::string(parts[0]);
  return Error(code, std::move(place), absl::StripLeadingAsciiWhitespace(parts[3]));
}

void AddProblems(absl::string_view code, const absl::Status& status,
                 std::vector<Finding>* findings) {
  for (absl::string_view line : absl::StrSplit(status.message(), '\n', absl::SkipEmpty())) {
    findings->push_back(ReadProblem(code, line));
  }
}

// Tests say what is meant, signed or not: they run as if everybody had signed.
void RunTests(const PolicySource& source, const std::vector<PolicyFile>& tests,
              PreparedPolicy* prepared) {
  const auto policy = PolicySnapshot::Compile(source, {false, nullptr});
  if (!policy.ok()) return AddProblems("UNREADABLE", policy.status(), &prepared->findings);
  std::vector<PolicyCase> cases;
  for (const PolicyFile& file : tests) {
    auto more = ParseCases(file, **policy);
    if (!more.ok()) {
      AddProblems("UNREADABLE", more.status(), &prepared->findings);
      continue;
    }
    std::move(more->begin(), more->end(), std::back_inserter(cases));
  }
  if (cases.empty()) {
    prepared->findings.push_back(
        Error("TESTS_MISSING", Place(), "no case tests this policy; write some under tests/"));
  }
  const TestReport report = RunCases(cases, **policy);
  prepared->tests_passed = static_cast<int>(report.passed);
  for (const std::string& failure : report.failures) {
    prepared->findings.push_back(ReadProblem("TEST_FAILED", failure));
  }
}

void SplitFiles(const PolicySource& files, PolicySource* source, std::vector<PolicyFile>* tests) {
  for (const PolicyFile& file : files.files) {
    (IsTestFile(file) ? *tests : source->files).push_back(file);
  }
  const auto by_path = [](const PolicyFile& a, const PolicyFile& b) { return a.path < b.path; };
  std::sort(source->files.begin(), source->files.end(), by_path);
  std::sort(tests->begin(), tests->end(), by_path);
}

absl::StatusOr<AnalyseOptions> Enrolled(ReadView& view) {
  AnalyseOptions options;
  options.enrolled.emplace();
  EHC_ASSIGN_OR_RETURN(const auto agencies, view.ListAgencies());
  for (const hub::v1::Agency& agency : agencies) {
    const std::vector<absl::string_view> parts = absl::StrSplit(agency.name(), '/');
    options.enrolled->insert(AgencyId(parts.back()));
  }
  return options;
}

}  // namespace

bool PreparedPolicy::good() const {
  return snapshot != nullptr &&
         std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.severity == Severity::kError; });
}

std::string PreparedPolicy::Faults() const {
  std::string text;
  size_t left = 0;
  for (const Finding& finding : findings) {
    if (finding.severity != Severity::kError) continue;
    const std::string line = finding.place.file.empty()
                                 ? finding.sentence
                                 : absl::StrCat(finding.place.ToString(), ": ", finding.sentence);
    if (text.size() + line.size() > kMaxFaultBytes) {
      ++left;
    } else {
      absl::StrAppend(&text, text.empty() ? "" : "\n", line);
    }
  }
  if (left > 0) absl::StrAppend(&text, text.empty() ? "" : "\nand ", left, " more");
  return text;
}

absl::StatusOr<PreparedPolicy> PolicyKeeper::Prepare(const PolicySource& files) {
  PreparedPolicy prepared;
  std::vector<PolicyFile> tests;
  SplitFiles(files, &prepared.source, &tests);
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, store_.Read());
  EHC_ASSIGN_OR_RETURN(const AnalyseOptions enrolled, Enrolled(*view));
  EHC_ASSIGN_OR_RETURN(Signers signers, ReadSigners(*view));
  auto snapshot = Compile(prepared.source, signers);
  if (!snapshot.ok()) {
    AddProblems("UNREADABLE", snapshot.status(), &prepared.findings);
    return prepared;
  }
  prepared.snapshot = *std::move(snapshot);
  prepared.findings = Analyse(*prepared.snapshot, clock_.Now(), enrolled);
  RunTests(prepared.source, tests, &prepared);
  if (prepared.good()) {
    const std::lock_guard<std::mutex> lock(refreshing_);
    prepared_ = prepared.snapshot;
    prepared_signers_ = std::move(signers);
  }
  return prepared;
}

}  // namespace ehc
