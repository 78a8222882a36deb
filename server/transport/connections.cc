#include "server/transport/connections.h"

#include <sys/socket.h>

#include <utility>

namespace ehc {

void Connections::Add(uint64_t id, std::string peer, std::string source, UniqueFd socket) {
  std::lock_guard<std::mutex> lock(mutex_);
  by_peer_[peer] = id;
  Connection& connection = connections_[id];
  connection.peer = std::move(peer);
  connection.source = std::move(source);
  connection.socket = std::move(socket);
}

std::optional<Connections::Ended> Connections::Remove(uint64_t id) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = connections_.find(id);
  if (found == connections_.end()) return std::nullopt;
  Ended ended{std::move(found->second.source), !found->second.credential.empty()};
  const auto named = by_peer_.find(found->second.peer);
  if (named != by_peer_.end() && named->second == id) by_peer_.erase(named);
  connections_.erase(found);
  return ended;
}

bool Connections::Associate(absl::string_view peer, const Caller& caller) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto named = by_peer_.find(peer);
  if (named == by_peer_.end()) return false;  // it has ended already
  Connection& connection = connections_[named->second];
  if (connection.credential == caller.credential()) return false;
  connection.agency = caller.agency();
  connection.credential = caller.credential();
  return true;
}

size_t Connections::CutUnless(Stays stays) {
  std::lock_guard<std::mutex> lock(mutex_);
  size_t cut = 0;
  for (auto& [id, connection] : connections_) {
    if (connection.credential.empty()) continue;
    if (stays(connection.agency, connection.credential)) continue;
    shutdown(connection.socket.get(), SHUT_RDWR);
    ++cut;
  }
  return cut;
}

size_t Connections::CutAll() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (auto& [id, connection] : connections_) shutdown(connection.socket.get(), SHUT_RDWR);
  return connections_.size();
}

size_t Connections::size() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return connections_.size();
}

}  // namespace ehc
