// The load: the same client for hub and echo, so that what it costs does not tell them apart.
#ifndef EHC_TESTS_BENCH_E2E_LOAD_CLIENT_H_
#define EHC_TESTS_BENCH_E2E_LOAD_CLIENT_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ehc {

inline constexpr char kGetPlanSummary[] = "/ehc.hub.v1.RecordExchangeService/GetPlanSummary";
inline constexpr char kGetSupportStatus[] = "/ehc.hub.v1.RecordExchangeService/GetSupportStatus";
inline constexpr char kPublishSupportStatus[] =
    "/ehc.hub.v1.RecordExchangeService/PublishSupportStatus";
inline constexpr char kCreateRecordRequest[] =
    "/ehc.hub.v1.RecordExchangeService/CreateRecordRequest";
inline constexpr char kCancelRecordRequest[] =
    "/ehc.hub.v1.RecordExchangeService/CancelRecordRequest";

inline constexpr char kRegisterSubject[] = "/ehc.hub.v1.SubjectService/RegisterSubject";

struct ClientIdentity {
  std::string roots_pem;
  std::string certificate_pem;
  std::string key_pem;
  std::string assertion;  // of the acting person, sent with every call
};

// What stands in the request_id of a question with `fresh_id`.
inline constexpr char kAnyId[] = "00000000-0000-4000-8000-000000000000";

// One call of the load.
struct Question {
  const char* path = kGetPlanSummary;
  std::string bytes;      // the serialised message
  size_t who = 0;         // which identity asks
  bool fresh_id = false;  // its first field is a request_id, to be drawn anew for each call
  std::function<std::string()> make =
      nullptr;  // makes the message of each call, where there is one
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
  // Connects with the first call; so many connections for each identity.
  LoadClient(int port, std::vector<ClientIdentity> identities, int connections);
  ~LoadClient();

  // Asked one after the other, over and over. A request for records that was answered is taken back
  // in the place of the next one.
  void SetQuestions(std::vector<Question> questions);

  // Keeps `in_flight` calls under way. Any answer that is not what was asked for ends the round
  // with an error.
  absl::StatusOr<Round> Run(int in_flight, absl::Duration for_how_long);

  absl::Status Send(const char* path, absl::string_view bytes);

  // What the last summary that was looked into was answered with.
  const std::string& last_answer() const { return last_answer_; }

 private:
  struct Slot;
  class Loop;

  grpc::GenericStub& NextStub(size_t who);

  const std::vector<ClientIdentity> identities_;
  std::vector<std::vector<std::unique_ptr<grpc::GenericStub>>> stubs_;  // of each identity
  std::vector<Question> questions_;
  std::vector<grpc::ByteBuffer> buffers_;  // of each question
  std::deque<std::string> to_take_back_;   // serialised cancellations
  size_t next_question_ = 0;
  size_t next_stub_ = 0;
  std::string last_answer_;
};

// OK if the bytes are a GetPlanSummaryResponse with plan, decision and a receipt with a promise.
absl::Status CheckIsDisclosure(const std::string& bytes);

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_E2E_LOAD_CLIENT_H_
