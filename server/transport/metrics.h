// What the front door counts. Labels are names of methods, codes and causes: never a person, an
// agency or an address.
#ifndef EHC_SERVER_TRANSPORT_METRICS_H_
#define EHC_SERVER_TRANSPORT_METRICS_H_

#include <array>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/base/counters.h"

namespace ehc {

struct MethodStats {
  std::string service;
  std::string method;
  std::array<Counter, 17> outcomes;  // by gRPC status code
  LatencyHistogram queued;           // from arrival to a worker
  LatencyHistogram admitted;         // authenticating and validating
  LatencyHistogram total;            // from arrival to the answer

  void CountOutcome(int code) { outcomes[code >= 0 && code < 17 ? code : 2].Add(); }
};

struct DoorStats {
  Counter accepted;
  Counter turned_away_source_full;
  Counter turned_away_source_fast;
  Counter turned_away_door_full;
  Counter turned_away_no_descriptor;
  Counter ended;
  Counter ended_without_call;  // among them: handshakes that failed
  Counter cut;                 // by revocation or suspension
  Counter cut_floods;          // see memory_guard.h
  Counter peers_admitted;
  Counter peers_refused;  // chain good, but not enrolled, revoked or suspended
  Counter over_quota;     // calls refused for their agency's quota
  Counter shed;           // calls that found the queue full
  Counter slow_readers;   // streams cut because what was sent was not read
  Counter taken_back;     // streams cut because what was on its way may not be read any more
  Counter misdirected;    // answers that belonged to another call: always a defect
};

class Metrics {
 public:
  // The same object for the same names; it lives as long as this.
  MethodStats& Method(absl::string_view service, absl::string_view method);

  DoorStats& door() { return door_; }

  // Prometheus text exposition, version 0.0.4.
  std::string Text() const;

 private:
  DoorStats door_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, MethodStats> methods_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_METRICS_H_
