// What is refused, how, and that nothing of it is stored or told.
#include <algorithm>
#include <functional>
#include <map>
#include <ostream>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "client-sdk/src/internal/wire.h"
#include "ehc/hub/v1/record_exchange_service.grpc.pb.h"
#include "ehc/hub/v1/subject_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Everything of an answer that the wire carries, with the random ids masked.
struct WireAnswer {
  int code = 0;
  std::string message;
  std::string details;
  std::multimap<std::string, std::string> trailers;

  bool operator==(const WireAnswer& other) const {
    return std::tie(code, message, details, trailers) ==
           std::tie(other.code, other.message, other.details, other.trailers);
  }
};

std::ostream& operator<<(std::ostream& out, const WireAnswer& answer) {
  out << answer.code << " " << answer.message << " [" << answer.details << "]";
  for (const auto& [key, value] : answer.trailers) out << " " << key << "=" << value;
  return out;
}

// A fixed-length text in place of each id, so that its length still counts.
std::string Masked(std::string text, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    for (size_t at = 0; !id.empty() && (at = text.find(id, at)) != std::string::npos;) {
      text.replace(at, id.size(), std::string(id.size(), '#'));
    }
  }
  return text;
}

std::vector<std::string> IdsIn(const google::rpc::Status& status) {
  std::vector<std::string> ids;
  for (const google::protobuf::Any& any : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RequestInfo request;
    if (any.UnpackTo(&info)) ids.push_back(info.metadata().at("decision_id"));
    if (any.UnpackTo(&request)) ids.push_back(request.request_id());
  }
  return ids;
}

WireAnswer PullRaw(const Clients& clients, const std::string& subject) {
  auto stub = v1::RecordExchangeService::NewStub(clients.hub.wire()->channel());
  WireAnswer answer;
  (void)clients.hub.wire()->Run(
      "ehc.hub.v1.RecordExchangeService.GetPlanSummary", [&](grpc::ClientContext& context) {
        v1::GetPlanSummaryResponse response;
        const grpc::Status status =
            stub->GetPlanSummary(&context, SummaryForTrust(subject), &response);
        google::rpc::Status rich;
        EXPECT_TRUE(rich.ParseFromString(status.error_details()));
        const std::vector<std::string> ids = IdsIn(rich);
        EXPECT_EQ(ids.size(), 2u);
        answer.code = status.error_code();
        answer.message = status.error_message();
        answer.details = Masked(status.error_details(), ids);
        for (const auto& [key, value] : context.GetServerTrailingMetadata()) {
          answer.trailers.emplace(std::string(key.data(), key.size()),
                                  Masked(std::string(value.data(), value.size()), ids));
        }
        return status;
      });
  return answer;
}

class RefusalTest : public HubTest {
 protected:
  static v1::GetPlanRequest Read(const std::string& child) {
    return PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_F});
  }

  // Field paths that an INVALID_ARGUMENT names.
  template <typename T>
  static std::vector<std::string> FieldsIn(const absl::StatusOr<T>& result) {
    std::vector<std::string> fields;
    const auto error = ehchub::HubError::FromStatus(result.status());
    for (const auto& violation : error.violations) fields.push_back(violation.field);
    EXPECT_EQ(error.code, absl::StatusCode::kInvalidArgument) << result.status();
    EXPECT_EQ(error.reason_name, "FIELD_INVALID");
    return fields;
  }

  template <typename T>
  static std::string TextOf(const absl::StatusOr<T>& result) {
    std::string text = result.status().ToString();
    for (const auto& violation : ehchub::HubError::FromStatus(result.status()).violations) {
      absl::StrAppend(&text, " ", violation.description);
    }
    return text;
  }
};

TEST_F(RefusalTest, EveryNoAboutAChildIsOneAnswerByteForByte) {
  const int consent_missing = NewSerial(), refused = NewSerial(), no_plan = NewSerial(),
            withdrawn = NewSerial(), unknown = NewSerial(), elsewhere = NewSerial();
  MakeChild(caseworker_, consent_missing);
  MakeChild(caseworker_, refused);
  ASSERT_EQ(ReasonIn(caseworker_.consents.RecordConsent(
                ConsentOf(SubjectOf(refused), "mother", {"C", "G"}, v1::CONSENT_STATE_REFUSED))),
            "OK");
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(Registration(no_plan))), "OK");
  ASSERT_EQ(
      ReasonIn(caseworker_.subjects.CreateRelationship(ParentOf(SubjectOf(no_plan), "mother"))),
      "OK");
  ASSERT_EQ(ReasonIn(caseworker_.consents.RecordConsent(
                ConsentOf(SubjectOf(no_plan), "mother", {"C", "G"}))),
            "OK");
  MakeChild(caseworker_, withdrawn);
  auto consent =
      caseworker_.consents.RecordConsent(ConsentOf(SubjectOf(withdrawn), "mother", {"C"}));
  ASSERT_TRUE(consent.ok());
  v1::WithdrawConsentRequest withdrawal;
  withdrawal.set_name(consent->consent().name());
  *withdrawal.mutable_withdrawn_by() = consent->consent().decision_maker();
  ASSERT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(withdrawal)), "OK");
  const Clients trust_records = world().As(kTrustRecords);
  ASSERT_EQ(ReasonIn(trust_records.subjects.RegisterSubject(
                Registration(elsewhere, "community-paediatrics"))),
            "OK");

  const WireAnswer one = PullRaw(paediatrician_, SubjectOf(consent_missing));
  EXPECT_EQ(one.code, grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(one.details, HasSubstr("NOT_AVAILABLE"));
  for (int serial : {refused, no_plan, withdrawn, unknown, elsewhere}) {
    EXPECT_EQ(PullRaw(paediatrician_, SubjectOf(serial)), one) << serial;
  }
  EXPECT_EQ(PullRaw(paediatrician_, "subjects/0123456789abcdefghjkmnpqrs"), one)
      << "a name that is nobody's";
  auto by_name = trust_records.subjects.RegisterSubject(
      Registration(consent_missing, "community-paediatrics"));
  ASSERT_TRUE(by_name.ok());
  EXPECT_EQ(PullRaw(paediatrician_, by_name->subject()), one) << "its own name of a known child";
}

TEST_F(RefusalTest, NoThatIsTheSameForEveryChildSaysWhy) {
  const std::string child = NewChild();
  for (const std::string& subject : {child, SubjectOf(NewSerial())}) {
    v1::GetPlanSummaryRequest request = SummaryForTrust(subject);
    request.mutable_context()->set_agreement("agreements/no-such-agreement");
    EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(request)), "POLICY_DENIED");
    request = SummaryForTrust(subject);
    request.mutable_context()->set_lawful_basis("ART6_1_A");
    EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(request)), "POLICY_DENIED");
  }
}

TEST_F(RefusalTest, WrongRoleNeitherPublishesNorReads) {
  const int serial = NewSerial();
  const std::string child = MakeChild(caseworker_, serial);
  const Clients social_worker = world().As(kSocialWorker);
  v1::PublishPlanRequest plan = PlanOf(child, "forged", absl::StrCat("plan-", serial));
  plan.set_unit("social-care");
  EXPECT_EQ(ReasonIn(social_worker.records.PublishPlan(plan)), "POLICY_DENIED");
  plan.set_unit("send");
  EXPECT_EQ(ReasonIn(social_worker.records.PublishPlan(plan)), "FIELD_INVALID")
      << "not the acting person's unit";
  plan.set_unit("community-paediatrics");
  EXPECT_EQ(ReasonIn(paediatrician_.records.PublishPlan(plan)), "POLICY_DENIED");
}

TEST_F(RefusalTest, PairwiseNameMeansNothingAtAnotherAgency) {
  auto name = caseworker_.subjects.RegisterSubject(Registration(NewSerial()));
  ASSERT_TRUE(name.ok());
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(name->subject()))),
            "OK");
  ASSERT_EQ(ReasonIn(caseworker_.records.PublishPlan(
                PlanOf(name->subject(), "v1", name->subject().substr(9)))),
            "OK");
  EXPECT_NE(ReasonIn(commissioner_.records.GetPlan(Read(name->subject()))), "OK");
}

TEST_F(RefusalTest, RequestIdServesOneMessageOnly) {
  const std::string child = NewChild();
  v1::RecordConsentRequest request = ConsentOf(child, "mother", {"C"});
  request.set_request_id("0b1c2d3e-4f50-4a61-8b72-9c83ad94be05");
  auto first = caseworker_.consents.RecordConsent(request);
  ASSERT_TRUE(first.ok()) << first.status();
  auto again = caseworker_.consents.RecordConsent(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->consent().SerializeAsString(), first->consent().SerializeAsString());
  EXPECT_EQ(again->receipt().statement(), first->receipt().statement());
  v1::ListConsentsRequest list;
  list.set_subject(child);
  auto consents = caseworker_.consents.ListConsents(list);
  ASSERT_TRUE(consents.ok()) << consents.status();
  EXPECT_EQ(consents->consents_size(), 1) << "recorded once";

  request.mutable_consent()->mutable_scopes(0)->add_parts("G");
  auto other = caseworker_.consents.RecordConsent(request);
  EXPECT_EQ(other.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonIn(other), "REQUEST_ID_REUSED");
}

TEST_F(RefusalTest, StaleEtagChangesNothing) {
  const int serial = NewSerial();
  const std::string child = MakeChild(caseworker_, serial);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
  v1::PublishPlanRequest plan = PlanOf(child, "v2", absl::StrCat("plan-", serial));
  plan.set_etag("r1");
  auto published = caseworker_.records.PublishPlan(plan);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->published().etag(), "r2");
  v1::PublishPlanRequest late = PlanOf(child, "v3", absl::StrCat("plan-", serial));
  late.set_etag("r1");
  auto refused = caseworker_.records.PublishPlan(late);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonIn(refused), "ETAG_MISMATCH");
  auto read = commissioner_.records.GetPlan(Read(child));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->plan().sections(0).text(), "text of F v2");

  auto consent = caseworker_.consents.RecordConsent(ConsentOf(child, "mother", {"C"}));
  ASSERT_TRUE(consent.ok());
  v1::WithdrawConsentRequest withdrawal;
  withdrawal.set_name(consent->consent().name());
  withdrawal.set_etag("r9");
  *withdrawal.mutable_withdrawn_by() = consent->consent().decision_maker();
  EXPECT_EQ(ReasonIn(caseworker_.consents.WithdrawConsent(withdrawal)), "ETAG_MISMATCH");
  EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(child))), "OK");
}

TEST_F(RefusalTest, ValidateOnlyChangesNothing) {
  const int serial = NewSerial();
  const std::string child = MakeChild(caseworker_, serial);
  v1::RecordConsentRequest consent = ConsentOf(child, "mother", {"C"});
  consent.set_validate_only(true);
  EXPECT_EQ(ReasonIn(caseworker_.consents.RecordConsent(consent)), "OK");
  EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(child))),
            "NOT_AVAILABLE");

  v1::PublishPlanRequest plan = PlanOf(child, "v2", absl::StrCat("plan-", serial));
  plan.set_request_id("0b1c2d3e-4f50-4a61-8b72-9c83ad94be06");
  plan.set_validate_only(true);
  EXPECT_EQ(ReasonIn(caseworker_.records.PublishPlan(plan)), "OK");
  plan.set_validate_only(false);
  auto published = caseworker_.records.PublishPlan(plan);
  ASSERT_TRUE(published.ok()) << "its request_id is still free: " << published.status();
  EXPECT_EQ(published->published().version(), 2u);
}

TEST_F(RefusalTest, ValidateOnlyDoesNotTellWhetherAChildIsKnown) {
  const Clients trust = world().As(kTrustRecords);
  auto names = [&](int serial) {
    std::vector<std::string> named;
    for (int i = 0; i < 2; ++i) {
      v1::RegisterSubjectRequest request = Registration(serial, "community-paediatrics");
      request.set_validate_only(true);
      auto answer = trust.subjects.RegisterSubject(request);
      EXPECT_TRUE(answer.ok()) << answer.status();
      if (answer.ok()) named.push_back(answer->subject());
    }
    return named.size() == 2 && named[0] == named[1];
  };
  const int known = NewSerial();
  MakeChild(caseworker_, known);
  EXPECT_EQ(names(known), names(NewSerial()))
      << "the same name twice for a known child, and two for a new one, would tell";
}

TEST_F(RefusalTest, BadFieldsAreNamedAndNeverQuoted) {
  struct Case {
    const char* field;
    const char* value;
    std::function<void(v1::RegisterSubjectRequest&)> spoil;
  };
  const Case cases[] = {
      {"identifiers[0].value", "9434765871",
       [](auto& r) { r.mutable_identifiers(0)->set_value("9434765871"); }},
      {"person.date_of_birth", "2016-02-30",
       [](auto& r) { r.mutable_person()->set_date_of_birth("2016-02-30"); }},
      {"request_id", "not-a-uuid", [](auto& r) { r.set_request_id("not-a-uuid"); }},
      {"person.family_name", nullptr, [](auto& r) { r.mutable_person()->clear_family_name(); }},
      {"person.postcode", "Secret Lane",
       [](auto& r) { r.mutable_person()->set_postcode("Secret Lane"); }},
      {"person.sex", "4711",
       [](auto& r) { r.mutable_person()->set_sex(static_cast<v1::Sex>(4711)); }},
      {"identifiers[0].type", nullptr, [](auto& r) { r.mutable_identifiers(0)->clear_type(); }},
  };
  for (const Case& one : cases) {
    v1::RegisterSubjectRequest request = Registration(NewSerial());
    one.spoil(request);
    auto refused = caseworker_.subjects.RegisterSubject(request);
    EXPECT_THAT(FieldsIn(refused), ::testing::Contains(HasSubstr(one.field))) << one.field;
    if (one.value != nullptr) {
      EXPECT_THAT(TextOf(refused), Not(HasSubstr(one.value)));
    }
    EXPECT_THAT(TextOf(refused), Not(HasSubstr("Child")));
  }
}

TEST_F(RefusalTest, RefusedRegistrationIsNotStored) {
  v1::RegisterSubjectRequest request = Registration(NewSerial());
  request.add_identifiers()->set_type(v1::IDENTIFIER_TYPE_UPN);
  request.mutable_identifiers(1)->set_value("A00000000000A");
  EXPECT_FALSE(FieldsIn(caseworker_.subjects.RegisterSubject(request)).empty());
  EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(
                ParentOf("nhs:" + request.identifiers(0).value(), "mother"))),
            "RESOURCE_NOT_FOUND");
}

TEST_F(RefusalTest, OversizeAndRepeatedSectionsAreRefusedAndNotStored) {
  const int serial = NewSerial();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(Registration(serial))), "OK");
  const std::string child = SubjectOf(serial);
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
  v1::PublishPlanRequest plan = PlanOf(child, "v1", absl::StrCat("plan-", serial));
  plan.mutable_plan()->mutable_sections(5)->set_text(std::string(65537, 'x'));
  EXPECT_THAT(FieldsIn(caseworker_.records.PublishPlan(plan)),
              ::testing::ElementsAre("plan.sections[5].text"));
  plan = PlanOf(child, "v1", absl::StrCat("plan-", serial));
  plan.mutable_plan()->mutable_sections(5)->set_code(v1::PLAN_SECTION_CODE_A);
  EXPECT_EQ(ReasonIn(caseworker_.records.PublishPlan(plan)), "FIELD_INVALID");
  plan = PlanOf(child, "v1", absl::StrCat("plan-", serial));
  for (auto& section : *plan.mutable_plan()->mutable_sections()) {
    section.set_text(std::string(100000, 'x'));
  }
  EXPECT_FALSE(caseworker_.records.PublishPlan(plan).ok()) << "more than a message may hold";
  EXPECT_NE(ReasonIn(commissioner_.records.GetPlan(Read(child))), "OK") << "nothing is there";
}

TEST_F(RefusalTest, UnknownChildIsNeitherPublishedAboutNorConsentedFor) {
  const std::string nobody = SubjectOf(NewSerial());
  EXPECT_EQ(ReasonIn(caseworker_.records.PublishPlan(PlanOf(nobody, "v1", "no-plan"))),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(caseworker_.consents.RecordConsent(ConsentOf(nobody, "mother", {"C"}))),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(nobody))),
            "RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace ehc
