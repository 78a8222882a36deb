// XACML 3.0's public conformance cases on combining and obligations, as far as they can be said in
// agreements (xacml/README.md): engine, oracle and the list of cases agree.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/base/fs.h"
#include "server/policy/cases.h"
#include "server/policy/engine.h"
#include "tests/support/policy_oracle/oracle.h"

namespace ehc {
namespace {

constexpr char kFolder[] = EHC_SOURCE_DIR "/tests/unit/policy/xacml";

// The public set, by the prefixes and numbers of its index.
std::set<std::string> PublicCases() {
  std::set<std::string> ids;
  const auto add = [&](const char* prefix, int first, int last) {
    for (int i = first; i <= last; ++i) ids.insert(absl::StrFormat("%s%03d", prefix, i));
  };
  add("IID", 1, 30);
  add("IID", 300, 320);
  add("IID", 330, 333);
  add("IID", 340, 343);
  add("IIIA", 1, 28);
  add("IIIA", 30, 30);
  add("IIIA", 301, 330);
  add("IIIA", 340, 340);
  return ids;
}

// "IID001, IID300 to IID302" → the four ids.
std::set<std::string> IdsIn(const std::string& text) {
  static const std::regex range(R"((II[A-Z]+)(\d{3})(?: to II[A-Z]+(\d{3}))?)");
  std::set<std::string> ids;
  for (std::sregex_iterator at(text.begin(), text.end(), range), end; at != end; ++at) {
    const int first = std::stoi((*at)[2]);
    const int last = (*at)[3].matched ? std::stoi((*at)[3]) : first;
    for (int i = first; i <= last; ++i) ids.insert(absl::StrFormat("%s%03d", (*at)[1].str(), i));
  }
  return ids;
}

// The first column of the table under a heading of README.md.
std::set<std::string> IdsUnder(const std::string& heading) {
  const std::string readme = *ReadFile(std::string(kFolder) + "/README.md", 1 << 20);
  const size_t at = readme.find("## " + heading);
  EXPECT_NE(at, std::string::npos) << heading;
  std::set<std::string> ids;
  const std::string section = readme.substr(at, readme.find("\n## ", at + 1) - at);
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(section, '\n'))) {
    const std::vector<std::string> cells = absl::StrSplit(line, '|');
    if (cells.size() < 3) continue;
    for (const std::string& id : IdsIn(cells[1])) {
      EXPECT_TRUE(ids.insert(id).second) << id << " stands twice under " << heading;
    }
  }
  return ids;
}

class Xacml : public testing::Test {
 protected:
  void SetUp() override {
    auto source = ReadPolicyFolder(kFolder);
    ASSERT_TRUE(source.ok()) << source.status();
    for (const PolicyFile& file : source->files) ReadForOracle(file);
    source_ = *std::move(source);
    auto snapshot = PolicySnapshot::Compile(source_, {false, nullptr});
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    snapshot_ = *std::move(snapshot);
    auto cases = LoadCases(kFolder, *snapshot_);
    ASSERT_TRUE(cases.ok()) << cases.status();
    cases_ = *std::move(cases);
  }

  void ReadForOracle(const PolicyFile& file) {
    using google::protobuf::TextFormat;
    if (absl::StartsWith(file.path, "vocabulary/")) {
      ASSERT_TRUE(TextFormat::ParseFromString(file.text, &oracle_.vocabulary)) << file.path;
      return;
    }
    oracle_.agreements.emplace_back();
    ASSERT_TRUE(TextFormat::ParseFromString(file.text, &oracle_.agreements.back())) << file.path;
  }

  // The same agreements with every clause in the opposite place.
  PolicySource Reversed() const {
    PolicySource reversed = source_;
    reversed.files.clear();
    for (const PolicyFile& file : source_.files) {
      if (!absl::StartsWith(file.path, "agreements/")) reversed.files.push_back(file);
    }
    for (policy::v1::Agreement agreement : oracle_.agreements) {
      std::reverse(agreement.mutable_clause()->begin(), agreement.mutable_clause()->end());
      std::string text;
      google::protobuf::TextFormat::PrintToString(agreement, &text);
      reversed.files.push_back({"agreements/" + agreement.id() + ".textproto", text});
    }
    return reversed;
  }

  PolicySource source_;
  std::shared_ptr<const PolicySnapshot> snapshot_;
  std::vector<PolicyCase> cases_;
  OraclePolicy oracle_;
};

TEST_F(Xacml, EveryCaseIsDecidedAsItsSourceDecidesIt) {
  const TestReport report = RunCases(cases_, *snapshot_);
  EXPECT_EQ(absl::StrJoin(report.failures, "\n"), "");
  EXPECT_EQ(report.passed, cases_.size());
}

TEST_F(Xacml, ObligationsAreExactlyThoseOfThePermitThatCounts) {
  for (const PolicyCase& one : cases_) {
    std::vector<std::string> codes;
    const Decision decision = Decide(one.request, one.facts, one.now, *snapshot_);
    for (const Obligation& obligation : decision.obligations)
      codes.push_back(obligation.what->code);
    EXPECT_THAT(codes, testing::UnorderedElementsAreArray(one.expect.obligation())) << one.name;
  }
}

TEST_F(Xacml, OracleAndEngineAgreeInBothOrdersOfClauses) {
  const auto reversed = PolicySnapshot::Compile(Reversed(), {false, nullptr});
  ASSERT_TRUE(reversed.ok()) << reversed.status();
  for (const PolicyCase& one : cases_) {
    const std::string expected = AskOracle(oracle_, one.request, one.facts, one.now).ToString();
    for (const PolicySnapshot* policy : {snapshot_.get(), reversed->get()}) {
      EXPECT_EQ(FromDecision(Decide(one.request, one.facts, one.now, *policy)).ToString(), expected)
          << one.name;
    }
  }
}

TEST_F(Xacml, EveryPublicCaseIsTranslatedOrListedWithAReason) {
  std::set<std::string> translated;
  for (const PolicyCase& one : cases_) {
    translated.insert(one.name.substr(0, one.name.find(' ')));
  }
  EXPECT_EQ(translated.size(), cases_.size());
  EXPECT_EQ(translated, IdsUnder("Cases translated"));
  std::set<std::string> all = IdsUnder("Cases that are not expressible");
  for (const std::string& id : translated) {
    EXPECT_TRUE(all.insert(id).second) << id << " is translated and said not to be expressible";
  }
  EXPECT_EQ(all, PublicCases());
}

}  // namespace
}  // namespace ehc
