// The one call of the enrolment listener, from gRPC's thread to its answer.
#ifndef EHC_SERVER_TRANSPORT_ENROLMENT_RPC_H_
#define EHC_SERVER_TRANSPORT_ENROLMENT_RPC_H_

#include <memory>

#include "grpcpp/grpcpp.h"
#include "server/base/clock.h"
#include "server/base/executor.h"
#include "server/enrolment/registrar.h"
#include "server/transport/connections.h"
#include "server/transport/enrolment_door.h"

namespace ehc {

struct EnrolmentFront {
  const Registrar& registrar;
  Executor& executor;
  const Connections& connections;
  const Clock& clock;
  EnrolmentLimits limits;
};

// Everything in `front` outlives the service.
std::shared_ptr<grpc::Service> MakeEnrolmentService(const EnrolmentFront& front);

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_ENROLMENT_RPC_H_
