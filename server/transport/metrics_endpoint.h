// GET /metrics on a loopback port of its own, in the clear: for a collector on the same machine. It
// speaks the least of HTTP that Prometheus needs, to one reader at a time, and never leaves
// loopback.
#ifndef EHC_SERVER_TRANSPORT_METRICS_ENDPOINT_H_
#define EHC_SERVER_TRANSPORT_METRICS_ENDPOINT_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "server/transport/sockets.h"

namespace ehc {

class MetricsEndpoint {
 public:
  // `port` 0: any. `text` is called on the endpoint's thread.
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Start(int port,
                                                                std::function<std::string()> text);
  ~MetricsEndpoint();

  int port() const { return listener_.port; }

 private:
  MetricsEndpoint(Listener listener, std::function<std::string()> text);
  void Serve();
  void Answer(int fd) const;

  Listener listener_;
  const std::function<std::string()> text_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_METRICS_ENDPOINT_H_
