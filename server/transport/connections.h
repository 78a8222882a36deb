// The open connections: who is at their other end, and the means to cut them.
#ifndef EHC_SERVER_TRANSPORT_CONNECTIONS_H_
#define EHC_SERVER_TRANSPORT_CONNECTIONS_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "server/base/fs.h"
#include "server/model/caller.h"

namespace ehc {

// Each connection is known by gRPC's name of its other end ("ipv4:192.0.2.7:50432") and by a
// descriptor of our own for the same socket: cutting needs no help from gRPC. Thread safe.
class Connections {
 public:
  struct Ended {
    std::string source;
    bool had_call = false;
  };

  // The id is unique for the life of the process. A name that is in use passes to the newer one.
  void Add(uint64_t id, std::string peer, std::string source, UniqueFd socket);

  // Closes our descriptor and forgets the connection; nullopt if it is not there.
  std::optional<Ended> Remove(uint64_t id);

  // A call of this caller came through the connection of `peer`. True if that was not known.
  bool Associate(absl::string_view peer, const Caller& caller);

  // Cuts at once every connection whose caller is not to stay; bytes not yet sent are lost. A
  // connection without a call has no caller and stays: its first call is checked as any other.
  // Returns how many.
  using Stays = absl::FunctionRef<bool(const AgencyId& agency, const std::string& credential)>;
  size_t CutUnless(Stays stays);

  size_t CutAll();
  size_t size() const;

 private:
  struct Connection {
    std::string peer;
    std::string source;
    UniqueFd socket;
    AgencyId agency;         // empty until the first call
    std::string credential;  // likewise
  };

  mutable std::mutex mutex_;
  absl::flat_hash_map<uint64_t, Connection> connections_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, uint64_t> by_peer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_CONNECTIONS_H_
