#ifndef EHC_CLIENT_SDK_SRC_INTERNAL_GRPC_STREAM_READER_H_
#define EHC_CLIENT_SDK_SRC_INTERNAL_GRPC_STREAM_READER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "client-sdk/src/internal/wire.h"
#include "ehchub/stream_reader.h"

namespace ehchub::internal {

// A thread waits in gRPC for one message at a time and holds it to its receipt: gRPC 1.51's client
// callbacks have crash reports, and its synchronous read knows no patience.
template <typename Response>
class GrpcStreamReader final : public StreamReader<Response> {
 public:
  using Open = std::function<std::unique_ptr<grpc::ClientReader<Response>>(grpc::ClientContext*)>;

  // `life` bounds the whole stream.
  GrpcStreamReader(std::shared_ptr<Wire> wire, std::string name, Open open, absl::Duration life)
      : wire_(std::move(wire)), name_(std::move(name)), open_(std::move(open)) {
    const absl::Status ready = wire_->Prepare(context_, life);
    if (!ready.ok()) {
      end_ = ready;
      return;
    }
    thread_ = std::thread([this] { Run(); });
  }

  ~GrpcStreamReader() override {
    {
      const absl::MutexLock lock(&mutex_);
      abandoned_ = true;
    }
    context_.TryCancel();
    if (thread_.joinable()) thread_.join();
  }

  absl::StatusOr<std::optional<Response>> Next(absl::Duration patience) override {
    const absl::MutexLock lock(&mutex_);
    if (!mutex_.AwaitWithTimeout(absl::Condition(this, &GrpcStreamReader::HasNews), patience)) {
      return absl::DeadlineExceededError("no message came in time; the stream goes on");
    }
    if (message_.has_value()) return std::exchange(message_, std::nullopt);
    if (end_->ok()) return std::optional<Response>();
    return *end_;
  }

 private:
  bool HasNews() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return message_.has_value() || end_.has_value();
  }
  bool IsTaken() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return !message_.has_value() || abandoned_;
  }

  void Run() {
    const std::unique_ptr<grpc::ClientReader<Response>> reader = open_(&context_);
    absl::Status receipts;
    Response response;
    while (reader->Read(&response)) {
      receipts = wire_->HoldToReceipt(name_, response.disclosure());
      if (!receipts.ok()) break;
      if (!Hand(std::exchange(response, Response()))) break;
    }
    if (!receipts.ok()) context_.TryCancel();
    const absl::Status ended = wire_->Conclude(reader->Finish());
    const absl::MutexLock lock(&mutex_);
    end_ = receipts.ok() ? ended : receipts;
  }

  // False: nobody wants more.
  bool Hand(Response response) {
    const absl::MutexLock lock(&mutex_);
    message_ = std::move(response);
    mutex_.Await(absl::Condition(this, &GrpcStreamReader::IsTaken));
    return !abandoned_;
  }

  const std::shared_ptr<Wire> wire_;
  const std::string name_;
  const Open open_;
  grpc::ClientContext context_;
  absl::Mutex mutex_;
  std::optional<Response> message_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  bool abandoned_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_INTERNAL_GRPC_STREAM_READER_H_
