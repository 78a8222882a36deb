// Breaking the glass: one child, one person, one answer; told and counted in the same commit;
// reviewed, or not done again.
#include <atomic>
#include <thread>

#include "tests/end2end/hub_wire.h"
#include "tests/end2end/lawful_world.h"

namespace ehc {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using Service = v1::RecordExchangeService::Stub;

constexpr char kWhy[] = "unconscious child, history of seizures";

v1::GetPlanSummaryRequest Emergency(const std::string& subject) {
  v1::GetPlanSummaryRequest request = SummaryForTrust(subject);
  request.mutable_context()->mutable_break_glass()->set_reason(kWhy);
  request.mutable_context()->set_case_reference("ED-17");
  return request;
}

v1::AgencyCheckRequest FlagInEmergency(const std::string& subject) {
  v1::AgencyCheckRequest request;
  request.set_subject(subject);
  v1::RecordScope& scope = *request.add_wanted();
  scope.set_record_type("FLAG");
  scope.set_custodian_unit("social-care");
  for (const char* part : {"KIND", "CONTACT"}) scope.add_parts(part);
  *request.mutable_context() = Emergency(subject).context();
  request.mutable_context()->set_gateway("CONFIDENCE_LAW");
  return request;
}

class LawfulBreakGlassTest : public DatedHubTest {
 protected:
  // A clinician with nothing behind them.
  static Persona NewClinician() {
    return Another(kEmergencyClinician, absl::StrCat("ed-", NewSerial()));
  }
  static std::string Break(const Persona& who, const std::string& child) {
    return ReasonIn(As(who).records.GetPlanSummary(Emergency(child)));
  }

  static std::vector<v1::BreakGlassUse> UsesBy(const Persona& who, const Clients& reader,
                                               bool opened) {
    v1::ListBreakGlassUsesRequest list;
    list.set_opened(opened);
    list.set_page_size(200);
    auto page = reader.custody.ListBreakGlassUses(list);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<v1::BreakGlassUse> uses;
    for (const v1::BreakGlassUse& use : page->break_glass_uses()) {
      if (use.user() == who.user) uses.push_back(use);
    }
    return uses;
  }
  static v1::BreakGlassUse OnlyUseBy(const Persona& who) {
    const auto uses = UsesBy(who, As(kCaseworker), false);
    EXPECT_EQ(uses.size(), 1u);
    return uses.empty() ? v1::BreakGlassUse() : uses.front();
  }

  static std::string Review(const Persona& reviewer, const std::string& name,
                            v1::BreakGlassVerdict verdict, const std::string& note = "seen") {
    v1::ReviewBreakGlassUseRequest request;
    request.set_unit(reviewer.unit);
    request.set_name(name);
    request.set_verdict(verdict);
    request.set_review_note(note);
    return ReasonIn(As(reviewer).custody.ReviewBreakGlassUse(request));
  }
  static std::string Resolve(const Persona& who, const std::string& name) {
    v1::ResolveBreakGlassUseRequest request;
    request.set_unit(who.unit);
    request.set_name(name);
    request.set_resolution("spoken to, and retrained");
    return ReasonIn(As(who).custody.ResolveBreakGlassUse(request));
  }

  static v1::BreakGlassUse UseOf(const std::string& name) {
    v1::GetBreakGlassUseRequest get;
    get.set_name(name);
    auto got = As(kCaseworker).custody.GetBreakGlassUse(get);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? got->break_glass_use() : v1::BreakGlassUse();
  }

  static std::vector<std::string> Work(const Persona& who, v1::WorkKind kind) {
    v1::ListWorkItemsRequest list;
    list.set_kind(kind);
    list.set_page_size(200);
    auto page = As(who).custody.ListWorkItems(list);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    for (const v1::WorkItem& item : page->work_items()) names.push_back(item.name());
    return names;
  }
};

TEST_F(LawfulBreakGlassTest, EmergencyIsDisclosedAndTheCustodianToldInTheSameCommit) {
  const Persona clinician = NewClinician();
  const std::string child = NewChild();
  const Clients clients = As(clinician);
  EXPECT_EQ(ReasonIn(clients.records.GetPlanSummary(SummaryForTrust(child))), "POLICY_DENIED")
      << "without the glass: not this role";
  auto read = clients.records.GetPlanSummary(Emergency(child));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(read->plan_summary().health_needs().text(), HasSubstr("text of C"));
  EXPECT_FALSE(read->plan_summary().has_outcomes()) << "E is no part of the emergency clause";
  const int64_t now = absl::ToUnixSeconds(clock().Now());
  EXPECT_EQ(read->disclosure().break_glass_until().seconds(), now + 3600);
  EXPECT_THAT(read->disclosure().SerializeAsString(), HasSubstr("REVIEW_NEXT_WORKING_DAY"));
  EXPECT_TRUE(clients.hub.SettleReceipts().ok());

  const v1::BreakGlassUse use = OnlyUseBy(clinician);
  EXPECT_EQ(use.from(), "agencies/kings-park-nhs-trust");
  EXPECT_EQ(use.role(), "EMERGENCY_CLINICIAN");
  EXPECT_EQ(use.reason(), kWhy);
  EXPECT_EQ(use.case_reference(), "") << "the trust's own";
  EXPECT_EQ(use.clause(), "plan-emergency");
  EXPECT_THAT(use.parts(), UnorderedElementsAre("B_HEADLINE", "C", "G"));
  EXPECT_EQ(use.decision_id(), read->disclosure().decision_id());
  EXPECT_EQ(use.state(), v1::BREAK_GLASS_STATE_AWAITING_REVIEW);
  const Date due = LondonDate(absl::FromUnixSeconds(use.due_at().seconds()));
  EXPECT_GT(due, LondonDate(clock().Now()));
  EXPECT_LT(absl::GetWeekday(due), absl::Weekday::saturday);
  EXPECT_THAT(Work(kCaseworker, v1::WORK_KIND_BREAK_GLASS_TO_REVIEW), Contains(use.name()));
  EXPECT_THAT(Work(kSocialWorker, v1::WORK_KIND_BREAK_GLASS_TO_REVIEW), Not(Contains(use.name())))
      << "another unit's";

  v1::ListAuditEntriesRequest entries;
  entries.set_audience(v1::AUDIT_AUDIENCE_CUSTODIAN);
  entries.set_subject(child);
  auto audit = As(kGovernance).audit.ListAuditEntries(entries);
  ASSERT_TRUE(audit.ok()) << audit.status();
  EXPECT_THAT(audit->ShortDebugString(), HasSubstr("\"break_glass\" value: \"USED\""));
  EXPECT_THAT(audit->ShortDebugString(), HasSubstr(kWhy));
}

TEST_F(LawfulBreakGlassTest, WhoeverMayReadAnywayUsesNothingUp) {
  const std::string child = NewChild();
  ASSERT_EQ(
      ReasonIn(As(kCaseworker).consents.RecordConsent(ConsentOf(child, "mother", {"C", "G"}))),
      "OK");
  v1::GetPlanSummaryRequest request = Emergency(child);
  const Persona who = Another(kPaediatrician, absl::StrCat("paed-", NewSerial()));
  auto read = As(who).records.GetPlanSummary(request);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->disclosure().has_break_glass_until()) << "for the headline alone";
  ASSERT_EQ(ReasonIn(As(kCaseworker)
                         .consents.RecordConsent(
                             ConsentOf(child, "mother", {"B_HEADLINE", "E", "C", "G"}))),
            "OK");
  read = As(who).records.GetPlanSummary(request);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FALSE(read->disclosure().has_break_glass_until());
  EXPECT_THAT(read->disclosure().SerializeAsString(), Not(HasSubstr("REVIEW_NEXT_WORKING_DAY")));
  EXPECT_EQ(UsesBy(who, As(kCaseworker), false).size(), 1u);
}

TEST_F(LawfulBreakGlassTest, NeedsAFreshSecondFactorOverThisVeryRequest) {
  const std::string child = NewChild();
  const Persona clinician = NewClinician();
  ehchub::Profile weak = world().ProfileOf(clinician);
  weak.acting_person->strong_authentication = false;
  ehchub::Options options = HubWorld::Options();
  options.now = [] { return clock().Now(); };
  const Clients unproven(*ehchub::Hub::Open(weak, options));
  EXPECT_EQ(ReasonIn(unproven.records.GetPlanSummary(Emergency(child))), "POLICY_DENIED");

  const Clients clients = As(clinician);
  v1::GetPlanSummaryRequest claimed = Emergency(child);
  claimed.mutable_context()->mutable_break_glass()->set_second_factor_claim("made-up-claim-0001");
  EXPECT_EQ(AskRaw(clients, &Service::GetPlanSummary, claimed).code, 7)
      << "an ordinary assertion approves nothing";

  auto stub = v1::RecordExchangeService::NewStub(clients.hub.wire()->channel());
  const auto send = [&](const v1::GetPlanSummaryRequest& request,
                        const ehchub::internal::Approval& approval) {
    return clients.hub.wire()->RunApproved(approval, [&](grpc::ClientContext& context) {
      v1::GetPlanSummaryResponse response;
      return stub->GetPlanSummary(&context, request, &response);
    });
  };
  const std::string bytes = claimed.SerializeAsString();
  EXPECT_FALSE(send(claimed, {"another-claim-0002", bytes}).ok()) << "approved under another name";
  v1::GetPlanSummaryRequest other = claimed;
  other.set_subject(NewChild());
  EXPECT_FALSE(send(other, {"made-up-claim-0001", bytes}).ok()) << "approved for another child";
  EXPECT_TRUE(send(claimed, {"made-up-claim-0001", bytes}).ok());
  EXPECT_FALSE(send(claimed, {"made-up-claim-0001", bytes}).ok()) << "good once";
}

TEST_F(LawfulBreakGlassTest, ApprovalSpentBeforeARestartStaysSpent) {
  const std::string child = NewChild();
  const Persona clinician = NewClinician();
  v1::GetPlanSummaryRequest request = Emergency(child);
  request.mutable_context()->mutable_break_glass()->set_second_factor_claim("claim-of-the-restart");
  const auto send = [&] {
    const Clients clients = As(clinician);
    auto stub = v1::RecordExchangeService::NewStub(clients.hub.wire()->channel());
    return clients.hub.wire()->RunApproved(
        {"claim-of-the-restart", request.SerializeAsString()}, [&](grpc::ClientContext& context) {
          v1::GetPlanSummaryResponse response;
          return stub->GetPlanSummary(&context, request, &response);
        });
  };
  EXPECT_TRUE(send().ok());
  ServeAgain();
  const absl::Status again = send();
  EXPECT_EQ(ehchub::HubError::FromStatus(again).reason_name, "POLICY_DENIED");
  EXPECT_EQ(ehchub::HubError::FromStatus(again).explanation, "BREAK_GLASS_REFUSED");
}

TEST_F(LawfulBreakGlassTest, CapHoldsForThePersonAndTheDayWhosesoeverTheChild) {
  const Persona clinician = NewClinician();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Break(clinician, NewChild()), "OK") << i;
  const std::string child = NewChild();
  const auto refused = As(clinician).records.GetPlanSummary(Emergency(child));
  EXPECT_EQ(ReasonIn(refused), "POLICY_DENIED");
  EXPECT_EQ(ehchub::HubError::FromStatus(refused.status()).explanation, "BREAK_GLASS_REFUSED");
  EXPECT_EQ(Break(NewClinician(), child), "OK") << "another person";
  ServeAgain();
  EXPECT_EQ(Break(clinician, child), "POLICY_DENIED") << "counted on the disk";
}

TEST_F(LawfulBreakGlassTest, TwoCannotBothHaveTheLastUse) {
  const Persona clinician = NewClinician();
  std::vector<std::string> children;
  for (int i = 0; i < 8; ++i) children.push_back(NewChild());
  const Clients clients = As(clinician);
  std::atomic<int> disclosed{0};
  std::vector<std::thread> racing;
  for (const std::string& child : children) {
    racing.emplace_back([&, child] {
      if (clients.records.GetPlanSummary(Emergency(child)).ok()) ++disclosed;
    });
  }
  for (std::thread& one : racing) one.join();
  EXPECT_EQ(disclosed, 3);
  EXPECT_EQ(UsesBy(clinician, As(kCaseworker), false).size(), 3u) << "each of them is told";
}

TEST_F(LawfulBreakGlassTest, AttemptsCountAlikeForChildrenWhomNobodyKnows) {
  const auto four = [](const std::function<std::string()>& child) {
    const Clients clients = As(NewClinician());
    std::vector<WireBytes> answers;
    for (int i = 0; i < 4; ++i) {
      v1::GetPlanSummaryRequest request = Emergency(child());
      request.mutable_context()->mutable_break_glass()->set_second_factor_claim(
          absl::StrCat("claim-", NewSerial(), "-", i));
      auto stub = v1::RecordExchangeService::NewStub(clients.hub.wire()->channel());
      WireBytes& answer = answers.emplace_back();
      (void)clients.hub.wire()->RunApproved(
          {request.context().break_glass().second_factor_claim(), request.SerializeAsString()},
          [&](grpc::ClientContext& context) {
            v1::GetPlanSummaryResponse response;
            const grpc::Status status = stub->GetPlanSummary(&context, request, &response);
            answer.code = status.error_code();
            answer.message = status.error_message();
            answer.details = WithoutIds(status.error_details());
            answer.body = WithoutIds(response.SerializeAsString());
            return status;
          });
    }
    return answers;
  };
  // Known to the authority, but without a plan; under police intelligence; and severed.
  const auto without_plan = [] {
    const int serial = NewSerial();
    EXPECT_EQ(ReasonIn(As(kCaseworker).subjects.RegisterSubject(Registration(serial))), "OK");
    return SubjectOf(serial);
  };
  const auto hidden = [] {
    const std::string child = NewChild();
    EXPECT_EQ(Protect(child, v1::PROTECTION_LABEL_POLICE_INTEL), "OK");
    return child;
  };
  const auto severed = [] {
    const std::string child = NewChild();
    EXPECT_EQ(Protect(child, v1::PROTECTION_LABEL_IDENTITY_SEVERED), "OK");
    return child;
  };
  const std::vector<WireBytes> unknown = four(UnknownChild);
  EXPECT_EQ(unknown[2].code, 7);
  EXPECT_THAT(unknown[2].details, HasSubstr("NOT_AVAILABLE"));
  EXPECT_THAT(unknown[3].details, HasSubstr("BREAK_GLASS_REFUSED")) << "nobody tries without end";
  EXPECT_EQ(four(without_plan), unknown);
  EXPECT_EQ(four(hidden), unknown);
  EXPECT_EQ(four(severed), unknown) << "a severed identity stays unknown";
}

TEST_F(LawfulBreakGlassTest, UnreviewedPastItsTimeKeepsThePersonFromAnotherUntilReviewed) {
  const Persona clinician = NewClinician();
  ASSERT_EQ(Break(clinician, NewChild()), "OK");
  const v1::BreakGlassUse use = OnlyUseBy(clinician);
  const absl::Time before = clock().Now();
  clock().Set(absl::FromUnixSeconds(use.due_at().seconds()) - absl::Seconds(1));
  EXPECT_EQ(Break(clinician, NewChild()), "OK") << "the day has changed, the review is not late";
  clock().Set(absl::FromUnixSeconds(use.due_at().seconds()));
  EXPECT_EQ(Break(clinician, NewChild()), "POLICY_DENIED");
  EXPECT_EQ(Break(NewClinician(), NewChild()), "OK") << "nobody else is kept from it";
  EXPECT_TRUE(UseOf(use.name()).overdue());
  EXPECT_EQ(Review(kCaseworker, use.name(), v1::BREAK_GLASS_VERDICT_JUSTIFIED), "OK");
  EXPECT_EQ(Break(clinician, NewChild()), "OK");
  EXPECT_EQ(Review(kCaseworker, use.name(), v1::BREAK_GLASS_VERDICT_JUSTIFIED), "STATE_CONFLICT");
  clock().Set(before);
}

TEST_F(LawfulBreakGlassTest, UseThatWasNotJustifiedIsAnsweredForBeforeTheNext) {
  const Persona clinician = NewClinician();
  ASSERT_EQ(Break(clinician, NewChild()), "OK");
  const std::string name = OnlyUseBy(clinician).name();
  EXPECT_EQ(Resolve(kTrustGovernance, name), "STATE_CONFLICT") << "nobody has found anything";
  EXPECT_EQ(Review(kCaseworker, name, v1::BREAK_GLASS_VERDICT_NOT_JUSTIFIED, ""), "FIELD_INVALID");
  EXPECT_EQ(Review(kSocialWorker, name, v1::BREAK_GLASS_VERDICT_JUSTIFIED), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Review(kTrustGovernance, name, v1::BREAK_GLASS_VERDICT_JUSTIFIED), "RESOURCE_NOT_FOUND")
      << "the custodian's to judge";
  EXPECT_EQ(Review(kCaseworker, name, v1::BREAK_GLASS_VERDICT_NOT_JUSTIFIED, "a neighbour's child"),
            "OK");
  EXPECT_EQ(Break(clinician, NewChild()), "POLICY_DENIED");
  EXPECT_THAT(Work(kTrustGovernance, v1::WORK_KIND_BREAK_GLASS_TO_RESOLVE), Contains(name));
  const auto seen = UsesBy(clinician, As(kTrustGovernance), true);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].review_note(), "a neighbour's child");
  EXPECT_EQ(seen[0].case_reference(), "ED-17");
  EXPECT_EQ(Resolve(clinician, name), "POLICY_DENIED");
  EXPECT_EQ(Resolve(Another(kTrustGovernance, clinician.user), name), "STATE_CONFLICT")
      << "not by the same person in another role";
  EXPECT_EQ(Resolve(kTrustGovernance, name), "OK");
  EXPECT_EQ(Break(clinician, NewChild()), "OK");
  EXPECT_EQ(UseOf(name).resolution(), "spoken to, and retrained");
  EXPECT_EQ(UseOf(name).state(), v1::BREAK_GLASS_STATE_CLOSED);
}

TEST_F(LawfulBreakGlassTest, OnlyTheTwoPartiesUnitsFindAUse) {
  const Persona clinician = NewClinician();
  ASSERT_EQ(Break(clinician, NewChild()), "OK");
  v1::GetBreakGlassUseRequest get;
  get.set_name(OnlyUseBy(clinician).name());
  EXPECT_EQ(ReasonIn(As(kCaseworker).custody.GetBreakGlassUse(get)), "OK");
  EXPECT_EQ(ReasonIn(As(clinician).custody.GetBreakGlassUse(get)), "OK");
  EXPECT_EQ(ReasonIn(As(kSocialWorker).custody.GetBreakGlassUse(get)), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(As(kCommissioner).custody.GetBreakGlassUse(get)), "RESOURCE_NOT_FOUND");
}

TEST_F(LawfulBreakGlassTest, NeverManyNorAStreamNorASubscription) {
  const Clients clients = As(NewClinician());
  const std::string child = NewChild();
  const v1::DisclosureContext context = Emergency(child).context();
  v1::BatchGetSupportStatusesRequest roll;
  roll.add_subjects(child);
  *roll.mutable_context() = context;
  EXPECT_EQ(ReasonIn(clients.records.BatchGetSupportStatuses(roll)), "FIELD_INVALID");
  v1::FindRecordsRequest find;
  find.set_subject(child);
  find.add_record_types("EHC_PLAN");
  *find.mutable_context() = context;
  EXPECT_EQ(ReasonIn(clients.records.FindRecords(find)), "FIELD_INVALID");
  v1::AgencyCheckRequest check = FlagInEmergency(child);
  *check.add_wanted() = check.wanted(0);
  EXPECT_EQ(ReasonIn(clients.records.AgencyCheck(check)), "FIELD_INVALID");
  v1::StreamPlanSectionsRequest stream;
  stream.set_subject(child);
  *stream.mutable_context() = context;
  stream.mutable_context()->mutable_break_glass()->set_second_factor_claim("claim-of-a-stream");
  EXPECT_EQ(ReasonIn(clients.records.StreamPlanSections(stream)->Next()), "FIELD_INVALID");
}

TEST_F(LawfulBreakGlassTest, NeverOverridesAnAbsoluteForbid) {
  const auto flag = [](v1::ProtectionLabel label) {
    const std::string child = NewChild();
    EXPECT_EQ(PublishFlag(child, "flag"), "OK");
    EXPECT_EQ(Protect(child, label), "OK");
    const auto seen = As(NewClinician()).records.AgencyCheck(FlagInEmergency(child));
    return !seen.ok() ? ReasonIn(seen) : seen->items_size() == 1 ? "DISCLOSED" : "NOTHING";
  };
  EXPECT_EQ(flag(v1::PROTECTION_LABEL_HOMELESSNESS), "DISCLOSED") << "a forbid that yields";
  EXPECT_EQ(flag(v1::PROTECTION_LABEL_FGM), "NOT_AVAILABLE") << "the highest class";
  EXPECT_EQ(flag(v1::PROTECTION_LABEL_GANG), "NOT_AVAILABLE");
  EXPECT_EQ(flag(v1::PROTECTION_LABEL_POLICE_INTEL), "NOT_AVAILABLE");
}

TEST_F(LawfulBreakGlassTest, CustodianStaysHiddenWhereItsNameWouldTellWhereTheChildIs) {
  const Persona clinician = NewClinician();
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(As(kCaseworker).subjects.CreateProtection(RestrictedAddressOf(child))), "OK");
  auto read = As(clinician).records.GetPlanSummary(Emergency(child));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(read->plan_summary().health_needs().text(), HasSubstr("text of C")) << "checked text";
  EXPECT_FALSE(read->plan_summary().has_health_provision()) << "unchecked text";
  const auto own = UsesBy(clinician, As(clinician), true);
  ASSERT_EQ(own.size(), 1u);
  EXPECT_EQ(own[0].to(), "agencies/hub-relay");
  EXPECT_EQ(own[0].to_unit(), "");
  EXPECT_EQ(OnlyUseBy(clinician).to(), "agencies/bromley");
}

TEST_F(LawfulBreakGlassTest, Scenario10WithoutAUsablePolicyItIsRefusedAndTheAttemptAudited) {
  const Persona clinician = NewClinician();
  const std::string child = NewChild();
  const absl::Time before = clock().Now();
  ServeAgain([](HouseOptions& options) { options.max_policy_staleness = absl::Minutes(3); });
  clock().Advance(absl::Minutes(3));
  EXPECT_EQ(Break(clinician, child), "OK") << "the last good revision decides";
  clock().Advance(absl::Seconds(1));
  EXPECT_EQ(Break(clinician, child), "DECISION_UNAVAILABLE");
  EXPECT_EQ(ReasonIn(As(clinician).records.AgencyCheck(FlagInEmergency(child))),
            "DECISION_UNAVAILABLE");
  EXPECT_EQ(ReasonIn(As(clinician).records.GetPlanSummary(SummaryForTrust(child))),
            "DECISION_UNAVAILABLE");
  clock().Set(before);
  ServeAgain();
  v1::ListAuditEntriesRequest entries;
  entries.set_audience(v1::AUDIT_AUDIENCE_SEARCHER);
  entries.set_page_size(200);
  int attempts = 0;
  do {
    auto page = As(kTrustGovernance).audit.ListAuditEntries(entries);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::AuditEntry& entry : page->entries()) {
      const std::string text = entry.ShortDebugString();
      attempts += text.find("\"" + clinician.user + "\"") != std::string::npos &&
                  text.find("DECISION_UNAVAILABLE") != std::string::npos &&
                  text.find(kWhy) != std::string::npos;
    }
    entries.set_page_token(page->next_page_token());
  } while (!entries.page_token().empty());
  EXPECT_EQ(attempts, 2) << "an ordinary call leaves none";
}

}  // namespace
}  // namespace ehc
