#include <time.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "server/app/policy_tool/commands.h"
#include "server/policy/analyse.h"
#include "server/policy/engine.h"
#include "server/policy/generate.h"

namespace ehc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRequests = 2000;

double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

int64_t NanosSince(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
}

// What reading the clock twice costs: taken off every single measurement.
int64_t ClockCost() {
  std::vector<int64_t> costs;
  for (int i = 0; i < 20000; ++i) costs.push_back(NanosSince(Clock::now()));
  std::nth_element(costs.begin(), costs.begin() + 10000, costs.end());
  return costs[10000];
}

struct Measured {
  int clauses = 0;
  double decisions_per_cpu_second = 0;
  double bulk_checks_per_cpu_second = 0;
  int64_t p50_ns = 0;
  int64_t p99_ns = 0;
  double load_ms = 0;
  double permitted = 0;  // share of the requests
  int shapes = 0;
};

// The sum keeps the compiler from dropping the work.
uint64_t DecideAll(const GeneratedWork& work, const PolicySnapshot& policy) {
  uint64_t sum = 0;
  for (size_t i = 0; i < work.requests.size(); ++i) {
    sum += Decide(work.requests[i], work.facts[i], work.now, policy).granted;
  }
  return sum;
}

void MeasureThroughput(const GeneratedWork& work, const PolicySnapshot& policy, Measured* result) {
  uint64_t sum = DecideAll(work, policy);
  const double start = CpuSeconds();
  int64_t decisions = 0;
  while (CpuSeconds() - start < 1.0) {
    sum += DecideAll(work, policy);
    decisions += static_cast<int64_t>(work.requests.size());
  }
  result->decisions_per_cpu_second = static_cast<double>(decisions) / (CpuSeconds() - start);
  if (sum == 0) std::cerr << "nothing was permitted\n";
}

void MeasureLatency(const GeneratedWork& work, const PolicySnapshot& policy, Measured* result) {
  std::vector<int64_t> nanos;
  const int64_t cost = ClockCost();
  int permitted = 0;
  for (int round = 0; round < 100; ++round) {
    for (size_t i = 0; i < work.requests.size(); ++i) {
      const Clock::time_point start = Clock::now();
      const Decision decision = Decide(work.requests[i], work.facts[i], work.now, policy);
      nanos.push_back(std::max<int64_t>(0, NanosSince(start) - cost));
      permitted += decision.permits() ? 1 : 0;
    }
  }
  std::sort(nanos.begin(), nanos.end());
  result->p50_ns = nanos[nanos.size() / 2];
  result->p99_ns = nanos[nanos.size() * 99 / 100];
  result->permitted = static_cast<double>(permitted) / static_cast<double>(nanos.size());
}

// One caller, purpose and record type over many children.
void MeasureBulk(const GeneratedWork& work, const PolicySnapshot& policy, Measured* result) {
  uint64_t sum = 0;
  int64_t checks = 0;
  const double start = CpuSeconds();
  for (size_t at = 0; CpuSeconds() - start < 0.5; at = (at + 1) % work.requests.size()) {
    const Residual residual(work.requests[at], work.now, policy);
    for (size_t child = 0; child < 1000; ++child) {
      sum += residual.Decide(work.facts[(at + child) % work.facts.size()]).granted;
    }
    checks += 1000;
  }
  result->bulk_checks_per_cpu_second = static_cast<double>(checks) / (CpuSeconds() - start);
  if (sum == 1) std::cerr << "\n";
}

}  // namespace

int RunBench(const ToolOptions& options) {
  const auto base = ReadPolicyFolder(options.folder);
  if (!base.ok()) return Fail(base.status());
  std::vector<Measured> all;
  for (int clauses : options.bench_clauses) {
    const GeneratedWork work = GenerateWork(*base, clauses, kRequests, 1);
    Measured result;
    result.clauses = clauses;
    const Clock::time_point start = Clock::now();
    const auto policy = PolicySnapshot::Compile(work.source, {false, nullptr});
    if (!policy.ok()) return Fail(policy.status());
    const auto findings = Analyse(**policy, work.now);
    result.load_ms = static_cast<double>(NanosSince(start)) * 1e-6;
    result.shapes = ShapeCount(**policy);
    MeasureThroughput(work, **policy, &result);
    MeasureLatency(work, **policy, &result);
    MeasureBulk(work, **policy, &result);
    all.push_back(result);
  }
  if (options.json) {
    nlohmann::json rows = nlohmann::json::array();
    for (const Measured& row : all) {
      rows.push_back({{"clauses", row.clauses},
                      {"decisions_per_cpu_second", row.decisions_per_cpu_second},
                      {"p50_ns", row.p50_ns},
                      {"p99_ns", row.p99_ns},
                      {"load_ms", row.load_ms},
                      {"bulk_checks_per_cpu_second", row.bulk_checks_per_cpu_second},
                      {"permitted", row.permitted},
                      {"shapes", row.shapes}});
    }
    std::cout << rows.dump(2) << "\n";
    return 0;
  }
  std::cout << "clauses  decisions/CPU-s  p50 ns  p99 ns  load ms  bulk checks/CPU-s  shapes\n";
  for (const Measured& row : all) {
    std::cout << absl::StreamFormat("%7d  %15.0f  %6d  %6d  %7.0f  %17.0f  %6d\n", row.clauses,
                                    row.decisions_per_cpu_second, row.p50_ns, row.p99_ns,
                                    row.load_ms, row.bulk_checks_per_cpu_second, row.shapes);
  }
  return 0;
}

}  // namespace ehc
