// ehcctl retention …, ehcctl erasure …
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/message_options.h"
#include "ehchub/retention_client.h"

namespace ehchub {

void AddRetentionCommands(CLI::App& app, Action* chosen) {
  CLI::App* retention = AddGroup(app, "retention", "What is due for erasure, and legal holds");
  AddMessageCommand(*retention, "due", "Your records whose retention has run out", chosen,
                    &RetentionClient::ListRetentionDue,
                    {{"--by", "due_by", "By this day; today unless told"},
                     {"--everything", "everything", "Also what is not due, or has no rule"},
                     {"--type", "record_type", "Only of this type"}});
  AddMessageCommand(*retention, "hold", "Nothing that it covers is erased while it stands", chosen,
                    &RetentionClient::PlaceLegalHold,
                    {{"--subject", "subject", "The child; every child unless told"},
                     {"--type", "record_types", "Only records of this type; may be repeated"},
                     {"--reference", "reference", "The inquiry, claim or order", true},
                     {"--reason", "reason", "Why, in words", true},
                     {"--review-at", "review_at", "When to look at it again"}});
  AddMessageCommand(
      *retention, "lift", "Lift a legal hold", chosen, &RetentionClient::LiftLegalHold,
      {{"NAME", "name", "legalHolds/…", true}, {"--reason", "reason", "Why, in words", true}});
  AddMessageCommand(*retention, "holds", "Your agency's legal holds", chosen,
                    &RetentionClient::ListLegalHolds, {});
  CLI::App* erasure = AddGroup(app, "erasure", "Erase what you keep about a child: two people");
  AddMessageCommand(
      *erasure, "request", "Ask for it; somebody else approves", chosen,
      &RetentionClient::RequestErasure,
      {{"SUBJECT", "subject", "The child", true},
       {"--scope", "scope", "records, or subject: everything", true},
       {"--type", "record_types", "Which records; may be repeated"},
       {"--ground", "ground",
        "retention-ended, data-subject-request, court-order or unlawfully-held", true},
       {"--reason", "reason", "Why, in words", true}});
  AddMessageCommand(*erasure, "approve", "Carry it out: it cannot be undone", chosen,
                    &RetentionClient::ApproveErasure, {{"NAME", "name", "erasures/…", true}});
  AddMessageCommand(
      *erasure, "cancel", "Take it back, or refuse it", chosen, &RetentionClient::CancelErasure,
      {{"NAME", "name", "erasures/…", true}, {"--reason", "reason", "Why, in words", true}});
  AddMessageCommand(*erasure, "list", "Your agency's erasures", chosen,
                    &RetentionClient::ListErasures, {});
}

}  // namespace ehchub
