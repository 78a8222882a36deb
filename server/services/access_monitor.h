// Counts how agencies use the hub: by hour, for a week. Told of each commit; after a start it
// counts the log's last week over again. What it finds refuses nothing: it goes into the officer's
// report and, without people, into the metrics.
//
// Thread safe.
#ifndef EHC_SERVER_SERVICES_ACCESS_MONITOR_H_
#define EHC_SERVER_SERVICES_ACCESS_MONITOR_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "ehc/hub/v1/access.pb.h"
#include "server/audit/audit_log.h"
#include "server/base/clock.h"
#include "server/model/use_limit.h"
#include "server/storage/store.h"

namespace ehc {

class AccessMonitor : public AuditObserver {
 public:
  static constexpr int kHours = 168;

  explicit AccessMonitor(const Clock& clock) : clock_(clock) {}
  ~AccessMonitor() override;

  // Before the first commit of this process: counts the entries that are there, on a thread of its
  // own. Reports say until then that they are not complete.
  void CountLog(Store& store);

  void Disclosed(const CaseFile& file) override;
  void Denied(const CaseFile& file) override;

  // Of whole hours. `of`: only what that agency is a party to; null: everything.
  hub::v1::AccessReport Report(absl::Time since, absl::Time until,
                               const std::vector<UseLimit>& limits, const AgencyId* of) const;

  // Agencies are labels, people never: for the loopback endpoint alone. `limits` as now in force.
  std::string MetricsText(const std::vector<UseLimit>& limits) const;

 private:
  // One entry of the log, as far as it is counted.
  struct Use {
    absl::Time at;
    std::string agency;
    std::string user;
    std::string custodian;
    uint64_t child = 0;  // 0: about nobody
    bool denied = false;
    bool discloses = false;  // a question for a record, not a write or a reading of one's own
    bool breaks_glass = false;
  };
  struct Count {
    uint64_t disclosures = 0;
    uint64_t denials = 0;
    uint64_t break_glass = 0;
    absl::flat_hash_set<uint64_t> children;

    void Add(const Use& use);
    void Add(const Count& other, bool with_children);
    uint64_t Of(UseMeasure measure) const;
  };
  using Key = std::pair<std::string, std::string>;  // agency and user; user empty: the whole agency
  struct Hour {
    std::map<Key, Count> people;
    std::map<Key, uint64_t> edges;  // custodian and searcher
  };
  using Hours = std::map<int64_t, Hour>;

  static Use UseOf(const CaseFile& file, absl::Time at, bool denied);
  static absl::StatusOr<Use> UseOf(const StoredEntry& entry);
  void Add(const Use& use, bool live);
  void CountBetween(Store& store, int64_t first, int64_t end);
  // A copy, so that nobody who commits waits for a report: hours [first, end).
  Hours CopyOf(int64_t first, int64_t end) const;
  bool IsCompleteSince(absl::Time since) const;
  std::string TotalsText() const;
  // Sums by person or by agency, as the limit has it, of the `length` hours that end with `end`.
  static std::map<Key, Count> Window(const Hours& hours, int64_t end, int length,
                                     const UseLimit& limit);
  static void AddUse(const Hours& hours, int64_t first, int64_t end, const AgencyId* of,
                     hub::v1::AccessReport& report);
  static void AddAlerts(const Hours& hours, const UseLimit& limit, int64_t first,
                        const AgencyId* of, hub::v1::AccessReport& report);

  const Clock& clock_;
  mutable std::mutex mutex_;
  Hours hours_ ABSL_GUARDED_BY(mutex_);
  std::map<Key, uint64_t> edges_total_ ABSL_GUARDED_BY(mutex_);  // since this process began
  std::map<std::string, uint64_t> denials_total_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint64_t> break_glass_total_ ABSL_GUARDED_BY(mutex_);
  absl::Time complete_since_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  std::thread counting_;
  std::atomic<bool> stop_{false};
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_ACCESS_MONITOR_H_
