// Social care's episodes as records of their own: one for each row that still lasts, or ended
// within the last twelve months. Coded facts and days only; free text stays behind. Nobody is shown
// any of them unless an agreement says so.
#include "absl/strings/str_cat.h"
#include "client-sdk/cli/import_posts.h"
#include "server/model/date.h"

namespace ehchub {
namespace {

struct FieldOf {
  const char* part;
  const char* name;
  const char* column;
};

// A table whose rows are episodes. The part that has the dates is the one that lasts.
struct EpisodeKind {
  const char* table;
  const char* record_type;
  const char* person;
  const char* key;
  const char* from;
  const char* to;  // the same as `from`: an event of one day
  const char* dated_part;
  std::vector<FieldOf> fields;
};

const std::vector<EpisodeKind>& EpisodeKinds() {
  static const auto* const kinds = new std::vector<EpisodeKind>{
      {"ssd_cin_episodes",
       "CARE_EPISODE",
       "cine_person_id",
       "cine_referral_id",
       "cine_referral_date",
       "cine_close_date",
       "PERIOD",
       {{"SOURCE", "referral_source", "cine_referral_source_code"},
        {"REASON", "primary_need", "cine_cin_primary_need_code"},
        {"OUTCOME", "no_further_action", "cine_referral_nfa"},
        {"OUTCOME", "closure_reason", "cine_close_reason"}}},
      {"ssd_cla_episodes",
       "CARE_EPISODE",
       "clae_person_id",
       "clae_cla_episode_id",
       "clae_cla_episode_start_date",
       "clae_cla_episode_ceased_date",
       "PERIOD",
       {{"PERIOD", "entered_care_on", "clae_entered_care_date"},
        {"REASON", "start_reason", "clae_cla_episode_start_reason"},
        {"REASON", "primary_need", "clae_cla_primary_need_code"},
        {"OUTCOME", "ceased_reason", "clae_cla_episode_ceased_reason"}}},
      {"ssd_legal_status",
       "LEGAL_STATUS",
       "lega_person_id",
       "lega_legal_status_id",
       "lega_legal_status_start_date",
       "lega_legal_status_end_date",
       "STATUS",
       {{"STATUS", "legal_status", "lega_legal_status"}}},
      {"ssd_missing",
       "MISSING_EPISODE",
       "miss_person_id",
       "miss_table_id",
       "miss_missing_episode_start_date",
       "miss_missing_episode_end_date",
       "PERIOD",
       {{"PERIOD", "kind", "miss_missing_episode_type"},
        {"RETURN_INTERVIEW", "offered", "miss_missing_rhi_offered"},
        {"RETURN_INTERVIEW", "accepted", "miss_missing_rhi_accepted"}}},
      {"ssd_s47_enquiry",
       "S47_ENQUIRY",
       "s47e_person_id",
       "s47e_s47_enquiry_id",
       "s47e_s47_start_date",
       "s47e_s47_end_date",
       "PERIOD",
       {{"OUTCOME", "no_further_action", "s47e_s47_nfa"}}},
      {"ssd_sdq_scores",
       "SDQ_SCORE",
       "csdq_person_id",
       "csdq_table_id",
       "csdq_sdq_completed_date",
       "csdq_sdq_completed_date",
       "SCORE",
       {{"SCORE", "total", "csdq_sdq_score"}, {"REASON", "reason", "csdq_sdq_reason"}}},
  };
  return *kinds;
}

v1::RecordPart& PartOf(const char* code, v1::RecordContent& content) {
  for (v1::RecordPart& part : *content.mutable_parts()) {
    if (part.code() == code) return part;
  }
  v1::RecordPart& part = *content.add_parts();
  part.set_code(code);
  return part;
}

void AddFact(const char* part, const char* name, const std::string& value,
             v1::RecordContent& content) {
  if (!value.empty()) AddField(PartOf(part, content), name, value);
}

bool IsRecent(const EpisodeKind& kind, const Row& row, const std::string& as_at) {
  const std::string& end = row[kind.to];
  if (row[kind.from].empty()) return false;
  if (end.empty()) return true;
  return end >= ehc::FormatDate(ehc::AddMonths(*ehc::ParseIsoDate(as_at), -kMonthsAfterEnd));
}

// The conference that followed an enquiry.
void AddConference(const Extract& extract, const Row& enquiry, v1::RecordContent& content,
                   Rows* rows) {
  for (Row* row : extract.Of("ssd_initial_cp_conference")
                      .By("icpc_s47_enquiry_id", enquiry["s47e_s47_enquiry_id"])) {
    if (!row->good) continue;
    AddFact("CONFERENCE", "held_on", (*row)["icpc_icpc_date"], content);
    AddFact("CONFERENCE", "plan_made", (*row)["icpc_icpc_outcome_cp_flag"], content);
    rows->push_back(row);
    return;
  }
}

v1::RecordContent ContentOf(const EpisodeKind& kind, const Row& row, const Importer& importer) {
  v1::RecordContent content;
  content.set_record_type(kind.record_type);
  content.set_local_id(absl::StrCat(kind.table, "/", row[kind.key]));
  content.set_badge(v1::BADGE_FINAL);
  *content.mutable_as_at() = FirstInstantOf(importer.extract.as_at);
  content.mutable_contact()->set_display_name(DutyDesk(importer.care_unit));
  for (const FieldOf& field : kind.fields) {
    AddFact(field.part, field.name, row[field.column], content);
  }
  v1::RecordPart& dated = PartOf(kind.dated_part, content);
  dated.set_valid_from(row[kind.from]);
  dated.set_valid_to(row[kind.to]);
  return content;
}

}  // namespace

void PostMaker::AddEpisodes(ChildPosts& posts) const {
  const std::string& id = (*posts.person)["pers_person_id"];
  for (const EpisodeKind& kind : EpisodeKinds()) {
    for (Row* row : extract_.Of(kind.table).By(kind.person, id)) {
      if (!row->good || !IsRecent(kind, *row, importer_.extract.as_at)) continue;
      Post<v1::RecordContent> post{ContentOf(kind, *row, importer_), {row}, importer_.care_unit};
      if (std::string(kind.record_type) == "S47_ENQUIRY") {
        AddConference(extract_, *row, post.message, &post.rows);
      }
      posts.episodes.push_back(std::move(post));
    }
  }
}

}  // namespace ehchub
