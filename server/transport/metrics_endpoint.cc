#include "server/transport/metrics_endpoint.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr char kLoopback[] = "127.0.0.1";
constexpr int kPollMillis = 200;
constexpr size_t kMostRequestBytes = 4096;
constexpr timeval kPatience{1, 0};

// What came until the headers end; empty: nothing that makes sense.
std::string ReadRequest(int fd) {
  std::string request;
  char buffer[1024];
  while (!absl::StrContains(request, "\r\n\r\n")) {
    const ssize_t got = ::recv(fd, buffer, sizeof(buffer), 0);
    if (got <= 0 || request.size() + static_cast<size_t>(got) > kMostRequestBytes) return "";
    request.append(buffer, static_cast<size_t>(got));
  }
  return request;
}

void SendAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

bool AsksForMetrics(absl::string_view request) {
  return absl::StartsWith(request, "GET /metrics ") || absl::StartsWith(request, "GET /metrics?");
}

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Start(
    int port, std::function<std::string()> text) {
  EHC_ASSIGN_OR_RETURN(Listener listener, Listen(kLoopback, port));
  return std::unique_ptr<MetricsEndpoint>(
      new MetricsEndpoint(std::move(listener), std::move(text)));
}

MetricsEndpoint::MetricsEndpoint(Listener listener, std::function<std::string()> text)
    : listener_(std::move(listener)), text_(std::move(text)), thread_([this] { Serve(); }) {}

MetricsEndpoint::~MetricsEndpoint() {
  stop_ = true;
  thread_.join();
}

void MetricsEndpoint::Serve() {
  while (!stop_) {
    pollfd waiting{listener_.socket.get(), POLLIN, 0};
    if (::poll(&waiting, 1, kPollMillis) <= 0) continue;
    const UniqueFd reader(::accept4(listener_.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!reader.valid()) continue;
    ::setsockopt(reader.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
    ::setsockopt(reader.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
    Answer(reader.get());
  }
}

void MetricsEndpoint::Answer(int fd) const {
  const std::string request = ReadRequest(fd);
  if (request.empty()) return;
  const bool found = AsksForMetrics(request);
  const std::string body = found ? text_() : "only GET /metrics is here\n";
  SendAll(fd, absl::StrCat("HTTP/1.1 ", found ? "200 OK" : "404 Not Found",
                           "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8"
                           "\r\nContent-Length: ",
                           body.size(), "\r\nConnection: close\r\n\r\n", body));
}

}  // namespace ehc
