// What may leave the authority, and as what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client-sdk/cli/import_run.h"
#include "tests/unit/client-sdk/import_fixture.h"
#include "tests/world/world.h"

namespace ehchub {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

void Protect(ehc::Extract& files, const std::string& id, const char* label, const char* cleared,
             const char* from = "2026-01-01", const char* to = "",
             const std::string& person = "P1") {
  files.Add("supplement_protections", {{"protection_id", id},
                                       {"person_id", person},
                                       {"label", label},
                                       {"address_cleared", cleared},
                                       {"cleared_recipients", "agencies/bromley"},
                                       {"from_date", from},
                                       {"to_date", to}});
}

ehc::Extract WithAddress() {
  ehc::Extract files = OneChild();
  files.Add("ssd_address", {{"addr_table_id", "A1"},
                            {"addr_person_id", "P1"},
                            {"addr_address_start_date", "01/01/2020"},
                            {"addr_address_postcode", "ZZ911AA"}});
  return files;
}

void Link(ehc::Extract& files, const char* id, const char* type, const char* value,
          const char* to = "") {
  files.Add("ssd_linked_identifiers", {{"link_table_id", id},
                                       {"link_person_id", "P1"},
                                       {"link_identifier_type", type},
                                       {"link_identifier_value", value},
                                       {"link_valid_to_date", to}});
}

std::string PostcodeOf(const Made& made) { return made.posts().registration.message.postcode(); }

TEST(ImportGuardTest, AddressThatNobodyClearedStaysBehind) {
  const Made made(WithAddress());
  EXPECT_EQ(PostcodeOf(made), "");
  EXPECT_EQ(made.FateOf("ssd_address"), Fate::kWithheld);
}

TEST(ImportGuardTest, ClearedAddressIsRegistered) {
  ehc::Extract files = WithAddress();
  Protect(files, "1", "NONE", "Y");
  const Made made(files);
  EXPECT_EQ(PostcodeOf(made), "ZZ91 1AA");
  EXPECT_EQ(made.FateOf("ssd_address"), Fate::kPublished);
}

TEST(ImportGuardTest, WhatForbidsTheAddressOutranksWhatClearsIt) {
  for (const char* label : {"ADDRESS_RESTRICTED", "ADOPTED"}) {
    ehc::Extract files = WithAddress();
    Protect(files, "1", "NONE", "Y");
    Protect(files, "2", label, "N");
    EXPECT_EQ(PostcodeOf(Made(files)), "") << label;
  }
}

TEST(ImportGuardTest, NoUnderAnotherLabelSaysNothingOfTheAddress) {
  ehc::Extract files = WithAddress();
  Protect(files, "1", "NONE", "Y");
  Protect(files, "2", "THIRD_PARTY", "N");
  EXPECT_EQ(PostcodeOf(Made(files)), "ZZ91 1AA");
}

TEST(ImportGuardTest, ClearanceCountsOnItsDaysOnly) {
  ehc::Extract over = WithAddress();
  Protect(over, "1", "NONE", "Y", "2026-01-01", "2026-10-01");
  EXPECT_EQ(PostcodeOf(Made(over)), "");
  ehc::Extract to_come = WithAddress();
  Protect(to_come, "1", "NONE", "Y", "2026-10-03");
  EXPECT_EQ(PostcodeOf(Made(to_come)), "");
  ehc::Extract last_day = WithAddress();
  Protect(last_day, "1", "NONE", "Y", "2026-01-01", "2026-10-02");
  EXPECT_EQ(PostcodeOf(Made(last_day)), "ZZ91 1AA");
}

TEST(ImportGuardTest, RestrictionThatEndedForbidsNoMoreAndOneToComeAlready) {
  ehc::Extract over = WithAddress();
  Protect(over, "1", "NONE", "Y");
  Protect(over, "2", "ADDRESS_RESTRICTED", "N", "2020-01-01", "2026-10-01");
  EXPECT_EQ(PostcodeOf(Made(over)), "ZZ91 1AA");
  ehc::Extract to_come = WithAddress();
  Protect(to_come, "1", "NONE", "Y");
  Protect(to_come, "2", "ADDRESS_RESTRICTED", "N", "2026-11-01");
  EXPECT_EQ(PostcodeOf(Made(to_come)), "");
}

TEST(ImportGuardTest, EarlierAddressIsNeverTold) {
  ehc::Extract files = OneChild();
  files.Add("ssd_address", {{"addr_table_id", "A1"},
                            {"addr_person_id", "P1"},
                            {"addr_address_start_date", "01/01/2020"},
                            {"addr_address_end_date", "01/01/2021"},
                            {"addr_address_postcode", "ZZ911AA"}});
  Protect(files, "1", "NONE", "Y");
  EXPECT_EQ(PostcodeOf(Made(files)), "");
}

TEST(ImportGuardTest, OnlyCurrentIdentifiersOfThreeTypesAreLinked) {
  ehc::Extract files = OneChild();
  Link(files, "1", "Unique Pupil Number", "B801200005001");
  Link(files, "2", "Unique Learner Number", "9276308686", "2026-10-01");
  Link(files, "3", "Former Unique Pupil Number", "P207000016049");
  Link(files, "4", "Pre-Adoption Person ID", "P9");
  Link(files, "5", "A type that nobody foresaw", "9000000009");
  EXPECT_THAT(Made(files).Identifiers(),
              ElementsAre("LA_CHILD_ID 305/P1", "NHS_NUMBER 9434765870", "UPN B801200005001"));
}

TEST(ImportGuardTest, AdoptedChildHasNothingOfTheLinkedIdentifiers) {
  ehc::Extract files = OneChild();
  Link(files, "1", "Unique Pupil Number", "B801200005001");
  Protect(files, "1", "ADOPTED", "N");
  const Made made(files);
  EXPECT_THAT(made.Identifiers(), ElementsAre("LA_CHILD_ID 305/P1", "NHS_NUMBER 9434765870"));
  EXPECT_THAT(made.posts().protections, IsEmpty());  // the label would tell what it protects
  EXPECT_EQ(made.FateOf("ssd_linked_identifiers"), Fate::kWithheld);
}

TEST(ImportGuardTest, IdentifierCalledFormerIsNotPublishedWhereverElseItStands) {
  ehc::Extract files = OneChild();
  files.Add("ssd_send",
            {{"send_table_id", "S"}, {"send_upn", "B801200005001"}, {"send_person_id", "P1"}});
  Link(files, "1", "Former Unique Pupil Number", "b801200005001");
  EXPECT_THAT(Made(files).Identifiers(),
              ElementsAre("LA_CHILD_ID 305/P1", "NHS_NUMBER 9434765870"));
}

TEST(ImportGuardTest, SeveredPersonIsSkippedWholeWhateverTheDates) {
  ehc::Extract files = OneChild();
  AddChild(files, "P2", "9000000009");
  Protect(files, "1", "IDENTITY_SEVERED", "N", "2020-01-01", "2020-12-31", "P2");
  Link(files, "1", "NHS Number", "9000000009");  // leads back to the severed record
  const Made severed(files, Bromley(), "P2");
  EXPECT_FALSE(severed.any());
  EXPECT_THAT(Made(files).Identifiers(),
              ElementsAre("LA_CHILD_ID 305/P1", "NHS_NUMBER 9434765870"));
}

TEST(ImportGuardTest, ChildWhoseProtectionCannotBeReadIsHeldBack) {
  ehc::Extract files = OneChild();
  AddChild(files, "P2", "9000000009");
  Protect(files, "1", "NOBODY_KNOWS", "N");
  EXPECT_FALSE(Made(files).any());
  EXPECT_TRUE(Made(files, Bromley(), "P2").any());
}

TEST(ImportGuardTest, ProtectionOfNobodyKnowsWhomHoldsEverything) {
  ehc::Extract files = OneChild();
  files.Table("supplement_protections").AddRaw("\"1,P1,ADDRESS_RESTRICTED");
  EXPECT_FALSE(Made(files).any());
}

void AddPlan(ehc::Extract& files, const char* status, const char* ceased = "") {
  files.Add("ssd_send", {{"send_table_id", "S"}, {"send_person_id", "P1"}});
  files.Add("ssd_ehcp_requests", {{"ehcr_ehcp_request_id", "R"}, {"ehcr_send_table_id", "S"}});
  files.Add("ssd_ehcp_assessment",
            {{"ehca_ehcp_assessment_id", "A"}, {"ehca_ehcp_request_id", "R"}});
  files.Add("ssd_ehcp_named_plan", {{"ehcn_named_plan_id", "E1"},
                                    {"ehcn_ehcp_asmt_id", "A"},
                                    {"ehcn_named_plan_start_date", "2024-02-29"},
                                    {"ehcn_named_plan_ceased_date", ceased}});
  files.Add("supplement_contacts",
            {{"contact_ref", "W"}, {"display_name", "Elowyn"}, {"telephone", "020 7946 0001"}});
  files.Add("supplement_plan_headlines", {{"plan_id", "E1"},
                                          {"person_id", "P1"},
                                          {"badge", "FINAL"},
                                          {"status", status},
                                          {"plan_type", "EHCP"},
                                          {"placement_type", "SPECIAL_SCHOOL"},
                                          {"b_headline", "Primary need: autism."},
                                          {"contact_ref", "W"}});
  files.Add("supplement_plan_sections", {{"plan_id", "E1"},
                                         {"section_code", "H1"},
                                         {"text", "One\ntwo."},
                                         {"location_checked", "Y"}});
}

TEST(ImportPlan, HeadlineSectionsAndDatesComeFromTheirTables) {
  ehc::Extract files = OneChild();
  AddPlan(files, "FINAL");
  const Made made(files);
  ASSERT_THAT(made.posts().plans, SizeIs(1));
  const v1::Plan& plan = made.posts().plans[0].message;
  EXPECT_EQ(made.posts().plans[0].unit, "send");
  EXPECT_EQ(plan.headline().issue_date(), "2024-02-29");
  EXPECT_EQ(plan.headline().review_due_date(), "2025-02-28");
  EXPECT_EQ(plan.headline().status(), v1::PLAN_STATUS_FINAL);
  EXPECT_EQ(plan.badge(), v1::BADGE_FINAL);
  EXPECT_EQ(plan.local_id(), "E1");
  EXPECT_EQ(plan.contact().telephone(), "020 7946 0001");
  EXPECT_EQ(plan.as_at().seconds(), 1790895600);  // 2026-10-02 in London, which is at UTC+1
  ASSERT_EQ(plan.sections_size(), 1);
  EXPECT_EQ(plan.sections(0).code(), v1::PLAN_SECTION_CODE_H1);
  EXPECT_TRUE(plan.sections(0).location_checked());
}

TEST(ImportPlan, ReviewIsDueTwelveMonthsAfterTheLast) {
  ehc::Extract files = OneChild();
  AddPlan(files, "FINAL");
  files.Add("ssd_ehcp_active_plans", {{"ehcp_active_ehcp_id", "X"},
                                      {"ehcp_ehcp_request_id", "R"},
                                      {"ehcp_active_ehcp_last_review_date", "2026-03-05"}});
  EXPECT_EQ(Made(files).posts().plans[0].message.headline().review_due_date(), "2027-03-05");
}

TEST(ImportPlan, CeasedPlanHasNoReviewAndItsAuthorityStopsMaintainingIt) {
  ehc::Extract files = OneChild();
  AddPlan(files, "CEASED", "2026-05-10");
  const Made made(files);
  const v1::PlanHeadline& headline = made.posts().plans[0].message.headline();
  EXPECT_FALSE(headline.has_review_due_date());
  EXPECT_EQ(headline.status(), v1::PLAN_STATUS_CEASED);
  ASSERT_THAT(made.posts().relationships, SizeIs(1));
  EXPECT_TRUE(made.posts().relationships[0].over);
  EXPECT_EQ(made.posts().relationships[0].message.valid_to(), "2026-05-10");
}

std::string FieldOf(const v1::RecordContent& content, const std::string& part,
                    const std::string& name) {
  for (const v1::RecordPart& other : content.parts()) {
    for (const v1::RecordField& field : other.fields()) {
      if (other.code() == part && field.name() == name) return field.value();
    }
  }
  return "";
}

void AddEnquiry(ehc::Extract& files, const char* from, const char* to) {
  files.Add("ssd_s47_enquiry", {{"s47e_s47_enquiry_id", "Q"},
                                {"s47e_person_id", "P1"},
                                {"s47e_s47_start_date", from},
                                {"s47e_s47_end_date", to},
                                {"s47e_s47_nfa", "N"}});
}

TEST(ImportEpisodes, EnquiryBecomesARecordOfItsOwnWithItsConference) {
  ehc::Extract files = OneChild();
  AddEnquiry(files, "2026-08-03", "2026-08-20");
  files.Add("ssd_initial_cp_conference", {{"icpc_icpc_id", "C"},
                                          {"icpc_s47_enquiry_id", "Q"},
                                          {"icpc_person_id", "P1"},
                                          {"icpc_icpc_date", "2026-08-18"},
                                          {"icpc_icpc_outcome_cp_flag", "Y"}});
  const Made made(files, Bromley("social-care"));
  ASSERT_THAT(made.posts().episodes, SizeIs(1));
  const v1::RecordContent& enquiry = made.posts().episodes[0].message;
  EXPECT_EQ(made.posts().episodes[0].unit, "social-care");
  EXPECT_EQ(enquiry.record_type(), "S47_ENQUIRY");
  EXPECT_EQ(enquiry.local_id(), "ssd_s47_enquiry/Q");
  EXPECT_EQ(FieldOf(enquiry, "OUTCOME", "no_further_action"), "N");
  EXPECT_EQ(FieldOf(enquiry, "CONFERENCE", "held_on"), "2026-08-18");
  for (const v1::RecordPart& part : enquiry.parts()) {
    EXPECT_EQ(part.text(), "") << part.code();
    if (part.code() != "PERIOD") continue;
    EXPECT_EQ(part.valid_from(), "2026-08-03");
    EXPECT_EQ(part.valid_to(), "2026-08-20");
  }
  EXPECT_EQ(made.FateOf("ssd_initial_cp_conference"), Fate::kPublished);
}

TEST(ImportEpisodes, WhatEndedMoreThanAYearAgoStaysBehind) {
  ehc::Extract recent = OneChild(), old = OneChild();
  AddEnquiry(recent, "2025-09-01", "2025-10-02");
  AddEnquiry(old, "2025-09-01", "2025-10-01");
  EXPECT_THAT(Made(recent, Bromley("social-care")).posts().episodes, SizeIs(1));
  EXPECT_THAT(Made(old, Bromley("social-care")).posts().episodes, IsEmpty());
}

TEST(ImportEpisodes, SendsRunPublishesNone) {
  ehc::Extract files = OneChild();
  AddEnquiry(files, "2026-08-03", "");
  EXPECT_THAT(Made(files).posts().episodes, IsEmpty());
}

void Enrol(ehc::Extract& files, const char* provision, const char* from, const char* to = "",
           const char* urn = "990001") {
  files.Add("supplement_enrolments", {{"person_id", "P1"},
                                      {"agency", "agencies/oakfield-school"},
                                      {"urn", urn},
                                      {"from_date", from},
                                      {"to_date", to},
                                      {"sen_provision", provision}});
}

const v1::SupportStatus& StatusOf(const Made& made) { return made.posts().statuses[0].message; }

TEST(ImportStatus, PlanInForceMakesTheStatusWithItsDatesNeedsAndCaseworker) {
  ehc::Extract files = OneChild();
  AddPlan(files, "FINAL");
  files.Add("ssd_ehcp_active_plans", {{"ehcp_active_ehcp_id", "X"},
                                      {"ehcp_ehcp_request_id", "R"},
                                      {"ehcp_active_ehcp_last_review_date", "2026-03-05"}});
  for (const char* rank : {"2", "1"}) {
    files.Add("ssd_sen_need", {{"senn_table_id", rank},
                               {"senn_active_ehcp_id", "X"},
                               {"senn_active_ehcp_need_type", rank[0] == '1' ? "ASD" : "SLCN"},
                               {"senn_active_ehcp_need_rank", rank}});
  }
  Enrol(files, "K", "2024-09-01");
  const Made made(files);
  ASSERT_THAT(made.posts().statuses, SizeIs(1));
  EXPECT_EQ(made.posts().statuses[0].unit, "send");
  EXPECT_EQ(StatusOf(made).sen_provision(), v1::SEN_PROVISION_EHC_PLAN);
  EXPECT_TRUE(StatusOf(made).plan_exists());
  EXPECT_THAT(StatusOf(made).need_types(), ElementsAre(v1::SEN_TYPE_ASD, v1::SEN_TYPE_SLCN));
  EXPECT_EQ(StatusOf(made).plan_issue_date(), "2024-02-29");
  EXPECT_EQ(StatusOf(made).review_due_date(), "2027-03-05");
  EXPECT_EQ(StatusOf(made).contact().display_name(), "Elowyn");
  EXPECT_EQ(made.FateOf("ssd_sen_need"), Fate::kPublished);
}

TEST(ImportStatus, RollAloneSaysWhatSupportThereIsAndThatThereIsNoPlan) {
  for (const auto& [code, provision] :
       {std::pair("K", v1::SEN_PROVISION_SEN_SUPPORT), std::pair("N", v1::SEN_PROVISION_NONE)}) {
    ehc::Extract files = OneChild();
    Enrol(files, code, "2024-09-01");
    const Made made(files);
    ASSERT_THAT(made.posts().statuses, SizeIs(1));
    EXPECT_EQ(StatusOf(made).sen_provision(), provision);
    EXPECT_TRUE(StatusOf(made).has_plan_exists());
    EXPECT_FALSE(StatusOf(made).plan_exists());
    EXPECT_EQ(StatusOf(made).contact().display_name(), "Duty desk, send");
  }
}

TEST(ImportStatus, PlanThatAnotherAuthorityMaintainsIsNeitherClaimedNorDenied) {
  ehc::Extract files = OneChild();
  Enrol(files, "E", "2024-09-01");
  EXPECT_FALSE(StatusOf(Made(files)).has_plan_exists());
}

TEST(ImportStatus, LatestOfTheRollsOfTheDayCounts) {
  ehc::Extract files = OneChild();
  Enrol(files, "N", "2020-09-01");
  Enrol(files, "K", "2025-09-01", "", "990002");
  Enrol(files, "N", "2026-10-03", "", "990003");
  EXPECT_EQ(StatusOf(Made(files)).sen_provision(), v1::SEN_PROVISION_SEN_SUPPORT);
}

TEST(ImportStatus, NobodysRollAndNoPlanMakeNoStatus) {
  ehc::Extract files = OneChild();
  Enrol(files, "K", "2020-09-01", "2026-10-01");
  EXPECT_THAT(Made(files).posts().statuses, IsEmpty());
}

TEST(ImportStatus, SocialCaresRunMakesNone) {
  ehc::Extract files = OneChild();
  Enrol(files, "K", "2024-09-01");
  EXPECT_THAT(Made(files, Bromley("social-care")).posts().statuses, IsEmpty());
}

void Relate(ehc::Extract& files, const char* id, const char* kind, const char* ref,
            const char* responsible, const char* evidence, const char* to = "") {
  files.Add("supplement_relationships", {{"relationship_id", id},
                                         {"person_id", "P1"},
                                         {"party_kind", kind},
                                         {"party_ref", ref},
                                         {"parental_responsibility", responsible},
                                         {"evidence", evidence},
                                         {"contact_prohibited", "N"},
                                         {"from_date", "2020-01-01"},
                                         {"to_date", to}});
}

TEST(ImportFacts, ResponsibilityDecidesTheKindOfRelation) {
  ehc::Extract files = OneChild();
  Relate(files, "1", "PARENT", "p-1", "Y", "MOTHER");
  Relate(files, "2", "PARENT", "p-2", "N", "");
  Relate(files, "3", "LOCAL_AUTHORITY", "agencies/bromley", "Y", "CARE_ORDER");
  Relate(files, "4", "REPRESENTATIVE", "p-4", "N", "");
  Relate(files, "5", "CARER", "p-5", "N", "", "2026-10-01");
  std::vector<std::string> kinds;
  const Made made(files);
  for (const RelationshipPost& post : made.posts().relationships) {
    const v1::Relationship& message = post.message;
    kinds.push_back(v1::RelationshipKind_Name(message.kind()).substr(18) + " " +
                    (message.has_agency() ? message.agency() : message.person_reference()) +
                    (post.over ? " over" : ""));
  }
  EXPECT_THAT(kinds, ElementsAre("PARENTAL_RESPONSIBILITY p-1", "CARER p-2",
                                 "PARENTAL_RESPONSIBILITY agencies/bromley", "REPRESENTATIVE p-4",
                                 "CARER p-5 over"));
}

TEST(ImportFacts, SenProvisionComesFromTheSupplementAlone) {
  ehc::Extract files = OneChild();  // pers_send_flag says Y
  files.Add("supplement_enrolments", {{"person_id", "P1"},
                                      {"agency", "agencies/oakfield-school"},
                                      {"urn", "990001"},
                                      {"from_date", "2020-09-01"},
                                      {"sen_provision", "K"}});
  const Made made(files);
  ASSERT_THAT(made.posts().relationships, SizeIs(1));
  EXPECT_EQ(made.posts().relationships[0].message.sen_provision(), v1::SEN_PROVISION_SEN_SUPPORT);
}

TEST(ImportFacts, InstructionsToTheImporterMakeNoProtection) {
  ehc::Extract files = OneChild();
  Protect(files, "1", "NONE", "Y");
  Protect(files, "2", "COVERT_ENQUIRY", "N");
  Protect(files, "3", "YOUTH_JUSTICE", "N", "2020-01-01", "2021-01-01");
  const Made made(files);
  ASSERT_THAT(made.posts().protections, SizeIs(1));
  EXPECT_EQ(made.posts().protections[0].message.label(), v1::PROTECTION_LABEL_COVERT_ENQUIRY);
}

void AddHealth(ehc::Extract& files, const char* part, const char* agency, const char* unit) {
  files.Add("supplement_health_records", {{"record_id", "H1"},
                                          {"person_id", "P1"},
                                          {"custodian_agency", agency},
                                          {"custodian_unit", unit},
                                          {"record_type", "HEALTH_RECORD"},
                                          {"part_code", part},
                                          {"text", "Text."},
                                          {"location_checked", "Y"},
                                          {"contact_ref", "D"}});
}

Importer Trust(const std::string& unit) {
  Importer trust = Bromley(unit);
  trust.agency = "agencies/trust";
  return trust;
}

TEST(ImportRecords, OnlyTheCustodiansUnitPublishesARecord) {
  ehc::Extract files = OneChild();
  files.Add("supplement_contacts", {{"contact_ref", "D"}, {"display_name", "Desk"}});
  AddHealth(files, "SUMMARY", "agencies/trust", "paediatrics");
  AddHealth(files, "GP", "agencies/trust", "paediatrics");
  EXPECT_THAT(Made(files).posts().health_records, IsEmpty());
  EXPECT_EQ(Made(files).FateOf("supplement_health_records"), Fate::kElsewhere);
  EXPECT_FALSE(Made(files, Trust("urgent-care")).any());
  for (const char* unit : {"paediatrics", ""}) {
    const Made made(files, Trust(unit));
    ASSERT_TRUE(made.any());
    ASSERT_THAT(made.posts().health_records, SizeIs(1));
    EXPECT_EQ(made.posts().health_records[0].message.parts_size(), 2);
    EXPECT_EQ(made.posts().registration.unit, "paediatrics");
  }
}

TEST(ImportRecords, AnotherAgencyRegistersByOneIdentifierAndNoPupilNumber) {
  ehc::Extract files = OneChild();
  files.Add("supplement_contacts", {{"contact_ref", "D"}, {"display_name", "Desk"}});
  files.Add("ssd_send",
            {{"send_table_id", "S"}, {"send_upn", "B801200005001"}, {"send_person_id", "P1"}});
  AddHealth(files, "SUMMARY", "agencies/trust", "paediatrics");
  EXPECT_THAT(Made(files, Trust("paediatrics")).Identifiers(),
              ElementsAre("NHS_NUMBER 9434765870"));
}

TEST(ImportRecords, FlagLapsesAtTheEndOfItsLastDay) {
  ehc::Extract files = OneChild();
  files.Add("supplement_contacts", {{"contact_ref", "D"}, {"display_name", "Desk"}});
  files.Add("supplement_flags", {{"flag_id", "F"},
                                 {"person_id", "P1"},
                                 {"custodian_agency", "agencies/bromley"},
                                 {"custodian_unit", "social-care"},
                                 {"kind", "MARAC"},
                                 {"location_checked", "Y"},
                                 {"from_date", "2026-09-01"},
                                 {"expires_on", "2026-10-31"},
                                 {"contact_ref", "D"}});
  EXPECT_THAT(Made(files).posts().flags, IsEmpty());
  const Made made(files, Bromley("social-care"));
  ASSERT_THAT(made.posts().flags, SizeIs(1));
  EXPECT_EQ(made.posts().flags[0].message.expires_at().seconds(), 1793491200);  // 1 November
}

TEST(ImportCare, StatusIsTheGravestThatIsOpen) {
  ehc::Extract files = OneChild();
  files.Add("ssd_cin_episodes", {{"cine_referral_id", "C"},
                                 {"cine_person_id", "P1"},
                                 {"cine_referral_date", "2026-01-05"},
                                 {"cine_cin_primary_need_code", "N1"}});
  EXPECT_THAT(Made(files).posts().care_records, IsEmpty());  // not the SEND unit's
  const Made in_need(files, Bromley("social-care"));
  ASSERT_THAT(in_need.posts().care_records, SizeIs(1));
  EXPECT_EQ(FieldOf(in_need.posts().care_records[0].message, "STATUS", "status"), "CHILD_IN_NEED");
  files.Add("ssd_cp_plans", {{"cppl_cp_plan_id", "X"},
                             {"cppl_person_id", "P1"},
                             {"cppl_cp_plan_start_date", "2026-02-02"},
                             {"cppl_cp_plan_latest_category", "Neglect"}});
  const Made made(files, Bromley("social-care"));
  const v1::RecordContent& content = made.posts().care_records[0].message;
  EXPECT_EQ(FieldOf(content, "STATUS", "status"), "CHILD_PROTECTION_PLAN");
  EXPECT_EQ(FieldOf(content, "STATUS", "category_of_abuse"), "Neglect");
  EXPECT_EQ(FieldOf(content, "PLAN", "plan"), "CHILD_PROTECTION_PLAN");
}

TEST(ImportCare, ClosedCaseIsToldForTwelveMonths) {
  for (const auto& [closed, told] : {std::pair{"2025-10-02", true}, {"2025-10-01", false}}) {
    ehc::Extract files = OneChild();
    files.Add("ssd_cin_episodes", {{"cine_referral_id", "C"},
                                   {"cine_person_id", "P1"},
                                   {"cine_referral_date", "2025-01-05"},
                                   {"cine_close_reason", "RC8"},
                                   {"cine_close_date", closed}});
    const Made made(files, Bromley("social-care"));
    ASSERT_EQ(made.posts().care_records.size(), told ? 1u : 0u) << closed;
    if (!told) continue;
    EXPECT_EQ(FieldOf(made.posts().care_records[0].message, "STATUS", "status"), "CLOSED");
  }
}

TEST(ImportCare, CommentsOfAnAssessmentStayBehind) {
  ehc::Extract files = OneChild();
  files.Add(
      "ssd_cin_episodes",
      {{"cine_referral_id", "C"}, {"cine_person_id", "P1"}, {"cine_referral_date", "2026-01-05"}});
  files.Add(
      "ssd_cin_assessments",
      {{"cina_assessment_id", "X"},
       {"cina_person_id", "P1"},
       {"cina_assessment_start_date", "2026-01-06"},
       {"cina_assessment_outcome_json",
        R"({"LEGAL_ACTION_FLAG": "Y", "NFA_FLAG": "N", "COMMENTS": "now at 7 High Street"})"}});
  const Made made(files, Bromley("social-care"));
  const v1::RecordContent& content = made.posts().care_records[0].message;
  EXPECT_EQ(FieldOf(content, "OUTCOME", "outcome_1"), "LEGAL_ACTION");
  EXPECT_EQ(content.SerializeAsString().find("High Street"), std::string::npos);
}

TEST(ImportWorld, NothingOfASeveredPersonOrAFormerIdentifierIsInAnyMessage) {
  ehc::WorldOptions options;
  options.children = 600;
  const ehc::World world = ehc::MakeWorld(options);
  const std::unique_ptr<Extract> extract = ReadBack(world.extract);
  const ImportGuard guard(*extract, "2026-10-02");
  const Importer everything = Bromley("");
  const PostMaker maker(*extract, guard, everything);
  std::string sent;
  for (Row* child : PublishableChildren(*extract, guard)) {
    const std::optional<ChildPosts> posts = maker.Make(*child);
    for (const v1::Identifier& identifier : posts->identifiers) sent += identifier.value() + "\n";
  }
  int forbidden = 0;
  for (const Row& link : extract->Of("ssd_linked_identifiers").rows()) {
    const std::string& type = link["link_identifier_type"];
    if (type != "Former Unique Pupil Number" && type != "Former NHS Number" &&
        type != "Pre-Adoption Person ID" && type != "RAA ID") {
      continue;
    }
    ++forbidden;
    EXPECT_EQ(sent.find(link["link_identifier_value"] + "\n"), std::string::npos) << type;
  }
  EXPECT_GT(forbidden, 10);
  EXPECT_EQ(sent.find("P0000004\n"), std::string::npos);
  EXPECT_NE(sent.find("P0000003\n"), std::string::npos);
}

}  // namespace
}  // namespace ehchub
