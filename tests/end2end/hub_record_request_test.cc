// Records that only a person may release: asked for, answered or not, read under the person's yes;
// and that whatever is not a yes looks alike, whoever the child is.
#include <algorithm>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/model/date.h"
#include "tests/end2end/hub_suite.h"
#include "tests/end2end/hub_wire.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Service = v1::RecordExchangeService::Stub;

google::protobuf::Timestamp At(absl::Time time) {
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(time));
  return out;
}

v1::CreateRecordRequestRequest RequestFor(const std::string& subject,
                                          const std::string& purpose = "POLICE_LIAISON") {
  v1::CreateRecordRequestRequest request;
  v1::RecordRequest& asked = *request.mutable_record_request();
  asked.set_subject(subject);
  asked.set_record_type("EHC_PLAN");
  for (const char* part : {"B_HEADLINE", "DATES", "F", "I"}) asked.add_parts(part);
  asked.mutable_context()->set_purpose(purpose);
  asked.mutable_context()->set_lawful_basis("DPA_PART3");
  asked.mutable_context()->set_agreement("agreements/bromley-northshire-police");
  asked.set_reason("secret reason of the officer");
  asked.set_urgent(true);
  return request;
}

class RecordRequestTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
    world_ = std::make_unique<HubWorld>();
    world_->Serve();
    world_->EnrolAgencies();
    world_->Stop();
    clock_ = std::make_unique<ManualClock>(absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())));
    world_->Serve(*clock_, [](HouseOptions& options) {
      options.policy_refresh = absl::ZeroDuration();
      options.max_policy_staleness = absl::InfiniteDuration();
    });
  }
  static void TearDownTestSuite() {
    world_.reset();
    clock_.reset();
  }

  static Clients As(const Persona& persona) {
    ehchub::Options options = HubWorld::Options();
    options.now = [] { return clock_->Now(); };
    return world_->As(persona, options);
  }
  static ManualClock& clock() { return *clock_; }
  static std::string UnknownChild() { return SubjectOf(++serials_); }
  std::string NewChild() { return MakeChild(caseworker_, ++serials_); }

  // The request, made by the liaison officer.
  v1::RecordRequest Ask(const std::string& subject) {
    auto made = officer_.records.CreateRecordRequest(RequestFor(subject));
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->record_request() : v1::RecordRequest();
  }
  v1::RecordRequest SeenBy(const Clients& who, const std::string& name) {
    v1::GetRecordRequestRequest request;
    request.set_name(name);
    auto got = who.records.GetRecordRequest(request);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? got->record_request() : v1::RecordRequest();
  }
  static v1::ApproveRecordRequestRequest Approval(const std::string& name,
                                                  std::vector<std::string> parts = {"B_HEADLINE"},
                                                  absl::Duration lasting = absl::Hours(2)) {
    v1::ApproveRecordRequestRequest request;
    request.set_name(name);
    for (const std::string& part : parts) request.add_parts(part);
    *request.mutable_approved_until() = At(clock_->Now() + lasting);
    request.set_note("secret note of the manager");
    return request;
  }
  std::string Approve(const std::string& name, std::vector<std::string> parts = {"B_HEADLINE"}) {
    return ReasonIn(manager_.records.ApproveRecordRequest(Approval(name, std::move(parts))));
  }
  std::string Decline(const std::string& name) {
    v1::DeclineRecordRequestRequest request;
    request.set_name(name);
    request.set_note("secret note of the manager");
    return ReasonIn(manager_.records.DeclineRecordRequest(request));
  }
  std::string AnswerNothing(const std::string& name) {
    v1::AnswerNothingToShareRequest request;
    request.set_name(name);
    return ReasonIn(manager_.records.AnswerNothingToShare(request));
  }
  std::string Extend(const std::string& name, absl::Duration by) {
    v1::ExtendRecordRequestRequest request;
    request.set_name(name);
    *request.mutable_extended_until() = At(clock_->Now() + by);
    return ReasonIn(manager_.records.ExtendRecordRequest(request));
  }
  static absl::StatusOr<v1::ListFlaggedRecordsResponse> ReadUnder(const Clients& who,
                                                                  const std::string& name) {
    v1::ListFlaggedRecordsRequest request;
    request.set_parent(name);
    return who.records.ListFlaggedRecords(request);
  }

  const Clients caseworker_ = As(kCaseworker);
  const Clients manager_ = As(kSendManager);
  const Clients officer_ = As(kLiaisonOfficer);

 private:
  static inline std::unique_ptr<HubWorld> world_;
  static inline std::unique_ptr<ManualClock> clock_;
  static inline int serials_ = 0;
};

TEST_F(RecordRequestTest, UrgentRequestIsDueWithinTheHourAndNamesTheNumberOutOfHours) {
  const v1::RecordRequest made = Ask(NewChild());
  EXPECT_EQ(made.state(), v1::RECORD_REQUEST_STATE_PENDING);
  EXPECT_EQ(made.due_at().seconds() - made.created_at().seconds(), 3600);
  EXPECT_EQ(made.contact().out_of_hours_telephone(), "020 7946 0199");
  EXPECT_EQ(made.custodian(), "agencies/bromley");
  EXPECT_EQ(made.custodian_unit(), "send");
  EXPECT_FALSE(made.has_handling());
}

TEST_F(RecordRequestTest, RoutineRequestIsDueAtNoonOfAWorkingDayInLondon) {
  v1::CreateRecordRequestRequest request = RequestFor(NewChild());
  request.mutable_record_request()->set_urgent(false);
  auto made = officer_.records.CreateRecordRequest(request);
  ASSERT_TRUE(made.ok()) << made.status();
  const auto due = absl::FromUnixSeconds(made->record_request().due_at().seconds());
  const auto civil = London().At(due).cs;
  EXPECT_EQ(civil.hour() * 60 + civil.minute(), 12 * 60);
  EXPECT_GT(LondonDate(due), LondonDate(clock().Now()));
  EXPECT_LT(absl::GetWeekday(LondonDate(due)), absl::Weekday::saturday);
  EXPECT_EQ(made->record_request().contact().telephone(), "020 7946 0101");
  EXPECT_EQ(made->record_request().contact().out_of_hours_telephone(), "");
}

TEST_F(RecordRequestTest, WhatOnlyAPersonMayReleaseIsNotAvailableWithoutOne) {
  v1::GetPlanRequest read;
  read.set_subject(NewChild());
  *read.mutable_context() = RequestFor("").record_request().context();
  EXPECT_EQ(ReasonIn(officer_.records.GetPlan(read)), "NOT_AVAILABLE");
  read.set_subject(UnknownChild());
  EXPECT_EQ(ReasonIn(officer_.records.GetPlan(read)), "NOT_AVAILABLE");
}

TEST_F(RecordRequestTest, ApprovedPartsAreReadByTheAskingUnitUntilTheApprovalEnds) {
  const std::string child = NewChild();
  const std::string name = Ask(child).name();
  ASSERT_EQ(Approve(name), "OK");
  const v1::RecordRequest approved = SeenBy(officer_, name);
  EXPECT_EQ(approved.state(), v1::RECORD_REQUEST_STATE_APPROVED);
  EXPECT_EQ(approved.approved_parts_size(), 1);
  EXPECT_THAT(approved.SerializeAsString(), Not(HasSubstr("secret note")));
  auto read = ReadUnder(officer_, name);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(read->records().plan().headline().b_headline(), HasSubstr("headline"));
  EXPECT_EQ(read->records().plan().sections_size(), 0) << "asked for, not approved";
  EXPECT_TRUE(read->records().disclosure().has_receipt());
  EXPECT_EQ(read->records().disclosure().custodian(), "agencies/bromley");
  EXPECT_EQ(ReasonIn(ReadUnder(As(kOtherLiaisonOfficer), name)), "OK") << "same unit and role";
  EXPECT_EQ(ReasonIn(ReadUnder(As(kProtectionOfficer), name)), "RESOURCE_NOT_FOUND");
  Persona in_another_role = kOtherLiaisonOfficer;
  in_another_role.role = "POLICE_PROTECTION_OFFICER";
  EXPECT_NE(ReasonIn(ReadUnder(As(in_another_role), name)), "OK");
  EXPECT_TRUE(officer_.hub.SettleReceipts().ok());
  v1::ListAuditEntriesRequest entries;
  entries.set_audience(v1::AUDIT_AUDIENCE_CUSTODIAN);
  entries.set_subject(child);
  auto audit = As(kGovernance).audit.ListAuditEntries(entries);
  ASSERT_TRUE(audit.ok()) << audit.status();
  EXPECT_THAT(audit->SerializeAsString(), HasSubstr(name + " SEND_MANAGER"));
  clock().Advance(absl::Hours(2));
  EXPECT_EQ(ReasonIn(ReadUnder(officer_, name)), "STATE_CONFLICT");
  EXPECT_EQ(SeenBy(officer_, name).state(), v1::RECORD_REQUEST_STATE_APPROVAL_EXPIRED);
  EXPECT_EQ(Approve(name), "STATE_CONFLICT");
}

TEST_F(RecordRequestTest, EveryReadIsDecidedAnew) {
  const std::string child = NewChild();
  const std::string name = Ask(child).name();
  ASSERT_EQ(Approve(name, {"B_HEADLINE", "F", "I"}), "OK");
  auto before = ReadUnder(officer_, name);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->records().plan().sections_size(), 2);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(child))), "OK");
  auto after = ReadUnder(officer_, name);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->records().plan().sections_size(), 0) << "protected since";
  EXPECT_EQ(after->records().disclosure().custodian(), "agencies/hub-relay");

  const Clients policy = As(kPolicyOfficer);
  v1::SuspendAgreementRequest suspend;
  suspend.set_name("agreements/bromley-northshire-police");
  suspend.set_reason("the review is not done");
  ASSERT_EQ(ReasonIn(policy.agreements.SuspendAgreement(suspend)), "OK");
  EXPECT_EQ(ReasonIn(ReadUnder(officer_, name)), "AGREEMENT_NOT_IN_FORCE");
  EXPECT_EQ(ReasonIn(officer_.records.CreateRecordRequest(RequestFor(child))),
            "AGREEMENT_NOT_IN_FORCE");
  v1::ReinstateAgreementRequest reinstate;
  reinstate.set_name(suspend.name());
  reinstate.set_reason("the review is done");
  ASSERT_EQ(ReasonIn(policy.agreements.ReinstateAgreement(reinstate)), "OK");
  EXPECT_EQ(ReasonIn(ReadUnder(officer_, name)), "OK");
}

TEST_F(RecordRequestTest, WhateverIsNotAYesLooksTheSameWhoeverTheChildIs) {
  enum Fate { kUnanswered, kUnknown, kDeclined, kNothing, kExtended, kUnknownDeclined };
  const auto masked = [](WireBytes answer, const std::string& subject) {
    answer.body = absl::StrReplaceAll(answer.body, {{subject, "nhs:##########"}});
    return answer;
  };
  const auto get = [&](const std::string& name) {
    v1::GetRecordRequestRequest request;
    request.set_name(name);
    return AskRaw(officer_, &Service::GetRecordRequest, request);
  };
  std::vector<std::string> children, names;
  std::vector<WireBytes> made;
  for (int fate = kUnanswered; fate <= kUnknownDeclined; ++fate) {
    const bool known = fate != kUnknown && fate != kUnknownDeclined;
    children.push_back(known ? NewChild() : UnknownChild());
    v1::CreateRecordRequestRequest request = RequestFor(children.back());
    request.set_request_id(absl::StrCat("0b1c2d3e-4f50-4a61-8b72-9c83ad94be3", fate));
    made.push_back(
        masked(AskRaw(officer_, &Service::CreateRecordRequest, request), children.back()));
    names.push_back(officer_.records.CreateRecordRequest(request)->record_request().name());
  }
  ASSERT_EQ(Decline(names[kDeclined]), "OK");
  ASSERT_EQ(Decline(names[kUnknownDeclined]), "OK");
  ASSERT_EQ(AnswerNothing(names[kNothing]), "OK");
  ASSERT_EQ(Extend(names[kExtended], absl::Hours(5)), "OK");
  const auto expect_alike = [&](const char* when, v1::RecordRequestState state) {
    const WireBytes first = masked(get(names[0]), children[0]);
    EXPECT_EQ(SeenBy(officer_, names[0]).state(), state) << when;
    for (size_t i = 1; i < names.size(); ++i) {
      EXPECT_EQ(masked(get(names[i]), children[i]), first) << when << " " << i;
    }
    v1::ListRecordRequestsRequest open;
    open.set_only_open(true);
    auto listed = officer_.records.ListRecordRequests(open);
    ASSERT_TRUE(listed.ok()) << listed.status();
    size_t found = 0;
    for (const v1::RecordRequest& one : listed->record_requests()) {
      found += std::count(names.begin(), names.end(), one.name());
    }
    EXPECT_EQ(found, state == v1::RECORD_REQUEST_STATE_PENDING ? names.size() : 0u) << when;
    for (const std::string& name : names) {
      EXPECT_EQ(ReasonIn(ReadUnder(officer_, name)), "STATE_CONFLICT");
    }
  };
  for (size_t i = 1; i < made.size(); ++i) EXPECT_EQ(made[i], made[0]) << i;
  expect_alike("before the deadline", v1::RECORD_REQUEST_STATE_PENDING);
  clock().Advance(absl::Hours(1) - absl::Seconds(1));
  expect_alike("at the last moment", v1::RECORD_REQUEST_STATE_PENDING);
  clock().Advance(absl::Seconds(1));
  expect_alike("at the deadline", v1::RECORD_REQUEST_STATE_CLOSED_WITHOUT_DISCLOSURE);
  EXPECT_EQ(Approve(names[kUnanswered]), "STATE_CONFLICT");
  EXPECT_EQ(Approve(names[kExtended]), "STATE_CONFLICT") << "their deadline did not move";
  EXPECT_EQ(AnswerNothing(names[kExtended]), "OK") << "for the custodian's own file";
  expect_alike("after all answers", v1::RECORD_REQUEST_STATE_CLOSED_WITHOUT_DISCLOSURE);
}

TEST_F(RecordRequestTest, CustodianSeesWhoDidWhatAndTheIdentifierAsked) {
  const std::string child = UnknownChild();
  const std::string name = Ask(child).name();
  ASSERT_EQ(Extend(name, absl::Hours(3)), "OK");
  ASSERT_EQ(Decline(name), "OK");
  const v1::RecordRequest seen = SeenBy(manager_, name);
  EXPECT_EQ(seen.subject(), child);
  EXPECT_EQ(seen.reason(), "secret reason of the officer");
  EXPECT_EQ(seen.state(), v1::RECORD_REQUEST_STATE_PENDING) << "what the asker is told";
  EXPECT_EQ(seen.handling().answer(), v1::CUSTODIAN_ANSWER_DECLINED_IN_CONFIDENCE);
  ASSERT_EQ(seen.handling().events_size(), 3);
  EXPECT_EQ(seen.handling().events(0).user(), "pc-7");
  EXPECT_EQ(seen.handling().events(2).user(), "sm-1");
  EXPECT_EQ(seen.handling().events(2).note(), "secret note of the manager");
  EXPECT_EQ(seen.etag(), "r3");
  v1::ListRecordRequestsRequest inbox;
  inbox.set_side(v1::RECORD_REQUEST_SIDE_RECEIVED);
  inbox.set_page_size(1);
  bool found = false;
  do {
    auto page = caseworker_.records.ListRecordRequests(inbox);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& one : page->record_requests()) found = found || one.name() == name;
    inbox.set_page_token(page->next_page_token());
  } while (!inbox.page_token().empty());
  EXPECT_TRUE(found);
  inbox.set_only_open(true);
  inbox.set_page_size(200);
  auto open = caseworker_.records.ListRecordRequests(inbox);
  ASSERT_TRUE(open.ok()) << open.status();
  for (const auto& one : open->record_requests()) EXPECT_NE(one.name(), name) << "answered";
  v1::GetRecordRequestRequest by_another_unit;
  by_another_unit.set_name(name);
  EXPECT_EQ(ReasonIn(As(kSocialWorker).records.GetRecordRequest(by_another_unit)),
            "RESOURCE_NOT_FOUND");
}

TEST_F(RecordRequestTest, NobodyApprovesWhatItsOwnAgencyAsked) {
  const std::string name = Ask(NewChild()).name();
  EXPECT_EQ(ReasonIn(officer_.records.ApproveRecordRequest(Approval(name))), "POLICY_DENIED");
  const Clients protection = As(kProtectionOfficer);
  auto own = protection.records.CreateRecordRequest(RequestFor(NewChild(), "POLICE_SAFEGUARDING"));
  ASSERT_TRUE(own.ok()) << own.status();
  const std::string own_name = own->record_request().name();
  EXPECT_EQ(ReasonIn(protection.records.ApproveRecordRequest(Approval(own_name))), "POLICY_DENIED");
  EXPECT_EQ(ReasonIn(caseworker_.records.ApproveRecordRequest(Approval(name))), "POLICY_DENIED")
      << "a caseworker is no manager";
  EXPECT_EQ(SeenBy(officer_, name).state(), v1::RECORD_REQUEST_STATE_PENDING);
}

TEST_F(RecordRequestTest, AnothersRequestIsAsAbsentAsNone) {
  const std::string name = Ask(NewChild()).name();
  const std::string none = "recordRequests/" + std::string(26, 'a');
  const Clients hostile = As(kPaediatrician);
  const auto get = [&](const std::string& of) {
    v1::GetRecordRequestRequest request;
    request.set_name(of);
    return AskRaw(hostile, &Service::GetRecordRequest, request);
  };
  const auto flagged = [&](const std::string& of) {
    v1::ListFlaggedRecordsRequest request;
    request.set_parent(of);
    return AskRaw(hostile, &Service::ListFlaggedRecords, request);
  };
  const auto approve = [&](const std::string& of) {
    v1::ApproveRecordRequestRequest request = Approval(of);
    request.set_request_id(of == none ? "0b1c2d3e-4f50-4a61-8b72-9c83ad94be41"
                                      : "0b1c2d3e-4f50-4a61-8b72-9c83ad94be42");
    return AskRaw(hostile, &Service::ApproveRecordRequest, request);
  };
  EXPECT_EQ(get(name), get(none));
  EXPECT_EQ(flagged(name), flagged(none));
  EXPECT_EQ(approve(name), approve(none));
  EXPECT_EQ(get(name).code, static_cast<int>(absl::StatusCode::kNotFound));
}

TEST_F(RecordRequestTest, OnlyWhatAnAgreementLeavesToAPersonIsAskedFor) {
  const auto outcome = [&](const std::function<void(v1::RecordRequest&)>& change) {
    v1::CreateRecordRequestRequest request = RequestFor(UnknownChild());
    change(*request.mutable_record_request());
    return ReasonIn(officer_.records.CreateRecordRequest(request));
  };
  EXPECT_EQ(outcome([](auto&) {}), "OK");
  EXPECT_EQ(outcome([](auto& r) { r.mutable_context()->set_purpose("DIRECT_CARE"); }),
            "POLICY_DENIED");
  EXPECT_EQ(outcome([](auto& r) { r.mutable_context()->set_agreement("agreements/none"); }),
            "POLICY_DENIED");
  EXPECT_EQ(outcome([](auto& r) { r.mutable_context()->set_lawful_basis("ART6_1_E"); }),
            "POLICY_DENIED");
  EXPECT_EQ(outcome([](auto& r) { r.set_record_type("NO_SUCH_TYPE"); }), "FIELD_INVALID");
  EXPECT_EQ(outcome([](auto& r) { r.add_parts("NO_SUCH_PART"); }), "FIELD_INVALID");
  EXPECT_EQ(outcome([](auto& r) { r.set_reason("short"); }), "FIELD_INVALID");
  EXPECT_EQ(outcome([](auto& r) { r.set_reason(std::string(2049, 'x')); }), "FIELD_INVALID");
  EXPECT_EQ(outcome([](auto& r) { r.set_custodian("agencies/northshire-police"); }),
            "POLICY_DENIED");
  EXPECT_EQ(outcome([](auto& r) { r.set_subject("subjects/" + std::string(26, 'a')); }),
            "FIELD_INVALID");
  v1::CreateRecordRequestRequest by_a_school = RequestFor(UnknownChild());
  by_a_school.mutable_record_request()->set_custodian("agencies/bromley");
  EXPECT_EQ(ReasonIn(As(kSenco).records.CreateRecordRequest(by_a_school)), "POLICY_DENIED");
}

TEST_F(RecordRequestTest, ApprovalStaysWithinWhatWasAskedAndWhatPolicyRefers) {
  const std::string name = Ask(NewChild()).name();
  EXPECT_EQ(Approve(name, {"B_HEADLINE", "G"}), "FIELD_INVALID") << "not asked for";
  const auto lasting = [&](absl::Duration time) {
    return ReasonIn(manager_.records.ApproveRecordRequest(Approval(name, {"B_HEADLINE"}, time)));
  };
  EXPECT_EQ(lasting(-absl::Seconds(1)), "FIELD_INVALID");
  EXPECT_EQ(lasting(absl::Hours(24 * 30)), "FIELD_INVALID");
  const Clients protection = As(kProtectionOfficer);
  v1::CreateRecordRequestRequest safeguarding = RequestFor(NewChild(), "POLICE_SAFEGUARDING");
  auto asked = protection.records.CreateRecordRequest(safeguarding);
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(Approve(asked->record_request().name(), {"F"}), "POLICY_DENIED")
      << "no clause leaves it to a person";
  EXPECT_EQ(Approve(asked->record_request().name(), {"B_HEADLINE"}), "OK");
}

TEST_F(RecordRequestTest, OfTwoWhoApproveOneWins) {
  const std::string name = Ask(NewChild()).name();
  v1::ApproveRecordRequestRequest request = Approval(name);
  request.set_etag("r1");
  const Clients other = As(kOtherSendManager);
  std::string first, second;
  std::thread one([&] { first = ReasonIn(manager_.records.ApproveRecordRequest(request)); });
  std::thread two([&] { second = ReasonIn(other.records.ApproveRecordRequest(request)); });
  one.join();
  two.join();
  EXPECT_THAT((std::multiset<std::string>{first, second}),
              ::testing::UnorderedElementsAre("OK", "ETAG_MISMATCH"));
  EXPECT_EQ(Approve(name), "STATE_CONFLICT");
  EXPECT_EQ(Decline(name), "STATE_CONFLICT");
}

TEST_F(RecordRequestTest, OpenDeclineTellsWhyAtOnce) {
  const std::string name = Ask(NewChild()).name();
  v1::DeclineRecordRequestRequest decline;
  decline.set_name(name);
  decline.set_openly(true);
  EXPECT_EQ(ReasonIn(manager_.records.DeclineRecordRequest(decline)), "FIELD_INVALID");
  decline.set_open_reason("Ask the youth court for an order");
  EXPECT_EQ(ReasonIn(manager_.records.DeclineRecordRequest(decline)), "OK");
  const v1::RecordRequest seen = SeenBy(officer_, name);
  EXPECT_EQ(seen.state(), v1::RECORD_REQUEST_STATE_DECLINED);
  EXPECT_EQ(seen.decline_reason(), "Ask the youth court for an order");
}

TEST_F(RecordRequestTest, AskerTakesBackWhatIsPendingOrApproved) {
  const std::string declined = Ask(NewChild()).name();
  const std::string approved = Ask(NewChild()).name();
  ASSERT_EQ(Decline(declined), "OK");
  ASSERT_EQ(Approve(approved), "OK");
  for (const std::string& name : {declined, approved}) {
    v1::CancelRecordRequestRequest cancel;
    cancel.set_name(name);
    cancel.set_etag(SeenBy(officer_, name).etag());
    EXPECT_EQ(ReasonIn(manager_.records.CancelRecordRequest(cancel)), "POLICY_DENIED");
    EXPECT_EQ(ReasonIn(officer_.records.CancelRecordRequest(cancel)), "OK");
    EXPECT_EQ(SeenBy(officer_, name).state(), v1::RECORD_REQUEST_STATE_CANCELLED);
    EXPECT_EQ(ReasonIn(ReadUnder(officer_, name)), "STATE_CONFLICT");
  }
}

TEST_F(RecordRequestTest, RepetitionMakesNoSecondRequestAndValidationNone) {
  v1::CreateRecordRequestRequest request = RequestFor(NewChild());
  request.set_validate_only(true);
  auto checked = officer_.records.CreateRecordRequest(request);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->record_request().name(), "");
  request.set_validate_only(false);
  request.set_request_id("0b1c2d3e-4f50-4a61-8b72-9c83ad94be51");
  auto first = officer_.records.CreateRecordRequest(request);
  auto again = officer_.records.CreateRecordRequest(request);
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  request.mutable_record_request()->set_reason("another reason of the officer");
  EXPECT_EQ(ReasonIn(officer_.records.CreateRecordRequest(request)), "REQUEST_ID_REUSED");
}

TEST_F(RecordRequestTest, AskersOwnAuditDoesNotTellWhetherThereIsSuchAChild) {
  Ask(NewChild());
  Ask(UnknownChild());
  const Clients governance =
      As({"northshire-police", "ig-9", "INFORMATION_GOVERNANCE_OFFICER", "protection"});
  v1::ListAuditEntriesRequest list;
  list.set_audience(v1::AUDIT_AUDIENCE_SEARCHER);
  std::vector<std::string> made;
  do {
    auto page = governance.audit.ListAuditEntries(list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& entry : page->entries()) {
      const std::string shown = entry.SerializeAsString();
      if (absl::StrContains(shown, "record_request.create")) made.push_back(shown);
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  ASSERT_GE(made.size(), 2u);
  made.erase(made.begin(), made.end() - 2);
  for (const std::string& entry : made) EXPECT_THAT(entry, Not(HasSubstr("subjects/")));
  EXPECT_EQ(made[0].size(), made[1].size()) << "fields are shown or absent alike";
}

// Last: it fills the agency's list.
TEST_F(RecordRequestTest, ZAgencyWithTooManyOpenRequestsWaitsForTheClock) {
  clock().Advance(absl::Hours(1));
  std::string reason = "OK";
  int made = 0;
  for (; made <= 200 && reason == "OK"; ++made) {
    reason = ReasonIn(officer_.records.CreateRecordRequest(RequestFor(UnknownChild())));
  }
  EXPECT_EQ(reason, "QUOTA_EXCEEDED");
  EXPECT_GT(made, 190) << "routine requests of other tests may be open";
  clock().Advance(absl::Hours(1));
  EXPECT_EQ(ReasonIn(officer_.records.CreateRecordRequest(RequestFor(UnknownChild()))), "OK");
}

}  // namespace
}  // namespace ehc
