#include "tests/world/world.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/model/calendar.h"
#include "server/model/identifiers.h"
#include "tests/world/csv_reader.h"
#include "tests/world/names.h"

namespace ehc {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

WorldOptions Options(int children, uint64_t seed = 1) {
  WorldOptions options;
  options.children = children;
  options.seed = seed;
  return options;
}

IdentifierRules Rules() {
  IdentifierRules rules;
  rules.la_codes.set(305);
  rules.synthetic_nhs_numbers = {{9000000000, 9999999999}};
  return rules;
}

std::map<std::string, std::string> Bytes(const World& world) {
  std::map<std::string, std::string> bytes;
  for (const auto& [name, table] : world.extract.tables()) bytes[name] = table.bytes();
  return bytes;
}

// One world for the tests that only look.
class GeneratedWorld : public testing::Test {
 protected:
  static const World& world() {
    static const auto* const world = new World(MakeWorld(Options(2000)));
    return *world;
  }
  static const CsvFile& File(const std::string& table) {
    static auto* const files = new std::map<std::string, CsvFile>();
    const auto [file, fresh] = files->try_emplace(table);
    if (fresh) file->second = ReadCsv(world().extract.tables().at(table).bytes());
    return file->second;
  }
  static std::set<std::string> Set(const std::string& table, const std::string& column) {
    const std::vector<std::string> values = File(table).Values(column);
    return std::set<std::string>(values.begin(), values.end());
  }
  // The rows of `table` whose `column` is `value`.
  static std::vector<CsvRow> Rows(const std::string& table, const std::string& column,
                                  const std::string& value) {
    std::vector<CsvRow> rows;
    const int index = File(table).Column(column);
    for (const CsvRow& row : File(table).rows) {
      if (row.fields[index] == value) rows.push_back(row);
    }
    return rows;
  }
  static std::string Field(const std::string& table, const CsvRow& row, const std::string& column) {
    return row.fields[File(table).Column(column)];
  }
};

TEST(World, SameSeedMakesTheSameBytes) {
  EXPECT_EQ(Bytes(MakeWorld(Options(300, 7))), Bytes(MakeWorld(Options(300, 7))));
}

TEST(World, OtherSeedsMakeOtherPeopleButTheSameFixedCases) {
  const World a = MakeWorld(Options(300, 7));
  const World b = MakeWorld(Options(300, 8));
  EXPECT_NE(a.extract.tables().at("ssd_person").bytes(),
            b.extract.tables().at("ssd_person").bytes());
  for (int i = 0; i < kFewestChildren; ++i) {
    EXPECT_EQ(a.children[i].surname, b.children[i].surname);
    EXPECT_EQ(a.children[i].born, b.children[i].born);
    EXPECT_EQ(a.children[i].plan, b.children[i].plan);
  }
  EXPECT_EQ(a.children[0].nhs, "9434765870");
}

// Pinned, so that another compiler, library or machine that disagrees is noticed.
TEST(World, RandomNumbersAreTheSameEverywhere) {
  Random random(1, 2, Topic::kIdentity);
  const uint64_t first = random.Next();
  const uint64_t second = random.Next();
  EXPECT_EQ(absl::StrCat(first, " ", second), "4989111073505679258 6116194418293199492");
}

TEST(World, FiveThousandChildrenTakeUnderFiveSeconds) {
  const absl::Time start = absl::Now();
  const World world = MakeWorld(Options(5000));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_EQ(world.extract.tables().at("ssd_person").rows(), 5000);
}

TEST_F(GeneratedWorld, EveryTableHasRowsAsWideAsItsHeader) {
  for (const TableSpec& spec : ExtractTables()) {
    const CsvFile& file = File(spec.name);
    EXPECT_EQ(file.columns, spec.columns);
    EXPECT_THAT(file.rows, Not(IsEmpty())) << spec.name;
    for (const CsvRow& row : file.rows) {
      ASSERT_EQ(row.fields.size(), spec.columns.size()) << spec.name << ":" << row.line;
    }
  }
}

TEST_F(GeneratedWorld, IdentifiersAreValidSyntheticAndUnique) {
  const IdentifierRules rules = Rules();
  const struct {
    const char* table;
    const char* column;
    IdentifierKind kind;
  } columns[] = {{"ssd_person", "pers_common_child_id", IdentifierKind::kNhsNumber},
                 {"ssd_send", "send_upn", IdentifierKind::kUpn},
                 {"ssd_send", "send_uln", IdentifierKind::kUln}};
  for (const auto& column : columns) {
    std::set<std::string> seen;
    for (const std::string& text : File(column.table).Values(column.column)) {
      if (text.empty()) continue;
      auto identifier = ParseIdentifier(column.kind, text, rules, world().as_at());
      ASSERT_TRUE(identifier.ok()) << identifier.status() << text;
      EXPECT_EQ(identifier->value, text);
      EXPECT_TRUE(seen.insert(text).second) << text;
    }
    EXPECT_GT(seen.size(), 300u) << column.column;
  }
}

TEST_F(GeneratedWorld, LocalIdsAreFitForTheHub) {
  for (const std::string& id : File("ssd_person").Values("pers_person_id")) {
    EXPECT_TRUE(ParseIdentifier(IdentifierKind::kLaChildId, absl::StrCat("305/", id), Rules(),
                                world().as_at())
                    .ok());
  }
}

TEST_F(GeneratedWorld, TheUnknownNumberOfTheSandboxIsNobody) {
  EXPECT_THAT(File("ssd_person").Values("pers_common_child_id"), Not(Contains("9111231130")));
}

TEST_F(GeneratedWorld, KeysAreUniqueAndReferencesResolve) {
  const struct {
    const char* table;
    const char* column;
    const char* target;
    const char* key;
  } references[] = {
      {"ssd_address", "addr_person_id", "ssd_person", "pers_person_id"},
      {"ssd_linked_identifiers", "link_person_id", "ssd_person", "pers_person_id"},
      {"ssd_disability", "disa_person_id", "ssd_person", "pers_person_id"},
      {"ssd_send", "send_person_id", "ssd_person", "pers_person_id"},
      {"ssd_ehcp_requests", "ehcr_send_table_id", "ssd_send", "send_table_id"},
      {"ssd_ehcp_assessment", "ehca_ehcp_request_id", "ssd_ehcp_requests", "ehcr_ehcp_request_id"},
      {"ssd_ehcp_named_plan", "ehcn_ehcp_asmt_id", "ssd_ehcp_assessment",
       "ehca_ehcp_assessment_id"},
      {"ssd_ehcp_active_plans", "ehcp_ehcp_request_id", "ssd_ehcp_requests",
       "ehcr_ehcp_request_id"},
      {"ssd_sen_need", "senn_active_ehcp_id", "ssd_ehcp_active_plans", "ehcp_active_ehcp_id"},
      {"ssd_contacts", "cont_person_id", "ssd_person", "pers_person_id"},
      {"ssd_early_help_episodes", "earl_person_id", "ssd_person", "pers_person_id"},
      {"ssd_early_help_episodes", "earl_episode_worker_id", "ssd_professionals",
       "prof_professional_id"},
      {"ssd_cin_episodes", "cine_person_id", "ssd_person", "pers_person_id"},
      {"ssd_cin_episodes", "cine_referral_worker_id", "ssd_professionals", "prof_professional_id"},
      {"ssd_cin_assessments", "cina_referral_id", "ssd_cin_episodes", "cine_referral_id"},
      {"ssd_assessment_factors", "cinf_assessment_id", "ssd_cin_assessments", "cina_assessment_id"},
      {"ssd_cin_plans", "cinp_referral_id", "ssd_cin_episodes", "cine_referral_id"},
      {"ssd_s47_enquiry", "s47e_referral_id", "ssd_cin_episodes", "cine_referral_id"},
      {"ssd_initial_cp_conference", "icpc_s47_enquiry_id", "ssd_s47_enquiry",
       "s47e_s47_enquiry_id"},
      {"ssd_initial_cp_conference", "icpc_cp_plan_id", "ssd_cp_plans", "cppl_cp_plan_id"},
      {"ssd_cp_plans", "cppl_icpc_id", "ssd_initial_cp_conference", "icpc_icpc_id"},
      {"ssd_cla_episodes", "clae_person_id", "ssd_person", "pers_person_id"},
      {"ssd_legal_status", "lega_person_id", "ssd_person", "pers_person_id"},
      {"ssd_missing", "miss_person_id", "ssd_person", "pers_person_id"},
      {"ssd_sdq_scores", "csdq_person_id", "ssd_cla_episodes", "clae_person_id"},
      {"ssd_involvements", "invo_person_id", "ssd_person", "pers_person_id"},
      {"ssd_involvements", "invo_professional_id", "ssd_professionals", "prof_professional_id"},
      {"ssd_voice_of_child", "voch_person_id", "ssd_person", "pers_person_id"},
      {"supplement_plan_headlines", "person_id", "ssd_person", "pers_person_id"},
      {"supplement_plan_headlines", "contact_ref", "supplement_contacts", "contact_ref"},
      {"supplement_plan_sections", "plan_id", "supplement_plan_headlines", "plan_id"},
      {"supplement_enrolments", "person_id", "ssd_person", "pers_person_id"},
      {"supplement_named_institutions", "plan_id", "supplement_plan_headlines", "plan_id"},
      {"supplement_named_institutions", "plan_id", "ssd_ehcp_named_plan", "ehcn_named_plan_id"},
      {"supplement_relationships", "person_id", "ssd_person", "pers_person_id"},
      {"supplement_commissioners", "person_id", "ssd_person", "pers_person_id"},
      {"supplement_protections", "person_id", "ssd_person", "pers_person_id"},
      {"supplement_health_records", "person_id", "ssd_person", "pers_person_id"},
      {"supplement_health_records", "contact_ref", "supplement_contacts", "contact_ref"},
      {"supplement_flags", "person_id", "ssd_person", "pers_person_id"},
      {"supplement_flags", "contact_ref", "supplement_contacts", "contact_ref"}};
  for (const auto& reference : references) {
    const std::vector<std::string> keys = File(reference.target).Values(reference.key);
    const std::set<std::string> known(keys.begin(), keys.end());
    ASSERT_FALSE(known.empty());
    if (std::string(reference.target) != "ssd_cla_episodes") {
      EXPECT_EQ(known.size(), keys.size()) << reference.target;
    }
    for (const std::string& value : File(reference.table).Values(reference.column)) {
      EXPECT_EQ(known.count(value), 1u)
          << reference.table << "." << reference.column << " " << value;
    }
  }
}

TEST_F(GeneratedWorld, EveryDateIsReadableAndInOrder) {
  int british = 0;
  int iso = 0;
  for (const TableSpec& spec : ExtractTables()) {
    for (const std::string& column : spec.columns) {
      const bool is_date = absl::EndsWith(column, "_date") || absl::EndsWith(column, "_dob") ||
                           column == "expires_on" || column == "as_at";
      if (!is_date) continue;
      for (const std::string& text : File(spec.name).Values(column)) {
        if (text.empty()) continue;
        EXPECT_TRUE(ParseExtractDate(text).ok()) << spec.name << "." << column << " " << text;
        (absl::StrContains(text, "/") ? british : iso)++;
      }
    }
  }
  EXPECT_GT(british, 1000);
  EXPECT_GT(iso, 1000);
}

TEST_F(GeneratedWorld, NothingHappensAfterTheExtractExceptBirthsAndExpiries) {
  for (const TableSpec& spec : ExtractTables()) {
    for (const std::string& column : spec.columns) {
      if (column == "pers_expected_dob" || column == "expires_on" ||
          column == "icpc_icpc_target_date" || !absl::EndsWith(column, "_date")) {
        continue;
      }
      for (const std::string& text : File(spec.name).Values(column)) {
        if (text.empty()) continue;
        EXPECT_LE(*ParseExtractDate(text), world().as_at()) << spec.name << "." << column;
      }
    }
  }
}

TEST_F(GeneratedWorld, SharesFollowThePublishedFigures) {
  EXPECT_EQ(File("ssd_ehcp_active_plans").rows.size(), 72u);  // 3.6% of 2,000
  const size_t episodes = 120;  // in need: 6%, of which 80% / 9% / 11%
  size_t open = 0;
  for (const std::string& closed : File("ssd_cin_episodes").Values("cine_close_date")) {
    open += closed.empty() ? 1 : 0;
  }
  EXPECT_EQ(open, episodes);
  EXPECT_EQ(File("ssd_cin_plans").rows.size(), 10u);
  EXPECT_EQ(File("ssd_cp_plans").rows.size() + Set("ssd_cla_episodes", "clae_person_id").size(),
            13u);
  int autism = 0;
  for (const CsvRow& row : Rows("ssd_sen_need", "senn_active_ehcp_need_rank", "1")) {
    autism += row.fields[2] == "ASD" ? 1 : 0;
  }
  EXPECT_GT(autism, 72 / 5);
  EXPECT_LT(autism, 72 / 2);
}

TEST_F(GeneratedWorld, ProtectionPlansBeginOnTheDayOfTheConferenceAndNeverOnAWeekend) {
  const CsvFile& conferences = File("ssd_initial_cp_conference");
  const std::vector<std::string> days = conferences.Values("icpc_icpc_date");
  const std::vector<std::string> begins = File("ssd_cp_plans").Values("cppl_cp_plan_start_date");
  EXPECT_EQ(days, begins);
  for (const std::string& text : days) {
    const absl::Weekday weekday = absl::GetWeekday(*ParseExtractDate(text));
    EXPECT_NE(weekday, absl::Weekday::saturday);
    EXPECT_NE(weekday, absl::Weekday::sunday);
  }
}

TEST_F(GeneratedWorld, AdoptionThreadsAreInTheExtractForTheImporterToLeaveOut) {
  const std::set<std::string> types = Set("ssd_linked_identifiers", "link_identifier_type");
  for (const char* type : {"Former Unique Pupil Number", "Former NHS Number", "RAA ID",
                           "Pre-Adoption Person ID", "Unique Pupil Number", "Case Number"}) {
    EXPECT_EQ(types.count(type), 1u) << type;
  }
  EXPECT_EQ(Rows("supplement_protections", "label", "ADOPTED").size(),
            Rows("supplement_protections", "label", "IDENTITY_SEVERED").size());
  EXPECT_EQ(Rows("supplement_protections", "person_id", "P0000004")[0].fields[2],
            "IDENTITY_SEVERED");
}

TEST_F(GeneratedWorld, RestrictedChildrenAreNeverClearedForTheirAddress) {
  const std::vector<CsvRow> restricted =
      Rows("supplement_protections", "label", "ADDRESS_RESTRICTED");
  EXPECT_GT(restricted.size(), 30u);
  std::set<std::string> cleared;
  for (const CsvRow& row : Rows("supplement_protections", "address_cleared", "Y")) {
    cleared.insert(Field("supplement_protections", row, "person_id"));
  }
  EXPECT_GT(cleared.size(), 1000u);
  for (const CsvRow& row : restricted) {
    EXPECT_EQ(cleared.count(Field("supplement_protections", row, "person_id")), 0u);
    EXPECT_THAT(Field("supplement_protections", row, "cleared_recipients"), HasSubstr(kBromley));
  }
}

TEST_F(GeneratedWorld, SectionsMarkedAsCheckedNameNoSchool) {
  for (const CsvRow& row : Rows("supplement_plan_sections", "location_checked", "Y")) {
    const std::string text = Field("supplement_plan_sections", row, "text");
    for (int i = 0; i < kSchools; ++i) {
      EXPECT_THAT(text, Not(HasSubstr(SchoolAt(i).name)));
    }
  }
}

TEST_F(GeneratedWorld, FirstCaseIsTheWholeStoryOfOnePlan) {
  const std::string plan = PlanId(world().children[0]);
  const CsvRow headline = Rows("supplement_plan_headlines", "plan_id", plan)[0];
  EXPECT_EQ(Field("supplement_plan_headlines", headline, "status"), "FINAL");
  EXPECT_EQ(Rows("supplement_plan_sections", "plan_id", plan).size(), 12u);
  EXPECT_EQ(Rows("supplement_named_institutions", "plan_id", plan)[0].fields[2],
            "agencies/oakfield-school");
  EXPECT_EQ(Rows("supplement_commissioners", "person_id", "P0000001")[0].fields[1], kIcb);
  EXPECT_EQ(Rows("supplement_enrolments", "person_id", "P0000001").back().fields[5], "E");
  EXPECT_THAT(Rows("supplement_health_records", "person_id", "P0000001"), Not(IsEmpty()));
  EXPECT_EQ(Field("supplement_relationships",
                  Rows("supplement_relationships", "person_id", "P0000001")[0], "evidence"),
            "MOTHER");
}

TEST_F(GeneratedWorld, FixedCasesAreWhatTheirDescriptionSays) {
  const std::vector<Child>& children = world().children;
  EXPECT_EQ(children[6].born, Date(2010, 8, 31));
  EXPECT_TRUE(children[6].HasPlanInForce());
  EXPECT_EQ(children[4].born, children[5].born);
  EXPECT_EQ(children[4].household, children[5].household);
  EXPECT_FALSE(children[10].born.has_value());
  EXPECT_TRUE(children[10].nhs.empty());
  EXPECT_EQ(children[12].plan, PlanStage::kDraft);
  EXPECT_THAT(Rows("ssd_ehcp_named_plan", "ehcn_named_plan_id", PlanId(children[12])), IsEmpty());
  EXPECT_EQ(Rows("supplement_flags", "person_id", "P0000012").size(), 2u);
  bool prohibited = false;
  for (const CsvRow& row : Rows("supplement_relationships", "person_id", "P0000009")) {
    prohibited |= Field("supplement_relationships", row, "contact_prohibited") == "Y";
  }
  EXPECT_TRUE(prohibited);
  bool authority = false;
  for (const CsvRow& row : Rows("supplement_relationships", "person_id", "P0000010")) {
    authority |= Field("supplement_relationships", row, "evidence") == "CARE_ORDER";
  }
  EXPECT_TRUE(authority);
}

TEST_F(GeneratedWorld, SomeFilesLookAsSpreadsheetsWriteThem) {
  const std::string& person = world().extract.tables().at("ssd_person").bytes();
  EXPECT_EQ(person.substr(0, 3), "\xEF\xBB\xBF");
  EXPECT_THAT(person, HasSubstr("\r\n"));
  EXPECT_THAT(world().extract.tables().at("supplement_plan_sections").bytes(),
              HasSubstr("\"\"I like"));
}

TEST_F(GeneratedWorld, Table1RepeatsThePublishedCountsAndAddsItsOwn) {
  const std::string table = Table1(world());
  EXPECT_THAT(table, HasSubstr("Bromley,309392,1901,3.6,1621,3.0,6.1,5.2\n"));
  EXPECT_THAT(table, HasSubstr("Sum,2176235,8947,,9052,,4.1,4.2\n"));
  EXPECT_THAT(table, HasSubstr("Generated,2000,72,3.6,11718\n"));
}

TEST(BadRows, EveryFaultIsOnTheLineThatTheListSays) {
  World world = MakeWorld(Options(100));
  const World clean = MakeWorld(Options(100));
  AddBadRows(world.extract);
  const CsvFile expected = ReadCsv(world.extract.tables().at("expected_errors").bytes());
  std::set<std::string> reasons;
  for (const CsvRow& row : expected.rows) {
    const std::string& table = row.fields[0];
    int line = 0;
    ASSERT_TRUE(absl::SimpleAtoi(row.fields[1], &line));
    reasons.insert(row.fields[3]);
    if (row.fields[3] == "UNTERMINATED_QUOTE") continue;
    const CsvFile file = ReadCsv(world.extract.tables().at(table).bytes());
    bool found = false;
    for (const CsvRow& candidate : file.rows) found |= candidate.line == line;
    EXPECT_TRUE(found) << table << ":" << line;
    EXPECT_TRUE(row.fields[2].empty() || file.Column(row.fields[2]) >= 0) << row.fields[2];
    const CsvFile before = ReadCsv(clean.extract.tables().at(table).bytes());
    EXPECT_GT(line, before.rows.back().line) << "good rows keep their lines";
  }
  for (const char* reason :
       {"CHECK_DIGIT", "IMPOSSIBLE_DATE", "UNKNOWN_CODE", "MISSING_KEY", "DANGLING_REFERENCE",
        "WRONG_COLUMN_COUNT", "NOT_UTF8", "DUPLICATE_KEY", "UNTERMINATED_QUOTE"}) {
    EXPECT_EQ(reasons.count(reason), 1u) << reason;
  }
}

TEST(BadRows, RowsAreAsWideAsTheHeaderUnlessWidthIsTheFault) {
  World world = MakeWorld(Options(100));
  AddBadRows(world.extract);
  const CsvFile expected = ReadCsv(world.extract.tables().at("expected_errors").bytes());
  for (const CsvRow& row : expected.rows) {
    if (row.fields[3] == "UNTERMINATED_QUOTE") continue;
    const CsvFile file = ReadCsv(world.extract.tables().at(row.fields[0]).bytes());
    for (const CsvRow& candidate : file.rows) {
      if (absl::StrCat(candidate.line) != row.fields[1]) continue;
      EXPECT_EQ(candidate.fields.size() == file.columns.size(),
                row.fields[3] != "WRONG_COLUMN_COUNT")
          << row.fields[0] << " " << row.fields[3];
    }
  }
}

TEST(Options, WrongArgumentsAreRefused) {
  EXPECT_TRUE(ParseWorldOptions({"--out", "d", "--children", "20", "--seed", "0"}).ok());
  EXPECT_TRUE(ParseWorldOptions({"--table1"}).ok());
  EXPECT_FALSE(ParseWorldOptions({}).ok());
  EXPECT_FALSE(ParseWorldOptions({"--out"}).ok());
  EXPECT_FALSE(ParseWorldOptions({"--out", "d", "--children", "19"}).ok());
  EXPECT_FALSE(ParseWorldOptions({"--out", "d", "--seed", "-1"}).ok());
  EXPECT_FALSE(ParseWorldOptions({"--out", "d", "--as-at", "2025-01-01"}).ok());
  EXPECT_FALSE(ParseWorldOptions({"--out", "d", "--colour", "red"}).ok());
}

}  // namespace
}  // namespace ehc
