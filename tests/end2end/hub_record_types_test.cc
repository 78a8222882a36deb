// Every type of record in the shipped vocabulary that has no form of its own: published by whoever
// keeps it, shown to nobody without a clause, and part by part to whom a clause names.
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "ehc/policy/v1/vocabulary.pb.h"
#include "google/protobuf/text_format.h"
#include "tests/end2end/hub_suite.h"
#include "tests/end2end/hub_wire.h"

namespace ehc {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

inline const Persona kEmergency{"kings-park-nhs-trust", "ed-1", "EMERGENCY_CLINICIAN",
                                "community-paediatrics"};

std::vector<policy::v1::RecordType> ShippedTypes() {
  std::ifstream file(HubWorld::policy_folder() + "/vocabulary/records.textproto");
  std::stringstream text;
  text << file.rdbuf();
  policy::v1::Vocabulary vocabulary;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text.str(), &vocabulary));
  std::vector<policy::v1::RecordType> types;
  for (const policy::v1::RecordType& type : vocabulary.record_type()) {
    if (type.part_size() > 0) types.push_back(type);
  }
  return types;
}

policy::v1::RecordType TypeOf(const std::string& code) {
  for (const policy::v1::RecordType& type : ShippedTypes()) {
    if (type.term().code() == code) return type;
  }
  ADD_FAILURE() << code << " is not in the vocabulary";
  return {};
}

// Every part of the type, each with a text that names it.
v1::RecordContent ContentOf(const policy::v1::RecordType& type) {
  v1::RecordContent content;
  content.set_record_type(type.term().code());
  content.set_badge(v1::BADGE_FINAL);
  content.mutable_as_at()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 60);
  content.mutable_contact()->set_display_name("Duty desk");
  for (const policy::v1::PartTerm& term : type.part()) {
    v1::RecordPart& part = *content.add_parts();
    part.set_code(term.code());
    part.set_text(absl::StrCat("words of ", term.code()));
    part.set_location_checked(true);
  }
  return content;
}

v1::AgencyCheckRequest CheckOf(const std::string& subject, const policy::v1::RecordType& type,
                               const char* agreement, const char* purpose) {
  v1::AgencyCheckRequest request;
  request.set_subject(subject);
  v1::RecordScope& scope = *request.add_wanted();
  scope.set_record_type(type.term().code());
  for (const policy::v1::PartTerm& part : type.part()) scope.add_parts(part.code());
  v1::DisclosureContext& context = *request.mutable_context();
  context.set_agreement(absl::StrCat("agreements/", agreement));
  context.set_purpose(purpose);
  context.set_lawful_basis("ART6_1_E");
  context.set_special_category_basis("SCH1_PARA18");
  context.set_gateway("CONFIDENCE_LAW");
  context.set_case_reference("CASE-1");
  return request;
}

std::vector<std::string> PartsIn(const v1::AgencyCheckResponse& response) {
  std::vector<std::string> codes;
  for (const v1::CheckedRecords& item : response.items()) {
    for (const auto& record : item.records()) {
      for (const v1::RecordPart& part : record.parts()) codes.push_back(part.code());
    }
  }
  return codes;
}

class RecordTypesTest : public HubTest {
 protected:
  // Whose kind of unit keeps it.
  const Clients& KeeperOf(const policy::v1::RecordType& type) const {
    if (type.published_with() == "PublishHealthRecord") return trust_;
    return type.term().code() == "ATTENDANCE_SUMMARY" ? senco_ : social_worker_;
  }
  std::string UnitOf(const policy::v1::RecordType& type) const {
    if (&KeeperOf(type) == &trust_) return "community-paediatrics";
    return &KeeperOf(type) == &senco_ ? "school" : "social-care";
  }

  template <typename Req>
  static Req To(const std::string& subject, const std::string& unit) {
    Req request;
    request.set_subject(subject);
    request.set_unit(unit);
    return request;
  }

  std::string Publish(const Clients& keeper, const std::string& unit, const std::string& subject,
                      const std::string& method, const v1::RecordContent& content) const {
    if (method == "PublishHealthRecord") {
      auto request = To<v1::PublishHealthRecordRequest>(subject, unit);
      *request.mutable_health_record() = content;
      return ReasonIn(keeper.records.PublishHealthRecord(request));
    }
    if (method == "PublishFlag") {
      auto request = To<v1::PublishFlagRequest>(subject, unit);
      *request.mutable_flag() = content;
      return ReasonIn(keeper.records.PublishFlag(request));
    }
    auto request = To<v1::PublishCareRecordRequest>(subject, unit);
    *request.mutable_care_record() = content;
    return ReasonIn(keeper.records.PublishCareRecord(request));
  }

  // A child of whom the keeper has a record of the type.
  std::string ChildWith(const policy::v1::RecordType& type) {
    const int serial = NewSerial();
    const Clients& keeper = KeeperOf(type);
    EXPECT_EQ(ReasonIn(keeper.subjects.RegisterSubject(Registration(serial, UnitOf(type)))), "OK");
    EXPECT_EQ(
        Publish(keeper, UnitOf(type), SubjectOf(serial), type.published_with(), ContentOf(type)),
        "OK")
        << type.term().code();
    return SubjectOf(serial);
  }

  const Clients trust_ = world().As(kTrustRecords);
  const Clients social_worker_ = world().As(kSocialWorker);
  const Clients senco_ = world().As(kSenco);
  const Clients other_senco_ = world().As(kOtherSenco);
  const Clients emergency_ = world().As(kEmergency);
};

bool HasOneForm(const policy::v1::RecordType& type) {
  return type.published_with() == "PublishPlan" ||
         type.published_with() == "PublishSupportStatus" ||
         type.published_with() == "CreateAssessmentOutcome";
}

TEST_F(RecordTypesTest, EveryTypeIsPublishedByWhoeverKeepsItAndShownToNobodyWithoutAClause) {
  int seen = 0;
  for (const policy::v1::RecordType& type : ShippedTypes()) {
    if (HasOneForm(type)) continue;
    SCOPED_TRACE(type.term().code());
    ++seen;
    const std::string child = ChildWith(type);
    const auto asked =
        other_senco_.records.AgencyCheck(CheckOf(child, type, "bromley-schools", "SCHOOL_SUPPORT"));
    EXPECT_THAT(ReasonIn(asked), AnyOf("NOT_AVAILABLE", "POLICY_DENIED"));
    EXPECT_THAT(std::string(asked.status().message()), Not(HasSubstr("words of")));
    const WireBytes hers = AskRaw(other_senco_, &v1::RecordExchangeService::Stub::AgencyCheck,
                                  CheckOf(child, type, "bromley-schools", "SCHOOL_SUPPORT"));
    const WireBytes nobodys =
        AskRaw(other_senco_, &v1::RecordExchangeService::Stub::AgencyCheck,
               CheckOf(SubjectOf(NewSerial()), type, "bromley-schools", "SCHOOL_SUPPORT"));
    EXPECT_EQ(hers, nobodys);
  }
  EXPECT_GE(seen, 18);
}

TEST_F(RecordTypesTest, TypeIsPublishedWithItsOwnMethodAlone) {
  const std::string child = ChildWith(TypeOf("CARE_RECORD"));
  for (const char* code : {"EHC_PLAN", "SUPPORT_STATUS", "HEALTH_RECORD", "FLAG"}) {
    EXPECT_EQ(
        Publish(social_worker_, "social-care", child, "PublishCareRecord", ContentOf(TypeOf(code))),
        "STATE_CONFLICT")
        << code;
  }
  EXPECT_EQ(Publish(social_worker_, "social-care", child, "PublishFlag",
                    ContentOf(TypeOf("CARE_RECORD"))),
            "STATE_CONFLICT");
}

TEST_F(RecordTypesTest, EmergencyClinicianSeesTheStatusAndWhomToRing) {
  const policy::v1::RecordType type = TypeOf("CARE_STATUS");
  const auto seen = emergency_.records.AgencyCheck(
      CheckOf(ChildWith(type), type, "bromley-unscheduled-care", "SAFEGUARDING"));
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_THAT(PartsIn(*seen), UnorderedElementsAre("STATUS", "CONTACT"));
  EXPECT_TRUE(emergency_.hub.SettleReceipts().ok());
}

TEST_F(RecordTypesTest, EmergencyClinicianSeesAFlagAndNoDetail) {
  for (const char* code : {"DOMESTIC_ABUSE_FLAG", "EXPLOITATION_FLAG"}) {
    const policy::v1::RecordType type = TypeOf(code);
    v1::AgencyCheckRequest check =
        CheckOf(ChildWith(type), type, "bromley-unscheduled-care", "SAFEGUARDING");
    check.mutable_wanted(0)->set_custodian_unit("social-care");
    const auto seen = emergency_.records.AgencyCheck(check);
    ASSERT_TRUE(seen.ok()) << code << " " << seen.status();
    EXPECT_THAT(PartsIn(*seen), UnorderedElementsAre("KIND", "CONTACT"));
  }
}

TEST_F(RecordTypesTest, SocialWorkerLearnsOfACrisisAndNotWhatHappened) {
  const policy::v1::RecordType type = TypeOf("CRISIS_PRESENTATION");
  const auto seen = social_worker_.records.AgencyCheck(
      CheckOf(ChildWith(type), type, "bromley-unscheduled-care", "SAFEGUARDING"));
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_THAT(PartsIn(*seen), UnorderedElementsAre("WHEN", "OUTCOME", "CONTACT"));
}

TEST_F(RecordTypesTest, SocialWorkerSeesAttendanceAndNoNotes) {
  const policy::v1::RecordType type = TypeOf("ATTENDANCE_SUMMARY");
  v1::AgencyCheckRequest check =
      CheckOf(ChildWith(type), type, "bromley-school-attendance", "SAFEGUARDING");
  check.set_custodian("agencies/oakfield-school");
  const auto seen = social_worker_.records.AgencyCheck(check);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_THAT(PartsIn(*seen), ElementsAre("ATTENDANCE", "EXCLUSION", "TIMETABLE"));
}

}  // namespace
}  // namespace ehc
