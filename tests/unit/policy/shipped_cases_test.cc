// What the shipped policy folder promises: no errors, canonical layout, every clause and guard
// tested.
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_join.h"
#include "server/base/fs.h"
#include "server/model/date.h"
#include "server/policy/analyse.h"
#include "server/policy/cases.h"
#include "server/policy/format.h"
#include "server/policy/render.h"
#include "tests/unit/policy/policy_world.h"

namespace ehc {
namespace {

constexpr char kFolder[] = EHC_SOURCE_DIR "/policies";

TEST(ShippedCasesTest, EveryCasePassesAndEveryClauseAndGuardIsCovered) {
  const auto policy = LoadPolicyFolder(kFolder, {false, nullptr});
  ASSERT_TRUE(policy.ok()) << policy.status();
  const auto cases = LoadCases(kFolder, **policy);
  ASSERT_TRUE(cases.ok()) << cases.status();
  const TestReport report = RunCases(*cases, **policy);
  EXPECT_EQ(absl::StrJoin(report.failures, "\n"), "");
  EXPECT_EQ(absl::StrJoin(report.coverage.missed, "\n"), "");
}

TEST(ShippedCasesTest, AnalysisFindsNoErrors) {
  const auto policy = LoadPolicyFolder(kFolder, {false, nullptr});
  ASSERT_TRUE(policy.ok()) << policy.status();
  for (const Finding& finding : Analyse(**policy, LondonMidnight(Date(2026, 11, 20)))) {
    EXPECT_NE(finding.severity, Severity::kError) << FindingText(finding);
  }
}

TEST(ShippedCasesTest, EveryAgreementRenders) {
  const auto policy = LoadPolicyFolder(kFolder, {false, nullptr});
  ASSERT_TRUE(policy.ok()) << policy.status();
  for (const AgreementSummary& agreement : (*policy)->agreements()) {
    EXPECT_NE(RenderMarkdown(**policy, agreement.id)->find("## Signatures"), std::string::npos);
    EXPECT_NE(RenderHtml(**policy, agreement.id)->find("</html>"), std::string::npos);
  }
}

TEST(ShippedCasesTest, FilesAreInCanonicalLayout) {
  for (const char* name : {"agreements", "tests"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(kFolder) + "/" + name)) {
      const auto text = ReadFile(entry.path().string(), kMaxPolicyFileBytes);
      ASSERT_TRUE(text.ok());
      EXPECT_EQ(*text, FormatPolicyText(*text)) << entry.path();
    }
  }
}

}  // namespace
}  // namespace ehc
