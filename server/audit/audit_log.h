// AuditLog, the only maker of Audited<T> and AuditedDenial. It derives the entry from the stage
// value itself (what was really released, not what was meant to be), commits it together with the
// changes, if any, and with the versions that the decision read. That commit is the linearisation
// point: withdrawals, suspensions and revocations acknowledged before it win.
//
// Thread safe. Callbacks run once each, on the committing thread or on the caller's own.
#ifndef EHC_SERVER_AUDIT_AUDIT_LOG_H_
#define EHC_SERVER_AUDIT_AUDIT_LOG_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/base/stage_times.h"
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
  AuditLog(Store& store, const Clock& clock, StageTimes* times = nullptr)
      : store_(store), clock_(clock), times_(times) {}

  // Before the first call; null: none.
  void SetDuties(const DisclosureDuties* duties) { duties_ = duties; }
  void SetObserver(AuditObserver* observer) { observer_ = observer; }

  template <typename T>
  void Commit(Redacted<T> redacted, AuditDone<T> done) {
    Append<T>(std::move(redacted.file_), std::move(redacted.value_), std::move(redacted.release_),
              {}, std::move(done));
  }

  template <typename T>
  void Commit(Planned<T> planned, AuditDone<T> done) {
    Append<T>(std::move(planned.file_), std::move(planned.value_), std::move(planned.release_),
              std::move(planned.changes_), std::move(done));
  }

  // The entry holds the decision; `refusal` is what the searcher is told of it.
  void CommitDenial(Decided decided, Refusal refusal, DenialDone done);

  // How many commits have changed a record since this was made: what streams wait for.
  uint64_t record_changes() const { return record_changes_.load(std::memory_order_relaxed); }

  // Entries that are to be committed together: each as Commit() or CommitDenial() would, with an
  // outcome of its own, in as few group commits as they fit into.
  class Group {
   public:
    explicit Group(AuditLog& log) : log_(log) {}

    template <typename T>
    void Add(Redacted<T> redacted, AuditDone<T> done) {
      Keep(log_.Prepare<T>(std::move(redacted.file_), std::move(redacted.value_),
                           std::move(redacted.release_), {}, std::move(done)));
    }
    void AddDenial(Decided decided, Refusal refusal, DenialDone done) {
      Keep(log_.PrepareDenial(std::move(decided), std::move(refusal), std::move(done)));
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
    const bool changes_record = ChangesRecord(commit.changes);
    return Appending{
        std::move(commit),
        [this, changes_record, clock, file = std::move(file), value = std::move(value),
         release = std::move(release), proof = std::move(proof),
         done = std::move(done)](absl::StatusOr<Committed> committed) mutable {
          clock.End(CallStage::kCommit);
          if (!committed.ok()) {
            if (!absl::IsAborted(committed.status())) return done(committed.status());
            return done(Call(std::move(file)));
          }
          if (observer_ != nullptr) observer_->Disclosed(*file);
          if (changes_record) record_changes_.fetch_add(1, std::memory_order_relaxed);
          proof.index = committed->index;
          proof.batch_position = committed->batch_position;
          proof.promise = std::move(committed->promise);
          done(Audited<T>(std::move(file), std::move(value), std::move(release), std::move(proof)));
        }};
  }

  std::optional<Appending> PrepareDenial(Decided decided, Refusal refusal, DenialDone done);

  absl::StatusOr<EntryRow> Disclosed(const CaseFile& file, const Release& release) const;
  absl::StatusOr<EntryRow> Denied(const CaseFile& file, const Refusal& refusal) const;

  absl::Status AddDuties(const CaseFile& file, const Release& release, const EntryRow& entry,
                         std::vector<Change>& changes) const;
  static bool ChangesRecord(const std::vector<Change>& changes);

  Store& store_;
  const Clock& clock_;
  StageTimes* const times_;
  const DisclosureDuties* duties_ = nullptr;
  AuditObserver* observer_ = nullptr;
  std::atomic<uint64_t> record_changes_{0};
};

}  // namespace ehc

#endif  // EHC_SERVER_AUDIT_AUDIT_LOG_H_
