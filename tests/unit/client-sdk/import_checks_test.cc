// Every bad row is found, named by table, line, field and reason, and takes nothing else with it
// but what refers to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "client-sdk/cli/import_cell.h"
#include "client-sdk/cli/import_csv.h"
#include "client-sdk/cli/import_report.h"
#include "tests/support/scratch_folder.h"
#include "tests/unit/client-sdk/import_fixture.h"
#include "tests/world/world.h"

namespace ehchub {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<Fault> ExpectedFaults(const ehc::Extract& files) {
  std::vector<Fault> faults;
  std::vector<CsvRow> rows = ReadCsv(files.tables().at("expected_errors").bytes());
  for (size_t i = 1; i < rows.size(); ++i) {
    const std::vector<std::string>& cells = rows[i].cells;
    faults.push_back({cells[0], std::stoi(cells[1]), cells[2], cells[3]});
  }
  std::sort(faults.begin(), faults.end());
  return faults;
}

std::vector<Fault> SortedFaults(const Extract& extract) {
  std::vector<Fault> faults = extract.faults();
  std::sort(faults.begin(), faults.end());
  return faults;
}

std::vector<Fault> FaultsOf(const ehc::Extract& files) { return SortedFaults(*ReadBack(files)); }

const char* Check(CellKind kind, std::string text, const char* codes = nullptr) {
  return CheckCell({"x", kind, false, false, codes}, &text);
}

std::string Canonical(CellKind kind, std::string text) {
  EXPECT_EQ(CheckCell({"x", kind}, &text), nullptr);
  return text;
}

TEST(ImportChecks, BadRowsOfTheWorldAreReportedExactly) {
  for (const uint64_t seed : {1, 2, 3}) {
    ehc::WorldOptions options;
    options.children = 100;
    options.seed = seed;
    ehc::World world = ehc::MakeWorld(options);
    ehc::AddBadRows(world.extract);
    EXPECT_EQ(FaultsOf(world.extract), ExpectedFaults(world.extract)) << seed;
  }
}

TEST(ImportChecks, GoodWorldHasNoFaultUnderAnySeed) {
  for (const uint64_t seed : {1, 7, 2026}) {
    ehc::WorldOptions options;
    options.children = 400;
    options.seed = seed;
    EXPECT_THAT(FaultsOf(ehc::MakeWorld(options).extract), IsEmpty()) << seed;
  }
}

TEST(ImportChecks, DatesInEveryFormatBecomeIso) {
  EXPECT_EQ(Canonical(CellKind::kDate, "01/02/2015"), "2015-02-01");
  EXPECT_EQ(Canonical(CellKind::kDate, "2015-02-01T23:59:59"), "2015-02-01");
  EXPECT_EQ(Canonical(CellKind::kDate, "01/02/2015 08:30"), "2015-02-01");
  EXPECT_STREQ(Check(CellKind::kDate, "1/2/2015"), kDateFormat);
  EXPECT_STREQ(Check(CellKind::kDate, "2015-02-01T23:59:59Z"), kDateFormat);
  EXPECT_STREQ(Check(CellKind::kDate, "31/11/2015"), kImpossibleDate);
  EXPECT_STREQ(Check(CellKind::kIsoDate, "01/02/2015"), kDateFormat);
}

TEST(ImportChecks, IdentifiersAreHeldToTheirRules) {
  EXPECT_EQ(Canonical(CellKind::kNhsNumber, "943 476-5870"), "9434765870");
  EXPECT_STREQ(Check(CellKind::kNhsNumber, "9434765871"), kCheckDigit);
  EXPECT_STREQ(Check(CellKind::kNhsNumber, "9999999999"), kCheckDigit);
  EXPECT_STREQ(Check(CellKind::kNhsNumber, "943476587"), kIdentifierFormat);
  EXPECT_EQ(Check(CellKind::kUpn, "B801200005001"), nullptr);
  EXPECT_EQ(Check(CellKind::kUpn, "A35942172600A"), nullptr);  // temporary
  EXPECT_STREQ(Check(CellKind::kUpn, "A801200005001"), kCheckDigit);
  EXPECT_STREQ(Check(CellKind::kUpn, "E000200005001"), kIdentifierFormat);  // no such authority
  EXPECT_STREQ(Check(CellKind::kUpn, "X80120000A001"), kIdentifierFormat);
  EXPECT_EQ(Check(CellKind::kUln, "1000000000"), nullptr);
  EXPECT_STREQ(Check(CellKind::kUln, "9276308687"), kCheckDigit);
  EXPECT_STREQ(Check(CellKind::kUln, "0123456789"), kIdentifierFormat);
  EXPECT_STREQ(Check(CellKind::kPersonId, "P-1"), kIdentifierFormat);
  EXPECT_STREQ(Check(CellKind::kPersonId, std::string(21, '1')), kIdentifierFormat);
  EXPECT_EQ(Canonical(CellKind::kPostcode, "zz911aa"), "ZZ91 1AA");
  EXPECT_STREQ(Check(CellKind::kPostcode, "somewhere"), kIdentifierFormat);
  EXPECT_EQ(Check(CellKind::kAgencies, "agencies/a;agencies/b"), nullptr);
  EXPECT_STREQ(Check(CellKind::kAgencies, "agencies/a; agencies/b"), kIdentifierFormat);
  EXPECT_STREQ(Check(CellKind::kToken, "Jane Doe"), kIdentifierFormat);  // a name is no reference
}

// The list is the vocabulary's; it is repeated in the program only because an authority's machine
// has no policy folder.
TEST(ImportChecks, AuthoritiesAreThoseOfTheVocabulary) {
  std::ifstream file(std::string(EHC_SOURCE_DIR) + "/policies/vocabulary/la_codes.textproto");
  std::stringstream text;
  text << file.rdbuf();
  const std::string vocabulary = text.str();
  const std::regex range(R"re(ranges \{ first: "(\d{3})"(?: last: "(\d{3})")?)re");
  std::set<int> known;
  for (std::sregex_iterator it(vocabulary.begin(), vocabulary.end(), range), end; it != end; ++it) {
    const int first = std::stoi((*it)[1]);
    const int last = (*it)[2].matched ? std::stoi((*it)[2]) : first;
    for (int code = first; code <= last; ++code) known.insert(code);
  }
  ASSERT_GT(known.size(), 150u);
  for (int code = 0; code < 1000; ++code) {
    const std::string text = absl::StrCat(code < 100 ? "0" : "", code < 10 ? "0" : "", code);
    EXPECT_EQ(IsLaCode(text), known.count(code) == 1) << text;
  }
}

TEST(ImportChecks, FieldsThatMustNotLeaveAreNotEvenKept) {
  const std::unique_ptr<Extract> extract = ReadBack(OneChild());
  const Row& person = extract->Of("ssd_person").rows().at(0);
  EXPECT_EQ(person["pers_send_flag"], "");
  EXPECT_EQ(person["pers_surname"], "Thornvale");
}

TEST(ImportChecks, AllFaultsOfARowAreReportedTogether) {
  ehc::Extract files = OneChild();
  files.Add("ssd_person", {{"pers_person_id", "P2"},
                           {"pers_sex", "X"},
                           {"pers_dob", "yesterday"},
                           {"pers_surname", "Thornvale"}});
  EXPECT_THAT(FaultsOf(files), ElementsAre(Fault{"ssd_person", 3, "pers_dob", kDateFormat},
                                           Fault{"ssd_person", 3, "pers_sex", kUnknownCode}));
}

TEST(ImportChecks, WhatRefersToABadRowIsLeftOutWithoutBeingCalledDangling) {
  ehc::Extract files = OneChild();
  files.Add("ssd_person", {{"pers_person_id", "P2"},
                           {"pers_surname", "Thornvale"},
                           {"pers_sex", "X"},
                           {"pers_dob", "2015-02-01"}});
  files.Add("ssd_send", {{"send_table_id", "S2"}, {"send_person_id", "P2"}});
  files.Add("ssd_ehcp_requests", {{"ehcr_ehcp_request_id", "R2"}, {"ehcr_send_table_id", "S2"}});
  const std::unique_ptr<Extract> extract = ReadBack(files);
  EXPECT_EQ(extract->faults().size(), 1u);
  EXPECT_FALSE(extract->Of("ssd_send").rows().at(0).good);
  EXPECT_FALSE(extract->Of("ssd_ehcp_requests").rows().at(0).good);
}

TEST(ImportChecks, FileWithoutAColumnThatItNeedsIsNotUsed) {
  const ehc::ScratchFolder folder;
  std::ofstream(folder.path() + "/ssd_person.csv") << "pers_person_id,pers_dob\nP1,2015-02-01\n";
  const auto extract = Extract::Read(folder.path());
  ASSERT_TRUE(extract.ok());
  EXPECT_THAT(SortedFaults(**extract),
              ElementsAre(Fault{"ssd_person", 1, "pers_sex", kMissingColumn},
                          Fault{"ssd_person", 1, "pers_surname", kMissingColumn}));
  EXPECT_FALSE((*extract)->Of("ssd_person").rows().at(0).good);
}

TEST(ImportChecks, ColumnsMayStandInAnyOrderWithOthersBetween) {
  const ehc::ScratchFolder folder;
  std::ofstream(folder.path() + "/ssd_person.csv")
      << "pers_dob,local_extra,pers_surname,pers_sex,pers_person_id\n01/02/2015,?,T,F,P1\n";
  const auto extract = Extract::Read(folder.path());
  ASSERT_TRUE(extract.ok());
  EXPECT_THAT((*extract)->faults(), IsEmpty());
  EXPECT_EQ((*extract)->Of("ssd_person").Find("P1")->operator[]("pers_dob"), "2015-02-01");
}

TEST(ImportChecks, FolderWithoutTablesIsNotFound) {
  const ehc::ScratchFolder folder;
  EXPECT_EQ(Extract::Read(folder.path()).status().code(), absl::StatusCode::kNotFound);
}

TEST(ImportChecks, PlanOfAnotherChildThanItsAssessmentIsRefused) {
  ehc::Extract files = OneChild();
  AddChild(files, "P2", "9000000009");
  files.Add("ssd_send", {{"send_table_id", "S2"}, {"send_person_id", "P2"}});
  files.Add("ssd_ehcp_requests", {{"ehcr_ehcp_request_id", "R"}, {"ehcr_send_table_id", "S2"}});
  files.Add("ssd_ehcp_assessment",
            {{"ehca_ehcp_assessment_id", "A"}, {"ehca_ehcp_request_id", "R"}});
  files.Add("ssd_ehcp_named_plan", {{"ehcn_named_plan_id", "E1"},
                                    {"ehcn_ehcp_asmt_id", "A"},
                                    {"ehcn_named_plan_start_date", "2025-01-01"}});
  files.Add("supplement_contacts", {{"contact_ref", "W"}, {"display_name", "Desk"}});
  files.Add("supplement_plan_headlines", {{"plan_id", "E1"},
                                          {"person_id", "P1"},
                                          {"badge", "FINAL"},
                                          {"status", "FINAL"},
                                          {"plan_type", "EHCP"},
                                          {"contact_ref", "W"}});
  EXPECT_THAT(FaultsOf(files),
              ElementsAre(Fault{"supplement_plan_headlines", 2, "person_id", kConflictingFields}));
}

TEST(ImportReportTest, CountsAddUpAndNoValueIsShown) {
  ehc::WorldOptions options;
  options.children = 60;
  ehc::World world = ehc::MakeWorld(options);
  ehc::AddBadRows(world.extract);
  const std::unique_ptr<Extract> extract = ReadBack(world.extract);
  const ImportGuard guard(*extract, "2026-10-02");
  const ImportReport report = MakeReport(*extract, guard, Bromley(), true);
  int bad = 0;
  for (const TableCount& count : report.tables) {
    int sum = 0;
    for (const int part : count.by_fate) sum += part;
    EXPECT_EQ(sum, count.read) << count.table;
    bad += count.by_fate[static_cast<size_t>(Fate::kBad)];
  }
  EXPECT_EQ(bad, 43);
  std::ostringstream out;
  PrintReport(report, out);
  PrintReportAsJson(report, out);
  EXPECT_THAT(out.str(), HasSubstr("ssd_send line"));
  for (const char* value : {"Badcheck", "9434765871", "PBAD", "A801200005001", "NEIGHBOUR"}) {
    EXPECT_THAT(out.str(), Not(HasSubstr(value)));
  }
}

}  // namespace
}  // namespace ehchub
