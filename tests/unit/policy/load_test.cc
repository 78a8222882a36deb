// What a load refuses, and that it says where and what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/base/encoding.h"
#include "server/base/signature.h"
#include "server/policy/compiled.h"
#include "server/policy/document.h"
#include "tests/unit/policy/policy_world.h"

namespace ehc {
namespace {

using testing::HasSubstr;

std::string Problem(const std::string& clauses, const std::string& head = "") {
  const auto policy = CompileAgreements({AgreementFile("test", clauses, head)});
  EXPECT_FALSE(policy.ok());
  return std::string(policy.status().message());
}

TEST(LoadTest, UnknownFieldIsRefusedWithLineAndColumn) {
  EXPECT_THAT(Problem("\n  nonsense: 1"),
              HasSubstr("agreements/test.textproto:18:11: Message type"));
}

TEST(LoadTest, UnknownWordIsRefusedWhereItStands) {
  const std::string problem = Problem("\n" + ClauseText("a", "\n  purpose: 'GOSSIP'"));
  EXPECT_THAT(problem, HasSubstr("agreements/test.textproto:19:3: purpose: 'GOSSIP' is not in"));
}

TEST(LoadTest, UnknownTypeOfAgencyIsRefusedWhereItStands) {
  EXPECT_THAT(Problem(ClauseText("a", "recipient { agency_type: 'CIRCUS' unit: 'ANY' }")),
              HasSubstr("agency_type: 'CIRCUS' is not in the vocabulary"));
}

TEST(LoadTest, SilenceIsNeverAWildcard) {
  const std::string bare = "clause { id: 'a' title: 't' effect: EFFECT_PERMIT }";
  for (const char* field : {"recipient", "role", "supplier", "record_type", "part", "disclosure",
                            "purpose", "lawful_basis"}) {
    EXPECT_THAT(Problem(bare), HasSubstr(absl::StrCat(": ", field, ": left out")));
  }
}

TEST(LoadTest, EveryProblemIsListedAtOnce) {
  const std::string problem =
      Problem(ClauseText("a", "part: 'Z'") + ClauseText("b", "obligation { code: 'DELETE_BY' }") +
              ClauseText("c", "guard { hours { start: '9' end: '10:00' } }") +
              ClauseText("d", "unattended: true") +
              ClauseText("d", "recipient { agency: 'nobody' unit: 'ANY' }"));
  EXPECT_THAT(problem, HasSubstr("'Z' is no part of EHC_PLAN"));
  EXPECT_THAT(problem, HasSubstr("'DELETE_BY' needs one"));
  EXPECT_THAT(problem, HasSubstr("start and end are HH:MM"));
  EXPECT_THAT(problem, HasSubstr("needs a named person"));
  EXPECT_THAT(problem, HasSubstr("'nobody' is no party"));
  EXPECT_THAT(problem, HasSubstr("clause 'd' stands already at"));
}

TEST(LoadTest, SuccessionOfAreasSaysFromWhenAndNeverRunsInACircle) {
  const auto problem = [](const std::string& successions) {
    PolicySource source = SourceWith({});
    source.files.push_back({"vocabulary/more.textproto", successions});
    return std::string(PolicySnapshot::Compile(source, {false, nullptr}).status().message());
  };
  const auto succession = [](const char* area, const char* successor, const char* from) {
    return absl::StrCat("area_succession { area: '", area, "' successor: '", successor, "' from: '",
                        from, "' source: 'an order' } ");
  };
  EXPECT_EQ(problem(succession("1", "2", "2020-04-01") + succession("2", "3", "2024-04-01")), "");
  EXPECT_THAT(problem(succession("1", "2", "2020-04-01") + succession("2", "1", "2024-04-01")),
              HasSubstr("comes after"));
  EXPECT_THAT(problem(succession("1", "2", "")), HasSubstr("something is left out"));
  EXPECT_THAT(problem(succession("1", "2", "2020-04-01") + succession("1", "3", "2020-04-01")),
              HasSubstr("has a succession already"));
}

TEST(LoadTest, ClockMustSayHowLongAndWhereItIsFrom) {
  const auto problem = [](const std::string& clock) {
    PolicySource source = SourceWith({});
    source.files.push_back({"vocabulary/more.textproto", "clock { " + clock + " }"});
    return std::string(PolicySnapshot::Compile(source, {false, nullptr}).status().message());
  };
  const std::string named = "term { code: 'MINE' title: 'mine' } source: 'an agreement' ";
  EXPECT_EQ(problem(named + "weeks: 3"), "");
  EXPECT_THAT(problem(named), HasSubstr("vocabulary/more.textproto:1:1: period: say how long"));
  EXPECT_THAT(problem(named + "hours: 0"), HasSubstr("period: say how long"));
  EXPECT_THAT(problem(named + "days: 4000000000"), HasSubstr("period: say how long"));
  for (const char* time : {"24:00", "12:60", "noon", "9:00", "+1:00"}) {
    EXPECT_THAT(problem(named + "next_working_day_at: '" + time + "'"),
                HasSubstr("period: say how long"));
  }
  EXPECT_THAT(problem("term { code: 'MINE' title: 'mine' } weeks: 3"), HasSubstr("source: left"));
  EXPECT_THAT(problem("term { code: 'ADVICE_REQUEST' title: 'x' } source: 's' weeks: 3"),
              HasSubstr("'ADVICE_REQUEST' is defined already at vocabulary/clocks.textproto"));
}

absl::StatusOr<std::shared_ptr<const PolicySnapshot>> CompileWith(const std::string& words) {
  PolicySource source = SourceWith({});
  source.files.push_back({"vocabulary/more.textproto", words});
  return PolicySnapshot::Compile(source, {false, nullptr});
}

std::string ProblemOfWords(const std::string& words) {
  return std::string(CompileWith(words).status().message());
}

TEST(LoadTest, ReadinessItemNeedsAVersionAndSomebodyToDeclareIt) {
  const std::string named = "term { code: 'MINE' title: 'mine' } ";
  const auto item = [&](const std::string& rest) {
    return ProblemOfWords("readiness_item { " + named + rest + " }");
  };
  EXPECT_EQ(item("version: 1 agency_type: 'ANY'"), "");
  EXPECT_THAT(item("agency_type: 'ANY'"), HasSubstr("version: left out"));
  EXPECT_THAT(item("version: 1"), HasSubstr("agency_type: left out"));
  EXPECT_THAT(item("version: 1 agency_type: 'CIRCUS'"), HasSubstr("'CIRCUS' is not defined"));
}

TEST(LoadTest, ReadinessIsAskedOfThoseItConcernsAndWhileItIsInUse) {
  const auto policy = CompileWith(
      "readiness_item { term { code: 'MINE' title: 'mine' effective { until: '2026-06-30' } } "
      "version: 2 agency_type: 'HEALTH_BODY' valid_days: 10 }");
  ASSERT_TRUE(policy.ok()) << policy.status();
  const auto has = [&](const char* type, const char* day) {
    absl::Time now;
    EXPECT_TRUE(absl::ParseTime("%Y-%m-%d", day, &now, nullptr));
    for (const ReadinessRule* rule : (*policy)->agency_rules().ReadinessOf(type, now)) {
      if (rule->item == "MINE") return rule->version == 2 && rule->holds == absl::Hours(240);
    }
    return false;
  };
  EXPECT_TRUE(has("NHS_TRUST", "2026-06-29")) << "narrower than HEALTH_BODY";
  EXPECT_FALSE(has("SCHOOL", "2026-06-29"));
  EXPECT_FALSE(has("NHS_TRUST", "2026-07-02"));
}

TEST(LoadTest, QuotaMustSayWhoseAndBothNumbers) {
  const auto quota = [&](const std::string& text) {
    return ProblemOfWords("quota { " + text + " }");
  };
  EXPECT_EQ(quota("agency: 'ANY' agency_type: 'ANY' calls { per_second: 1 burst: 2 }"), "");
  EXPECT_THAT(quota("agency_type: 'ANY'"), HasSubstr("agency: left out"));
  EXPECT_THAT(quota("agency: 'ANY'"), HasSubstr("agency_type: left out"));
  for (const char* rate : {"per_second: 1", "burst: 3", "per_second: -1 burst: 2",
                           "per_second: 1 burst: 0.5", "per_second: 1e9 burst: 2"}) {
    EXPECT_THAT(quota(std::string("agency: 'ANY' agency_type: 'ANY' questions { ") + rate + " }"),
                HasSubstr("questions: say both"))
        << rate;
  }
}

TEST(LoadTest, SynonymIsTheRoleItselfAndMeansOneThing) {
  const auto policy = CompileWith("role { code: 'MINE' title: 'mine' synonym: 'OURS' }");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ((*policy)->RoleOf("OURS"), "MINE");
  EXPECT_EQ((*policy)->RoleOf("MINE"), "MINE");
  EXPECT_EQ((*policy)->RoleOf("NOBODYS"), "NOBODYS");
  EXPECT_TRUE((*policy)->IsRole("OURS"));
  EXPECT_EQ((*policy)->compiled().roles.names.Find("OURS"),
            (*policy)->compiled().roles.names.Find("MINE"));
  EXPECT_THAT(ProblemOfWords("role { code: 'MINE' title: 'mine' synonym: 'SENCO' }"),
              HasSubstr("'SENCO' is defined already"));
  EXPECT_THAT(ProblemOfWords("role { code: 'MINE' title: 'mine' synonym: 'ours' }"),
              HasSubstr("synonym: not a code"));
  EXPECT_THAT(ProblemOfWords("unit_kind { code: 'MINE' title: 'mine' synonym: 'OURS' }"),
              HasSubstr("only roles have them"));
}

TEST(LoadTest, NarrowerPurposeOfASafeguardingOneIsServedFirstToo) {
  const auto policy = CompileWith("");
  ASSERT_TRUE(policy.ok()) << policy.status();
  const auto& first = (*policy)->agency_rules().safeguarding_purposes;
  EXPECT_TRUE(first.contains("SAFEGUARDING"));
  EXPECT_TRUE(first.contains("SAFEGUARDING_S47"));
  EXPECT_FALSE(first.contains("SCHOOL_SUPPORT"));
}

TEST(LoadTest, RetentionRuleMustSayHowLongWhereItIsFromAndOfWhat) {
  const auto problem = [](const std::string& rule) {
    PolicySource source = SourceWith({});
    source.files.push_back({"vocabulary/more.textproto", "retention_rule { " + rule + " }"});
    return std::string(PolicySnapshot::Compile(source, {false, nullptr}).status().message());
  };
  const std::string named = "term { code: 'MINE' title: 'mine' } source: 'a schedule' ";
  EXPECT_EQ(problem(named + "record_type: 'EHC_PLAN' until_birthday: 31"), "");
  EXPECT_THAT(problem(named + "record_type: 'EHC_PLAN'"), HasSubstr("period: say until_birthday"));
  EXPECT_THAT(problem(named + "record_type: 'EHC_PLAN' until_birthday: 900"),
              HasSubstr("period: say until_birthday"));
  EXPECT_THAT(problem(named + "record_type: 'EHC_PLAN' years_after_last_version: 3 "
                              "until_birthday_if_last_at_17: 26"),
              HasSubstr("until_birthday_if_last_at_17: needs until_birthday"));
  EXPECT_THAT(problem(named + "until_birthday: 31"), HasSubstr("record_type: left out"));
  EXPECT_THAT(problem(named + "record_type: 'NO_SUCH' until_birthday: 31"),
              HasSubstr("'NO_SUCH' is not defined"));
  EXPECT_THAT(problem("term { code: 'MINE' title: 'm' } record_type: 'EHC_PLAN' until_birthday: 3"),
              HasSubstr("source: left out"));
}

TEST(LoadTest, UseLimitMustSayWhatIsCountedInWhichTimeAndFromHowMany) {
  const auto problem = [](const std::string& limit) {
    PolicySource source = SourceWith({});
    source.files.push_back({"vocabulary/more.textproto",
                            "use_limit { term { code: 'MINE' title: 'm' } " + limit + " }"});
    return std::string(PolicySnapshot::Compile(source, {false, nullptr}).status().message());
  };
  EXPECT_EQ(problem("measure: USE_MEASURE_DENIALS hours: 1 at_least: 5"), "");
  EXPECT_THAT(problem("hours: 1 at_least: 5"), HasSubstr("measure: left out"));
  EXPECT_THAT(problem("measure: USE_MEASURE_DENIALS at_least: 5"), HasSubstr("hours: say"));
  EXPECT_THAT(problem("measure: USE_MEASURE_DENIALS hours: 200 at_least: 5"),
              HasSubstr("hours: say"));
  EXPECT_THAT(problem("measure: USE_MEASURE_DENIALS hours: 1"), HasSubstr("at_least: say"));
}

TEST(LoadTest, BreakGlassMustTellTheCustodianAndBeReviewed) {
  EXPECT_THAT(Problem(ClauseText("a", "break_glass { minutes: 1 max_uses_per_person_per_day: 1 }")),
              HasSubstr("must carry the obligation NOTIFY_CUSTODIAN"));
}

TEST(LoadTest, ConsentCannotBeConsultedForExistence) {
  EXPECT_THAT(Problem(ClauseText("a",
                                 "disclosure: DISCLOSURE_EXISTENCE consent_rule: "
                                 "CONSENT_RULE_REQUIRED")),
              HasSubstr("consulted for content only"));
}

TEST(LoadTest, DatesAreDaysOfTheCalendar) {
  EXPECT_THAT(Problem(ClauseText("a", "validity { from: '2026-02-30' }")),
              HasSubstr("from: not a day of the calendar"));
}

TEST(LoadTest, InvalidUtf8IsRefusedWhereItStands) {
  EXPECT_THAT(Problem("# ok\n# \xff\n"), HasSubstr("agreements/test.textproto:18:3: not UTF-8"));
}

TEST(LoadTest, HalfAFileIsRefused) {
  PolicyFile file = AgreementFile("test", ClauseText("a"));
  file.text.resize(file.text.size() / 2);
  EXPECT_EQ(CompileAgreements({file}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(LoadTest, TwoFilesWithOneIdAreRefused) {
  PolicyFile copy = AgreementFile("test", ClauseText("a"));
  copy.path = "agreements/copy.textproto";
  const auto policy = CompileAgreements({AgreementFile("test", ClauseText("a")), copy});
  EXPECT_THAT(std::string(policy.status().message()), HasSubstr("is not the file's name"));
  EXPECT_THAT(std::string(policy.status().message()), HasSubstr("already"));
}

TEST(LoadTest, CirclesOfParentsAreRefused) {
  const auto policy = CompileAgreements(
      {AgreementFile("a", "", "parent_id: 'b'"), AgreementFile("b", "", "parent_id: 'a'")});
  EXPECT_THAT(std::string(policy.status().message()), HasSubstr("break the circle"));
  PolicySource source = SourceWith({});
  source.files.push_back({"vocabulary/x.textproto",
                          "role { code: 'X' title: 'x' parent: 'Y' } "
                          "role { code: 'Y' title: 'y' parent: 'X' }"});
  EXPECT_THAT(std::string(PolicySnapshot::Compile(source, {false}).status().message()),
              HasSubstr("'X' is wider than itself"));
}

TEST(LoadTest, OverlappingSupersessionIsRefused) {
  const auto policy =
      CompileAgreements({AgreementFile("old", ""), AgreementFile("new", "", "supersedes: 'old'")});
  EXPECT_THAT(std::string(policy.status().message()), HasSubstr("end it the day before"));
}

TEST(LoadTest, HeadMustBeComplete) {
  const auto policy = CompileAgreements({{"agreements/x.textproto", "id: 'x'"}});
  for (const char* field : {"version", "title", "tier", "purpose", "dpia_reference", "retention",
                            "valid_from", "valid_until", "review_due", "party"}) {
    EXPECT_THAT(std::string(policy.status().message()), HasSubstr(absl::StrCat(field, ": ")));
  }
}

TEST(LoadTest, RevisionFollowsMeaningNotLayout) {
  PolicyFile file = AgreementFile("test", ClauseText("a"));
  const auto first = CompileAgreements({file});
  file.text += "\n# a comment\n";
  EXPECT_EQ((*first)->revision(), (*CompileAgreements({file}))->revision());
  file.text += "security: 'more'\n";
  EXPECT_NE((*first)->revision(), (*CompileAgreements({file}))->revision());
}

TEST(LoadTest, SourceSurvivesTheStore) {
  const PolicySource source = SourceWith({AgreementFile("test", ClauseText("a"))});
  const std::string bytes = SerializePolicySource(source);
  const auto back = ParsePolicySource(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ((*PolicySnapshot::Compile(*back, {false}))->revision(),
            (*PolicySnapshot::Compile(source, {false}))->revision());
  EXPECT_FALSE(ParsePolicySource(bytes.substr(0, bytes.size() - 1)).ok());
}

// Real keys: a signature counts only for the text as it was signed.
class KeyRing final : public SignatureVerifier {
 public:
  absl::Status Verify(const AgencyId& agency, absl::string_view key_id, absl::string_view digest,
                      absl::string_view value) const override {
    const bool good = agency == AgencyId("bromley") && key_id == key_.key_id() &&
                      key_.public_key().Verify(digest, value);
    return good ? absl::OkStatus() : absl::UnauthenticatedError("no such signature");
  }
  PolicyFile Sign(PolicyFile file, const std::string& digest) const {
    absl::StrAppend(&file.text, "signature { agency: 'bromley' key_id: '", key_.key_id(),
                    "' digest: '", digest, "' value: '", Base64Encode(key_.Sign(digest)), "' }\n");
    return file;
  }

 private:
  SigningKey key_ = SigningKey::Generate();
};

TEST(SignatureTest, ClauseCountsOnlyWhileTheSupplierHasSignedTheTextAsItStands) {
  const KeyRing keys;
  const LoadOptions strict{true, &keys};
  PolicyFile file = AgreementFile("test", ClauseText("a"));
  const auto unsigned_policy = CompileAgreements({file}, strict);
  ASSERT_TRUE(unsigned_policy.ok()) << unsigned_policy.status();
  const PolicyRequest request = TrustRequest(**unsigned_policy);
  EXPECT_EQ(Decide(request, Facts(), MidJanuary(), **unsigned_policy).reason,
            Reason::kAgreementUnsigned);

  file = keys.Sign(file, (*unsigned_policy)->FindAgreement(AgreementId("test"))->digest);
  const auto signed_policy = CompileAgreements({file}, strict);
  ASSERT_TRUE(signed_policy.ok()) << signed_policy.status();
  EXPECT_EQ(Decide(request, Facts(), MidJanuary(), **signed_policy).outcome, Outcome::kPermit);

  file.text += "security: 'less'\n";
  const auto edited = CompileAgreements({file}, strict);
  EXPECT_EQ(Decide(request, Facts(), MidJanuary(), **edited).reason, Reason::kAgreementUnsigned);
}

}  // namespace
}  // namespace ehc
