// A plan, section by section, over real TLS: what each message says, and what a change in between
// does to those that have not left yet.
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client-sdk/src/internal/wire.h"
#include "ehc/hub/v1/record_exchange_service.grpc.pb.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using StreamTest = HubTest;
using Step = v1::StreamPlanSectionsResponse;
using Reader = ehchub::StreamReader<Step>;

constexpr absl::Duration kPatience = absl::Seconds(20);

v1::StreamPlanSectionsRequest StreamOf(const v1::GetPlanRequest& asked) {
  v1::StreamPlanSectionsRequest request;
  request.ParseFromString(asked.SerializeAsString());  // the same question, field by field
  return request;
}

v1::GetPlanRequest PlanForTrust(const std::string& subject) {
  v1::GetPlanRequest request;
  request.set_subject(subject);
  *request.mutable_context() = SummaryForTrust(subject).context();
  for (auto section : {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_D, v1::PLAN_SECTION_CODE_E,
                       v1::PLAN_SECTION_CODE_G}) {
    request.add_sections(section);
  }
  return request;
}

v1::GetPlanRequest PlanForSchool(const std::string& subject) {
  v1::GetPlanRequest request;
  request.set_subject(subject);
  v1::DisclosureContext& context = *request.mutable_context();
  context.set_purpose("STATUTORY_COPY");
  context.set_lawful_basis("ART6_1_C");
  context.set_special_category_basis("SCH1_PARA6");
  context.set_gateway("R17_NAMED_INSTITUTION");
  context.set_agreement("agreements/bromley-schools");
  return request;
}

v1::CreateRelationshipRequest NamingOf(const std::string& subject, const std::string& school) {
  v1::CreateRelationshipRequest request = EnrolmentOf(subject, school);
  request.mutable_relationship()->set_kind(v1::RELATIONSHIP_KIND_NAMED_INSTITUTION);
  request.mutable_relationship()->clear_sen_provision();
  return request;
}

// "text of C v1"; "headline"; "last" of the last message; the refusal's reason; "END".
std::string Said(const absl::StatusOr<std::optional<Step>>& step) {
  if (!step.ok()) return ReasonIn(step);
  if (!step->has_value()) return "END";
  const v1::Plan& plan = (*step)->plan();
  if ((*step)->last()) return "last";
  return plan.has_headline() ? "headline" : plan.sections(0).text();
}

std::vector<std::string> ReadAll(Reader& reader) {
  std::vector<std::string> said;
  while (said.size() < 20 && (said.empty() || said.back() != "END")) {
    said.push_back(Said(reader.Next(kPatience)));
    if (said.back() == "last" || absl::StrContains(said.back(), "text") ||
        said.back() == "headline") {
      continue;
    }
    break;
  }
  return said;
}

std::vector<std::string> WithheldIn(const v1::Disclosure& disclosure) {
  std::vector<std::string> withheld;
  for (const v1::Withheld& part : disclosure.withheld()) {
    withheld.push_back(
        absl::StrCat(part.part(), ":", v1::WithheldReason_Name(part.reason()).substr(16)));
  }
  return withheld;
}

v1::WithdrawConsentRequest WithdrawalOf(const v1::Consent& consent) {
  v1::WithdrawConsentRequest request;
  request.set_name(consent.name());
  request.set_etag(consent.etag());
  *request.mutable_withdrawn_by() = consent.decision_maker();
  return request;
}

TEST_F(StreamTest, EachPartComesInAMessageWithAReceiptOfItsOwn) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
  const auto asked = PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_F});
  const auto reader = commissioner_.records.StreamPlanSections(StreamOf(asked));
  std::set<std::string> leaves;
  std::set<std::string> decisions;
  std::vector<std::string> said;
  for (;;) {
    auto step = reader->Next(kPatience);
    said.push_back(Said(step));
    if (!step.ok() || !step->has_value()) break;
    EXPECT_LE((*step)->plan().sections_size(), 1);
    EXPECT_THAT((*step)->disclosure().withheld(), IsEmpty());
    leaves.insert((*step)->disclosure().receipt().leaf_hash());
    decisions.insert((*step)->disclosure().decision_id());
  }
  EXPECT_THAT(said, ElementsAre("headline", "text of C v1", "text of F v1", "last", "END"));
  EXPECT_EQ(leaves.size(), 4u);
  EXPECT_EQ(decisions.size(), 4u);
  EXPECT_TRUE(commissioner_.hub.SettleReceipts().ok()) << "the log holds every one of them";
}

// A client that takes from the hub no byte that it has not asked for: so the hub decides no more
// than one message ahead of it.
class NarrowReader {
 public:
  NarrowReader(const Clients& clients, const ehchub::Profile& profile,
               const v1::StreamPlanSectionsRequest& request)
      : stub_(v1::RecordExchangeService::NewStub(ChannelOf(profile))) {
    EHC_CHECK(clients.hub.wire()->Prepare(context_, absl::Seconds(30)).ok());
    reader_ = stub_->StreamPlanSections(&context_, request);
  }

  std::string Next() {
    if (!reader_->Read(&step_)) return "END";
    return Said(std::optional<Step>(step_));
  }
  const Step& step() const { return step_; }
  grpc::Status Finish() { return reader_->Finish(); }

 private:
  static std::string TextOf(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  static std::shared_ptr<grpc::Channel> ChannelOf(const ehchub::Profile& profile) {
    const grpc::SslCredentialsOptions tls{TextOf(profile.ca_path), TextOf(profile.key_path),
                                          TextOf(profile.certificate_path)};
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 5);
    return grpc::CreateCustomChannel(profile.hub, grpc::SslCredentials(tls), arguments);
  }

  const std::unique_ptr<v1::RecordExchangeService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<Step>> reader_;
  Step step_;
};

TEST_F(StreamTest, ConsentWithdrawnBetweenTwoSectionsStopsWhatRestedOnIt) {
  const std::string child = NewChild();
  auto outcomes = caseworker_.consents.RecordConsent(ConsentOf(child, "mother", {"E"}));
  ASSERT_TRUE(outcomes.ok()) << outcomes.status();
  ASSERT_EQ(
      ReasonIn(caseworker_.consents.RecordConsent(ConsentOf(child, "mother", {"DATES", "C", "G"}))),
      "OK");
  NarrowReader reader(paediatrician_, world().ProfileOf(kPaediatrician),
                      StreamOf(PlanForTrust(child)));
  ASSERT_EQ(reader.Next(), "headline");
  // C may be decided already and waits to be read; E and G are not.
  ASSERT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(WithdrawalOf(outcomes->consent()))),
            "OK");
  EXPECT_EQ(reader.Next(), "text of C v1");
  EXPECT_EQ(reader.Next(), "text of G v1") << "it rests on another consent";
  EXPECT_EQ(reader.Next(), "last");
  EXPECT_THAT(WithheldIn(reader.step().disclosure()),
              UnorderedElementsAre("B_HEADLINE:CONSENT_REQUIRED", "PLACEMENT_TYPE:CONSENT_REQUIRED",
                                   "D:NOT_IN_AGREEMENT", "E:CONSENT_REQUIRED"));
  const auto whole = paediatrician_.records.GetPlan(PlanForTrust(child));
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(WithheldIn(reader.step().disclosure()), WithheldIn(whole->disclosure()));
  EXPECT_EQ(reader.Next(), "END");
  EXPECT_TRUE(reader.Finish().ok());
}

TEST_F(StreamTest, WithdrawnAltogetherItEndsAsGetPlanWouldThen) {
  const std::string child = NewChild();
  auto consent = caseworker_.consents.RecordConsent(ConsentOf(child, "mother", {"C", "E", "G"}));
  ASSERT_TRUE(consent.ok()) << consent.status();
  NarrowReader reader(paediatrician_, world().ProfileOf(kPaediatrician),
                      StreamOf(PlanForTrust(child)));
  ASSERT_EQ(reader.Next(), "text of C v1");
  ASSERT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(WithdrawalOf(consent->consent()))), "OK");
  std::string next = reader.Next();
  if (next == "text of E v1") next = reader.Next();  // it was on its way
  EXPECT_EQ(next, "END");
  const grpc::Status ended = reader.Finish();
  const auto whole = paediatrician_.records.GetPlan(PlanForTrust(child));
  if (ended.error_code() == grpc::StatusCode::CANCELLED) return;  // cut with E on its way
  EXPECT_EQ(static_cast<int>(ended.error_code()), static_cast<int>(whole.status().code()));
  EXPECT_EQ(ended.error_message(), whole.status().message());
}

TEST_F(StreamTest, RevokedCertificateCutsAnOpenStream) {
  const std::string child = NewChild();
  ASSERT_EQ(
      ReasonIn(caseworker_.subjects.CreateRelationship(EnrolmentOf(child, "elm-grove-school"))),
      "OK");
  const Clients senco = world().As(kOtherSenco);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(NamingOf(child, "elm-grove-school"))),
            "OK");
  NarrowReader reader(senco, world().ProfileOf(kOtherSenco), StreamOf(PlanForSchool(child)));
  ASSERT_EQ(reader.Next(), "headline");
  const Clients admin = world().As(kOperator);
  v1::ListCredentialsRequest list;
  list.set_parent("agencies/elm-grove-school");
  const auto credentials = admin.admin.ListCredentials(list);
  ASSERT_TRUE(credentials.ok()) << credentials.status();
  v1::RevokeCredentialRequest revoke;
  for (const v1::Credential& credential : credentials->credentials()) {
    if (credential.kind() == v1::CREDENTIAL_KIND_TLS_CERTIFICATE)
      revoke.set_name(credential.name());
  }
  revoke.set_reason(v1::REVOCATION_REASON_KEY_COMPROMISED);
  const absl::Time before = absl::Now();
  ASSERT_EQ(ReasonIn(admin.admin.RevokeCredential(revoke)), "OK");
  const absl::Time acknowledged = absl::Now();
  while (reader.Next() != "END") {
  }
  EXPECT_FALSE(reader.Finish().ok());
  std::cout << "cut " << absl::Now() - acknowledged << " after the acknowledgement, "
            << absl::Now() - before << " after the call\n";
  EXPECT_LT(absl::Now() - acknowledged, absl::Seconds(5));
}

TEST_F(StreamTest, RefusalsBeforeTheFirstMessageAreThoseOfGetPlan) {
  const std::string child = NewChild();
  std::vector<v1::GetPlanRequest> questions{
      PlanForTrust(child), PlanForTrust(SubjectOf(NewSerial())),
      PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_C}),
      PlanForCommissioner(SubjectOf(NewSerial()), {v1::PLAN_SECTION_CODE_C}),
      PlanForTrust("nhs:1")};
  v1::GetPlanRequest wrong_purpose = PlanForTrust(child);
  wrong_purpose.mutable_context()->set_purpose("SCHOOL_SUPPORT");
  questions.push_back(wrong_purpose);
  v1::GetPlanRequest no_agreement = PlanForTrust(child);
  no_agreement.mutable_context()->set_agreement("agreements/none");
  questions.push_back(no_agreement);
  for (const v1::GetPlanRequest& asked : questions) {
    for (const Clients* clients : {&paediatrician_, &commissioner_}) {
      const auto whole = clients->records.GetPlan(asked);
      const auto step = clients->records.StreamPlanSections(StreamOf(asked))->Next(kPatience);
      ASSERT_FALSE(whole.ok());
      ASSERT_FALSE(step.ok());
      EXPECT_EQ(step.status().code(), whole.status().code());
      EXPECT_EQ(step.status().message(), whole.status().message());
      EXPECT_EQ(ReasonIn(step), ReasonIn(whole));
    }
  }
}

TEST_F(StreamTest, RestrictedAddressNeverLeavesAndTheLastMessageSaysWhatIsHeldBack) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(child))), "OK");
  const auto asked = PlanForCommissioner(
      child, {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_F, v1::PLAN_SECTION_CODE_I});
  const auto whole = commissioner_.records.GetPlan(asked);
  ASSERT_TRUE(whole.ok()) << whole.status();
  const auto reader = commissioner_.records.StreamPlanSections(StreamOf(asked));
  std::vector<std::string> said;
  for (;;) {
    const auto step = reader->Next(kPatience);
    said.push_back(Said(step));
    if (!step.ok() || !step->has_value()) break;
    EXPECT_EQ(WithheldIn((*step)->disclosure()), WithheldIn(whole->disclosure()));
    EXPECT_EQ((*step)->disclosure().custodian(), "agencies/hub-relay");
    for (const char* telling : {"text of I", "text of F", "Bromley", "bromley"}) {
      EXPECT_THAT((*step)->SerializeAsString(), Not(HasSubstr(telling)));
    }
  }
  EXPECT_THAT(said, ElementsAre("headline", "text of C v1", "last", "END"));
}

TEST_F(StreamTest, DestroyedReaderEndsTheCall) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
  for (int i = 0; i < 40; ++i) {  // more than a connection may have open
    const auto reader = commissioner_.records.StreamPlanSections(
        StreamOf(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_F})));
    ASSERT_EQ(Said(reader->Next(kPatience)), "headline");
  }
  const auto reader = commissioner_.records.StreamPlanSections(
      StreamOf(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_C})));
  EXPECT_THAT(ReadAll(*reader), ElementsAre("headline", "text of C v1", "last", "END"));
}

}  // namespace
}  // namespace ehc
