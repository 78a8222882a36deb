// Finding a child by name and birth: one child or nobody, and nothing learnt from a near miss.
#include <iterator>

#include "absl/strings/str_format.h"
#include "ehc/hub/v1/subject_service.grpc.pb.h"
#include "tests/end2end/hub_suite.h"
#include "tests/end2end/hub_wire.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Who {
  std::string given = "Elowyn";
  std::string family;
  std::string born = "2015-03-04";
  std::string postcode = "BR1 3UH";
  v1::Sex sex = v1::SEX_FEMALE;
};

v1::MatchSubjectRequest Sought(const Who& who) {
  v1::MatchSubjectRequest request;
  v1::PersonSought& person = *request.mutable_person();
  person.set_given_names(who.given);
  person.set_family_name(who.family);
  person.set_date_of_birth(who.born);
  person.set_postcode(who.postcode);
  person.set_sex(who.sex);
  request.set_custodian("agencies/bromley");
  request.set_record_type("EHC_PLAN");
  return request;
}

// The commissioning body holds the statutory copy: it may know that there is a plan.
v1::MatchSubjectRequest ForCommissioner(const Who& who) {
  v1::MatchSubjectRequest request = Sought(who);
  request.mutable_context()->set_agreement("agreements/bromley-icb-statutory-copy");
  request.mutable_context()->set_purpose("STATUTORY_COPY");
  request.mutable_context()->set_lawful_basis("ART6_1_C");
  return request;
}

// The trust has no such grant.
v1::MatchSubjectRequest ForTrust(const Who& who) {
  v1::MatchSubjectRequest request = Sought(who);
  request.mutable_context()->set_agreement("agreements/bromley-kings-park-direct-care");
  request.mutable_context()->set_purpose("DIRECT_CARE");
  request.mutable_context()->set_lawful_basis("ART6_1_E");
  return request;
}

class MatchTest : public HubTest {
 protected:
  // Every test has families of its own: names far from one another, another home, another birth.
  Who NewFamily() {
    static const char* const names[] = {"Thornvale",  "Quillmere", "Birkenholt", "Dunmarrow",
                                        "Fennick",    "Garthwyn",  "Ivelstone",  "Kelderby",
                                        "Mossendale", "Oakenshaw", "Pennerton",  "Ravelstone",
                                        "Tarnfold",   "Ullenwick", "Wexcombe",   "Zellinger",
                                        "Harrowgill", "Jessopby",  "Lyndmere",   "Vantrossick"};
    constexpr int kNames = std::size(names);
    EXPECT_LE(++families_, kNames) << "one would come twice";
    const int number = families_ % kNames;
    Who who;
    who.family = names[number];
    who.born = absl::StrFormat("2015-03-%02d", number + 10);
    who.postcode = absl::StrFormat("BR1 %d%cH", number % 10, "ABDEFGHJLNPQRSTUWXYZ"[number]);
    return who;
  }

  // Registered by Bromley, with a plan unless told. Returns the NHS number's reference.
  std::string Register(const Who& who, bool with_plan = true) {
    const int serial = NewSerial();
    v1::RegisterSubjectRequest request = Registration(serial, "send", who.born);
    request.mutable_person()->set_given_names(who.given);
    request.mutable_person()->set_family_name(who.family);
    request.mutable_person()->set_postcode(who.postcode);
    request.mutable_person()->set_sex(who.sex);
    EXPECT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(request)), "OK");
    if (with_plan) {
      EXPECT_EQ(ReasonIn(caseworker_.records.PublishPlan(
                    PlanOf(SubjectOf(serial), "v1", absl::StrCat("match-", serial)))),
                "OK");
    }
    return SubjectOf(serial);
  }

  WireBytes Ask(const Clients& clients, const v1::MatchSubjectRequest& request) {
    return AskRawOf<v1::SubjectService>(clients, &v1::SubjectService::Stub::MatchSubject, request);
  }
  WireBytes AskCommissioner(const Who& who) { return Ask(commissioner_, ForCommissioner(who)); }

  static inline int families_ = 0;
};

TEST_F(MatchTest, OneChildIsNamedAsTheCallerNamesIt) {
  const Who who = NewFamily();
  Register(who);
  const auto found = commissioner_.subjects.MatchSubject(ForCommissioner(who));
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(found->subject(), HasSubstr("subjects/"));
  EXPECT_TRUE(found->disclosure().has_receipt());
  EXPECT_THAT(found->SerializeAsString(), Not(HasSubstr(who.family)));
  EXPECT_TRUE(commissioner_.hub.SettleReceipts().ok());
  // The name works where an identifier would.
  v1::FindRecordsRequest find;
  find.set_subject(found->subject());
  *find.mutable_context() = ForCommissioner(who).context();
  find.add_record_types("EHC_PLAN");
  const auto pointers = commissioner_.records.FindRecords(find);
  ASSERT_TRUE(pointers.ok()) << pointers.status();
  EXPECT_EQ(pointers->items_size(), 1);
}

TEST_F(MatchTest, Scenario12TwinsReleaseNothing) {
  Who twin = NewFamily();
  Register(twin);
  twin.given = "Corrin";
  Register(twin);
  const WireBytes nobody = Ask(paediatrician_, ForTrust(NewFamily()));
  for (const char* given : {"", "Baby", "Twin 1"}) {
    Who either = twin;
    either.given = given;
    const WireBytes answer = AskCommissioner(either);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(answer.code, static_cast<int>(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(answer.details, HasSubstr("SUBJECT_MATCH_AMBIGUOUS"));
    for (const std::string& said : {twin.family, std::string("Corrin"), std::string("subjects/")}) {
      EXPECT_THAT(answer.message + answer.details, Not(HasSubstr(said))) << "no candidate data";
    }
    EXPECT_EQ(Ask(paediatrician_, ForTrust(either)), nobody)
        << "without a grant not even that there are two";
  }
  EXPECT_EQ(AskCommissioner(twin).code, 0) << "by its own name";
}

// Ambiguity is told of children whom the caller may know of, each by itself, and of no others.
TEST_F(MatchTest, TwinsOfWhomOneIsHiddenOrHasNoPlanAreNotEvenAmbiguous) {
  const WireBytes nobody = AskCommissioner(NewFamily());
  Who planless = NewFamily();
  Register(planless);
  planless.given = "Corrin";
  Register(planless, /*with_plan=*/false);
  planless.given = "Baby";
  EXPECT_EQ(AskCommissioner(planless), nobody);

  Who hidden = NewFamily();
  Register(hidden);
  hidden.given = "Corrin";
  const std::string child = Register(hidden);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(child))), "OK");
  hidden.given = "Baby";
  EXPECT_EQ(AskCommissioner(hidden), nobody) << "a count of two would tell of the hidden one";
}

TEST_F(MatchTest, NearMissesAreAsNobodyEvenToWhoMayKnow) {
  const Who who = NewFamily();
  Register(who);
  const WireBytes nobody = AskCommissioner(NewFamily());
  EXPECT_THAT(nobody.details, HasSubstr("RESOURCE_NOT_FOUND"));
  Who near = who;
  near.family = "Caldwether";  // all but the family name: a possible match, for a person
  EXPECT_EQ(AskCommissioner(near), nobody);
  near = who;
  near.given = "Baby";
  EXPECT_EQ(AskCommissioner(near), nobody);
  near = who;
  near.born = "2015-08-21";
  EXPECT_EQ(AskCommissioner(near), nobody);
}

TEST_F(MatchTest, ProbingWithoutAnExistenceGrantLearnsNothing) {
  Who who = NewFamily();
  Register(who);
  Who twin = who;
  twin.given = "Corrin";
  Register(twin);
  const WireBytes nobody = Ask(paediatrician_, ForTrust(NewFamily()));
  EXPECT_NE(nobody.code, 0);
  ASSERT_EQ(AskCommissioner(who).code, 0) << "there is somebody to be found";
  EXPECT_EQ(Ask(paediatrician_, ForTrust(who)), nobody) << "a match";
  Who either = who;
  either.given = "Baby";
  EXPECT_EQ(Ask(paediatrician_, ForTrust(either)), nobody) << "twins";
  Who near = who;
  near.family = "Caldwether";
  EXPECT_EQ(Ask(paediatrician_, ForTrust(near)), nobody) << "a near miss";
}

TEST_F(MatchTest, Trap11NoMatchIsNoProofOfAbsenceUnderARestrictedAddress) {
  const Who who = NewFamily();
  const std::string child = Register(who);
  ASSERT_EQ(AskCommissioner(who).code, 0);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(child))), "OK");
  const WireBytes nobody = AskCommissioner(NewFamily());
  EXPECT_EQ(AskCommissioner(who), nobody);
  for (const std::string& postcode : {who.postcode, std::string("LS1 4AP"), std::string()}) {
    Who probe = who;
    probe.postcode = postcode;
    EXPECT_EQ(AskCommissioner(probe), nobody) << postcode;
  }
}

TEST_F(MatchTest, AChildWithoutSuchARecordIsAsNobody) {
  const Who who = NewFamily();
  Register(who, /*with_plan=*/false);
  EXPECT_EQ(AskCommissioner(who), AskCommissioner(NewFamily()));
}

TEST_F(MatchTest, AnotherAgencysRegistrationIsNotAmongTheCustodians) {
  const Who who = NewFamily();
  const Clients trust = world().As(kTrustRecords);
  v1::RegisterSubjectRequest request = Registration(NewSerial(), "community-paediatrics", who.born);
  request.mutable_person()->set_given_names(who.given);
  request.mutable_person()->set_family_name(who.family);
  ASSERT_EQ(ReasonIn(trust.subjects.RegisterSubject(request)), "OK");
  EXPECT_EQ(AskCommissioner(who), AskCommissioner(NewFamily()));
}

TEST_F(MatchTest, NamesThatCannotBeComparedAreRefusedByFieldAndNotByValue) {
  Who who = NewFamily();
  who.given = "???";
  const WireBytes answer = AskCommissioner(who);
  EXPECT_EQ(answer.code, static_cast<int>(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(answer.message, HasSubstr("person.given_names"));
  EXPECT_THAT(answer.message + answer.details, Not(HasSubstr("???")));
  who.given = "Elo\u200bwyn";
  EXPECT_THAT(AskCommissioner(who).details, HasSubstr("FIELD_INVALID"));
  who.given = std::string(10000, 'a');
  EXPECT_THAT(AskCommissioner(who).details, HasSubstr("FIELD_INVALID"));
}

// It followed the commits; a restart builds it anew from what is sealed.
TEST_F(MatchTest, TheIndexIsTheSameAfterARestart) {
  const Who who = NewFamily();
  Register(who);
  const auto before = commissioner_.subjects.MatchSubject(ForCommissioner(who));
  ASSERT_TRUE(before.ok()) << before.status();
  world().Restart();
  const Clients again = world().As(kCommissioner);
  const auto after = again.subjects.MatchSubject(ForCommissioner(who));
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->subject(), before->subject());
}

// The entry of a refusal holds the description, sealed; what the hub logs does not.
TEST_F(MatchTest, TheDescriptionStaysOutOfTheLog) {
  Who who = NewFamily();
  who.family = "Xanderquill";
  ::testing::internal::CaptureStderr();
  (void)Ask(paediatrician_, ForTrust(who));
  (void)AskCommissioner(who);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), Not(HasSubstr("Xanderquill")));
}

}  // namespace
}  // namespace ehc
