// Small random policies with requests and facts that come near them.
#ifndef EHC_TESTS_SUPPORT_POLICY_ORACLE_RANDOM_WORLD_H_
#define EHC_TESTS_SUPPORT_POLICY_ORACLE_RANDOM_WORLD_H_

#include <cstdint>
#include <random>
#include <string>

#include "absl/strings/string_view.h"
#include "server/model/facts.h"
#include "server/model/request.h"
#include "server/policy/snapshot.h"
#include "tests/support/policy_oracle/oracle.h"

namespace ehc {

// Where choices come from: a seed, or bytes that a fuzzer wrote (two a choice; after the last of
// them, a fixed seed). A uniform random bit generator.
class Choices {
 public:
  using result_type = uint64_t;
  explicit Choices(uint64_t seed) : engine_(seed) {}
  explicit Choices(absl::string_view bytes) : engine_(0), bytes_(bytes) {}

  static constexpr uint64_t min() { return 0; }
  static constexpr uint64_t max() { return ~uint64_t{0}; }
  uint64_t operator()() {
    if (bytes_.size() < 2) return engine_();
    const auto byte = [this](size_t i) { return static_cast<unsigned char>(bytes_[i]); };
    const uint64_t choice = byte(0) | (uint64_t{byte(1)} << 8);
    bytes_.remove_prefix(2);
    return choice;
  }

 private:
  std::mt19937_64 engine_;
  absl::string_view bytes_;
};

class RandomWorld {
 public:
  explicit RandomWorld(uint64_t seed) : RandomWorld(Choices(seed)) {}
  // The bytes must outlive the world.
  explicit RandomWorld(absl::string_view bytes) : RandomWorld(Choices(bytes)) {}

  const OraclePolicy& policy() const { return policy_; }

  // The same policy with its clauses in another order, as an officer's files.
  PolicySource Shuffled();
  std::shared_ptr<const PolicySnapshot> Compile(const PolicySource& source) const;

  PolicyRequest Request();
  Facts SomeFacts();
  absl::Time Now();

 private:
  explicit RandomWorld(Choices choices);

  uint32_t Below(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }
  bool Chance(uint32_t percent) { return Below(100) < percent; }
  PartMask Mask() { return random_() & random_() & 0x1F; }

  void MakeAgreement(int number);
  void MakeClause(int number, policy::v1::Agreement* agreement);
  void MakeOrganisation(const policy::v1::Agreement& agreement,
                        policy::v1::OrganisationSelector* selector);
  void MakeGuard(bool permit, policy::v1::Guard* guard);
  void MakeFlags(policy::v1::FlagGuard* guard);
  void AimAtAClause(PolicyRequest* request);
  void AimAt(const policy::v1::OrganisationSelector& selector, AgencyId* agency, std::string* type,
             std::string* region, UnitId* unit);

  Choices random_;
  OraclePolicy policy_;
};

// Holds engine and oracle against each other on `requests` requests to `worlds` worlds each, each
// world in two orders of clauses. Empty: they agree; else the first difference, with its seed.
// `compared` counts the comparisons.
std::string CompareWithOracle(uint64_t first_seed, int worlds, int requests, uint64_t* compared);

}  // namespace ehc

#endif  // EHC_TESTS_SUPPORT_POLICY_ORACLE_RANDOM_WORLD_H_
