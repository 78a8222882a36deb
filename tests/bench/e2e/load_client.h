// The load: the same client for hub and echo, so that what it costs does not tell them apart.
#ifndef EHC_TESTS_BENCH_E2E_LOAD_CLIENT_H_
#define EHC_TESTS_BENCH_E2E_LOAD_CLIENT_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ehc {

inline constexpr char kGetPlanSummary[] = "/ehc.hub.v1.RecordExchangeService/GetPlanSummary";

struct ClientIdentity {
  std::string roots_pem;
  std::string certificate_pem;
  std::string key_pem;
  std::string assertion;  // of the acting person, sent with every call
};

// One measurement of one server.
struct Round {
  int64_t calls = 0;
  absl::Duration wall;
  absl::Duration p50;
  absl::Duration p99;
};

// Not thread safe: one thread issues and completes every call.
class LoadClient {
 public:
  // Connects with the first call.
  LoadClient(int port, const ClientIdentity& identity, int connections);
  ~LoadClient();

  // Serialised GetPlanSummaryRequests, one after the other, over and over.
  void SetRequests(const std::vector<std::string>& requests);

  // Keeps `in_flight` calls under way. Any answer that is not a disclosure with a receipt ends the
  // round with an error.
  absl::StatusOr<Round> Run(int in_flight, absl::Duration for_how_long);

  absl::Status Send(const char* path, absl::string_view bytes);

  // What the last call of Run() was answered with.
  const std::string& last_answer() const { return last_answer_; }

 private:
  struct Slot;
  class Loop;

  std::unique_ptr<grpc::GenericStub>& NextStub();

  const std::string assertion_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::vector<grpc::ByteBuffer> requests_;
  size_t next_request_ = 0;
  size_t next_stub_ = 0;
  std::string last_answer_;
};

// OK if the bytes are a GetPlanSummaryResponse with plan, decision and a receipt with a promise.
absl::Status CheckIsDisclosure(const std::string& bytes);

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_LOAD_CLIENT_H_
