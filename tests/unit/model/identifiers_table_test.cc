// Every spelling of an identifier that the hub takes or refuses, as the committed table says.
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/model/identifiers.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

constexpr char kTable[] = EHC_SOURCE_DIR "/tests/vectors/identifiers/spellings.tsv";

// The authorities that the table names; policies/vocabulary has them all (shipped_policy_test).
IdentifierRules Rules() {
  IdentifierRules rules;
  rules.issued_nhs_numbers = {{4000000000, 4999999999}, {6000000000, 7999999999}};
  rules.synthetic_nhs_numbers = {{9000000000, 9999999999}};
  for (int code : {207, 303, 305, 359, 801, 820, 838, 839, 940, 941, 942, 943}) {
    rules.la_codes.set(code);
  }
  return rules;
}

IdentifierKind KindOf(const std::string& word) {
  if (word == "nhs") return IdentifierKind::kNhsNumber;
  if (word == "upn") return IdentifierKind::kUpn;
  if (word == "uln") return IdentifierKind::kUln;
  if (word == "pnc") return IdentifierKind::kPncId;
  return IdentifierKind::kLaChildId;
}

TEST(IdentifierTable, EverySpellingIsTakenOrRefusedAsItSays) {
  std::ifstream table(kTable);
  ASSERT_TRUE(table.is_open()) << kTable;
  int rows = 0;
  for (std::string line; std::getline(table, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> cells = absl::StrSplit(line, '\t');
    ASSERT_EQ(cells.size(), 4u) << line;
    std::string text;
    ASSERT_TRUE(absl::CUnescape(cells[1], &text)) << line;
    const auto parsed = ParseIdentifier(KindOf(cells[0]), text, Rules(), Date(2026, 11, 22));
    if (cells[2] != "-") {
      ASSERT_TRUE(parsed.ok()) << line << ": " << parsed.status();
      EXPECT_EQ(parsed->value, cells[2]) << line;
    } else {
      ASSERT_FALSE(parsed.ok()) << line;
      EXPECT_THAT(std::string(parsed.status().message()), HasSubstr(cells[3])) << line;
      if (text.size() > 3) {
        EXPECT_EQ(parsed.status().message().find(text), std::string::npos) << "quotes the value";
      }
    }
    ++rows;
  }
  EXPECT_GE(rows, 100);
}

}  // namespace
}  // namespace ehc
