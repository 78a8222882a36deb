// A real front door over real TLS with a service of the test's own behind it: what transport's
// tests share. The service is AuditService, because GetCheckpoint's request needs no field.
#ifndef EHC_TESTS_END2END_TRANSPORT_HUB_H_
#define EHC_TESTS_END2END_TRANSPORT_HUB_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ehc/hub/v1/audit_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "server/services/incoming.h"
#include "server/transport/outbox.h"
#include "server/transport/server.h"
#include "tests/support/scratch_folder.h"
#include "tests/unit/identity/identity_fixture.h"

namespace ehc {

// The compiler lets any Outbox<> into an Answer; tests use that to make the answers that otherwise
// take a store and a log.
struct Forge {};
template <>
class Outbox<Forge> {
 public:
  template <typename Resp>
  static Answer<Resp> Success(uint64_t call_id, Resp message) {
    Answer<Resp> answer(call_id);
    answer.message_ = std::make_unique<Resp>(std::move(message));
    return answer;
  }
  template <typename Resp>
  static Answer<Resp> Denial(uint64_t call_id, Refusal refusal, std::string decision_id) {
    Answer<Resp> answer(call_id);
    answer.refusal_ = std::move(refusal);
    answer.decision_id_ = std::move(decision_id);
    answer.policy_revision_ = "revision-7";
    return answer;
  }
};

using CheckpointReply = Reply<hub::v1::GetCheckpointResponse>;

template <typename Resp>
Answer<Resp> Succeed(uint64_t call_id, Resp message = {}) {
  return Outbox<Forge>::Success(call_id, std::move(message));
}

// A checkpoint whose note is `note`.
Answer<hub::v1::GetCheckpointResponse> Noted(uint64_t call_id, const std::string& note);

// What the hub under test does. By default it answers with the calling agency's id.
struct StubDesk {
  std::function<void(Incoming, const hub::v1::GetCheckpointRequest&, CheckpointReply)> checkpoint;

  void GetCheckpoint(Incoming in, const hub::v1::GetCheckpointRequest& request,
                     CheckpointReply reply) const {
    checkpoint(std::move(in), request, std::move(reply));
  }
  void GetInclusionProof(Incoming in, const hub::v1::GetInclusionProofRequest& request,
                         Reply<hub::v1::GetInclusionProofResponse> reply) const;
};

ServiceMaker ExposeStub(const StubDesk& desk);

// Declared, with PreparePlatform() called, before anything of gRPC: see transport_hub.cc.
class TestHub {
 public:
  explicit TestHub(const ServerOptions& options = Options(), std::vector<ServiceMaker> more = {});
  ~TestHub();

  // Options that suit tests: everything else as in production.
  static ServerOptions Options();

  StubDesk& desk() { return desk_; }
  HubServer& server() { return *server_; }
  const TestAgency& bromley() const { return bromley_; }
  const TestAgency& trust() const { return trust_; }
  const std::string& roots() const { return Pki().ca_pem(); }
  std::string address() const;
  int port() const { return server_->port(); }

  // A new key and certificate of the hub's own beside `roots`, and the swap that puts them in
  // force.
  void WriteTlsFolder(const std::string& name, const std::string& roots) const;
  void UseTlsFolder(const std::string& name) const;
  // Writes one file of such a folder, as somebody would who knows nothing of links.
  void WriteTlsFile(const std::string& folder, const std::string& file,
                    const std::string& text) const;

  // A channel with a connection of its own.
  std::shared_ptr<grpc::Channel> ChannelOf(const TestCertificate& certificate) const;
  std::shared_ptr<grpc::Channel> BromleysChannel() const { return ChannelOf(bromley_.certificate); }

  // Enrols another certificate of bromley.
  void Enrol(const std::string& pem);
  // Revokes it in the registry; connections are not cut.
  void Revoke(const std::string& pem);
  void Publish();

  // The value of a line of MetricsText(), such as "ehc_peers_refused_total"; -1 if it is not there.
  double Metric(const std::string& name) const;
  // Waits up to `patience` until a condition holds.
  static bool Eventually(const std::function<bool()>& holds,
                         absl::Duration patience = absl::Seconds(30));

 private:
  ServerOptions options_;
  ScratchFolder folder_;
  TestAgency bromley_{"bromley"};
  TestAgency trust_{"kings-park-nhs-trust"};
  std::vector<hub::v1::Agency> agencies_;
  QuotaBook quotas_{absl::Now()};
  std::vector<PutCredential> credentials_;
  uint64_t position_ = 0;
  AgencyRegistry registry_;
  MemoryApprovalLedger approvals_;
  Authenticator authenticator_{registry_, approvals_, {kAudience}};
  StubDesk desk_;
  std::unique_ptr<HubServer> server_;
};

// One GetCheckpoint through the channel; the note, or the status.
struct CallResult {
  grpc::Status status;
  std::string note;
};
CallResult CallCheckpoint(const std::shared_ptr<grpc::Channel>& channel,
                          absl::Duration deadline = absl::Seconds(10));

// The ErrorReason in the details; empty when there is none.
std::string ReasonOf(const grpc::Status& status);

void WriteText(const std::string& path, const std::string& text, unsigned mode = 0600);

size_t OpenDescriptors();

}  // namespace ehc

#endif  // EHC_TESTS_END2END_TRANSPORT_HUB_H_
