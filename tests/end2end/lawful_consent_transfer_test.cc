// Scenario 13: a plan moves from one authority to another (SEND Regs 2014 reg 15).
#include "tests/end2end/lawful_consent_world.h"

namespace ehc {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const Persona kOldCaseworker{"cumberland", "cw-1", "SEND_CASEWORKER", "send"};
const Persona kNewCaseworker{"westmorland-and-furness", "cw-2", "SEND_CASEWORKER", "send"};

class LawfulTransfer : public LawfulConsentTest {
 protected:
  static void SetUpTestSuite() {
    LawfulConsentTest::SetUpTestSuite();
    clock().Set(InLondon(2026, 9, 14));
    const Clients admin = world().As(kOperator);
    v1::Agency old_authority =
        AgencyOf("Cumberland Council", v1::AGENCY_TYPE_LOCAL_AUTHORITY, {{"send", "SEND"}});
    old_authority.mutable_identifiers()->set_la_code("942");
    world().Enrol(admin, "cumberland", old_authority);
    v1::Agency new_authority = AgencyOf("Westmorland and Furness Council",
                                        v1::AGENCY_TYPE_LOCAL_AUTHORITY, {{"send", "SEND"}});
    new_authority.mutable_identifiers()->set_la_code("943");
    world().Enrol(admin, "westmorland-and-furness", new_authority);
  }

  const Clients old_ = world().As(kOldCaseworker);
  const Clients new_ = world().As(kNewCaseworker);

  std::string NewChild() {
    const int serial = NewSerial();
    subject_ = SubjectOf(serial);
    EXPECT_EQ(ReasonIn(old_.subjects.RegisterSubject(Registration(serial))), "OK");
    EXPECT_EQ(ReasonIn(old_.records.PublishPlan(PlanNow(subject_, "old"))), "OK");
    registration_ = Registration(serial);
    return subject_;
  }
  v1::TransferPlanRequest Moving(const std::string& subject) const {
    v1::TransferPlanRequest request;
    request.set_unit("send");
    request.set_subject(subject);
    v1::PlanTransfer& transfer = *request.mutable_plan_transfer();
    transfer.set_to("agencies/westmorland-and-furness");
    transfer.set_child_reference(subject);
    transfer.set_moved_on("2026-09-10");
    transfer.set_became_aware_on("2026-09-14");
    return request;
  }
  std::string NewAuthorityReads(const std::string& subject) {
    v1::GetPlanRequest request;
    request.set_subject(subject);
    request.add_sections(v1::PLAN_SECTION_CODE_F);
    v1::DisclosureContext& context = *request.mutable_context();
    context.set_purpose("PLAN_TRANSFER");
    context.set_lawful_basis("ART6_1_C");
    context.set_special_category_basis("SCH1_PARA6");
    context.set_gateway("R15_TRANSFER");
    context.set_agreement("agreements/cumberland-westmorland-moves");
    request.set_custodian("agencies/cumberland");
    return Reads(new_, request);
  }

  std::string subject_;
  v1::RegisterSubjectRequest registration_;
};

TEST_F(LawfulTransfer, Scenario13RightsOfBothSwitchAtTheInstant) {
  clock().Set(InLondon(2026, 9, 14));
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(new_.subjects.RegisterSubject(registration_)), "OK");
  const absl::Time instant = InLondon(2026, 9, 21, 9);
  auto request = Moving(child);
  *request.mutable_plan_transfer()->mutable_transfers_at() = AtTime(instant);
  const auto transfer = old_.custody.TransferPlan(request);
  ASSERT_TRUE(transfer.ok()) << transfer.status();
  EXPECT_EQ(transfer->plan_transfer().state(), v1::PLAN_TRANSFER_STATE_PENDING);
  EXPECT_EQ(transfer->plan_transfer().transfer_due_on(), "2026-10-05") << "fifteen working days";
  EXPECT_FALSE(transfer->plan_transfer().late());

  clock().Set(instant - absl::Seconds(1));
  EXPECT_EQ(NewAuthorityReads(child), "NOT_AVAILABLE") << "not yet theirs to read";
  EXPECT_EQ(ReasonIn(old_.records.PublishPlan(PlanNow(child, "older"))), "OK");
  auto own = PlanNow(child, "new");
  EXPECT_EQ(ReasonIn(new_.records.PublishPlan(own)), "STATE_CONFLICT");
  ASSERT_THAT(WorkOf(old_, v1::WORK_KIND_PLAN_TRANSFER_PENDING), SizeIs(1));
  EXPECT_THAT(WorkOf(new_, v1::WORK_KIND_PLAN_TRANSFER_TO_ANSWER), IsEmpty());

  clock().Set(instant);
  EXPECT_EQ(NewAuthorityReads(child), "F");
  EXPECT_EQ(ReasonIn(old_.records.PublishPlan(PlanNow(child, "too late"))), "STATE_CONFLICT")
      << "a retention copy";
  v1::IssuePlanRequest issue;
  issue.set_unit("send");
  issue.set_subject(child);
  EXPECT_EQ(ReasonIn(old_.custody.IssuePlan(issue)), "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(new_.records.PublishPlan(own)), "OK");
  EXPECT_EQ(ReasonIn(old_.custody.TransferPlan(request)), "STATE_CONFLICT");
}

TEST_F(LawfulTransfer, Scenario13NobodyElseReadsTheRetentionCopy) {
  clock().Set(InLondon(2026, 9, 14));
  const std::string child = ChildBorn("2016-05-04");  // bromley's, and the trust has consent
  MustSay(Saying(child, Parent("mother"), {"C"}));
  ASSERT_EQ(TrustReads(child), "C");
  auto request = Moving(child);
  ASSERT_EQ(ReasonIn(caseworker_.custody.TransferPlan(request)), "OK");
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE");
  EXPECT_EQ(Audited(child, "GetPlan", "reason"), "PLAN_TRANSFERRED");
  EXPECT_EQ(OfficerReads(child), "RESOURCE_NOT_FOUND") << "as if there were none";
  EXPECT_EQ(Reads(paediatrician_, ChildProtection(child, {v1::PLAN_SECTION_CODE_C})),
            "NOT_AVAILABLE")
      << "who maintains the plan now is asked";
}

TEST_F(LawfulTransfer, Scenario13NewAuthorityWritesWithinSixWeeks) {
  clock().Set(InLondon(2026, 9, 14));
  const std::string child = NewChild();
  auto made = old_.custody.TransferPlan(Moving(child));
  ASSERT_TRUE(made.ok()) << made.status();
  const std::string name = made->plan_transfer().name();
  EXPECT_EQ(made->plan_transfer().due_at().seconds(),
            absl::ToUnixSeconds(InLondon(2026, 10, 27, 0)));
  EXPECT_THAT(WorkOf(old_, v1::WORK_KIND_PLAN_TRANSFER_AWAITED), testing::Not(IsEmpty()));
  v1::ListPlanTransfersRequest list;
  list.set_only_open(true);
  const auto received = new_.custody.ListPlanTransfers(list);
  ASSERT_TRUE(received.ok()) << received.status();
  EXPECT_EQ(received->plan_transfers(received->plan_transfers_size() - 1).child_reference(), child);
  v1::AcknowledgePlanTransferRequest wrote;
  wrote.set_unit("send");
  wrote.set_name(name);
  wrote.set_wrote_on("2026-09-15");
  EXPECT_EQ(ReasonIn(new_.custody.AcknowledgePlanTransfer(wrote)), "FIELD_INVALID") << "tomorrow";
  wrote.set_wrote_on("2026-09-14");
  EXPECT_EQ(ReasonIn(old_.custody.AcknowledgePlanTransfer(wrote)), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(new_.custody.AcknowledgePlanTransfer(wrote)), "OK");
  for (const v1::WorkItem& item : WorkOf(new_, v1::WORK_KIND_PLAN_TRANSFER_TO_ANSWER)) {
    EXPECT_NE(item.name(), name);
  }
}

TEST_F(LawfulTransfer, TransferTakenBackBeforeItsInstantChangesNothing) {
  clock().Set(InLondon(2026, 9, 14));
  const std::string child = NewChild();
  auto request = Moving(child);
  *request.mutable_plan_transfer()->mutable_transfers_at() = AtTime(InLondon(2026, 9, 21));
  const auto made = old_.custody.TransferPlan(request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(ReasonIn(old_.custody.TransferPlan(Moving(child))), "STATE_CONFLICT");
  v1::CancelPlanTransferRequest cancel;
  cancel.set_unit("send");
  cancel.set_name(made->plan_transfer().name());
  cancel.set_reason("The family stays after all.");
  EXPECT_EQ(ReasonIn(new_.custody.CancelPlanTransfer(cancel)), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(old_.custody.CancelPlanTransfer(cancel)), "OK");
  clock().Set(InLondon(2026, 9, 22));
  EXPECT_EQ(ReasonIn(old_.records.PublishPlan(PlanNow(child, "still ours"))), "OK");
  EXPECT_EQ(ReasonIn(old_.custody.CancelPlanTransfer(cancel)), "STATE_CONFLICT");
}

TEST_F(LawfulTransfer, TransferNamesAnAuthorityThatIsOneAndAPlanThatThereIs) {
  clock().Set(InLondon(2026, 9, 14));
  const std::string child = NewChild();
  auto request = Moving(child);
  request.mutable_plan_transfer()->set_to("agencies/kings-park-nhs-trust");
  EXPECT_EQ(ReasonIn(old_.custody.TransferPlan(request)), "FIELD_INVALID");
  request.mutable_plan_transfer()->set_to("agencies/cumberland");
  EXPECT_EQ(ReasonIn(old_.custody.TransferPlan(request)), "FIELD_INVALID");
  request = Moving(child);
  request.mutable_plan_transfer()->set_became_aware_on("2026-09-15");
  EXPECT_EQ(ReasonIn(old_.custody.TransferPlan(request)), "FIELD_INVALID");
  request = Moving(UnknownChild());
  EXPECT_EQ(ReasonIn(old_.custody.TransferPlan(request)), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(new_.custody.TransferPlan(Moving(child))), "RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace ehc
