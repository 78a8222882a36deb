// The open connections: who is at their other end, how they behave, and the means to cut them.
#ifndef EHC_SERVER_TRANSPORT_CONNECTIONS_H_
#define EHC_SERVER_TRANSPORT_CONNECTIONS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "server/base/fs.h"
#include "server/base/quota_book.h"
#include "server/model/names.h"

namespace ehc {

// Whom a connection's calls are charged to.
struct CallerAccount {
  AgencyId agency;
  std::string agency_type;
  std::shared_ptr<QuotaAccount> quota;
};

// What the calls of one connection share. Thread safe.
class Connection {
 public:
  // A peer that never acknowledges our settings may open as many streams as it likes (gRPC 1.51),
  // so calls are counted here too. False when there are too many; Leave() follows either way.
  bool Enter(int max_calls) { return calls_.fetch_add(1, std::memory_order_relaxed) < max_calls; }
  int calls() const { return calls_.load(std::memory_order_relaxed); }
  void Leave() { calls_.fetch_sub(1, std::memory_order_relaxed); }

  // A peer may cancel a call for every one it lets finish, and kSpareCancellations more: false when
  // it has cancelled too many (CVE-2023-44487).
  bool NoteCancelled() { return patience_.fetch_sub(1, std::memory_order_relaxed) > 0; }
  void NoteFinished() {
    if (patience_.load(std::memory_order_relaxed) < kSpareCancellations) {
      patience_.fetch_add(1, std::memory_order_relaxed);
    }
  }

  static constexpr int kSpareCancellations = 1000;

  // Whose quota its calls are charged to; null before its first call came.
  const CallerAccount* account() const {
    return has_caller_.load(std::memory_order_acquire) ? &account_ : nullptr;
  }

 private:
  friend class Connections;

  std::atomic<int> calls_{0};
  std::atomic<int> patience_{kSpareCancellations};
  std::atomic<bool> has_caller_{false};
  // Guarded by Connections::mutex_.
  std::string peer_;
  std::string source_;
  UniqueFd socket_;
  AgencyId agency_;
  std::string credential_;
  CallerAccount account_;  // fixed once has_caller_ is true
};

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

  // Null when it has ended.
  std::shared_ptr<Connection> Find(absl::string_view peer) const;

  // Where the connection of that name comes from, as caps are counted; empty: it has ended.
  std::string SourceOf(absl::string_view peer) const;

  // Whose certificate the connection has: true the first time. One connection has one certificate.
  bool Associate(Connection& connection, CallerAccount account, std::string credential);

  void Cut(Connection& connection);

  // Cuts the connection of that name, and drops what it has sent and gRPC has not read yet. False
  // if it has ended already.
  bool Abort(absl::string_view peer);

  // Cuts at once every connection whose caller is not to stay; bytes not yet sent are lost. A
  // connection without a call has no caller and stays: its first call is checked as any other.
  // Returns how many.
  using Stays = absl::FunctionRef<bool(const AgencyId& agency, const std::string& credential)>;
  size_t CutUnless(Stays stays);

  // Cuts every connection that carries no call; what was answered on it has been sent.
  void CutIdle();

  size_t size() const;

 private:
  mutable std::mutex mutex_;
  absl::flat_hash_map<uint64_t, std::shared_ptr<Connection>> connections_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, uint64_t> by_peer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_CONNECTIONS_H_
