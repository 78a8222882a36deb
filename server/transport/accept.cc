#include "server/transport/accept.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "absl/time/clock.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr uint64_t kListenerId = 0;
constexpr uint64_t kWakeId = 1;
constexpr uint64_t kFirstConnectionId = 2;
// EPOLLHUP is always reported: both halves are shut, because gRPC shuts a socket before it closes
// it.
constexpr uint32_t kOnlyHangUp = EPOLLONESHOT;
constexpr int kAcceptsPerTurn = 64;  // then the ends of connections are looked at again
constexpr int kTickMillis = 100;
constexpr absl::Duration kPause = absl::Milliseconds(100);
constexpr absl::Duration kSweepInterval = absl::Seconds(10);

bool IsOutOfDescriptors(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

// The peer learns at once, and no TIME_WAIT stays behind.
void Reset(const UniqueFd& socket) {
  const linger now{1, 0};
  setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

UniqueFd AcceptOne(int listener, sockaddr_storage& address) {
  socklen_t length = sizeof(address);
  return UniqueFd(accept4(listener, reinterpret_cast<sockaddr*>(&address), &length,
                          SOCK_NONBLOCK | SOCK_CLOEXEC));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Acceptor>> Acceptor::Start(Listener listener,
                                                          const ConnectionLimits& limits,
                                                          Connections& connections,
                                                          DoorStats& stats, HandOver hand_over) {
  std::unique_ptr<Acceptor> acceptor(
      new Acceptor(std::move(listener), limits, connections, stats, std::move(hand_over)));
  EHC_RETURN_IF_ERROR(acceptor->SetUp());
  acceptor->thread_ = std::thread([raw = acceptor.get()] { raw->Run(); });
  return acceptor;
}

Acceptor::Acceptor(Listener listener, const ConnectionLimits& limits, Connections& connections,
                   DoorStats& stats, HandOver hand_over)
    : limits_(limits),
      connections_(connections),
      stats_(stats),
      hand_over_(std::move(hand_over)),
      listener_(std::move(listener)),
      sources_(limits),
      next_id_(kFirstConnectionId),
      next_sweep_(absl::Now() + kSweepInterval) {}

Acceptor::~Acceptor() {
  stop_ = true;
  Wake();
  if (thread_.joinable()) thread_.join();
}

absl::Status Acceptor::SetUp() {
  epoll_ = UniqueFd(epoll_create1(EPOLL_CLOEXEC));
  wake_ = UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll_.valid() || !wake_.valid()) return ErrnoStatus(errno, "opening", "the accept loop");
  EHC_RETURN_IF_ERROR(OpenReserve());
  EHC_RETURN_IF_ERROR(Watch(wake_.get(), EPOLLIN, kWakeId));
  return Watch(listener_.socket.get(), EPOLLIN, kListenerId);
}

absl::Status Acceptor::OpenReserve() {
  reserve_ = UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC));
  return reserve_.valid() ? absl::OkStatus() : ErrnoStatus(errno, "opening", "/dev/null");
}

absl::Status Acceptor::Watch(int fd, uint32_t events, uint64_t id) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return absl::OkStatus();
  return ErrnoStatus(errno, "watching", "a socket");
}

void Acceptor::Wake() const {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof(one));
}

void Acceptor::StopAccepting() {
  stop_accepting_ = true;
  Wake();
  listener_closed_.wait(false);
}

void Acceptor::Run() {
  std::array<epoll_event, 64> events;
  while (!stop_) {
    const int ready = epoll_wait(epoll_.get(), events.data(), events.size(), kTickMillis);
    bool may_accept = false;
    for (int i = 0; i < ready; ++i) {
      const uint64_t id = events[i].data.u64;
      if (id >= kFirstConnectionId) End(id);
      may_accept |= id == kListenerId;
    }
    if (stop_accepting_ && listener_.socket.valid()) CloseListener();
    if (may_accept && !paused_ && listener_.socket.valid()) AcceptReady();
    const absl::Time now = absl::Now();
    if (paused_ && now >= paused_until_) Resume();
    if (now >= next_sweep_) {
      sources_.Forget(now);
      next_sweep_ = now + kSweepInterval;
    }
  }
  CloseListener();
}

void Acceptor::CloseListener() {
  listener_.socket = UniqueFd();
  listener_closed_ = true;
  listener_closed_.notify_all();
}

void Acceptor::AcceptReady() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    sockaddr_storage address{};
    UniqueFd socket = AcceptOne(listener_.socket.get(), address);
    if (socket.valid()) {
      Admit(std::move(socket), address);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    if (IsOutOfDescriptors(errno)) return ShedWithReserve();
    // Anything else is that one connection's own misfortune (ECONNABORTED and the like).
  }
}

void Acceptor::Admit(UniqueFd socket, const sockaddr_storage& address) {
  std::string source = SourceOf(address);
  if (!MayEnter(source)) return Reset(socket);
  HandOverSocket(std::move(socket), address, std::move(source));
}

bool Acceptor::MayEnter(const std::string& source) {
  if (connections_.size() >= limits_.total) {
    stats_.turned_away_door_full.Add();
    return false;
  }
  switch (sources_.Enter(source, absl::Now())) {
    case SourceLimits::Verdict::kAdmit: return true;
    case SourceLimits::Verdict::kFull: stats_.turned_away_source_full.Add(); return false;
    case SourceLimits::Verdict::kTooFast: stats_.turned_away_source_fast.Add(); return false;
  }
  return false;
}

void Acceptor::HandOverSocket(UniqueFd socket, const sockaddr_storage& address,
                              std::string source) {
  UniqueFd ours(fcntl(socket.get(), F_DUPFD_CLOEXEC, 3));
  const uint64_t id = next_id_++;
  if (!ours.valid() || !Watch(ours.get(), kOnlyHangUp, id).ok()) {
    sources_.Leave(source);
    stats_.turned_away_no_descriptor.Add();
    return Reset(socket);
  }
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  connections_.Add(id, PeerName(address), std::move(source), std::move(ours));
  stats_.accepted.Add();
  hand_over_(socket.Release());
}

// Without this the peer would wait in the backlog, and epoll would report it again and again.
void Acceptor::ShedWithReserve() {
  reserve_ = UniqueFd();
  sockaddr_storage address{};
  if (UniqueFd socket = AcceptOne(listener_.socket.get(), address); socket.valid()) Reset(socket);
  stats_.turned_away_no_descriptor.Add();
  if (!OpenReserve().ok()) LogWarning("reserve_descriptor_lost");
  Pause();
}

void Acceptor::Pause() {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.socket.get(), nullptr);
  paused_ = true;
  paused_until_ = absl::Now() + kPause;
  LogWarning("out_of_descriptors", {{"pause", kPause}});
}

void Acceptor::Resume() {
  if (!listener_.socket.valid()) return;
  if (!reserve_.valid()) (void)OpenReserve();
  paused_until_ = absl::Now() + kPause;
  if (Watch(listener_.socket.get(), EPOLLIN, kListenerId).ok()) paused_ = false;
}

// gRPC has let go of it: our descriptor must not keep the socket.
void Acceptor::End(uint64_t id) {
  const auto ended = connections_.Remove(id);
  if (!ended) return;
  sources_.Leave(ended->source);
  stats_.ended.Add();
  if (!ended->had_call) stats_.ended_without_call.Add();
}

}  // namespace ehc
