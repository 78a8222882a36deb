// What social care's tables say of a child today: one record, its parts structured rather than
// told.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client-sdk/cli/import_posts.h"
#include "nlohmann/json.hpp"
#include "server/model/date.h"

namespace ehchub {
namespace {

using nlohmann::json;

json ParsedJson(const std::string& text) { return json::parse(text, nullptr, false); }

// The tables of one child, read for their latest open rows.
class CareView {
 public:
  CareView(const Extract& extract, std::string person, const std::string& as_at)
      : extract_(extract), person_(std::move(person)), as_at_(as_at) {
    in_need_ = Open("ssd_cin_episodes", "cine_referral_date", "cine_close_date");
    protected_ = Open("ssd_cp_plans", "cppl_cp_plan_start_date", "cppl_cp_plan_end_date");
    looked_after_ =
        Open("ssd_cla_episodes", "clae_cla_episode_start_date", "clae_cla_episode_ceased_date");
    early_help_ =
        Open("ssd_early_help_episodes", "earl_episode_start_date", "earl_episode_end_date");
    closed_ = LatestClosed();
  }

  bool IsKnown() const { return Status() != nullptr; }
  Rows rows() const { return rows_; }

  v1::RecordPart StatusPart() {
    v1::RecordPart part;
    part.set_code("STATUS");
    AddField(part, "status", Status());
    part.set_valid_from(Since());
    if (std::string(Status()) == "CLOSED") part.set_valid_to((*closed_)["cine_close_date"]);
    FillNeed(part);
    if (protected_ != nullptr) {
      AddField(part, "protection_plan_since", (*protected_)["cppl_cp_plan_start_date"]);
      AddField(part, "category_of_abuse", (*protected_)["cppl_cp_plan_latest_category"]);
    }
    FillLookedAfter(part);
    if (early_help_ != nullptr) {
      AddField(part, "early_help_since", (*early_help_)["earl_episode_start_date"]);
    }
    FillEnquiry(part);
    return part;
  }

  v1::RecordPart AssessmentPart() {
    v1::RecordPart part;
    part.set_code("ASSESSMENT");
    if (Row* row = Use(LatestOf("ssd_cin_assessments", "cina_assessment_start_date"))) {
      assessment_ = row;
      AddField(part, "assessment_started_on", (*row)["cina_assessment_start_date"]);
      AddField(part, "assessment_authorised_on", (*row)["cina_assessment_auth_date"]);
      AddField(part, "child_seen", (*row)["cina_assessment_child_seen"]);
      FillFactors(part);
    }
    int number = 0;
    for (Row* row : extract_.Of("ssd_disability").By("disa_person_id", person_)) {
      AddField(part, absl::StrCat("disability_", ++number), (*Use(row))["disa_disability_code"]);
    }
    if (Row* row = Use(LatestOf("ssd_sdq_scores", "csdq_sdq_completed_date"))) {
      AddField(part, "sdq_score", (*row)["csdq_sdq_score"]);
      AddField(part, "sdq_completed_on", (*row)["csdq_sdq_completed_date"]);
    }
    return part;
  }

  // The flags that are set; the comments beside them are free text and stay behind.
  v1::RecordPart OutcomePart() {
    v1::RecordPart part;
    part.set_code("OUTCOME");
    if (assessment_ == nullptr) return part;
    const json outcome = ParsedJson((*assessment_)["cina_assessment_outcome_json"]);
    if (!outcome.is_object()) return part;
    int number = 0;
    for (const auto& [name, value] : outcome.items()) {
      if (value != "Y") continue;
      const std::string code(absl::StripSuffix(name, "_FLAG"));
      AddField(part, absl::StrCat("outcome_", ++number), code);
    }
    return part;
  }

  v1::RecordPart PlanPart() {
    v1::RecordPart part;
    part.set_code("PLAN");
    Row* in_need = Open("ssd_cin_plans", "cinp_cin_plan_start_date", "cinp_cin_plan_end_date");
    if (protected_ != nullptr) {
      AddField(part, "plan", "CHILD_PROTECTION_PLAN");
      part.set_valid_from((*protected_)["cppl_cp_plan_start_date"]);
      Row* conference =
          Use(extract_.Of("ssd_initial_cp_conference").Find((*protected_)["cppl_icpc_id"]));
      if (conference != nullptr) AddField(part, "conference_on", (*conference)["icpc_icpc_date"]);
    } else if (in_need != nullptr) {
      AddField(part, "plan", "CHILD_IN_NEED_PLAN");
      part.set_valid_from((*Use(in_need))["cinp_cin_plan_start_date"]);
    }
    return part;
  }

  // An involvement without an end in the open referral.
  Row* KeyWorker() {
    Row* latest = nullptr;
    for (Row* row : extract_.Of("ssd_involvements").By("invo_person_id", person_)) {
      const bool counts =
          (*row)["invo_involvement_end_date"].empty() && !(*row)["invo_referral_id"].empty();
      if (counts && (latest == nullptr || (*row)["invo_involvement_start_date"] >=
                                              (*latest)["invo_involvement_start_date"])) {
        latest = row;
      }
    }
    return Use(latest);
  }

 private:
  const char* Status() const {
    if (looked_after_ != nullptr) return "LOOKED_AFTER";
    if (protected_ != nullptr) return "CHILD_PROTECTION_PLAN";
    if (in_need_ != nullptr) return "CHILD_IN_NEED";
    if (early_help_ != nullptr) return "EARLY_HELP";
    return closed_ != nullptr ? "CLOSED" : nullptr;
  }

  std::string Since() const {
    if (looked_after_ != nullptr) return LookedAfterSince();
    if (protected_ != nullptr) return (*protected_)["cppl_cp_plan_start_date"];
    if (in_need_ != nullptr) return (*in_need_)["cine_referral_date"];
    if (early_help_ != nullptr) return (*early_help_)["earl_episode_start_date"];
    return (*closed_)["cine_referral_date"];
  }

  std::string LookedAfterSince() const {
    const std::string& entered = (*looked_after_)["clae_entered_care_date"];
    return entered.empty() ? (*looked_after_)["clae_cla_episode_start_date"] : entered;
  }

  void FillNeed(v1::RecordPart& part) const {
    const Row* episode = in_need_ != nullptr ? in_need_ : closed_;
    if (episode == nullptr) return;
    AddField(part, "referred_on", (*episode)["cine_referral_date"]);
    AddField(part, "primary_need", (*episode)["cine_cin_primary_need_code"]);
    AddField(part, "referral_source", (*episode)["cine_referral_source_code"]);
    AddField(part, "closure_reason", (*episode)["cine_close_reason"]);
  }

  void FillLookedAfter(v1::RecordPart& part) {
    if (looked_after_ == nullptr) return;
    AddField(part, "looked_after_since", LookedAfterSince());
    Row* legal =
        Open("ssd_legal_status", "lega_legal_status_start_date", "lega_legal_status_end_date");
    if (legal != nullptr) AddField(part, "legal_status", (*legal)["lega_legal_status"]);
  }

  void FillEnquiry(v1::RecordPart& part) {
    Row* enquiry = Open("ssd_s47_enquiry", "s47e_s47_start_date", "s47e_s47_end_date");
    if (enquiry != nullptr) AddField(part, "section_47_since", (*enquiry)["s47e_s47_start_date"]);
    Row* missing = Use(
        Open("ssd_missing", "miss_missing_episode_start_date", "miss_missing_episode_end_date"));
    if (missing == nullptr) return;
    AddField(part, "missing_since", (*missing)["miss_missing_episode_start_date"]);
  }

  void FillFactors(v1::RecordPart& part) {
    int number = 0;
    for (Row* row : extract_.Of("ssd_assessment_factors")
                        .By("cinf_assessment_id", (*assessment_)["cina_assessment_id"])) {
      const json factors = ParsedJson((*Use(row))["cinf_assessment_factors_json"]);
      if (!factors.is_array()) continue;
      for (const json& factor : factors) {
        if (!factor.is_string() || number == 16) continue;
        AddField(part, absl::StrCat("factor_", ++number), factor.get<std::string>());
      }
    }
  }

  const Rows& Of(const char* table) const {
    const Table& rows = extract_.Of(table);
    return rows.By(rows.spec().PersonColumn(), person_);
  }

  Row* LatestOf(const char* table, const char* from) const {
    Row* latest = nullptr;
    for (Row* row : Of(table)) {
      if (latest == nullptr || (*row)[from] >= (*latest)[from]) latest = row;
    }
    return latest;
  }

  // The latest row that has not ended on the day of the extract.
  Row* Open(const char* table, const char* from, const char* to) {
    Row* latest = nullptr;
    for (Row* row : Of(table)) {
      const bool open = (*row)[to].empty() || (*row)[to] > as_at_;
      if (open && (latest == nullptr || (*row)[from] >= (*latest)[from])) latest = row;
    }
    return Use(latest);
  }

  Row* LatestClosed() {
    Row* latest = LatestOf("ssd_cin_episodes", "cine_close_date");
    if (latest == nullptr || (*latest)["cine_close_date"].empty()) return nullptr;
    const ehc::Date earliest = ehc::AddMonths(*ehc::ParseIsoDate(as_at_), -kMonthsAfterEnd);
    return (*latest)["cine_close_date"] < ehc::FormatDate(earliest) ? nullptr : Use(latest);
  }

  Row* Use(Row* row) {
    if (row == nullptr || !row->good) return nullptr;
    rows_.push_back(row);
    return row;
  }

  const Extract& extract_;
  const std::string person_;
  const std::string as_at_;
  Rows rows_;
  Row* in_need_ = nullptr;
  Row* protected_ = nullptr;
  Row* looked_after_ = nullptr;
  Row* early_help_ = nullptr;
  Row* closed_ = nullptr;
  Row* assessment_ = nullptr;
};

std::string AddressText(const Row& row) {
  std::string text;
  const json address = ParsedJson(row["addr_address_json"]);
  for (const char* key : {"ROOM", "FLOOR", "FLAT", "BUILDING", "HOUSE", "STREET", "TOWN"}) {
    if (!address.is_object() || !address.contains(key) || !address[key].is_string()) continue;
    const std::string line = address[key].get<std::string>();
    if (!line.empty()) absl::StrAppend(&text, text.empty() ? "" : ", ", line);
  }
  const std::string& postcode = row["addr_address_postcode"];
  if (!postcode.empty()) absl::StrAppend(&text, text.empty() ? "" : ", ", postcode);
  return text;
}

// The worker, or the unit's desk where no worker is known.
v1::NamedContact WorkerContact(const Extract& extract, const Row* involvement,
                               const std::string& unit, Rows* rows) {
  v1::NamedContact contact;
  if (involvement != nullptr) {
    const std::string& ref = (*involvement)["invo_professional_id"];
    contact = ContactOf(extract, ref, rows);
    Row* professional = extract.Of("ssd_professionals").Find(ref);
    if (contact.display_name().empty() && professional != nullptr && professional->good) {
      rows->push_back(professional);
      contact.set_display_name((*professional)["prof_professional_name"]);
      contact.set_role((*professional)["prof_professional_job_title"]);
    }
  }
  if (contact.display_name().empty()) contact.set_display_name(DutyDesk(unit));
  return contact;
}

void AddUnlessEmpty(v1::RecordPart part, v1::RecordContent& content) {
  if (part.fields_size() > 0 || !part.text().empty()) *content.add_parts() = std::move(part);
}

v1::RecordPart TextPart(const char* code, std::string text) {
  v1::RecordPart part;
  part.set_code(code);
  part.set_text(std::move(text));
  return part;
}

}  // namespace

void PostMaker::AddCareRecord(ChildPosts& posts) const {
  const std::string& id = (*posts.person)["pers_person_id"];
  CareView view(extract_, id, importer_.extract.as_at);
  if (!view.IsKnown()) return;
  Post<v1::RecordContent> post;
  post.unit = importer_.care_unit;
  v1::RecordContent& content = post.message;
  content.set_record_type("CARE_RECORD");
  content.set_local_id(id);
  content.set_badge(v1::BADGE_FINAL);
  *content.mutable_as_at() = FirstInstantOf(importer_.extract.as_at);
  const Row* worker = view.KeyWorker();
  *content.mutable_contact() = WorkerContact(extract_, worker, importer_.care_unit, &post.rows);
  *content.add_parts() = view.StatusPart();
  if (worker != nullptr) {
    AddUnlessEmpty(TextPart("KEY_WORKER", ContactLine(content.contact())), content);
  }
  AddUnlessEmpty(view.AssessmentPart(), content);
  AddUnlessEmpty(view.PlanPart(), content);
  AddUnlessEmpty(view.OutcomePart(), content);
  Row* address = guard_.MayShowAddress(id) ? CurrentAddress(extract_, id) : nullptr;
  if (address != nullptr) AddUnlessEmpty(TextPart("ADDRESS", AddressText(*address)), content);
  const Rows used = view.rows();
  post.rows.insert(post.rows.begin(), used.begin(), used.end());
  posts.care_records.push_back(std::move(post));
}

}  // namespace ehchub
