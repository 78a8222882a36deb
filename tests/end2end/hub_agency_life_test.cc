// How an agency comes, is suspended and comes back; what takes two people; what its quota does.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "client-sdk/src/internal/assertion.h"
#include "client-sdk/src/internal/wire.h"
#include "ehc/hub/v1/agency_admin_service.grpc.pb.h"
#include "ehc/hub/v1/subscription_service.grpc.pb.h"
#include "ehchub/subscription_client.h"
#include "server/app/found.h"
#include "server/base/ids.h"
#include "tests/end2end/hub_suite.h"
#include "tests/support/go_live.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const Persona kTrustAdministrator{"kings-park-nhs-trust", "adm-1", "AGENCY_ADMINISTRATOR",
                                  "community-paediatrics"};

class AgencyLifeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
  }

  void Open(const std::function<void(HouseOptions&)>& adjust = nullptr) {
    world_.Serve(SystemClock(), adjust);
    world_.EnrolAgencies();
  }

  v1::AgencyState StateOf(const std::string& id) const {
    v1::GetAgencyRequest request;
    request.set_name("agencies/" + id);
    const auto agency = world_.As(kOperator).admin.GetAgency(request);
    EXPECT_TRUE(agency.ok()) << agency.status();
    return agency.ok() ? agency->agency().state() : v1::AGENCY_STATE_UNSPECIFIED;
  }

  template <typename Request>
  static Request About(const std::string& id) {
    Request request;
    request.set_name("agencies/" + id);
    request.set_reason("as the test says");
    return request;
  }

  v1::AdminProposal ProposeSuspension(const std::string& id) const {
    const auto proposed =
        world_.As(kOperator).admin.SuspendAgency(About<v1::SuspendAgencyRequest>(id));
    EXPECT_TRUE(proposed.ok()) << proposed.status();
    return proposed.ok() ? proposed->proposal() : v1::AdminProposal();
  }

  v1::AdminProposal ProposeReinstatement(const std::string& id) const {
    const auto proposed =
        world_.As(kOperator).admin.ReinstateAgency(About<v1::ReinstateAgencyRequest>(id));
    EXPECT_TRUE(proposed.ok()) << proposed.status();
    return proposed.ok() ? proposed->proposal() : v1::AdminProposal();
  }

  static v1::ApproveProposalRequest Approval(const v1::AdminProposal& proposal) {
    v1::ApproveProposalRequest request;
    request.set_request_id(NewUuid4());
    request.set_name(proposal.name());
    request.set_digest(proposal.digest());
    return request;
  }

  // Sends these very bytes with this very token.
  static absl::Status SendWith(const Clients& clients, const std::string& token,
                               const v1::ApproveProposalRequest& request) {
    auto stub = v1::AgencyAdminService::NewStub(clients.hub.wire()->channel());
    grpc::ClientContext context;
    context.AddMetadata("ehc-assertion", token);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    v1::ApproveProposalResponse response;
    const grpc::Status status = stub->ApproveProposal(&context, request, &response);
    return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  }

  std::string TokenOf(const Persona& persona, const std::string& approved) const {
    const auto read = [](const std::string& path) {
      std::ifstream in(path);
      return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const auto signer =
        ehchub::AssertionSigner::FromPem(read(world_.ProfileOf(persona).assertion_key_path));
    EHC_CHECK(signer.ok());
    ehchub::AssertedPerson person{persona.agency, persona.user, persona.role,
                                  persona.unit,   "2099-12-31", true};
    const std::string certificate = read(world_.ProfileOf(persona).certificate_path);
    ehchub::AssertionTerms terms{HubWorld::audience(), certificate, absl::Now()};
    if (!approved.empty()) terms.approved_request = approved;
    return signer->Mint(person, terms).value();
  }

  HubWorld world_;
};

TEST_F(AgencyLifeTest, NewAgencyPreparesItselfAndDoesNothingElseUntilTwoPeopleLetItIn) {
  world_.Serve();
  const Clients alice = world_.As(kOperator), bob = world_.As(kOtherOperator);
  world_.EnrolOne("kings-park-nhs-trust");
  ASSERT_EQ(StateOf("kings-park-nhs-trust"), v1::AGENCY_STATE_ONBOARDING);
  EXPECT_EQ(
      ReasonIn(world_.As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(SubjectOf(1)))),
      "AGENCY_NOT_LIVE");
  EXPECT_EQ(ReasonIn(world_.As(kTrustRecords)
                         .subjects.RegisterSubject(Registration(1, "community-paediatrics"))),
            "AGENCY_NOT_LIVE");

  const Clients own = world_.As(kTrustAdministrator);
  v1::GetReadinessRequest read;
  read.set_name("agencies/kings-park-nhs-trust");
  auto list = own.admin.GetReadiness(read);
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_THAT(list->items(), Not(IsEmpty()));
  EXPECT_FALSE(list->complete());

  const auto activation = About<v1::ActivateAgencyRequest>("kings-park-nhs-trust");
  auto refused = alice.admin.ActivateAgency(activation);
  EXPECT_EQ(ReasonIn(refused), "READINESS_INCOMPLETE");
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("DSPT"));

  // One item of a version that is not in force, then all.
  v1::DeclareReadinessRequest stale;
  stale.set_name(read.name());
  stale.add_declarations()->set_item("DPIA");
  stale.mutable_declarations(0)->set_version(7);
  EXPECT_EQ(ReasonIn(own.admin.DeclareReadiness(stale)), "FIELD_INVALID");
  EXPECT_NE(ReasonIn(alice.admin.DeclareReadiness(stale)), "OK") << "self-declared";
  ASSERT_TRUE(DeclareAll(own.admin, "kings-park-nhs-trust").ok());
  list = own.admin.GetReadiness(read);
  ASSERT_TRUE(list.ok());
  EXPECT_TRUE(list->complete());
  EXPECT_EQ(list->items(0).declaration().declared_by(), "adm-1");

  auto proposed = alice.admin.ActivateAgency(activation);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_EQ(StateOf("kings-park-nhs-trust"), v1::AGENCY_STATE_ONBOARDING) << "proposed only";
  EXPECT_EQ(ReasonIn(alice.admin.ApproveProposal(Approval(proposed->proposal()))),
            "SECOND_PERSON_REQUIRED");
  EXPECT_NE(
      ReasonIn(world_.As(kPolicyOfficer).admin.ApproveProposal(Approval(proposed->proposal()))),
      "OK")
      << "a policy officer is no administrator";
  v1::ApproveProposalRequest another = Approval(proposed->proposal());
  another.set_digest(std::string(64, '0'));
  EXPECT_EQ(ReasonIn(bob.admin.ApproveProposal(another)), "FIELD_INVALID");
  auto approved = bob.admin.ApproveProposal(Approval(proposed->proposal()));
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->proposal().state(), v1::ADMIN_PROPOSAL_STATE_DONE);
  EXPECT_EQ(approved->proposal().decided_by(), "bob");
  EXPECT_EQ(StateOf("kings-park-nhs-trust"), v1::AGENCY_STATE_ACTIVE);
  EXPECT_EQ(ReasonIn(world_.As(kTrustRecords)
                         .subjects.RegisterSubject(Registration(1, "community-paediatrics"))),
            "OK");
  EXPECT_EQ(ReasonIn(bob.admin.ApproveProposal(Approval(proposed->proposal()))), "STATE_CONFLICT");
}

TEST_F(AgencyLifeTest, ApprovalIsNeededAndGoodOnceAlsoAcrossARestart) {
  Open();
  const v1::AdminProposal proposal = ProposeSuspension("elm-grove-school");
  const v1::ApproveProposalRequest request = Approval(proposal);
  const std::string without = TokenOf(kOtherOperator, "");
  absl::Status status = SendWith(world_.As(kOtherOperator), without, request);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
  EXPECT_EQ(StateOf("elm-grove-school"), v1::AGENCY_STATE_ACTIVE);

  const std::string token = TokenOf(kOtherOperator, request.SerializeAsString());
  status = SendWith(world_.As(kOtherOperator), token, request);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(StateOf("elm-grove-school"), v1::AGENCY_STATE_SUSPENDED);
  EXPECT_EQ(SendWith(world_.As(kOtherOperator), token, request).code(),
            absl::StatusCode::kUnauthenticated);
  world_.Restart();  // what was remembered in memory is gone
  status = SendWith(world_.As(kOtherOperator), token, request);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("used before"));
  // A new approval of the same request is answered as the first was.
  status = SendWith(world_.As(kOtherOperator), TokenOf(kOtherOperator, request.SerializeAsString()),
                    request);
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(AgencyLifeTest, SuspendedAgencysConnectionsAndStreamsAreCutWithin200Milliseconds) {
  Open();
  const Clients caseworker = world_.As(kCaseworker);
  const std::string child = MakeChild(caseworker, 1);
  ASSERT_EQ(ReasonIn(caseworker.subjects.CreateRelationship(CommissionerOf(child))), "OK");
  const Clients board = world_.As(kCommissioner);
  v1::CreateSubscriptionRequest subscribe;
  subscribe.mutable_subscription()->add_record_types("EHC_PLAN");
  v1::DisclosureContext& context = *subscribe.mutable_subscription()->mutable_context();
  context.set_purpose("STATUTORY_COPY");
  context.set_lawful_basis("ART6_1_C");
  context.set_agreement("agreements/bromley-icb-statutory-copy");
  subscribe.add_subjects(child);
  const ehchub::SubscriptionClient subscriptions(board.hub);
  const auto subscription = subscriptions.CreateSubscription(subscribe);
  ASSERT_TRUE(subscription.ok()) << subscription.status();
  v1::StreamNotificationsRequest from;
  from.set_subscription(subscription->subscription().name());
  std::atomic<int64_t> ended_at{0}, last_heard{0};
  std::thread listener([&] {
    auto stub = v1::SubscriptionService::NewStub(board.hub.wire()->channel());
    grpc::ClientContext call;
    call.AddMetadata("ehc-assertion", TokenOf(kCommissioner, ""));
    auto reader = stub->StreamNotifications(&call, from);
    v1::StreamNotificationsResponse told;
    while (reader->Read(&told)) last_heard = absl::ToUnixMicros(absl::Now());
    (void)reader->Finish();
    ended_at = absl::ToUnixMicros(absl::Now());
  });
  const v1::AdminProposal proposal = ProposeSuspension("south-east-london-icb");
  ASSERT_EQ(ReasonIn(board.records.GetPlan(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_I}))),
            "OK")
      << "a proposal alone suspends nobody";
  std::atomic<bool> stop = false;
  std::atomic<int> after = 0;
  std::atomic<bool> acknowledged = false;
  std::thread puller([&] {
    while (!stop) {
      const bool late = acknowledged;
      const auto got = board.records.GetPlan(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_I}));
      if (got.ok() && late) ++after;
    }
  });
  int version = 1;
  std::thread publisher([&] {  // so that the stream has something to say all the time
    while (!stop) {
      (void)caseworker.records.PublishPlan(PlanOf(child, absl::StrCat("v", ++version), "plan-1"));
    }
  });
  absl::SleepFor(absl::Milliseconds(300));
  const auto approved = world_.As(kOtherOperator).admin.ApproveProposal(Approval(proposal));
  const int64_t acknowledged_at = absl::ToUnixMicros(absl::Now());
  acknowledged = true;
  EXPECT_TRUE(approved.ok()) << approved.status();
  while (ended_at == 0 && absl::Now() < absl::FromUnixMicros(acknowledged_at) + absl::Seconds(10)) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  stop = true;
  puller.join();
  publisher.join();
  listener.join();
  const double last_ms = static_cast<double>(last_heard - acknowledged_at) / 1000;
  std::cout << "suspension: last message of the stream " << last_ms << " ms, its end "
            << static_cast<double>(ended_at - acknowledged_at) / 1000
            << " ms after the acknowledgement\n";
  EXPECT_GT(last_heard, 0) << "the stream was alive";
  EXPECT_LE(last_ms, 200);
  EXPECT_EQ(after, 0) << "calls begun after the acknowledgement";
  EXPECT_FALSE(world_.As(kCommissioner)
                   .records.GetPlan(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_I}))
                   .ok());

  ASSERT_TRUE(
      Approve(world_.As(kOtherOperator).admin, ProposeReinstatement("south-east-london-icb")).ok());
  EXPECT_EQ(ReasonIn(world_.As(kCommissioner)
                         .records.GetPlan(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_I}))),
            "OK");
}

TEST_F(AgencyLifeTest, WithdrawnProposalIsNotApprovedAndNobodySuspendsTheOperator) {
  Open();
  const Clients bob = world_.As(kOtherOperator);
  const v1::AdminProposal proposal = ProposeSuspension("elm-grove-school");
  v1::WithdrawProposalRequest withdraw;
  withdraw.set_name(proposal.name());
  ASSERT_EQ(ReasonIn(bob.admin.WithdrawProposal(withdraw)), "OK");
  EXPECT_EQ(ReasonIn(bob.admin.ApproveProposal(Approval(proposal))), "STATE_CONFLICT");
  EXPECT_EQ(StateOf("elm-grove-school"), v1::AGENCY_STATE_ACTIVE);
  EXPECT_EQ(ReasonIn(bob.admin.SuspendAgency(About<v1::SuspendAgencyRequest>("operator"))),
            "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(bob.admin.ReinstateAgency(About<v1::ReinstateAgencyRequest>("bromley"))),
            "STATE_CONFLICT");
  v1::ListProposalsRequest list;
  auto listed = world_.As(kAuditor).admin.ListProposals(list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->proposals(listed->proposals_size() - 1).state(),
            v1::ADMIN_PROPOSAL_STATE_WITHDRAWN);
  list.set_only_open(true);
  listed = bob.admin.ListProposals(list);
  ASSERT_TRUE(listed.ok());
  EXPECT_THAT(listed->proposals(), IsEmpty());
  EXPECT_NE(ReasonIn(world_.As(kGovernance).admin.ListProposals(list)), "OK");
}

TEST_F(AgencyLifeTest, KeysThatCouldDecideAloneTakeTwoPeople) {
  Open();
  v1::EnrolCredentialRequest enrol;
  enrol.set_parent("agencies/bromley");
  v1::Credential& credential = *enrol.mutable_credential();
  credential.set_kind(v1::CREDENTIAL_KIND_AGREEMENT_SIGNING_KEY);
  credential.set_public_key_pem(MintAssertionKey().public_pem);
  credential.mutable_not_before()->set_seconds(absl::ToUnixSeconds(absl::Now() - absl::Hours(1)));
  credential.mutable_not_after()->set_seconds(absl::ToUnixSeconds(absl::Now() + absl::Hours(24)));
  const Persona administrator{"bromley", "adm-1", "AGENCY_ADMINISTRATOR", "send"};
  EXPECT_EQ(ReasonIn(world_.As(administrator).admin.EnrolCredential(enrol)), "POLICY_DENIED");
  credential.set_person("ig-1");
  EXPECT_EQ(ReasonIn(world_.As(kOperator).admin.EnrolCredential(enrol)), "FIELD_INVALID")
      << "only an assertion key signs for a person";
  credential.clear_person();
  auto proposed = world_.As(kOperator).admin.EnrolCredential(enrol);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_FALSE(proposed->has_credential());
  v1::ListCredentialsRequest list;
  list.set_parent("agencies/bromley");
  auto before = world_.As(kOperator).admin.ListCredentials(list);
  ASSERT_TRUE(before.ok());
  ASSERT_TRUE(Approve(world_.As(kOtherOperator).admin, proposed->proposal()).ok());
  auto after = world_.As(kOperator).admin.ListCredentials(list);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->credentials_size(), before->credentials_size() + 1);

  enrol.set_parent("agencies/operator");
  credential.set_kind(v1::CREDENTIAL_KIND_ASSERTION_KEY);
  credential.set_public_key_pem(MintAssertionKey().public_pem);
  for (const char* nobody : {"", "mallory"}) {
    credential.set_person(nobody);
    proposed = world_.As(kOperator).admin.EnrolCredential(enrol);
    EXPECT_EQ(ReasonIn(proposed), "FIELD_INVALID") << "whose key is it?";
  }
  credential.set_person("bob");
  proposed = world_.As(kOperator).admin.EnrolCredential(enrol);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_TRUE(proposed->has_proposal());
}

// Whoever holds the operator's TLS key and one person's assertion key is one operator, not two.
TEST_F(AgencyLifeTest, KeyOfOneOperatorDoesNotApproveInTheNameOfAnother) {
  Open();
  const v1::AdminProposal proposal = ProposeSuspension("bromley");
  ehchub::Profile thief = world_.ProfileOf(kOtherOperator);
  thief.assertion_key_path = world_.ProfileOf(kOperator).assertion_key_path;
  const auto hub = ehchub::Hub::Open(thief, HubWorld::Options());
  ASSERT_TRUE(hub.ok()) << hub.status();
  const absl::Status approved = Approve(ehchub::AgencyAdminClient(*hub), proposal);
  EXPECT_EQ(ehchub::HubError::FromStatus(approved).reason_name, "ASSERTION_INVALID");
  EXPECT_EQ(StateOf("bromley"), v1::AGENCY_STATE_ACTIVE);
  EXPECT_TRUE(Approve(world_.As(kOtherOperator).admin, proposal).ok());
}

TEST(FoundingTest, EveryOperatorHasAKeyOfTheirOwn) {
  const HubWorld world;
  FoundingOptions founding;
  founding.data_folder = world.folder() + "/another";
  founding.certificate_file = world.folder() + "/operator.pem";
  founding.people = {"alice=HUB_ADMIN,HUB_POLICY_OFFICER", "bob=HUB_ADMIN,HUB_AUDITOR"};
  const auto key_of = [&](const std::string& user, const std::string& whose) {
    return user + "=" + world.folder() + "/operator." + whose + ".assertion.pub.pem";
  };
  const std::string alices = key_of("alice", "alice");
  for (const std::vector<std::string>& keys :
       {std::vector<std::string>{alices},
        {alices, key_of("bob", "alice")},
        {alices, key_of("bob", "bob"), key_of("carol", "carol")},
        {alices, key_of("bob", "bob"), key_of("bob", "carol")},
        {"alice", key_of("bob", "bob")}}) {
    founding.assertion_keys = keys;
    EXPECT_THAT(FoundHub(founding, SystemClock()).message(), HasSubstr("--operator-assertion-key"));
  }
  EXPECT_FALSE(std::filesystem::exists(founding.data_folder)) << "nothing half founded";
  founding.assertion_keys = {alices, key_of("bob", "bob")};
  EXPECT_EQ(FoundHub(founding, SystemClock()), absl::OkStatus());
}

TEST_F(AgencyLifeTest, KeysOverlapForARotationAndThoseThatEndAreListed) {
  Open();
  const Persona administrator{"bromley", "adm-1", "AGENCY_ADMINISTRATOR", "send"};
  const Clients own = world_.As(administrator);
  v1::EnrolCredentialRequest enrol;
  enrol.set_parent("agencies/bromley");
  v1::Credential& credential = *enrol.mutable_credential();
  credential.set_kind(v1::CREDENTIAL_KIND_ASSERTION_KEY);
  credential.set_public_key_pem(MintAssertionKey().public_pem);
  credential.mutable_not_before()->set_seconds(absl::ToUnixSeconds(absl::Now() - absl::Hours(1)));
  credential.mutable_not_after()->set_seconds(
      absl::ToUnixSeconds(absl::Now() + absl::Hours(24 * 400)));
  ASSERT_EQ(ReasonIn(own.admin.EnrolCredential(enrol)), "OK");
  EXPECT_EQ(ReasonIn(world_.As(kCaseworker).subjects.RegisterSubject(Registration(1))), "OK")
      << "the old key still counts";
  v1::ListCredentialsRequest list;
  list.set_expiring_within_days(30);
  const auto ending = own.admin.ListCredentials(list);
  ASSERT_TRUE(ending.ok()) << ending.status();
  for (const v1::Credential& one : ending->credentials()) {
    EXPECT_LE(absl::FromUnixSeconds(one.not_after().seconds()), absl::Now() + absl::Hours(24 * 30));
    EXPECT_THAT(one.name(), HasSubstr("agencies/bromley/")) << "no other agency's";
  }
  ASSERT_THAT(ending->credentials(), Not(IsEmpty())) << "the first assertion key ends tomorrow";
  list.set_page_size(200);
  const auto everybodys = world_.As(kOperator).admin.ListCredentials(list);
  ASSERT_TRUE(everybodys.ok());
  EXPECT_GT(everybodys->credentials_size(), ending->credentials_size());
}

// A policy folder of its own whose quota for schools is small.
std::string FolderWithSmallQuota(const HubWorld& world) {
  const std::string folder = world.folder() + "/policies";
  std::filesystem::copy(HubWorld::policy_folder(), folder,
                        std::filesystem::copy_options::recursive);
  std::ofstream(folder + "/vocabulary/quotas.textproto")
      << "quota { agency: \"oakfield-school\" agency_type: \"ANY\"\n"
         "  calls { per_second: 0.01 burst: 6 }\n"
         "  safeguarding { per_second: 0.01 burst: 3 } in_flight: 8 }\n";
  return folder;
}

TEST_F(AgencyLifeTest, AgencyOverItsQuotaIsToldWhenToComeAgainAndOthersDoNotNotice) {
  const std::string folder = FolderWithSmallQuota(world_);
  Open([&](HouseOptions& options) { options.policy_folder = folder; });
  const Clients school = world_.As(kSenco);
  v1::GetSupportStatusRequest ask;
  ask.set_subject(SubjectOf(1));
  ask.mutable_context()->set_purpose("SCHOOL_SUPPORT");
  absl::Status last;
  for (int i = 0; i < 8 && !absl::IsResourceExhausted(last); ++i) {
    last = school.records.GetSupportStatus(ask).status();
  }
  const ehchub::HubError error = ehchub::HubError::FromStatus(last);
  EXPECT_EQ(error.reason_name, "QUOTA_EXCEEDED");
  ASSERT_TRUE(error.retry_after.has_value());
  EXPECT_GT(*error.retry_after, absl::Seconds(10)) << "0.01 a second";

  // Safeguarding has a bucket of its own; beyond it, it is one call among others.
  ask.mutable_context()->set_purpose("SAFEGUARDING_S47");
  int served = 0;
  for (int i = 0; i < 6; ++i) {
    if (!absl::IsResourceExhausted(school.records.GetSupportStatus(ask).status())) ++served;
  }
  EXPECT_EQ(served, 3);
  EXPECT_EQ(ReasonIn(world_.As(kCaseworker).subjects.RegisterSubject(Registration(1))), "OK");

  v1::GetUsageRequest usage;
  usage.set_name("agencies/oakfield-school");
  const auto seen = world_.As(kOperator).admin.GetUsage(usage);
  ASSERT_TRUE(seen.ok()) << seen.status();
  ASSERT_THAT(seen->quotas(), SizeIs(3));
  EXPECT_EQ(seen->quotas(0).quota(), "CALLS");
  EXPECT_GE(seen->quotas(0).refused(), 1);
  EXPECT_EQ(seen->quotas(2).used(), 3);
  EXPECT_EQ(seen->max_calls_in_flight(), 8);
}

TEST_F(AgencyLifeTest, AgencySeesItsOwnUsageAndNobodyElses) {
  Open();
  const Clients own = world_.As(kTrustAdministrator);
  v1::GetUsageRequest usage;
  usage.set_name("agencies/kings-park-nhs-trust");
  const auto seen = own.admin.GetUsage(usage);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_GE(seen->quotas(0).used(), 1);
  EXPECT_EQ(seen->calls_in_flight(), 1) << "this one";
  usage.set_name("agencies/bromley");
  const auto others = own.admin.GetUsage(usage);
  usage.set_name("agencies/nowhere");
  const auto nobodys = own.admin.GetUsage(usage);
  EXPECT_EQ(ReasonIn(others), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(others.status().message(), nobodys.status().message());
}

TEST_F(AgencyLifeTest, RoleIsKnownByItsSynonym) {
  Open();
  const Clients caseworker = world_.As(kCaseworker);
  const std::string child = MakeChild(caseworker, 1);
  ASSERT_EQ(ReasonIn(caseworker.subjects.CreateRelationship(EnrolmentOf(child, "oakfield-school"))),
            "OK");
  v1::PublishSupportStatusRequest publish;
  publish.set_unit("send");
  publish.set_subject(child);
  publish.mutable_support_status()->set_sen_provision(v1::SEN_PROVISION_EHC_PLAN);
  publish.mutable_support_status()->set_plan_exists(true);
  publish.mutable_support_status()->add_need_types(v1::SEN_TYPE_SLCN);
  publish.mutable_support_status()->set_plan_issue_date("2026-03-02");
  publish.mutable_support_status()->set_review_due_date("2027-03-02");
  publish.mutable_support_status()->mutable_contact()->set_display_name("A Caseworker");
  publish.mutable_support_status()->mutable_contact()->set_telephone("020 7946 0101");
  publish.mutable_as_at()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 60);
  ASSERT_EQ(ReasonIn(caseworker.records.PublishSupportStatus(publish)), "OK");
  v1::GetSupportStatusRequest ask;
  ask.set_subject(child);
  ask.mutable_context()->set_purpose("SCHOOL_SUPPORT");
  ask.mutable_context()->set_lawful_basis("ART6_1_E");
  ask.mutable_context()->set_agreement("agreements/bromley-schools");
  const std::string as_senco = ReasonIn(world_.As(kSenco).records.GetSupportStatus(ask));
  EXPECT_EQ(as_senco, "OK");
  Persona other = kSenco;
  other.role = "SENDCO";
  EXPECT_EQ(ReasonIn(world_.As(other).records.GetSupportStatus(ask)), as_senco);
  other.role = "CARETAKER";
  EXPECT_NE(ReasonIn(world_.As(other).records.GetSupportStatus(ask)), as_senco);
}

}  // namespace
}  // namespace ehc
