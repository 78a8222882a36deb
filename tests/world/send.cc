// ssd_send, ssd_ehcp_requests, ssd_ehcp_assessment, ssd_ehcp_named_plan, ssd_ehcp_active_plans,
// ssd_sen_need.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/model/calendar.h"
#include "tests/world/world.h"

namespace ehc {
namespace {

// The statutory clock of one request (SEND Regs 2014 regs 5 and 13): decision whether to assess
// within six weeks, final plan within twenty, for all but one in ten.
struct Clock {
  Date requested;
  Date decided;
  Date issued;
  bool exception = false;
};

Clock DrawClock(const World& world, const Child& child, Random& random) {
  Clock clock;
  const int age_days = static_cast<int>(world.as_at() - *child.born);
  int ago = random.Between(200, std::max(201, std::min(age_days - 900, 6 * 365)));
  if (child.plan == PlanStage::kCeased) ago = random.Between(400, 900);
  if (child.plan == PlanStage::kRequested) ago = random.Between(1, 40);
  if (child.plan == PlanStage::kAssessing) ago = random.Between(45, 100);
  if (child.plan == PlanStage::kDraft) ago = random.Between(100, 138);
  clock.requested = world.as_at() - ago;
  clock.decided = clock.requested + random.Between(14, 42);
  clock.exception = random.Chance(100);
  clock.issued =
      clock.requested + (clock.exception ? random.Between(141, 190) : random.Between(100, 140));
  return clock;
}

const char* RequestOutcome(PlanStage stage, bool historical) {
  if (stage == PlanStage::kRequested) return "A";
  if (stage == PlanStage::kRefusedToAssess) return "N";
  return historical ? "H" : "Y";
}

const char* AssessmentOutcome(PlanStage stage, bool historical) {
  if (stage == PlanStage::kAssessing || stage == PlanStage::kDraft) return "A";
  if (stage == PlanStage::kRefusedToIssue) return "N";
  return historical ? "H" : "Y";
}

void WriteRequest(World& world, const Child& child, const Clock& clock, bool historical) {
  const std::string outcome = RequestOutcome(child.plan, historical);
  const bool dated = outcome == "Y" || outcome == "N";
  world.extract.Add(
      "ssd_ehcp_requests",
      {{"ehcr_ehcp_request_id", RowId("EHCR", child)},
       {"ehcr_send_table_id", RowId("SEND", child)},
       {"ehcr_ehcp_req_date", clock.requested},
       {"ehcr_ehcp_req_outcome_date", dated ? std::optional<Date>(clock.decided) : std::nullopt},
       {"ehcr_ehcp_req_outcome", outcome}});
}

void WriteAssessment(World& world, const Child& child, const Clock& clock, bool historical) {
  const std::string outcome = AssessmentOutcome(child.plan, historical);
  const bool dated = outcome == "Y" || outcome == "N";
  world.extract.Add(
      "ssd_ehcp_assessment",
      {{"ehca_ehcp_assessment_id", RowId("EHCA", child)},
       {"ehca_ehcp_request_id", RowId("EHCR", child)},
       {"ehca_ehcp_assessment_outcome_date",
        dated ? std::optional<Date>(clock.issued) : std::nullopt},
       {"ehca_ehcp_assessment_outcome", outcome},
       {"ehca_ehcp_assessment_exceptions", dated ? (clock.exception ? "1" : "0") : ""}});
}

void WriteNeeds(World& world, const Child& child, Random& random) {
  const int secondary = DrawNeedType(random);
  const int count = secondary != child.need_type && random.Chance(550) ? 2 : 1;
  for (int rank = 1; rank <= count; ++rank) {
    const int type = rank == 1 ? child.need_type : secondary;
    world.extract.Add("ssd_sen_need", {{"senn_table_id", RowId("SENN", child, rank)},
                                       {"senn_active_ehcp_id", RowId("EHCP", child)},
                                       {"senn_active_ehcp_need_type", NeedTypes()[type].code},
                                       {"senn_active_ehcp_need_rank", absl::StrCat(rank)}});
  }
}

void WritePlan(World& world, const Child& child, const Clock& clock, Random& random) {
  const bool ceased = child.plan == PlanStage::kCeased;
  const Date end = child.died ? *child.died : std::max(clock.issued + 30, world.as_at() - 60);
  world.extract.Add(
      "ssd_ehcp_named_plan",
      {{"ehcn_named_plan_id", PlanId(child)},
       {"ehcn_ehcp_asmt_id", RowId("EHCA", child)},
       {"ehcn_named_plan_start_date", clock.issued},
       {"ehcn_named_plan_ceased_date", ceased ? std::optional<Date>(end) : std::nullopt},
       {"ehcn_named_plan_ceased_reason", ceased ? (child.died ? "8" : "5") : ""}});
  if (ceased) return;
  const int since = static_cast<int>(world.as_at() - clock.issued);
  std::optional<Date> reviewed;
  if (since > 365) reviewed = world.as_at() - random.Between(1, 364);
  world.extract.Add("ssd_ehcp_active_plans", {{"ehcp_active_ehcp_id", RowId("EHCP", child)},
                                              {"ehcp_ehcp_request_id", RowId("EHCR", child)},
                                              {"ehcp_active_ehcp_last_review_date", reviewed}});
  WriteNeeds(world, child, random);
}

void WriteSendRow(World& world, const Child& child) {
  const int age = child.born ? AgeOn(*child.born, world.as_at()) : -1;
  world.extract.Add("ssd_send", {{"send_table_id", RowId("SEND", child)},
                                 {"send_upn", child.upn},
                                 {"send_uln", child.uln},
                                 {"send_upn_unknown", child.upn.empty() && age < 6 ? "UN1" : ""},
                                 {"send_person_id", child.id}});
}

}  // namespace

void WriteSend(World& world, const Child& child) {
  if (!child.born) return;
  WriteSendRow(world, child);
  if (child.plan == PlanStage::kNone) return;
  Random random = world.Draw(child, Topic::kSend);
  const Clock clock = DrawClock(world, child, random);
  const bool historical = world.as_at() - clock.issued > 365;
  WriteRequest(world, child, clock, historical);
  if (child.plan == PlanStage::kRequested || child.plan == PlanStage::kRefusedToAssess) return;
  WriteAssessment(world, child, clock, historical);
  if (child.HasPlanInForce() || child.plan == PlanStage::kCeased) {
    WritePlan(world, child, clock, random);
  }
}

}  // namespace ehc
