// ehc-hub: founds a hub (init) and runs it (serve). docs/operations has the whole story.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/app/found.h"
#include "server/app/house.h"
#include "server/app/log_keys.h"
#include "server/app/stop_signals.h"
#include "server/base/log.h"
#include "server/transport/platform_setup.h"
#include "server/transport/probe.h"

namespace {

constexpr absl::Duration kDrainPatience = absl::Seconds(20);
constexpr int kRestartMe = 75;  // EX_TEMPFAIL: for the supervisor

struct KeyOptions {
  std::string data_folder;
  std::string kind;
  std::string erasure_journal;
};

int Fail(const absl::Status& status) {
  std::cerr << "ehc-hub: " << status.message() << "\n";
  return static_cast<int>(status.code());
}

// Returns true when asked to stop; false when the front door no longer answers, which on this
// platform only a new process cures (docs/threat-model.md: descriptor exhaustion).
bool WaitForStop(const sigset_t& stop, const std::string& address, int port,
                 absl::Duration interval) {
  const timespec probe_interval = absl::ToTimespec(interval);
  constexpr int kFailuresTolerated = 3;
  for (int failures = 0; failures < kFailuresTolerated;) {
    if (sigtimedwait(&stop, nullptr, &probe_interval) > 0) return true;
    const absl::Status answers = ehc::ProbeThroughFrontDoor(address, port, absl::Seconds(5));
    failures = answers.ok() ? 0 : failures + 1;
    if (!answers.ok()) ehc::LogWarning("front door did not answer", {{"in_a_row", failures}});
  }
  return false;
}

int Init(const ehc::FoundingOptions& options) {
  const absl::Status founded = ehc::FoundHub(options, ehc::SystemClock());
  if (!founded.ok()) return Fail(founded);
  std::cout << "founded a hub in " << options.data_folder << "\n"
            << "agencies' profiles need log.id, log.vkey and promise.pub.pem from there\n";
  return 0;
}

int Serve(const ehc::HouseOptions& options) {
  const sigset_t stop = ehc::BlockStopSignals();
  const absl::Status prepared = ehc::PreparePlatform();
  if (!prepared.ok()) return Fail(prepared);
  auto house = ehc::House::Open(options, ehc::SystemClock());
  if (!house.ok()) return Fail(house.status());
  std::cout << "serving on " << options.server.address << ":" << (*house)->port() << std::endl;
  if ((*house)->metrics_port() != 0) {
    std::cout << "metrics on 127.0.0.1:" << (*house)->metrics_port() << std::endl;
  }
  const bool asked =
      WaitForStop(stop, options.server.address, (*house)->port(), options.door_probe_interval);
  ehc::LogInfo("draining");
  (*house)->Drain(kDrainPatience);
  house->reset();
  ehc::LogInfo("stopped");
  return asked ? 0 : kRestartMe;
}

void AddInit(CLI::App& app, ehc::FoundingOptions& options) {
  CLI::App& init = *app.add_subcommand("init", "found a hub, once");
  init.add_option("--data", options.data_folder, "folder to make")->required();
  init.add_option("--operator-id", options.operator_id, "id of the operator agency");
  init.add_option("--operator-name", options.operator_name, "its display name");
  init.add_option("--operator-certificate", options.certificate_file, "its certificate (PEM)")
      ->required();
  init.add_option("--operator-assertion-key", options.assertion_keys,
                  "user=FILE: the public key of that person's assertions (PEM); each has their own")
      ->required();
  init.add_option("--person", options.people,
                  "user=ROLE[,ROLE]; two people at least, who hold HUB_ADMIN, "
                  "HUB_POLICY_OFFICER and HUB_AUDITOR between them; HUB_IDENTITY_OFFICER: "
                  "two people who decide doubtful matches")
      ->required();
  init.add_option("--mode", options.mode,
                  "test: synthetic NHS numbers only; live: issued ones only. For good")
      ->check(CLI::IsMember({"test", "live"}));
  init.add_option("--policies", options.policy_folder,
                  "folder of the first policy; later ones take two people");
}

void AddJournal(CLI::App& command, std::string& erasure_journal) {
  command.add_option("--erasure-journal", erasure_journal,
                     "the journal of erasures; otherwise hub.db.erasures in --data");
}

void AddKeyCommands(CLI::App& app, KeyOptions& options) {
  CLI::App& rotate =
      *app.add_subcommand("rotate-key", "change a key of the log; stop the hub first");
  rotate.add_option("KEY", options.kind, "checkpoint or promise")
      ->required()
      ->check(CLI::IsMember({"checkpoint", "promise"}));
  rotate.add_option("--data", options.data_folder, "folder that init made")->required();
  AddJournal(rotate, options.erasure_journal);
  CLI::App& retire = *app.add_subcommand(
      "retire-key", "destroy the checkpoint key that was changed; stop the hub first");
  retire.add_option("--data", options.data_folder, "folder that init made")->required();
  AddJournal(retire, options.erasure_journal);
}

int RotateKey(const KeyOptions& options) {
  const ehc::LogKeyKind kind =
      options.kind == "promise" ? ehc::LogKeyKind::kPromise : ehc::LogKeyKind::kCheckpoint;
  const absl::Status rotated =
      ehc::RotateLogKey(options.data_folder, kind, ehc::SystemClock(), options.erasure_journal);
  if (!rotated.ok()) return Fail(rotated);
  std::cout << "the " << options.kind << " key is changed; agencies follow by themselves\n";
  return 0;
}

int RetireKey(const KeyOptions& options) {
  const absl::Status retired =
      ehc::RetireLogKey(options.data_folder, ehc::SystemClock(), options.erasure_journal);
  if (!retired.ok()) return Fail(retired);
  std::cout << "the former checkpoint key is destroyed\n";
  return 0;
}

void AddSeconds(CLI::App& app, const std::string& name, absl::Duration& value,
                const std::string& what) {
  app.add_option_function<double>(
         name, [&value](double seconds) { value = absl::Seconds(seconds); }, what)
      ->check(CLI::PositiveNumber);
}

void AddServe(CLI::App& app, ehc::HouseOptions& options, std::string& tls, std::string& mode) {
  CLI::App& serve = *app.add_subcommand("serve", "run the hub in the foreground");
  serve.add_option("--data", options.data_folder, "folder that init made")->required();
  serve.add_option("--policies", options.policy_folder, "policies folder")->required();
  serve.add_option("--tls", tls, "folder with hub.key, hub.pem, ca.pem and crl.pem, if any")
      ->required();
  serve.add_flag("--require-crl", options.server.tls.require_lists,
                 "let nobody in whose authority has no revocation list in force in crl.pem");
  serve.add_option("--address", options.server.address, "numeric address to listen on");
  serve.add_option("--port", options.server.port, "port to listen on; 0: any");
  serve.add_option("--audience", options.audience, "audience of acting persons' assertions");
  serve
      .add_option("--mode", mode,
                  "test or live: refuse to serve a hub that was founded for the other")
      ->check(CLI::IsMember({"test", "live"}));
  AddSeconds(
      serve, "--answer-pace", options.server.pace.first,
      "seconds after a call's arrival at which a no leaves, or what is alike for every child; "
      "longer than this disk takes to sync");
  AddSeconds(serve, "--policy-refresh", options.policy_refresh,
             "seconds between confirmations of the policy against the store");
  AddSeconds(serve, "--policy-max-staleness", options.max_policy_staleness,
             "seconds without one after which nothing is decided any more");
  serve
      .add_option("--witness-quorum", options.witnesses.quorum,
                  "how many agencies' cosignatures make a checkpoint witnessed")
      ->check(CLI::Range(1, 60));
  AddSeconds(serve, "--near-match-interval", options.near_match_interval,
             "seconds between looks for children registered twice; each is one entry of the log");
  AddSeconds(serve, "--witness-hold", options.witnesses.hold,
             "seconds for which one checkpoint is offered to witnesses");
  serve.add_option("--checkpoint", options.word.outside_checkpoint,
                   "a cosigned checkpoint from outside, which the log must extend");
  serve.add_flag("--accept-restored-log", options.word.accept_restored_log,
                 "once: the log lost entries or its key; begin a new log over what is there");
  serve.add_flag("--accept-clock", options.word.accept_clock,
                 "once: the clock is behind the log's last entry, and right");
  serve.add_option("--metrics-port", options.metrics_port,
                   "serve GET /metrics on this port of 127.0.0.1; 0: any; otherwise nowhere");
  serve
      .add_option("--enrolment-spool", options.enrolment_spool,
                  "folder in which enrolments are handed to ehc-enrol")
      ->check(CLI::ExistingDirectory);
  AddJournal(serve, options.erasure_journal);
  AddSeconds(serve, "--door-probe", options.door_probe_interval,
             "seconds between probes through the hub's own front door; it ends after three that "
             "fail, for its supervisor to start it again");
  serve.add_flag("--development", options.development,
                 "unsigned agreements count; reflection is on");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The EHC hub");
  app.require_subcommand(1);
  ehc::FoundingOptions founding;
  ehc::HouseOptions house;
  std::string tls;
  std::string mode;
  AddInit(app, founding);
  AddServe(app, house, tls, mode);
  KeyOptions keys;
  AddKeyCommands(app, keys);
  CLI11_PARSE(app, argc, argv);
  if (app.got_subcommand("init")) return Init(founding);
  if (app.got_subcommand("rotate-key")) return RotateKey(keys);
  if (app.got_subcommand("retire-key")) return RetireKey(keys);
  const bool require_lists = house.server.tls.require_lists;
  house.server.tls = ehc::TlsFiles::InDirectory(tls);
  house.expected_mode = mode;
  house.server.tls.require_lists = require_lists;
  return Serve(house);
}
