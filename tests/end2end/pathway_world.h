// A hub whose days the test counts, with the authorities of the shipped pathways, a voluntary body
// and the people who refer, verify, score, decide and ratify. Every test makes children of its own.
#ifndef EHC_TESTS_END2END_PATHWAY_WORLD_H_
#define EHC_TESTS_END2END_PATHWAY_WORLD_H_

#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ehchub/directory_client.h"
#include "ehchub/pathway_client.h"
#include "tests/end2end/lawful_world.h"

namespace ehc {

using ehchub::DirectoryClient;
using ehchub::PathwayClient;

inline const Persona kTeamManager{"bromley", "swm-1", "SOCIAL_WORK_MANAGER", "social-care"};
inline const Persona kOtherManager{"bromley", "swm-2", "SOCIAL_WORK_MANAGER", "social-care"};
inline const Persona kPanelChair{"bromley", "chair-1", "PANEL_CHAIR", "social-care"};
inline const Persona kEnfieldChair{"enfield", "chair-1", "PANEL_CHAIR", "joint-service"};
inline const Persona kEnfieldWorker{"enfield", "sw-1", "SOCIAL_WORKER", "joint-service"};
inline const Persona kYorkWorker{"york", "sw-1", "SOCIAL_WORKER", "disabled-children"};
inline const Persona kYorkCaseworker{"york", "cw-1", "SEND_CASEWORKER", "send"};
inline const Persona kCornwallWorker{"cornwall", "eh-1", "EARLY_HELP_WORKER", "early-help"};
inline const Persona kCornwallManager{"cornwall", "swm-1", "SOCIAL_WORK_MANAGER", "early-help"};
inline const Persona kFamilySupport{"bright-path", "fs-1", "FAMILY_SUPPORT_WORKER", "families"};
inline const Persona kVolunteer{"bright-path", "vol-1", "VOLUNTEER", "families"};

inline const char kBromleyPathway[] = "bromley-online-assessment";
inline const char kEnfieldPathway[] = "enfield-joint-referral";
inline const char kYorkPathway[] = "york-short-break-enquiry";
inline const char kCornwallPathway[] = "cornwall-lets-talk";

class PathwayTest : public DatedHubTest {
 protected:
  static void SetUpTestSuite() {
    DatedHubTest::SetUpTestSuite();
    const Clients admin = As(kOperator);
    const auto enrol = [&](const char* id, v1::AgencyType type,
                           std::vector<std::pair<std::string, std::string>> units) {
      world().Enrol(admin, id, AgencyOf(id, type, units));
    };
    enrol("enfield", v1::AGENCY_TYPE_LOCAL_AUTHORITY, {{"joint-service", "SOCIAL_CARE"}});
    enrol("york", v1::AGENCY_TYPE_LOCAL_AUTHORITY,
          {{"disabled-children", "SOCIAL_CARE"}, {"send", "SEND"}});
    enrol("cornwall", v1::AGENCY_TYPE_LOCAL_AUTHORITY, {{"early-help", "EARLY_HELP"}});
    enrol("bright-path", v1::AGENCY_TYPE_VOLUNTARY, {{"families", "EARLY_HELP"}});
    EHC_CHECK(!HasFatalFailure());
  }

  static PathwayClient Paths(const Persona& persona) { return PathwayClient(As(persona).hub); }
  static DirectoryClient Directory(const Persona& persona) {
    return DirectoryClient(As(persona).hub);
  }
  static Date Today() { return LondonDate(clock().Now()); }
  static std::string Day(int offset = 0) { return FormatDate(Today() + offset); }
  static int NewNumber() { return ++numbers_; }

  // Registered by whoever refers; "nhs:…".
  static std::string Registered(const Persona& by, const std::string& born = "2016-05-04") {
    const int serial = 3000 + NewNumber();
    EXPECT_EQ(ReasonIn(As(by).subjects.RegisterSubject(Registration(serial, by.unit, born))), "OK");
    serials_of_[SubjectOf(serial)] = serial;
    return SubjectOf(serial);
  }
  // By another agency, with the same details.
  static void RegisterToo(const Persona& by, const std::string& child) {
    const int serial = serials_of_.at(child);
    EXPECT_EQ(ReasonIn(As(by).subjects.RegisterSubject(Registration(serial, by.unit))), "OK");
  }

  static v1::SubmitReferralRequest Form(const Persona& by, const std::string& child,
                                        const std::string& pathway) {
    v1::SubmitReferralRequest request;
    request.set_unit(by.unit);
    request.set_subject(child);
    v1::Referral& referral = *request.mutable_referral();
    referral.set_pathway(pathway);
    v1::ReferralApplication& application = *referral.mutable_application();
    application.set_child_reference(child);
    application.set_channel(v1::REFERRAL_CHANNEL_ONLINE);
    application.set_submitter(v1::REFERRAL_SUBMITTER_PROFESSIONAL);
    application.set_family_agreement(v1::FAMILY_AGREEMENT_AGREED);
    application.set_issues("nights are hard for everybody");
    if (pathway != kBromleyPathway) return request;
    for (const char* question : {"lives-here", "disabled", "under-18"})
      Answer(request, question, "YES");
    Answer(request, "worried", "NO");
    for (const char* claim : {"ATTENDS", "PERSONAL_CARE", "SUPERVISION"}) {
      application.add_claims(claim);
    }
    for (const char* row : {"personal-care", "supervision", "nights", "social-life", "family"}) {
      v1::NeedsAnswer& answer = *application.add_answers();
      answer.set_row(row);
      answer.set_level("SOME");
    }
    return request;
  }

  static void Answer(v1::SubmitReferralRequest& request, const std::string& question,
                     const std::string& answer) {
    auto& all = *request.mutable_referral()->mutable_application()->mutable_eligibility();
    for (v1::EligibilityAnswer& one : all) {
      if (one.question() != question) continue;
      one.set_answer(answer);
      return;
    }
    all.Add()->set_question(question);
    all.rbegin()->set_answer(answer);
  }

  // The name of a referral that arrived.
  static std::string Submitted(const Persona& by, const v1::SubmitReferralRequest& form) {
    const auto sent = Paths(by).SubmitReferral(form);
    EXPECT_TRUE(sent.ok()) << sent.status();
    return sent.ok() ? sent->referral().name() : "";
  }
  static std::string Submitted(const Persona& by, const std::string& pathway,
                               const std::string& born = "2016-05-04") {
    return Submitted(by, Form(by, Registered(by, born), pathway));
  }

  static v1::Referral Read(const Persona& as, const std::string& name) {
    v1::GetReferralRequest request;
    request.set_name(name);
    const auto read = Paths(as).GetReferral(request);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? read->referral() : v1::Referral();
  }
  static std::string ReasonOfReading(const Persona& as, const std::string& name) {
    v1::GetReferralRequest request;
    request.set_name(name);
    return ReasonIn(Paths(as).GetReferral(request));
  }

  template <typename Request>
  static Request Step(const Persona& by, const std::string& name) {
    Request request;
    request.set_unit(by.unit);
    request.set_name(name);
    return request;
  }

  static v1::RequestVerificationRequest AskSchool(const std::string& name, const std::string& child,
                                                  const std::string& to = "oakfield-school") {
    auto request = Step<v1::RequestVerificationRequest>(kSocialWorker, name);
    v1::Verification& asked = *request.mutable_verification();
    asked.set_to("agencies/" + to);
    asked.set_child_reference(child);
    for (const char* claim : {"ATTENDS", "PERSONAL_CARE"}) asked.add_claims()->set_code(claim);
    return request;
  }
  static v1::AnswerVerificationRequest Saying(const Persona& by, const std::string& name,
                                              v1::ClaimAnswer answer) {
    auto request = Step<v1::AnswerVerificationRequest>(by, name);
    for (const char* code : {"ATTENDS", "PERSONAL_CARE"}) {
      v1::VerificationClaim& claim = *request.add_claims();
      claim.set_code(code);
      claim.set_answer(answer);
    }
    return request;
  }
  // Asks the school and has it answer; the verification's name.
  static std::string Verified(const std::string& name, const std::string& child,
                              v1::ClaimAnswer answer = v1::CLAIM_ANSWER_CONFIRM) {
    const auto asked = Paths(kSocialWorker).RequestVerification(AskSchool(name, child));
    EXPECT_TRUE(asked.ok()) << asked.status();
    if (!asked.ok()) return "";
    const std::string verification = *asked->referral().verifications().rbegin();
    EXPECT_EQ(ReasonIn(Paths(kSenco).AnswerVerification(Saying(kSenco, verification, answer))),
              "OK");
    return verification;
  }

  static v1::RecordPanelDecisionRequest Sitting(const Persona& by, const std::string& name,
                                                const std::string& panel, int members,
                                                const std::string& outcome) {
    auto request = Step<v1::RecordPanelDecisionRequest>(by, name);
    v1::PanelDecision& decision = *request.mutable_decision();
    decision.set_panel(panel);
    decision.set_held_on(Day());
    for (int i = 0; i < members; ++i) {
      v1::PanelMember& member = *decision.add_members();
      member.set_user(absl::StrCat("member-", i));
      member.set_role("SOCIAL_WORKER");
    }
    decision.set_sufficiency(outcome.empty() ? v1::PANEL_SUFFICIENCY_INSUFFICIENT
                                             : v1::PANEL_SUFFICIENCY_SUFFICIENT);
    decision.set_outcome(outcome);
    decision.set_reason("as discussed");
    request.mutable_contact()->set_display_name("Short breaks desk");
    request.mutable_contact()->set_telephone("020 7946 0123");
    return request;
  }

  // What the person's unit has to see to, of one kind, by name; of what is to come later too.
  static std::vector<v1::WorkItem> Queue(const Persona& as, v1::WorkKind kind,
                                         const std::string& name) {
    v1::ListWorkItemsRequest request;
    request.set_kind(kind);
    request.set_page_size(200);
    const auto listed = As(as).custody.ListWorkItems(request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<v1::WorkItem> items;
    if (!listed.ok()) return items;
    std::copy_if(listed->work_items().begin(), listed->work_items().end(),
                 std::back_inserter(items),
                 [&](const v1::WorkItem& item) { return item.name() == name; });
    return items;
  }

  static bool Happened(const v1::Referral& referral, v1::ReferralAct act) {
    return std::any_of(referral.events().begin(), referral.events().end(),
                       [&](const v1::ReferralEvent& event) { return event.act() == act; });
  }

 private:
  static inline std::atomic<int> numbers_{0};
  static inline std::map<std::string, int> serials_of_;
};

}  // namespace ehc

#endif  // EHC_TESTS_END2END_PATHWAY_WORLD_H_
