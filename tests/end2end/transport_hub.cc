#include "tests/end2end/transport_hub.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/base/status_macros.h"
#include "server/transport/platform_setup.h"
#include "server/transport/unary_service.h"

namespace ehc {
namespace {

// Before main, hence before any test touches gRPC or OpenSSL's contexts.
const bool prepared = [] {
  EHC_CHECK(PreparePlatform().ok());
  return true;
}();

class StubRpc final : public UnaryService<hub::v1::AuditService, StubDesk> {
 public:
  using Desk = StubDesk;
  using UnaryService::UnaryService;
  EHC_SERVE(GetCheckpoint);
  EHC_SERVE(GetInclusionProof);
};

}  // namespace

ServiceMaker ExposeStub(const StubDesk& desk) { return MakerOf<StubRpc>(desk); }

Answer<hub::v1::GetCheckpointResponse> Noted(uint64_t call_id, const std::string& note) {
  hub::v1::GetCheckpointResponse response;
  response.mutable_checkpoint()->set_note(note);
  return Succeed(call_id, std::move(response));
}

void StubDesk::GetInclusionProof(Incoming in, const hub::v1::GetInclusionProofRequest&,
                                 Reply<hub::v1::GetInclusionProofResponse> reply) const {
  reply(Succeed<hub::v1::GetInclusionProofResponse>(in.call_id));
}

ServerOptions TestHub::Options() {
  ServerOptions options;
  options.connections.new_per_second_per_source = 10000;
  options.connections.burst_per_source = 10000;
  options.probe_interval = absl::Milliseconds(10);
  return options;
}

TestHub::TestHub(const ServerOptions& options, std::vector<ServiceMaker> more) : options_(options) {
  WriteTlsFolder("first", Pki().ca_pem());
  UseTlsFolder("first");
  const bool require_lists = options_.tls.require_lists;
  if (require_lists) WriteTlsFile("first", "crl.pem", Pki().MakeRevocationList({}));
  options_.tls = TlsFiles::InDirectory(folder_.path() + "/current");
  options_.tls.require_lists = require_lists;
  agencies_ = {AgencyRow("bromley", hub::v1::AGENCY_TYPE_LOCAL_AUTHORITY),
               AgencyRow("kings-park-nhs-trust", hub::v1::AGENCY_TYPE_NHS_TRUST)};
  for (const TestAgency* agency : {&bromley_, &trust_}) {
    credentials_.push_back(CertificateRow(agency->id, agency->pem()));
    credentials_.push_back(AssertionKeyRow(agency->id, agency->assertion_key.public_pem));
  }
  Publish();
  desk_.checkpoint = [](Incoming in, const hub::v1::GetCheckpointRequest&, CheckpointReply reply) {
    reply(Noted(in.call_id, in.caller.agency().value()));
  };
  more.push_back(ExposeStub(desk_));
  auto server = HubServer::Start(options_, {registry_, authenticator_, SystemClock(), quotas_},
                                 std::move(more));
  EXPECT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
}

TestHub::~TestHub() = default;

void TestHub::WriteTlsFolder(const std::string& name, const std::string& roots) const {
  const std::string folder = folder_.path() + "/" + name;
  std::filesystem::create_directory(folder);
  const TestCertificate own = Pki().MintServer();
  WriteText(folder + "/hub.key", own.key_pem);
  WriteText(folder + "/hub.pem", own.certificate_pem);
  WriteText(folder + "/ca.pem", roots);
}

void TestHub::WriteTlsFile(const std::string& folder, const std::string& file,
                           const std::string& text) const {
  WriteText(folder_.path() + "/" + folder + "/" + file, text);
}

void TestHub::UseTlsFolder(const std::string& name) const {
  const std::string link = folder_.path() + "/current";
  std::filesystem::create_directory_symlink(name, link + ".new");
  std::filesystem::rename(link + ".new", link);
}

std::string TestHub::address() const {
  const bool is_v6 = options_.address.find(':') != std::string::npos;
  return absl::StrCat(is_v6 ? "ipv6:[" : "ipv4:", options_.address, is_v6 ? "]:" : ":", port());
}

std::shared_ptr<grpc::Channel> TestHub::ChannelOf(const TestCertificate& certificate) const {
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = roots();
  tls.pem_cert_chain = certificate.certificate_pem;
  tls.pem_private_key = certificate.key_pem;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  return grpc::CreateCustomChannel(address(), grpc::SslCredentials(tls), arguments);
}

void TestHub::Enrol(const std::string& pem) {
  credentials_.push_back(CertificateRow("bromley", pem));
  Publish();
}

void TestHub::Revoke(const std::string& pem) {
  const std::string fingerprint = ReadCertificate(pem).value().fingerprint;
  for (PutCredential& credential : credentials_) {
    if (credential.fingerprint == fingerprint) {
      credential.value.set_state(hub::v1::CREDENTIAL_STATE_REVOKED);
    }
  }
  Publish();
}

void TestHub::Publish() {
  registry_.Publish(RegistryData::Create(agencies_, credentials_, ++position_));
}

double TestHub::Metric(const std::string& name) const {
  const std::string text = server_->MetricsText();
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    double value = 0;
    if (absl::ConsumePrefix(&line, name + " ") && absl::SimpleAtod(line, &value)) return value;
  }
  return -1;
}

bool TestHub::Eventually(const std::function<bool()>& holds, absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  while (!holds()) {
    if (absl::Now() > until) return false;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}

CallResult CallCheckpoint(const std::shared_ptr<grpc::Channel>& channel, absl::Duration deadline) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(deadline));
  hub::v1::GetCheckpointResponse response;
  const grpc::Status status =
      hub::v1::AuditService::NewStub(channel)->GetCheckpoint(&context, {}, &response);
  return {status, response.checkpoint().note()};
}

std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  for (const auto& detail : details.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

void WriteText(const std::string& path, const std::string& text, unsigned mode) {
  std::ofstream(path, std::ios::trunc) << text;
  EHC_CHECK(chmod(path.c_str(), mode) == 0);
}

size_t OpenDescriptors() {
  size_t open = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    ++open;
  }
  return open;
}

}  // namespace ehc
