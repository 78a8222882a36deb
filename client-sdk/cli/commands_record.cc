// ehcctl record publish …
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/disclosing.h"

namespace ehchub {

void AddRecordCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "record", "Health records, care records and flags");
  CLI::App* publish = AddGroup(*group, "publish", "Store a new version");
  AddPublishCommand<v1::PublishHealthRecordRequest>(
      *publish, "health", "Of a health record", chosen, &RecordExchangeClient::PublishHealthRecord);
  AddPublishCommand<v1::PublishCareRecordRequest>(*publish, "care", "Of a social care record",
                                                  chosen, &RecordExchangeClient::PublishCareRecord);
  AddPublishCommand<v1::PublishFlagRequest>(*publish, "flag", "Of a flag", chosen,
                                            &RecordExchangeClient::PublishFlag);
}

}  // namespace ehchub
