// A small world for the load: an authority, a trust, a school and a police force, and children
// whose plans and consents came through the API.
#ifndef EHC_TESTS_BENCH_E2E_BENCH_WORLD_H_
#define EHC_TESTS_BENCH_E2E_BENCH_WORLD_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/bench/e2e/load_client.h"
#include "tests/bench/e2e/newcomers.h"

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

  // Who asks: a paediatrician, a special needs coordinator, a caseworker, a police officer.
  absl::StatusOr<std::vector<ClientIdentity>> Askers() const;

  // The paediatrician asks for every child's plan summary.
  std::vector<Question> Summaries() const;
  // A day of the hub: of a hundred calls 70 ask for a status, 20 for a summary, 8 push a changed
  // status, and 2 make a request for records or take one back.
  std::vector<Question> Mix() const;
  // The caseworker registers a child whom nobody knows, another one with every call.
  absl::StatusOr<std::vector<Question>> Registrations();

 private:
  struct Keys;
  struct Person;
  absl::StatusOr<ClientIdentity> Identity(const Person& person) const;
  explicit BenchWorld(std::string folder);
  absl::Status WriteKeys() const;

  const std::string folder_;
  const std::unique_ptr<Keys> keys_;
  std::vector<std::string> children_;
  std::shared_ptr<Newcomers> newcomers_;
};

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_BENCH_WORLD_H_
