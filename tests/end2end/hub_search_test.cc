// Who holds what, yes or no, which services, and what may already be seen: each leaks nothing of
// what it does not say.
#include "tests/end2end/hub_suite.h"
#include "tests/end2end/hub_wire.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Stub = v1::RecordExchangeService::Stub;

inline const Persona kTrustClinician = kPaediatrician;

v1::PublishHealthRecordRequest HealthRecordOf(const std::string& subject) {
  v1::PublishHealthRecordRequest request;
  request.set_unit("community-paediatrics");
  request.set_subject(subject);
  v1::RecordContent& record = *request.mutable_health_record();
  record.set_record_type("HEALTH_RECORD");
  record.set_badge(v1::BADGE_FINAL);
  record.mutable_as_at()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 60);
  record.mutable_contact()->set_display_name("Community paediatrics");
  v1::RecordPart& services = *record.add_parts();
  services.set_code("SERVICES");
  services.set_text("sees us for a rare condition");
  v1::RecordField& field = *services.add_fields();
  field.set_name("service");
  field.set_value("SPEECH_THERAPY");
  services.set_valid_from("2026-01-05");
  for (const char* code : {"SUMMARY", "MEDICATION"}) {
    v1::RecordPart& part = *record.add_parts();
    part.set_code(code);
    part.set_text(std::string("text of ") + code);
  }
  return request;
}

v1::PublishCareRecordRequest RegisterEntryOf(const std::string& subject) {
  v1::PublishCareRecordRequest request;
  request.set_unit("social-care");
  request.set_subject(subject);
  v1::RecordContent& record = *request.mutable_care_record();
  record.set_record_type("DISABILITY_REGISTER");
  record.set_badge(v1::BADGE_FINAL);
  record.mutable_as_at()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 60);
  record.mutable_contact()->set_display_name("Disabled children's team");
  for (const char* code : {"ENTRY", "CATEGORY"}) {
    v1::RecordPart& part = *record.add_parts();
    part.set_code(code);
    part.set_text("a rare diagnosis");
  }
  return request;
}

template <typename Req>
Req Asked(const std::string& subject, const char* agreement, const char* purpose,
          const char* basis) {
  Req request;
  request.set_subject(subject);
  request.mutable_context()->set_agreement(std::string("agreements/") + agreement);
  request.mutable_context()->set_purpose(purpose);
  request.mutable_context()->set_lawful_basis(basis);
  return request;
}

v1::FindRecordsRequest FindForCommissioner(const std::string& subject) {
  auto request = Asked<v1::FindRecordsRequest>(subject, "bromley-icb-statutory-copy",
                                               "STATUTORY_COPY", "ART6_1_C");
  request.add_record_types("EHC_PLAN");
  request.add_record_types("CARE_RECORD");
  return request;
}

v1::AttestRegistrationRequest AttestForTrust(const std::string& subject) {
  auto request = Asked<v1::AttestRegistrationRequest>(subject, "bromley-kings-park-direct-care",
                                                      "DIRECT_CARE", "ART6_1_E");
  request.set_record_type("DISABILITY_REGISTER");
  return request;
}

template <typename Req>
Req AdviceFor(const std::string& subject) {
  Req request =
      Asked<Req>(subject, "bromley-kings-park-direct-care", "EHC_ASSESSMENT_ADVICE", "ART6_1_C");
  request.mutable_context()->set_special_category_basis("ART9_2_H");
  request.mutable_context()->set_gateway("CONFIDENCE_LAW");
  return request;
}

v1::GetServiceOfferRequest OfferFor(const std::string& subject) {
  auto request = AdviceFor<v1::GetServiceOfferRequest>(subject);
  request.set_record_type("HEALTH_RECORD");
  return request;
}

v1::AgencyCheckRequest CheckFor(const std::string& subject) {
  auto request = AdviceFor<v1::AgencyCheckRequest>(subject);
  v1::RecordScope& health = *request.add_wanted();
  health.set_record_type("HEALTH_RECORD");
  for (const char* part : {"SUMMARY", "MEDICATION", "SERVICES"}) health.add_parts(part);
  request.add_wanted()->set_record_type("FLAG");
  request.mutable_wanted(1)->add_parts("KIND");
  return request;
}

class SearchTest : public HubTest {
 protected:
  // Registered by the trust with a health record, and by Bromley's social care.
  std::string ChildInCare() {
    const int serial = NewSerial();
    EXPECT_EQ(
        ReasonIn(trust_.subjects.RegisterSubject(Registration(serial, "community-paediatrics"))),
        "OK");
    EXPECT_EQ(ReasonIn(trust_.records.PublishHealthRecord(HealthRecordOf(SubjectOf(serial)))),
              "OK");
    return SubjectOf(serial);
  }
  std::string ChildOnRegister() {
    const int serial = NewSerial();
    EXPECT_EQ(
        ReasonIn(social_worker_.subjects.RegisterSubject(Registration(serial, "social-care"))),
        "OK");
    EXPECT_EQ(
        ReasonIn(social_worker_.records.PublishCareRecord(RegisterEntryOf(SubjectOf(serial)))),
        "OK");
    return SubjectOf(serial);
  }
  std::string Nobody() { return SubjectOf(NewSerial()); }

  const Clients trust_ = world().As(kTrustRecords);
  const Clients social_worker_ = world().As(kSocialWorker);
};

TEST_F(SearchTest, PointerSaysWhoHoldsAPlanAndNothingOfIt) {
  const std::string child = NewChild();
  auto found = commissioner_.records.FindRecords(FindForCommissioner(child));
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->items_size(), 1);
  EXPECT_EQ(found->items(0).record_type(), "EHC_PLAN");
  EXPECT_EQ(found->items(0).disclosure().custodian(), "agencies/bromley");
  EXPECT_FALSE(found->items(0).disclosure().has_contact());
  EXPECT_THAT(found->SerializeAsString(), Not(HasSubstr("text of")));
  EXPECT_TRUE(commissioner_.hub.SettleReceipts().ok());
}

TEST_F(SearchTest, AbsentAndHiddenAreFoundAlike) {
  const auto ask = [&](const std::string& subject) {
    return AskRaw(commissioner_, &Stub::FindRecords, FindForCommissioner(subject));
  };
  const WireBytes nobody = ask(Nobody());
  EXPECT_EQ(nobody.code, 0) << "a commissioner may know: there is nothing";
  const std::string hidden = NewChild();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(hidden))), "OK");
  EXPECT_EQ(ask(hidden), nobody);
  EXPECT_FALSE(ask(NewChild()) == nobody) << "the test can tell a difference";
}

TEST_F(SearchTest, WithoutAnExistenceGrantEveryChildIsTheSameNo) {
  auto find = [&](const std::string& subject) {
    auto request = Asked<v1::FindRecordsRequest>(subject, "bromley-kings-park-direct-care",
                                                 "DIRECT_CARE", "ART6_1_E");
    request.add_record_types("EHC_PLAN");
    return AskRaw(paediatrician_, &Stub::FindRecords, request);
  };
  auto attest = [&](const std::string& subject) {
    v1::AttestRegistrationRequest request = AttestForTrust(subject);
    request.set_record_type("EHC_PLAN");
    return AskRaw(paediatrician_, &Stub::AttestRegistration, request);
  };
  const std::string child = NewChild(), nobody = Nobody();
  EXPECT_NE(find(nobody).code, 0);
  EXPECT_EQ(find(child), find(nobody));
  EXPECT_NE(attest(nobody).code, 0);
  EXPECT_EQ(attest(child), attest(nobody));
}

TEST_F(SearchTest, AttestationIsYesOrNoWithoutADiagnosis) {
  const std::string child = ChildOnRegister();
  auto yes = paediatrician_.records.AttestRegistration(AttestForTrust(child));
  ASSERT_TRUE(yes.ok()) << yes.status();
  EXPECT_TRUE(yes->registered());
  EXPECT_TRUE(yes->disclosure().has_receipt());
  EXPECT_TRUE(yes->disclosure().record().empty());
  EXPECT_THAT(yes->SerializeAsString(), Not(HasSubstr("diagnosis")));
  EXPECT_TRUE(paediatrician_.hub.SettleReceipts().ok());

  const auto ask = [&](const std::string& subject) {
    return AskRaw(paediatrician_, &Stub::AttestRegistration, AttestForTrust(subject));
  };
  const WireBytes no = ask(Nobody());
  EXPECT_EQ(no.code, 0);
  EXPECT_EQ(ask(NewChild()), no) << "known, and not on the register";
  const std::string hidden = ChildOnRegister();
  v1::CreateProtectionRequest protection = RestrictedAddressOf(hidden);
  protection.set_unit("social-care");
  ASSERT_EQ(ReasonIn(social_worker_.subjects.CreateProtection(protection)), "OK");
  EXPECT_EQ(ask(hidden), no);
}

TEST_F(SearchTest, ServicesAreListedWithoutAWordOfNeed) {
  const std::string child = ChildInCare();
  auto offer = caseworker_.records.GetServiceOffer(OfferFor(child));
  ASSERT_TRUE(offer.ok()) << offer.status();
  ASSERT_EQ(offer->services_size(), 1);
  EXPECT_EQ(offer->services(0).fields(0).value(), "SPEECH_THERAPY");
  EXPECT_EQ(offer->services(0).valid_from(), "2026-01-05");
  EXPECT_THAT(offer->SerializeAsString(), Not(HasSubstr("rare condition")));
  const auto ask = [&](const std::string& subject) {
    return AskRaw(caseworker_, &Stub::GetServiceOffer, OfferFor(subject));
  };
  EXPECT_EQ(ask(NewChild()), ask(Nobody()));
}

TEST_F(SearchTest, CheckReturnsWhatMayBeSeenAndLeavesOutTheRest) {
  const std::string child = ChildInCare();
  auto checked = caseworker_.records.AgencyCheck(CheckFor(child));
  ASSERT_TRUE(checked.ok()) << checked.status();
  ASSERT_EQ(checked->items_size(), 1);
  const v1::CheckedRecords& health = checked->items(0);
  EXPECT_EQ(health.record_type(), "HEALTH_RECORD");
  ASSERT_EQ(health.records_size(), 1);
  EXPECT_EQ(health.records(0).parts_size(), 2) << "SUMMARY and SERVICES";
  EXPECT_THAT(checked->SerializeAsString(), Not(HasSubstr("text of MEDICATION")));
  EXPECT_EQ(health.disclosure().withheld_size(), 1);
  EXPECT_TRUE(caseworker_.hub.SettleReceipts().ok());
}

TEST_F(SearchTest, CheckOfNobodyIsTheCheckOfAChildOfWhomNothingMayBeSeen) {
  const auto ask = [&](const std::string& subject) {
    return AskRaw(caseworker_, &Stub::AgencyCheck, CheckFor(subject));
  };
  const WireBytes nobody = ask(Nobody());
  EXPECT_THAT(nobody.details, HasSubstr("NOT_AVAILABLE"));
  EXPECT_EQ(ask(NewChild()), nobody);
  const auto other = [&](const std::string& subject) {
    return AskRaw(social_worker_, &Stub::AgencyCheck, CheckFor(subject));
  };
  EXPECT_EQ(other(ChildInCare()), other(Nobody()));
}

}  // namespace
}  // namespace ehc
