// What ServerOptions mean to gRPC. Apart from the server, because the benchmark's echo keeps to the
// same limits.
#ifndef EHC_SERVER_TRANSPORT_LIMITS_H_
#define EHC_SERVER_TRANSPORT_LIMITS_H_

#include "server/transport/options.h"

namespace grpc {
class ServerBuilder;
}  // namespace grpc

namespace ehc {

void SetConnectionLimits(const ConnectionLimits& limits, grpc::ServerBuilder& builder);
void SetMessageLimits(const MessageLimits& limits, grpc::ServerBuilder& builder);

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_LIMITS_H_
