// What a hostile agency, a careless one and a tired officer may try with identities.
#include <atomic>
#include <thread>

#include "ehc/hub/v1/subject_service.grpc.pb.h"
#include "tests/end2end/hub_identity_suite.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;

class IdentityAttackTest : public IdentityTest {
 protected:
  static v1::RegisterSubjectRequest WithoutNumber(int serial, const std::string& unit = "send") {
    v1::RegisterSubjectRequest request = Registration(serial, unit);
    request.clear_identifiers();
    return request;
  }

  // Whether a protection that the trust sets on its child by this identifier reaches Bromley's.
  bool TrustIsLinkedTo(const std::string& by, const std::string& bromleys) {
    v1::CreateProtectionRequest protect = RestrictedAddressOf(by);
    protect.set_unit("community-paediatrics");
    EXPECT_EQ(ReasonIn(trust_.subjects.CreateProtection(protect)), "OK");
    auto read =
        commissioner_.records.GetPlan(PlanForCommissioner(bromleys, {v1::PLAN_SECTION_CODE_I}));
    return !read.ok() || read->plan().sections().empty();
  }

  std::string OfSquatter(int serial) {
    v1::RegisterSubjectRequest request =
        Registration(serial, "community-paediatrics", "2011-11-11");
    request.mutable_person()->set_given_names("Nobody");
    return ReasonIn(trust_.subjects.RegisterSubject(request));
  }
};

TEST_F(IdentityAttackTest, NumberOfOneTwinStatedForTheOtherJoinsThemNot) {
  const int serial = NewSerial();
  const std::string child = NewSharedChild(serial);
  v1::RegisterSubjectRequest twin = Registration(serial, "community-paediatrics");
  twin.mutable_person()->set_given_names("Corrin");
  ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(twin)), "OK");
  EXPECT_FALSE(TrustIsLinkedTo(SubjectOf(serial), child))
      << "same birth, same number, another name";
  const auto review = ReviewOf(officer_, serial);
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(review->kind(), v1::MATCH_REVIEW_KIND_IDENTIFIER_CONFLICT);
}

TEST_F(IdentityAttackTest, AnotherSpellingOfTheNameStillJoins) {
  const int serial = NewSerial();
  const std::string child = NewSharedChild(serial);
  v1::RegisterSubjectRequest same = Registration(serial, "community-paediatrics");
  same.mutable_person()->set_given_names("  " + same.person().given_names() + " Rose ");
  same.mutable_person()->set_family_name("Thornvale");
  ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(same)), "OK");
  EXPECT_TRUE(TrustIsLinkedTo(SubjectOf(serial), child));
}

TEST_F(IdentityAttackTest, TemporaryUpnJoinsNoTwoAgencies) {
  const int serial = NewSerial();
  const std::string child = NewSharedChild(serial);
  const v1::Identifier upn = IdentifierOf(
      v1::IDENTIFIER_TYPE_UPN, UpnWith(absl::StrCat("3051234", 10 + serial % 80, "77A")));
  ASSERT_EQ(Link(caseworker_, "send", child, upn), "OK");
  v1::RegisterSubjectRequest request = WithoutNumber(serial, "community-paediatrics");
  *request.add_identifiers() = upn;
  ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(request)), "OK");
  EXPECT_FALSE(TrustIsLinkedTo("upn:" + upn.value(), child));
  const auto review = ReviewOf(officer_, serial);
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(review->kind(), v1::MATCH_REVIEW_KIND_UNVERIFIED_NUMBER);
}

// Cumbria's code, 909, was succeeded on 1 April 2023.
TEST_F(IdentityAttackTest, UpnStaysValidAfterItsAuthorityIsGoneButANewOneJoinsNoTwoAgencies) {
  const std::vector<std::pair<std::string, bool>> years = {
      {"19", true}, {"23", true}, {"24", false}};
  for (const auto& [year, joins] : years) {
    SCOPED_TRACE(year);
    const int serial = NewSerial();
    const std::string child = NewSharedChild(serial);
    const v1::Identifier upn = IdentifierOf(
        v1::IDENTIFIER_TYPE_UPN, UpnWith(absl::StrCat("9094001", year, 100 + serial % 900)));
    ASSERT_EQ(Link(caseworker_, "send", child, upn), "OK") << "valid in any case";
    v1::RegisterSubjectRequest request = WithoutNumber(serial, "community-paediatrics");
    *request.add_identifiers() = upn;
    ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(request)), "OK");
    EXPECT_EQ(TrustIsLinkedTo("upn:" + upn.value(), child), joins);
    EXPECT_EQ(ReviewOf(officer_, serial).has_value(), !joins);
  }
}

TEST_F(IdentityAttackTest, AuthorityThatIsGoneIssuesNoMoreChildIds) {
  const std::string child = NewSharedChild(NewSerial());
  v1::Identifier id = IdentifierOf(v1::IDENTIFIER_TYPE_LA_CHILD_ID, "909/OLD17");
  EXPECT_EQ(Link(caseworker_, "send", child, id), "OK") << "when it was issued is not said";
  id.set_value("909/OLD18");
  id.set_valid_from("2023-03-31");
  EXPECT_EQ(Link(caseworker_, "send", child, id), "OK");
  id.set_value("909/NEW1");
  id.set_valid_from("2023-04-01");
  EXPECT_EQ(Link(caseworker_, "send", child, id), "FIELD_INVALID");
  id.set_value("942/NEW1");
  EXPECT_EQ(Link(caseworker_, "send", child, id), "OK") << "Cumberland does";
}

// A hostile agency was first to register a number that is another child's: two officers give it
// back.
TEST_F(IdentityAttackTest, NumberThatSomebodySquatsOnIsGivenBackByTwoOfficers) {
  const int serial = NewSerial();
  ASSERT_EQ(OfSquatter(serial), "OK");
  const std::string child = NewSharedChild(serial);
  EXPECT_EQ(Reads(child), "NOT_AVAILABLE") << "others find the squatter's child";
  const auto review = ReviewOf(officer_, serial);
  ASSERT_TRUE(review.has_value());
  ASSERT_EQ(review->kind(), v1::MATCH_REVIEW_KIND_IDENTIFIER_CONFLICT);
  const auto kMove = v1::MATCH_DECISION_MOVE_IDENTIFIERS;
  auto half = Decide(officer_, "operations", *review, kMove);
  ASSERT_TRUE(half.ok()) << half.status();
  EXPECT_EQ(half->match_review().state(), v1::MATCH_REVIEW_STATE_AWAITING_SECOND_PERSON);
  EXPECT_EQ(Reads(child), "NOT_AVAILABLE");
  EXPECT_EQ(ReasonIn(Decide(officer_, "operations", half->match_review(), kMove)),
            "STATE_CONFLICT");
  auto done = Decide(other_officer_, "operations", half->match_review(), kMove);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->match_review().state(), v1::MATCH_REVIEW_STATE_KEPT_APART);
  EXPECT_THAT(Reads(child), HasSubstr("text of C"));
  // To the squatter nothing has changed: its number goes on meaning its own child.
  auto mine =
      trust_.subjects.RegisterSubject(Registration(serial, "community-paediatrics", "2011-11-11"));
  ASSERT_TRUE(mine.ok());
  EXPECT_FALSE(TrustIsLinkedTo(SubjectOf(serial), child));
}

TEST_F(IdentityAttackTest, ManyChildrenOfOneMotherOpenFewReviewsEach) {
  const int mother = NewSerial();
  ASSERT_EQ(
      ReasonIn(caseworker_.subjects.RegisterSubject(Registration(mother, "send", "1991-02-03"))),
      "OK");
  const auto before = static_cast<int>(Reviews(officer_).size());
  constexpr int kMany = 12;
  for (int i = 0; i < kMany; ++i) {
    v1::RegisterSubjectRequest child = WithoutNumber(NewSerial(), "community-paediatrics");
    child.mutable_person()->set_mother_subject(SubjectOf(mother));
    ASSERT_EQ(ReasonIn(trust_.subjects.RegisterSubject(child)), "OK");
  }
  EXPECT_LE(static_cast<int>(Reviews(officer_).size()) - before, 5 * kMany);
}

TEST_F(IdentityAttackTest, NothingIsMovedWhereNoIdentifierIsInDoubt) {
  const int first = NewSerial(), second = NewSerial();
  NewSharedChild(first);
  NewSharedChild(second);
  v1::JoinSubjectsRequest join;
  join.set_unit("send");
  join.set_subject(SubjectOf(first));
  join.set_other_subject(SubjectOf(second));
  join.set_reason("entered twice");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.JoinSubjects(join)), "OK");
  const auto review = ReviewOf(officer_, first);
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(ReasonIn(Decide(officer_, "operations", *review, v1::MATCH_DECISION_MOVE_IDENTIFIERS)),
            "STATE_CONFLICT");
}

TEST_F(IdentityAttackTest, NameThatNobodyCanCompareIsRefusedWithItsFieldAndWithoutItsValue) {
  for (const std::string& name :
       {std::string("???"), std::string("Elo\u200bwyn"), std::string("\u202eElowyn"),
        std::string(10000, 'a'), std::string("\u3164")}) {
    v1::RegisterSubjectRequest request = Registration(NewSerial());
    request.mutable_person()->set_given_names(name);
    const absl::Time begun = absl::Now();
    auto refused = caseworker_.subjects.RegisterSubject(request);
    EXPECT_LT(absl::Now() - begun, absl::Seconds(2));
    EXPECT_EQ(ReasonIn(refused), "FIELD_INVALID");
    EXPECT_THAT(refused.status().ToString(), HasSubstr("given_names"));
    EXPECT_THAT(refused.status().ToString(), ::testing::Not(HasSubstr(name)));
  }
}

// Reads go on while two children are joined and split again. Whatever is answered is answered by
// one state or the other: a plan of a child that was not one with the child asked for is never let
// out.
TEST_F(IdentityAttackTest, DisclosureRacingAJoinIsDecidedBeforeItOrAfterIt) {
  const int first = NewSerial(), second = NewSerial();
  const std::string one = NewSharedChild(first), other = NewSharedChild(second);
  auto record = [&](const std::string& child) {
    auto read = paediatrician_.records.GetPlanSummary(SummaryForTrust(child));
    return read.ok() ? read->disclosure().record() : ReasonIn(read);
  };
  const std::string own = record(one), others = record(other);
  std::atomic<bool> stop{false};
  std::atomic<int> apart{0}, joined{0}, neither{0};
  std::thread reader([&] {
    const Clients clients = world().As(kPaediatrician);
    while (!stop) {
      auto read = clients.records.GetPlanSummary(SummaryForTrust(one));
      if (!read.ok()) {
        ++neither;
      } else if (read->disclosure().record() == own) {
        ++apart;
      } else {
        EXPECT_EQ(read->disclosure().record(), others);
        ++joined;
      }
    }
  });
  v1::JoinSubjectsRequest ask;
  ask.set_unit("send");
  ask.set_subject(one);
  ask.set_other_subject(other);
  ask.set_reason("entered twice");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.JoinSubjects(ask)), "OK");
  const auto review = ReviewOf(officer_, first);
  ASSERT_TRUE(review.has_value());
  auto half = Decide(officer_, "operations", *review, v1::MATCH_DECISION_JOIN);
  ASSERT_TRUE(half.ok()) << half.status();
  ASSERT_TRUE(
      Decide(other_officer_, "operations", half->match_review(), v1::MATCH_DECISION_JOIN).ok());
  absl::SleepFor(absl::Milliseconds(200));
  v1::SplitSubjectRequest split;
  split.set_unit("send");
  split.set_subject(other);
  split.set_reason("they are cousins");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.SplitSubject(split)), "OK");
  const auto again = ReviewOf(officer_, first);
  ASSERT_TRUE(again.has_value());
  half = Decide(officer_, "operations", *again, v1::MATCH_DECISION_SPLIT);
  ASSERT_TRUE(half.ok()) << half.status();
  ASSERT_TRUE(
      Decide(other_officer_, "operations", half->match_review(), v1::MATCH_DECISION_SPLIT).ok());
  const int wrong_so_far = joined;
  EXPECT_EQ(record(one), own) << "from the split's answer on";
  absl::SleepFor(absl::Milliseconds(100));
  stop = true;
  reader.join();
  EXPECT_LE(joined - wrong_so_far, 1) << "one answer may have been on its way";
  EXPECT_EQ(neither, 0) << "nobody notices but by the time";
  EXPECT_GT(apart, 0);
  EXPECT_GT(joined, 0);
  // Whoever got the cousin's plan meanwhile is told of every one of those answers.
  v1::ListNoticesRequest notices;
  notices.set_page_size(200);
  auto told = paediatrician_.custody.ListNotices(notices);
  ASSERT_TRUE(told.ok()) << told.status();
  int named = 0;
  for (const v1::RecallNotice& notice : told->notices()) {
    if (notice.record() == others) named += notice.disclosures_size();
  }
  EXPECT_EQ(named, joined.load());
}

}  // namespace
}  // namespace ehc
