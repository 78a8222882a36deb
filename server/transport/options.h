// How the front door is set up; docs/operations/limits.md says why each number is what it is.
#ifndef EHC_SERVER_TRANSPORT_OPTIONS_H_
#define EHC_SERVER_TRANSPORT_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/executor.h"
#include "server/base/quota_book.h"

namespace ehc {

// PEM files. Replace them by swapping a symbolic link to their directory, so that no handshake sees
// a key without its certificate.
struct TlsFiles {
  std::string key;             // readable by its owner alone
  std::string certificate;     // the hub's own, then its chain
  std::string roots;           // whoever may sign agencies' certificates
  std::string lists;           // their revocation lists; need not be there, unless:
  bool require_lists = false;  // without one in force of its authority, nobody is let in

  // hub.key, hub.pem, ca.pem and crl.pem of `directory`.
  static TlsFiles InDirectory(const std::string& directory) {
    return {directory + "/hub.key", directory + "/hub.pem", directory + "/ca.pem",
            directory + "/crl.pem"};
  }
};

struct ConnectionLimits {
  size_t total = 4096;      // less if the process may open fewer than twice as many descriptors
  size_t per_source = 256;  // an IPv4 address, or the first 64 bits of an IPv6 address
  double new_per_second_per_source = 100;
  double burst_per_source = 300;
  absl::Duration handshake = absl::Seconds(5);
  absl::Duration age = absl::Minutes(15);  // from then on calls finish, new ones go elsewhere
  absl::Duration age_grace = absl::Seconds(60);
  absl::Duration idle = absl::Minutes(5);
  absl::Duration keepalive = absl::Seconds(60);
  absl::Duration keepalive_timeout = absl::Seconds(20);
  absl::Duration min_ping_interval = absl::Seconds(30);
};

struct MessageLimits {
  int receive_bytes = 1 << 20;
  int send_bytes = 16 << 20;
  int metadata_bytes = 8 << 10;
  int streams_per_connection = 64;
  size_t memory_bytes = size_t{256} << 20;  // of all connections together
};

// Streams that are reset before a call of ours begins: see memory_guard.h.
struct FloodLimits {
  int streams_beyond = 1024;  // held beyond what their connections may open, of all together
  size_t memory_growth_bytes = size_t{64}
                               << 20;  // since it was calm: then they are counted at once
  absl::Duration interval = absl::Milliseconds(50);
};

// Calls that are answered message by message.
struct StreamLimits {
  size_t total = 1024;
  size_t per_agency = 64;
  size_t per_connection = 16;
  absl::Duration slow_reader = absl::Seconds(30);  // a message that is not taken for longer: cut
  absl::Duration poll = absl::Seconds(1);          // a stream without news looks again
  absl::Duration tick = absl::Milliseconds(20);    // how exact the other two are
};

// When answers leave that are alike for every child: see pace.h. Longer than the hub works on such
// a call, its commit on this disk included, in all but a few of thousands.
struct PaceOptions {
  absl::Duration first = absl::Milliseconds(10);          // after the call arrived
  absl::Duration per_question = absl::Microseconds(250);  // of a roll, for each child but the first
  absl::Duration step = absl::Milliseconds(50);  // between the moments for those that are late
  // After the call arrived, where it is turned away for want of quota or room: a caller that waits
  // for its answer comes again no sooner. At most half of the time that its deadline leaves.
  absl::Duration turned_away = absl::Milliseconds(250);
};

// Who asks how much. Both are asked on gRPC's threads: they wait for nothing. Null: no limits, and
// no purpose is served first.
struct QuotaOptions {
  std::function<QuotaLimits(absl::string_view agency, absl::string_view agency_type)> limits;
  std::function<bool(absl::string_view purpose)> is_safeguarding;
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // numeric
  int port = 0;                       // 0: any; see HubServer::port()
  TlsFiles tls;
  absl::Duration tls_refresh = absl::Seconds(5);
  ConnectionLimits connections;
  MessageLimits messages;
  FloodLimits floods;
  StreamLimits streams;
  PaceOptions pace;
  QuotaOptions quotas;
  std::function<uint64_t()> changes;       // counts what streams wait for; see Streams
  std::function<uint64_t()> fact_changes;  // counts what may take back what a stream is sending
  size_t executor_threads = 0;             // 0: one more than the cores, from 3 to 9
  size_t executor_queue = 256;
  Executor::BetweenTasks between_calls;  // work that may wait for company; see base/executor.h
  absl::Duration probe_interval = absl::Seconds(1);  // how often balancers ask for health
  bool development = false;                          // reflection
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_OPTIONS_H_
