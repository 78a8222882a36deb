// Who acts for whom: a provider for an authority, by what both have said, and for no longer.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/end2end/hub_suite.h"
#include "tests/end2end/hub_wire.h"

namespace ehc {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const Persona kProviderGovernance{"bridge-care", "ig-1", "INFORMATION_GOVERNANCE_OFFICER", "care"};
const Persona kTrustWorker{"kings-park-nhs-trust", "kw-9", "CARE_KEY_WORKER",
                           "community-paediatrics"};

// What bromley's social workers may read in a child protection enquiry by bromley-units.
v1::GetPlanRequest Enquiry(const std::string& subject, const std::string& on_behalf_of = "") {
  v1::GetPlanRequest request = PlanForCommissioner(subject, {v1::PLAN_SECTION_CODE_D});
  v1::DisclosureContext& context = *request.mutable_context();
  context.set_purpose("SAFEGUARDING_S47");
  context.set_special_category_basis("SCH1_PARA18");
  context.set_gateway("R17_INTERESTS");
  context.set_agreement("agreements/bromley-units");
  context.set_case_reference("S47-1");
  context.set_on_behalf_of(on_behalf_of);
  request.set_custodian("agencies/bromley");
  return request;
}

v1::GetPlanRequest ForBromley(const std::string& subject) {
  return Enquiry(subject, "agencies/bromley");
}

v1::GrantDelegationRequest Grant(absl::Time until = absl::Now() + absl::Hours(24)) {
  v1::GrantDelegationRequest request;
  v1::Delegation& delegation = *request.mutable_delegation();
  delegation.set_to("agencies/bridge-care");
  delegation.set_unit("social-care");
  delegation.set_acts_as_role("SOCIAL_WORKER");
  delegation.set_role("CARE_KEY_WORKER");
  delegation.add_purposes("SAFEGUARDING_S47");
  delegation.add_record_types("EHC_PLAN");
  delegation.mutable_valid_until()->set_seconds(absl::ToUnixSeconds(until));
  delegation.set_reason("contract 12");
  return request;
}

template <typename Request>
Request Of(const v1::Delegation& delegation) {
  Request request;
  request.set_name(delegation.name());
  return request;
}

class DelegationTest : public HubTest {
 protected:
  ~DelegationTest() override {  // none is left to the next test
    v1::ListDelegationsRequest list;
    list.set_only_open(true);
    const auto open = authority_.admin.ListDelegations(list);
    for (const auto& one : open->delegations()) {
      (void)authority_.admin.EndDelegation(Of<v1::EndDelegationRequest>(one));
    }
  }

  v1::Delegation Offer(const v1::GrantDelegationRequest& request = Grant()) {
    const auto granted = authority_.admin.GrantDelegation(request);
    EXPECT_TRUE(granted.ok()) << granted.status();
    return granted.ok() ? granted->delegation() : v1::Delegation();
  }
  v1::Delegation Agree(const v1::GrantDelegationRequest& request = Grant()) {
    const auto accepted =
        provider_.admin.AcceptDelegation(Of<v1::AcceptDelegationRequest>(Offer(request)));
    EXPECT_TRUE(accepted.ok()) << accepted.status();
    return accepted.ok() ? accepted->delegation() : v1::Delegation();
  }
  std::string Read(const std::string& child) const {
    return ReasonIn(key_worker_.records.GetPlan(ForBromley(child)));
  }

  const Clients authority_ = world().As(kGovernance);
  const Clients provider_ = world().As(kProviderGovernance);
  const Clients key_worker_ = world().As(kKeyWorker);
  const Clients social_worker_ = world().As(kSocialWorker);
};

TEST_F(DelegationTest, NobodyActsForAnybodyUntilBothHaveSaidSo) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(social_worker_.records.GetPlan(Enquiry(child))), "OK");
  EXPECT_EQ(Read(child), "DELEGATION_REQUIRED");
  EXPECT_EQ(ReasonIn(key_worker_.records.GetPlan(Enquiry(child))), "POLICY_DENIED")
      << "in its own name";
  const v1::Delegation offered = Offer();
  EXPECT_EQ(offered.state(), v1::DELEGATION_STATE_OFFERED);
  EXPECT_EQ(Read(child), "DELEGATION_REQUIRED") << "offered is not accepted";
  EXPECT_EQ(ReasonIn(authority_.admin.AcceptDelegation(Of<v1::AcceptDelegationRequest>(offered))),
            "POLICY_DENIED")
      << "not by whoever granted it";
  const auto accepted = provider_.admin.AcceptDelegation(Of<v1::AcceptDelegationRequest>(offered));
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->delegation().state(), v1::DELEGATION_STATE_IN_FORCE);
  EXPECT_EQ(accepted->delegation().accepted_by(), "ig-1");
  const auto read = key_worker_.records.GetPlan(ForBromley(child));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(read->plan().ShortDebugString(), HasSubstr("text of D v1"));
  EXPECT_EQ(ReasonIn(provider_.admin.AcceptDelegation(Of<v1::AcceptDelegationRequest>(offered))),
            "STATE_CONFLICT");
}

TEST_F(DelegationTest, WhoLacksOneLearnsNothingOfAnyChild) {
  const std::string child = NewChild(), nobody = SubjectOf(NewSerial());
  const auto known =
      AskRaw(key_worker_, &v1::RecordExchangeService::Stub::GetPlan, ForBromley(child));
  const auto unknown =
      AskRaw(key_worker_, &v1::RecordExchangeService::Stub::GetPlan, ForBromley(nobody));
  EXPECT_EQ(known, unknown);
  Agree();
  // What the authority's own worker learns of nobody, whoever acts for it learns.
  const auto theirs =
      AskRaw(social_worker_, &v1::RecordExchangeService::Stub::GetPlan, Enquiry(nobody));
  const auto ours =
      AskRaw(key_worker_, &v1::RecordExchangeService::Stub::GetPlan, ForBromley(nobody));
  EXPECT_EQ(theirs, ours);
}

TEST_F(DelegationTest, ItCoversWhatItNamesAndNothingElse) {
  const std::string child = NewChild();
  Agree();
  ASSERT_EQ(Read(child), "OK");
  v1::GetPlanRequest other = ForBromley(child);
  other.mutable_context()->set_purpose("CHILD_IN_NEED");
  EXPECT_EQ(ReasonIn(key_worker_.records.GetPlan(other)), "DELEGATION_REQUIRED");
  other = Enquiry(child, "agencies/northshire-council");
  EXPECT_EQ(ReasonIn(key_worker_.records.GetPlan(other)), "DELEGATION_REQUIRED");
  v1::GetSupportStatusRequest status;
  status.set_subject(child);
  status.set_custodian("agencies/bromley");
  *status.mutable_context() = ForBromley(child).context();
  EXPECT_EQ(ReasonIn(key_worker_.records.GetSupportStatus(status)), "DELEGATION_REQUIRED");
  Persona another_role = kKeyWorker;
  another_role.role = "RECORDS_OFFICER";
  EXPECT_EQ(ReasonIn(world().As(another_role).records.GetPlan(ForBromley(child))),
            "DELEGATION_REQUIRED");
  EXPECT_EQ(ReasonIn(world().As(kTrustWorker).records.GetPlan(ForBromley(child))),
            "DELEGATION_REQUIRED")
      << "another agency's people";
}

TEST_F(DelegationTest, ItGivesNoMoreThanTheAuthorityHas) {
  const std::string child = NewChild();
  v1::GrantDelegationRequest grant = Grant();
  grant.mutable_delegation()->set_acts_as_role("RECORDS_OFFICER");
  Agree(grant);
  EXPECT_EQ(Read(child), ReasonIn(world()
                                      .As({"bromley", "rec-7", "RECORDS_OFFICER", "social-care"})
                                      .records.GetPlan(Enquiry(child))));
  EXPECT_NE(Read(child), "OK");
}

TEST_F(DelegationTest, EitherEndsItAtOnceAlsoForReadsUnderWay) {
  const std::string child = NewChild();
  for (const Clients* ending : {&authority_, &provider_}) {
    const v1::Delegation delegation = Agree();
    std::atomic<bool> stop = false, acknowledged = false;
    std::atomic<int> before = 0, after = 0;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
      readers.emplace_back([&] {
        const Clients mine = world().As(kKeyWorker);
        while (!stop) {
          const bool late = acknowledged;
          if (!mine.records.GetPlan(ForBromley(child)).ok()) continue;
          ++(late ? after : before);
        }
      });
    }
    while (before < 5) absl::SleepFor(absl::Milliseconds(5));
    const auto ended = ending->admin.EndDelegation(Of<v1::EndDelegationRequest>(delegation));
    acknowledged = true;
    absl::SleepFor(absl::Milliseconds(200));
    stop = true;
    for (std::thread& reader : readers) reader.join();
    ASSERT_TRUE(ended.ok()) << ended.status();
    EXPECT_EQ(ended->delegation().state(), v1::DELEGATION_STATE_ENDED);
    EXPECT_EQ(after, 0);
    EXPECT_EQ(ReasonIn(ending->admin.EndDelegation(Of<v1::EndDelegationRequest>(delegation))),
              "STATE_CONFLICT");
    EXPECT_EQ(
        ReasonIn(provider_.admin.AcceptDelegation(Of<v1::AcceptDelegationRequest>(delegation))),
        "STATE_CONFLICT")
        << "what ended is not taken up again";
  }
}

TEST_F(DelegationTest, BothSeeItAndNobodyElse) {
  const v1::Delegation delegation = Agree();
  v1::ListDelegationsRequest list;
  list.set_only_open(true);
  const auto granted = authority_.admin.ListDelegations(list);
  ASSERT_TRUE(granted.ok()) << granted.status();
  ASSERT_THAT(granted->delegations(), SizeIs(1));
  EXPECT_EQ(granted->delegations(0).name(), delegation.name());
  list.set_received(true);
  const auto received = provider_.admin.ListDelegations(list);
  ASSERT_TRUE(received.ok()) << received.status();
  ASSERT_THAT(received->delegations(), SizeIs(1));
  EXPECT_EQ(received->delegations(0).from(), "agencies/bromley");
  EXPECT_EQ(received->delegations(0).to(), "agencies/bridge-care");
  EXPECT_EQ(received->delegations(0).granted_by(), "ig-1");
  const Clients stranger =
      world().As({"northshire-council", "ig-1", "INFORMATION_GOVERNANCE_OFFICER", "social-care"});
  EXPECT_THAT(stranger.admin.ListDelegations(list)->delegations(), IsEmpty());
  EXPECT_EQ(ReasonIn(stranger.admin.EndDelegation(Of<v1::EndDelegationRequest>(delegation))),
            "RESOURCE_NOT_FOUND");
}

TEST_F(DelegationTest, EntrySaysInWhoseNameToSearcherAndCustodian) {
  const std::string child = NewChild();
  const v1::Delegation delegation = Agree();
  v1::GetPlanRequest request = ForBromley(child);
  ASSERT_EQ(ReasonIn(key_worker_.records.GetPlan(request)), "OK");
  request.mutable_context()->set_on_behalf_of("agencies/northshire-council");
  ASSERT_EQ(ReasonIn(key_worker_.records.GetPlan(request)), "DELEGATION_REQUIRED");
  for (const auto& [clients, audience] :
       {std::make_pair(&provider_, v1::AUDIT_AUDIENCE_SEARCHER),
        std::make_pair(&authority_, v1::AUDIT_AUDIENCE_CUSTODIAN)}) {
    v1::ListAuditEntriesRequest list;
    list.set_audience(audience);
    list.set_page_size(200);
    std::vector<std::string> by;
    do {
      const auto page = clients->audit.ListAuditEntries(list);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const v1::AuditEntry& entry : page->entries()) {
        for (const v1::AuditField& field : entry.fields()) {
          if (field.name() == "approved_by") by.push_back(field.value());
        }
      }
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    EXPECT_THAT(by, Contains(HasSubstr(absl::StrCat("on-behalf-of/bromley ", delegation.name()))));
    EXPECT_THAT(by, Contains(std::string("on-behalf-of/northshire-council")))
        << "what was claimed, where nothing let it";
  }
}

TEST_F(DelegationTest, ProtectionHoldsAgainstWhoeverIsNotClearedHimself) {
  const std::string child = NewChild();
  Agree();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(
                RestrictedAddressOf(child, {"agencies/bromley"}))),
            "OK");
  const auto theirs = social_worker_.records.GetPlan(Enquiry(child));
  ASSERT_TRUE(theirs.ok()) << theirs.status();
  EXPECT_THAT(theirs->plan().ShortDebugString(), HasSubstr("text of D"));
  const auto ours = key_worker_.records.GetPlan(ForBromley(child));
  EXPECT_THAT(ours.ok() ? ours->plan().ShortDebugString() : "", Not(HasSubstr("text of D")))
      << "the authority is cleared, its provider is not";
}

TEST_F(DelegationTest, OnlyWhereOneChildIsAskedAboutAndNeverInAnEmergency) {
  const std::string child = NewChild();
  Agree();
  v1::BatchGetSupportStatusesRequest roll;
  roll.add_subjects(child);
  roll.set_custodian("agencies/bromley");
  *roll.mutable_context() = ForBromley(child).context();
  EXPECT_EQ(ReasonIn(key_worker_.records.BatchGetSupportStatuses(roll)), "FIELD_INVALID");
  v1::GetPlanRequest emergency = ForBromley(child);
  emergency.mutable_context()->mutable_break_glass()->set_reason(
      "a synthetic emergency that could not wait");
  EXPECT_EQ(ReasonIn(key_worker_.records.GetPlan(emergency)), "FIELD_INVALID");
}

TEST_F(DelegationTest, GrantIsCheckedFieldByField) {
  const auto refused = [&](void (*spoil)(v1::Delegation&)) {
    v1::GrantDelegationRequest request = Grant();
    spoil(*request.mutable_delegation());
    const auto granted = authority_.admin.GrantDelegation(request);
    EXPECT_EQ(ReasonIn(granted), "FIELD_INVALID");
    return std::string(granted.status().message());
  };
  EXPECT_THAT(refused([](auto& d) { d.set_to("agencies/nowhere"); }), HasSubstr("delegation.to"));
  EXPECT_THAT(refused([](auto& d) { d.set_to("agencies/bromley"); }), HasSubstr("delegation.to"));
  EXPECT_THAT(refused([](auto& d) { d.set_unit("care"); }), HasSubstr("delegation.unit"));
  EXPECT_THAT(refused([](auto& d) { d.set_role("NO_SUCH"); }), HasSubstr("delegation.role"));
  EXPECT_THAT(refused([](auto& d) { d.set_acts_as_role("NO_SUCH"); }), HasSubstr("acts_as_role"));
  EXPECT_THAT(refused([](auto& d) { d.add_purposes("NO_SUCH"); }), HasSubstr("purposes[1]"));
  EXPECT_THAT(refused([](auto& d) { d.add_record_types("NO_SUCH"); }),
              HasSubstr("record_types[1]"));
  EXPECT_THAT(refused([](auto& d) { d.mutable_valid_until()->set_seconds(1000000000); }),
              HasSubstr("is past"));
  EXPECT_THAT(refused([](auto& d) { d.mutable_valid_until()->set_seconds(4000000000); }),
              HasSubstr("later than"));
  // Nobody but the two offices decides.
  EXPECT_EQ(ReasonIn(social_worker_.admin.GrantDelegation(Grant())), "POLICY_DENIED");
  EXPECT_EQ(ReasonIn(world().As(kTrustGovernance).admin.GrantDelegation(Grant())), "POLICY_DENIED")
      << "a trust is no authority";
  EXPECT_EQ(ReasonIn(key_worker_.admin.AcceptDelegation(Of<v1::AcceptDelegationRequest>(Offer()))),
            "POLICY_DENIED");
}

TEST_F(DelegationTest, GrantIsRepeatableAndChangesUnderAnEtag) {
  v1::GrantDelegationRequest request = Grant();
  request.set_request_id("00000000-0000-4000-8000-00000000de1e");
  const v1::Delegation first = Offer(request);
  EXPECT_EQ(Offer(request).name(), first.name());
  v1::AcceptDelegationRequest stale = Of<v1::AcceptDelegationRequest>(first);
  stale.set_etag("r7");
  EXPECT_EQ(ReasonIn(provider_.admin.AcceptDelegation(stale)), "ETAG_MISMATCH");
  stale.set_etag(first.etag());
  EXPECT_EQ(ReasonIn(provider_.admin.AcceptDelegation(stale)), "OK");
}

// With hubs of their own.
class DelegationLifeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
  }

  static void Agree(HubWorld& world, absl::Time until) {
    const auto granted = world.As(kGovernance).admin.GrantDelegation(Grant(until));
    ASSERT_TRUE(granted.ok()) << granted.status();
    ASSERT_EQ(ReasonIn(world.As(kProviderGovernance)
                           .admin.AcceptDelegation(
                               Of<v1::AcceptDelegationRequest>(granted->delegation()))),
              "OK");
  }
};

TEST_F(DelegationLifeTest, ItEndsByItselfAtItsVeryEnd) {
  ManualClock clock(absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())));
  HubWorld world(&clock);
  world.Serve(clock, [](HouseOptions& options) {
    options.max_policy_staleness = absl::InfiniteDuration();  // the clock leaps
  });
  world.EnrolAgencies();
  const std::string child = MakeChild(world.As(kCaseworker), 1);
  const absl::Time until = clock.Now() + absl::Hours(24);
  Agree(world, until);
  const auto read = [&] {
    return ReasonIn(world.As(kKeyWorker).records.GetPlan(ForBromley(child)));
  };
  clock.Set(until - absl::Seconds(1));
  EXPECT_EQ(read(), "OK");
  clock.Set(until);
  EXPECT_EQ(read(), "DELEGATION_REQUIRED");
  v1::ListDelegationsRequest list;
  const auto seen = world.As(kGovernance).admin.ListDelegations(list);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->delegations(0).state(), v1::DELEGATION_STATE_EXPIRED);
  list.set_only_open(true);
  EXPECT_THAT(world.As(kGovernance).admin.ListDelegations(list)->delegations(), IsEmpty());
}

// A policy in which somebody else's clause forbids social care providers section D.
TEST_F(DelegationLifeTest, WhatIsForbiddenToTheProviderStaysForbidden) {
  HubWorld world;
  const std::string folder = world.folder() + "/policies";
  std::filesystem::copy(HubWorld::policy_folder(), folder,
                        std::filesystem::copy_options::recursive);
  std::ofstream(folder + "/agreements/bromley-units.textproto", std::ios::app)
      << "clause { id: \"no-providers\" title: \"No provider reads section D.\" "
         "effect: EFFECT_FORBID recipient { agency_type: \"SOCIAL_CARE_PROVIDER\" unit: [\"ANY\"] "
         "} "
         "role: [\"ANY\"] supplier { agency: \"bromley\" unit: [\"send\"] } "
         "record_type: [\"EHC_PLAN\"] part: [\"D\"] disclosure: [DISCLOSURE_CONTENT] "
         "purpose: [\"ANY\"] lawful_basis: [\"ANY\"] }\n";
  world.Serve(SystemClock(), [&](HouseOptions& options) { options.policy_folder = folder; });
  world.EnrolAgencies();
  const std::string child = MakeChild(world.As(kCaseworker), 1);
  Agree(world, absl::Now() + absl::Hours(24));
  const auto theirs = world.As(kSocialWorker).records.GetPlan(Enquiry(child));
  ASSERT_TRUE(theirs.ok()) << theirs.status();
  EXPECT_THAT(theirs->plan().ShortDebugString(), HasSubstr("text of D"));
  const auto ours = world.As(kKeyWorker).records.GetPlan(ForBromley(child));
  EXPECT_THAT(ours.ok() ? ours->plan().ShortDebugString() : "", Not(HasSubstr("text of D")));
}

TEST_F(DelegationLifeTest, NothingIsReadInTheNameOfASuspendedAuthority) {
  HubWorld world;
  world.Serve();
  world.EnrolAgencies();
  const std::string child = MakeChild(world.As(kCaseworker), 1);
  Agree(world, absl::Now() + absl::Hours(24));
  const Clients key_worker = world.As(kKeyWorker);
  ASSERT_EQ(ReasonIn(key_worker.records.GetPlan(ForBromley(child))), "OK");
  v1::SuspendAgencyRequest suspend;
  suspend.set_name("agencies/bromley");
  suspend.set_reason("as the test says");
  const auto proposed = world.As(kOperator).admin.SuspendAgency(suspend);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  v1::ApproveProposalRequest approve;
  approve.set_name(proposed->proposal().name());
  approve.set_digest(proposed->proposal().digest());
  ASSERT_EQ(ReasonIn(world.As(kOtherOperator).admin.ApproveProposal(approve)), "OK");
  EXPECT_EQ(ReasonIn(key_worker.records.GetPlan(ForBromley(child))), "DELEGATION_REQUIRED");
}

}  // namespace
}  // namespace ehc
