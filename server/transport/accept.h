// Acceptor: the hub's own accept loop. gRPC 1.51's listener stops accepting for good when
// descriptors run out before a peer has authenticated (CVE-2023-4785), knows no caps per source and
// cannot cut a connection; this one does all three.
#ifndef EHC_SERVER_TRANSPORT_ACCEPT_H_
#define EHC_SERVER_TRANSPORT_ACCEPT_H_

#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/fs.h"
#include "server/transport/connections.h"
#include "server/transport/metrics.h"
#include "server/transport/options.h"
#include "server/transport/sockets.h"
#include "server/transport/source_limits.h"

namespace ehc {

class Acceptor {
 public:
  // Takes over a connected, non-blocking socket.
  using HandOver = std::function<void(int socket)>;

  // Starts accepting. `connections` and `stats` must outlive this.
  static absl::StatusOr<std::unique_ptr<Acceptor>> Start(Listener listener,
                                                         const ConnectionLimits& limits,
                                                         Connections& connections, DoorStats& stats,
                                                         HandOver hand_over);
  ~Acceptor();

  // Closes the listener; connections stay, and are still looked after. Returns when no more will be
  // handed over. Idempotent.
  void StopAccepting();

 private:
  Acceptor(Listener listener, const ConnectionLimits& limits, Connections& connections,
           DoorStats& stats, HandOver hand_over);
  absl::Status SetUp();
  absl::Status OpenReserve();
  absl::Status Watch(int fd, uint32_t events, uint64_t id);
  void Run();
  void AcceptReady();
  void Admit(UniqueFd socket, const sockaddr_storage& address);
  bool MayEnter(const std::string& source);
  void HandOverSocket(UniqueFd socket, const sockaddr_storage& address, std::string source);
  void ShedWithReserve();
  void Pause();
  void Resume();
  void End(uint64_t id);
  void CloseListener();
  void Wake() const;

  const ConnectionLimits limits_;
  Connections& connections_;
  DoorStats& stats_;
  const HandOver hand_over_;

  // Used by the thread alone while it runs.
  Listener listener_;
  UniqueFd epoll_;
  UniqueFd wake_;
  UniqueFd reserve_;  // given up to accept and close a peer when no descriptor is left
  SourceLimits sources_;
  uint64_t next_id_;
  absl::Time paused_until_ = absl::InfinitePast();
  bool paused_ = false;
  absl::Time next_sweep_;

  std::atomic<bool> stop_accepting_{false};
  std::atomic<bool> listener_closed_{false};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_ACCEPT_H_
