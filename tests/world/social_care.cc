// ssd_contacts, ssd_early_help_episodes, ssd_cin_episodes, ssd_cin_assessments,
// ssd_assessment_factors, ssd_cin_plans, ssd_s47_enquiry, ssd_initial_cp_conference, ssd_cp_plans,
// ssd_cla_episodes, ssd_legal_status, ssd_missing, ssd_sdq_scores, ssd_involvements,
// ssd_voice_of_child.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/model/calendar.h"
#include "tests/world/world.h"

namespace ehc {
namespace {

struct Source {
  const char* code;
  const char* title;
};
constexpr Source kSources[] = {
    {"1A", "Individual - Family member"}, {"2A", "Schools"},
    {"3A", "Health services - GP"},       {"3B", "Health services - Health visitor"},
    {"5D", "LA services - Early help"},   {"6", "Police"}};
constexpr const char* kNeeds[] = {"N1", "N1", "N1", "N2", "N3", "N4", "N5", "N6"};
constexpr const char* kFactors[] = {"1B", "2B",  "3B",  "4A",  "4B",  "5A", "6A",
                                    "7A", "10A", "13A", "15A", "16A", "17A"};
constexpr const char* kAbuse[] = {"Neglect", "Emotional abuse", "Physical abuse", "Sexual abuse"};
constexpr const char* kAnswers[] = {"Y", "N", "Y"};

// {"A": "Y", "B": "N"} with every key present and the one named `yes` set.
template <size_t N>
std::string Flags(const char* const (&keys)[N], absl::string_view yes) {
  std::string json = "{";
  for (size_t i = 0; i < N; ++i) {
    absl::StrAppend(&json, i == 0 ? "" : ", ", "\"", keys[i], "\": \"", keys[i] == yes ? "Y" : "N",
                    "\"");
  }
  return json + "}";
}

constexpr const char* kContactFlags[] = {"NEW_REFERRAL_FLAG",
                                         "EXISTING_REFERRAL_FLAG",
                                         "CP_ENQUIRY_FLAG",
                                         "NFA_FLAG",
                                         "NON_AGENCY_ADOPTION_FLAG",
                                         "PRIVATE_FOSTERING_FLAG",
                                         "ADVICE_FLAG",
                                         "MISSING_FLAG",
                                         "OLA_CP_FLAG",
                                         "OTHER_OUTCOMES_EXIST_FLAG"};
constexpr const char* kReferralFlags[] = {"SINGLE_ASSESSMENT_FLAG",   "NFA_FLAG",
                                          "STRATEGY_DISCUSSION_FLAG", "CLA_REQUEST_FLAG",
                                          "NON_AGENCY_ADOPTION_FLAG", "PRIVATE_FOSTERING_FLAG",
                                          "CP_TRANSFER_IN_FLAG",      "CP_CONFERENCE_FLAG",
                                          "CARE_LEAVER_FLAG",         "OTHER_OUTCOMES_EXIST_FLAG"};

bool Weekend(Date date) {
  const absl::Weekday day = absl::GetWeekday(date);
  return day == absl::Weekday::saturday || day == absl::Weekday::sunday;
}

Date Weekday(Date date) {
  while (Weekend(date)) --date;
  return date;
}

Date AfterWeekdays(Date date, int days) {
  while (days > 0) {
    if (!Weekend(++date)) --days;
  }
  return date;
}

// One referral and what followed from it.
class Episode {
 public:
  Episode(World& world, const Child& child, Date referred)
      : world_(world),
        child_(child),
        random_(world.Draw(child, Topic::kCare)),
        referred_(referred),
        worker_(SocialWorker(world, child)) {}

  void WriteReferral(std::optional<Date> closed, const char* reason) {
    const Source& source = random_.Pick(kSources);
    Add("ssd_contacts", {{"cont_contact_id", RowId("CONT", child_)},
                         {"cont_person_id", child_.id},
                         {"cont_contact_date", referred_},
                         {"cont_contact_source_code", source.code},
                         {"cont_contact_source_desc", source.title},
                         {"cont_contact_outcome_json", Flags(kContactFlags, "NEW_REFERRAL_FLAG")}});
    need_ = random_.Pick(kNeeds);
    Add("ssd_cin_episodes",
        {{"cine_referral_id", RowId("CINE", child_)},
         {"cine_person_id", child_.id},
         {"cine_referral_date", referred_},
         {"cine_cin_primary_need_code", need_},
         {"cine_referral_source_code", source.code},
         {"cine_referral_source_desc", source.title},
         {"cine_referral_outcome_json", Flags(kReferralFlags, "SINGLE_ASSESSMENT_FLAG")},
         {"cine_referral_nfa", "N"},
         {"cine_close_reason", reason},
         {"cine_close_date", closed},
         {"cine_referral_team", "T-CIN"},
         {"cine_referral_worker_id", worker_}});
    Add("ssd_involvements", {{"invo_involvements_id", RowId("INVO", child_)},
                             {"invo_professional_id", worker_},
                             {"invo_professional_role_id", "Social Worker"},
                             {"invo_professional_team", "T-CIN"},
                             {"invo_involvement_start_date", referred_ + 1},
                             {"invo_involvement_end_date", closed},
                             {"invo_worker_change_reason", "FCONTA"},
                             {"invo_person_id", child_.id},
                             {"invo_referral_id", RowId("CINE", child_)}});
  }

  // Within 45 working days of the referral.
  void WriteAssessment() {
    const Date authorised = AfterWeekdays(referred_, random_.Between(10, 44));
    const bool done = authorised <= world_.as_at();
    Add("ssd_cin_assessments",
        {{"cina_assessment_id", RowId("CINA", child_)},
         {"cina_person_id", child_.id},
         {"cina_referral_id", RowId("CINE", child_)},
         {"cina_assessment_start_date", referred_ + 1},
         {"cina_assessment_child_seen", child_.born ? "Y" : "N"},
         {"cina_assessment_auth_date", done ? std::optional<Date>(authorised) : std::nullopt},
         {"cina_assessment_outcome_json", done ? AssessmentOutcome() : ""},
         {"cina_assessment_outcome_nfa", done ? "N" : ""},
         {"cina_assessment_team", "T-CIN"},
         {"cina_assessment_worker_id", worker_}});
    if (!done) return;
    const int first = random_.Below(11);
    Add("ssd_assessment_factors",
        {{"cinf_table_id", RowId("CINF", child_)},
         {"cinf_assessment_id", RowId("CINA", child_)},
         {"cinf_assessment_factors_json",
          absl::StrCat("[\"", absl::StrJoin(kFactors + first, kFactors + first + 2, "\", \""),
                       "\"]")}});
  }

  void WriteCinPlan() {
    Add("ssd_cin_plans", {{"cinp_cin_plan_id", RowId("CINP", child_)},
                          {"cinp_referral_id", RowId("CINE", child_)},
                          {"cinp_person_id", child_.id},
                          {"cinp_cin_plan_start_date", AfterWeekdays(referred_, 46)},
                          {"cinp_cin_plan_team", "T-CIN"},
                          {"cinp_cin_plan_worker_id", worker_}});
  }

  // The conference falls within 15 working days of the strategy discussion, on a weekday, and the
  // plan begins that day.
  void WriteProtection() {
    const Date strategy = Weekday(referred_ + 3);
    const Date target = AfterWeekdays(strategy, 15);
    const Date conference = AfterWeekdays(strategy, random_.Between(9, 15));
    Add("ssd_s47_enquiry", {{"s47e_s47_enquiry_id", RowId("S47E", child_)},
                            {"s47e_referral_id", RowId("CINE", child_)},
                            {"s47e_person_id", child_.id},
                            {"s47e_s47_start_date", strategy},
                            {"s47e_s47_end_date", conference - 1},
                            {"s47e_s47_nfa", "N"},
                            {"s47e_s47_outcome_json", Section47Outcome()},
                            {"s47e_s47_completed_by_worker_id", worker_},
                            {"s47e_s47_completed_by_team", "T-CIN"}});
    Add("ssd_initial_cp_conference", {{"icpc_icpc_id", RowId("ICPC", child_)},
                                      {"icpc_icpc_meeting_id", RowId("MEET", child_)},
                                      {"icpc_s47_enquiry_id", RowId("S47E", child_)},
                                      {"icpc_person_id", child_.id},
                                      {"icpc_cp_plan_id", RowId("CPPL", child_)},
                                      {"icpc_referral_id", RowId("CINE", child_)},
                                      {"icpc_icpc_transfer_in", "N"},
                                      {"icpc_icpc_target_date", target},
                                      {"icpc_icpc_date", conference},
                                      {"icpc_icpc_outcome_cp_flag", "Y"},
                                      {"icpc_icpc_outcome_json", ConferenceOutcome()},
                                      {"icpc_icpc_team", "T-CP"},
                                      {"icpc_icpc_worker_id", worker_}});
    const char* category = random_.Pick(kAbuse);
    Add("ssd_cp_plans", {{"cppl_cp_plan_id", RowId("CPPL", child_)},
                         {"cppl_referral_id", RowId("CINE", child_)},
                         {"cppl_icpc_id", RowId("ICPC", child_)},
                         {"cppl_person_id", child_.id},
                         {"cppl_cp_plan_start_date", conference},
                         {"cppl_cp_plan_initial_category", category},
                         {"cppl_cp_plan_ola", "N"},
                         {"cppl_cp_plan_latest_category", category}});
  }

  void WriteCare() {
    const Date entered = referred_ + 20;
    const Date moved = entered + (world_.as_at() - entered) / 2;
    WriteCareEpisode(1, entered, moved, "S", "X1", entered);
    WriteCareEpisode(2, moved, std::nullopt, "P", "", entered);
    constexpr const char* kStatuses[] = {"C2", "C2", "C1", "V2", "E1"};
    Add("ssd_legal_status",
        {{"lega_legal_status_id", RowId("LEGA", child_)},
         {"lega_person_id", child_.id},
         {"lega_legal_status", child_.number <= kFewestChildren ? "C2" : random_.Pick(kStatuses)},
         {"lega_legal_status_start_date", entered}});
    const int age = AgeOn(*child_.born, world_.as_at());
    const bool scored = age >= 4 && age <= 16;
    Add("ssd_sdq_scores", {{"csdq_table_id", RowId("CSDQ", child_)},
                           {"csdq_person_id", child_.id},
                           {"csdq_sdq_completed_date",
                            scored ? std::optional<Date>(world_.as_at() - 40) : std::nullopt},
                           {"csdq_sdq_reason", scored ? "" : "SDQ1"},
                           {"csdq_sdq_score", scored ? absl::StrCat(random_.Below(41)) : ""}});
    if (random_.Chance(150)) WriteMissing();
  }

  void WriteVoice() {
    if (!child_.born || !random_.Chance(300)) return;
    Add("ssd_voice_of_child", {{"voch_table_id", RowId("VOCH", child_)},
                               {"voch_person_id", child_.id},
                               {"voch_explained_worries", random_.Pick(kAnswers)},
                               {"voch_story_help_understand", random_.Pick(kAnswers)},
                               {"voch_agree_worker", random_.Pick(kAnswers)},
                               {"voch_plan_safe", random_.Pick(kAnswers)},
                               {"voch_tablet_help_explain", random_.Pick(kAnswers)}});
  }

 private:
  void Add(absl::string_view table, std::initializer_list<Cell> cells) {
    world_.extract.Add(table, cells);
  }

  void WriteCareEpisode(int index, Date from, std::optional<Date> to, const char* start_reason,
                        const char* end_reason, Date entered) {
    Add("ssd_cla_episodes", {{"clae_cla_episode_id", RowId("CLAE", child_, index)},
                             {"clae_person_id", child_.id},
                             {"clae_cla_episode_start_date", from},
                             {"clae_cla_episode_start_reason", start_reason},
                             {"clae_cla_primary_need_code", need_},
                             {"clae_cla_episode_ceased_date", to},
                             {"clae_cla_episode_ceased_reason", end_reason},
                             {"clae_cla_id", RowId("CLA", child_)},
                             {"clae_referral_id", RowId("CINE", child_)},
                             {"clae_cla_placement_id", RowId("CLAP", child_, index)},
                             {"clae_entered_care_date", entered},
                             {"clae_cla_last_iro_contact_date", world_.as_at() - 25}});
  }

  void WriteMissing() {
    const Date from = world_.as_at() - random_.Between(10, 90);
    const bool offered = random_.Chance(850);
    Add("ssd_missing", {{"miss_table_id", RowId("MISS", child_)},
                        {"miss_person_id", child_.id},
                        {"miss_missing_episode_start_date", from},
                        {"miss_missing_episode_type", random_.Chance(700) ? "Missing" : "Away"},
                        {"miss_missing_episode_end_date", from + random_.Between(0, 4)},
                        {"miss_missing_rhi_offered", offered ? "Y" : "N"},
                        {"miss_missing_rhi_accepted", offered ? random_.Pick(kAnswers) : "NA"}});
  }

  std::string AssessmentOutcome() const {
    return R"({"NFA_FLAG": "N", "NFA_S47_END_FLAG": "N", "STRATEGY_DISCUSSION_FLAG": "N", )"
           R"("CLA_REQUEST_FLAG": "N", "PRIVATE_FOSTERING_FLAG": "N", "LEGAL_ACTION_FLAG": "N", )"
           R"("PROV_OF_SERVICES_FLAG": "Y", "PROV_OF_SB_CARE_FLAG": "N", )"
           R"("SPECIALIST_ASSESSMENT_FLAG": "N", "REFERRAL_TO_OTHER_AGENCY_FLAG": "N", )"
           R"("OTHER_ACTIONS_FLAG": "N", "OTHER_OUTCOMES_EXIST_FLAG": "N", )"
           R"("TOTAL_NO_OF_OUTCOMES": 1, "COMMENTS": "Services agreed with the family, for review."})";
  }

  std::string Section47Outcome() const {
    return R"({"NFA_FLAG": "N", "LEGAL_ACTION_FLAG": "N", "PROV_OF_SERVICES_FLAG": "N", )"
           R"("PROV_OF_SB_CARE_FLAG": "N", "CP_CONFERENCE_FLAG": "Y", )"
           R"("NFA_CONTINUE_SINGLE_FLAG": "N", "MONITOR_FLAG": "N", )"
           R"("OTHER_OUTCOMES_EXIST_FLAG": "N", "TOTAL_NO_OF_OUTCOMES": 1, "OUTCOME_COMMENTS": ""})";
  }

  std::string ConferenceOutcome() const {
    return R"({"NFA_FLAG": "N", "REFERRAL_TO_OTHER_AGENCY_FLAG": "N", )"
           R"("SINGLE_ASSESSMENT_FLAG": "N", "PROV_OF_SERVICES_FLAG": "N", "CP_FLAG": "Y", )"
           R"("OTHER_OUTCOMES_EXIST_FLAG": "N", "TOTAL_NO_OF_OUTCOMES": 1, "COMMENTS": ""})";
  }

  World& world_;
  const Child& child_;
  Random random_;
  Date referred_;
  std::string worker_;
  const char* need_ = "N0";
};

// How long ago the open referral was made, so that everything that has to follow has followed.
int DaysSinceReferral(const Child& child, Random& random) {
  switch (child.need) {
    case NeedLevel::kLookedAfter: return random.Between(500, 1500);
    case NeedLevel::kCin2: return random.Between(90, 300);
    case NeedLevel::kProtection: return random.Between(40, 200);
    default: return random.Between(5, 120);
  }
}

void WriteOpenEpisode(World& world, const Child& child) {
  Random random = world.Draw(child, Topic::kContacts);
  Date referred = world.as_at() - DaysSinceReferral(child, random);
  if (child.born) referred = std::max(referred, *child.born);
  Episode episode(world, child, referred);
  episode.WriteReferral(std::nullopt, "");
  episode.WriteAssessment();
  if (child.need == NeedLevel::kCin2) episode.WriteCinPlan();
  if (child.need == NeedLevel::kProtection) episode.WriteProtection();
  if (child.need == NeedLevel::kLookedAfter) episode.WriteCare();
  episode.WriteVoice();
}

void WriteClosedEpisode(World& world, const Child& child, const char* reason) {
  const Date from = *child.born + (world.as_at() - *child.born) / 3;
  const Date to = std::min(from + 120, world.as_at() - 1);
  Episode(world, child, from).WriteReferral(to, reason);
}

void WriteEarlyHelp(World& world, const Child& child, Random& random) {
  constexpr const char* kReasons[] = {"Parenting support", "Attendance", "Housing", "Wellbeing"};
  const Date from = std::max(*child.born, world.as_at() - random.Between(30, 700));
  const bool ended = random.Chance(600);
  world.extract.Add(
      "ssd_early_help_episodes",
      {{"earl_episode_id", RowId("EARL", child)},
       {"earl_person_id", child.id},
       {"earl_episode_start_date", from},
       {"earl_episode_end_date",
        ended ? std::optional<Date>(from + (world.as_at() - from) / 2) : std::nullopt},
       {"earl_episode_reason", random.Pick(kReasons)},
       {"earl_episode_end_reason", ended ? "Outcomes met" : ""},
       {"earl_episode_organisation", "Bromley Children Project, early help"},
       {"earl_episode_worker_id", "W30001"}});
}

// A contact that led to nothing.
void WriteContactOnly(World& world, const Child& child, Random& random) {
  const Source& source = random.Pick(kSources);
  world.extract.Add(
      "ssd_contacts",
      {{"cont_contact_id", RowId("CONT", child, 2)},
       {"cont_person_id", child.id},
       {"cont_contact_date", std::max(*child.born, world.as_at() - random.Between(1, 700))},
       {"cont_contact_source_code", source.code},
       {"cont_contact_source_desc", source.title},
       {"cont_contact_outcome_json", Flags(kContactFlags, "NFA_FLAG")}});
}

void WriteCaseworker(World& world, const Child& child) {
  const std::string worker = Caseworker(world, child);
  world.extract.Add("ssd_involvements", {{"invo_involvements_id", RowId("INVO", child, 2)},
                                         {"invo_professional_id", worker},
                                         {"invo_professional_role_id", "EHC Plan Coordinator"},
                                         {"invo_professional_team", "T-SEND"},
                                         {"invo_involvement_start_date", world.as_at() - 90},
                                         {"invo_person_id", child.id}});
}

}  // namespace

void WriteSocialCare(World& world, const Child& child) {
  Random random = world.Draw(child, Topic::kFlags);
  if (child.need != NeedLevel::kNone) {
    WriteOpenEpisode(world, child);
  } else if (child.BeforeAdoption()) {
    WriteClosedEpisode(world, child, "RC1");
  } else if (random.Chance(20) && child.born && world.as_at() - *child.born > 366) {
    WriteClosedEpisode(world, child, "RC8");
  }
  if (child.HasPlanInForce() || child.plan == PlanStage::kDraft) WriteCaseworker(world, child);
  if (!child.born || child.died || child.BeforeAdoption()) return;
  if (random.Chance(40)) WriteEarlyHelp(world, child, random);
  if (random.Chance(60)) WriteContactOnly(world, child, random);
}

}  // namespace ehc
