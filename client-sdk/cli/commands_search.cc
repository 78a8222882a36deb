// ehcctl find, attest, offer and check
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/disclosing.h"
#include "client-sdk/cli/print.h"
#include "ehchub/record_exchange_client.h"

namespace ehchub {
namespace {

struct SearchArgs {
  AskArgs ask;
  std::string unit;
  std::vector<std::string> records;
};

void AddFindOptions(CLI::App& command, SearchArgs& args) {
  AddAskOptions(command, args.ask);
  command.add_option("--record", args.records, "Kinds of record, such as EHC_PLAN,CARE_RECORD")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  command.add_option("--custodian-unit", args.unit, "Where several units keep that kind (flags)");
}

void AddKindOptions(CLI::App& command, SearchArgs& args) {
  AddAskOptions(command, args.ask);
  command.add_option("--record", args.records, "The kind of record")->expected(1)->required();
}

void AddCheckOptions(CLI::App& command, SearchArgs& args) {
  AddAskOptions(command, args.ask);
  command
      .add_option("--record", args.records,
                  "A kind and its parts, such as HEALTH_RECORD:SUMMARY,SERVICES; repeat")
      ->allow_extra_args(false)
      ->required();
  command.add_option("--custodian-unit", args.unit, "Where several units keep that kind (flags)");
}

// Each item by itself, under its own source and receipt.
template <typename Response>
void PrintItems(const Response& response, std::ostream& out) {
  for (const auto& item : response.items()) {
    auto content = item;
    content.clear_disclosure();
    PrintFields(content, out);
    PrintDisclosure(item.disclosure(), out);
    out << "\n";
  }
  if (response.items().empty()) out << "none\n";
}

int RunFind(const CliContext& context, const SearchArgs& args) {
  v1::FindRecordsRequest request;
  FillAsk(args.ask, &request);
  request.set_custodian_unit(args.unit);
  for (const std::string& type : args.records) request.add_record_types(type);
  return Disclose(
      context, [&](const Hub& hub) { return RecordExchangeClient(hub).FindRecords(request); },
      PrintItems<v1::FindRecordsResponse>);
}

int RunAttest(const CliContext& context, const SearchArgs& args) {
  v1::AttestRegistrationRequest request;
  FillAsk(args.ask, &request);
  request.set_record_type(args.records.front());
  return Disclose(
      context,
      [&](const Hub& hub) { return RecordExchangeClient(hub).AttestRegistration(request); },
      [](const v1::AttestRegistrationResponse& response, std::ostream& out) {
        out << (response.registered() ? "yes" : "no") << "\n";
      });
}

int RunOffer(const CliContext& context, const SearchArgs& args) {
  v1::GetServiceOfferRequest request;
  FillAsk(args.ask, &request);
  request.set_record_type(args.records.front());
  return Disclose(
      context, [&](const Hub& hub) { return RecordExchangeClient(hub).GetServiceOffer(request); },
      [](const v1::GetServiceOfferResponse& response, std::ostream& out) {
        for (const v1::OfferedService& service : response.services()) PrintFields(service, out);
        PrintDisclosure(response.disclosure(), out);
      });
}

int RunCheck(const CliContext& context, const SearchArgs& args) {
  v1::AgencyCheckRequest request;
  FillAsk(args.ask, &request);
  for (const std::string& text : args.records) {
    const absl::StatusOr<v1::ConsentScope> scope = ParseScope(text);
    if (!scope.ok()) return context.Fail(scope.status());
    v1::RecordScope& wanted = *request.add_wanted();
    wanted.set_record_type(scope->record_type());
    *wanted.mutable_parts() = scope->parts();
    wanted.set_custodian_unit(args.unit);
  }
  return Disclose(
      context, [&](const Hub& hub) { return RecordExchangeClient(hub).AgencyCheck(request); },
      PrintItems<v1::AgencyCheckResponse>);
}

}  // namespace

void AddSearchCommands(CLI::App& app, Action* chosen) {
  AddCommand<SearchArgs>(app, "find", "Which kinds of record a custodian holds about a child",
                         chosen, RunFind, AddFindOptions);
  AddCommand<SearchArgs>(app, "attest", "Whether a child is on a register: yes or no", chosen,
                         RunAttest, AddKindOptions);
  AddCommand<SearchArgs>(app, "offer", "Which services a child has", chosen, RunOffer,
                         AddKindOptions);
  AddCommand<SearchArgs>(app, "check", "What your agency may already see, to fill in a form",
                         chosen, RunCheck, AddCheckOptions);
}

}  // namespace ehchub
