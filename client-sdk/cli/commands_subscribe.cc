// ehcctl subscribe …
#include <fstream>
#include <iostream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/disclosing.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/roll.h"
#include "client-sdk/cli/words.h"
#include "ehchub/subscription_client.h"

namespace ehchub {
namespace {

struct CreateArgs {
  AskArgs ask;
  std::vector<std::string> subjects;
  std::string file;
  std::vector<std::string> types;
  std::string request_id;
  bool validate_only = false;
};

struct FollowArgs {
  std::vector<std::string> matters;
  std::string request_id;
  bool validate_only = false;
};

struct ListArgs {
  PageArgs page;
};

struct DeleteArgs {
  std::string name;
  std::string request_id;
};

struct WatchArgs {
  std::string name;
  std::string cursor;
  int count = 0;
  double seconds = 0;
  bool acknowledge = false;
};

void AddCreateOptions(CLI::App& command, CreateArgs& args) {
  command
      .add_option("--subject", args.subjects, "A child: nhs:…, upn:…, la:…, subjects/…; may recur")
      ->allow_extra_args(false);
  command.add_option("--file", args.file,
                     "A roll as CSV with a column upn, nhs_number, uln or subject; - for standard "
                     "input");
  command.add_option("--type", args.types, "Record types, such as EHC_PLAN,FLAG")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  AddGroundOptions(command, args.ask);
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
  command.add_flag("--validate-only", args.validate_only, "Check everything, store nothing");
}

void AddFollowOptions(CLI::App& command, FollowArgs& args) {
  command.add_option("MATTER", args.matters, "referral, verification, review")
      ->delimiter(',')
      ->required();
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
  command.add_flag("--validate-only", args.validate_only, "Check everything, store nothing");
}

void AddListOptions(CLI::App& command, ListArgs& args) { AddPageOptions(command, args.page); }

void AddDeleteOptions(CLI::App& command, DeleteArgs& args) {
  command.add_option("SUBSCRIPTION", args.name, "Its name, as list prints it")->required();
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

void AddWatchOptions(CLI::App& command, WatchArgs& args) {
  command.add_option("SUBSCRIPTION", args.name, "Its name; otherwise all of your agency's");
  command.add_option("--cursor", args.cursor,
                     "After this one; otherwise after what was acknowledged");
  command.add_option("--count", args.count, "Stop after so many; otherwise go on for ever");
  command.add_option("--seconds", args.seconds, "Stop once so long nothing came");
  command.add_flag("--acknowledge", args.acknowledge, "Acknowledge each once it is printed");
}

absl::StatusOr<std::string> ReadInput(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream file(path, std::ios::binary);
  if (!file) return Usage("--file: cannot be read");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

absl::Status AddRollOf(const std::string& path, v1::CreateSubscriptionRequest* request) {
  const absl::StatusOr<std::string> text = ReadInput(path);
  if (!text.ok()) return text.status();
  const absl::StatusOr<Roll> roll = ReadRoll(*text);
  if (!roll.ok()) return roll.status();
  if (!roll->faults.empty()) {
    return Usage(absl::StrCat(path, ": ", roll->faults.size(),
                              " row(s) at fault; the first is line ", roll->faults.front().line));
  }
  for (const RollRow& row : roll->rows) request->add_subjects(row.subject);
  return absl::OkStatus();
}

int RunCreate(const CliContext& context, const CreateArgs& args) {
  v1::CreateSubscriptionRequest request;
  request.set_request_id(args.request_id);
  request.set_validate_only(args.validate_only);
  v1::Subscription& wanted = *request.mutable_subscription();
  for (const std::string& type : args.types) wanted.add_record_types(absl::AsciiStrToUpper(type));
  wanted.set_custodian(Named("agencies", args.ask.custodian));
  *wanted.mutable_context() = ContextOf(args.ask);
  for (const std::string& subject : args.subjects) request.add_subjects(subject);
  if (!args.file.empty()) {
    const absl::Status read = AddRollOf(args.file, &request);
    if (!read.ok()) return context.Fail(read);
  }
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubscriptionClient(hub).CreateSubscription(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.subscription(), out); });
}

int RunFollow(const CliContext& context, const FollowArgs& args) {
  v1::CreateSubscriptionRequest request;
  request.set_request_id(args.request_id);
  request.set_validate_only(args.validate_only);
  for (const std::string& word : args.matters) {
    v1::SubscribedMatter matter = v1::SUBSCRIBED_MATTER_UNSPECIFIED;
    const absl::Status known = SetWord("MATTER", word, &matter);
    if (!known.ok()) return context.Fail(known);
    request.mutable_subscription()->add_matters(matter);
  }
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubscriptionClient(hub).CreateSubscription(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.subscription(), out); });
}

int RunList(const CliContext& context, const ListArgs& args) {
  v1::ListSubscriptionsRequest request;
  FillPage(args.page, &request);
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubscriptionClient(hub).ListSubscriptions(request); },
      [](const auto& response, std::ostream& out) { PrintPage(response, "subscriptions", out); });
}

int RunDelete(const CliContext& context, const DeleteArgs& args) {
  v1::DeleteSubscriptionRequest request;
  request.set_request_id(args.request_id);
  request.set_name(Named("subscriptions", args.name));
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubscriptionClient(hub).DeleteSubscription(request); },
      [](const auto&, std::ostream& out) { out << "Ended\n"; });
}

int PrintNotification(const CliContext& context, const v1::StreamNotificationsResponse& response) {
  if (context.output == Output::kJson) return context.PrintJson(response);
  const v1::Notification& told = response.notification();
  if (!told.matter().empty()) {
    const auto* event = v1::NotifiedEvent_descriptor()->FindValueByNumber(told.event());
    context.out << (event == nullptr ? "something new" : WordOf(*event)) << " of " << told.matter()
                << "; cursor " << told.cursor() << std::endl;
    return 0;
  }
  context.out << told.record_type() << " of " << told.subject() << " has changed; cursor "
              << told.cursor() << std::endl;
  return 0;
}

absl::Status Acknowledge(const SubscriptionClient& client, const v1::Notification& told) {
  v1::AcknowledgeNotificationsRequest request;
  request.set_name(told.subscription());
  request.set_cursor(told.cursor());
  return client.AcknowledgeNotifications(request).status();
}

int RunWatch(const CliContext& context, const WatchArgs& args) {
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  const SubscriptionClient client(*hub);
  v1::StreamNotificationsRequest from;
  from.set_subscription(Named("subscriptions", args.name));
  from.set_cursor(args.cursor);
  NotificationReader reader = client.Notifications(from);
  const bool for_ever = args.seconds <= 0;
  for (int told = 0; args.count <= 0 || told < args.count;) {
    const auto next = reader.Next(for_ever ? absl::Minutes(1) : absl::Seconds(args.seconds));
    if (absl::IsDeadlineExceeded(next.status())) {
      if (for_ever) continue;
      break;
    }
    if (!next.ok()) return context.Fail(next.status());
    ++told;
    const int printed = PrintNotification(context, *next);
    if (printed != 0) return printed;
    if (!args.acknowledge) continue;
    const absl::Status kept = Acknowledge(client, next->notification());
    if (!kept.ok()) return context.Fail(kept);
  }
  const absl::Status settled = hub->SettleReceipts();
  return settled.ok() ? 0 : context.Fail(settled);
}

}  // namespace

void AddSubscribeCommands(CLI::App& app, Action* chosen) {
  CLI::App* group =
      AddGroup(app, "subscribe", "Being told that a record has changed, or of your own matters");
  AddCommand<CreateArgs>(*group, "create", "Ask to be told of children", chosen, RunCreate,
                         AddCreateOptions);
  AddCommand<FollowArgs>(*group, "follow", "Ask to be told of your agency's own matters", chosen,
                         RunFollow, AddFollowOptions);
  AddCommand<ListArgs>(*group, "list", "Your agency's subscriptions", chosen, RunList,
                       AddListOptions);
  AddCommand<DeleteArgs>(*group, "delete", "End a subscription", chosen, RunDelete,
                         AddDeleteOptions);
  AddCommand<WatchArgs>(*group, "watch", "Print notifications as they come", chosen, RunWatch,
                        AddWatchOptions);
}

}  // namespace ehchub
