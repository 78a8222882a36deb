#ifndef EHC_SERVER_TRANSPORT_GRPC_LOG_H_
#define EHC_SERVER_TRANSPORT_GRPC_LOG_H_

namespace ehc {

// From now on gRPC's errors appear as lines of our log, a few a second: a peer that fails in a loop
// must not fill the disk. Only the TLS errors keep their text; others may quote what a peer sent.
void RouteGrpcLog();

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_GRPC_LOG_H_
