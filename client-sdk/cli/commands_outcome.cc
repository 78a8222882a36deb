// ehcctl outcome …
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/disclosing.h"
#include "client-sdk/cli/print.h"
#include "ehchub/record_exchange_client.h"

namespace ehchub {
namespace {

struct ListArgs {
  AskArgs ask;
  PageArgs page;
};

void AddListOptions(CLI::App& command, ListArgs& args) {
  AddAskOptions(command, args.ask);
  for (const char* ground : {"--purpose", "--basis", "--agreement"}) {
    command.get_option(ground)->required(false);  // of one's own there is none
  }
  AddPageOptions(command, args.page);
}

int RunList(const CliContext& context, const ListArgs& args) {
  v1::ListAssessmentOutcomesRequest request;
  FillAsk(args.ask, &request);
  if (args.ask.agreement.empty()) request.clear_context();
  FillPage(args.page, &request);
  return Disclose(
      context,
      [&](const Hub& hub) { return RecordExchangeClient(hub).ListAssessmentOutcomes(request); },
      [](const v1::ListAssessmentOutcomesResponse& response, std::ostream& out) {
        PrintPage(response, "assessment_outcomes", out);
        PrintDisclosure(response.disclosure(), out);
      });
}

}  // namespace

void AddOutcomeCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "outcome", "What assessments came to");
  AddPublishCommand<v1::CreateAssessmentOutcomeRequest>(
      *group, "create", "Record an outcome, once", chosen,
      &RecordExchangeClient::CreateAssessmentOutcome);
  AddCommand<ListArgs>(*group, "list",
                       "Another agency's, by an agreement; your unit's own, without one", chosen,
                       RunList, AddListOptions);
}

}  // namespace ehchub
