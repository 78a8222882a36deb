// ehcctl budget …: scores, pots, budgets, support plans and what is spent. Amounts are typed in
// pounds.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/message_options.h"
#include "client-sdk/cli/words.h"
#include "ehchub/planning_client.h"

namespace ehchub {
namespace {

struct ScoreArgs {
  WriteArgs write;
  std::string subject;
  std::string model;
  std::string assessed_on;
  std::vector<std::string> answers;
};

// "self-care=HIGH", "be-healthy=SOME:5" or "communication=HIGH@Dr Osei's report".
absl::Status AddAnswer(const std::string& text, v1::ScoreNeedsRequest* request) {
  const std::pair<absl::string_view, absl::string_view> row =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  const std::pair<absl::string_view, absl::string_view> said =
      absl::StrSplit(row.second, absl::MaxSplits('@', 1));
  const std::vector<absl::string_view> level = absl::StrSplit(said.first, ':');
  int32_t points = 0;
  if (row.first.empty() || level[0].empty() || level.size() > 2 ||
      (level.size() == 2 && !absl::SimpleAtoi(level[1], &points))) {
    return Usage("--answer: write ROW=LEVEL, ROW=LEVEL:POINTS or ROW=LEVEL@WHO ATTESTED IT");
  }
  v1::NeedsAnswer& answer = *request->add_answers();
  answer.set_row(std::string(row.first));
  answer.set_level(std::string(level[0]));
  if (level.size() == 2) answer.set_points(points);
  answer.set_attestation(std::string(said.second));
  return absl::OkStatus();
}

int RunScore(const CliContext& context, const ScoreArgs& args) {
  v1::ScoreNeedsRequest request;
  request.set_subject(args.subject);
  request.set_model(args.model);
  request.set_assessed_on(args.assessed_on);
  for (const std::string& answer : args.answers) {
    const absl::Status added = AddAnswer(answer, &request);
    if (!added.ok()) return context.Fail(added);
  }
  const absl::Status filled = FillWrite(context, args.write, &request);
  if (!filled.ok()) return context.Fail(filled);
  return CallAndPrint(
      context, [&](const Hub& hub) { return PlanningClient(hub).ScoreNeeds(request); },
      [](const auto& response, std::ostream& out) { PrintFirstField(response, out); });
}

struct CohortArgs {
  WriteArgs write;
  std::string pot;
  std::string etag;
  std::vector<std::string> cases;
};

// "40:6000.00": points, and the package in pounds.
absl::Status AddCase(const std::string& text, v1::AddCohortCasesRequest* request) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits(':', 1));
  int64_t points = 0;
  if (!absl::SimpleAtoi(parts.first, &points)) {
    return Usage("--case: write POINTS:POUNDS, for example 40:6000");
  }
  const absl::StatusOr<int64_t> pence = ParsePounds("--case", parts.second);
  if (!pence.ok()) return pence.status();
  v1::CohortCase& one = *request->add_cases();
  one.set_points(points);
  one.set_package_pence(*pence);
  return absl::OkStatus();
}

int RunCohort(const CliContext& context, const CohortArgs& args) {
  v1::AddCohortCasesRequest request;
  request.set_name(args.pot);
  request.set_etag(args.etag);
  for (const std::string& one : args.cases) {
    const absl::Status added = AddCase(one, &request);
    if (!added.ok()) return context.Fail(added);
  }
  const absl::Status filled = FillWrite(context, args.write, &request);
  if (!filled.ok()) return context.Fail(filled);
  return CallAndPrint(
      context, [&](const Hub& hub) { return PlanningClient(hub).AddCohortCases(request); },
      [](const auto& response, std::ostream& out) { PrintFirstField(response, out); });
}

void AddScoring(CLI::App& budget, Action* chosen) {
  AddCommand<ScoreArgs>(budget, "score", "Score a sheet of answers", chosen, RunScore,
                        [](CLI::App& command, ScoreArgs& args) {
                          command.add_option("SUBJECT", args.subject, "The child")->required();
                          command.add_option("--model", args.model, "The model, by id")->required();
                          command.add_option("--assessed-on", args.assessed_on, "When")->required();
                          command.add_option("--answer", args.answers, "ROW=LEVEL[:POINTS][@WHO]")
                              ->required()
                              ->allow_extra_args(false);
                          AddWriteOptions(command, args.write);
                        });
  AddMessageCommand(budget, "score-get", "One score, explained item by item", chosen,
                    &PlanningClient::GetNeedsScore, {{"NAME", "name", "needsScores/…", true}});
  AddMessageCommand(budget, "scores", "Your unit's scores", chosen,
                    &PlanningClient::ListNeedsScores, {});
}

void AddPots(CLI::App& budget, Action* chosen) {
  AddMessageCommand(budget, "pot-create", "Make a pot", chosen, &PlanningClient::CreateBudgetPot,
                    {{"--title", "title", "What it is called", true},
                     {"--model", "model",
                      "The model that sets its budgets; any that needs no cohort unless told"},
                     {"--stream", "stream", "The stream of its money, a code", true},
                     {"--from", "from_day", "The first day", true},
                     {"--to", "to_day", "The last day", true},
                     {"--amount", "amount_pence", "The pot, in pounds", true},
                     {"--contingency", "contingency_pence", "What is held back, in pounds"}});
  AddMessageCommand(budget, "pot-get", "One pot", chosen, &PlanningClient::GetBudgetPot,
                    {{"NAME", "name", "budgetPots/…", true}});
  AddMessageCommand(budget, "pots", "Your agency's pots", chosen, &PlanningClient::ListBudgetPots,
                    {});
  AddCommand<CohortArgs>(budget, "cohort-add", "Add cases to the cohort that prices a pot", chosen,
                         RunCohort, [](CLI::App& command, CohortArgs& args) {
                           command.add_option("POT", args.pot, "budgetPots/…")->required();
                           command.add_option("--case", args.cases, "POINTS:POUNDS")
                               ->required()
                               ->allow_extra_args(false);
                           command.add_option("--etag", args.etag, "Only if it is unchanged since");
                           // --case is taken: the audit's case reference has no option here.
                           command.add_option("--unit", args.write.unit, "The unit that acts");
                           command.add_option("--request-id", args.write.request_id,
                                              "A random UUID, to repeat a call");
                           command.add_flag("--validate-only", args.write.validate_only,
                                            "Check everything, store nothing");
                         });
  AddMessageCommand(budget, "cohort-lock", "Lock the cohort: its price stands", chosen,
                    &PlanningClient::LockCohort, {{"POT", "name", "budgetPots/…", true}});
}

void AddBudgets(CLI::App& budget, Action* chosen) {
  AddMessageCommand(
      budget, "allocate", "Set a child's indicative budget", chosen,
      &PlanningClient::AllocateIndicativeBudget,
      {{"SUBJECT", "subject", "The child", true},
       {"--pot", "pot", "budgetPots/…", true},
       {"--score", "needs_score", "needsScores/…, where the model needs one"},
       {"--model", "model", "The model, where no score names it"},
       {"--traditional", "traditional_pence", "What traditional services cost a year, in pounds"},
       {"--reason", "reason", "Why", true}});
  AddMessageCommand(budget, "get", "One budget with every step", chosen, &PlanningClient::GetBudget,
                    {{"NAME", "name", "budgets/…", true}});
  AddMessageCommand(budget, "list", "Your unit's budgets", chosen, &PlanningClient::ListBudgets,
                    {});
  AddMessageCommand(
      budget, "revise", "From the model's figure to what the family is shown", chosen,
      &PlanningClient::ReviseBudget,
      {{"NAME", "name", "budgets/…", true},
       {"--amount", "amount_pence", "The figure from now on, in pounds", true},
       {"--reason", "reason", "Why", true}},
      std::function<void(v1::ReviseBudgetRequest&)>([](v1::ReviseBudgetRequest& request) {
        request.set_stage(v1::BUDGET_STAGE_FAMILY_FACING);
      }));
  AddMessageCommand(budget, "withdraw", "Take a budget back", chosen,
                    &PlanningClient::WithdrawBudget,
                    {{"NAME", "name", "budgets/…", true}, {"--reason", "reason", "Why", true}});
  AddMessageCommand(budget, "family", "What the family is shown", chosen,
                    &PlanningClient::GetFamilyBudget, {{"NAME", "name", "budgets/…", true}});
  AddMessageCommand(
      budget, "fund", "Add money of a stream", chosen, &PlanningClient::RecordFunding,
      {{"NAME", "name", "budgets/…", true},
       {"--stream", "funding.stream", "A code", true},
       {"--amount", "funding.amount_pence", "In pounds", true},
       {"--provider", "funding.provider", "agencies/…; your own unless told"},
       {"--only-for", "funding.restricted_to", "What it may be spent on; may be repeated"},
       {"--expires-on", "funding.expires_on", "The last day"},
       {"--approved-directly", "funding.approved_for_direct_payment",
        "Its body approved a direct payment"},
       {"--approval", "funding.approval_reference", "Where that approval is"},
       {"--overcomes-barriers", "funding.test.overcomes_barriers", "It helps over a barrier"},
       {"--additional-need", "funding.test.addresses_additional_need",
        "It is for more than others"},
       {"--assessed", "funding.test.individually_assessed", "The need was assessed"}});
  AddMessageCommand(budget, "arrange", "Who manages a final budget; give --file", chosen,
                    &PlanningClient::ArrangeFunds,
                    {{"NAME", "name", "budgets/…", true},
                     {"--disabled", "disabled", "The child is disabled (CA 1989 s.17)"}});
  AddMessageCommand(budget, "spend", "Record money spent", chosen, &PlanningClient::RecordSpend,
                    {{"NAME", "name", "budgets/…", true},
                     {"--line", "spend.line", "The line of the plan", true},
                     {"--amount", "spend.amount_pence", "In pounds", true},
                     {"--on", "spend.spent_on", "The day", true},
                     {"--note", "spend.note", "On what"}});
  AddMessageCommand(budget, "payments", "Direct payments: tier and dates", chosen,
                    &PlanningClient::ListDirectPayments, {});
  AddMessageCommand(budget, "payment-check", "A direct payment was looked at", chosen,
                    &PlanningClient::RecordDirectPaymentCheck,
                    {{"NAME", "name", "budgets/…", true},
                     {"--on", "checked_on", "The day", true},
                     {"--note", "note", "What was found", true}});
}

void AddPlans(CLI::App& budget, Action* chosen) {
  AddMessageCommand(budget, "plan-submit", "Submit a support plan; give --file", chosen,
                    &PlanningClient::SubmitSupportPlan,
                    {{"SUBJECT", "subject", "The child", true},
                     {"--budget", "support_plan.budget", "budgets/…"}});
  AddMessageCommand(budget, "plan-get", "One support plan", chosen, &PlanningClient::GetSupportPlan,
                    {{"NAME", "name", "supportPlans/…", true}});
  AddMessageCommand(budget, "plans", "Your unit's support plans", chosen,
                    &PlanningClient::ListSupportPlans,
                    {{"--overdue", "only_overdue", "Only where a decision or review is overdue"}});
  AddMessageCommand(budget, "plan-decide", "Approve a plan, or return it", chosen,
                    &PlanningClient::DecideSupportPlan,
                    {{"NAME", "name", "supportPlans/…", true},
                     {"--approve", "approve", "Yes; without it the plan is returned"},
                     {"--reason", "reason", "Why", true}});
  AddMessageCommand(
      budget, "child-view", "Add the child's own view", chosen, &PlanningClient::RecordChildView,
      {{"NAME", "name", "supportPlans/…", true},
       {"--medium", "child_view.medium",
        "words, pictures, talking-mats, ipad, video, signing or observation", true},
       {"--words", "child_view.own_words", "What the child said or showed"},
       {"--media", "child_view.media_reference", "Where picture, mat or film is kept"},
       {"--facilitator", "child_view.facilitator", "Who helped", true},
       {"--on", "child_view.given_on", "The day", true}});
  AddMessageCommand(budget, "review", "Record a review of an approved plan", chosen,
                    &PlanningClient::RecordSupportPlanReview,
                    {{"NAME", "name", "supportPlans/…", true},
                     {"--held-on", "review.held_on", "The day", true},
                     {"--outcome", "review.outcome", "continue, change or end", true},
                     {"--summary", "review.summary", "What was found", true}});
}

void AddNeeds(CLI::App& budget, Action* chosen) {
  AddMessageCommand(
      budget, "need-notify", "Tell another agency of a need", chosen,
      &PlanningClient::NotifyUnmetNeed,
      {{"SUBJECT", "subject", "The child", true},
       {"--to", "unmet_need.to", "agencies/…", true},
       {"--to-unit", "unmet_need.to_unit", "Its unit; any unless told"},
       {"--kind", "unmet_need.kind", "education or health", true},
       {"--child", "unmet_need.child_reference", "The child, as the recipient can find it", true},
       {"--need", "unmet_need.need", "The need", true},
       {"--family-agreed-on", "unmet_need.family_agreed_on", "When the family agreed", true},
       {"--location-checked", "unmet_need.location_checked",
        "The text does not reveal where the child is"}});
  AddMessageCommand(budget, "needs", "Needs that your unit was told of", chosen,
                    &PlanningClient::ListUnmetNeeds, {});
  AddMessageCommand(budget, "need-answer", "Answer a notice", chosen,
                    &PlanningClient::AnswerUnmetNeed,
                    {{"NAME", "name", "unmetNeeds/…", true},
                     {"--answer", "answer", "will-assess, known or not-ours", true},
                     {"--note", "note", "What you have to say"}});
}

}  // namespace

void AddBudgetCommands(CLI::App& app, Action* chosen) {
  CLI::App* budget =
      AddGroup(app, "budget", "Scores, pots, budgets, support plans and what is spent");
  AddScoring(*budget, chosen);
  AddPots(*budget, chosen);
  AddBudgets(*budget, chosen);
  AddPlans(*budget, chosen);
  AddNeeds(*budget, chosen);
}

}  // namespace ehchub
