#include "tests/bench/e2e/bench_run.h"

#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "tests/bench/e2e/bench_world.h"
#include "tests/bench/e2e/child_process.h"
#include "tests/bench/e2e/cores.h"
#include "tests/bench/e2e/disk.h"
#include "tests/bench/e2e/echo_server.h"
#include "tests/bench/e2e/load_client.h"

namespace ehc {
namespace {

double Micros(absl::Duration duration) { return absl::ToDoubleMicroseconds(duration); }

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? std::nan("") : values[values.size() / 2];
}

// One number of every round.
template <typename T>
double MedianOf(const std::vector<T>& rounds, const std::function<double(const T&)>& number) {
  std::vector<double> values;
  for (const T& round : rounds) values.push_back(number(round));
  return Median(std::move(values));
}

struct Measured {
  Round round;
  absl::Duration cpu;  // of the server, in the same time
};

struct SyncRound {
  double per_s = 0;
  double p99_us = 0;
};

// Of one stage, all calls together.
struct StageTotal {
  double seconds = 0;
  double calls = 0;
};
using Stages = std::vector<std::pair<std::string, StageTotal>>;

// The lines ehc_stage_seconds_sum{stage="…"} N and …_count{stage="…"} N of the metrics.
Stages ReadStages(absl::string_view metrics) {
  Stages stages;
  for (absl::string_view line : absl::StrSplit(metrics, '\n')) {
    const bool is_sum = absl::ConsumePrefix(&line, "ehc_stage_seconds_sum{stage=\"");
    if (!is_sum && !absl::ConsumePrefix(&line, "ehc_stage_seconds_count{stage=\"")) continue;
    const std::pair<std::string, std::string> parts = absl::StrSplit(line, "\"} ");
    auto stage = std::find_if(stages.begin(), stages.end(),
                              [&](const auto& known) { return known.first == parts.first; });
    if (stage == stages.end()) stage = stages.insert(stage, {parts.first, {}});
    (void)absl::SimpleAtod(parts.second, is_sum ? &stage->second.seconds : &stage->second.calls);
  }
  return stages;
}

std::vector<std::pair<std::string, double>> MeansBetween(const Stages& before,
                                                         const Stages& after) {
  std::vector<std::pair<std::string, double>> means;
  for (size_t i = 0; i < after.size() && i < before.size(); ++i) {
    const double calls = after[i].second.calls - before[i].second.calls;
    const double seconds = after[i].second.seconds - before[i].second.seconds;
    if (calls > 0) means.emplace_back(after[i].first, seconds * 1e6 / calls);
  }
  return means;
}

// How the time is divided: a round is hub, echo and disk, each after a little warming up.
struct Shares {
  explicit Shares(const BenchOptions& options) {
    const absl::Duration round =
        options.time / (options.rounds * static_cast<int>(options.in_flight.size()));
    load = round * 0.38;
    warm_up = round * 0.05;
    disk = round * 0.14;
  }
  absl::Duration load;
  absl::Duration warm_up;
  absl::Duration disk;
};

class Bench {
 public:
  Bench(const BenchOptions& options, std::string folder)
      : options_(options), folder_(std::move(folder)), shares_(options) {}

  absl::Status SetUp() {
    EHC_RETURN_IF_ERROR(CheckIsOnDisk(folder_));
    EHC_ASSIGN_OR_RETURN(world_, BenchWorld::Found(folder_));
    EHC_ASSIGN_OR_RETURN(
        hub_,
        ChildProcess::Start({"ehc-bench-hub", "--serve", options_.unpaced ? "unpaced hub" : "hub",
                             "--serve", world_->data_folder(), "--serve", world_->tls_folder()}));
    EHC_ASSIGN_OR_RETURN(
        echo_, ChildProcess::Start({"ehc-bench-echo", "--serve", "echo", "--serve", options_.echo,
                                    "--serve", world_->tls_folder()}));
    StayOn(Core::kClient);
    EHC_RETURN_IF_ERROR(world_->Populate(hub_->port(), options_.children));
    EHC_ASSIGN_OR_RETURN(askers_, world_->Askers());
    return absl::OkStatus();
  }

  absl::StatusOr<BenchRow> MeasureAt(int in_flight) {
    const int connections = std::min(options_.connections, in_flight);
    LoadClient to_hub(hub_->port(), askers_, connections);
    LoadClient to_echo(echo_->port(), {askers_[0]}, connections);
    EHC_RETURN_IF_ERROR(TeachEcho(to_echo));
    EHC_ASSIGN_OR_RETURN(std::vector<Question> questions, Load());
    to_hub.SetQuestions(std::move(questions));
    to_echo.SetQuestions(world_->Summaries());
    EHC_ASSIGN_OR_RETURN(const Stages before, StagesNow());
    std::vector<Measured> hub;
    std::vector<Measured> echo;
    std::vector<SyncRound> disk;
    for (int round = 0; round < options_.rounds; ++round) {
      EHC_RETURN_IF_ERROR(Measure(to_hub, *hub_, in_flight, &hub));
      EHC_RETURN_IF_ERROR(Measure(to_echo, *echo_, in_flight, &echo));
      EHC_RETURN_IF_ERROR(MeasureDisk(&disk));
    }
    EHC_ASSIGN_OR_RETURN(const Stages after, StagesNow());
    BenchRow row = Summarise(in_flight, hub, echo, disk);
    row.stages_us = MeansBetween(before, after);
    return row;
  }

 private:
  absl::StatusOr<std::vector<Question>> Load() {
    if (options_.load == "registrations") return world_->Registrations();
    return options_.load == "mix" ? world_->Mix() : world_->Summaries();
  }

  // What it answers whatever the load: a summary of the hub's.
  absl::Status TeachEcho(LoadClient& to_echo) {
    LoadClient asker(hub_->port(), askers_, 1);
    asker.SetQuestions(world_->Summaries());
    EHC_RETURN_IF_ERROR(asker.Run(1, shares_.warm_up).status());
    return to_echo.Send(kEchoLearn, asker.last_answer());
  }

  absl::StatusOr<Stages> StagesNow() {
    EHC_ASSIGN_OR_RETURN(const std::string metrics, hub_->Ask("metrics"));
    return ReadStages(metrics);
  }

  absl::Status Measure(LoadClient& client, const ChildProcess& server, int in_flight,
                       std::vector<Measured>* measured) const {
    EHC_RETURN_IF_ERROR(client.Run(in_flight, shares_.warm_up).status());
    const absl::Duration before = server.CpuTime();
    EHC_ASSIGN_OR_RETURN(const Round round, client.Run(in_flight, shares_.load));
    measured->push_back({round, server.CpuTime() - before});
    return absl::OkStatus();
  }

  absl::Status MeasureDisk(std::vector<SyncRound>* measured) const {
    EHC_ASSIGN_OR_RETURN(std::vector<absl::Duration> times, TimeSyncs(folder_, shares_.disk));
    absl::Duration total;
    for (absl::Duration time : times) total += time;
    std::sort(times.begin(), times.end());
    measured->push_back({static_cast<double>(times.size()) / absl::ToDoubleSeconds(total),
                         Micros(times[(times.size() - 1) * 99 / 100])});
    return absl::OkStatus();
  }

  static BenchRow Summarise(int in_flight, const std::vector<Measured>& hub,
                            const std::vector<Measured>& echo, const std::vector<SyncRound>& disk) {
    using M = Measured;
    const auto per_s = [](const M& m) {
      return static_cast<double>(m.round.calls) / absl::ToDoubleSeconds(m.round.wall);
    };
    const auto p50 = [](const M& m) { return Micros(m.round.p50); };
    const auto p99 = [](const M& m) { return Micros(m.round.p99); };
    const auto cpu = [](const M& m) { return Micros(m.cpu) / static_cast<double>(m.round.calls); };
    BenchRow row;
    row.in_flight = in_flight;
    row.hub_per_s = MedianOf<M>(hub, per_s);
    row.echo_per_s = MedianOf<M>(echo, per_s);
    row.ratio = row.hub_per_s / row.echo_per_s;
    row.hub_p50_us = MedianOf<M>(hub, p50);
    row.hub_p99_us = MedianOf<M>(hub, p99);
    row.echo_p50_us = MedianOf<M>(echo, p50);
    row.echo_p99_us = MedianOf<M>(echo, p99);
    row.hub_cpu_us = MedianOf<M>(hub, cpu);
    row.echo_cpu_us = MedianOf<M>(echo, cpu);
    row.fdatasync_per_s = MedianOf<SyncRound>(disk, [](const SyncRound& s) { return s.per_s; });
    row.fdatasync_p99_us = MedianOf<SyncRound>(disk, [](const SyncRound& s) { return s.p99_us; });
    return row;
  }

  const BenchOptions& options_;
  const std::string folder_;
  const Shares shares_;
  std::unique_ptr<BenchWorld> world_;
  std::unique_ptr<ChildProcess> hub_;
  std::unique_ptr<ChildProcess> echo_;
  std::vector<ClientIdentity> askers_;
};

absl::StatusOr<std::vector<BenchRow>> RunIn(const std::string& folder,
                                            const BenchOptions& options) {
  Bench bench(options, folder);
  EHC_RETURN_IF_ERROR(bench.SetUp());
  std::vector<BenchRow> rows;
  for (const int in_flight : options.in_flight) {
    EHC_ASSIGN_OR_RETURN(BenchRow row, bench.MeasureAt(in_flight));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

absl::StatusOr<std::vector<BenchRow>> RunBench(const BenchOptions& options) {
  (void)GrantedCores();
  if (!options.folder.empty()) return RunIn(options.folder, options);
  std::string folder = std::string(EHC_BINARY_DIR) + "/bench-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return absl::InternalError("no folder to work in");
  auto rows = RunIn(folder, options);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return rows;
}

}  // namespace ehc
