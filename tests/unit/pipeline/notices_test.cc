#include "server/pipeline/notices.h"

#include "ehc/store/v1/disclosure_notice.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "tests/unit/pipeline/path_fixture.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class NoticesTest : public PathTest {
 protected:
  NoticesTest() : file_(Paediatrician(), TrustAsks(SubjectId{7}, {"C"})) {
    file_.facts.today = Date(2026, 3, 2);
    file_.named = file_.subject = SubjectId{7};
    file_.decision_id = "d1";
    PolicyRequest& request = file_.ask.request;
    request.custodian_type = "LOCAL_AUTHORITY";
    request.record_type = "EHC_PLAN";
    request.user = "u1";
    request.role = "COMMUNITY_PAEDIATRICIAN";
    release_.custodian = AgencyId("bromley");
    release_.unit = UnitId("send");
    release_.released = {"C"};
  }

  void Owe(const std::string& code) {
    static auto* const infos = new std::vector<std::unique_ptr<ObligationInfo>>;
    infos->push_back(std::make_unique<ObligationInfo>(ObligationInfo{code, ""}));
    file_.decision.obligations.push_back({infos->back().get(), nullptr});
  }

  struct Told {
    std::string agency;
    absl::Time due;
    store::v1::DisclosureNoticeBody body;
  };
  std::vector<Told> Tell() {
    const auto notices = NoticesOf(*store_, calendar_, file_, release_);
    EXPECT_TRUE(notices.ok()) << notices.status();
    std::vector<Told> told;
    for (const PutMatter& put : *notices) {
      EXPECT_EQ(put.matter.kind, kDisclosureNoticeKind);
      EXPECT_EQ(put.matter.opener.value(), "kings-park-nhs-trust");
      EXPECT_EQ(put.matter.subject, subject_);
      EXPECT_TRUE(put.matter.open);
      Told& one = told.emplace_back();
      one.agency = put.matter.addressee.value();
      one.due = put.matter.due_at;
      EXPECT_TRUE(one.body.ParseFromString(put.matter.body));
    }
    return told;
  }

  CaseFile file_;
  Release release_;
  SubjectId subject_{7};  // as which the child is told of
};

TEST_F(NoticesTest, NobodyIsToldWithoutAnObligationToTell) {
  Owe("NO_ONWARD");
  EXPECT_THAT(Tell(), IsEmpty());
}

TEST_F(NoticesTest, CustodianIsToldWhoReadWhichParts) {
  Owe("NOTIFY_CUSTODIAN");
  const auto told = Tell();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].agency, "bromley");
  EXPECT_EQ(told[0].body.user(), "u1");
  EXPECT_EQ(told[0].body.to_unit(), "send");
  EXPECT_THAT(told[0].body.parts(), ElementsAre("C"));
  EXPECT_EQ(told[0].body.obligation(), "NOTIFY_CUSTODIAN");
  EXPECT_EQ(told[0].body.decision_id(), "d1");
}

TEST_F(NoticesTest, NoticeIsDueByTheClockOfThePolicyInForce) {
  Owe("NOTIFY_CUSTODIAN");
  file_.snapshot = policies_.Get()->policy;
  file_.received_at = absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), London());
  const auto told = Tell();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].due, absl::FromCivil(absl::CivilDay(2026, 3, 17), London()))
      << "ten working days";
}

TEST_F(NoticesTest, NoticeIsOpenedWithoutALimitWhereNoneCanBeWorkedOut) {
  Owe("NOTIFY_CUSTODIAN");
  auto told = Tell();
  ASSERT_THAT(told, SizeIs(1)) << "no policy";
  EXPECT_EQ(told[0].due, absl::InfiniteFuture());
  file_.snapshot = policies_.Get()->policy;
  file_.received_at = absl::FromCivil(absl::CivilDay(2190, 1, 1), London());
  told = Tell();
  ASSERT_THAT(told, SizeIs(1)) << "no bank holidays are known of that year";
  EXPECT_EQ(told[0].due, absl::InfiniteFuture());
}

TEST_F(NoticesTest, AuthorityThatIsTheCustodianIsToldOnce) {
  Owe("NOTIFY_LA");
  Owe("NOTIFY_CUSTODIAN");
  Owe("DO_NOT_TELL_FAMILY");
  const auto told = Tell();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].agency, "bromley");
  EXPECT_TRUE(told[0].body.do_not_tell_family());
}

// Any agency may say of a child that it, or a friend, maintains its plan.
TEST_F(NoticesTest, NobodyIsToldOfAnothersRecordOnTheWordOfARelationship) {
  file_.ask.request.custodian_type = "HEALTH_BODY";
  Owe("NOTIFY_LA");
  store::v1::RelationshipItem& item = *file_.dossier.add_relationships();
  item.mutable_origin()->set_agency("northshire");
  item.mutable_value()->set_kind(hub::v1::RELATIONSHIP_KIND_MAINTAINING_AUTHORITY);
  item.mutable_value()->set_agency("agencies/northshire");
  release_.custodian = AgencyId("south-east-london-icb");
  EXPECT_THAT(Tell(), IsEmpty());
}

TEST_F(NoticesTest, EachUnitIsToldOfWhatItKeepsItself) {
  Owe("NOTIFY_CUSTODIAN");
  release_.unit = UnitId();
  release_.released = {"KIND", "CONTACT"};
  release_.by_unit = {{UnitId("send"), {"KIND"}},
                      {UnitId("social-care"), {"CONTACT"}},
                      {UnitId("youth-justice"), {}}};
  const auto told = Tell();
  ASSERT_THAT(told, SizeIs(2)) << "nothing of the third's left";
  EXPECT_EQ(told[0].body.to_unit(), "send");
  EXPECT_THAT(told[0].body.parts(), ElementsAre("KIND"));
  EXPECT_EQ(told[1].body.to_unit(), "social-care");
  EXPECT_THAT(told[1].body.parts(), ElementsAre("CONTACT"));
}

TEST_F(NoticesTest, NobodyIsToldOfNothing) {
  Owe("NOTIFY_CUSTODIAN");
  release_.released.clear();
  EXPECT_THAT(Tell(), IsEmpty());
  file_.ask.request.disclosure = DisclosureKind::kExistence;
  const auto told = Tell();
  ASSERT_THAT(told, SizeIs(1)) << "that there is such a record has no parts";
  EXPECT_TRUE(told[0].body.existence_only());
}

// A child may be several numbers, and the custodian's is not the reader's.
TEST_F(NoticesTest, ChildIsTheOneThatTheCustodianKnows) {
  Owe("NOTIFY_CUSTODIAN");
  store::v1::JoinedSubject& joined = *file_.dossier.add_joined();
  joined.set_subject(9);
  joined.add_registered_by("bromley");
  joined.add_added("bromley");
  subject_ = SubjectId{9};
  EXPECT_THAT(Tell(), SizeIs(1));
}

TEST_F(NoticesTest, UseOfTheEmergencyOverrideTellsTheCustodianItself) {
  file_.decision.break_glass_used = true;
  Owe("NOTIFY_CUSTODIAN");
  EXPECT_THAT(Tell(), IsEmpty());
}

TEST_F(NoticesTest, PushThatOnlySaysThatSomethingChangedTellsNobody) {
  file_.ask.request.disclosure = DisclosureKind::kNotify;
  Owe("NOTIFY_LA");
  EXPECT_THAT(Tell(), IsEmpty());
}

}  // namespace
}  // namespace ehc
