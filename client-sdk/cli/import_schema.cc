#include "client-sdk/cli/import_schema.h"

namespace ehchub {
namespace {

using Columns = std::vector<ColumnSpec>;

constexpr char kPerson[] = "ssd_person";

ColumnSpec Key(const char* name, CellKind kind = CellKind::kText) { return {name, kind, true}; }
ColumnSpec KeyRef(const char* name, const char* table) {
  return {name, CellKind::kText, true, false, nullptr, table};
}
ColumnSpec Any(const char* name, CellKind kind = CellKind::kText) { return {name, kind}; }
ColumnSpec Need(const char* name, CellKind kind = CellKind::kText) {
  return {name, kind, false, true};
}
ColumnSpec Never(const char* name) { return {name, CellKind::kNever}; }
ColumnSpec Date(const char* name) { return {name, CellKind::kDate}; }
ColumnSpec NeedDate(const char* name) { return {name, CellKind::kDate, false, true}; }
ColumnSpec Iso(const char* name) { return {name, CellKind::kIsoDate}; }
ColumnSpec NeedIso(const char* name) { return {name, CellKind::kIsoDate, false, true}; }
ColumnSpec Code(const char* name, const char* codes) {
  return {name, CellKind::kCode, false, false, codes};
}
ColumnSpec NeedCode(const char* name, const char* codes) {
  return {name, CellKind::kCode, false, true, codes};
}
ColumnSpec Ref(const char* name, const char* table) {
  return {name, CellKind::kText, false, false, nullptr, table};
}
ColumnSpec NeedRef(const char* name, const char* table) {
  return {name, CellKind::kText, false, true, nullptr, table};
}
ColumnSpec Person(const char* name) { return NeedRef(name, kPerson); }

constexpr char kYesNo[] = "Y N";
constexpr char kUpnUnknown[] = "UN1 UN2 UN3 UN4 UN5 UN7";
constexpr char kSen2Outcome[] = "Y N A W H";
constexpr char kNeedCodes[] = "N0 N1 N2 N3 N4 N5 N6 N7 N8 N9";
constexpr char kPlacements[] =
    "MAINSTREAM RESOURCED_PROVISION SPECIAL_SCHOOL POST_16_COLLEGE EARLY_YEARS";

void AddIdentity(std::vector<TableSpec>& tables) {
  tables.push_back(
      {kPerson,
       Owner::kFacts,
       {Key("pers_person_id", CellKind::kPersonId), Any("pers_forename"), Need("pers_surname"),
        NeedCode("pers_sex", "M F U"), Never("pers_gender"), Never("pers_ethnicity"),
        Date("pers_dob"), Any("pers_common_child_id", CellKind::kNhsNumber),
        Never("pers_legacy_id"), Code("pers_upn_unknown", kUpnUnknown), Never("pers_send_flag"),
        Date("pers_expected_dob"), Date("pers_death_date"), Never("pers_is_mother"),
        Never("pers_nationality")},
       {{"pers_dob", "pers_death_date"}}});
  tables.push_back(
      {"ssd_address",
       Owner::kFacts,
       {Key("addr_table_id"), Any("addr_address_json", CellKind::kJson), Person("addr_person_id"),
        Any("addr_address_type"), Date("addr_address_start_date"), Date("addr_address_end_date"),
        Any("addr_address_postcode", CellKind::kPostcode)},
       {{"addr_address_start_date", "addr_address_end_date"}}});
  tables.push_back(
      {"ssd_linked_identifiers",
       Owner::kFacts,
       {Key("link_table_id"), Person("link_person_id"), Need("link_identifier_type"),
        Any("link_identifier_value"), Date("link_valid_from_date"), Date("link_valid_to_date")},
       {{"link_valid_from_date", "link_valid_to_date"}}});
  tables.push_back({"ssd_disability",
                    Owner::kCare,
                    {Person("disa_person_id"), Key("disa_table_id"),
                     NeedCode("disa_disability_code",
                              "NONE MOB HAND PC INC COMM LD HEAR VIS BEH CON AUT DDA")}});
}

void AddSend(std::vector<TableSpec>& tables) {
  tables.push_back(
      {"ssd_send",
       Owner::kFacts,
       {Key("send_table_id"), Any("send_upn", CellKind::kUpn), Any("send_uln", CellKind::kUln),
        Code("send_upn_unknown", kUpnUnknown), Person("send_person_id")}});
  tables.push_back({"ssd_ehcp_requests",
                    Owner::kSend,
                    {Key("ehcr_ehcp_request_id"), NeedRef("ehcr_send_table_id", "ssd_send"),
                     Date("ehcr_ehcp_req_date"), Date("ehcr_ehcp_req_outcome_date"),
                     Code("ehcr_ehcp_req_outcome", kSen2Outcome)},
                    {{"ehcr_ehcp_req_date", "ehcr_ehcp_req_outcome_date"}}});
  tables.push_back(
      {"ssd_ehcp_assessment",
       Owner::kSend,
       {Key("ehca_ehcp_assessment_id"), NeedRef("ehca_ehcp_request_id", "ssd_ehcp_requests"),
        Date("ehca_ehcp_assessment_outcome_date"),
        Code("ehca_ehcp_assessment_outcome", kSen2Outcome),
        Code("ehca_ehcp_assessment_exceptions", "0 1")}});
  tables.push_back({"ssd_ehcp_named_plan",
                    Owner::kSend,
                    {Key("ehcn_named_plan_id"), NeedRef("ehcn_ehcp_asmt_id", "ssd_ehcp_assessment"),
                     NeedDate("ehcn_named_plan_start_date"), Date("ehcn_named_plan_ceased_date"),
                     Code("ehcn_named_plan_ceased_reason", "1 2 3 4 5 6 7 8 9")},
                    {{"ehcn_named_plan_start_date", "ehcn_named_plan_ceased_date"}}});
  tables.push_back(
      {"ssd_ehcp_active_plans",
       Owner::kSend,
       {Key("ehcp_active_ehcp_id"), NeedRef("ehcp_ehcp_request_id", "ssd_ehcp_requests"),
        Date("ehcp_active_ehcp_last_review_date")}});
  tables.push_back({"ssd_sen_need",
                    Owner::kSend,
                    {Key("senn_table_id"), NeedRef("senn_active_ehcp_id", "ssd_ehcp_active_plans"),
                     NeedCode("senn_active_ehcp_need_type",
                              "SPLD MLD SLD PMLD SEMH SLCN HI VI MSI PD ASD OTH DS"),
                     NeedCode("senn_active_ehcp_need_rank", "1 2")}});
}

void AddReferrals(std::vector<TableSpec>& tables) {
  tables.push_back(
      {"ssd_professionals",
       Owner::kSupport,
       {Key("prof_professional_id"), Never("prof_staff_id"), Any("prof_professional_name"),
        Never("prof_social_worker_registration_no"), Any("prof_professional_job_title"),
        Never("prof_professional_caseload"), Any("prof_professional_department"),
        Never("prof_full_time_equivalency"), Never("prof_agency_worker_flag")}});
  tables.push_back(
      {"ssd_involvements",
       Owner::kCare,
       {Key("invo_involvements_id"), Any("invo_professional_id"), Any("invo_professional_role_id"),
        Any("invo_professional_team"), Date("invo_involvement_start_date"),
        Date("invo_involvement_end_date"), Any("invo_worker_change_reason"),
        Person("invo_person_id"), Any("invo_referral_id")},
       {{"invo_involvement_start_date", "invo_involvement_end_date"}}});
  tables.push_back({"ssd_contacts",
                    Owner::kCare,
                    {Key("cont_contact_id"), Person("cont_person_id"), Date("cont_contact_date"),
                     Any("cont_contact_source_code"), Any("cont_contact_source_desc"),
                     Any("cont_contact_outcome_json", CellKind::kJson)}});
  tables.push_back(
      {"ssd_early_help_episodes",
       Owner::kCare,
       {Key("earl_episode_id"), Person("earl_person_id"), NeedDate("earl_episode_start_date"),
        Date("earl_episode_end_date"), Any("earl_episode_reason"), Any("earl_episode_end_reason"),
        Any("earl_episode_organisation"), Any("earl_episode_worker_id")},
       {{"earl_episode_start_date", "earl_episode_end_date"}}});
  tables.push_back(
      {"ssd_cin_episodes",
       Owner::kCare,
       {Key("cine_referral_id"), Person("cine_person_id"), NeedDate("cine_referral_date"),
        Code("cine_cin_primary_need_code", kNeedCodes), Any("cine_referral_source_code"),
        Any("cine_referral_source_desc"), Any("cine_referral_outcome_json", CellKind::kJson),
        Code("cine_referral_nfa", kYesNo),
        Code("cine_close_reason", "RC1 RC2 RC3 RC4 RC5 RC6 RC7 RC8 RC9"), Date("cine_close_date"),
        Any("cine_referral_team"), Any("cine_referral_worker_id")},
       {{"cine_referral_date", "cine_close_date"}}});
}

void AddAssessments(std::vector<TableSpec>& tables) {
  tables.push_back(
      {"ssd_cin_assessments",
       Owner::kCare,
       {Key("cina_assessment_id"), Person("cina_person_id"),
        Ref("cina_referral_id", "ssd_cin_episodes"), NeedDate("cina_assessment_start_date"),
        Code("cina_assessment_child_seen", kYesNo), Date("cina_assessment_auth_date"),
        Any("cina_assessment_outcome_json", CellKind::kJson),
        Code("cina_assessment_outcome_nfa", kYesNo), Any("cina_assessment_team"),
        Any("cina_assessment_worker_id")},
       {{"cina_assessment_start_date", "cina_assessment_auth_date"}}});
  tables.push_back({"ssd_assessment_factors",
                    Owner::kCare,
                    {Key("cinf_table_id"), NeedRef("cinf_assessment_id", "ssd_cin_assessments"),
                     Any("cinf_assessment_factors_json", CellKind::kJson)}});
  tables.push_back(
      {"ssd_cin_plans",
       Owner::kCare,
       {Key("cinp_cin_plan_id"), Ref("cinp_referral_id", "ssd_cin_episodes"),
        Person("cinp_person_id"), NeedDate("cinp_cin_plan_start_date"),
        Date("cinp_cin_plan_end_date"), Any("cinp_cin_plan_team"), Any("cinp_cin_plan_worker_id")},
       {{"cinp_cin_plan_start_date", "cinp_cin_plan_end_date"}}});
  tables.push_back(
      {"ssd_s47_enquiry",
       Owner::kCare,
       {Key("s47e_s47_enquiry_id"), Ref("s47e_referral_id", "ssd_cin_episodes"),
        Person("s47e_person_id"), NeedDate("s47e_s47_start_date"), Date("s47e_s47_end_date"),
        Code("s47e_s47_nfa", kYesNo), Any("s47e_s47_outcome_json", CellKind::kJson),
        Any("s47e_s47_completed_by_worker_id"), Any("s47e_s47_completed_by_team")},
       {{"s47e_s47_start_date", "s47e_s47_end_date"}}});
  tables.push_back({"ssd_initial_cp_conference",
                    Owner::kCare,
                    {Key("icpc_icpc_id"), Any("icpc_icpc_meeting_id"),
                     Ref("icpc_s47_enquiry_id", "ssd_s47_enquiry"), Person("icpc_person_id"),
                     Any("icpc_cp_plan_id"), Ref("icpc_referral_id", "ssd_cin_episodes"),
                     Code("icpc_icpc_transfer_in", kYesNo), Date("icpc_icpc_target_date"),
                     Date("icpc_icpc_date"), Code("icpc_icpc_outcome_cp_flag", kYesNo),
                     Any("icpc_icpc_outcome_json", CellKind::kJson), Any("icpc_icpc_team"),
                     Any("icpc_icpc_worker_id")}});
  tables.push_back({"ssd_cp_plans",
                    Owner::kCare,
                    {Key("cppl_cp_plan_id"), Ref("cppl_referral_id", "ssd_cin_episodes"),
                     Ref("cppl_icpc_id", "ssd_initial_cp_conference"), Person("cppl_person_id"),
                     NeedDate("cppl_cp_plan_start_date"), Date("cppl_cp_plan_end_date"),
                     Any("cppl_cp_plan_initial_category"), Code("cppl_cp_plan_ola", kYesNo),
                     Any("cppl_cp_plan_latest_category")},
                    {{"cppl_cp_plan_start_date", "cppl_cp_plan_end_date"}}});
}

void AddCare(std::vector<TableSpec>& tables) {
  tables.push_back(
      {"ssd_cla_episodes",
       Owner::kCare,
       {Key("clae_cla_episode_id"), Person("clae_person_id"),
        NeedDate("clae_cla_episode_start_date"), Any("clae_cla_episode_start_reason"),
        Code("clae_cla_primary_need_code", kNeedCodes), Date("clae_cla_episode_ceased_date"),
        Any("clae_cla_episode_ceased_reason"), Any("clae_cla_id"),
        Ref("clae_referral_id", "ssd_cin_episodes"), Any("clae_cla_placement_id"),
        Date("clae_entered_care_date"), Date("clae_cla_last_iro_contact_date")},
       {{"clae_cla_episode_start_date", "clae_cla_episode_ceased_date"}}});
  tables.push_back({"ssd_legal_status",
                    Owner::kCare,
                    {Key("lega_legal_status_id"), Person("lega_person_id"),
                     NeedCode("lega_legal_status", "C1 C2 D1 E1 J1 J2 J3 L1 L2 L3 V2 V3 V4"),
                     NeedDate("lega_legal_status_start_date"), Date("lega_legal_status_end_date")},
                    {{"lega_legal_status_start_date", "lega_legal_status_end_date"}}});
  tables.push_back(
      {"ssd_missing",
       Owner::kCare,
       {Key("miss_table_id"), Person("miss_person_id"), NeedDate("miss_missing_episode_start_date"),
        Any("miss_missing_episode_type"), Date("miss_missing_episode_end_date"),
        Any("miss_missing_rhi_offered"), Any("miss_missing_rhi_accepted")},
       {{"miss_missing_episode_start_date", "miss_missing_episode_end_date"}}});
  tables.push_back(
      {"ssd_sdq_scores",
       Owner::kCare,
       {Key("csdq_table_id"), Person("csdq_person_id"), Date("csdq_sdq_completed_date"),
        Any("csdq_sdq_reason"), Any("csdq_sdq_score")}});
  tables.push_back({"ssd_voice_of_child",
                    Owner::kCare,
                    {Key("voch_table_id"), Person("voch_person_id"), Any("voch_explained_worries"),
                     Any("voch_story_help_understand"), Any("voch_agree_worker"),
                     Any("voch_plan_safe"), Any("voch_tablet_help_explain")}});
}

void AddSupplementOfPlans(std::vector<TableSpec>& tables) {
  tables.push_back(
      {"supplement_extract",
       Owner::kSupport,
       {Need("la_code", CellKind::kLaCode), Need("agency", CellKind::kAgency), NeedIso("as_at")}});
  tables.push_back({"supplement_contacts",
                    Owner::kSupport,
                    {Key("contact_ref"), Need("display_name"), Any("role"), Any("organisation"),
                     Any("telephone"), Any("email"), Any("out_of_hours_telephone")}});
  tables.push_back(
      {"supplement_plan_headlines",
       Owner::kSend,
       {Key("plan_id"), Person("person_id"), NeedCode("badge", "DRAFT FINAL"),
        NeedCode("status", "DRAFT FINAL UNDER_REVIEW AMENDING CEASED TRANSFERRED_OUT WITHDRAWN"),
        NeedCode("plan_type", "EHCP ISP SEN_SUPPORT"), Code("placement_type", kPlacements),
        Any("b_headline"), Ref("contact_ref", "supplement_contacts")}});
  tables.push_back({"supplement_plan_sections",
                    Owner::kSend,
                    {KeyRef("plan_id", "supplement_plan_headlines"),
                     {"section_code", CellKind::kCode, true, false, "A B C D E F G H1 H2 I J K"},
                     Need("text"),
                     NeedCode("location_checked", kYesNo),
                     Any("source_agency", CellKind::kAgency)}});
}

void AddSupplementOfFacts(std::vector<TableSpec>& tables) {
  tables.push_back(
      {"supplement_enrolments",
       Owner::kFacts,
       {KeyRef("person_id", kPerson), Any("agency", CellKind::kAgency), Key("urn", CellKind::kUrn),
        Key("from_date", CellKind::kIsoDate), Iso("to_date"), NeedCode("sen_provision", "E K N")},
       {{"from_date", "to_date"}}});
  tables.push_back(
      {"supplement_named_institutions",
       Owner::kFacts,
       {KeyRef("plan_id", "supplement_plan_headlines"), Person("person_id"),
        Any("agency", CellKind::kAgency), Any("urn", CellKind::kUrn), Any("institution_name"),
        Code("institution_type", kPlacements), NeedIso("from_date"), Iso("to_date")},
       {{"from_date", "to_date"}}});
  tables.push_back(
      {"supplement_relationships",
       Owner::kFacts,
       {Key("relationship_id"), Person("person_id"),
        NeedCode("party_kind", "PARENT CARER LOCAL_AUTHORITY REPRESENTATIVE KEY_WORKER"),
        Need("party_ref", CellKind::kToken), Any("party_unit", CellKind::kUnit),
        NeedCode("parental_responsibility", kYesNo),
        Code("evidence",
             "MOTHER MARRIAGE BIRTH_CERTIFICATE AGREEMENT COURT_ORDER CARE_ORDER "
             "SPECIAL_GUARDIANSHIP_ORDER ADOPTION_ORDER"),
        NeedCode("contact_prohibited", kYesNo), NeedIso("from_date"), Iso("to_date")},
       {{"from_date", "to_date"}}});
  tables.push_back({"supplement_commissioners",
                    Owner::kFacts,
                    {KeyRef("person_id", kPerson), Key("agency", CellKind::kAgency),
                     Key("from_date", CellKind::kIsoDate), Iso("to_date")},
                    {{"from_date", "to_date"}}});
  tables.push_back(
      {"supplement_protections",
       Owner::kFacts,
       {Key("protection_id"), Person("person_id"),
        NeedCode("label",
                 "NONE ADDRESS_RESTRICTED ADOPTED IDENTITY_SEVERED THIRD_PARTY "
                 "SENSITIVE_SERVICE POLICE_INTEL COVERT_ENQUIRY YOUTH_JUSTICE "
                 "COURT_RESTRICTED HOMELESSNESS GANG FGM"),
        NeedCode("address_cleared", kYesNo), Any("cleared_recipients", CellKind::kAgencies),
        Any("reason"), NeedIso("from_date"), Iso("to_date")},
       {{"from_date", "to_date"}}});
}

void AddSupplementOfOthers(std::vector<TableSpec>& tables) {
  tables.push_back({"supplement_health_records",
                    Owner::kRow,
                    {Key("record_id"),
                     Person("person_id"),
                     Need("custodian_agency", CellKind::kAgency),
                     Need("custodian_unit", CellKind::kUnit),
                     NeedCode("record_type", "HEALTH_RECORD"),
                     {"part_code", CellKind::kCode, true, false,
                      "SUMMARY MEDICATION SERVICES APPOINTMENTS GP SENSITIVE"},
                     Need("text"),
                     NeedCode("location_checked", kYesNo),
                     Iso("from_date"),
                     Iso("to_date"),
                     NeedRef("contact_ref", "supplement_contacts")},
                    {{"from_date", "to_date"}}});
  tables.push_back(
      {"supplement_flags",
       Owner::kRow,
       {Key("flag_id"), Person("person_id"), Need("custodian_agency", CellKind::kAgency),
        Need("custodian_unit", CellKind::kUnit),
        NeedCode("kind", "CHILD_PROTECTION_PLAN LOOKED_AFTER YOUTH_JUSTICE MARAC GANG"),
        Any("detail"), NeedCode("location_checked", kYesNo), NeedIso("from_date"),
        Iso("expires_on"), NeedRef("contact_ref", "supplement_contacts")},
       {{"from_date", "expires_on"}}});
}

std::vector<TableSpec> MakeSchema() {
  std::vector<TableSpec> tables;
  AddIdentity(tables);
  AddSend(tables);
  AddReferrals(tables);
  AddAssessments(tables);
  AddCare(tables);
  AddSupplementOfPlans(tables);
  AddSupplementOfFacts(tables);
  AddSupplementOfOthers(tables);
  return tables;
}

}  // namespace

int TableSpec::IndexOf(absl::string_view column) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (column == columns[i].name) return static_cast<int>(i);
  }
  return -1;
}

const char* TableSpec::PersonColumn() const {
  if (absl::string_view(name) == kPerson) return "pers_person_id";
  for (const ColumnSpec& column : columns) {
    if (column.refers_to != nullptr && absl::string_view(column.refers_to) == kPerson) {
      return column.name;
    }
  }
  return nullptr;
}

const std::vector<TableSpec>& ImportSchema() {
  static const auto* const schema = new std::vector<TableSpec>(MakeSchema());
  return *schema;
}

}  // namespace ehchub
