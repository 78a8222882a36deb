#ifndef EHC_SERVER_TRANSPORT_UNARY_SERVICE_H_
#define EHC_SERVER_TRANSPORT_UNARY_SERVICE_H_

#include "server/transport/server_streaming.h"
#include "server/transport/services.h"
#include "server/transport/unary.h"

namespace ehc {

// Maps the methods of one gRPC service (Service::CallbackService) to those of a desk:
//
//   class AuditRpc final : public UnaryService<hub::v1::AuditService, AuditDesk> {
//    public:
//     using UnaryService::UnaryService;
//     EHC_SERVE(GetCheckpoint);
//   };
template <typename Service, typename Desk>
class UnaryService : public Service::CallbackService {
 public:
  UnaryService(const Front& front, const Desk& desk) : front_(front), desk_(desk) {}

 protected:
  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  template <typename Req, typename Resp>
  using DeskMethod = void (Desk::*)(Incoming, const Req&, Reply<Resp>) const;

  template <typename Req, typename Resp>
  UnaryMethod<Req, Resp> To(DeskMethod<Req, Resp> method, const char* name,
                            Leaves leaves = Leaves::kPaced) const {
    return {front_, front_.metrics.Method(Service::service_full_name(), name),
            [this, method](Incoming in, const Req& request, Reply<Resp> reply) {
              (desk_.*method)(std::move(in), request, std::move(reply));
            },
            leaves};
  }

  template <typename Req, typename Resp>
  using DeskStream = std::unique_ptr<AnswerStream<Resp>> (Desk::*)(Incoming, const Req&) const;

  template <typename Req, typename Resp>
  StreamMethod<Req, Resp> To(DeskStream<Req, Resp> method, const char* name) const {
    return {front_, front_.metrics.Method(Service::service_full_name(), name),
            [this, method](Incoming in, const Req& request) {
              return (desk_.*method)(std::move(in), request);
            }};
  }

 private:
  const Front& front_;
  const Desk& desk_;
};

template <typename Rpc, typename Desk>
ServiceMaker MakerOf(const Desk& desk) {
  return [&desk](const Front& front) { return std::make_shared<Rpc>(front, desk); };
}

}  // namespace ehc

// One method: `Name` takes NameRequest, answers NameResponse and is the desk's method of that name.
// Its answers leave at their moment (pace.h).
#define EHC_SERVE(Name) EHC_SERVE_WHEN(Name, Leaves::kPaced)

// One whose responses are the content that the caller asked for or published, or concern no child:
// those leave as soon as they are ready. Never one that answers alike whether the hub knows the
// child.
#define EHC_SERVE_AT_ONCE(Name) EHC_SERVE_WHEN(Name, Leaves::kAtOnce)

#define EHC_SERVE_WHEN(Name, when)                                                               \
  Reactor* Name(Context* context, const hub::v1::Name##Request* request,                         \
                hub::v1::Name##Response* response) override {                                    \
    return UnaryCall<hub::v1::Name##Request, hub::v1::Name##Response>::Start(Name##_, context,   \
                                                                             request, response); \
  }                                                                                              \
  const UnaryMethod<hub::v1::Name##Request, hub::v1::Name##Response> Name##_ =                   \
      this->To(&Desk::Name, #Name, when)

// The same for a method that answers with a stream of NameResponse.
#define EHC_STREAM(Name)                                                                          \
  grpc::ServerWriteReactor<hub::v1::Name##Response>* Name(                                        \
      Context* context, const hub::v1::Name##Request* request) override {                         \
    return ServerStream<hub::v1::Name##Request, hub::v1::Name##Response>::Start(Name##_, context, \
                                                                                request);         \
  }                                                                                               \
  const StreamMethod<hub::v1::Name##Request, hub::v1::Name##Response> Name##_ =                   \
      this->To(&Desk::Name, #Name)

#endif  // EHC_SERVER_TRANSPORT_UNARY_SERVICE_H_
