#include "server/services/validate.h"

#include <string>
#include <vector>

#include "ehc/hub/v1/agency_admin_service.pb.h"
#include "ehc/hub/v1/audit_service.pb.h"
#include "ehc/hub/v1/consent_service.pb.h"
#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "ehc/hub/v1/subject_service.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

std::vector<std::string> Fields(const google::protobuf::Message& message) {
  std::vector<std::string> fields;
  for (const FieldViolation& violation : Validate(message)) fields.push_back(violation.field);
  return fields;
}

hub::v1::GetPlanSummaryRequest SummaryRequest() {
  return Parse<hub::v1::GetPlanSummaryRequest>(R"pb(
    subject: "nhs:9434765870"
    context {
      purpose: "DIRECT_CARE"
      lawful_basis: "ART6_1_E"
      special_category_basis: "ART9_2_H"
      gateway: "R17_CONSENT"
      agreement: "agreements/bromley-kings-ehc"
    }
  )pb");
}

hub::v1::PublishPlanRequest PublishRequest() {
  return Parse<hub::v1::PublishPlanRequest>(R"pb(
    request_id: "3f0c2f5a-58cc-4372-a567-0e02b2c3d479"
    unit: "send"
    subject: "la:305/ABC123"
    plan {
      headline { issue_date: "2026-03-02" review_due_date: "2027-03-01" status: PLAN_STATUS_FINAL }
      sections { code: PLAN_SECTION_CODE_C text: "Asthma.\nUses an inhaler." }
      sections { code: PLAN_SECTION_CODE_G text: "Respiratory review each term." }
      badge: BADGE_FINAL
      as_at { seconds: 1772409600 }
      contact { display_name: "SEND duty desk" telephone: "020 7946 0000" }
    }
  )pb");
}

hub::v1::RegisterSubjectRequest RegisterRequest() {
  return Parse<hub::v1::RegisterSubjectRequest>(R"pb(
    request_id: "3f0c2f5a-58cc-4372-a567-0e02b2c3d479"
    unit: "send"
    person { given_names: "Ada" family_name: "Example" date_of_birth: "2014-05-06" sex: SEX_FEMALE }
    identifiers { type: IDENTIFIER_TYPE_NHS_NUMBER value: "943 476 5870" }
  )pb");
}

TEST(ValidateTest, WellFormedRequestsPass) {
  EXPECT_THAT(Fields(SummaryRequest()), IsEmpty());
  EXPECT_THAT(Fields(PublishRequest()), IsEmpty());
  EXPECT_THAT(Fields(RegisterRequest()), IsEmpty());
  EXPECT_THAT(Fields(hub::v1::GetCheckpointRequest()), IsEmpty());
}

TEST(ValidateTest, MissingRequiredFieldsAreNamedAllAtOnce) {
  EXPECT_THAT(Fields(hub::v1::GetPlanSummaryRequest()), ElementsAre("subject", "context"));
  auto request = SummaryRequest();
  request.mutable_context()->clear_purpose();
  request.mutable_context()->clear_lawful_basis();
  EXPECT_THAT(Fields(request), ElementsAre("context.purpose", "context.lawful_basis"));
}

TEST(ValidateTest, PathsReachIntoListsAndMessages) {
  auto request = PublishRequest();
  request.mutable_plan()->mutable_sections(1)->set_text("a\x1b");
  EXPECT_THAT(Fields(request), ElementsAre("plan.sections[1].text"));
}

TEST(ValidateTest, AnUnspecifiedOrUnknownEnumValueIsRefused) {
  auto request = PublishRequest();
  request.mutable_plan()->mutable_sections(0)->set_code(hub::v1::PLAN_SECTION_CODE_UNSPECIFIED);
  request.mutable_plan()->set_badge(static_cast<hub::v1::Badge>(77));
  EXPECT_THAT(Fields(request), ElementsAre("plan.sections[0].code", "plan.badge"));
  hub::v1::GetPlanRequest sections;
  sections.set_subject("subjects/ab");
  *sections.mutable_context() = SummaryRequest().context();
  sections.add_sections(hub::v1::PLAN_SECTION_CODE_C);
  EXPECT_THAT(Fields(sections), IsEmpty());
  sections.add_sections(hub::v1::PLAN_SECTION_CODE_UNSPECIFIED);
  sections.add_sections(static_cast<hub::v1::PlanSectionCode>(99));
  EXPECT_THAT(Fields(sections), ElementsAre("sections[1]", "sections[2]"));
}

TEST(ValidateTest, LengthsCountBytesNotCharacters) {
  auto request = RegisterRequest();
  std::string name;
  for (int i = 0; i < 100; ++i) name += "ë";
  request.mutable_person()->set_family_name(name);
  EXPECT_THAT(Fields(request), IsEmpty());
  request.mutable_person()->set_family_name(name + "a");
  EXPECT_THAT(Fields(request), ElementsAre("person.family_name"));
}

TEST(ValidateTest, DaysThatDoNotExistOrRunBackwardsAreRefused) {
  auto request = RegisterRequest();
  request.mutable_person()->set_date_of_birth("2014-02-30");
  EXPECT_THAT(Fields(request), ElementsAre("person.date_of_birth"));
  request = RegisterRequest();
  request.mutable_identifiers(0)->set_valid_from("2020-01-02");
  request.mutable_identifiers(0)->set_valid_to("2020-01-01");
  EXPECT_THAT(Fields(request), ElementsAre("identifiers[0].valid_to"));
  request.mutable_identifiers(0)->set_valid_to("2020-01-02");
  EXPECT_THAT(Fields(request), IsEmpty());
}

TEST(ValidateTest, MomentsThatCannotBeOrRunBackwardsAreRefused) {
  auto request = PublishRequest();
  request.mutable_plan()->mutable_as_at()->set_nanos(1'000'000'000);
  EXPECT_THAT(Fields(request), ElementsAre("plan.as_at"));
  hub::v1::ListAuditEntriesRequest list;
  list.mutable_since()->set_seconds(1772409600);
  list.mutable_until()->set_seconds(1772409600);
  EXPECT_THAT(Fields(list), IsEmpty());
  list.mutable_since()->set_nanos(1);
  EXPECT_THAT(Fields(list), ElementsAre("until"));
  list.mutable_since()->set_seconds(-3000000000);
  EXPECT_THAT(Fields(list), ElementsAre("since"));
}

TEST(ValidateTest, ExactlyOneAlternativeOfARequiredOneofMustBeSet) {
  auto request = RegisterRequest();
  request.mutable_person()->clear_birth();
  EXPECT_THAT(Fields(request), ElementsAre("person.date_of_birth"));
  request.mutable_person()->set_expected_date_of_birth("");
  EXPECT_THAT(Fields(request), ElementsAre("person.expected_date_of_birth"));
  request.mutable_person()->set_expected_date_of_birth("2026-12-01");
  EXPECT_THAT(Fields(request), IsEmpty());
}

TEST(ValidateTest, AnIdentifierMustHaveTheFormOfItsType) {
  auto request = RegisterRequest();
  request.mutable_identifiers(0)->set_type(hub::v1::IDENTIFIER_TYPE_UPN);
  EXPECT_THAT(Fields(request), ElementsAre("identifiers[0].value"));
  request.mutable_identifiers(0)->clear_type();
  EXPECT_THAT(Fields(request), ElementsAre("identifiers[0].type"));
}

TEST(ValidateTest, ListsAreBoundedAndRequiredOnesNotEmpty) {
  auto request = PublishRequest();
  for (int i = 0; i < 11; ++i) *request.mutable_plan()->add_sections() = request.plan().sections(0);
  EXPECT_THAT(Fields(request), ElementsAre("plan.sections"));
  hub::v1::Consent consent;
  hub::v1::RecordConsentRequest record;
  *record.mutable_consent() = consent;
  EXPECT_THAT(Fields(record),
              testing::IsSupersetOf({"consent.recipients", "consent.purposes", "consent.scopes"}));
  record.mutable_consent()->add_recipients("");
  EXPECT_THAT(Fields(record), testing::Contains("consent.recipients[0]"));
}

TEST(ValidateTest, NumbersKeepTheirBounds) {
  hub::v1::ListAgenciesRequest list;
  list.set_page_size(-1);
  EXPECT_THAT(Fields(list), ElementsAre("page_size"));
  hub::v1::GetInclusionProofRequest proof;
  proof.set_leaf_hash(std::string(32, '\xff'));
  EXPECT_THAT(Fields(proof), ElementsAre("tree_size"));
  proof.set_tree_size(~uint64_t{0});
  EXPECT_THAT(Fields(proof), ElementsAre("tree_size"));
  proof.set_tree_size(1);
  proof.set_leaf_hash(std::string(31, '\xff'));
  EXPECT_THAT(Fields(proof), ElementsAre("leaf_hash"));
}

TEST(ValidateTest, AFieldOfANewerContractIsRefusedAtAnyDepth) {
  auto request = SummaryRequest();
  auto* context = request.mutable_context();
  context->GetReflection()->MutableUnknownFields(context)->AddVarint(999, 1);
  const auto violations = Validate(request);
  ASSERT_THAT(violations, SizeIs(1));
  EXPECT_EQ(violations[0].field, "context");
  EXPECT_THAT(violations[0].description, HasSubstr("999"));
}

TEST(ValidateTest, ViolationsAreCappedAndSmall) {
  hub::v1::CreateAgencyRequest request;
  for (int i = 0; i < 64; ++i) request.mutable_agency()->add_units();
  const auto violations = Validate(request);
  EXPECT_THAT(violations, SizeIs(kMaxFieldViolations));
  size_t bytes = 0;
  for (const auto& violation : violations) {
    bytes += violation.field.size() + violation.description.size();
  }
  EXPECT_LT(bytes, 3500u);
}

TEST(ValidateTest, NoViolationRepeatsTheValue) {
  auto request = RegisterRequest();
  constexpr char kValue[] = "Mischief\u202e";
  request.set_request_id(kValue);
  request.set_unit(kValue);
  request.set_case_reference(kValue);
  auto* person = request.mutable_person();
  person->set_given_names(kValue);
  person->set_family_name(kValue);
  person->set_date_of_birth("Mischief");
  person->set_postcode("Mischief");
  person->set_mother_subject(kValue);
  request.mutable_identifiers(0)->set_value(kValue);
  const auto violations = Validate(request);
  EXPECT_THAT(violations, SizeIs(9));
  for (const auto& violation : violations) {
    EXPECT_THAT(violation.description, Not(HasSubstr("Mischief"))) << violation.field;
    EXPECT_THAT(violation.field, Not(HasSubstr("Mischief")));
  }
}

}  // namespace
}  // namespace ehc
