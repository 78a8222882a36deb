// One hub whose clock the tests set, with the shipped policy and one clause more: a clinical
// officer at the trust may learn that a plan exists. Every test makes children of its own.
#ifndef EHC_TESTS_END2END_LAWFUL_CONSENT_WORLD_H_
#define EHC_TESTS_END2END_LAWFUL_CONSENT_WORLD_H_

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/crypto.h"
#include "server/base/status_macros.h"
#include "server/model/date.h"
#include "server/transport/platform_setup.h"
#include "tests/end2end/hub_world.h"

namespace ehc {

inline const Persona kClinicalOfficer{"kings-park-nhs-trust", "dco-1",
                                      "DESIGNATED_CLINICAL_OFFICER", "community-paediatrics"};

inline absl::Time InLondon(int year, int month, int day, int hour = 12) {
  return absl::FromCivil(absl::CivilHour(year, month, day, hour), London());
}

inline google::protobuf::Timestamp AtTime(absl::Time time) {
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(time));
  return out;
}

class LawfulConsentTest : public ::testing::Test {
 protected:
  static constexpr char kExistenceClause[] = R"(
clause {
  id: "plan-existence-for-tests"
  title: "A designated clinical officer may learn that a plan exists."
  effect: EFFECT_PERMIT
  recipient { agency: "kings-park-nhs-trust" unit: ["ANY"] }
  role: ["DESIGNATED_CLINICAL_OFFICER"]
  supplier { agency: "bromley" unit: ["send"] }
  record_type: ["EHC_PLAN"]
  part: ["ANY"]
  disclosure: [DISCLOSURE_EXISTENCE]
  purpose: ["DIRECT_CARE"]
  lawful_basis: ["ART6_1_E"]
}
)";

  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
    clock_ = std::make_unique<ManualClock>(InLondon(2026, 3, 2));
    world_ = std::make_unique<HubWorld>(clock_.get());
    const std::string policies = world_->folder() + "/policies";
    std::filesystem::copy(HubWorld::policy_folder(), policies,
                          std::filesystem::copy_options::recursive);
    std::ofstream(policies + "/agreements/bromley-kings-park-direct-care.textproto", std::ios::app)
        << kExistenceClause;
    world_->Serve(*clock_, [policies](HouseOptions& options) {
      options.policy_folder = policies;
      options.policy_refresh = absl::ZeroDuration();
      options.max_policy_staleness = absl::InfiniteDuration();
    });
    world_->EnrolAgencies();
    EHC_CHECK(!HasFatalFailure());
  }
  static void TearDownTestSuite() {
    world_.reset();
    clock_.reset();
  }

  static HubWorld& world() { return *world_; }
  static ManualClock& clock() { return *clock_; }
  static int NewSerial() { return ++serials_; }
  static std::string UnknownChild() { return SubjectOf(NewSerial()); }

  // With the parents "mother" and "father" and a plan.
  std::string ChildBorn(const std::string& born) { return ChildBorn(born, NewSerial()); }
  std::string ChildBorn(const std::string& born, int serial) {
    const std::string subject = SubjectOf(serial);
    EXPECT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(Registration(serial, "send", born))),
              "OK");
    for (const char* parent : {"mother", "father"}) {
      EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(ParentOf(subject, parent))), "OK");
    }
    EXPECT_EQ(ReasonIn(caseworker_.records.PublishPlan(PlanNow(subject, "v1"))), "OK");
    return subject;
  }
  v1::PublishPlanRequest PlanNow(const std::string& subject, const std::string& marker) {
    v1::PublishPlanRequest request = PlanOf(subject, marker, absl::StrCat("plan-", subject));
    *request.mutable_plan()->mutable_as_at() = AtTime(clock().Now() - absl::Hours(1));
    return request;
  }

  static v1::DecisionMaker By(v1::DecisionMakerRole role, v1::CapacityBasis right,
                              const std::string& person = "", const std::string& assessment = "") {
    v1::DecisionMaker by;
    by.set_role(role);
    by.set_capacity_basis(right);
    by.set_person_reference(person);
    by.set_capacity_assessment(assessment);
    return by;
  }
  static v1::DecisionMaker Parent(const std::string& person) {
    return By(v1::DECISION_MAKER_ROLE_PARENT, v1::CAPACITY_BASIS_PARENTAL_RESPONSIBILITY, person);
  }
  static v1::DecisionMaker YoungPerson() {
    return By(v1::DECISION_MAKER_ROLE_YOUNG_PERSON, v1::CAPACITY_BASIS_OVER_COMPULSORY_SCHOOL_AGE);
  }
  static v1::DecisionMaker CompetentChild(const std::string& assessment) {
    return By(v1::DECISION_MAKER_ROLE_CHILD, v1::CAPACITY_BASIS_GILLICK_COMPETENCE, "", assessment);
  }

  static v1::RecordConsentRequest Saying(const std::string& subject, const v1::DecisionMaker& by,
                                         std::vector<std::string> parts,
                                         v1::ConsentState state = v1::CONSENT_STATE_GIVEN) {
    v1::RecordConsentRequest request = ConsentOf(subject, "", std::move(parts), state);
    *request.mutable_consent()->mutable_decision_maker() = by;
    *request.mutable_consent()->mutable_given_at() = AtTime(clock().Now());
    return request;
  }
  v1::Consent MustSay(const v1::RecordConsentRequest& request) {
    auto recorded = caseworker_.consents.RecordConsent(request);
    EXPECT_TRUE(recorded.ok()) << recorded.status();
    return recorded.ok() ? recorded->consent() : v1::Consent();
  }
  std::string Say(const v1::RecordConsentRequest& request) {
    return ReasonIn(caseworker_.consents.RecordConsent(request));
  }
  v1::Consent Get(const std::string& name) {
    v1::GetConsentRequest request;
    request.set_name(name);
    auto got = caseworker_.consents.GetConsent(request);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? got->consent() : v1::Consent();
  }

  // The assessment's name.
  std::string Assess(const std::string& subject, v1::CapacityFinding finding,
                     const std::string& decision = "SHARE_EHC_PLAN",
                     const std::string& representative = "") {
    v1::RecordCapacityRequest request;
    request.set_unit("send");
    request.set_subject(subject);
    v1::CapacityAssessment& assessment = *request.mutable_capacity_assessment();
    assessment.set_finding(finding);
    assessment.set_decision(decision);
    assessment.set_assessed_by_role("COMMUNITY_PAEDIATRICIAN");
    assessment.set_assessed_on("2026-02-02");
    assessment.set_representative_reference(representative);
    auto recorded = caseworker_.subjects.RecordCapacity(request);
    EXPECT_TRUE(recorded.ok()) << recorded.status();
    return recorded.ok() ? recorded->capacity_assessment().name() : "";
  }

  static v1::GetPlanRequest Asking(const std::string& subject,
                                   std::vector<v1::PlanSectionCode> sections) {
    v1::GetPlanRequest request;
    request.set_subject(subject);
    *request.mutable_context() = SummaryForTrust(subject).context();
    for (v1::PlanSectionCode section : sections) request.add_sections(section);
    return request;
  }
  // "C,G"; the refusal's reason.
  static std::string Reads(const Clients& who, const v1::GetPlanRequest& request) {
    const auto plan = who.records.GetPlan(request);
    if (!plan.ok()) return ReasonIn(plan);
    std::vector<std::string> codes;
    for (const v1::PlanSection& section : plan->plan().sections()) {
      codes.push_back(v1::PlanSectionCode_Name(section.code()).substr(18));
    }
    return absl::StrJoin(codes, ",");
  }
  std::string TrustReads(const std::string& subject) {
    return Reads(paediatrician_, Asking(subject, {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_E,
                                                  v1::PLAN_SECTION_CODE_G}));
  }
  std::string OfficerReads(const std::string& subject) {
    return Reads(officer_, Asking(subject, {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_E,
                                            v1::PLAN_SECTION_CODE_G}));
  }
  std::string ReadsByInterests(const std::string& subject) {
    v1::GetPlanRequest request = Asking(
        subject, {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_E, v1::PLAN_SECTION_CODE_G});
    request.mutable_context()->set_gateway("R17_INTERESTS");
    return Reads(paediatrician_, request);
  }
  static v1::GetPlanRequest ChildProtection(const std::string& subject,
                                            std::vector<v1::PlanSectionCode> sections) {
    v1::GetPlanRequest request = Asking(subject, std::move(sections));
    request.mutable_context()->set_purpose("SAFEGUARDING_S47");
    request.mutable_context()->set_special_category_basis("SCH1_PARA18");
    request.mutable_context()->set_gateway("R17_INTERESTS");
    request.mutable_context()->set_case_reference("S47/2026/1");
    return request;
  }

  // A field of the newest entry about the child that bromley's officer sees, of this method or
  // action.
  std::string Audited(const std::string& subject, const std::string& action,
                      const std::string& field) {
    v1::ListAuditEntriesRequest request;
    request.set_audience(v1::AUDIT_AUDIENCE_CUSTODIAN);
    request.set_subject(subject);
    std::string value = "no entry";
    do {
      auto page = governance_.audit.ListAuditEntries(request);
      if (!page.ok()) return ReasonIn(page);
      for (const v1::AuditEntry& entry : page->entries()) {
        std::string found;
        bool is_meant = false;
        for (const v1::AuditField& one : entry.fields()) {
          if (one.name() == "action") is_meant = one.value() == action;
          if (one.name() == field) found = one.value();
        }
        if (is_meant) value = found;
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return value;
  }

  std::vector<v1::WorkItem> WorkOf(const Clients& who, v1::WorkKind kind) {
    v1::ListWorkItemsRequest request;
    request.set_kind(kind);
    std::vector<v1::WorkItem> items;
    do {
      auto page = who.custody.ListWorkItems(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      items.insert(items.end(), page->work_items().begin(), page->work_items().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return items;
  }
  // Of this kind and about this consent.
  int TasksAbout(const std::string& consent,
                 v1::WorkKind kind = v1::WORK_KIND_CONSENT_TO_RECONFIRM) {
    int count = 0;
    for (const v1::WorkItem& item : WorkOf(caseworker_, kind)) {
      count += item.consent() == consent ? 1 : 0;
    }
    return count;
  }
  v1::ReconfirmConsentRequest Again(const std::string& name, const v1::DecisionMaker& by) {
    v1::ReconfirmConsentRequest request;
    request.set_unit("send");
    request.set_name(name);
    *request.mutable_confirmed_by() = by;
    *request.mutable_given_at() = AtTime(clock().Now());
    request.set_channel(v1::CONSENT_CHANNEL_IN_PERSON);
    return request;
  }
  static v1::WithdrawConsentRequest Withdrawal(const v1::Consent& consent,
                                               const v1::DecisionMaker& by) {
    v1::WithdrawConsentRequest request;
    request.set_name(consent.name());
    *request.mutable_withdrawn_by() = by;
    return request;
  }
  v1::RecordStandingDecisionRequest Standing(const std::string& subject,
                                             std::vector<std::string> parts,
                                             absl::Duration lasting = absl::Hours(24 * 30)) {
    v1::RecordStandingDecisionRequest request;
    request.set_unit("send");
    request.set_subject(subject);
    v1::StandingDecision& decision = *request.mutable_standing_decision();
    decision.set_gateway("R17_INTERESTS");
    decision.add_recipients("agencies/kings-park-nhs-trust");
    decision.add_roles("COMMUNITY_PAEDIATRICIAN");
    decision.add_purposes("DIRECT_CARE");
    v1::ConsentScope& scope = *decision.add_scopes();
    scope.set_record_type("EHC_PLAN");
    for (std::string& part : parts) scope.add_parts(std::move(part));
    decision.set_reason("Care would stop until the young person has been asked.");
    *decision.mutable_valid_until() = AtTime(clock().Now() + lasting);
    return request;
  }

  const Clients caseworker_ = world().As(kCaseworker);
  const Clients manager_ = world().As(kSendManager);
  const Clients governance_ = world().As(kGovernance);
  const Clients paediatrician_ = world().As(kPaediatrician);
  const Clients officer_ = world().As(kClinicalOfficer);

 private:
  static inline std::unique_ptr<ManualClock> clock_;
  static inline std::unique_ptr<HubWorld> world_;
  static inline int serials_ = 0;
};

}  // namespace ehc

#endif  // EHC_TESTS_END2END_LAWFUL_CONSENT_WORLD_H_
