// A small world for the load: two agencies, and children whose plans and consents came through the
// API.
#ifndef EHC_TESTS_BENCH_E2E_BENCH_WORLD_H_
#define EHC_TESTS_BENCH_E2E_BENCH_WORLD_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/bench/e2e/load_client.h"

namespace ehc {

inline constexpr char kBenchAudience[] = "ehc-hub";

class BenchWorld {
 public:
  // Makes keys and certificates and founds a hub in `folder`, which must be empty.
  static absl::StatusOr<std::unique_ptr<BenchWorld>> Found(const std::string& folder);
  ~BenchWorld();

  std::string data_folder() const { return folder_ + "/data"; }
  std::string tls_folder() const { return folder_ + "/tls"; }

  // Enrols the agencies at the hub on `port` and publishes `children` children with their plans and
  // consents.
  absl::Status Populate(int port, int children);

  // A paediatrician of the trust who asks for every child's plan summary.
  absl::StatusOr<ClientIdentity> Asker() const;
  std::vector<std::string> Questions() const;  // serialised GetPlanSummaryRequests

 private:
  struct Keys;
  explicit BenchWorld(std::string folder);
  absl::Status WriteKeys() const;

  const std::string folder_;
  const std::unique_ptr<Keys> keys_;
  std::vector<std::string> children_;
};

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_BENCH_WORLD_H_
