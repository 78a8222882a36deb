// Two checks, both must pass; what only a named person may decide; what a clock or a switch
// decides.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/descriptor.h"
#include "tests/end2end/lawful_world.h"

namespace ehc {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string TextOf(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

class LawfulBasisTest : public DatedHubTest {
 protected:
  // The shipped policies with `from` replaced by `to` in one file; aborts where it is not there.
  static std::string PoliciesWith(const std::string& file, const std::string& from,
                                  const std::string& to, const std::string& add = "") {
    static int copies = 0;
    const std::filesystem::path folder = absl::StrCat(world().folder(), "/policies-", ++copies);
    std::filesystem::copy(HubWorld::policy_folder(), folder,
                          std::filesystem::copy_options::recursive);
    std::string text = TextOf(folder / file);
    EHC_CHECK(text.find(from) != std::string::npos);
    std::ofstream(folder / file) << absl::StrReplaceAll(text, {{from, to}}) << add;
    return folder;
  }
  static void ServeWith(const std::string& policies) {
    ServeAgain([&](HouseOptions& options) { options.policy_folder = policies; });
  }
  void TearDown() override {
    clock().Set(began_);
    ServeAgain();
  }

  static v1::DisclosureContext Police(const std::string& purpose) {
    v1::DisclosureContext context;
    context.set_purpose(purpose);
    context.set_lawful_basis("DPA_PART3");
    context.set_special_category_basis("SCH8");
    context.set_agreement("agreements/bromley-northshire-police");
    return context;
  }
  static v1::GetPlanRequest PlanFor(const std::string& child, v1::DisclosureContext context) {
    v1::GetPlanRequest request;
    request.set_subject(child);
    for (const auto section : {v1::PLAN_SECTION_CODE_C, v1::PLAN_SECTION_CODE_F}) {
      request.add_sections(section);
    }
    *request.mutable_context() = std::move(context);
    return request;
  }
  static v1::CreateRecordRequestRequest RequestFor(const std::string& child,
                                                   v1::DisclosureContext context) {
    v1::CreateRecordRequestRequest request;
    v1::RecordRequest& asked = *request.mutable_record_request();
    asked.set_subject(child);
    asked.set_record_type("EHC_PLAN");
    for (const char* part : {"C", "F", "I"}) asked.add_parts(part);
    *asked.mutable_context() = std::move(context);
    asked.set_reason("as the order of the court says");
    return request;
  }
  static std::string Approve(const std::string& name, std::vector<std::string> parts) {
    v1::ApproveRecordRequestRequest approve;
    approve.set_name(name);
    for (std::string& part : parts) approve.add_parts(std::move(part));
    approve.mutable_approved_until()->set_seconds(
        absl::ToUnixSeconds(clock().Now() + absl::Hours(2)));
    approve.set_note("seen the sealed order");
    return ReasonIn(As(kSendManager).records.ApproveRecordRequest(approve));
  }

 private:
  const absl::Time began_ = clock().Now();
};

TEST_F(LawfulBasisTest, Scenario06LiaisonInterestGoesToAPersonAlikeForChildrenNobodyKnows) {
  const Clients officer = As(kLiaisonOfficer);
  for (const std::string& child : {NewChild(), UnknownChild()}) {
    EXPECT_EQ(ReasonIn(officer.records.GetPlan(PlanFor(child, Police("POLICE_LIAISON")))),
              "NOT_AVAILABLE");
    auto made = officer.records.CreateRecordRequest(RequestFor(child, Police("POLICE_LIAISON")));
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_EQ(made->record_request().state(), v1::RECORD_REQUEST_STATE_PENDING);
    EXPECT_EQ(made->record_request().custodian_unit(), "send") << "a named unit, with a clock";
    EXPECT_GT(made->record_request().due_at().seconds(), absl::ToUnixSeconds(clock().Now()));
  }
}

TEST_F(LawfulBasisTest, Scenario06OfAnOrderOnlyTheOrderedSectionsLeaveWhateverTheFamilySaid) {
  const Clients officer = As(kLiaisonOfficer);
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(As(kCaseworker)
                         .consents.RecordConsent(ConsentOf(child, "mother", {"C", "F", "I"},
                                                           v1::CONSENT_STATE_REFUSED))),
            "OK");
  v1::DisclosureContext order = Police("POLICE_CRIME");
  order.set_gateway("R17_COURT");
  EXPECT_EQ(ReasonIn(officer.records.CreateRecordRequest(RequestFor(child, order))),
            "POLICY_DENIED")
      << "without the order's reference it is no order";
  order.set_case_reference("T20260001");
  EXPECT_EQ(ReasonIn(officer.records.GetPlan(PlanFor(child, order))), "NOT_AVAILABLE")
      << "nobody has checked it";
  auto made = officer.records.CreateRecordRequest(RequestFor(child, order));
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_EQ(Approve(made->record_request().name(), {"F"}), "OK");
  v1::ListFlaggedRecordsRequest under;
  under.set_parent(made->record_request().name());
  auto read = officer.records.ListFlaggedRecords(under);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->records().plan().sections_size(), 1);
  EXPECT_EQ(read->records().plan().sections(0).code(), v1::PLAN_SECTION_CODE_F);
  EXPECT_THAT(read->records().disclosure().ShortDebugString(), HasSubstr("DELETE_BY"));
}

TEST_F(LawfulBasisTest, Scenario09AgreementEndsWhenTheDayEndsInLondon) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(As(kCaseworker).consents.RecordConsent(ConsentOf(child, "mother", {"C"}))),
            "OK");
  ServeWith(PoliciesWith("agreements/bromley-kings-park-direct-care.textproto",
                         "valid_until: \"2029-12-31\"\nreview_due: \"2027-09-30\"",
                         "valid_until: \"2026-03-31\"\nreview_due: \"2026-03-01\""));
  const auto pull = [&] {
    return As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(child));
  };
  const absl::Time last =
      absl::FromCivil(absl::CivilSecond(2026, 3, 31, 22, 59, 59), absl::UTCTimeZone());
  clock().Set(last);
  EXPECT_EQ(ReasonIn(pull()), "OK") << "23:59:59 in London";
  clock().Set(last + absl::Seconds(2));
  const auto refused = pull();
  EXPECT_EQ(ReasonIn(refused), "AGREEMENT_NOT_IN_FORCE") << "23:00:01 UTC";
  EXPECT_THAT(ehchub::HubError::FromStatus(refused.status()).explanation,
              HasSubstr("agreements/bromley-kings-park-direct-care"));
  const auto unknown = As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(UnknownChild()));
  EXPECT_EQ(ReasonIn(unknown), "AGREEMENT_NOT_IN_FORCE") << "whoever the child is";
}

TEST_F(LawfulBasisTest, Scenario10LastGoodPolicyDecidesUntilItIsTooOld) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(As(kCaseworker).consents.RecordConsent(ConsentOf(child, "mother", {"C"}))),
            "OK");
  ServeAgain([](HouseOptions& options) { options.max_policy_staleness = absl::Minutes(3); });
  const auto pull = [&] {
    return ReasonIn(As(kPaediatrician).records.GetPlanSummary(SummaryForTrust(child)));
  };
  clock().Advance(absl::Minutes(3));
  EXPECT_EQ(pull(), "OK");
  clock().Advance(absl::Seconds(1));
  EXPECT_EQ(pull(), "DECISION_UNAVAILABLE");
}

constexpr char kByDuty[] = R"(
clause {
  id: "information-sharing-duty"
  title: "Where it may help to safeguard a child, what the enquiry needs is shared, unless it would do more harm."
  effect: EFFECT_PERMIT
  recipient { agency: "kings-park-nhs-trust" unit: ["ANY"] }
  role: ["CLINICIAN"]
  supplier { agency: "bromley" unit: ["send"] }
  record_type: ["EHC_PLAN"]
  part: ["C"]
  disclosure: [DISCLOSURE_CONTENT]
  purpose: ["SAFEGUARDING"]
  lawful_basis: ["ART6_1_C"]
  gateway: ["CA2004_S16LA"]
  consent_rule: CONSENT_RULE_NOT_CONSULTED
}
)";

// The switch off, as it ships, and on from a day.
TEST_F(LawfulBasisTest, Scenario16DutyIsCitedOnlyWhereItIsInForceAndSomebodyConsideredIt) {
  const std::string child = NewChild();
  const auto pull = [&](bool considered, bool detriment) {
    v1::GetPlanSummaryRequest request = SummaryForTrust(child);
    v1::DisclosureContext& context = *request.mutable_context();
    context.set_purpose("SAFEGUARDING");
    context.set_lawful_basis("ART6_1_C");
    context.clear_special_category_basis();
    context.set_gateway("CA2004_S16LA");
    if (considered) context.set_considered_by("dcp-7");
    if (detriment) context.set_detriment_assessment("silence would do more harm");
    return ReasonIn(As(kPaediatrician).records.GetPlanSummary(request));
  };
  const std::string agreement = "agreements/bromley-kings-park-direct-care.textproto";
  const std::string off = PoliciesWith(agreement, "version: \"1.0\"", "version: \"1.1\"", kByDuty);
  ServeWith(off);
  EXPECT_EQ(pull(true, true), "POLICY_DENIED") << "not commenced: not citable (Trap03)";

  const std::string on = PoliciesWith(agreement, "version: \"1.0\"", "version: \"1.1\"", kByDuty);
  const std::string gateways = on + "/vocabulary/gateways.textproto";
  std::string text = TextOf(gateways);
  const std::string was =
      "requests must say who considered it and why disclosing is not more "
      "detrimental.\" effective { switched_off: true }";
  ASSERT_NE(text.find(was), std::string::npos);
  const Date from = LondonDate(clock().Now()) + 1;
  text = absl::StrReplaceAll(
      text, {{was, absl::StrCat("in force.\" effective { from: \"", FormatDate(from), "\" }")}});
  std::ofstream(gateways) << text;
  ServeWith(on);
  EXPECT_EQ(pull(true, true), "POLICY_DENIED") << "the day before it begins";
  clock().Set(LondonMidnight(from));
  EXPECT_EQ(pull(false, false), "POLICY_DENIED");
  EXPECT_EQ(pull(true, false), "POLICY_DENIED") << "the harm was not weighed";
  EXPECT_EQ(pull(false, true), "POLICY_DENIED") << "nobody says that they considered it";
  EXPECT_EQ(pull(true, true), "OK");
  v1::ListAuditEntriesRequest entries;
  entries.set_audience(v1::AUDIT_AUDIENCE_CUSTODIAN);
  entries.set_subject(child);
  auto audit = As(kGovernance).audit.ListAuditEntries(entries);
  ASSERT_TRUE(audit.ok()) << audit.status();
  EXPECT_THAT(audit->ShortDebugString(), HasSubstr("dcp-7"));
  EXPECT_THAT(audit->ShortDebugString(), HasSubstr("silence would do more harm"));
}

TEST_F(LawfulBasisTest, Trap04ConsentInForceIsNoBasisAndABasisIsNoGateway) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(As(kCaseworker).consents.RecordConsent(ConsentOf(child, "mother", {"C"}))),
            "OK");
  const Clients trust = As(kPaediatrician);
  v1::GetPlanSummaryRequest request = SummaryForTrust(child);
  EXPECT_EQ(ReasonIn(trust.records.GetPlanSummary(request)), "OK");
  for (const char* basis : {"ART6_1_A", "ART6_1_EA"}) {  // consent alone; Trap05
    v1::GetPlanSummaryRequest without = request;
    without.mutable_context()->set_lawful_basis(basis);
    EXPECT_EQ(ReasonIn(trust.records.GetPlanSummary(without)), "POLICY_DENIED") << basis;
  }
  request.mutable_context()->clear_gateway();
  EXPECT_EQ(ReasonIn(trust.records.GetPlanSummary(request)), "POLICY_DENIED");
}

// One model in use means "has a plan" by 0. Here 0 of every enumeration says nothing, and what says
// nothing, or two things, is not taken.
TEST_F(LawfulBasisTest, Trap10StatusIsAnEnumerationWhoseZeroSaysNothing) {
  int enums = 0;
  const std::string folder = absl::StrCat(EHC_SOURCE_DIR, "/proto/ehc/hub/v1");
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
        absl::StrCat("ehc/hub/v1/", entry.path().filename().string()));
    for (int i = 0; file != nullptr && i < file->enum_type_count(); ++i, ++enums) {
      const auto* zero = file->enum_type(i)->FindValueByNumber(0);
      ASSERT_NE(zero, nullptr) << file->enum_type(i)->full_name();
      EXPECT_TRUE(absl::EndsWith(zero->name(), "_UNSPECIFIED")) << zero->full_name();
    }
  }
  EXPECT_GT(enums, 30);

  const std::string child = NewChild();
  const Clients caseworker = As(kCaseworker);
  v1::PublishSupportStatusRequest publish;
  publish.set_unit("send");
  publish.set_subject(child);
  publish.mutable_as_at()->set_seconds(absl::ToUnixSeconds(clock().Now()) - 60);
  v1::SupportStatus& status = *publish.mutable_support_status();
  status.mutable_contact()->set_display_name("Duty desk");
  status.set_plan_exists(true);
  const auto refused_field = [&] {
    const auto refused = caseworker.records.PublishSupportStatus(publish);
    const auto error = ehchub::HubError::FromStatus(refused.status());
    return error.violations.empty() ? error.reason_name : error.violations[0].field;
  };
  EXPECT_EQ(refused_field(), "support_status.sen_provision");
  status.set_sen_provision(v1::SEN_PROVISION_SEN_SUPPORT);
  EXPECT_EQ(refused_field(), "support_status.plan_exists");
  status.set_sen_provision(v1::SEN_PROVISION_EHC_PLAN);
  EXPECT_EQ(ReasonIn(caseworker.records.PublishSupportStatus(publish)), "OK");
}

// Existence and content are decided by clauses of their own.
TEST_F(LawfulBasisTest, Trap12WhoeverMayKnowThatThereIsAPlanMayNotReadIt) {
  const std::string child = NewChild();
  const Clients commissioner = As(kCommissioner);
  v1::FindRecordsRequest find;
  find.set_subject(child);
  find.add_record_types("EHC_PLAN");
  *find.mutable_context() = PlanForCommissioner(child, {}).context();
  auto found = commissioner.records.FindRecords(find);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->items_size(), 1);
  EXPECT_NE(
      ReasonIn(commissioner.records.GetPlan(PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_C}))),
      "OK")
      << "not its commissioner";
}

// A clause with a rate counts what it lets through, by person and day.
TEST_F(LawfulBasisTest, RateOfAClauseHoldsForThePersonAndTheDay) {
  const std::string child = NewChild();
  v1::CreateAssessmentOutcomeRequest outcome;
  outcome.set_subject(child);
  outcome.set_unit("social-care");
  v1::AssessmentOutcome& what = *outcome.mutable_assessment_outcome();
  what.set_outcome_id("outcome-of-the-rate");
  what.set_case_id("case-of-the-rate");
  what.set_assessment_type("CHILD_AND_FAMILY");
  what.set_outcome("SHORT_BREAKS");
  what.set_completed_on("2026-10-30");
  what.set_summary("summary");
  what.mutable_contact()->set_display_name("A Social Worker");
  const auto created = As(kSocialWorker).records.CreateAssessmentOutcome(outcome);
  ASSERT_TRUE(created.ok()) << created.status();
  v1::ListAssessmentOutcomesRequest list;
  list.set_subject(child);
  list.set_custodian("agencies/bromley");
  v1::DisclosureContext& context = *list.mutable_context();
  context.set_purpose("SAFEGUARDING");
  context.set_lawful_basis("ART6_1_E");
  context.set_special_category_basis("SCH1_PARA18");
  context.set_gateway("CONFIDENCE_LAW");
  context.set_case_reference("MASH-1");
  context.set_agreement("agreements/bromley-safeguarding-hub");
  const Clients clinician = As(Another(kPaediatrician, "paed-rate"));
  const Clients another = As(Another(kPaediatrician, "paed-other"));
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(ReasonIn(clinician.records.ListAssessmentOutcomes(list)), "OK") << i;
  }
  EXPECT_EQ(ReasonIn(clinician.records.ListAssessmentOutcomes(list)), "NOT_AVAILABLE");
  list.set_subject(UnknownChild());
  EXPECT_EQ(ReasonIn(clinician.records.ListAssessmentOutcomes(list)), "NOT_AVAILABLE");
  list.set_subject(child);
  EXPECT_EQ(ReasonIn(another.records.ListAssessmentOutcomes(list)), "OK");
  clock().Advance(absl::Hours(24));
  EXPECT_EQ(ReasonIn(clinician.records.ListAssessmentOutcomes(list)), "OK");
}

}  // namespace
}  // namespace ehc
