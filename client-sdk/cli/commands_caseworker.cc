// ehcctl advice …, consultation …, notify …, assessment …, work …, and plan issue …
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/message_options.h"
#include "ehchub/custody_client.h"

namespace ehchub {
namespace {

const MessageOption kSubject{"SUBJECT", "subject", "The child or young person", true};

MessageOption NameOf(const std::string& collection) {
  return {"NAME", "name", collection + "/…", true};
}

void AddAdvice(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "advice", "Advice for an assessment: six weeks");
  AddMessageCommand(
      *group, "ask", "Ask a body for advice", chosen, &CustodyClient::CreateAdviceRequest,
      {kSubject,
       {"--to", "advice_request.to", "The agency asked", true},
       {"--to-unit", "advice_request.to_unit", "Its unit"},
       {"--kind", "advice_request.kind",
        "educational, medical, psychological, social-care, transition or other", true},
       {"--child", "advice_request.child_reference", "The child as that agency knows it: nhs:…"},
       {"--question", "advice_request.question", "What is to be advised on", true}});
  AddMessageCommand(*group, "list", "Requests to your unit", chosen,
                    &CustodyClient::ListAdviceRequests, {});
  AddMessageCommand(*group, "get", "One request; to the authority with its answer", chosen,
                    &CustodyClient::GetAdviceRequest, {NameOf("adviceRequests")});
  AddMessageCommand(*group, "answer", "Answer a request", chosen,
                    &CustodyClient::AnswerAdviceRequest,
                    {NameOf("adviceRequests"),
                     {"--text", "advice.text", "The advice; or give it with --file"},
                     {"--on", "advice.given_on", "The day of the advice"},
                     {"--author", "advice.author_role", "What the author is"}});
  AddMessageCommand(*group, "cancel", "Take a request back", chosen,
                    &CustodyClient::CancelAdviceRequest,
                    {NameOf("adviceRequests"), {"--reason", "reason", "Why", true}});
}

void AddConsultation(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "consultation", "Consulting an institution: 15 days");
  AddMessageCommand(*group, "open", "Consult an institution", chosen,
                    &CustodyClient::CreateConsultation,
                    {kSubject,
                     {"--to", "consultation.to", "The institution", true},
                     {"--child", "consultation.child_reference", "The child as it knows it: upn:…"},
                     {"--question", "consultation.question", "What it is asked", true}});
  AddMessageCommand(*group, "list", "Consultations of your unit", chosen,
                    &CustodyClient::ListConsultations, {});
  AddMessageCommand(
      *group, "answer", "Reply", chosen, &CustodyClient::AnswerConsultation,
      {NameOf("consultations"),
       {"--answer", "reply.answer", "can-meet-need, cannot-meet-need or incompatible", true},
       {"--reasons", "reply.reasons", "Why", true},
       {"--on", "reply.replied_on", "The day of the reply", true}});
}

void AddNotify(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "notify", "Children under school age (C&F Act 2014 s.23)");
  AddMessageCommand(
      *group, "early", "Notify the authority", chosen, &CustodyClient::CreateEarlyNotification,
      {kSubject,
       {"--to", "early_notification.to", "The authority", true},
       {"--child", "early_notification.child_reference", "The child for the authority: nhs:…",
        true},
       {"--opinion", "early_notification.opinion", "Why you are of that opinion", true},
       {"--parent-informed", "early_notification.parent_informed_on",
        "The day on which you told the parent", true},
       {"--organisation", "early_notification.voluntary_organisations",
        "A voluntary organisation that you named to the parent"}});
  AddMessageCommand(*group, "list", "Notifications to your unit", chosen,
                    &CustodyClient::ListEarlyNotifications, {});
  AddMessageCommand(*group, "ack", "Acknowledge a notification", chosen,
                    &CustodyClient::AcknowledgeEarlyNotification, {NameOf("earlyNotifications")});
}

void AddAssessment(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "assessment", "The 20-week board");
  AddMessageCommand(*group, "start", "Put a request for an assessment on the board", chosen,
                    &CustodyClient::StartNeedsAssessment,
                    {kSubject, {"--requested", "requested_on", "The day of the request", true}});
  AddMessageCommand(*group, "update", "Say what has happened", chosen,
                    &CustodyClient::UpdateNeedsAssessment,
                    {NameOf("needsAssessments"),
                     {"--decided", "decided_to_assess", "You have decided to assess"},
                     {"--exception", "exceptions",
                      "institution-closed, personal-circumstances or absent-from-area"},
                     {"--outcome", "outcome",
                      "refused-to-assess, refused-to-issue, plan-issued or withdrawn: it ends"}});
}

}  // namespace

void AddPlanIssueCommands(CLI::App& plan, Action* chosen) {
  AddMessageCommand(plan, "issue", "Issue the final plan to whom the law names", chosen,
                    &CustodyClient::IssuePlan,
                    {kSubject, {"--local-id", "local_id", "Your own name of the plan"}});
  AddMessageCommand(plan, "issued", "Where an issued plan has arrived", chosen,
                    &CustodyClient::GetPlanIssue, {NameOf("planIssues")});
  AddMessageCommand(plan, "deliveries", "Plans delivered to your unit", chosen,
                    &CustodyClient::ListDeliveries, {});
  AddMessageCommand(plan, "delivered", "Confirm that a plan has arrived", chosen,
                    &CustodyClient::ConfirmDelivery, {NameOf("planDeliveries")});
  AddMessageCommand(
      plan, "served", "Record how you served it on the family", chosen,
      &CustodyClient::RecordService,
      {NameOf("planIssues"),
       {"--on", "service.served_on", "The day of service", true},
       {"--recipient", "service.recipient", "parent, young-person or representative", true},
       {"--manner", "service.manner", "by-hand, post or electronic", true}});
  CLI::App* transfer =
      AddGroup(plan, "transfer", "Plans that move with the child to another authority");
  AddMessageCommand(
      *transfer, "start", "Transfer a plan; the rights of both switch at that instant", chosen,
      &CustodyClient::TransferPlan,
      {kSubject,
       {"--to", "plan_transfer.to", "The new authority", true},
       {"--child", "plan_transfer.child_reference", "The child for that authority: nhs:…", true},
       {"--moved", "plan_transfer.moved_on", "The day of the move", true},
       {"--aware", "plan_transfer.became_aware_on", "The day on which you became aware", true},
       {"--at", "plan_transfer.transfers_at", "When the rights switch; now unless told"}});
  AddMessageCommand(*transfer, "cancel", "Take a transfer back before its instant", chosen,
                    &CustodyClient::CancelPlanTransfer,
                    {NameOf("planTransfers"), {"--reason", "reason", "Why", true}});
  AddMessageCommand(*transfer, "list", "Transfers to your authority", chosen,
                    &CustodyClient::ListPlanTransfers, {});
  AddMessageCommand(*transfer, "wrote", "Say that you wrote to the family: within six weeks",
                    chosen, &CustodyClient::AcknowledgePlanTransfer,
                    {NameOf("planTransfers"), {"--on", "wrote_on", "The day", true}});
}

void AddCaseworkerCommands(CLI::App& app, Action* chosen) {
  AddAdvice(app, chosen);
  AddConsultation(app, chosen);
  AddNotify(app, chosen);
  AddAssessment(app, chosen);
  CLI::App* work = AddGroup(app, "work", "What your unit has to see to");
  AddMessageCommand(*work, "list", "The queue, most urgent first", chosen,
                    &CustodyClient::ListWorkItems,
                    {{"--kind", "kind", "Only of this kind, such as advice-awaited"},
                     {"--here", "only_to_be_done_here", "Leave out what waits for others"},
                     {"--before", "due_before", "Only what is due before"}});
}

}  // namespace ehchub
