// ehcctl referral …, verification …, review …, concern …
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/disclosing.h"
#include "client-sdk/cli/message_options.h"
#include "client-sdk/cli/print.h"
#include "ehchub/pathway_client.h"
#include "ehchub/record_exchange_client.h"
#include "google/protobuf/text_format.h"

namespace ehchub {
namespace {

const MessageOption kReferral{"NAME", "name", "referrals/…", true};
const MessageOption kReason{"--reason", "reason", "Why, in words", true};
const std::vector<MessageOption> kContact = {
    {"--contact", "contact.display_name", "Whom the referrer may ask"},
    {"--contact-telephone", "contact.telephone", "Their telephone"},
    {"--contact-email", "contact.email", "Their e-mail"}};

// Options that make one item of a list each: "--claim ATTENDS", "--member sw-4=SOCIAL_WORKER".
struct ItemOption {
  std::string option;
  std::string what;
};
using Items = std::map<std::string, std::vector<std::string>>;

// A message command that also takes items, which `fill` turns into the request's lists.
template <typename Client, typename Request, typename Response>
void AddItemCommand(CLI::App& group, const std::string& name, const std::string& what,
                    Action* chosen, absl::StatusOr<Response> (Client::*call)(const Request&) const,
                    std::vector<MessageOption> options, const std::vector<ItemOption>& item_options,
                    absl::Status (*fill)(const Items&, Request&)) {
  auto args = std::make_shared<MessageArgs>();
  auto items = std::make_shared<Items>();
  CLI::App* command = group.add_subcommand(name, what);
  AddMessageOptions(*command, *Request::descriptor(), options, *args);
  for (const ItemOption& item : item_options) {
    command->add_option(item.option, (*items)[item.option], item.what)
        ->expected(1, -1)
        ->delimiter(',')
        ->allow_extra_args(false);
  }
  command->callback([=, options = std::move(options)] {
    *chosen = [=](const CliContext& context) {
      Request request;
      absl::Status filled = FillMessage(context, options, *args, &request);
      if (filled.ok()) filled = fill(*items, request);
      if (!filled.ok()) return context.Fail(filled);
      return CallAndPrint(
          context, [&](const Hub& hub) { return (Client(hub).*call)(request); },
          [](const Response& response, std::ostream& out) { PrintFirstField(response, out); });
    };
  });
}

const std::vector<std::string>& Of(const Items& items, const std::string& option) {
  static const auto* const none = new std::vector<std::string>();
  const auto found = items.find(option);
  return found == items.end() ? *none : found->second;
}

// "personal-care=HIGH"
absl::StatusOr<std::pair<std::string, std::string>> Pair(const std::string& option,
                                                         const std::string& text) {
  std::pair<std::string, std::string> pair = absl::StrSplit(text, absl::MaxSplits('=', 1));
  if (!pair.first.empty() && !pair.second.empty()) return pair;
  return Usage(absl::StrCat(option, ": write NAME=VALUE"));
}

absl::Status AddAnswers(const Items& items,
                        google::protobuf::RepeatedPtrField<v1::NeedsAnswer>* to) {
  for (const std::string& text : Of(items, "--answer")) {
    const auto pair = Pair("--answer", text);
    if (!pair.ok()) return pair.status();
    to->Add()->set_row(pair->first);
    to->rbegin()->set_level(pair->second);
  }
  return absl::OkStatus();
}

absl::Status FillSubmit(const Items& items, v1::SubmitReferralRequest& request) {
  v1::ReferralApplication& application = *request.mutable_referral()->mutable_application();
  for (const std::string& text : Of(items, "--eligible")) {
    const auto pair = Pair("--eligible", text);
    if (!pair.ok()) return pair.status();
    v1::EligibilityAnswer& answer = *application.add_eligibility();
    answer.set_question(pair->first);
    answer.set_answer(pair->second);
  }
  return AddAnswers(items, application.mutable_answers());
}

absl::Status FillScore(const Items& items, v1::ScoreReferralRequest& request) {
  return AddAnswers(items, request.mutable_answers());
}

absl::Status FillAsked(const Items& items, v1::RequestVerificationRequest& request) {
  for (const std::string& code : Of(items, "--claim")) {
    request.mutable_verification()->add_claims()->set_code(code);
  }
  return absl::OkStatus();
}

absl::Status FillAnswered(const Items& items, v1::AnswerVerificationRequest& request) {
  const std::pair<const char*, v1::ClaimAnswer> kinds[] = {{"--confirm", v1::CLAIM_ANSWER_CONFIRM},
                                                           {"--deny", v1::CLAIM_ANSWER_DENY},
                                                           {"--unknown", v1::CLAIM_ANSWER_UNKNOWN}};
  for (const auto& [option, answer] : kinds) {
    for (const std::string& code : Of(items, option)) {
      v1::VerificationClaim& claim = *request.add_claims();
      claim.set_code(code);
      claim.set_answer(answer);
    }
  }
  return absl::OkStatus();
}

absl::Status FillDecided(const Items& items, v1::RecordPanelDecisionRequest& request) {
  for (const std::string& text : Of(items, "--member")) {
    const auto pair = Pair("--member", text);
    if (!pair.ok()) return pair.status();
    v1::PanelMember& member = *request.mutable_decision()->add_members();
    member.set_user(pair->first);
    member.set_role(pair->second);
  }
  return absl::OkStatus();
}

template <typename List>
List Joined(List first, const List& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// What a plan says already, as the beginning of an application: the family need not tell it again.
int RunPrefill(const CliContext& context, const AskArgs& args) {
  v1::GetPlanSummaryRequest request;
  FillAsk(args, &request);
  return CallAndPrint(
      context, [&](const Hub& hub) { return RecordExchangeClient(hub).GetPlanSummary(request); },
      [](const v1::GetPlanSummaryResponse& response, std::ostream& out) {
        v1::SubmitReferralRequest begun;
        v1::ReferralApplication& application = *begun.mutable_referral()->mutable_application();
        application.set_issues(response.plan_summary().headline().b_headline());
        v1::PrefilledFrom& from = *application.mutable_prefilled_from();
        from.set_record(response.disclosure().record());
        from.set_version(response.disclosure().version());
        from.set_leaf_hash(response.disclosure().receipt().leaf_hash());
        from.add_parts("B_HEADLINE");
        if (response.plan_summary().has_outcomes()) from.add_parts("E");
        std::string text;
        google::protobuf::TextFormat::PrintToString(begun, &text);
        out << text;
      });
}

void AddPrefill(CLI::App& group, Action* chosen) {
  AddCommand<AskArgs>(group, "prefill",
                      "The plan's own words, as the beginning of a file for `submit --file`",
                      chosen, RunPrefill, [](CLI::App& command, AskArgs& args) {
                        args.purpose = "SHORT_BREAK_DECISION";
                        args.basis = "ART6_1_E";
                        args.special_basis = "ART9_2_H";
                        AddAskOptions(command, args);
                      });
}

struct ShadowArgs {
  std::string instrument;
  std::string case_reference;
};

void AddShadowOptions(CLI::App& command, ShadowArgs& args) {
  command.add_option("--instrument", args.instrument, "One instrument's models; otherwise all");
  command.add_option("--case", args.case_reference, "Your own case reference, for the audit entry");
}

int RunShadow(const CliContext& context, const ShadowArgs& args) {
  v1::CompareScoresRequest request;
  request.set_instrument(args.instrument);
  request.set_case_reference(args.case_reference);
  return CallAndPrint(
      context, [&](const Hub& hub) { return PathwayClient(hub).CompareScores(request); },
      [](const v1::CompareScoresResponse& response, std::ostream& out) {
        PrintFields(response, out);
      });
}

void AddReferrer(CLI::App& group, Action* chosen) {
  AddItemCommand(
      group, "submit", "Refer a child whom you have registered", chosen,
      &PathwayClient::SubmitReferral,
      {{"SUBJECT", "subject", "The child or young person", true},
       {"--pathway", "referral.pathway", "The pathway, such as enfield-joint-referral"},
       {"--child", "referral.application.child_reference", "The child for the authority: nhs:…"},
       {"--channel", "referral.application.channel", "online or traditional"},
       {"--submitter", "referral.application.submitter", "professional, parent or young-person"},
       {"--by-proxy", "referral.application.completed_by_proxy", "Filled in with or for them"},
       {"--agreement", "referral.application.family_agreement",
        "agreed, or safeguarding where it was not sought"},
       {"--issues", "referral.application.issues", "What is hard; not which service is wanted"},
       {"--claim", "referral.application.claims", "What a school may be asked to confirm"},
       {"--received", "referral.application.received_on",
        "The day of receipt, by the authority itself alone"},
       {"--concern", "referral.application.safeguarding_concern", "Somebody may be at risk"}},
      {{"--eligible", "QUESTION=ANSWER, for each question of the pathway"},
       {"--answer", "ROW=LEVEL of the sheet that is scored"}},
      FillSubmit);
  AddPrefill(group, chosen);
  AddMessageCommand(group, "get", "One referral, as you may see it", chosen,
                    &PathwayClient::GetReferral, {kReferral});
  AddMessageCommand(group, "list", "Referrals to your unit; with --sent those that it made", chosen,
                    &PathwayClient::ListReferrals, {});
  AddMessageCommand(group, "status", "Where it is, and when an answer is expected", chosen,
                    &PathwayClient::GetReferralStatus,
                    {{"NAME", "name", "referrals/… or handOffs/…", true}});
  AddMessageCommand(group, "withdraw", "Take it back", chosen, &PathwayClient::WithdrawReferral,
                    {kReferral, kReason});
  AddMessageCommand(group, "escalate", "Ask for an assessment as of right", chosen,
                    &PathwayClient::EscalateToStatutory,
                    {kReferral,
                     {"--kind", "kind", "social-work, ehc-needs or carer", true},
                     kReason,
                     {"--safeguarding", "safeguarding", "Somebody may be at risk"}});
}

void AddAuthority(CLI::App& group, Action* chosen) {
  AddItemCommand(
      group, "verify", "Ask a school or voluntary body to confirm claims", chosen,
      &PathwayClient::RequestVerification,
      {kReferral,
       {"--to", "verification.to", "The school or voluntary body", true},
       {"--to-unit", "verification.to_unit", "Its unit"},
       {"--child", "verification.child_reference", "The child as it knows it: upn:…", true}},
      {{"--claim", "A claim's code; may be repeated"}}, FillAsked);
  AddItemCommand(group, "score", "Score it by the pathway's model", chosen,
                 &PathwayClient::ScoreReferral,
                 {kReferral, {"--assessed", "assessed_on", "The day of the assessment"}},
                 {{"--answer", "ROW=LEVEL, where the application has no sheet"}}, FillScore);
  AddItemCommand(group, "decide", "Record what a panel decided", chosen,
                 &PathwayClient::RecordPanelDecision,
                 Joined<std::vector<MessageOption>>(
                     {kReferral,
                      {"--panel", "decision.panel", "The panel's code", true},
                      {"--on", "decision.held_on", "The day", true},
                      {"--sufficiency", "decision.sufficiency", "sufficient or insufficient", true},
                      {"--outcome", "decision.outcome", "From the pathway's list"},
                      {"--reason", "decision.reason", "Why"}},
                     kContact),
                 {{"--member", "USER=ROLE, for each who took part"}}, FillDecided);
  AddMessageCommand(group, "ratify", "Confirm what was scored or decided, or send it back", chosen,
                    &PathwayClient::RatifyDecision,
                    Joined<std::vector<MessageOption>>(
                        {kReferral,
                         {"--send-back", "send_back", "It is sent back"},
                         {"--outcome", "outcome", "Another outcome than the one proposed"},
                         {"--reason", "reason", "Why"},
                         {"--on", "decided_on", "The day of the decision; today unless told"}},
                        kContact));
  AddCommand<ShadowArgs>(group, "shadow",
                         "What models in shadow make of your sheets beside the live ones", chosen,
                         RunShadow, AddShadowOptions);
  AddMessageCommand(group, "start", "Record that the service began", chosen,
                    &PathwayClient::RecordServiceStart,
                    {kReferral, {"--on", "started_on", "The day", true}});
  AddMessageCommand(group, "hand-off", "Hand the family to volunteers or early help", chosen,
                    &PathwayClient::HandOff,
                    {kReferral,
                     {"--to", "hand_off.to", "Who takes the family on", true},
                     {"--to-unit", "hand_off.to_unit", "Their unit"},
                     {"--child", "hand_off.child_reference", "The child as they know it", true},
                     {"--next-step", "hand_off.next_step", "What they are asked to do", true}});
  AddMessageCommand(group, "hand-offs", "Families handed to your unit", chosen,
                    &PathwayClient::ListHandOffs, {});
  AddMessageCommand(group, "step", "Step support up or down", chosen, &PathwayClient::StepReferral,
                    {kReferral, {"--direction", "direction", "up or down", true}, kReason});
  AddMessageCommand(group, "hand-over", "The family moved: hand it to the new authority", chosen,
                    &PathwayClient::HandOverReferral,
                    {kReferral,
                     {"--pathway", "pathway", "The new authority's pathway", true},
                     {"--child", "child_reference", "The child for the new authority: nhs:…", true},
                     {"--moved", "moved_on", "The day of the move", true}});
  AddMessageCommand(group, "close", "Close it, with its days", chosen,
                    &PathwayClient::CloseReferral,
                    {kReferral,
                     {"--notified", "notified_on", "The day on which the family was told"},
                     {"--on", "closed_on", "The day; today unless told"},
                     {"--note", "note", "A note"}});
}

void AddVerification(CLI::App& app, Action* chosen) {
  const MessageOption name{"NAME", "name", "verifications/…", true};
  CLI::App* group = AddGroup(app, "verification", "Claims that an authority asks you to confirm");
  AddMessageCommand(*group, "list", "Requests to your unit", chosen,
                    &PathwayClient::ListVerifications, {});
  AddMessageCommand(*group, "get", "One request: its claims", chosen,
                    &PathwayClient::GetVerification, {name});
  AddItemCommand(*group, "answer", "Confirm, deny, or say that you do not know", chosen,
                 &PathwayClient::AnswerVerification,
                 {name,
                  {"--worried", "safeguarding_concern", "Somebody may be at risk"},
                  {"--concern", "concern", "What you see, in words"}},
                 {{"--confirm", "Claims that are so"},
                  {"--deny", "Claims that are not so"},
                  {"--unknown", "Claims of which you do not know"}},
                 FillAnswered);
}

void AddReviews(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "held-review", "Reviews of short breaks, plans and care");
  AddMessageCommand(
      *group, "record", "Record a review that was held", chosen, &PathwayClient::RecordReview,
      {{"SUBJECT", "subject", "The child or young person", true},
       {"--kind", "review.kind", "short-break, annual, looked-after or pep", true},
       {"--held", "review.held_on", "The day", true},
       {"--next", "review.next_due_on", "When the next one is due; as the law has it unless told"},
       {"--to", "review.to", "The authority for which it was held; your own unless told"},
       {"--to-unit", "review.to_unit", "Its unit"},
       {"--child", "review.child_reference", "The child for the authority: nhs:…", true},
       {"--after", "review.predecessor", "The review before: reviews/…"},
       {"--plan", "review.record", "The plan that came of it: records/…"},
       {"--conclusion", "review.conclusion", "What it came to", true},
       {"--last", "review.ends", "No next one follows"}});
  AddMessageCommand(*group, "list", "Reviews held for your unit; with --sent those it held", chosen,
                    &PathwayClient::ListReviews, {});
}

void AddConcerns(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "concern", "Concerns about a child, one way");
  AddMessageCommand(
      *group, "report", "Write one; nothing of it can be read back", chosen,
      &PathwayClient::ReportConcern,
      {{"--to", "to", "The authority", true},
       {"--child", "concern.child_reference", "The child: nhs:…", true},
       {"--text", "concern.text", "What you saw or heard", true},
       {"--immediate", "concern.immediate", "Somebody is in danger now: ring 999 as well"}});
  AddMessageCommand(*group, "list", "Concerns reported to your authority", chosen,
                    &PathwayClient::ListConcerns, {});
  AddMessageCommand(
      *group, "resolve", "Say what was done", chosen, &PathwayClient::ResolveConcern,
      {{"NAME", "name", "concerns/…", true}, {"--action", "action_taken", "What was done", true}});
}

}  // namespace

void AddReferralCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "referral", "Referrals on their way to a decision");
  AddReferrer(*group, chosen);
  AddAuthority(*group, chosen);
  AddVerification(app, chosen);
  AddReviews(app, chosen);
  AddConcerns(app, chosen);
}

}  // namespace ehchub
