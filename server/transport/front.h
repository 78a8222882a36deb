// What every call meets between gRPC and its service.
#ifndef EHC_SERVER_TRANSPORT_FRONT_H_
#define EHC_SERVER_TRANSPORT_FRONT_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "server/base/clock.h"
#include "server/base/executor.h"
#include "server/base/quota_book.h"
#include "server/identity/authenticator.h"
#include "server/identity/registry.h"
#include "server/transport/connections.h"
#include "server/transport/metrics.h"
#include "server/transport/options.h"
#include "server/transport/pace.h"
#include "server/transport/streams.h"

namespace ehc {

struct Front {
  Executor& executor;
  const AgencyRegistry& registry;
  Authenticator& authenticator;
  const Clock& clock;
  Connections& connections;
  Metrics& metrics;
  Streams& streams;
  const std::atomic<bool>& draining;
  int streams_per_connection;    // that gRPC's peers keep to
  int max_calls_per_connection;  // of those that do not
  QuotaBook& quotas;
  const QuotaOptions& quota_options;
  // Whether a certificate, by its fingerprint, is on a revocation list in use. Null: nobody is.
  std::function<bool(const std::string& credential)> is_listed;
  // Shared with calls: one that ends late may outlive the server. What is turned away has a thread
  // of its own, so that a flood of it holds up no answer.
  std::shared_ptr<Pace> pace;
  std::shared_ptr<Pace> turned_away;
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_FRONT_H_
