// AuditLog, the only maker of Audited<T> and AuditedDenial. It derives the entry from the stage
// value itself (what was really released, not what was meant to be), commits it together with the
// changes, if any, and with the versions that the decision read. That commit is the linearisation
// point: withdrawals, suspensions and revocations acknowledged before it win.
//
// Thread safe. Callbacks run once each, on the committing thread or on the caller's own.
#ifndef EHC_SERVER_AUDIT_AUDIT_LOG_H_
#define EHC_SERVER_AUDIT_AUDIT_LOG_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/base/crypto.h"
#include "server/base/stage_times.h"
#include "server/model/audit_entry.h"
#include "server/model/stages.h"
#include "server/storage/store.h"

namespace ehc {

// Durable; or STALE: the call, back at its beginning, to be decided again; or not committed.
template <typename T>
using AuditResult = std::variant<Audited<T>, Call, absl::Status>;
template <typename T>
using AuditDone = absl::AnyInvocable<void(AuditResult<T>)>;
using DenialResult = std::variant<AuditedDenial, Call, absl::Status>;
using DenialDone = absl::AnyInvocable<void(DenialResult)>;

// What the commit of a disclosure does besides its entry: duties that its decision carries, such as
// an officer's review of what the family is not told. Thread safe.
class DisclosureDuties {
 public:
  virtual ~DisclosureDuties() = default;
  // For the same commit. Asked only where the decision carries obligations. An error: the
  // disclosure is not committed.
  virtual absl::StatusOr<std::vector<Change>> ChangesFor(const CaseFile& file,
                                                         const Release& release,
                                                         const EntryRow& entry) const = 0;
};

// Learns what was committed, once it is durable. Thread safe, and quick.
class AuditObserver {
 public:
  virtual ~AuditObserver() = default;
  virtual void Disclosed(const CaseFile& file) = 0;
  virtual void Denied(const CaseFile& file) = 0;
};

class AuditLog {
 public:
  // The clock may slip back by kClockMaySlip, as when it is set by a time server; when it is
  // further behind the newest entry, nothing is committed (AUDIT_UNAVAILABLE) until it has caught
  // up.
  static constexpr absl::Duration kClockMaySlip = absl::Seconds(5);

  // A record's name at an agency. Thread safe.
  using RecordNamer = std::function<std::string(const AgencyId&, RecordId)>;

  AuditLog(Store& store, const Clock& clock, StageTimes* times = nullptr,
           RecordNamer record_name = nullptr)
      : store_(store), clock_(clock), times_(times), record_name_(std::move(record_name)) {}

  // No entry is to be older than this one; InfiniteFuture(): the clock may go as it likes.
  void StartAfter(absl::Time newest) { newest_ms_.store(absl::ToUnixMillis(newest)); }

  // Before the first call; null: none.
  void SetDuties(const DisclosureDuties* duties) { duties_ = duties; }
  void SetObserver(AuditObserver* observer) { observer_ = observer; }

  template <typename T>
  void Commit(Accounted<T> accounted, AuditDone<T> done) {
    Append<T>(std::move(accounted.file_), std::move(accounted.value_),
              std::move(accounted.release_), std::move(accounted.changes_), std::move(done));
  }

  template <typename T>
  void Commit(Planned<T> planned, AuditDone<T> done) {
    Append<T>(std::move(planned.file_), std::move(planned.value_), std::move(planned.release_),
              std::move(planned.changes_), std::move(done));
  }

  // The entry holds the decision; `refusal` is what the searcher is told of it, and `count` commits
  // with it (Accountant::OfDenial).
  void CommitDenial(Decided decided, Refusal refusal, std::vector<Change> count, DenialDone done);

  // How many commits have changed a record, or done something to a matter of which a party is told,
  // since this was made: what streams wait for.
  uint64_t record_changes() const { return record_changes_.load(std::memory_order_relaxed); }
  // How many have changed what is known of a child: consents, protections, relationships. Counted
  // before the change is acknowledged.
  uint64_t fact_changes() const { return fact_changes_.load(std::memory_order_relaxed); }

  // Entries that are to be committed together: each as Commit() or CommitDenial() would, with an
  // outcome of its own, in as few group commits as they fit into.
  class Group {
   public:
    explicit Group(AuditLog& log) : log_(log) {}

    template <typename T>
    void Add(Accounted<T> accounted, AuditDone<T> done) {
      Keep(log_.Prepare<T>(std::move(accounted.file_), std::move(accounted.value_),
                           std::move(accounted.release_), std::move(accounted.changes_),
                           std::move(done)));
    }
    template <typename T>
    void Add(Planned<T> planned, AuditDone<T> done) {
      Keep(log_.Prepare<T>(std::move(planned.file_), std::move(planned.value_),
                           std::move(planned.release_), std::move(planned.changes_),
                           std::move(done)));
    }
    void AddDenial(Decided decided, Refusal refusal, std::vector<Change> count, DenialDone done) {
      Keep(log_.PrepareDenial(std::move(decided), std::move(refusal), std::move(count),
                              std::move(done)));
    }
    void Commit() && { log_.store_.AppendAll(std::move(appendings_)); }

   private:
    void Keep(std::optional<Appending> appending) {
      if (appending.has_value()) appendings_.push_back(*std::move(appending));
    }

    AuditLog& log_;
    std::vector<Appending> appendings_;
  };

 private:
  template <typename T>
  void Append(std::unique_ptr<CaseFile> file, T value, Release release, std::vector<Change> changes,
              AuditDone<T> done) {
    std::optional<Appending> one = Prepare<T>(std::move(file), std::move(value), std::move(release),
                                              std::move(changes), std::move(done));
    if (one.has_value()) store_.Append(std::move(one->commit), std::move(one->done));
  }

  // nullopt: the entry cannot be made, and `done` has been told.
  template <typename T>
  std::optional<Appending> Prepare(std::unique_ptr<CaseFile> file, T value, Release release,
                                   std::vector<Change> changes, AuditDone<T> done) {
    StageClock clock(times_);
    absl::StatusOr<EntryRow> entry = Disclosed(*file, release);
    if (!entry.ok()) {
      done(entry.status());
      return std::nullopt;
    }
    absl::Status duties = AddDuties(*file, release, *entry, changes);
    if (!duties.ok()) {
      done(duties);
      return std::nullopt;
    }
    EntryProof proof;
    proof.leaf_hash = entry->leaf_hash;
    proof.recorded_at = entry->recorded_at;
    struct Commit commit {
      file->reads, std::move(changes), *std::move(entry)
    };
    clock.End(CallStage::kEntry);
    const bool changes_nothing = !Changes<PutRequest>(commit.changes);
    const bool changes_record =
        Changes<PutRecord>(commit.changes) || Changes<TellOfMatter>(commit.changes);
    const bool changes_facts = Changes<PutSubject>(commit.changes);
    return Appending{
        std::move(commit),
        [this, changes_nothing, changes_record, changes_facts, clock, file = std::move(file),
         value = std::move(value), release = std::move(release), proof = std::move(proof),
         done = std::move(done)](absl::StatusOr<Committed> committed) mutable {
          clock.End(CallStage::kCommit);
          if (!committed.ok()) {
            if (!absl::IsAborted(committed.status())) {
              return done(changes_nothing ? NotDurable(committed.status()) : committed.status());
            }
            return done(Call(std::move(file)));
          }
          if (observer_ != nullptr) observer_->Disclosed(*file);
          if (changes_record) record_changes_.fetch_add(1, std::memory_order_relaxed);
          if (changes_facts) fact_changes_.fetch_add(1, std::memory_order_relaxed);
          proof.index = committed->index;
          proof.batch_position = committed->batch_position;
          proof.promise = std::move(committed->promise);
          done(Audited<T>(std::move(file), std::move(value), std::move(release), std::move(proof)));
        }};
  }

  std::optional<Appending> PrepareDenial(Decided decided, Refusal refusal,
                                         std::vector<Change> count, DenialDone done);

  absl::StatusOr<EntryRow> Disclosed(const CaseFile& file, const Release& release) const;
  absl::StatusOr<EntryRow> Denied(const CaseFile& file, const Refusal& refusal) const;

  absl::Status AddDuties(const CaseFile& file, const Release& release, const EntryRow& entry,
                         std::vector<Change>& changes) const;

  template <typename Kind>
  static bool Changes(const std::vector<Change>& changes) {
    return std::any_of(changes.begin(), changes.end(),
                       [](const Change& change) { return std::holds_alternative<Kind>(change); });
  }

  // What every entry says.
  AuditRecord Common(const CaseFile& file, absl::Time now) const;
  void DescribeRecordNames(const CaseFile& file, const Release& release, AuditRecord& record) const;
  // The same for all entries of one call, and says nothing about any other.
  std::string TraceOf(uint64_t call_id) const;

  // The moment of a new entry.
  absl::StatusOr<absl::Time> Moment() const;
  absl::StatusOr<absl::Time> MomentOf(const CaseFile& file, bool is_content) const;

  // What is said where the entry of an answer could not be kept: AUDIT_UNAVAILABLE, unless what is
  // stored is damaged or the store has said it itself.
  static absl::Status NotDurable(const absl::Status& why);

  Store& store_;
  const Clock& clock_;
  StageTimes* const times_;
  const RecordNamer record_name_;
  const std::string trace_secret_ = RandomBytes(16);
  const DisclosureDuties* duties_ = nullptr;
  AuditObserver* observer_ = nullptr;
  std::atomic<uint64_t> record_changes_{0};
  std::atomic<uint64_t> fact_changes_{0};
  mutable std::atomic<int64_t> newest_ms_{std::numeric_limits<int64_t>::min()};
};

}  // namespace ehc

#endif  // EHC_SERVER_AUDIT_AUDIT_LOG_H_
