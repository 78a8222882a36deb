#include "server/transport/enrolment_door.h"

#include <chrono>
#include <utility>

#include "grpcpp/grpcpp.h"
#include "server/base/executor.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/transport/accept.h"
#include "server/transport/connections.h"
#include "server/transport/enrolment_rpc.h"
#include "server/transport/limits.h"
#include "server/transport/memory_guard.h"
#include "server/transport/metrics.h"
#include "server/transport/no_reflection.h"
#include "server/transport/tls.h"
#include "server/transport/tls_keeper.h"

namespace ehc {
namespace {

constexpr size_t kThreads = 2;
constexpr std::chrono::seconds kPatience{1};
// What few calls need: a flood is cut long before it is one for the hub.
constexpr FloodLimits kFloods{.streams_beyond = 128, .memory_growth_bytes = size_t{16} << 20};

}  // namespace

class EnrolmentDoor::Impl {
 public:
  Impl(const EnrolmentDoorOptions& options, const Registrar& registrar, const Clock& clock)
      : options_(options),
        clock_(clock),
        executor_(kThreads, options.limits.queue),
        front_{registrar, executor_, connections_, clock, options.limits} {}

  ~Impl() {
    if (acceptor_ != nullptr) acceptor_->StopAccepting();
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now() + kPatience);
    executor_.Shutdown();
    if (tls_ != nullptr) tls_->StopWatching();
  }

  absl::Status Start() {
    EHC_ASSIGN_OR_RETURN(tls_, TlsKeeper::Start(options_.tls, options_.tls_refresh, clock_));
    EHC_ASSIGN_OR_RETURN(auto credentials,
                         MakeServerCredentialsForStrangers(*tls_, options_.tls_refresh));
    EHC_ASSIGN_OR_RETURN(Listener listener, Listen(options_.address, options_.port));
    port_ = listener.port;
    EHC_RETURN_IF_ERROR(Build(std::move(credentials)));
    EHC_ASSIGN_OR_RETURN(
        acceptor_, Acceptor::Start(std::move(listener), options_.connections, connections_, stats_,
                                   [this](int socket) { HandToGrpc(socket); }));
    EHC_ASSIGN_OR_RETURN(guard_,
                         MemoryGuard::Start(kFloods, 2 * options_.messages.streams_per_connection,
                                            connections_, stats_));
    tls_->Watch({[](bool well) {
                   if (!well) LogWarning("the TLS files are not good");
                 },
                 nullptr});
    LogInfo("enrolment_listening", {{"address", Public(options_.address)}, {"port", port_}});
    return absl::OkStatus();
  }

  int port() const { return port_; }

 private:
  absl::Status Build(std::shared_ptr<grpc::ServerCredentials> credentials) {
    grpc::ServerBuilder builder;
    builder.SetOption(std::make_unique<WithoutReflection>());
    SetConnectionLimits(options_.connections, builder);
    SetMessageLimits(options_.messages, builder);
    service_ = MakeEnrolmentService(front_);
    builder.RegisterService(service_.get());
    using Type = grpc::ServerBuilder::experimental_type::ExternalConnectionType;
    grpc_door_ =
        builder.experimental().AddExternalConnectionAcceptor(Type::FROM_FD, std::move(credentials));
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) return absl::InternalError("gRPC did not start; see its log");
    return absl::OkStatus();
  }

  void HandToGrpc(int socket) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = socket;
    grpc_door_->HandleNewConnection(&connection);
  }

  const EnrolmentDoorOptions options_;
  const Clock& clock_;
  int port_ = 0;
  DoorStats stats_;
  Connections connections_;
  Executor executor_;
  const EnrolmentFront front_;
  std::unique_ptr<TlsKeeper> tls_;  // before what gRPC makes with it
  std::shared_ptr<grpc::Service> service_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> grpc_door_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Acceptor> acceptor_;
  std::unique_ptr<MemoryGuard> guard_;
};

absl::StatusOr<std::unique_ptr<EnrolmentDoor>> EnrolmentDoor::Start(
    const EnrolmentDoorOptions& options, const Registrar& registrar, const Clock& clock) {
  auto impl = std::make_unique<Impl>(options, registrar, clock);
  EHC_RETURN_IF_ERROR(impl->Start());
  return std::unique_ptr<EnrolmentDoor>(new EnrolmentDoor(std::move(impl)));
}

EnrolmentDoor::EnrolmentDoor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

EnrolmentDoor::~EnrolmentDoor() = default;

int EnrolmentDoor::port() const { return impl_->port(); }

}  // namespace ehc
