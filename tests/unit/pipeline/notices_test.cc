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
    file_.named = SubjectId{7};
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

  void Maintains(const std::string& agency, const std::string& from, const std::string& to) {
    hub::v1::Relationship& value = *file_.dossier.add_relationships()->mutable_value();
    value.set_kind(hub::v1::RELATIONSHIP_KIND_MAINTAINING_AUTHORITY);
    value.set_agency("agencies/" + agency);
    value.set_valid_from(from);
    value.set_valid_to(to);
  }

  struct Told {
    std::string agency;
    store::v1::DisclosureNoticeBody body;
  };
  std::vector<Told> Tell() {
    const auto notices = NoticesOf(*store_, file_, release_);
    EXPECT_TRUE(notices.ok()) << notices.status();
    std::vector<Told> told;
    for (const PutMatter& put : *notices) {
      EXPECT_EQ(put.matter.kind, kDisclosureNoticeKind);
      EXPECT_EQ(put.matter.opener.value(), "kings-park-nhs-trust");
      EXPECT_EQ(put.matter.subject, SubjectId{7});
      EXPECT_TRUE(put.matter.open);
      Told& one = told.emplace_back();
      one.agency = put.matter.addressee.value();
      EXPECT_TRUE(one.body.ParseFromString(put.matter.body));
    }
    return told;
  }

  CaseFile file_;
  Release release_;
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

TEST_F(NoticesTest, AuthorityThatIsTheCustodianIsToldOnce) {
  Owe("NOTIFY_LA");
  Owe("NOTIFY_CUSTODIAN");
  Owe("DO_NOT_TELL_FAMILY");
  const auto told = Tell();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].agency, "bromley");
  EXPECT_TRUE(told[0].body.do_not_tell_family());
}

TEST_F(NoticesTest, AuthorityOfAnothersRecordLearnsThatItWasReadAndNotWhichParts) {
  file_.ask.request.custodian_type = "HEALTH_BODY";
  Owe("NOTIFY_LA");
  Maintains("northshire", "2020-01-01", "2026-01-31");
  Maintains("bromley", "2026-02-01", "");
  release_.custodian = AgencyId("kings-park-nhs-trust");
  const auto told = Tell();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].agency, "bromley") << "the one whose child it is today";
  EXPECT_EQ(told[0].body.record_type(), "EHC_PLAN");
  EXPECT_EQ(told[0].body.user(), "");
  EXPECT_THAT(told[0].body.parts(), IsEmpty());
  EXPECT_EQ(told[0].body.to_unit(), "");
}

TEST_F(NoticesTest, NobodyIsToldWhereNoAuthorityIsKnown) {
  file_.ask.request.custodian_type = "HEALTH_BODY";
  Owe("NOTIFY_LA");
  Maintains("northshire", "2020-01-01", "2026-01-31");
  EXPECT_THAT(Tell(), IsEmpty());
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
