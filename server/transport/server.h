// HubServer: the front door, from the listening socket to the services.
#ifndef EHC_SERVER_TRANSPORT_SERVER_H_
#define EHC_SERVER_TRANSPORT_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/quota_book.h"
#include "server/identity/authenticator.h"
#include "server/identity/registry.h"
#include "server/transport/options.h"
#include "server/transport/services.h"

namespace ehc {

// Who tells the front door whom to let in. All outlive the server.
struct Gatekeepers {
  const AgencyRegistry& registry;
  Authenticator& authenticator;
  const Clock& clock;
  QuotaBook& quotas;
};

// Thread safe.
class HubServer {
 public:
  // Listens, with health NOT_SERVING; PreparePlatform() must have succeeded. What `services` expose
  // must outlive the server.
  static absl::StatusOr<std::unique_ptr<HubServer>> Start(const ServerOptions& options,
                                                          const Gatekeepers& gatekeepers,
                                                          std::vector<ServiceMaker> services);

  // Drains without patience if that has not been done.
  ~HubServer();

  int port() const;

  // Asked by a call's task: whether other calls wait behind it.
  bool more_calls_are_coming() const;
  // Asked by a call's task: whether it is to be served before others.
  bool is_at_safeguarding_call() const;

  // What grpc.health.v1.Health answers: true while policy is loaded and the store is well.
  void SetServing(bool serving);
  // The same for one part by name: "policy".
  void SetServing(const std::string& part, bool serving);

  // Cuts the connections of whoever is no longer admitted; bytes not yet sent are lost. Reload the
  // registry first: their next connection is then refused, and so are calls on their way. Return
  // how many connections were cut.
  size_t CutDishonoured();  // all that the registry no longer honours
  size_t CutAgency(const AgencyId& agency);
  size_t CutCredential(absl::string_view fingerprint);
  using Stays = absl::FunctionRef<bool(const AgencyId& agency, const std::string& credential)>;
  size_t CutUnless(Stays stays);

  // Ends in order: health says NOT_SERVING, one probe interval later new calls are refused with
  // DRAINING and no connection is accepted, calls in flight may finish within `patience` and
  // connections are closed as soon as they carry none, the rest is cancelled. Afterwards no service
  // is entered; continuations of cancelled calls may still come, and are dropped. Idempotent.
  void Drain(absl::Duration patience);

  size_t connections() const;
  std::string MetricsText() const;

 private:
  class Impl;
  explicit HubServer(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_SERVER_H_
