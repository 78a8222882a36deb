#ifndef EHC_CLIENT_SDK_SRC_INTERNAL_RPC_H_
#define EHC_CLIENT_SDK_SRC_INTERNAL_RPC_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client-sdk/src/internal/assertion.h"
#include "client-sdk/src/internal/grpc_stream_reader.h"
#include "client-sdk/src/internal/wire.h"
#include "server/base/ids.h"
#include "server/base/status_macros.h"

namespace ehchub::internal {

// Calls one service's methods over a Wire. Thread safe.
template <typename Service>
class Rpc {
 public:
  using Stub = typename Service::Stub;

  explicit Rpc(std::shared_ptr<Wire> wire)
      : wire_(std::move(wire)), stub_(Service::NewStub(wire_->channel())) {}

  // In the name of a person who approves this very request. Not tried again once the hub may have
  // had it; to repeat it, set request_id and call anew.
  template <typename Request, typename Response>
  absl::StatusOr<Response> CallApproved(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                     const Request&, Response*),
                                        Request request) {
    if (request.request_id().empty()) request.set_request_id(ehc::NewUuid4());
    Response response;
    EHC_RETURN_IF_ERROR(wire_->RunApproved(
        {ehc::NewUuid4(), request.SerializeAsString()}, [&](grpc::ClientContext& context) {
          response.Clear();
          return (stub_.get()->*method)(&context, request, &response);
        }));
    return response;
  }

  // Every attempt sends the same bytes: a write's request_id is made here, once.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const char* name, Request request) {
    if constexpr (requires { request.set_request_id(""); }) {
      if (request.request_id().empty()) request.set_request_id(ehc::NewUuid4());
    }
    Response response;
    const auto attempt = [&](grpc::ClientContext& context) {
      response.Clear();
      return (stub_.get()->*method)(&context, request, &response);
    };
    EHC_ASSIGN_OR_RETURN(const std::optional<Approval> approval, ApprovalOf(request));
    EHC_RETURN_IF_ERROR(
        approval.has_value()
            ? wire_->RunApproved(*approval, attempt)
            : wire_->Run(absl::StrCat(Service::service_full_name(), ".", name), attempt));
    // An attested "no" discloses nothing and has none.
    if constexpr (requires { response.registered(); }) {
      if (!response.registered()) return response;
    }
    if constexpr (requires { response.disclosure(); }) {
      EHC_RETURN_IF_ERROR(wire_->HoldToReceipt(name, response.disclosure()));
    }
    if constexpr (requires { response.records().disclosure(); }) {
      EHC_RETURN_IF_ERROR(wire_->HoldToReceipt(name, response.records().disclosure()));
    }
    // Of a batch, each item that discloses.
    if constexpr (requires { response.items(0).disclosure(); }) {
      for (const auto& item : response.items()) {
        if (item.has_disclosure()) {
          EHC_RETURN_IF_ERROR(wire_->HoldToReceipt(name, item.disclosure()));
        }
      }
    }
    return response;
  }

  // Opened at once, read later, and not retried: what was read cannot be taken back.
  template <typename Request, typename Response>
  std::unique_ptr<StreamReader<Response>> Stream(
      std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(grpc::ClientContext*,
                                                                    const Request&),
      const char* name, const Request& request, absl::Duration life) {
    return std::make_unique<GrpcStreamReader<Response>>(
        wire_, name,
        [stub = stub_, method, request](grpc::ClientContext* context) {
          return (stub.get()->*method)(context, request);
        },
        life);
  }

  absl::Duration deadline() const { return wire_->deadline(); }

 private:
  // A request that breaks the glass is approved by itself; it names the approval.
  template <typename Request>
  static absl::StatusOr<std::optional<Approval>> ApprovalOf(Request& request) {
    if constexpr (requires { request.mutable_context()->mutable_break_glass(); }) {
      if (request.context().has_break_glass()) {
        std::string& claim =
            *request.mutable_context()->mutable_break_glass()->mutable_second_factor_claim();
        if (claim.empty()) {
          EHC_ASSIGN_OR_RETURN(claim, NewAssertionId());
        }
        return Approval{claim, request.SerializeAsString()};
      }
    }
    return std::nullopt;
  }

  std::shared_ptr<Wire> wire_;
  std::shared_ptr<Stub> stub_;
};

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_INTERNAL_RPC_H_
