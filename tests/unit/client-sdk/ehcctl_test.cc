// ehcctl as scripts and caseworkers meet it: exit statuses, one-line errors, plain text, JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tests/unit/client-sdk/run_ehcctl.h"
#include "tests/unit/client-sdk/scripted_hub.h"

namespace ehc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::vector<std::string> kSummary = {"plan",      "summary",     "nhs:9434765870",
                                           "--purpose", "DIRECT_CARE", "--basis",
                                           "ART6_1_E",  "--agreement", "bromley-kings"};

class Ehcctl : public ::testing::Test {
 protected:
  Ehcctl() { hub_.WriteProfile(profile_ = hub_.ProfileFor("trust"), "trust"); }

  Ran Run(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), {"--profile", "trust"});
    return RunEhcctl(arguments, hub_.folder(), input);
  }

  ScriptedHub hub_;
  ehchub::Profile profile_;
};

int LinesIn(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

TEST_F(Ehcctl, SummaryIsPlainAndListsWhatWasWithheldAndWhy) {
  const Ran ran = Run(kSummary);
  EXPECT_EQ(ran.exit_status, 0) << ran.err;
  EXPECT_THAT(ran.err, IsEmpty());
  EXPECT_THAT(ran.out, HasSubstr("C  Health needs\n  Uses a communication aid."));
  EXPECT_THAT(ran.out,
              HasSubstr("Withheld\n  E (Outcomes): consent required; nobody has consented"));
}

TEST_F(Ehcctl, SummaryLeavesAReceiptThatVerifies) {
  ASSERT_EQ(Run(kSummary).exit_status, 0);
  const Ran verified = Run({"audit", "verify"});
  EXPECT_EQ(verified.exit_status, 0) << verified.err;
  EXPECT_THAT(verified.out, StartsWith("1 receipts, 1 proven to be in the log, 0 outstanding"));
}

TEST_F(Ehcctl, VerifyNeedsNoHub) {
  ASSERT_EQ(Run(kSummary).exit_status, 0);
  hub_.Stop();
  EXPECT_EQ(Run({"audit", "verify"}).exit_status, 0);
}

TEST_F(Ehcctl, JsonIsTheResponse) {
  std::vector<std::string> arguments = kSummary;
  arguments.insert(arguments.end(), {"--output", "json"});  // global options may come last
  const Ran ran = Run(arguments);
  ASSERT_EQ(ran.exit_status, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out, nullptr, false);
  ASSERT_TRUE(json.is_object()) << ran.out;
  EXPECT_EQ(json["planSummary"]["healthNeeds"]["code"], "PLAN_SECTION_CODE_C");
  EXPECT_EQ(json["disclosure"]["withheld"][0]["part"], "E");
}

TEST_F(Ehcctl, ExitStatusIsTheStatusCode) {
  for (const int code : {1, 3, 5, 7, 9, 10, 13, 15, 16}) {
    hub_.FailNext({{static_cast<grpc::StatusCode>(code), "NOT_AVAILABLE"}});
    EXPECT_EQ(Run(kSummary).exit_status, code);
  }
}

TEST_F(Ehcctl, FailureIsOneLine) {
  ScriptedFailure failure{grpc::StatusCode::PERMISSION_DENIED, "NOT_AVAILABLE",
                          "nothing is\navailable"};
  failure.decision_id = "01abc";
  hub_.FailNext({failure});
  const Ran ran = Run(kSummary);
  EXPECT_EQ(ran.exit_status, 7);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_EQ(ran.err,
            "PERMISSION_DENIED reason=NOT_AVAILABLE decision=01abc nothing is available\n");
}

TEST_F(Ehcctl, WrongUsageIs64AndNeverReachesTheHub) {
  const std::vector<std::vector<std::string>> wrong = {
      {"plan"},
      {"plan", "sumary"},
      {"plan", "summary", "nhs:9434765870"},
      {"--output", "xml", "doctor"},
      {"plan", "get", "upn:X", "--purpose", "P", "--basis", "B", "--agreement", "a", "--section",
       "Z"},
      {"consent", "record", "nhs:1", "--part", "EHC_PLAN"},
      {"consent", "record", "nhs:1", "--state", "perhaps"},
      {"subject", "register", "--id", "9434765870"},
      {"relationship", "add", "nhs:1", "--kind", "carer", "--from", "2026-01-01"},
      {"agency", "enrol-credential", "bromley"},
      {"audit", "prove", "zz"},
      {"plan", "publish", "--file", "/nowhere/at/all"},
      {"request", "create", "nhs:9434765870", "--purpose", "P", "--basis", "B", "--agreement", "a"},
      {"request", "approve", "recordRequests/x", "--part", "C"},
      {"request", "approve", "recordRequests/x", "--part", "C", "--until", "tomorrow"},
      {"request", "flagged"},
  };
  for (const auto& arguments : wrong) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.exit_status, 64) << ran.err;
    EXPECT_EQ(LinesIn(ran.err), 1) << ran.err;
  }
  EXPECT_THAT(hub_.calls(), IsEmpty());
}

TEST_F(Ehcctl, UnknownProfileIsWrongUsage) {
  const Ran ran = RunEhcctl({"--profile", "nobody", "doctor"}, hub_.folder());
  EXPECT_EQ(ran.exit_status, 64);
  EXPECT_THAT(ran.err, HasSubstr("no nobody.profile"));
}

TEST_F(Ehcctl, PrivateKeyIsNeverSent) {
  const Ran ran =
      Run({"agency", "enrol-credential", "bromley", "--certificate", profile_.key_path});
  EXPECT_EQ(ran.exit_status, 64);
  EXPECT_THAT(ran.err, HasSubstr("private key"));
  EXPECT_THAT(hub_.calls(), IsEmpty());
}

TEST_F(Ehcctl, RefusedHandshakeSaysSo) {
  const TestPki elsewhere;
  hub_.WriteProfile(hub_.ProfileWith(elsewhere.MintAgency("bromley")), "stranger");
  const Ran ran = RunEhcctl({"--profile", "stranger", "audit", "checkpoint"}, hub_.folder());
  EXPECT_EQ(ran.exit_status, 14);
  EXPECT_THAT(ran.err, HasSubstr("handshake refused"));
  EXPECT_EQ(LinesIn(ran.err), 1);
}

TEST_F(Ehcctl, HubThatIsNotTrustedIsOneLineToo) {
  ehchub::Profile misled = hub_.ProfileFor("trust");
  const ScriptedHub other;
  misled.hub = other.address();
  hub_.WriteProfile(misled, "misled");
  const Ran ran = RunEhcctl({"--profile", "misled", "audit", "checkpoint"}, hub_.folder());
  EXPECT_EQ(ran.exit_status, 14);
  EXPECT_THAT(ran.err, HasSubstr("the hub's certificate is not trusted"));
  EXPECT_EQ(LinesIn(ran.err), 1) << ran.err;
}

TEST_F(Ehcctl, PublishTakesJsonAndTextAndOptions) {
  const Ran json = Run({"plan", "publish", "--file", "-", "--unit", "send"},
                       R"({"subject": "nhs:9434765870", "plan": {"badge": "BADGE_FINAL"}})");
  EXPECT_EQ(json.exit_status, 0) << json.err;
  EXPECT_THAT(json.out, HasSubstr("published records/r1 version 1"));
  const Ran text = Run({"plan", "publish", "--file", "-", "--subject", "upn:B801200005001"},
                       "plan { badge: BADGE_FINAL }");
  EXPECT_EQ(text.exit_status, 0) << text.err;
  ASSERT_THAT(hub_.calls(), SizeIs(2));
  EXPECT_EQ(hub_.calls()[0].subject, "nhs:9434765870");
  EXPECT_EQ(hub_.calls()[1].subject, "upn:B801200005001");
}

TEST_F(Ehcctl, BrokenFileIsNamedWithoutItsContent) {
  const Ran ran = Run({"plan", "publish", "--file", "-"}, "plan {\n  secret_name_of_a_child\n");
  EXPECT_EQ(ran.exit_status, 64);
  EXPECT_THAT(ran.err, HasSubstr("line "));
  EXPECT_THAT(ran.err, Not(HasSubstr("secret_name")));
}

TEST_F(Ehcctl, SectionOptionDoesNotSwallowTheSubject) {
  hub_.FailNext({{grpc::StatusCode::PERMISSION_DENIED, "NOT_AVAILABLE"}});
  const Ran ran = Run({"consent", "record", "--part", "EHC_PLAN:C,G", "--recipient", "trust",
                       "--purpose", "DIRECT_CARE", "nhs:9434765870"});
  EXPECT_EQ(ran.exit_status, 7) << ran.err;
  EXPECT_EQ(hub_.calls().back().subject, "nhs:9434765870");
}

TEST_F(Ehcctl, ConsentSaysWhatItWasTold) {
  const Ran ran =
      Run({"consent", "record", "nhs:9434765870", "--by", "parent", "--right",
           "parental-responsibility", "--part", "EHC_PLAN:C,G", "--recipient",
           "kings-park-nhs-trust", "--purpose", "DIRECT_CARE", "--channel", "in-person"});
  ASSERT_EQ(ran.exit_status, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("state: given"), HasSubstr("role: parent"),
                             HasSubstr("parts: C, G"), HasSubstr("channel: in-person"),
                             HasSubstr("recipients: agencies/kings-park-nhs-trust")));
}

TEST_F(Ehcctl, UnhonouredReceiptIsLoudAfterTheContent) {
  hub_.Be(Honesty::kForgetsEntries);
  const Ran ran = Run(kSummary);
  EXPECT_EQ(ran.exit_status, 15);
  EXPECT_THAT(ran.out, HasSubstr("Health needs"));
  EXPECT_THAT(ran.err, HasSubstr("reason=RECEIPT_UNHONOURED"));
  const Ran verified = Run({"audit", "verify"});
  EXPECT_EQ(verified.exit_status, 0);
  EXPECT_THAT(verified.out, HasSubstr("1 outstanding"));
}

TEST_F(Ehcctl, ForkIsLoud) {
  ASSERT_EQ(Run(kSummary).exit_status, 0);
  hub_.ChangeLog([](ScriptedLog& log) { log.Fork(); });
  const Ran ran = Run({"audit", "checkpoint"});
  EXPECT_EQ(ran.exit_status, 15);
  EXPECT_THAT(ran.err, HasSubstr("CONTRADICTS ITSELF"));
}

TEST_F(Ehcctl, CheckpointIsCheckedAndShown) {
  ASSERT_EQ(Run(kSummary).exit_status, 0);
  const Ran ran = Run({"audit", "checkpoint"});
  EXPECT_EQ(ran.exit_status, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("hub.test/log holds 3 entries"));
}

TEST_F(Ehcctl, DoctorFindsAGoodProfileWell) {
  const Ran ran = Run({"doctor"});
  EXPECT_EQ(ran.exit_status, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("key match"), HasSubstr("handshake"),
                             HasSubstr("assertion accepted"), Not(HasSubstr("WRONG"))));
}

TEST_F(Ehcctl, DoctorSaysWhatIsWrong) {
  hub_.Stop();
  const Ran ran = Run({"doctor"});
  EXPECT_EQ(ran.exit_status, 9);
  EXPECT_THAT(ran.out, HasSubstr("WRONG"));
  EXPECT_THAT(ran.err, HasSubstr("hub reachable"));
}

TEST_F(Ehcctl, HelpIsThere) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {}, {"help"}, {"--help"}, {"help", "plan", "get"}, {"plan", "--help"}}) {
    const Ran ran = RunEhcctl(arguments, hub_.folder());
    EXPECT_EQ(ran.exit_status, 0);
    EXPECT_THAT(ran.out, HasSubstr("Usage: ehcctl"));
    EXPECT_THAT(ran.err, IsEmpty());
  }
}

}  // namespace
}  // namespace ehc
