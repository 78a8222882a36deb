// A plan's headline and sections.
#include "client-sdk/cli/import_posts.h"
#include "server/model/date.h"

namespace ehchub {
namespace {

constexpr int kMonthsToReview = 12;

template <typename Enum, typename Parse>
Enum Parsed(Parse parse, const std::string& prefix, const std::string& code) {
  Enum value{};
  parse(prefix + code, &value);
  return value;
}

// The latest review of the plan's request, with its row; empty: none yet.
std::string LastReview(const Extract& extract, const Row& named, Rows* rows) {
  std::string last;
  for (Row* active : ActivePlansOf(extract, named)) {
    last = std::max(last, (*active)["ehcp_active_ehcp_last_review_date"]);
    rows->push_back(active);
  }
  return last;
}

// Twelve months after the last review, or after the issue where there was none yet.
std::string ReviewDue(const std::string& from) {
  return ehc::FormatDate(ehc::AddMonths(*ehc::ParseIsoDate(from), kMonthsToReview));
}

void FillDates(const Extract& extract, const Row& headline, v1::PlanHeadline& out, Rows* rows) {
  const PlanDates dates = DatesOf(extract, headline, rows);
  if (!dates.issued.empty()) out.set_issue_date(dates.issued);
  if (!dates.review_due.empty()) out.set_review_due_date(dates.review_due);
}

v1::PlanSection SectionOf(const Row& row) {
  v1::PlanSection section;
  section.set_code(Parsed<v1::PlanSectionCode>(v1::PlanSectionCode_Parse, "PLAN_SECTION_CODE_",
                                               row["section_code"]));
  section.set_text(row["text"]);
  section.set_location_checked(row["location_checked"] == "Y");
  section.set_source_agency(row["source_agency"]);
  return section;
}

}  // namespace

Row* NamedPlan(const Extract& extract, const Row& headline) {
  Row* named = extract.Of("ssd_ehcp_named_plan").Find(headline["plan_id"]);
  return named != nullptr && named->good ? named : nullptr;
}

const Rows& ActivePlansOf(const Extract& extract, const Row& named) {
  const Row& assessment = *extract.Of("ssd_ehcp_assessment").Find(named["ehcn_ehcp_asmt_id"]);
  return extract.Of("ssd_ehcp_active_plans")
      .By("ehcp_ehcp_request_id", assessment["ehca_ehcp_request_id"]);
}

PlanDates DatesOf(const Extract& extract, const Row& headline, Rows* rows) {
  PlanDates dates;
  Row* named = NamedPlan(extract, headline);
  if (named == nullptr) return dates;
  rows->push_back(named);
  dates.issued = (*named)["ehcn_named_plan_start_date"];
  if (!IsMaintained(headline["status"])) return dates;
  const std::string review = LastReview(extract, *named, rows);
  dates.review_due = ReviewDue(review.empty() ? dates.issued : review);
  return dates;
}

void PostMaker::AddPlans(ChildPosts& posts) const {
  const std::string& id = (*posts.person)["pers_person_id"];
  for (Row* row : extract_.Of("supplement_plan_headlines").By("person_id", id)) {
    Post<v1::Plan> post;
    post.rows = {row};
    post.unit = importer_.send_unit;
    v1::Plan& plan = post.message;
    v1::PlanHeadline& headline = *plan.mutable_headline();
    headline.set_status(
        Parsed<v1::PlanStatus>(v1::PlanStatus_Parse, "PLAN_STATUS_", (*row)["status"]));
    headline.set_plan_type(
        Parsed<v1::PlanType>(v1::PlanType_Parse, "PLAN_TYPE_", (*row)["plan_type"]));
    if (!(*row)["b_headline"].empty()) headline.set_b_headline((*row)["b_headline"]);
    if (!(*row)["placement_type"].empty()) headline.set_placement_type((*row)["placement_type"]);
    FillDates(extract_, *row, headline, &post.rows);
    for (Row* section : extract_.Of("supplement_plan_sections").By("plan_id", (*row)["plan_id"])) {
      *plan.add_sections() = SectionOf(*section);
      post.rows.push_back(section);
    }
    plan.set_badge((*row)["badge"] == "FINAL" ? v1::BADGE_FINAL : v1::BADGE_DRAFT);
    *plan.mutable_as_at() = FirstInstantOf(importer_.extract.as_at);
    *plan.mutable_contact() = ContactOf(extract_, (*row)["contact_ref"], &post.rows);
    plan.set_local_id((*row)["plan_id"]);
    posts.plans.push_back(std::move(post));
  }
}

}  // namespace ehchub
