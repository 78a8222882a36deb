// ehcctl recall …, ehcctl incident …, ehcctl notice …, ehcctl breakglass …
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/message_options.h"
#include "ehchub/custody_client.h"

namespace ehchub {

void AddRecallCommands(CLI::App& app, Action* chosen) {
  AddMessageCommand(
      app, "recall", "Withdraw a wrong push at once and tell whoever received it", chosen,
      &CustodyClient::RecallRecord,
      {{"RECORD", "record", "records/…, as it was named when it was published"},
       {"--subject", "subject", "Instead of a name: the child under whose name it stands"},
       {"--type", "record_type", "… and its type, such as EHC_PLAN"},
       {"--local-id", "local_id", "… and your own name of it; the newest unless told"},
       {"--version", "version", "Only this version"},
       {"--reason", "reason", "wrong-child, wrong-content, too-much, not-allowed or other", true},
       {"--explanation", "explanation", "Why, in words: for your incident and the audit", true},
       {"--aware-at", "became_aware_at", "When it became known; now unless told"}});
  CLI::App* incident = AddGroup(app, "incident", "What was recalled, and who had received it");
  AddMessageCommand(*incident, "list", "Your unit's incidents", chosen,
                    &CustodyClient::ListIncidents, {});
  AddMessageCommand(*incident, "get", "One incident, with its recipients and what they did", chosen,
                    &CustodyClient::GetIncident, {{"NAME", "name", "incidents/…", true}});
  AddIncidentPackCommand(*incident, chosen);
  CLI::App* notice = AddGroup(app, "notice", "What you received and others have recalled");
  AddMessageCommand(*notice, "list", "Notices to your unit", chosen, &CustodyClient::ListNotices,
                    {});
  AddMessageCommand(*notice, "ack", "Say what you did with what was recalled", chosen,
                    &CustodyClient::AcknowledgeNotice,
                    {{"NAME", "name", "recallNotices/…", true},
                     {"--handling", "handling", "destroyed, not-kept or kept", true},
                     {"--note", "handling_note", "In words; where it is kept, why"}});
  CLI::App* told = AddGroup(app, "told", "Who read records of yours, where you are to be told");
  AddMessageCommand(*told, "list", "Notices to your unit; --only-open: those nobody has seen",
                    chosen, &CustodyClient::ListDisclosureNotices, {});
  AddMessageCommand(*told, "ack", "Say that your unit has seen a notice", chosen,
                    &CustodyClient::AcknowledgeDisclosureNotice,
                    {{"NAME", "name", "disclosureNotices/…", true}});
  AddMessageCommand(*told, "ack-each", "Say it of many notices: what became of each", chosen,
                    &CustodyClient::AcknowledgeDisclosureNotices,
                    {{"NAME", "names", "disclosureNotices/…, up to 200", true}});
}

void AddBreakGlassCommands(CLI::App& app, Action* chosen) {
  CLI::App* uses =
      AddGroup(app, "breakglass", "Emergency disclosures: review them, answer for them");
  AddMessageCommand(*uses, "list", "Over your unit's records; with --sent by its people", chosen,
                    &CustodyClient::ListBreakGlassUses, {});
  AddMessageCommand(*uses, "get", "One use: who, why, what, and what the review found", chosen,
                    &CustodyClient::GetBreakGlassUse, {{"NAME", "name", "breakGlassUses/…", true}});
  AddMessageCommand(*uses, "review", "Say what your review of a use found", chosen,
                    &CustodyClient::ReviewBreakGlassUse,
                    {{"NAME", "name", "breakGlassUses/…", true},
                     {"--verdict", "verdict", "justified or not-justified", true},
                     {"--note", "review_note", "In words; where it was not justified, why"}});
  AddMessageCommand(
      *uses, "resolve", "Say what you did about a use that was not justified", chosen,
      &CustodyClient::ResolveBreakGlassUse,
      {{"NAME", "name", "breakGlassUses/…", true},
       {"--resolution", "resolution", "What was done; the custodian reads it", true}});
}

}  // namespace ehchub
