// Protected children: what each label keeps from whom, in records and in every other message.
#include "absl/strings/ascii.h"
#include "ehchub/receipts.h"
#include "tests/end2end/lawful_world.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Words that tell where a child of Bromley's is.
constexpr const char* kTelling[] = {"bromley", "oakfield",     "BR1 1AA",
                                    "900001",  "A Caseworker", "text of I"};

// All of an answer but what the asker itself wrote.
template <typename Message>
void ExpectTellsNoPlace(const Message& message, const std::string& what) {
  const std::string text = absl::AsciiStrToLower(message.SerializeAsString());
  for (const char* word : kTelling) {
    EXPECT_THAT(text, Not(HasSubstr(absl::AsciiStrToLower(word)))) << what;
  }
}

class LawfulProtectionTest : public DatedHubTest {
 protected:
  // With a commissioner and a named school, whose address is restricted for whoever is not cleared.
  std::string RestrictedChild(std::vector<std::string> cleared = {}) {
    const std::string child = NewChild();
    EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
    v1::CreateRelationshipRequest named = EnrolmentOf(child, "oakfield-school");
    named.mutable_relationship()->set_kind(v1::RELATIONSHIP_KIND_NAMED_INSTITUTION);
    named.mutable_relationship()->clear_sen_provision();
    EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(named)), "OK");
    EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(
                  RestrictedAddressOf(child, std::move(cleared)))),
              "OK");
    return child;
  }

  static v1::AgencyCheckRequest CheckFlag(const std::string& child) {
    v1::AgencyCheckRequest request;
    request.set_subject(child);
    v1::RecordScope& scope = *request.add_wanted();
    scope.set_record_type("FLAG");
    scope.set_custodian_unit("social-care");
    for (const char* part : {"KIND", "CONTACT"}) scope.add_parts(part);
    v1::DisclosureContext& context = *request.mutable_context();
    context.set_purpose("POLICE_SAFEGUARDING");
    context.set_lawful_basis("DPA_PART3");
    context.set_special_category_basis("SCH8");
    context.set_gateway("CONFIDENCE_LAW");
    context.set_case_reference("PPN-1");
    context.set_agreement("agreements/bromley-northshire-police");
    return request;
  }

  template <typename Request>
  Request Letter(const std::string& child) {
    Request request;
    request.set_unit("send");
    request.set_subject(child);
    return request;
  }

  const Clients caseworker_ = As(kCaseworker);
  const Clients commissioner_ = As(kCommissioner);
  const Clients senco_ = As(kSenco);
  const Clients protection_ = As(kProtectionOfficer);
};

TEST_F(LawfulProtectionTest, Scenario07NoPlaceInAnyPlanWhoeverIsEntitledToIt) {
  const std::string child = RestrictedChild();
  auto read = commissioner_.records.GetPlan(PlanForCommissioner(child, {}));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_GT(read->plan().sections_size(), 0) << "what is checked is read";
  ExpectTellsNoPlace(*read, "the plan of a recipient by right");
  EXPECT_EQ(read->disclosure().custodian(), "agencies/hub-relay");

  v1::GetPlanRequest named = PlanForCommissioner(child, {});
  named.mutable_context()->set_gateway("R17_NAMED_INSTITUTION");
  named.mutable_context()->set_special_category_basis("SCH1_PARA6");
  named.mutable_context()->set_agreement("agreements/bromley-schools");
  named.set_custodian("agencies/bromley");
  auto by_school = senco_.records.GetPlan(named);
  ASSERT_TRUE(by_school.ok()) << by_school.status();
  ExpectTellsNoPlace(*by_school, "the plan of the named institution");
}

TEST_F(LawfulProtectionTest, Scenario07OnlyWhomTheProtectionItselfListsSeesThePlace) {
  const std::string child = RestrictedChild({"agencies/south-east-london-icb"});
  auto read = commissioner_.records.GetPlan(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_I}));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(read->plan().SerializeAsString(), HasSubstr("text of I"));
  EXPECT_EQ(read->disclosure().custodian(), "agencies/bromley");
  // A second protection that does not list them hides it again.
  EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(child))), "OK");
  read = commissioner_.records.GetPlan(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_I}));
  EXPECT_THAT(ReasonIn(read), ::testing::AnyOf("OK", "RESOURCE_NOT_FOUND", "NOT_AVAILABLE"));
  if (read.ok()) ExpectTellsNoPlace(*read, "listed in one of two");
}

TEST_F(LawfulProtectionTest, Scenario07NeitherASearchNorAnErrorTellsThePlace) {
  const std::string child = RestrictedChild();
  v1::FindRecordsRequest find;
  find.set_subject(child);
  find.add_record_types("EHC_PLAN");
  *find.mutable_context() = PlanForCommissioner(child, {}).context();
  auto found = commissioner_.records.FindRecords(find);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->items_size(), 0) << "who holds it tells where the child is";
  const auto refused = As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(child));
  EXPECT_EQ(ReasonIn(refused), "NOT_AVAILABLE");
  const auto error = ehchub::HubError::FromStatus(refused.status());
  for (const char* word : kTelling) {
    EXPECT_THAT(absl::AsciiStrToLower(error.OneLine()),
                Not(HasSubstr(absl::AsciiStrToLower(word))));
  }
}

TEST_F(LawfulProtectionTest, Scenario07FlagsLoseWhomToRing) {
  const std::string child = NewChild();
  ASSERT_EQ(PublishFlag(child, "moved in secret"), "OK");
  auto open = protection_.records.AgencyCheck(CheckFlag(child));
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_THAT(open->SerializeAsString(), HasSubstr("moved in secret CONTACT"));
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(child))), "OK");
  auto restricted = protection_.records.AgencyCheck(CheckFlag(child));
  ASSERT_TRUE(restricted.ok()) << restricted.status();
  EXPECT_THAT(restricted->SerializeAsString(), HasSubstr("moved in secret KIND"));
  EXPECT_THAT(restricted->SerializeAsString(), Not(HasSubstr("moved in secret CONTACT")));
  ExpectTellsNoPlace(*restricted, "flags");
}

TEST_F(LawfulProtectionTest, Scenario07DeliveriesLettersAndQueuesComeFromTheRelay) {
  const std::string child = RestrictedChild();
  auto issue = Letter<v1::IssuePlanRequest>(child);
  ASSERT_EQ(ReasonIn(caseworker_.custody.IssuePlan(issue)), "OK");
  auto deliveries = commissioner_.custody.ListDeliveries({});
  ASSERT_TRUE(deliveries.ok()) << deliveries.status();
  ASSERT_GT(deliveries->deliveries_size(), 0);
  const v1::PlanDelivery& delivery = deliveries->deliveries(deliveries->deliveries_size() - 1);
  EXPECT_EQ(delivery.from(), "agencies/hub-relay");
  ExpectTellsNoPlace(delivery, "a delivery");

  auto consult = Letter<v1::CreateConsultationRequest>(child);
  consult.mutable_consultation()->set_to("agencies/elm-grove-school");
  consult.mutable_consultation()->set_question("Can you meet the needs of this child?");
  auto consulted = caseworker_.custody.CreateConsultation(consult);
  ASSERT_TRUE(consulted.ok()) << consulted.status();
  EXPECT_EQ(consulted->consultation().from(), "agencies/bromley") << "to the sender itself";
  const Clients consulted_school = As(kOtherSenco);
  auto received = consulted_school.custody.ListConsultations({});
  ASSERT_TRUE(received.ok()) << received.status();
  ASSERT_EQ(received->consultations_size(), 1);
  EXPECT_EQ(received->consultations(0).from(), "agencies/hub-relay");
  ExpectTellsNoPlace(received->consultations(0), "a consultation");

  auto ask = Letter<v1::CreateAdviceRequestRequest>(child);
  ask.mutable_advice_request()->set_to("agencies/kings-park-nhs-trust");
  ask.mutable_advice_request()->set_kind(v1::ADVICE_KIND_MEDICAL);
  ask.mutable_advice_request()->set_question("What are the health needs of this child?");
  ASSERT_EQ(ReasonIn(caseworker_.custody.CreateAdviceRequest(ask)), "OK");
  auto asked = As(kPaediatrician).custody.ListAdviceRequests({});
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_EQ(asked->advice_requests_size(), 1);
  ExpectTellsNoPlace(asked->advice_requests(0), "a request for advice");

  for (const Clients& who : {commissioner_, consulted_school, As(kPaediatrician)}) {
    auto work = who.custody.ListWorkItems({});
    ASSERT_TRUE(work.ok()) << work.status();
    for (const v1::WorkItem& item : work->work_items()) ExpectTellsNoPlace(item, "a work item");
  }
}

TEST_F(LawfulProtectionTest, Scenario07SearchersOwnAuditDoesNotTellWhomTheRelayStoodInFor) {
  const std::string child = RestrictedChild();
  const Persona reader = Another(kCommissioner, "com-77");
  ASSERT_EQ(ReasonIn(As(reader).records.GetPlan(PlanForCommissioner(child, {}))), "OK");
  v1::ListAuditEntriesRequest list;
  list.set_audience(v1::AUDIT_AUDIENCE_SEARCHER);
  list.set_page_size(200);
  const Persona officer{"south-east-london-icb", "ig-1", "INFORMATION_GOVERNANCE_OFFICER",
                        "commissioning"};
  auto entries = As(officer).audit.ListAuditEntries(list);
  ASSERT_TRUE(entries.ok()) << entries.status();
  int seen = 0;
  for (const v1::AuditEntry& entry : entries->entries()) {
    if (entry.ShortDebugString().find("com-77") == std::string::npos) continue;
    ++seen;
    for (const v1::AuditField& field : entry.fields()) {
      EXPECT_NE(field.name(), "custodian_agency") << field.value();
      EXPECT_NE(field.name(), "custodian_unit") << field.value();
    }
    EXPECT_TRUE(ehchub::VerifyAuditEntry(entry).ok()) << "hidden fields are commitments";
  }
  EXPECT_EQ(seen, 1);
  v1::ListAuditEntriesRequest own;
  own.set_audience(v1::AUDIT_AUDIENCE_CUSTODIAN);
  own.set_subject(child);
  auto custodians = As(kGovernance).audit.ListAuditEntries(own);
  ASSERT_TRUE(custodians.ok()) << custodians.status();
  EXPECT_THAT(custodians->ShortDebugString(), HasSubstr("custodian_agency"));
}

struct LabelCase {
  const char* name;
  v1::ProtectionLabel label;
};
class LabelTest : public LawfulProtectionTest, public ::testing::WithParamInterface<LabelCase> {};

// Content that each label keeps back from a recipient by right, and gives to one that is cleared.
TEST_P(LabelTest, KeepsBackFromWhoeverIsNotCleared) {
  const auto sections = [&](const std::string& child) {
    auto read = commissioner_.records.GetPlan(
        PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_A, v1::PLAN_SECTION_CODE_C,
                                    v1::PLAN_SECTION_CODE_D, v1::PLAN_SECTION_CODE_K}));
    return read.ok() ? read->plan().sections_size() : 0;
  };
  for (const bool cleared : {false, true}) {
    const std::string child = NewChild();
    ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
    ASSERT_EQ(sections(child), 4);
    ASSERT_EQ(Protect(child, GetParam().label,
                      cleared ? std::vector<std::string>{"agencies/south-east-london-icb"}
                              : std::vector<std::string>{}),
              "OK");
    if (cleared) {
      EXPECT_EQ(sections(child), 4);
    } else {
      EXPECT_LT(sections(child), 4);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Labels, LabelTest,
    ::testing::Values(LabelCase{"ThirdParty", v1::PROTECTION_LABEL_THIRD_PARTY},
                      LabelCase{"CourtRestricted", v1::PROTECTION_LABEL_COURT_RESTRICTED},
                      LabelCase{"PoliceIntelligence", v1::PROTECTION_LABEL_POLICE_INTEL},
                      LabelCase{"CovertEnquiry", v1::PROTECTION_LABEL_COVERT_ENQUIRY}),
    [](const auto& info) { return info.param.name; });

TEST_F(LawfulProtectionTest, NeedToKnowFlagsReachChildProtectionAlone) {
  for (const v1::ProtectionLabel label :
       {v1::PROTECTION_LABEL_FGM, v1::PROTECTION_LABEL_GANG, v1::PROTECTION_LABEL_HOMELESSNESS}) {
    const std::string child = NewChild();
    ASSERT_EQ(PublishFlag(child, "need to know"), "OK");
    ASSERT_EQ(Protect(child, label), "OK");
    EXPECT_EQ(ReasonIn(protection_.records.AgencyCheck(CheckFlag(child))), "OK") << label;
    v1::CreateRelationshipRequest care = CommissionerOf(child);
    care.mutable_relationship()->set_kind(v1::RELATIONSHIP_KIND_KEY_WORKER);
    care.mutable_relationship()->set_agency("agencies/kings-park-nhs-trust");
    ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(care)), "OK");
    v1::AgencyCheckRequest for_care = CheckFlag(child);
    *for_care.mutable_context() = SummaryForTrust(child).context();
    for_care.mutable_context()->set_gateway("CONFIDENCE_LAW");
    EXPECT_EQ(ReasonIn(As(kPaediatrician).records.AgencyCheck(for_care)), "NOT_AVAILABLE") << label;
  }
}

}  // namespace
}  // namespace ehc
