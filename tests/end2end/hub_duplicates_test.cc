// One child registered twice: what reaches the officers' queue, and what nobody else notices.
#include <filesystem>
#include <fstream>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "ehc/hub/v1/subject_service.grpc.pb.h"
#include "tests/end2end/hub_identity_suite.h"

namespace ehc {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Northshire's, whose children Bromley may ask for.
const Persona kNorthshire{"northshire-council", "ncw-1", "SEND_CASEWORKER", "send"};

class DuplicatesTest : public IdentityTest {
 protected:
  // The same person as `like`, with another number.
  v1::RegisterSubjectRequest Again(const v1::RegisterSubjectRequest& like, int serial,
                                   const std::string& unit = "send") {
    v1::RegisterSubjectRequest request = Registration(serial, unit);
    *request.mutable_person() = like.person();
    return request;
  }

  v1::MatchSubjectRequest AskNorthshire(const v1::PersonDetails& person) {
    v1::MatchSubjectRequest request;
    request.mutable_person()->set_given_names(person.given_names());
    request.mutable_person()->set_family_name(person.family_name());
    request.mutable_person()->set_date_of_birth(person.date_of_birth());
    request.mutable_person()->set_postcode(person.postcode());
    request.set_custodian("agencies/northshire-council");
    request.set_record_type("EHC_PLAN");
    request.mutable_context()->set_agreement("agreements/bromley-northshire-moves");
    request.mutable_context()->set_purpose("PLAN_TRANSFER");
    request.mutable_context()->set_lawful_basis("ART6_1_C");
    return request;
  }

  v1::MatchSubjectRequest AskBromley(const v1::PersonDetails& person) {
    v1::MatchSubjectRequest request = AskNorthshire(person);
    request.set_custodian("agencies/bromley");
    return request;
  }

  const Clients northshire_ = world().As(kNorthshire);
};

TEST_F(DuplicatesTest, SameChildUnderTwoNumbersIsShownToTheOfficersWithScoreBandAndTerms) {
  const int first = NewSerial(), second = NewSerial();
  v1::RegisterSubjectRequest once = Registration(first);
  once.mutable_person()->set_postcode("BR1 3UH");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(once)), "OK");
  ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(Again(once, second, "community-paediatrics"))),
            "OK");
  const auto review = DuplicateOf(officer_, second);
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(review->kind(), v1::MATCH_REVIEW_KIND_POSSIBLE_DUPLICATE);
  EXPECT_EQ(review->band(), v1::MATCH_BAND_MATCH);
  EXPECT_GE(review->score(), 0.95);
  EXPECT_EQ(review->terms_size(), 5);
  ASSERT_EQ(review->sides_size(), 2);
  EXPECT_EQ(review->sides(0).identifiers(0).value(), NhsNumber(second));
  EXPECT_EQ(review->sides(1).identifiers(0).value(), NhsNumber(first));
  EXPECT_FALSE(review->joined()) << "a person decides";
  // And may decide that they are one.
  ASSERT_TRUE(Decide(officer_, "operations", *review, v1::MATCH_DECISION_JOIN).ok());
  EXPECT_EQ(ReviewOf(officer_, second), std::nullopt);
}

TEST_F(DuplicatesTest, NearlyTheSameDescriptionIsShownAndAnotherChildIsNot) {
  const int first = NewSerial(), second = NewSerial(), brother = NewSerial();
  v1::RegisterSubjectRequest once = Registration(first);
  once.mutable_identifiers(0)->clear_verification_status();
  once.mutable_person()->set_postcode("BR1 4LH");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(once)), "OK");
  v1::RegisterSubjectRequest twin = Again(once, brother);
  twin.mutable_person()->set_given_names("Corrin");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(twin)), "OK");
  v1::RegisterSubjectRequest slip = Again(once, second);
  slip.mutable_person()->set_family_name(once.person().family_name() + "e");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(slip)), "OK");
  const auto review = DuplicateOf(officer_, second);
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(review->kind(), v1::MATCH_REVIEW_KIND_POSSIBLE_DUPLICATE);
  EXPECT_EQ(review->sides(1).identifiers(0).value(), NhsNumber(first));
  EXPECT_EQ(ReviewOf(officer_, brother), std::nullopt) << "a twin by its own name is no duplicate";
}

TEST_F(DuplicatesTest, RegisteringIsAnsweredAlikeAndNoAgencyNoticesTheReview) {
  const int first = NewSerial(), second = NewSerial(), other = NewSerial();
  const v1::RegisterSubjectRequest once = Registration(first);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(once)), "OK");
  const auto ask = [&](const v1::RegisterSubjectRequest& request) {
    v1::RegisterSubjectRequest stamped = request;
    stamped.set_request_id(absl::StrFormat("00000000-0000-4000-8000-%012d", NewSerial()));
    WireBytes answer =
        AskRawOf<v1::SubjectService>(trust_, &v1::SubjectService::Stub::RegisterSubject, stamped);
    answer.body = std::string(answer.body.size(), '#');  // a name of its own
    return answer;
  };
  const WireBytes of_duplicate = ask(Again(once, second, "community-paediatrics"));
  EXPECT_EQ(of_duplicate, ask(Registration(other, "community-paediatrics")));
  const auto review = DuplicateOf(officer_, second);
  ASSERT_TRUE(review.has_value());
  for (const Persona& who : {kCaseworker, kGovernance, kTrustGovernance, kTrustRecords}) {
    const Clients clients = world().As(who);
    v1::ListWorkItemsRequest work;
    work.set_page_size(200);
    auto queue = clients.custody.ListWorkItems(work);
    if (queue.ok()) {
      EXPECT_THAT(queue->ShortDebugString(), Not(HasSubstr(review->name())));
    }
    v1::ListAuditEntriesRequest audit;
    audit.set_audience(v1::AUDIT_AUDIENCE_CUSTODIAN);
    audit.set_page_size(200);
    auto entries = clients.audit.ListAuditEntries(audit);
    if (entries.ok()) {
      EXPECT_THAT(entries->ShortDebugString(), Not(HasSubstr("find_alike")));
    }
  }
}

TEST_F(DuplicatesTest, SeveredAndProtectedIdentitiesAreNeverShown) {
  const int severed = NewSerial(), adopted = NewSerial(), again = NewSerial(), anew = NewSerial();
  const v1::RegisterSubjectRequest one = Registration(severed), other = Registration(adopted);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(one)), "OK");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(other)), "OK");
  Sever(SubjectOf(severed));
  v1::CreateProtectionRequest protect = RestrictedAddressOf(SubjectOf(adopted));
  protect.mutable_protection()->set_label(v1::PROTECTION_LABEL_ADOPTED);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(protect)), "OK");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(Again(one, again))), "OK");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(Again(other, anew))), "OK");
  WaitForTheMatcher();
  EXPECT_EQ(ReviewOf(officer_, again), std::nullopt);
  EXPECT_EQ(ReviewOf(officer_, anew), std::nullopt);
}

TEST_F(DuplicatesTest, ReviewOfAChildThatIsSeveredSinceDisappears) {
  const int first = NewSerial(), second = NewSerial();
  const v1::RegisterSubjectRequest once = Registration(first);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(once)), "OK");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(Again(once, second))), "OK");
  const auto review = DuplicateOf(officer_, second);
  ASSERT_TRUE(review.has_value());
  Sever(SubjectOf(first));
  EXPECT_EQ(ReviewOf(officer_, second), std::nullopt);
  v1::GetMatchReviewRequest get;
  get.set_name(review->name());
  EXPECT_EQ(ReasonIn(officer_.subjects.GetMatchReview(get)), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(Decide(officer_, "operations", *review, v1::MATCH_DECISION_JOIN)),
            "RESOURCE_NOT_FOUND");
}

TEST_F(DuplicatesTest, WhoWasKeptApartIsNotAskedAboutAgainAfterARestart) {
  const int first = NewSerial(), second = NewSerial(), third = NewSerial();
  const v1::RegisterSubjectRequest once = Registration(first);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(once)), "OK");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(Again(once, second))), "OK");
  const auto review = DuplicateOf(officer_, second);
  ASSERT_TRUE(review.has_value());
  ASSERT_TRUE(Decide(officer_, "operations", *review, v1::MATCH_DECISION_KEEP_APART).ok());
  world().Restart();  // the index and the matcher begin anew
  const Clients officer = world().As(kIdentityOfficer), caseworker = world().As(kCaseworker);
  ASSERT_EQ(ReasonIn(caseworker.subjects.RegisterSubject(Again(once, third))), "OK");
  const auto next = DuplicateOf(officer, third);
  ASSERT_TRUE(next.has_value());
  for (const v1::MatchReview& open : Reviews(officer)) {
    const bool has_first = open.ShortDebugString().find(NhsNumber(first)) != std::string::npos;
    const bool has_second = open.ShortDebugString().find(NhsNumber(second)) != std::string::npos;
    EXPECT_FALSE(has_first && has_second) << "it was decided";
  }
}

// What a crash lost: nobody had looked at them, and the next process does.
TEST_F(DuplicatesTest, WhomAnEarlierProcessDidNotComeToIsFoundAtTheNextStart) {
  namespace fs = std::filesystem;
  const std::string blind = world().folder() + "/blind-policies";
  fs::copy(HubWorld::policy_folder(), blind, fs::copy_options::recursive);
  const std::string rules = blind + "/matching/rules.textproto";
  std::string text;
  {
    std::ifstream in(rules);
    for (std::string line; std::getline(in, line);) {
      if (line.find("duplicates {") == std::string::npos) text += line + "\n";
    }
  }
  std::ofstream(rules) << text;
  world().Stop();
  world().Serve(SystemClock(), [&](HouseOptions& options) { options.policy_folder = blind; });
  const int first = NewSerial(), second = NewSerial();
  const v1::RegisterSubjectRequest once = Registration(first);
  {
    const Clients caseworker = world().As(kCaseworker), officer = world().As(kIdentityOfficer);
    ASSERT_EQ(ReasonIn(caseworker.subjects.RegisterSubject(once)), "OK");
    ASSERT_EQ(ReasonIn(caseworker.subjects.RegisterSubject(Again(once, second))), "OK");
    absl::SleepFor(absl::Milliseconds(300));
    EXPECT_EQ(ReviewOf(officer, second), std::nullopt) << "nobody looks";
  }
  world().Restart();
  EXPECT_TRUE(DuplicateOf(world().As(kIdentityOfficer), second).has_value());
}

class LookTest : public DuplicatesTest {
 protected:
  void SetUp() override {
    world().Stop();
    world().Serve(SystemClock(),
                  [](HouseOptions& options) { options.near_match_interval = absl::Seconds(3); });
  }
  void TearDown() override { world().Restart(); }

  static int64_t LogSize() {
    auto heads = world().As(kOperator).audit.GetCheckpoint({});
    EXPECT_TRUE(heads.ok()) << heads.status();
    return heads.ok() ? static_cast<int64_t>(heads->checkpoint().tree_size()) : 0;
  }

  // By how much the log grows at each of the next times that it does.
  static std::vector<int64_t> StepsOfTheLog(size_t steps) {
    std::vector<int64_t> grown;
    int64_t size = LogSize();
    for (const absl::Time end = absl::Now() + absl::Seconds(60);
         grown.size() < steps && absl::Now() < end;) {
      absl::SleepFor(absl::Milliseconds(50));
      const int64_t now = LogSize();
      if (now != size) grown.push_back(now - size);
      size = now;
    }
    return grown;
  }
};

// Whoever registers an invented child and counts the log's entries learns of nobody.
TEST_F(LookTest, EachIsOneEntryWhetherItFindsManyOrNobody) {
  const Clients caseworker = world().As(kCaseworker), officer = world().As(kIdentityOfficer);
  std::vector<int> found;
  for (int i = 0; i < 3; ++i) {
    const v1::RegisterSubjectRequest once = Registration(NewSerial());
    found.push_back(NewSerial());
    ASSERT_EQ(ReasonIn(caseworker.subjects.RegisterSubject(once)), "OK");
    ASSERT_EQ(ReasonIn(caseworker.subjects.RegisterSubject(Again(once, found.back()))), "OK");
  }
  absl::SleepFor(absl::Milliseconds(200));  // until the head shows all of them
  EXPECT_THAT(StepsOfTheLog(3), ElementsAre(1, 1, 1)) << "three pairs in one of them";
  std::vector<std::string> opened;
  for (const int serial : found) {
    const auto review = ReviewOf(officer, serial);
    ASSERT_TRUE(review.has_value());
    opened.push_back(review->created_at().ShortDebugString());
  }
  EXPECT_THAT(opened, Each(Eq(opened[0])));
}

// A hostile agency registers one child many times over: the queue grows by few, not by pairs.
TEST_F(DuplicatesTest, CrowdOfOneNameDoesNotBuryTheQueue) {
  const auto before = static_cast<int>(Reviews(officer_).size());
  const v1::RegisterSubjectRequest once = Registration(NewSerial());
  constexpr int kMany = 40;
  int last = 0;
  for (int i = 0; i < kMany; ++i) {
    last = NewSerial();
    ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(Again(once, last, "community-paediatrics"))),
              "OK");
  }
  ASSERT_TRUE(DuplicateOf(officer_, last).has_value());
  const auto opened = static_cast<int>(Reviews(officer_).size()) - before;
  EXPECT_LE(opened, 5 * 10 + kMany) << "at most five of each until it is a crowd, then one";
}

// Each agency finds the child as it registered it itself; whose children are asked about decides.
TEST_F(DuplicatesTest, ChildOfTwoAgenciesIsFoundUnderEachOnesOwnDescription) {
  const int serial = NewSerial();
  v1::RegisterSubjectRequest bromleys = Registration(serial);
  bromleys.mutable_person()->set_family_name("Quillmere");
  bromleys.mutable_person()->set_given_names("Elowyn");
  bromleys.mutable_person()->set_postcode("BR1 5AA");
  bromleys.mutable_person()->set_date_of_birth("2014-07-09");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(bromleys)), "OK");
  // Northshire knows her by her mother's married name, at another address.
  v1::RegisterSubjectRequest norths = bromleys;
  norths.mutable_person()->set_family_name("Thornvale");
  norths.mutable_person()->set_postcode("LS1 4AP");
  ASSERT_EQ(ReasonIn(northshire_.subjects.RegisterSubject(norths)), "OK");
  ASSERT_EQ(ReasonIn(caseworker_.records.PublishPlan(
                PlanOf(SubjectOf(serial), "b", absl::StrCat("plan-", serial)))),
            "OK");
  ASSERT_EQ(ReasonIn(northshire_.records.PublishPlan(
                PlanOf(SubjectOf(serial), "n", absl::StrCat("north-", serial)))),
            "OK");
  const auto in_north = caseworker_.subjects.MatchSubject(AskNorthshire(norths.person()));
  ASSERT_TRUE(in_north.ok()) << in_north.status();
  const auto in_bromley = northshire_.subjects.MatchSubject(AskBromley(bromleys.person()));
  ASSERT_TRUE(in_bromley.ok()) << in_bromley.status();
  // By the other's description nobody is found: it would tell that somebody else wrote it down.
  v1::PersonDetails nobody = norths.person();
  nobody.set_family_name("Zellinger");
  nobody.set_given_names("Wilmot");
  const auto ask = [&](const Clients& clients, const v1::MatchSubjectRequest& request) {
    return AskRawOf<v1::SubjectService>(clients, &v1::SubjectService::Stub::MatchSubject, request);
  };
  EXPECT_EQ(ask(northshire_, AskBromley(norths.person())), ask(northshire_, AskBromley(nobody)));
  EXPECT_EQ(ask(caseworker_, AskNorthshire(bromleys.person())),
            ask(caseworker_, AskNorthshire(nobody)));
  // It is one child all the same, and after a restart as before it.
  world().Restart();
  const Clients caseworker = world().As(kCaseworker);
  const auto after = caseworker.subjects.MatchSubject(AskNorthshire(norths.person()));
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->subject(), in_north->subject());
}

TEST_F(DuplicatesTest, LaterRegistrationOfTheSameAgencyReplacesItsDescription) {
  const int serial = NewSerial();
  v1::RegisterSubjectRequest first = Registration(serial);
  first.mutable_person()->set_date_of_birth("2013-07-09");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(first)), "OK");
  ASSERT_EQ(ReasonIn(caseworker_.records.PublishPlan(
                PlanOf(SubjectOf(serial), "b", absl::StrCat("plan-", serial)))),
            "OK");
  v1::RegisterSubjectRequest married = first;
  married.clear_request_id();
  married.mutable_person()->set_family_name("Ravelstone");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(married)), "OK");
  EXPECT_EQ(ReasonIn(northshire_.subjects.MatchSubject(AskBromley(married.person()))), "OK");
  EXPECT_EQ(ReasonIn(northshire_.subjects.MatchSubject(AskBromley(first.person()))),
            "RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace ehc
