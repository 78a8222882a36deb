// ehc-policy as an information-governance officer runs it, on copies of the shipped folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/base/fs.h"
#include "server/base/signature.h"

namespace ehc {
namespace {

using nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;

constexpr char kTool[] = EHC_BINARY_DIR "/bin/ehc-policy";
constexpr char kSchools[] = "/agreements/bromley-schools.textproto";
const char* const kCommands[] = {"check",   "fmt",      "sign", "render", "test", "explain",
                                 "who-can", "what-can", "diff", "replay", "bench"};

struct Ran {
  int status = -1;
  std::string out;
  std::string err;
};

class PolicyTool : public testing::Test {
 protected:
  void SetUp() override {
    char path[] = "/tmp/ehc-policy-tool-XXXXXX";
    ASSERT_NE(mkdtemp(path), nullptr);
    root_ = path;
    policies_ = root_ + "/policies";
    std::filesystem::copy(EHC_SOURCE_DIR "/policies", policies_,
                          std::filesystem::copy_options::recursive);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  Ran Run(const std::string& arguments) const {
    const std::string command =
        absl::StrCat(kTool, " ", arguments, " >", root_, "/out 2>", root_, "/err </dev/null");
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, Text(root_ + "/out"),
            Text(root_ + "/err")};
  }
  // With --policies of this test's folder, on a day on which the shipped agreements are in force.
  Ran RunHere(const std::string& arguments) const {
    return Run(absl::StrCat("--at 2026-11-20 ", arguments, " --policies ", policies_));
  }
  json JsonOf(const std::string& arguments, int status = 0) const {
    const Ran ran = RunHere(arguments + " --format json");
    EXPECT_EQ(ran.status, status) << arguments << "\n" << ran.err;
    return json::parse(ran.out, nullptr, /*allow_exceptions=*/false);
  }

  static std::string Text(const std::string& path) {
    const auto text = ReadFile(path, size_t{64} << 20);
    EXPECT_TRUE(text.ok()) << text.status();
    return text.value_or("");
  }
  static void Write(const std::string& path, const std::string& text) {
    ASSERT_TRUE(AtomicWriteFile(path, text, 0644).ok());
  }
  // The schools' agreement with one text for another; both must be there and differ.
  void Edit(const std::string& from, const std::string& to,
            const std::string& file = kSchools) const {
    const std::string before = Text(policies_ + file);
    const std::string after = absl::StrReplaceAll(before, {{from, to}});
    ASSERT_TRUE(before != after) << "not there: " << from;
    Write(policies_ + file, after);
  }
  void Append(const std::string& text, const std::string& file = kSchools) const {
    Write(policies_ + file, Text(policies_ + file) + text);
  }

  // That the folder is refused with a place and a sentence, as text and as JSON.
  void ExpectRefused(const std::string& place_regex, const std::string& sentence) const {
    const Ran text = RunHere("check");
    EXPECT_EQ(text.status, 65);
    EXPECT_EQ(text.out, "");
    EXPECT_THAT(text.err, ContainsRegex(place_regex + ":[0-9]+:[0-9]+: "));
    EXPECT_THAT(text.err, HasSubstr(sentence));
    const json rows = JsonOf("check", 65);
    ASSERT_FALSE(rows.empty());
    EXPECT_EQ(rows[0]["severity"], "error");
    EXPECT_GT(rows[0].value("line", 0), 0) << rows[0];
    EXPECT_GT(rows[0].value("column", 0), 0) << rows[0];
    EXPECT_THAT(rows.dump(), HasSubstr(sentence));
  }

  std::string root_;
  std::string policies_;
};

// ---- every command

TEST_F(PolicyTool, EveryCommandExplainsItselfAndItsFormats) {
  for (const char* command : kCommands) {
    const Ran help = Run(absl::StrCat(command, " --help"));
    EXPECT_EQ(help.status, 0) << command;
    EXPECT_THAT(help.out, HasSubstr("--format")) << command;
    EXPECT_THAT(help.out, HasSubstr("json")) << command;
  }
  EXPECT_THAT(Run("--help").out, HasSubstr("what-can"));
}

TEST_F(PolicyTool, MistypedFormatsCommandsAndArgumentsAreRefused) {
  for (const char* command : kCommands) {
    EXPECT_EQ(RunHere(absl::StrCat(command, " --format yaml")).status, 64) << command;
  }
  EXPECT_EQ(Run("gossip").status, 64);
  EXPECT_EQ(Run("").status, 64);
  EXPECT_EQ(RunHere("check bromley-schools").status, 64);
  EXPECT_EQ(RunHere("render").status, 64);
  EXPECT_EQ(RunHere("diff policies").status, 64);
  EXPECT_EQ(Run("check --at 2026-02-30").status, 64);
}

TEST_F(PolicyTool, FolderThatIsNotThereIsSaid) {
  for (const char* arguments :
       {"check", "test", "who-can", "what-can --agency bromley", "render bromley-schools"}) {
    const Ran ran = Run(absl::StrCat(arguments, " --policies ", root_, "/none"));
    EXPECT_EQ(ran.status, 65) << arguments;
    EXPECT_THAT(ran.err, HasSubstr("name a folder")) << arguments;
  }
}

// ---- each command

TEST_F(PolicyTool, CheckListsFindingsWithTheirPlace) {
  const json rows = JsonOf("check");
  ASSERT_FALSE(rows.empty());
  for (const json& row : rows) {
    EXPECT_EQ(row["severity"], "warning");
    EXPECT_GT(row["line"], 0);
    EXPECT_FALSE(row["code"].get<std::string>().empty());
  }
  EXPECT_THAT(RunHere("check").out, HasSubstr("0 errors"));
}

TEST_F(PolicyTool, CheckFailsOnAnErrorOfAnalysisAndShowsARequest) {
  Append(
      "\nclause { id: 'shut' title: 'Shut' effect: EFFECT_FORBID recipient { agency: 'ANY' unit: "
      "'ANY' } role: 'ANY' supplier { agency: 'ANY' unit: 'ANY' } record_type: 'ANY' part: 'ANY' "
      "disclosure: DISCLOSURE_CONTENT purpose: 'ANY' lawful_basis: 'ANY' }\n");
  const json rows = JsonOf("check", 1);
  bool shown = false;
  for (const json& row : rows) {
    shown = shown || (row["code"] == "PERMIT_FORBIDDEN" && row.contains("example"));
  }
  EXPECT_TRUE(shown) << rows.dump(2);
}

TEST_F(PolicyTool, FmtSaysWhatIsNotCanonicalAndThenWritesIt) {
  EXPECT_EQ(JsonOf("fmt --check"), json::array());
  Edit("\n  title:", "\n        title:");
  EXPECT_EQ(JsonOf("fmt --check", 1).size(), 1u);
  EXPECT_EQ(RunHere("fmt").status, 0);
  EXPECT_EQ(JsonOf("fmt --check"), json::array());
}

TEST_F(PolicyTool, SignatureCoversTheAgreementUntilItIsEdited) {
  const std::string path = root_ + "/key.pem";
  ASSERT_EQ(std::system(("umask 077 && openssl genpkey -quiet -algorithm EC -pkeyopt "
                         "ec_paramgen_curve:P-256 -out " +
                         path)
                            .c_str()),
            0);
  const auto key = SigningKey::FromPemFile(path);
  ASSERT_TRUE(key.ok()) << key.status();
  const std::string sign = absl::StrCat("sign bromley-schools --agency bromley --key ", path);
  const json signature = JsonOf(sign);
  EXPECT_EQ(signature["key_id"], key->key_id());
  EXPECT_THAT(Text(policies_ + kSchools), HasSubstr(signature["digest"].get<std::string>()));
  EXPECT_EQ(RunHere("check").status, 0);
  Edit("title: \"", "title: \"Changed: ");
  EXPECT_NE(JsonOf(sign)["digest"], signature["digest"]);
  EXPECT_EQ(RunHere("sign no-such-agreement --agency bromley --key x").status, 64);
}

TEST_F(PolicyTool, RenderIsAPageToPrintWithAFieldMatrix) {
  const Ran page = RunHere("render bromley-kings-park-direct-care --format html");
  ASSERT_EQ(page.status, 0) << page.err;
  for (const char* needed :
       {"<!DOCTYPE html>", "<html lang=\"en-GB\">", "charset=\"utf-8\"", "@media print",
        "page-break-inside:avoid", "<h2>Who sees which field</h2>", "<h2>Signatures</h2>",
        "<th scope=\"col\">", "</html>"}) {
    EXPECT_THAT(page.out, HasSubstr(needed));
  }
  EXPECT_THAT(page.out, testing::Not(ContainsRegex("<(script|link|img)")))
      << "a page to sign loads nothing";
  // One row a part, one column a clause.
  EXPECT_THAT(page.out, ContainsRegex("<tr><td>[^<]*C[^<]*</td>(<td>[^<]*</td>)+</tr>"));
  EXPECT_THAT(RunHere("render bromley-schools").out, HasSubstr("## Signatures"));
  EXPECT_THAT(JsonOf("render bromley-schools")["markdown"].get<std::string>(),
              HasSubstr("## Signatures"));
  EXPECT_EQ(RunHere("render no-such-agreement").status, 65);
}

TEST_F(PolicyTool, TestCountsCoverageAndFailsBelowTheThreshold) {
  const json all = JsonOf("test");
  EXPECT_EQ(all["failures"], json::array());
  EXPECT_EQ(all["clause_coverage"], 100.0);
  EXPECT_EQ(all["guard_coverage"], 100.0);
  std::filesystem::remove(policies_ + "/tests/bromley-schools.textproto");
  const json fewer = JsonOf("test", 1);
  EXPECT_LT(fewer["clause_coverage"], 100.0);
  EXPECT_THAT(fewer["missed"].dump(), HasSubstr("bromley-schools.textproto"));
  EXPECT_EQ(JsonOf("test --threshold 10")["failures"], json::array());
}

TEST_F(PolicyTool, TestFailsWithThePlaceOfTheCase) {
  Edit("outcome: \"REFER_TO_HUMAN\"", "outcome: \"PERMIT\"", "/tests/bromley-schools.textproto");
  const json report = JsonOf("test", 1);
  EXPECT_THAT(report["failures"][0].get<std::string>(),
              ContainsRegex("tests/bromley-schools.textproto:[0-9]+:[0-9]+: "));
}

TEST_F(PolicyTool, ExplainSaysWhyAndOnADenyWhatWasNear) {
  const json rows = JsonOf(absl::StrCat("explain ", policies_, "/tests/bromley-schools.textproto"));
  ASSERT_GT(rows.size(), 5u);
  bool near = false;
  for (const json& row : rows) {
    EXPECT_FALSE(row["summary"].get<std::string>().empty());
    EXPECT_EQ(row["revision"].get<std::string>().size(), 64u);
    near = near || (row["outcome"] == "DENY" && !row["nearest"].empty());
  }
  EXPECT_TRUE(near);
  EXPECT_EQ(RunHere("explain /no/such/file").status, 65);
}

TEST_F(PolicyTool, WhoCanAndWhatCanAnswerFromBothSides) {
  const json who = JsonOf("who-can --record-type EHC_PLAN --part F");
  ASSERT_FALSE(who.empty());
  for (const json& row : who) EXPECT_FALSE(row["until"].get<std::string>().empty());
  const json what = JsonOf("what-can --agency oakfield-school:SCHOOL --role SENCO");
  ASSERT_FALSE(what.empty());
  EXPECT_THAT(what.dump(), HasSubstr("bromley-schools"));
  EXPECT_EQ(RunHere("who-can --part NO_SUCH_PART").status, 64);
  EXPECT_EQ(RunHere("what-can --agency bromley --role JESTER").status, 64);
}

TEST_F(PolicyTool, DiffShowsDecisionsThatChangeAndNothingElse) {
  const std::string shipped = EHC_SOURCE_DIR "/policies ";
  EXPECT_EQ(JsonOf("diff " + shipped + policies_), json::array());
  Append("# a comment changes no decision\n");
  EXPECT_EQ(JsonOf("diff " + shipped + policies_), json::array());
  Append(
      "\nclause { id: 'shut' title: 'Shut' effect: EFFECT_FORBID recipient { agency: 'ANY' unit: "
      "'ANY' } role: 'ANY' supplier { agency: 'bromley' unit: 'ANY' } record_type: 'ANY' part: "
      "'ANY' disclosure: DISCLOSURE_CONTENT purpose: 'ANY' lawful_basis: 'ANY' }\n");
  const json changes = JsonOf("diff " + shipped + policies_, 1);
  ASSERT_FALSE(changes.empty());
  for (const char* key : {"example", "before", "after"}) EXPECT_TRUE(changes[0].contains(key));
}

TEST_F(PolicyTool, ReplayOfWhatTheCasesExpectChangesNothing) {
  const Ran ran =
      RunHere(absl::StrCat("replay ", policies_, "/tests/bromley-units.textproto --format json"));
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_FALSE(json::parse(ran.out, nullptr, false).is_discarded());
}

TEST_F(PolicyTool, BenchReportsOneObjectForEverySize) {
  const json rows = JsonOf("bench --clauses 10,100");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1]["clauses"], 100);
  for (const char* key : {"decisions_per_cpu_second", "p50_ns", "p99_ns", "load_ms"}) {
    EXPECT_GT(rows[0][key], 0) << key;
  }
}

// ---- what a folder can have wrong

TEST_F(PolicyTool, UnknownFieldIsRefusedWhereItStands) {
  Append("nonsense: 1\n");
  ExpectRefused("agreements/bromley-schools.textproto", "nonsense");
}

TEST_F(PolicyTool, UnknownTermIsRefusedWhereItStands) {
  Edit("purpose: [\"SCHOOL_CONSULTATION\"]", "purpose: [\"GOSSIP\"]");
  ExpectRefused("agreements/bromley-schools.textproto", "'GOSSIP' is not in");
}

TEST_F(PolicyTool, UnknownOrganisationIsRefusedWhereItStands) {
  Edit("supplier { agency: \"bromley\"", "supplier { agency: \"nobody\"",
       "/agreements/bromley-kings-park-direct-care.textproto");
  ExpectRefused("agreements/bromley-kings-park-direct-care.textproto", "'nobody' is no party");
}

TEST_F(PolicyTool, UnknownOrganisationBesideAPartyByTypeIsRefusedWhereItStands) {
  Edit("supplier { agency: \"bromley\"", "supplier { agency: \"bromely\"");
  ExpectRefused("agreements/bromley-schools.textproto",
                "'bromely' is no organisation that the vocabulary lists; correct it, or add it to "
                "vocabulary/agencies.textproto");
}

TEST_F(PolicyTool, UnknownPartyMemberAndOnwardRecipientAreRefusedWhereTheyStand) {
  const std::string shipped = Text(policies_ + kSchools);
  Edit("party {\n  agency: \"bromley\"", "party {\n  agency: \"bromely\"");
  ExpectRefused("agreements/bromley-schools.textproto", "'bromely' is no organisation");
  Write(policies_ + kSchools, shipped);
  Edit("  id: \"bromley-schools\"\n", "  id: \"bromley-schools\"\n  agency: \"oakfeld-school\"\n");
  ExpectRefused("agreements/bromley-schools.textproto", "'oakfeld-school' is no organisation");
  Write(policies_ + kSchools, shipped + "onward_recipient: \"elm-grove\"\n");
  ExpectRefused("agreements/bromley-schools.textproto", "onward_recipient: 'elm-grove' is no");
}

// The list says what each organisation is, so a party by type covers the listed schools alone.
TEST_F(PolicyTool, KnownOrganisationThatIsNoPartyIsRefusedBesideAPartyByType) {
  const std::string shipped = Text(policies_ + kSchools);
  const std::string group = "recipient { group: \"bromley-schools\" unit: [\"ANY\"] }";
  Edit(group, "recipient { agency: \"elm-grove-school\" unit: [\"ANY\"] }");
  EXPECT_EQ(RunHere("check").status, 0);
  Write(policies_ + kSchools, shipped);
  Edit(group, "recipient { agency: \"northshire-police\" unit: [\"ANY\"] }");
  ExpectRefused("agreements/bromley-schools.textproto",
                "'northshire-police' is no party, by name or by type");
}

TEST_F(PolicyTool, ListOfOrganisationsIsItselfChecked) {
  const std::string list = "/vocabulary/agencies.textproto";
  const std::string shipped = Text(policies_ + list);
  Append("organisation { id: \"bromley\" title: \"Twice\" agency_type: \"SCHOOL\" }\n", list);
  ExpectRefused("vocabulary/agencies.textproto", "'bromley' is listed twice");
  Write(policies_ + list, shipped);
  Append("organisation { id: \"new\" title: \"New\" agency_type: \"CIRCUS\" }\n", list);
  ExpectRefused("vocabulary/agencies.textproto", "'CIRCUS' is not in the vocabulary");
}

TEST_F(PolicyTool, DayThatIsNotInTheCalendarIsRefused) {
  const std::string text = Text(policies_ + kSchools);
  const size_t at = text.find("valid_until: \"") + 14;
  Edit(text.substr(at - 14, 25), "valid_until: \"2027-02-30\"");
  ExpectRefused("agreements/bromley-schools.textproto", "not a day of the calendar");
}

TEST_F(PolicyTool, OverlappingSupersessionIsRefused) {
  const std::string copy = absl::StrReplaceAll(
      Text(policies_ + kSchools), {{"\nid: \"bromley-schools\"", "\nid: \"schools-2\""}});
  Write(policies_ + "/agreements/schools-2.textproto", copy + "supersedes: \"bromley-schools\"\n");
  ExpectRefused("agreements/schools-2.textproto", "is still in force when this one begins");
}

TEST_F(PolicyTool, CirclesAreRefused) {
  Write(policies_ + "/vocabulary/circle.textproto",
        "role { code: 'X' title: 'x' parent: 'Y' }\nrole { code: 'Y' title: 'y' parent: 'X' }\n");
  ExpectRefused("vocabulary/circle.textproto", "is wider than itself");
}

TEST_F(PolicyTool, TwoFilesWithOneIdAreRefused) {
  Write(policies_ + "/agreements/zz.textproto", Text(policies_ + kSchools));
  ExpectRefused("agreements/zz.textproto", "already");
}

TEST_F(PolicyTool, AgreementWithoutASignatoryIsRefused) {
  const std::string text = Text(policies_ + kSchools);
  const size_t at = text.find(" signatory: \"");
  ASSERT_NE(at, std::string::npos);
  Edit(text.substr(at, text.find('"', at + 13) + 1 - at), "");
  ExpectRefused("agreements/bromley-schools.textproto", "signatory: left out");
}

TEST_F(PolicyTool, ClauseWithoutALawfulBasisIsRefused) {
  const std::string before = Text(policies_ + kSchools);
  const size_t at = before.find("  lawful_basis:");
  ASSERT_NE(at, std::string::npos);
  Edit(before.substr(at, before.find('\n', at) + 1 - at), "");
  ExpectRefused("agreements/bromley-schools.textproto", "lawful_basis: left out");
}

TEST_F(PolicyTool, HalfWrittenFileIsRefused) {
  const std::string text = Text(policies_ + kSchools);
  for (size_t size : {text.size() / 3, text.size() / 2, text.size() - 4}) {
    Write(policies_ + kSchools, text.substr(0, size));
    ExpectRefused("agreements/bromley-schools.textproto", "bromley-schools");
  }
}

TEST_F(PolicyTool, TextThatIsNotUtf8IsRefusedWhereItStands) {
  Append("# \xff\n");
  ExpectRefused("agreements/bromley-schools.textproto", "not UTF-8");
}

// Four megabytes load and are analysed, or are refused at the right line.
TEST_F(PolicyTool, FourMegabytesAreReadToTheirEnd) {
  const std::string text = Text(policies_ + kSchools);
  const size_t begin = text.find("\nclause {");
  const size_t end = text.find("\n}\n", begin) + 3;
  const std::string clause = text.substr(begin, end - begin);
  const size_t id = clause.find("id: \"") + 5;
  std::string large = text;
  for (int i = 0; large.size() < (size_t{4} << 20); ++i) {
    large += absl::StrCat(clause.substr(0, id), "copy-", i, clause.substr(clause.find('"', id)));
  }
  Write(policies_ + kSchools, large);
  EXPECT_EQ(RunHere("render bromley-units").status, 0);
  Append("nonsense: 1\n");
  const size_t lines = static_cast<size_t>(std::count(large.begin(), large.end(), '\n')) + 1;
  EXPECT_THAT(RunHere("check").err,
              HasSubstr(absl::StrCat("bromley-schools.textproto:", lines, ":")));
}

}  // namespace
}  // namespace ehc
