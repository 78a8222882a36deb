// EnrolmentDoor: the listener of ehc-enrol. Server-authenticated TLS, one RPC, and little of it:
// whoever calls is a stranger until their token is found right.
#ifndef EHC_SERVER_TRANSPORT_ENROLMENT_DOOR_H_
#define EHC_SERVER_TRANSPORT_ENROLMENT_DOOR_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/enrolment/registrar.h"
#include "server/transport/options.h"

namespace ehc {

struct EnrolmentLimits {
  double calls_per_second_per_source = 0.2;  // a source: as ConnectionLimits has it
  double burst_per_source = 10;
  size_t calls_at_once_per_source = 2;
  double calls_per_second = 10;  // of all sources together
  double burst = 50;
  size_t queue = 16;
};

struct EnrolmentDoorOptions {
  std::string address = "127.0.0.1";  // numeric
  int port = 0;                       // 0: any; see port()
  TlsFiles tls;                       // a key of its own: not the hub's
  absl::Duration tls_refresh = absl::Seconds(5);
  ConnectionLimits connections{.total = 128,
                               .per_source = 8,
                               .new_per_second_per_source = 2,
                               .burst_per_source = 20,
                               .age = absl::Seconds(60),
                               .age_grace = absl::Seconds(5),
                               .idle = absl::Seconds(30)};
  MessageLimits messages{.receive_bytes = 32 << 10,
                         .send_bytes = 128 << 10,
                         .streams_per_connection = 2,
                         .memory_bytes = size_t{32} << 20};
  EnrolmentLimits limits;
};

// Thread safe.
class EnrolmentDoor {
 public:
  // Serving when it returns; PreparePlatform() must have succeeded. `registrar` and `clock` outlive
  // it.
  static absl::StatusOr<std::unique_ptr<EnrolmentDoor>> Start(const EnrolmentDoorOptions& options,
                                                              const Registrar& registrar,
                                                              const Clock& clock);
  ~EnrolmentDoor();  // calls under way may finish for a second

  int port() const;

 private:
  class Impl;
  explicit EnrolmentDoor(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_ENROLMENT_DOOR_H_
