#include "server/transport/server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "server/base/executor.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/transport/accept.h"
#include "server/transport/connections.h"
#include "server/transport/front.h"
#include "server/transport/limits.h"
#include "server/transport/memory_guard.h"
#include "server/transport/metrics.h"
#include "server/transport/no_reflection.h"
#include "server/transport/platform_setup.h"
#include "server/transport/streams.h"
#include "server/transport/tls.h"
#include "server/transport/tls_keeper.h"

namespace ehc {
namespace {

// For everything that is not a connection: the store, the log, gRPC's own.
constexpr size_t kOtherDescriptors = 256;

// Beside the others, for safeguarding calls alone: none waits until an ordinary call has ended.
constexpr size_t kReservedThreads = 1;

// One for each core and one that waits for the disk meanwhile: what is beyond that makes a
// safeguarding call share its core with more. Rolls take two (services/record_exchange.h).
size_t ThreadsOf(const ServerOptions& options) {
  if (options.executor_threads > 0) return options.executor_threads;
  return std::clamp<size_t>(UsableCores() + 1, 3, 9);
}

// A connection takes two descriptors: gRPC's and ours.
absl::StatusOr<ConnectionLimits> FitToDescriptors(ConnectionLimits limits) {
  const size_t descriptors = DescriptorLimit();
  if (descriptors < kOtherDescriptors + 64) {
    return absl::FailedPreconditionError(
        absl::StrCat("this process may open ", descriptors,
                     " descriptors, too few to serve: raise LimitNOFILE, best to 65536"));
  }
  limits.total = std::min(limits.total, (descriptors - kOtherDescriptors) / 2);
  return limits;
}

void SetPlugins(bool development, grpc::ServerBuilder& builder) {
  grpc::EnableDefaultHealthCheckService(true);
  if (development) {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  } else {
    builder.SetOption(std::make_unique<WithoutReflection>());
  }
}

}  // namespace

class HubServer::Impl {
 public:
  Impl(const ServerOptions& options, const Gatekeepers& gatekeepers)
      : options_(options),
        executor_(ThreadsOf(options), options.executor_queue, options.between_calls,
                  kReservedThreads),
        streams_(options.streams, options.changes, options.fact_changes, draining_),
        front_{executor_,
               gatekeepers.registry,
               gatekeepers.authenticator,
               gatekeepers.clock,
               connections_,
               metrics_,
               streams_,
               draining_,
               options.messages.streams_per_connection,
               2 * options.messages.streams_per_connection,
               gatekeepers.quotas,
               options_.quotas,
               [this](const std::string& credential) {
                 return tls_->IsListed(credential, /*if_forgotten=*/false);
               },
               std::make_shared<Pace>(options.pace),
               std::make_shared<Pace>(options.pace)} {}

  // After a start that failed, too, nothing of gRPC's may outlive what it refers to.
  ~Impl() {
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
    executor_.Shutdown();
    StopPaces();
  }

  absl::Status Start(const Gatekeepers& gatekeepers, const std::vector<ServiceMaker>& services) {
    EHC_ASSIGN_OR_RETURN(tls_,
                         TlsKeeper::Start(options_.tls, options_.tls_refresh, gatekeepers.clock));
    EHC_ASSIGN_OR_RETURN(auto credentials,
                         MakeServerCredentials(*tls_, options_.tls_refresh, gatekeepers.registry,
                                               gatekeepers.clock, metrics_.door()));
    EHC_ASSIGN_OR_RETURN(const ConnectionLimits limits, FitToDescriptors(options_.connections));
    EHC_ASSIGN_OR_RETURN(Listener listener, Listen(options_.address, options_.port));
    port_ = listener.port;
    EHC_RETURN_IF_ERROR(Build(std::move(credentials), services));
    EHC_ASSIGN_OR_RETURN(acceptor_,
                         Acceptor::Start(std::move(listener), limits, connections_, metrics_.door(),
                                         [this](int socket) { HandToGrpc(socket); }));
    EHC_ASSIGN_OR_RETURN(
        guard_, MemoryGuard::Start(options_.floods, front_.max_calls_per_connection, connections_,
                                   metrics_.door()));
    WatchTls();
    LogInfo("listening", {{"address", Public(options_.address)}, {"port", port_}});
    return absl::OkStatus();
  }

  void SetServing(bool serving) { server_->GetHealthCheckService()->SetServingStatus(serving); }
  void SetServing(const std::string& part, bool serving) {
    server_->GetHealthCheckService()->SetServingStatus(part, serving);
  }

  void Drain(absl::Duration patience) {
    std::lock_guard<std::mutex> lock(drain_mutex_);
    if (drained_ || server_ == nullptr) return;
    drained_ = true;
    server_->GetHealthCheckService()->Shutdown();
    absl::SleepFor(std::min(options_.probe_interval, patience));
    draining_ = true;
    acceptor_->StopAccepting();
    const absl::Time until = absl::Now() + patience;
    LetGoOfConnections(until);
    server_->Shutdown(absl::ToChronoTime(until));
    executor_.Shutdown();
    StopPaces();
    tls_->StopWatching();
    guard_.reset();
    acceptor_.reset();
    LogInfo("drained");
  }

  int port() const { return port_; }
  bool more_calls_are_coming() const { return executor_.more_is_coming(); }
  bool is_at_safeguarding_call() const { return executor_.is_at_safeguarding(); }
  Connections& connections() { return connections_; }
  const Connections& connections() const { return connections_; }
  Metrics& metrics() { return metrics_; }
  bool tls_is_well() const { return tls_ != nullptr && tls_->is_well(); }
  const Front& front() const { return front_; }

 private:
  // Health says in the part "tls" when what is in use is not what the files say; whoever is on a
  // new revocation list is cut, as by the registry.
  void WatchTls() {
    tls_->Watch({[this](bool well) { SetServing("tls", well); },
                 [this](const std::function<bool(const std::string&)>& is_listed) {
                   metrics_.door().cut.Add(
                       connections_.CutUnless([&](const AgencyId&, const std::string& credential) {
                         return !is_listed(credential);
                       }));
                 }});
  }

  absl::Status Build(std::shared_ptr<grpc::ServerCredentials> credentials,
                     const std::vector<ServiceMaker>& services) {
    grpc::ServerBuilder builder;
    SetPlugins(options_.development, builder);
    SetConnectionLimits(options_.connections, builder);
    SetMessageLimits(options_.messages, builder);
    for (const ServiceMaker& make : services) {
      services_.push_back(make(front_));
      builder.RegisterService(services_.back().get());
    }
    using Type = grpc::ServerBuilder::experimental_type::ExternalConnectionType;
    grpc_door_ =
        builder.experimental().AddExternalConnectionAcceptor(Type::FROM_FD, std::move(credentials));
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) return absl::InternalError("gRPC did not start; see its log");
    SetServing(false);
    return absl::OkStatus();
  }

  // Each as soon as it carries no call. gRPC 1.51 says CANCELLED to a call that reaches it after
  // Shutdown() and before its peer has heard of that: no peer is to be left by then.
  void LetGoOfConnections(absl::Time until) {
    for (;;) {
      connections_.CutIdle();
      if (connections_.size() == 0 || absl::Now() >= until) return;
      absl::SleepFor(absl::Milliseconds(5));
    }
  }

  void StopPaces() {
    front_.pace->Stop();
    front_.turned_away->Stop();
  }

  void HandToGrpc(int socket) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = socket;
    grpc_door_->HandleNewConnection(&connection);
  }

  const ServerOptions options_;
  int port_ = 0;
  std::atomic<bool> draining_{false};
  Metrics metrics_;
  Connections connections_;
  Executor executor_;
  Streams streams_;
  const Front front_;
  std::unique_ptr<TlsKeeper> tls_;  // before what gRPC makes with it
  std::vector<std::shared_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> grpc_door_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Acceptor> acceptor_;
  std::unique_ptr<MemoryGuard> guard_;
  std::mutex drain_mutex_;
  bool drained_ = false;
};

absl::StatusOr<std::unique_ptr<HubServer>> HubServer::Start(const ServerOptions& options,
                                                            const Gatekeepers& gatekeepers,
                                                            std::vector<ServiceMaker> services) {
  auto impl = std::make_unique<Impl>(options, gatekeepers);
  EHC_RETURN_IF_ERROR(impl->Start(gatekeepers, services));
  return std::unique_ptr<HubServer>(new HubServer(std::move(impl)));
}

HubServer::HubServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HubServer::~HubServer() { Drain(absl::ZeroDuration()); }

int HubServer::port() const { return impl_->port(); }

bool HubServer::more_calls_are_coming() const { return impl_->more_calls_are_coming(); }
bool HubServer::is_at_safeguarding_call() const { return impl_->is_at_safeguarding_call(); }

void HubServer::SetServing(bool serving) { impl_->SetServing(serving); }
void HubServer::SetServing(const std::string& part, bool serving) {
  impl_->SetServing(part, serving);
}

size_t HubServer::CutUnless(Stays stays) {
  const size_t cut = impl_->connections().CutUnless(stays);
  impl_->metrics().door().cut.Add(cut);
  return cut;
}

size_t HubServer::CutDishonoured() {
  const RegistryData& registry = impl_->front().registry.Current();
  const absl::Time now = impl_->front().clock.Now();
  return CutUnless([&](const AgencyId&, const std::string& credential) {
    return registry.IsHonoured(credential, now);
  });
}

size_t HubServer::CutAgency(const AgencyId& agency) {
  return CutUnless([&](const AgencyId& theirs, const std::string&) { return theirs != agency; });
}

size_t HubServer::CutCredential(absl::string_view fingerprint) {
  return CutUnless(
      [&](const AgencyId&, const std::string& theirs) { return theirs != fingerprint; });
}

void HubServer::Drain(absl::Duration patience) { impl_->Drain(patience); }

size_t HubServer::connections() const { return impl_->connections().size(); }

std::string HubServer::MetricsText() const {
  return absl::StrCat(
      impl_->metrics().Text(),
      "# HELP ehc_tls_healthy Whether the TLS files and revocation lists in use are the newest.\n"
      "# TYPE ehc_tls_healthy gauge\nehc_tls_healthy ",
      impl_->tls_is_well() ? 1 : 0, "\n");
}

}  // namespace ehc
