// ehcctl status …
#include <fstream>
#include <iterator>
#include <sstream>

#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/disclosing.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/progress.h"
#include "client-sdk/cli/roll.h"
#include "ehchub/record_exchange_client.h"

namespace ehchub {
namespace {

// Small enough that progress shows and a repeated call is cheap.
constexpr size_t kChildrenPerCall = 500;

// What a school states, unless told otherwise.
AskArgs SchoolGround() {
  AskArgs args;
  args.purpose = "SCHOOL_SUPPORT";
  args.basis = "ART6_1_E";
  return args;
}

struct GetArgs {
  AskArgs ask = SchoolGround();
};

struct BatchArgs {
  AskArgs ask = SchoolGround();
  std::string file;
  std::string out;
};

void AddGetOptions(CLI::App& command, GetArgs& args) { AddAskOptions(command, args.ask); }

void AddBatchOptions(CLI::App& command, BatchArgs& args) {
  command
      .add_option("--file", args.file,
                  "The roll as CSV with a column upn, nhs_number, uln or subject; - for standard "
                  "input")
      ->required();
  command.add_option("--out", args.out, "Where to write it; otherwise standard output");
  AddGroundOptions(command, args.ask);
}

void PrintStatus(const v1::GetSupportStatusResponse& response, std::ostream& out) {
  out << "SEN status\n";
  PrintFields(response.support_status(), out, 2);
  PrintDisclosure(response.disclosure(), out);
}

int RunGet(const CliContext& context, const GetArgs& args) {
  v1::GetSupportStatusRequest request;
  FillAsk(args.ask, &request);
  return Disclose(
      context, [&](const Hub& hub) { return RecordExchangeClient(hub).GetSupportStatus(request); },
      PrintStatus);
}

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return Usage("--file: cannot be read");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Asks about the roll, a call at a time, and writes each row as soon as it is answered.
class RollRun {
 public:
  RollRun(const CliContext& context, const BatchArgs& args, const Roll& roll, const Hub& hub,
          std::ostream& out)
      : args_(args),
        roll_(roll),
        hub_(hub),
        records_(hub),
        out_(out),
        progress_("children", roll.rows.size(), context.err) {}

  absl::Status Run() {
    out_ << RollHeader(roll_);
    absl::Status status;
    for (size_t at = 0; status.ok() && at < roll_.rows.size(); at += kChildrenPerCall) {
      status = AskAbout(at, std::min(roll_.rows.size(), at + kChildrenPerCall));
    }
    return status;
  }

 private:
  absl::Status AskAbout(size_t begin, size_t end) {
    v1::BatchGetSupportStatusesRequest request;
    request.set_custodian(Named("agencies", args_.ask.custodian));
    *request.mutable_context() = ContextOf(args_.ask);
    for (size_t i = begin; i < end; ++i) {
      if (!roll_.rows[i].subject.empty()) request.add_subjects(roll_.rows[i].subject);
    }
    v1::BatchGetSupportStatusesResponse response;
    if (!request.subjects().empty()) {
      absl::StatusOr<v1::BatchGetSupportStatusesResponse> answered =
          records_.BatchGetSupportStatuses(request);
      if (!answered.ok()) return answered.status();
      response = *std::move(answered);
    }
    int next = 0;
    for (size_t i = begin; i < end; ++i) {
      const bool asked = !roll_.rows[i].subject.empty() && next < response.items_size();
      out_ << RollLine(roll_.rows[i], asked ? &response.items(next++) : nullptr);
    }
    out_.flush();
    progress_.Advance(end - begin);
    return hub_.SettleReceipts();
  }

  const BatchArgs& args_;
  const Roll& roll_;
  const Hub& hub_;
  const RecordExchangeClient records_;
  std::ostream& out_;
  Progress progress_;
};

absl::Status TellFaults(const CliContext& context, const Roll& roll) {
  for (const Fault& fault : roll.faults) {
    context.err << "line " << fault.line << ": ";
    if (!fault.field.empty()) context.err << fault.field << ": ";
    context.err << fault.reason << "\n";
  }
  if (roll.faults.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(roll.faults.size(), " of ", roll.rows.size(),
                   " rows could not be asked about; their answer is INVALID"));
}

int RunBatch(const CliContext& context, const BatchArgs& args) {
  const absl::StatusOr<std::string> text = ReadAll(args.file);
  if (!text.ok()) return context.Fail(text.status());
  const absl::StatusOr<Roll> roll = ReadRoll(*text);
  if (!roll.ok()) return context.Fail(roll.status());
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  std::ofstream file;
  if (!args.out.empty()) {
    file.open(args.out, std::ios::binary);
    if (!file) return context.Fail(Usage("--out: cannot be written"));
  }
  std::ostream& out = args.out.empty() ? context.out : file;
  absl::Status status = RollRun(context, args, *roll, *hub, out).Run();
  if (status.ok() && !out.flush())
    status = absl::DataLossError("--out: could not be written whole");
  if (status.ok()) status = TellFaults(context, *roll);
  return status.ok() ? 0 : context.Fail(status);
}

}  // namespace

void AddStatusCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "status", "SEN status of the children on a roll");
  AddCommand<GetArgs>(*group, "get", "Of one child", chosen, RunGet, AddGetOptions);
  AddCommand<BatchArgs>(*group, "batch", "Of a whole roll: CSV in, CSV out", chosen, RunBatch,
                        AddBatchOptions);
  AddPublishCommand<v1::PublishSupportStatusRequest>(
      *group, "publish", "Store a new version of a child's SEN status", chosen,
      &RecordExchangeClient::PublishSupportStatus);
}

}  // namespace ehchub
