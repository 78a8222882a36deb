// ehcctl import ssd against a real hub: what it publishes, what it leaves behind, and that it may
// run as often as anybody likes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"
#include "tests/support/scratch_folder.h"
#include "tests/world/csv_reader.h"
#include "tests/world/world.h"

namespace ehc {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kNotAvailable = 7;

struct Ran {
  int exit_status = -1;
  std::string out;
  std::string err;
};

std::string Slurp(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<std::string> SortedLines(const std::string& path) {
  std::vector<std::string> lines = absl::StrSplit(Slurp(path), '\n', absl::SkipEmpty());
  std::sort(lines.begin(), lines.end());
  return lines;
}

// A hub with the agencies of the shipped agreements, into which Bromley's SEND unit has imported.
class Import : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    folder_ = new ScratchFolder;
    world_ = new World(MakeWorld(Options()));
    ASSERT_TRUE(world_->extract.WriteTo(File("extract")).ok());
    World bad = MakeWorld(Options());
    AddBadRows(bad.extract);
    ASSERT_TRUE(bad.extract.WriteTo(File("bad")).ok());
    ASSERT_EQ(Shell("found_hub").exit_status, 0);
    StartHub("");
    const Ran enrolled = Shell("write_profiles && enrol_agencies");
    ASSERT_EQ(enrolled.exit_status, 0) << enrolled.err;
    first_ = new json(Report("records", "extract"));
  }

  static void TearDownTestSuite() {
    StopHub();
    delete first_;
    delete world_;
    delete folder_;
  }

  static WorldOptions Options() {
    WorldOptions options;
    options.children = 80;
    options.plans_per_mille = 200;
    return options;
  }

  static std::string File(const std::string& name) { return folder_->path() + "/" + name; }

  // A line of bash that knows tests/support/hub.bash.
  static Ran Shell(const std::string& line) {
    const std::string script = absl::StrCat(
        "export BIN='", EHC_BINARY_DIR, "/bin' WORLD='", folder_->path(), "'; . '", EHC_SOURCE_DIR,
        "/tests/support/hub.bash'; PORT=", port_.empty() ? "0" : port_, "; ", line);
    std::ofstream(File("script")) << script;
    const int status = std::system(
        absl::StrCat("bash '", File("script"), "' >'", File("out"), "' 2>'", File("err"), "'")
            .c_str());
    return {WEXITSTATUS(status), Slurp(File("out")), Slurp(File("err"))};
  }

  // The hub outlives the shell that starts it, and is this process's to wait for from then on.
  static void StartHub(const std::string& port) {
    const Ran started = Shell(absl::StrCat("start_hub ", port, " && echo $PORT $HUB_PID"));
    ASSERT_EQ(started.exit_status, 0) << started.err;
    const std::vector<std::string> words =
        absl::StrSplit(started.out, absl::ByAnyChar(" \n"), absl::SkipEmpty());
    ASSERT_EQ(words.size(), 2u) << started.out;
    port_ = words[0];
    ASSERT_TRUE(absl::SimpleAtoi(words[1], &hub_));
  }

  static void StopHub() {
    if (hub_ <= 0) return;
    kill(hub_, SIGTERM);
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(40);
    while (waitpid(hub_, nullptr, WNOHANG) == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (std::chrono::steady_clock::now() < patience) continue;
      ADD_FAILURE() << "the hub did not stop when asked";
      kill(hub_, SIGKILL);
    }
    hub_ = 0;
  }

  static Ran As(const std::string& profile, const std::string& arguments) {
    return Shell(absl::StrCat("as ", profile, " ", arguments));
  }

  static json Report(const std::string& profile, const std::string& extract) {
    const Ran ran = As(profile, absl::StrCat("--output json import ssd '", File(extract), "'"));
    EXPECT_EQ(ran.exit_status, 0) << ran.err;
    return json::parse(ran.out, nullptr, false);
  }

  static std::string Relations(const std::string& child) {
    return As("caseworker",
              absl::StrCat("--output json relationship list ", child, " --page-size 200"))
        .out;
  }

  // One number from the hub's database, which must be at rest.
  static int Count(const std::string& query) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(File("data/hub.db").c_str(), &database), SQLITE_OK);
    int count = -1;
    const auto take = [](void* out, int, char** values, char**) {
      return absl::SimpleAtoi(values[0], static_cast<int*>(out)) ? 0 : 1;
    };
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database, query.c_str(), take, &count, &error), SQLITE_OK)
        << (error == nullptr ? "" : error);
    sqlite3_free(error);
    sqlite3_close(database);
    return count;
  }

  static int CountOf(const json& report, const std::string& table, const std::string& what) {
    for (const json& line : report["tables"]) {
      if (line["table"] == table) return line[what];
    }
    return -1;
  }

  static ScratchFolder* folder_;
  static World* world_;
  static json* first_;
  static std::string port_;
  static pid_t hub_;
};

ScratchFolder* Import::folder_ = nullptr;
World* Import::world_ = nullptr;
json* Import::first_ = nullptr;
std::string Import::port_;
pid_t Import::hub_ = 0;

TEST_F(Import, PublishesWhatTheUnitHoldsAndCountsTheRest) {
  const json& report = *first_;
  EXPECT_EQ(report["agency"], "agencies/bromley");
  EXPECT_EQ(report["total"]["bad"], 0) << report["faults"];
  EXPECT_EQ(CountOf(report, "ssd_person", "published"), 79);  // one is severed
  EXPECT_EQ(CountOf(report, "ssd_person", "withheld"), 1);
  EXPECT_GT(CountOf(report, "supplement_plan_sections", "published"), 100);
  EXPECT_GT(CountOf(report, "supplement_health_records", "other_custodian"), 0);
  EXPECT_EQ(CountOf(report, "supplement_health_records", "published"), 0);
}

TEST_F(Import, ChildIsKnownByEveryIdentifierWithThoseWhoStandAround) {
  const std::string relations = Relations("nhs:9434765870");
  for (const char* kind : {"PARENTAL_RESPONSIBILITY", "ENROLMENT", "NAMED_INSTITUTION",
                           "RESPONSIBLE_COMMISSIONER", "MAINTAINING_AUTHORITY"}) {
    EXPECT_THAT(relations, HasSubstr(kind));
  }
  EXPECT_EQ(Relations("la:305/P0000001"), relations);
}

TEST_F(Import, RestrictedChildIsProtectedFromEverybodyElse) {
  const Ran listed = As("caseworker", "--output json protection list la:305/P0000002");
  EXPECT_THAT(listed.out, HasSubstr("PROTECTION_LABEL_ADDRESS_RESTRICTED"));
  EXPECT_THAT(listed.out, HasSubstr("agencies/bromley"));
}

TEST_F(Import, SeveredPersonAndFormerIdentifiersAreUnknown) {
  EXPECT_EQ(As("caseworker", "relationship list la:305/P0000003").exit_status, 0);
  EXPECT_EQ(As("caseworker", "relationship list la:305/P0000004").exit_status, kNotAvailable);
  int former = 0;
  const CsvFile links = ReadCsv(Slurp(File("extract/ssd_linked_identifiers.csv")));
  for (const CsvRow& row : links.rows) {
    const std::string& type = row.fields[2];
    const char* kind = type == "Former NHS Number"            ? "nhs:"
                       : type == "Former Unique Pupil Number" ? "upn:"
                                                              : nullptr;
    if (kind == nullptr) continue;
    ++former;
    EXPECT_EQ(As("caseworker", absl::StrCat("relationship list ", kind, row.fields[3])).exit_status,
              kNotAvailable);
  }
  EXPECT_GT(former, 1);
}

TEST_F(Import, SecondRunChangesNothing) {
  const std::string before = Relations("la:305/P0000001");
  const json second = Report("records", "extract");
  EXPECT_EQ(second["total"]["published"], 0);
  EXPECT_EQ(second["total"]["unchanged"], (*first_)["total"]["published"]);
  EXPECT_EQ(Relations("la:305/P0000001"), before);
}

TEST_F(Import, RunAfterTheHubForgotEveryRequestChangesNothing) {
  const std::string before = Relations("la:305/P0000001");
  StopHub();
  const int subjects = Count("SELECT count(*) FROM dossier");
  const int versions = Count("SELECT count(*) FROM record_version");
  EXPECT_GT(Count("SELECT count(*) FROM request"), 100);
  Count("DELETE FROM request RETURNING 1");
  StartHub(port_);
  EXPECT_EQ(Report("records", "extract")["total"]["published"], 0);
  EXPECT_EQ(Relations("la:305/P0000001"), before);
  StopHub();
  EXPECT_EQ(Count("SELECT count(*) FROM dossier"), subjects);
  EXPECT_EQ(Count("SELECT count(*) FROM record_version"), versions);
  StartHub(port_);
}

TEST_F(Import, OtherUnitFindsTheFactsAndAddsItsRecords) {
  const std::string before = Relations("la:305/P0000010");
  const json care = Report("social-worker", "extract");
  EXPECT_EQ(CountOf(care, "supplement_relationships", "published"), 0);
  EXPECT_GT(CountOf(care, "ssd_cin_episodes", "published"), 0);
  EXPECT_EQ(Relations("la:305/P0000010"), before);
  EXPECT_EQ(Report("social-worker", "extract")["total"]["published"], 0);
}

TEST_F(Import, TrustPublishesItsOwnHealthRecords) {
  const json trust = Report("trust-records", "extract");
  EXPECT_GT(CountOf(trust, "supplement_health_records", "published"), 10);
  EXPECT_EQ(CountOf(trust, "supplement_plan_sections", "published"), 0);
  EXPECT_EQ(Report("trust-records", "extract")["total"]["published"], 0);
}

TEST_F(Import, BadRowsAreListedAndAllOthersPublished) {
  const Ran ran = As("records", absl::StrCat("import ssd '", File("bad"), "' --errors '",
                                             File("errors.csv"), "'"));
  EXPECT_EQ(ran.exit_status, 3) << ran.err;
  EXPECT_EQ(SortedLines(File("errors.csv")), SortedLines(File("bad/expected_errors.csv")));
  EXPECT_THAT(ran.out, HasSubstr("supplement_flags line"));
  EXPECT_THAT(ran.out, Not(HasSubstr("Badcheck")));
  EXPECT_EQ(ran.err, "");  // nobody watches: no progress
  EXPECT_EQ(Report("records", "extract")["total"]["published"], 0);
}

TEST_F(Import, DryRunNeedsNoHubAndNoProfile) {
  const Ran ran = Shell(absl::StrCat("EHC_PROFILES=/nowhere HOME=/nowhere $BIN/ehcctl import ssd '",
                                     File("extract"), "' --dry-run"));
  EXPECT_EQ(ran.exit_status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("checked only"));
}

TEST_F(Import, CallerWithoutTheRoleIsToldOnce) {
  ASSERT_EQ(Shell("profile clerk bromley c-1 AGENCY_ADMINISTRATOR send").exit_status, 0);
  const Ran ran = As("clerk", absl::StrCat("import ssd '", File("extract"), "'"));
  EXPECT_EQ(ran.exit_status, kNotAvailable);
  EXPECT_THAT(ran.err, HasSubstr("POLICY_DENIED"));
  EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
}

TEST_F(Import, HubThatIsNotThereIsUnavailable) {
  ASSERT_EQ(Shell("PORT=1; profile lost bromley rec-2 RECORDS_OFFICER send").exit_status, 0);
  const Ran ran = As("lost", absl::StrCat("import ssd '", File("extract"), "'"));
  EXPECT_EQ(ran.exit_status, 14) << ran.err;
}

TEST_F(Import, WrongUsageIs64) {
  EXPECT_EQ(As("records", "import ssd").exit_status, 64);
  EXPECT_EQ(As("records", "import ssd /tmp --jobs 0").exit_status, 64);
  EXPECT_EQ(As("records", absl::StrCat("import ssd '", File("certs"), "'")).exit_status, 5);
}

}  // namespace
}  // namespace ehc
