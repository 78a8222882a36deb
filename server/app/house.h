// House: every room of a running hub, furnished in the order of the layers and torn down in
// reverse.
#ifndef EHC_SERVER_APP_HOUSE_H_
#define EHC_SERVER_APP_HOUSE_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/app/log_head.h"
#include "server/audit/checkpointer.h"
#include "server/base/clock.h"
#include "server/model/identifiers.h"
#include "server/transport/options.h"

namespace ehc {

struct HouseOptions {
  std::string data_folder;
  std::string policy_folder;
  std::string audience = "ehc-hub";  // what acting persons' assertions must name as aud
  // "test" or "live": refused where the hub was founded for the other. Empty: as it was founded.
  std::string expected_mode;
  // Development: unsigned agreements count, what the folder says is activated at start, reflection.
  bool development = false;
  // How often the policy is confirmed against the store (zero: only when something changes it), and
  // for how long it may go unconfirmed before the hub decides nothing (DECISION_UNAVAILABLE).
  absl::Duration policy_refresh = absl::Seconds(10);
  absl::Duration max_policy_staleness = absl::Minutes(5);
  // How often near matches are looked for and written, as one entry of the log whether there are
  // any or not (docs/adr/0039); zero: each at once.
  absl::Duration near_match_interval = absl::Minutes(30);
  // How many witnesses make a head witnessed, and how long a head is offered to them.
  WitnessSettings witnesses;
  OperatorsWord word;
  // How often the process tries its own front door (main).
  absl::Duration door_probe_interval = absl::Seconds(10);
  // Hold agencies to policies/vocabulary/quotas.textproto.
  bool quotas = true;
  // GET /metrics on this port of 127.0.0.1, in the clear; 0: any free one; absent: nowhere.
  std::optional<int> metrics_port;
  // The folder through which enrolments are handed to ehc-enrol; empty: there is none.
  std::string enrolment_spool;
  // The journal of erasures; empty: beside the store (docs/operations/erasure.md).
  std::string erasure_journal;
  ServerOptions server;
};

class House {
 public:
  // Serving when it returns. PreparePlatform() must have succeeded.
  static absl::StatusOr<std::unique_ptr<House>> Open(const HouseOptions& options, Clock& clock);
  virtual ~House() = default;

  virtual int port() const = 0;
  virtual int metrics_port() const = 0;  // 0: there is none
  virtual std::string MetricsText() const = 0;

  // Refuses new calls, lets those in flight finish, then closes the store.
  virtual void Drain(absl::Duration patience) = 0;
};

}  // namespace ehc

#endif  // EHC_SERVER_APP_HOUSE_H_
