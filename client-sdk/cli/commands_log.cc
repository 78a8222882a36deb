// ehcctl audit tiles, vectors, witness, witness-key; and verify of the log itself.
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client-sdk/cli/json_object.h"
#include "client-sdk/cli/log_commands.h"
#include "client-sdk/cli/progress.h"
#include "ehchub/audit_client.h"
#include "ehchub/error.h"
#include "ehchub/log_tree.h"
#include "ehchub/witness.h"

namespace ehchub {
namespace {

struct TilesArgs {
  std::string folder;
};

struct VectorsArgs {
  std::vector<std::string> files;
};

struct WitnessKeyArgs {
  std::string name;
  std::string out;
};

struct WitnessArgs {
  std::string key;
  std::string state;
  double every = 0;
  double refresh = 1200;
};

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Usage(absl::StrCat(path, " cannot be read"));
  return std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A bar that takes how far the work has come, not how far it went on.
EntriesDone ShowOn(Progress& progress, uint64_t& shown) {
  return [&progress, &shown](uint64_t done) {
    progress.Advance(done - shown);
    shown = done;
  };
}

int PrintVerified(const CliContext& context, const CheckpointInfo& to, uint64_t entries,
                  absl::Duration took) {
  const std::string root = absl::BytesToHexString(to.root_hash);
  if (context.output == Output::kJson) {
    return PrintObject(context, {{"logId", TextValue(to.log_id)},
                                 {"treeSize", TextValue(absl::StrCat(to.tree_size))},
                                 {"rootHash", TextValue(root)},
                                 {"entries", TextValue(absl::StrCat(entries))},
                                 {"seconds", NumberValue(absl::ToDoubleSeconds(took))}});
  }
  context.out << to.log_id << ": " << entries << " of " << to.tree_size
              << " entries verified; they lead to the signed root\nroot " << root << "\n";
  return 0;
}

struct KnownLog {
  LogKeys keys;
  std::string receipts;  // beside which is what the keys were followed to
};
absl::StatusOr<KnownLog> ProfileLog(const CliContext& context) {
  const absl::StatusOr<Profile> profile = context.LoadProfile();
  if (!profile.ok()) return profile.status();
  absl::StatusOr<LogKeys> keys = LoadLogKeys(*profile);
  if (!keys.ok()) return keys.status();
  return KnownLog{*std::move(keys), profile->receipts_path};
}

int VerifyFolder(const CliContext& context, const std::string& folder) {
  const absl::StatusOr<KnownLog> known = ProfileLog(context);
  if (!known.ok()) return context.Fail(known.status());
  const absl::Time start = absl::Now();
  Progress progress("entries", 0, context.err);
  uint64_t shown = 0;
  const auto verified = VerifyTiles(known->keys, folder, ShowOn(progress, shown), known->receipts);
  if (!verified.ok()) return context.Fail(verified.status());
  return PrintVerified(context, *verified, verified->tree_size, absl::Now() - start);
}

absl::StatusOr<std::optional<CheckpointInfo>> EarlierCheckpoint(const KnownLog& known,
                                                                const std::string& path) {
  if (path.empty()) return std::nullopt;
  const absl::StatusOr<std::string> note = ReadText(path);
  if (!note.ok()) return note.status();
  absl::StatusOr<CheckpointInfo> since = OpenNote(known.keys, *note, known.receipts);
  if (!since.ok()) return since.status();
  return *std::move(since);
}

// The log as the hub shows it now, held against what the profile saw before.
struct OpenLog {
  std::shared_ptr<AuditConnection> audit;
  CheckpointInfo head;
};
absl::StatusOr<OpenLog> OpenNewest(const CliContext& context) {
  const absl::StatusOr<Profile> profile = context.LoadProfile();
  if (!profile.ok()) return profile.status();
  const auto keeper = OpenKeeper(*profile, profile->receipts_path);
  if (!keeper.ok()) return keeper.status();
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return hub.status();
  OpenLog log{MakeAuditConnection(*hub), {}};
  absl::StatusOr<CheckpointInfo> head = (*keeper)->Advance(*log.audit);
  if (!head.ok()) return head.status();
  log.head = *std::move(head);
  return log;
}

int RunTiles(const CliContext& context, const TilesArgs& args) {
  const absl::StatusOr<OpenLog> log = OpenNewest(context);
  if (!log.ok()) return context.Fail(log.status());
  const CheckpointInfo& head = log->head;
  Progress progress("entries", head.tree_size, context.err);
  uint64_t shown = 0;
  const absl::Status written = ExportTiles(*log->audit, head, args.folder, ShowOn(progress, shown));
  if (!written.ok()) return context.Fail(written);
  if (context.output == Output::kJson) {
    return PrintObject(context, {{"folder", TextValue(args.folder)},
                                 {"treeSize", TextValue(absl::StrCat(head.tree_size))}});
  }
  context.out << args.folder << " holds the tiles of " << head.log_id << " at " << head.tree_size
              << " entries\n";
  return 0;
}

int RunVectorFiles(const CliContext& context, const VectorsArgs& args) {
  VectorsReport total;
  for (const std::string& path : args.files) {
    const absl::StatusOr<std::string> text = ReadText(path);
    if (!text.ok()) return context.Fail(text.status());
    const absl::StatusOr<VectorsReport> report = RunVectors(*text);
    if (!report.ok()) {
      return context.Fail(Usage(absl::StrCat(path, ": ", report.status().message())));
    }
    total.passed += report->passed;
    total.failed += report->failed;
    for (const std::string& name : report->failures) {
      context.err << path << ": " << name << "\n";
    }
  }
  if (context.output == Output::kJson) {
    PrintObject(context,
                {{"passed", NumberValue(total.passed)}, {"failed", NumberValue(total.failed)}});
  } else {
    context.out << total.passed << " passed, " << total.failed << " failed\n";
  }
  return total.failed == 0 ? 0 : static_cast<int>(absl::StatusCode::kDataLoss);
}

int RunWitnessKey(const CliContext& context, const WitnessKeyArgs& args) {
  const absl::StatusOr<std::string> key = CreateWitnessKey(args.out, args.name);
  if (!key.ok()) return context.Fail(key.status());
  if (context.output == Output::kJson) {
    return PrintObject(context, {{"verifierKey", TextValue(*key)}});
  }
  context.out << *key << "\n";
  return 0;
}

int PrintRound(const CliContext& context, const Cosigned& round) {
  if (context.output == Output::kJson) {
    return PrintObject(context, {{"treeSize", TextValue(absl::StrCat(round.tree_size))},
                                 {"signed", TextValue(round.is_new ? "now" : "before")},
                                 {"witnesses", NumberValue(round.witnesses)}});
  }
  context.out << (round.is_new ? "signed" : "had signed") << " the log at " << round.tree_size
              << " entries";
  if (round.is_new) {
    context.out << "; " << round.witnesses << " witness(es)"
                << (round.quorum_met ? ", which is enough" : ", and more are asked for");
  }
  context.out << std::endl;
  return 0;
}

// A hub that cannot be reached is tried again; anything else that is wrong ends the witness, for
// somebody to look.
int KeepWitnessing(const CliContext& context, Witness& witness, AuditConnection& audit,
                   const WitnessArgs& args) {
  for (;;) {
    const absl::StatusOr<Cosigned> round = witness.Cosign(audit, absl::Seconds(args.refresh));
    const bool passes = absl::IsUnavailable(round.status()) ||
                        absl::IsDeadlineExceeded(round.status()) ||
                        absl::IsResourceExhausted(round.status());
    if (!round.ok() && !(passes && args.every > 0)) return context.Fail(round.status());
    if (round.ok()) {
      PrintRound(context, *round);
    } else {
      context.err << HubError::FromStatus(round.status()).OneLine() << std::endl;
    }
    if (args.every <= 0) return 0;
    absl::SleepFor(absl::Seconds(args.every));
  }
}

int RunWitness(const CliContext& context, const WitnessArgs& args) {
  const absl::StatusOr<KnownLog> known = ProfileLog(context);
  if (!known.ok()) return context.Fail(known.status());
  const std::string state = args.state.empty() ? args.key + ".state" : args.state;
  const auto witness = Witness::Create(known->keys, args.key, state);
  if (!witness.ok()) return context.Fail(witness.status());
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  return KeepWitnessing(context, **witness, *MakeAuditConnection(*hub), args);
}

void AddTilesOptions(CLI::App& command, TilesArgs& args) {
  command.add_option("OUT", args.folder, "The folder to write, or to go on with")->required();
}

void AddVectorsOptions(CLI::App& command, VectorsArgs& args) {
  command.add_option("FILE", args.files, "JSON arrays of inclusion or consistency vectors")
      ->required();
}

void AddWitnessKeyOptions(CLI::App& command, WitnessKeyArgs& args) {
  command.add_option("NAME", args.name, "The witness's name, such as bromley.example/witness")
      ->required();
  command.add_option("--out", args.out, "The key's file; it must not be there yet")->required();
}

void AddWitnessOptions(CLI::App& command, WitnessArgs& args) {
  command.add_option("--key", args.key, "The witness's key, as witness-key made it")->required();
  command.add_option("--state", args.state,
                     "Where it remembers what it signed; otherwise beside the key");
  command.add_option("--every", args.every, "Go on, once in so many seconds; otherwise once");
  command.add_option("--refresh", args.refresh,
                     "Sign a head again after so many seconds, where the log stands still");
}

}  // namespace

absl::StatusOr<std::unique_ptr<ReceiptKeeper>> OpenKeeper(const Profile& profile,
                                                          const std::string& path) {
  const absl::StatusOr<LogKeys> keys = LoadLogKeys(profile);
  if (!keys.ok()) return keys.status();
  return ReceiptKeeper::Create(*keys, path, Options());
}

void AddVerifyLogOptions(CLI::App& command, VerifyLogArgs& args) {
  command.add_flag("--log", args.log, "The whole log: every hash that the hub holds");
  command.add_option("--since", args.since,
                     "The log from this checkpoint on, a note that was saved earlier");
  command.add_option("--tiles", args.tiles, "A folder of tiles, without asking the hub");
}

int RunVerifyLog(const CliContext& context, const VerifyLogArgs& args) {
  if (!args.tiles.empty()) return VerifyFolder(context, args.tiles);
  const absl::StatusOr<KnownLog> known = ProfileLog(context);
  if (!known.ok()) return context.Fail(known.status());
  const auto since = EarlierCheckpoint(*known, args.since);
  if (!since.ok()) return context.Fail(since.status());
  const absl::StatusOr<OpenLog> log = OpenNewest(context);
  if (!log.ok()) return context.Fail(log.status());
  const CheckpointInfo* from = since->has_value() ? &**since : nullptr;
  const uint64_t entries = log->head.tree_size - (from == nullptr ? 0 : from->tree_size);
  const absl::Time start = absl::Now();
  Progress progress("entries", entries, context.err);
  uint64_t shown = 0;
  const absl::Status verified = VerifyLog(*log->audit, log->head, from, ShowOn(progress, shown));
  if (!verified.ok()) return context.Fail(verified);
  return PrintVerified(context, log->head, entries, absl::Now() - start);
}

void AddLogCommands(CLI::App& audit, Action* chosen) {
  AddCommand<TilesArgs>(audit, "tiles", "Export the log's tree as tiles: hashes only", chosen,
                        RunTiles, AddTilesOptions);
  AddCommand<VectorsArgs>(audit, "vectors", "Run Merkle test vectors through this verifier", chosen,
                          RunVectorFiles, AddVectorsOptions);
  AddCommand<WitnessKeyArgs>(audit, "witness-key", "Make a key to witness the log with", chosen,
                             RunWitnessKey, AddWitnessKeyOptions);
  AddCommand<WitnessArgs>(audit, "witness",
                          "Cosign the log's head, if it extends the last one signed here", chosen,
                          RunWitness, AddWitnessOptions);
}

}  // namespace ehchub
