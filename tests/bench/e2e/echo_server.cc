#include "tests/bench/e2e/echo_server.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <iostream>
#include <memory>

#include "ehc/hub/v1/record_exchange_service.grpc.pb.h"
#include "server/transport/limits.h"
#include "server/transport/options.h"
#include "server/transport/platform_setup.h"
#include "tests/bench/e2e/child_process.h"

namespace ehc {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using Contract = hub::v1::RecordExchangeService;
using grpc::ServerUnaryReactor;

class Finished final : public ServerUnaryReactor {
 public:
  Finished() { Finish(grpc::Status::OK); }
  void OnCancel() override {}
  void OnDone() override { delete this; }
};

// Learns, by a call of its own, what to answer.
template <typename Service>
class Learning : public Service {
 public:
  ServerUnaryReactor* PublishPlan(CallbackServerContext*, const ByteBuffer* request,
                                  ByteBuffer* response) override {
    grpc::Slice bytes;
    if (request->DumpToSingleSlice(&bytes).ok()) Learn(bytes);
    const grpc::Slice nothing;
    *response = ByteBuffer(&nothing, 1);  // a buffer without any slice is no message to gRPC
    return new Finished();
  }

 protected:
  // Before the calls that it answers, never during them.
  virtual void Learn(const grpc::Slice& bytes) = 0;
};

using MessageContract = Contract::WithCallbackMethod_GetPlanSummary<
    Contract::WithRawCallbackMethod_PublishPlan<Contract::Service>>;
class MessageEcho final : public Learning<MessageContract> {
 public:
  ServerUnaryReactor* GetPlanSummary(CallbackServerContext*, const hub::v1::GetPlanSummaryRequest*,
                                     hub::v1::GetPlanSummaryResponse* response) override {
    *response = answer_;
    return new Finished();
  }

 private:
  void Learn(const grpc::Slice& bytes) override {
    answer_.ParseFromArray(bytes.begin(), static_cast<int>(bytes.size()));
  }
  hub::v1::GetPlanSummaryResponse answer_;
};

using ByteContract = Contract::WithRawCallbackMethod_GetPlanSummary<
    Contract::WithRawCallbackMethod_PublishPlan<Contract::Service>>;
class ByteEcho final : public Learning<ByteContract> {
 public:
  ServerUnaryReactor* GetPlanSummary(CallbackServerContext*, const ByteBuffer*,
                                     ByteBuffer* response) override {
    *response = answer_;
    return new Finished();
  }

 private:
  void Learn(const grpc::Slice& bytes) override { answer_ = ByteBuffer(&bytes, 1); }
  ByteBuffer answer_;
};

std::shared_ptr<grpc::ServerCredentials> Credentials(const TlsFiles& files) {
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          files.key, files.certificate, files.roots, 60));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

}  // namespace

int RunEchoServer(const std::string& what, const std::string& tls_folder) {
  if (const absl::Status prepared = PreparePlatform(); !prepared.ok()) {
    std::cerr << "echo: " << prepared.message() << "\n";
    return 1;
  }
  MessageEcho messages;
  ByteEcho bytes;
  int port = 0;
  const ServerOptions like_the_hub;
  grpc::ServerBuilder builder;
  SetConnectionLimits(like_the_hub.connections, builder);
  SetMessageLimits(like_the_hub.messages, builder);
  builder.AddListeningPort("127.0.0.1:0", Credentials(TlsFiles::InDirectory(tls_folder)), &port);
  builder.RegisterService(what == "bytes" ? static_cast<grpc::Service*>(&bytes) : &messages);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  ServeParent(port, [](const std::string&) { return std::string(); });
  server->Shutdown(std::chrono::system_clock::now());
  return 0;
}

}  // namespace ehc
