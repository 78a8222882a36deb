#include "server/transport/connections.h"

#include <sys/socket.h>

#include <utility>

namespace ehc {
namespace {

// shutdown() leaves what was received to be read, megabytes of it; this does not.
void Disconnect(int socket) {
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  if (connect(socket, &nobody, sizeof(nobody)) != 0) shutdown(socket, SHUT_RDWR);
}

}  // namespace

void Connections::Add(uint64_t id, std::string peer, std::string source, UniqueFd socket) {
  auto connection = std::make_shared<Connection>();
  connection->peer_ = peer;
  connection->source_ = std::move(source);
  connection->socket_ = std::move(socket);
  std::lock_guard<std::mutex> lock(mutex_);
  by_peer_[std::move(peer)] = id;
  connections_[id] = std::move(connection);
}

std::optional<Connections::Ended> Connections::Remove(uint64_t id) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = connections_.find(id);
  if (found == connections_.end()) return std::nullopt;
  Connection& connection = *found->second;
  const auto named = by_peer_.find(connection.peer_);
  if (named != by_peer_.end() && named->second == id) by_peer_.erase(named);
  connection.socket_ = UniqueFd();  // calls may still hold the connection
  Ended ended{std::move(connection.source_), connection.has_caller_};
  connections_.erase(found);
  return ended;
}

std::shared_ptr<Connection> Connections::Find(absl::string_view peer) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto named = by_peer_.find(peer);
  return named == by_peer_.end() ? nullptr : connections_.find(named->second)->second;
}

std::string Connections::SourceOf(absl::string_view peer) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto named = by_peer_.find(peer);
  return named == by_peer_.end() ? std::string()
                                 : connections_.find(named->second)->second->source_;
}

bool Connections::Associate(Connection& connection, CallerAccount account, std::string credential) {
  if (connection.has_caller_.load(std::memory_order_acquire)) return false;
  std::lock_guard<std::mutex> lock(mutex_);
  if (connection.has_caller_) return false;
  connection.agency_ = account.agency;
  connection.credential_ = std::move(credential);
  connection.account_ = std::move(account);
  connection.has_caller_.store(true, std::memory_order_release);
  return true;
}

void Connections::Cut(Connection& connection) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (connection.socket_.valid()) shutdown(connection.socket_.get(), SHUT_RDWR);
}

bool Connections::Abort(absl::string_view peer) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto named = by_peer_.find(peer);
  if (named == by_peer_.end()) return false;
  Disconnect(connections_.find(named->second)->second->socket_.get());
  return true;
}

size_t Connections::CutUnless(Stays stays) {
  std::lock_guard<std::mutex> lock(mutex_);
  size_t cut = 0;
  for (auto& [id, connection] : connections_) {
    if (!connection->has_caller_) continue;
    if (stays(connection->agency_, connection->credential_)) continue;
    shutdown(connection->socket_.get(), SHUT_RDWR);
    ++cut;
  }
  return cut;
}

void Connections::CutIdle() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (auto& [id, connection] : connections_) {
    if (connection->calls_ == 0) shutdown(connection->socket_.get(), SHUT_RDWR);
  }
}

size_t Connections::size() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return connections_.size();
}

}  // namespace ehc
