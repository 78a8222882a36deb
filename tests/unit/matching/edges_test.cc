// The committed table of edges: tests/vectors/matching/edges.txt.
#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "server/matching/index.h"
#include "server/model/identifiers.h"
#include "server/policy/reference_data.h"
#include "tests/unit/matching/committed_rules.h"

namespace ehc {
namespace {

struct Edge {
  int line = 0;
  std::string title;
  std::string band;
  Demographics asked;
  std::vector<Demographics> registered;
};

void AppendUtf8(uint32_t c, std::string* out) {
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out->push_back(static_cast<char>(0xc0 | c >> 6));
    out->push_back(static_cast<char>(0x80 | (c & 0x3f)));
  } else if (c < 0x10000) {
    out->push_back(static_cast<char>(0xe0 | c >> 12));
    out->push_back(static_cast<char>(0x80 | (c >> 6 & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3f)));
  } else {
    out->push_back(static_cast<char>(0xf0 | c >> 18));
    out->push_back(static_cast<char>(0x80 | (c >> 12 & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (c >> 6 & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3f)));
  }
}

std::string Unescaped(absl::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (absl::ConsumePrefix(&text, "\\u{")) {
      uint32_t c = 0;
      const size_t end = text.find('}');
      EXPECT_TRUE(absl::SimpleHexAtoi(text.substr(0, end), &c));
      AppendUtf8(c, &out);
      text.remove_prefix(end + 1);
    } else if (absl::ConsumePrefix(&text, "\\*")) {
      size_t count = 0;
      size_t end_of_inner = 0;  // an escape within has a bracket of its own
      const size_t open = text.find('{');
      const size_t end = text.find('}');
      EXPECT_TRUE(absl::SimpleAtoi(text.substr(0, open), &count));
      absl::string_view repeated = text.substr(open + 1, end - open - 1);
      if (absl::ConsumePrefix(&repeated, "\\u{")) ++end_of_inner;
      const std::string one = end_of_inner == 0 ? std::string(repeated)
                                                : Unescaped(absl::StrCat("\\u{", repeated, "}"));
      for (size_t i = 0; i < count; ++i) out += one;
      text.remove_prefix(end + 1 + end_of_inner);
    } else {
      out.push_back(text[0]);
      text.remove_prefix(1);
    }
  }
  return out;
}

Demographics PersonIn(absl::string_view text) {
  std::vector<std::string> cells = absl::StrSplit(text, ',');
  EXPECT_EQ(cells.size(), 5) << text;
  for (std::string& cell : cells) cell = Unescaped(absl::StripAsciiWhitespace(cell));
  Demographics person;
  person.given_names = cells[0];
  person.family_name = cells[1];
  absl::string_view birth = cells[2];
  person.birth_expected = absl::ConsumePrefix(&birth, "~");
  const auto date = ParseIsoDate(birth);
  EXPECT_TRUE(date.ok()) << text;
  person.birth = *date;
  if (cells[3] == "M") person.sex = RecordedSex::kMale;
  if (cells[3] == "F") person.sex = RecordedSex::kFemale;
  person.postcode = cells[4];
  return person;
}

std::vector<Edge> ReadEdges() {
  std::ifstream in(EHC_SOURCE_DIR "/tests/vectors/matching/edges.txt");
  std::vector<Edge> edges;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> columns = absl::StrSplit(line, '|');
    EXPECT_EQ(columns.size(), 4) << "line " << number;
    if (columns[2].find(',') == std::string::npos) continue;  // by a number
    Edge edge{number,
              std::string(absl::StripAsciiWhitespace(columns[0])),
              std::string(absl::StripAsciiWhitespace(columns[1])),
              PersonIn(columns[2]),
              {}};
    for (absl::string_view person : absl::StrSplit(columns[3], ';')) {
      edge.registered.push_back(PersonIn(person));
    }
    edges.push_back(std::move(edge));
  }
  return edges;
}

std::string Explained(const MatchResult& result) {
  std::string text;
  for (const MatchCandidate& candidate : result.candidates) {
    absl::StrAppend(&text, "\n  ", candidate.subject.value, " score ", candidate.score(), " p ",
                    candidate.comparison.probability, " step ", candidate.comparison.step->code,
                    ":");
    for (const MatchTerm& term : candidate.comparison.terms) {
      absl::StrAppend(&text, " ", MatchFieldCode(term.field), "=", MatchLevelCode(term.level), " ",
                      term.bits);
    }
  }
  return text;
}

TEST(MatchingEdges, EachHasTheBandThatTheTableSays) {
  const std::vector<Edge> edges = ReadEdges();
  ASSERT_GE(edges.size(), 70);
  const AgencyId registrar("bromley");
  for (const Edge& edge : edges) {
    SCOPED_TRACE(absl::StrCat("edges.txt:", edge.line, ": ", edge.title));
    MatchIndex index(CommittedRules());
    int64_t number = 0;
    for (const Demographics& person : edge.registered) {
      EXPECT_TRUE(index.Put(SubjectId{++number}, registrar, person).ok());
    }
    const auto result = index.Find({edge.asked, registrar, {}, AnyDay()});
    if (!result.ok()) {
      EXPECT_EQ(edge.band, "FIELD_INVALID") << result.status();
      continue;
    }
    EXPECT_EQ(MatchBandCode(result->band), edge.band) << Explained(*result);
    EXPECT_EQ(result->unique, SubjectId{result->band == MatchBand::kMatch ? 1 : 0});
  }
}

// The other way round: what is refused in a question is refused in a registration too, and then
// nobody is filed.
TEST(MatchingEdges, WhatNoNameMayContainIsNeverFiled) {
  for (const Edge& edge : ReadEdges()) {
    if (edge.band != "FIELD_INVALID") continue;
    MatchIndex index(CommittedRules());
    const absl::Status put = index.Put(SubjectId{1}, AgencyId("bromley"), edge.asked);
    EXPECT_EQ(put.code(), absl::StatusCode::kInvalidArgument) << edge.title;
    EXPECT_EQ(put.message().find("Ada"), absl::string_view::npos) << "says the value";
    EXPECT_EQ(index.accounts(), 0);
  }
}

struct NumberEdge {
  int line = 0;
  std::string title;
  std::string band;
  IdentifierMode mode = IdentifierMode::kTest;
  std::string asked;
  std::vector<std::string> registered;
};

std::vector<NumberEdge> ReadNumberEdges() {
  std::ifstream in(EHC_SOURCE_DIR "/tests/vectors/matching/edges.txt");
  std::vector<NumberEdge> edges;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const std::vector<std::string> columns = absl::StrSplit(line, '|');
    if (line.empty() || line[0] == '#' || columns.size() != 4 ||
        columns[2].find(',') != std::string::npos) {
      continue;
    }
    NumberEdge edge{number,
                    std::string(absl::StripAsciiWhitespace(columns[0])),
                    std::string(absl::StripAsciiWhitespace(columns[1])),
                    IdentifierMode::kTest,
                    "",
                    {}};
    absl::string_view asked = absl::StripAsciiWhitespace(columns[2]);
    if (absl::ConsumePrefix(&asked, "live ")) edge.mode = IdentifierMode::kLive;
    edge.asked = Unescaped(asked);
    for (absl::string_view one : absl::StrSplit(columns[3], "<-")) {
      edge.registered.push_back(Unescaped(absl::StripAsciiWhitespace(one)));
    }
    edges.push_back(std::move(edge));
  }
  return edges;
}

TEST(MatchingEdges, EachNumberIsTheChildsOrNobodysOrRefusedAsTheTableSays) {
  const std::vector<NumberEdge> edges = ReadNumberEdges();
  ASSERT_GE(edges.size(), 40);
  for (const NumberEdge& edge : edges) {
    SCOPED_TRACE(absl::StrCat("edges.txt:", edge.line, ": ", edge.title));
    const auto rules = LoadIdentifierRules(edge.mode, EHC_SOURCE_DIR "/policies/vocabulary");
    ASSERT_TRUE(rules.ok()) << rules.status();
    std::vector<Identifier> own;
    for (const std::string& one : edge.registered) {
      const auto registered = ParseSubjectName(one, *rules, AnyDay());
      ASSERT_TRUE(registered.ok()) << registered.status();
      own.push_back(*registered);
    }
    const auto asked = ParseSubjectName(edge.asked, *rules, AnyDay());
    const bool found = asked.ok() && std::find(own.begin(), own.end(), *asked) != own.end();
    EXPECT_EQ(!asked.ok() ? "FIELD_INVALID" : found ? "MATCH" : "NO_MATCH", edge.band);
    if (asked.ok() || edge.asked.size() < 5) continue;
    EXPECT_EQ(asked.status().message().find(edge.asked.substr(4)), absl::string_view::npos)
        << "says the value";
  }
}

}  // namespace
}  // namespace ehc
