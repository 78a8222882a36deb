#include "tests/bench/e2e/load_client.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "ehc/hub/v1/subject_service.pb.h"
#include "server/base/ids.h"
#include "server/base/status_macros.h"
#include "server/transport/options.h"

namespace ehc {
namespace {

using Clock = std::chrono::steady_clock;

// The client's core is not to be the bottleneck: every answer's status and length are checked, and
// one of so many is parsed.
constexpr int64_t kParseEvery = 16;

std::shared_ptr<grpc::Channel> MakeChannel(int port, const ClientIdentity& identity) {
  const grpc::SslCredentialsOptions tls{identity.roots_pem, identity.key_pem,
                                        identity.certificate_pem};
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetSslTargetNameOverride("localhost");
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), grpc::SslCredentials(tls),
                                   arguments);
}

grpc::ByteBuffer Buffer(absl::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

std::string Bytes(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

absl::Status Failure(const grpc::Status& status) {
  return absl::InternalError(absl::StrCat("a call failed with gRPC code ",
                                          static_cast<int>(status.error_code()), ": ",
                                          status.error_message()));
}

// The message with another UUID in its first field, which has one.
std::string WithFreshId(std::string bytes) {
  const std::string id = NewUuid4();
  return bytes.replace(2, id.size(), id);
}

absl::Status CheckIsRegistered(const std::string& bytes) {
  hub::v1::RegisterSubjectResponse response;
  return response.ParseFromString(bytes) && !response.subject().empty()
             ? absl::OkStatus()
             : absl::InternalError("an answer names no child");
}

absl::Duration Quantile(std::vector<int64_t>& sorted_nanos, double q) {
  if (sorted_nanos.empty()) return absl::InfiniteDuration();
  const size_t rank = static_cast<size_t>(q * static_cast<double>(sorted_nanos.size() - 1));
  return absl::Nanoseconds(sorted_nanos[rank]);
}

}  // namespace

struct LoadClient::Slot {
  std::optional<grpc::ClientContext> context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  grpc::ByteBuffer response;
  grpc::Status status;
  const char* path = nullptr;
  Clock::time_point sent;
};

LoadClient::LoadClient(int port, std::vector<ClientIdentity> identities, int connections)
    : identities_(std::move(identities)) {
  for (const ClientIdentity& identity : identities_) {
    auto& stubs = stubs_.emplace_back();
    for (int i = 0; i < connections; ++i) {
      stubs.push_back(std::make_unique<grpc::GenericStub>(MakeChannel(port, identity)));
    }
  }
}

LoadClient::~LoadClient() = default;

void LoadClient::SetQuestions(std::vector<Question> questions) {
  questions_ = std::move(questions);
  buffers_.clear();
  for (const Question& question : questions_) buffers_.push_back(Buffer(question.bytes));
}

grpc::GenericStub& LoadClient::NextStub(size_t who) {
  return *stubs_[who][next_stub_++ % stubs_[who].size()];
}

// Calls under way on one completion queue.
class LoadClient::Loop {
 public:
  Loop(LoadClient& client, int in_flight) : client_(client), slots_(in_flight) {}
  ~Loop() {
    queue_.Shutdown();
    void* tag;
    bool ok;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  absl::StatusOr<Round> Run(absl::Duration for_how_long) {
    const Clock::time_point begin = Clock::now();
    const Clock::time_point end = begin + absl::ToChronoNanoseconds(for_how_long);
    for (Slot& slot : slots_) Issue(slot);
    while (under_way_ > 0) {
      void* tag = nullptr;
      bool ok = false;
      if (!queue_.Next(&tag, &ok)) break;
      --under_way_;
      Slot& slot = *static_cast<Slot*>(tag);
      const Clock::time_point now = Clock::now();
      nanos_.push_back((now - slot.sent).count());
      if (failure_.ok()) failure_ = Check(slot);
      if (now < end && failure_.ok()) Issue(slot);
    }
    EHC_RETURN_IF_ERROR(failure_);
    Round round{static_cast<int64_t>(nanos_.size()), absl::FromChrono(Clock::now() - begin)};
    std::sort(nanos_.begin(), nanos_.end());
    round.p50 = Quantile(nanos_, 0.5);
    round.p99 = Quantile(nanos_, 0.99);
    return round;
  }

 private:
  void Issue(Slot& slot) {
    const size_t next = client_.next_question_++ % client_.questions_.size();
    const Question& question = client_.questions_[next];
    const bool takes_back = question.path == kCreateRecordRequest && !client_.to_take_back_.empty();
    slot.path = takes_back ? kCancelRecordRequest : question.path;
    grpc::ByteBuffer fresh;
    if (takes_back) {
      fresh = Buffer(client_.to_take_back_.front());
      client_.to_take_back_.pop_front();
    } else if (question.make) {
      fresh = Buffer(question.make());
    } else if (question.fresh_id) {
      fresh = Buffer(WithFreshId(question.bytes));
    }
    slot.context.emplace();
    slot.context->AddMetadata("ehc-assertion", client_.identities_[question.who].assertion);
    slot.response.Clear();
    slot.sent = Clock::now();
    slot.reader = client_.NextStub(question.who)
                      .PrepareUnaryCall(&*slot.context, slot.path,
                                        fresh.Valid() ? fresh : client_.buffers_[next], &queue_);
    slot.reader->StartCall();
    slot.reader->Finish(&slot.response, &slot.status, &slot);
    ++under_way_;
  }

  absl::Status Check(const Slot& slot) {
    if (!slot.status.ok()) return Failure(slot.status);
    if (slot.path == kCreateRecordRequest) return TakeBackLater(slot);
    if (slot.path == kRegisterSubject) {
      return nanos_.size() % kParseEvery == 1 ? CheckIsRegistered(Bytes(slot.response))
                                              : absl::OkStatus();
    }
    if (slot.path == kCancelRecordRequest || slot.path == kPublishSupportStatus) {
      return absl::OkStatus();
    }
    if (slot.response.Length() < 64)
      return absl::InternalError(absl::StrCat("an answer to ", slot.path, " is all but empty"));
    if (slot.path != kGetPlanSummary) return absl::OkStatus();
    const bool is_looked_into = nanos_.size() % kParseEvery == 1 || client_.last_answer_.empty();
    if (!is_looked_into) return absl::OkStatus();
    client_.last_answer_ = Bytes(slot.response);
    return CheckIsDisclosure(client_.last_answer_);
  }

  absl::Status TakeBackLater(const Slot& slot) {
    hub::v1::CreateRecordRequestResponse response;
    if (!response.ParseFromString(Bytes(slot.response)) ||
        response.record_request().state() != hub::v1::RECORD_REQUEST_STATE_PENDING) {
      return absl::InternalError("a request for records is not pending");
    }
    hub::v1::CancelRecordRequestRequest cancel;
    cancel.set_request_id(kAnyId);
    cancel.set_name(response.record_request().name());
    cancel.set_etag(response.record_request().etag());
    client_.to_take_back_.push_back(WithFreshId(cancel.SerializeAsString()));
    return absl::OkStatus();
  }

  LoadClient& client_;
  grpc::CompletionQueue queue_;
  std::vector<Slot> slots_;
  std::vector<int64_t> nanos_;
  int under_way_ = 0;
  absl::Status failure_;
};

absl::StatusOr<Round> LoadClient::Run(int in_flight, absl::Duration for_how_long) {
  return Loop(*this, in_flight).Run(for_how_long);
}

absl::Status LoadClient::Send(const char* path, absl::string_view bytes) {
  grpc::CompletionQueue queue;
  Slot slot;
  slot.context.emplace();
  auto reader = NextStub(0).PrepareUnaryCall(&*slot.context, path, Buffer(bytes), &queue);
  reader->StartCall();
  reader->Finish(&slot.response, &slot.status, &slot);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  return slot.status.ok() ? absl::OkStatus() : Failure(slot.status);
}

absl::Status CheckIsDisclosure(const std::string& bytes) {
  hub::v1::GetPlanSummaryResponse response;
  const bool whole = response.ParseFromString(bytes) && response.plan_summary().has_headline() &&
                     response.plan_summary().has_health_needs() &&
                     response.disclosure().decision_id().size() == 26 &&
                     response.disclosure().receipt().leaf_hash().size() == 32 &&
                     !response.disclosure().receipt().promise().signature().empty();
  return whole ? absl::OkStatus() : absl::InternalError("an answer is no disclosure");
}

}  // namespace ehc
