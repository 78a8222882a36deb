// A child's SEN status as schools will read it: what the roll says, and what the plan in force says
// where there is one. No content of any plan.
#include <algorithm>
#include <map>

#include "client-sdk/cli/import_posts.h"

namespace ehchub {
namespace {

bool IsOn(const Row& row, const std::string& day) {
  return row["from_date"] <= day && (row["to_date"].empty() || row["to_date"] >= day);
}

// On whose roll the child is, the latest where there are several; null: on none.
Row* EnrolmentOn(const Extract& extract, const std::string& person, const std::string& day) {
  Row* latest = nullptr;
  for (Row* row : extract.Of("supplement_enrolments").By("person_id", person)) {
    if (!row->good || !IsOn(*row, day)) continue;
    if (latest == nullptr || (*row)["from_date"] >= (*latest)["from_date"]) latest = row;
  }
  return latest;
}

// The headline of the plan that the authority maintains; null: none.
Row* PlanInForce(const Extract& extract, const std::string& person) {
  Row* latest = nullptr;
  for (Row* row : extract.Of("supplement_plan_headlines").By("person_id", person)) {
    if (!row->good || !IsMaintained((*row)["status"]) || NamedPlan(extract, *row) == nullptr) {
      continue;
    }
    latest = row;
  }
  return latest;
}

// By rank.
void FillNeeds(const Extract& extract, const Row& named, v1::SupportStatus& status, Rows* rows) {
  std::map<std::string, Row*> by_rank;
  for (const Row* active : ActivePlansOf(extract, named)) {
    for (Row* need :
         extract.Of("ssd_sen_need").By("senn_active_ehcp_id", (*active)["ehcp_active_ehcp_id"])) {
      if (need->good) by_rank[(*need)["senn_active_ehcp_need_rank"]] = need;
    }
  }
  for (const auto& [rank, need] : by_rank) {
    v1::SenType type;
    if (!v1::SenType_Parse("SEN_TYPE_" + (*need)["senn_active_ehcp_need_type"], &type)) continue;
    status.add_need_types(type);
    rows->push_back(need);
  }
}

void FillPlan(const Extract& extract, const Row& headline, v1::SupportStatus& status, Rows* rows) {
  status.set_sen_provision(v1::SEN_PROVISION_EHC_PLAN);
  status.set_plan_exists(true);
  const PlanDates dates = DatesOf(extract, headline, rows);
  status.set_plan_issue_date(dates.issued);
  status.set_review_due_date(dates.review_due);
  FillNeeds(extract, *NamedPlan(extract, headline), status, rows);
}

// A roll that says E where the authority maintains no plan tells of another authority's plan:
// whether there is one stays unsaid.
void FillRoll(const Row& enrolment, v1::SupportStatus& status) {
  const v1::SenProvision provision = ProvisionOf(enrolment["sen_provision"]);
  status.set_sen_provision(provision);
  if (provision != v1::SEN_PROVISION_EHC_PLAN) status.set_plan_exists(false);
}

}  // namespace

void PostMaker::AddSupportStatus(ChildPosts& posts) const {
  const Row& person = *posts.person;
  const std::string& id = person["pers_person_id"];
  if (!person["pers_death_date"].empty()) return;
  Row* const enrolment = EnrolmentOn(extract_, id, importer_.extract.as_at);
  Row* const plan = PlanInForce(extract_, id);
  if (enrolment == nullptr && plan == nullptr) return;
  Post<v1::SupportStatus> post;
  post.unit = importer_.send_unit;
  if (plan != nullptr) post.rows.push_back(plan);
  if (enrolment != nullptr) post.rows.push_back(enrolment);
  if (plan != nullptr) {
    FillPlan(extract_, *plan, post.message, &post.rows);
    *post.message.mutable_contact() = ContactOf(extract_, (*plan)["contact_ref"], &post.rows);
  } else {
    FillRoll(*enrolment, post.message);
  }
  v1::NamedContact& contact = *post.message.mutable_contact();
  if (contact.display_name().empty()) {
    contact.set_display_name(DutyDesk(importer_.send_unit));
  }
  posts.statuses.push_back(std::move(post));
}

}  // namespace ehchub
