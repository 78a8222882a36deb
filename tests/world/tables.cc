#include "tests/world/tables.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ehc {

const std::vector<TableSpec>& ExtractTables() {
  static const auto* const tables = new std::vector<TableSpec>{
      {"ssd_address",
       {"addr_table_id", "addr_address_json", "addr_person_id", "addr_address_type",
        "addr_address_start_date", "addr_address_end_date", "addr_address_postcode"},
       DateStyle::kBritish},
      {"ssd_assessment_factors",
       {"cinf_table_id", "cinf_assessment_id", "cinf_assessment_factors_json"}},
      {"ssd_cin_assessments",
       {"cina_assessment_id", "cina_person_id", "cina_referral_id", "cina_assessment_start_date",
        "cina_assessment_child_seen", "cina_assessment_auth_date", "cina_assessment_outcome_json",
        "cina_assessment_outcome_nfa", "cina_assessment_team", "cina_assessment_worker_id"}},
      {"ssd_cin_episodes",
       {"cine_referral_id", "cine_person_id", "cine_referral_date", "cine_cin_primary_need_code",
        "cine_referral_source_code", "cine_referral_source_desc", "cine_referral_outcome_json",
        "cine_referral_nfa", "cine_close_reason", "cine_close_date", "cine_referral_team",
        "cine_referral_worker_id"},
       DateStyle::kDateTime},
      {"ssd_cin_plans",
       {"cinp_cin_plan_id", "cinp_referral_id", "cinp_person_id", "cinp_cin_plan_start_date",
        "cinp_cin_plan_end_date", "cinp_cin_plan_team", "cinp_cin_plan_worker_id"}},
      {"ssd_cla_episodes",
       {"clae_cla_episode_id", "clae_person_id", "clae_cla_episode_start_date",
        "clae_cla_episode_start_reason", "clae_cla_primary_need_code",
        "clae_cla_episode_ceased_date", "clae_cla_episode_ceased_reason", "clae_cla_id",
        "clae_referral_id", "clae_cla_placement_id", "clae_entered_care_date",
        "clae_cla_last_iro_contact_date"},
       DateStyle::kDateTime},
      {"ssd_contacts",
       {"cont_contact_id", "cont_person_id", "cont_contact_date", "cont_contact_source_code",
        "cont_contact_source_desc", "cont_contact_outcome_json"},
       DateStyle::kBritish,
       true},
      {"ssd_cp_plans",
       {"cppl_cp_plan_id", "cppl_referral_id", "cppl_icpc_id", "cppl_person_id",
        "cppl_cp_plan_start_date", "cppl_cp_plan_end_date", "cppl_cp_plan_initial_category",
        "cppl_cp_plan_ola", "cppl_cp_plan_latest_category"}},
      {"ssd_disability", {"disa_person_id", "disa_table_id", "disa_disability_code"}},
      {"ssd_early_help_episodes",
       {"earl_episode_id", "earl_person_id", "earl_episode_start_date", "earl_episode_end_date",
        "earl_episode_reason", "earl_episode_end_reason", "earl_episode_organisation",
        "earl_episode_worker_id"}},
      {"ssd_ehcp_active_plans",
       {"ehcp_active_ehcp_id", "ehcp_ehcp_request_id", "ehcp_active_ehcp_last_review_date"}},
      {"ssd_ehcp_assessment",
       {"ehca_ehcp_assessment_id", "ehca_ehcp_request_id", "ehca_ehcp_assessment_outcome_date",
        "ehca_ehcp_assessment_outcome", "ehca_ehcp_assessment_exceptions"}},
      {"ssd_ehcp_named_plan",
       {"ehcn_named_plan_id", "ehcn_ehcp_asmt_id", "ehcn_named_plan_start_date",
        "ehcn_named_plan_ceased_date", "ehcn_named_plan_ceased_reason"},
       DateStyle::kMixed,
       true},
      {"ssd_ehcp_requests",
       {"ehcr_ehcp_request_id", "ehcr_send_table_id", "ehcr_ehcp_req_date",
        "ehcr_ehcp_req_outcome_date", "ehcr_ehcp_req_outcome"},
       DateStyle::kBritish},
      {"ssd_initial_cp_conference",
       {"icpc_icpc_id", "icpc_icpc_meeting_id", "icpc_s47_enquiry_id", "icpc_person_id",
        "icpc_cp_plan_id", "icpc_referral_id", "icpc_icpc_transfer_in", "icpc_icpc_target_date",
        "icpc_icpc_date", "icpc_icpc_outcome_cp_flag", "icpc_icpc_outcome_json", "icpc_icpc_team",
        "icpc_icpc_worker_id"}},
      {"ssd_involvements",
       {"invo_involvements_id", "invo_professional_id", "invo_professional_role_id",
        "invo_professional_team", "invo_involvement_start_date", "invo_involvement_end_date",
        "invo_worker_change_reason", "invo_person_id", "invo_referral_id"},
       DateStyle::kBritish},
      {"ssd_legal_status",
       {"lega_legal_status_id", "lega_person_id", "lega_legal_status",
        "lega_legal_status_start_date", "lega_legal_status_end_date"}},
      {"ssd_linked_identifiers",
       {"link_table_id", "link_person_id", "link_identifier_type", "link_identifier_value",
        "link_valid_from_date", "link_valid_to_date"},
       DateStyle::kMixed},
      {"ssd_missing",
       {"miss_table_id", "miss_person_id", "miss_missing_episode_start_date",
        "miss_missing_episode_type", "miss_missing_episode_end_date", "miss_missing_rhi_offered",
        "miss_missing_rhi_accepted"},
       DateStyle::kDateTime},
      {"ssd_person",
       {"pers_person_id", "pers_forename", "pers_surname", "pers_sex", "pers_gender",
        "pers_ethnicity", "pers_dob", "pers_common_child_id", "pers_legacy_id", "pers_upn_unknown",
        "pers_send_flag", "pers_expected_dob", "pers_death_date", "pers_is_mother",
        "pers_nationality"},
       DateStyle::kBritish,
       true},
      {"ssd_professionals",
       {"prof_professional_id", "prof_staff_id", "prof_professional_name",
        "prof_social_worker_registration_no", "prof_professional_job_title",
        "prof_professional_caseload", "prof_professional_department", "prof_full_time_equivalency",
        "prof_agency_worker_flag"},
       DateStyle::kIso,
       true},
      {"ssd_s47_enquiry",
       {"s47e_s47_enquiry_id", "s47e_referral_id", "s47e_person_id", "s47e_s47_start_date",
        "s47e_s47_end_date", "s47e_s47_nfa", "s47e_s47_outcome_json",
        "s47e_s47_completed_by_worker_id", "s47e_s47_completed_by_team"},
       DateStyle::kMixed},
      {"ssd_sdq_scores",
       {"csdq_table_id", "csdq_person_id", "csdq_sdq_completed_date", "csdq_sdq_reason",
        "csdq_sdq_score"}},
      {"ssd_sen_need",
       {"senn_table_id", "senn_active_ehcp_id", "senn_active_ehcp_need_type",
        "senn_active_ehcp_need_rank"}},
      {"ssd_send",
       {"send_table_id", "send_upn", "send_uln", "send_upn_unknown", "send_person_id"},
       DateStyle::kIso,
       true},
      {"ssd_voice_of_child",
       {"voch_table_id", "voch_person_id", "voch_explained_worries", "voch_story_help_understand",
        "voch_agree_worker", "voch_plan_safe", "voch_tablet_help_explain"}},
      {"supplement_extract", {"la_code", "agency", "as_at"}},
      {"supplement_contacts",
       {"contact_ref", "display_name", "role", "organisation", "telephone", "email",
        "out_of_hours_telephone"}},
      {"supplement_plan_headlines",
       {"plan_id", "person_id", "badge", "status", "plan_type", "placement_type", "b_headline",
        "contact_ref"}},
      {"supplement_plan_sections",
       {"plan_id", "section_code", "text", "location_checked", "source_agency"}},
      {"supplement_enrolments",
       {"person_id", "agency", "urn", "from_date", "to_date", "sen_provision"}},
      {"supplement_named_institutions",
       {"plan_id", "person_id", "agency", "urn", "institution_name", "institution_type",
        "from_date", "to_date"}},
      {"supplement_relationships",
       {"relationship_id", "person_id", "party_kind", "party_ref", "party_unit",
        "parental_responsibility", "evidence", "contact_prohibited", "from_date", "to_date"},
       DateStyle::kIso,
       true},
      {"supplement_commissioners", {"person_id", "agency", "from_date", "to_date"}},
      {"supplement_protections",
       {"protection_id", "person_id", "label", "address_cleared", "cleared_recipients", "reason",
        "from_date", "to_date"}},
      {"supplement_health_records",
       {"record_id", "person_id", "custodian_agency", "custodian_unit", "record_type", "part_code",
        "text", "location_checked", "from_date", "to_date", "contact_ref"}},
      {"supplement_flags",
       {"flag_id", "person_id", "custodian_agency", "custodian_unit", "kind", "detail",
        "location_checked", "from_date", "expires_on", "contact_ref"}},
  };
  return *tables;
}

Extract::Extract() {
  for (const TableSpec& spec : ExtractTables()) AddTable(spec);
}

CsvTable& Extract::Table(absl::string_view name) {
  const auto table = tables_.find(std::string(name));
  if (table == tables_.end()) {
    std::fprintf(stderr, "no table %s\n", std::string(name).c_str());
    std::abort();
  }
  return table->second;
}

void Extract::AddTable(TableSpec spec) {
  std::string name = spec.name;
  tables_.emplace(std::move(name), CsvTable(std::move(spec)));
}

absl::Status Extract::WriteTo(const std::string& folder) const {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::UnavailableError(absl::StrCat(folder, ": ", error.message()));
  for (const auto& [name, table] : tables_) {
    const std::string path = absl::StrCat(folder, "/", name, ".csv");
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << table.bytes();
    file.close();
    if (!file) return absl::UnavailableError(absl::StrCat(path, ": cannot be written"));
  }
  return absl::OkStatus();
}

}  // namespace ehc
