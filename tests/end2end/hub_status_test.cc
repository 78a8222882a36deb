// A school's roll: who sees the status of whom, and that all others are one answer.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/end2end/hub_suite.h"
#include "tests/end2end/hub_wire.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

void Ground(v1::DisclosureContext& context) {
  context.set_purpose("SCHOOL_SUPPORT");
  context.set_lawful_basis("ART6_1_E");
  context.set_agreement("agreements/bromley-schools");
}

v1::GetSupportStatusRequest StatusOf(const std::string& subject) {
  v1::GetSupportStatusRequest request;
  request.set_subject(subject);
  Ground(*request.mutable_context());
  return request;
}

v1::BatchGetSupportStatusesRequest RollOf(const std::vector<std::string>& subjects) {
  v1::BatchGetSupportStatusesRequest request;
  for (const std::string& subject : subjects) request.add_subjects(subject);
  Ground(*request.mutable_context());
  return request;
}

v1::PublishSupportStatusRequest PublicationOf(const std::string& subject) {
  v1::PublishSupportStatusRequest request;
  request.set_unit("send");
  request.set_subject(subject);
  v1::SupportStatus& status = *request.mutable_support_status();
  status.set_sen_provision(v1::SEN_PROVISION_EHC_PLAN);
  status.set_plan_exists(true);
  status.add_need_types(v1::SEN_TYPE_SLCN);
  status.add_need_types(v1::SEN_TYPE_ASD);
  status.set_plan_issue_date("2026-03-02");
  status.set_review_due_date("2027-03-02");
  status.mutable_contact()->set_display_name("A Caseworker");
  status.mutable_contact()->set_telephone("020 7946 0101");
  request.mutable_as_at()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 60);
  return request;
}

class StatusTest : public HubTest {
 protected:
  // Known to Bromley with a status, and on nobody's roll.
  std::string ChildWithStatus() {
    const std::string child = SubjectOf(NewSerial());
    Register(child);
    EXPECT_EQ(ReasonIn(caseworker_.records.PublishSupportStatus(PublicationOf(child))), "OK");
    return child;
  }
  std::string ChildOnRoll() {
    const std::string child = ChildWithStatus();
    EXPECT_EQ(
        ReasonIn(caseworker_.subjects.CreateRelationship(EnrolmentOf(child, "oakfield-school"))),
        "OK");
    return child;
  }
  void Register(const std::string& child) {
    v1::RegisterSubjectRequest request = Registration(0);
    request.mutable_identifiers(0)->set_value(child.substr(4));
    EXPECT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(request)), "OK");
  }
  std::string Nobody() { return SubjectOf(NewSerial()); }

  const Clients senco_ = world().As(kSenco);
};

TEST_F(StatusTest, SchoolSeesTheStatusOfItsRollWithAReceipt) {
  const std::string child = ChildOnRoll();
  auto status = senco_.records.GetSupportStatus(StatusOf(child));
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->support_status().SerializeAsString(),
            PublicationOf(child).support_status().SerializeAsString());
  EXPECT_EQ(status->disclosure().custodian(), "agencies/bromley");
  EXPECT_TRUE(status->disclosure().has_receipt());
  EXPECT_TRUE(status->disclosure().withheld().empty());
  EXPECT_TRUE(senco_.hub.SettleReceipts().ok());
}

TEST_F(StatusTest, AnotherSchoolGetsTheAnswerForNobody) {
  const std::string child = ChildOnRoll();
  const Clients other = world().As(kOtherSenco);
  const auto ask = [&](const std::string& subject) {
    return AskRaw(other, &v1::RecordExchangeService::Stub::GetSupportStatus, StatusOf(subject));
  };
  const WireBytes nobody = ask(Nobody());
  EXPECT_THAT(nobody.details, HasSubstr("NOT_AVAILABLE"));
  EXPECT_EQ(ask(child), nobody);
}

TEST_F(StatusTest, RollAnswersInOrderAndTellsNothingOfTheRest) {
  const std::string first = ChildOnRoll(), off_roll = ChildWithStatus(), unknown = Nobody(),
                    hidden = ChildOnRoll(), last = ChildOnRoll(), bare = SubjectOf(NewSerial());
  Register(bare);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(EnrolmentOf(bare, "oakfield-school"))),
            "OK");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(hidden))), "OK");
  auto roll = senco_.records.BatchGetSupportStatuses(
      RollOf({first, off_roll, unknown, hidden, first, last, bare}));
  ASSERT_TRUE(roll.ok()) << roll.status();
  ASSERT_EQ(roll->items_size(), 7);
  for (int shown : {0, 5}) {
    EXPECT_EQ(roll->items(shown).support_status().need_types_size(), 2) << shown;
    EXPECT_TRUE(roll->items(shown).disclosure().has_receipt()) << shown;
  }
  const std::string generic = WithoutIds(roll->items(2).SerializeAsString());
  EXPECT_EQ(roll->items(2).not_disclosed(), v1::ERROR_REASON_NOT_AVAILABLE);
  for (int hidden_item : {1, 3, 4, 6}) {
    EXPECT_EQ(WithoutIds(roll->items(hidden_item).SerializeAsString()), generic) << hidden_item;
  }
  EXPECT_TRUE(senco_.hub.SettleReceipts().ok());
}

TEST_F(StatusTest, TwoWorldsThatDifferInOneChildAnswerTheSameBytes) {
  const std::string known = ChildWithStatus(), unknown = Nobody(), shown = ChildOnRoll();
  const auto ask = [&](const std::string& subject) {
    return AskRaw(senco_, &v1::RecordExchangeService::Stub::BatchGetSupportStatuses,
                  RollOf({subject, Nobody()}));
  };
  const WireBytes one = ask(known);
  EXPECT_EQ(one.code, 0);
  EXPECT_EQ(ask(unknown), one);
  EXPECT_EQ(ask("subjects/0123456789abcdefghjkmnpqrs"), one);
  EXPECT_FALSE(ask(shown) == one) << "the test can tell a difference";
}

TEST_F(StatusTest, EachChildOfARollHasAnEntryOfItsOwn) {
  const std::string first = ChildOnRoll(), second = ChildOnRoll(), off_roll = ChildWithStatus();
  ASSERT_TRUE(senco_.records.BatchGetSupportStatuses(RollOf({first, second, off_roll})).ok());
  const Clients governance = world().As(kGovernance);
  for (const std::string& child : {first, second, off_roll}) {
    v1::ListAuditEntriesRequest list;
    list.set_audience(v1::AUDIT_AUDIENCE_CUSTODIAN);
    list.set_subject(child);
    auto entries = governance.audit.ListAuditEntries(list);
    ASSERT_TRUE(entries.ok()) << entries.status();
    int readings = 0;
    for (const auto& entry : entries->entries()) {
      readings += absl::StrContains(entry.SerializeAsString(), "BatchGetSupportStatuses") ? 1 : 0;
    }
    EXPECT_EQ(readings, 1);
  }
}

TEST_F(StatusTest, NoThatIsTheSameForEveryChildIsSaidOnce) {
  v1::BatchGetSupportStatusesRequest roll = RollOf({ChildOnRoll(), Nobody()});
  roll.mutable_context()->set_purpose("DIRECT_CARE");
  EXPECT_EQ(ReasonIn(senco_.records.BatchGetSupportStatuses(roll)), "POLICY_DENIED");
}

TEST_F(StatusTest, MalformedRowIsNamedByItsPlaceAndNeverQuoted) {
  auto refused = senco_.records.BatchGetSupportStatuses(RollOf({Nobody(), "nhs:9434765871"}));
  const auto error = ehchub::HubError::FromStatus(refused.status());
  EXPECT_EQ(error.reason_name, "FIELD_INVALID");
  ASSERT_EQ(error.violations.size(), 1u);
  EXPECT_EQ(error.violations[0].field, "subjects[1]");
  EXPECT_THAT(refused.status().ToString(), Not(HasSubstr("9434765871")));
}

TEST_F(StatusTest, StatusThatContradictsItselfIsRefused) {
  const std::string child = SubjectOf(NewSerial());
  Register(child);
  v1::PublishSupportStatusRequest request = PublicationOf(child);
  request.mutable_support_status()->set_sen_provision(v1::SEN_PROVISION_NONE);
  EXPECT_EQ(ReasonIn(caseworker_.records.PublishSupportStatus(request)), "FIELD_INVALID");
  request = PublicationOf(child);
  request.mutable_support_status()->add_need_types(v1::SEN_TYPE_NSA);
  EXPECT_EQ(ReasonIn(caseworker_.records.PublishSupportStatus(request)), "FIELD_INVALID");
  EXPECT_EQ(ReasonIn(senco_.records.PublishSupportStatus(PublicationOf(child))), "FIELD_INVALID")
      << "the SEND unit is not the school's";
}

TEST_F(StatusTest, ChildWhoLeftTheRollIsLikeAnyOther) {
  const std::string child = ChildWithStatus();
  auto enrolled = caseworker_.subjects.CreateRelationship(EnrolmentOf(child, "oakfield-school"));
  ASSERT_TRUE(enrolled.ok());
  EXPECT_EQ(ReasonIn(senco_.records.GetSupportStatus(StatusOf(child))), "OK");
  v1::EndRelationshipRequest end;
  end.set_name(enrolled->relationship().name());
  end.set_etag(enrolled->relationship().etag());
  end.set_valid_to("2026-01-01");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.EndRelationship(end)), "OK");
  EXPECT_EQ(ReasonIn(senco_.records.GetSupportStatus(StatusOf(child))), "NOT_AVAILABLE");
}

TEST_F(StatusTest, RollOfFiveThousandIsAnsweredWhole) {
  std::vector<std::string> roll;
  for (int i = 0; i < 5000; ++i) roll.push_back(i % 100 == 0 ? ChildOnRoll() : Nobody());
  ehchub::Options options = HubWorld::Options();
  options.deadline = absl::Seconds(120);
  const Clients senco = world().As(kSenco, options);
  const absl::Time began = absl::Now();
  auto answer = senco.records.BatchGetSupportStatuses(RollOf(roll));
  RecordProperty("milliseconds", static_cast<int>(absl::ToInt64Milliseconds(absl::Now() - began)));
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->items_size(), 5000);
  int shown = 0;
  for (const auto& item : answer->items()) shown += item.has_support_status() ? 1 : 0;
  EXPECT_EQ(shown, 50);
  roll.push_back(Nobody());
  EXPECT_EQ(ReasonIn(senco.records.BatchGetSupportStatuses(RollOf(roll))), "FIELD_INVALID");
}

}  // namespace
}  // namespace ehc
