// The stages of the one path. Each value is move-only, carries its call, and can be made only by
// the one class named as its friend (none may be derived from, so none can be passed off as
// another); each step consumes the stage before it. So nothing is disclosed unread by policy,
// unredacted, unaudited, twice, or to somebody else:
//
//   Call          Desk            an authenticated caller and what it asks
//   Informed      FactsReader     + what storage knows, in one read view
//   Decided       Judge           + the decision and the revision it names
//   Loaded<T>     RecordSource<T> + the record as its custodian keeps it       (permits only)
//   Redacted<T>   Redactor        + only what the decision grants
//   Accounted<T>  Accountant      + what commits with it: counts, the notice of an emergency
//   Planned<T>    Planner         + the changes of a mutation                  (permits only)
//   Audited<T>    AuditLog        + a durable entry: may leave the house
//   AuditedDenial AuditLog        a no, with a durable entry
#ifndef EHC_SERVER_MODEL_STAGES_H_
#define EHC_SERVER_MODEL_STAGES_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/model/case_file.h"
#include "server/model/change.h"
#include "server/model/release.h"

namespace ehc {

class Accountant;
class AuditLog;
class Desk;
class FactsReader;
class Judge;
class Planner;
class Redactor;
template <typename T>
class RecordSource;

class Stage {
 public:
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  const CaseFile& file() const { return *file_; }

 protected:
  // Not for others: moving through a Stage& would put one stage's call into another's.
  Stage(Stage&&) = default;
  Stage& operator=(Stage&&) = default;
  explicit Stage(std::unique_ptr<CaseFile> file) : file_(std::move(file)) {}
  std::unique_ptr<CaseFile> file_;
};

class Call final : public Stage {
 private:
  friend class Desk;
  friend class FactsReader;
  friend class AuditLog;  // a STALE call goes back to its beginning
  using Stage::Stage;
};

class Informed final : public Stage {
 private:
  friend class FactsReader;
  friend class Judge;
  using Stage::Stage;
};

class Decided final : public Stage {
 private:
  friend class Judge;
  friend class AuditLog;
  friend class Planner;
  template <typename T>
  friend class RecordSource;
  using Stage::Stage;
};

template <typename T>
class Loaded final : public Stage {
 public:
  const T& value() const { return value_; }

 private:
  friend class RecordSource<T>;
  friend class Redactor;
  Loaded(std::unique_ptr<CaseFile> file, T value)
      : Stage(std::move(file)), value_(std::move(value)) {}
  T value_;
};

template <typename T>
class Redacted final : public Stage {
 public:
  const T& value() const { return value_; }
  const Release& release() const { return release_; }

 private:
  friend class Redactor;
  friend class Accountant;
  Redacted(std::unique_ptr<CaseFile> file, T value, Release release)
      : Stage(std::move(file)), value_(std::move(value)), release_(std::move(release)) {}
  T value_;
  Release release_;
};

template <typename T>
class Accounted final : public Stage {
 public:
  const T& value() const { return value_; }
  const Release& release() const { return release_; }
  const std::vector<Change>& changes() const { return changes_; }

 private:
  friend class Accountant;
  friend class AuditLog;
  Accounted(std::unique_ptr<CaseFile> file, T value, Release release, std::vector<Change> changes)
      : Stage(std::move(file)),
        value_(std::move(value)),
        release_(std::move(release)),
        changes_(std::move(changes)) {}
  T value_;
  Release release_;
  std::vector<Change> changes_;
};

template <typename T>
class Planned final : public Stage {
 public:
  const T& value() const { return value_; }

 private:
  friend class Planner;
  friend class AuditLog;
  Planned(std::unique_ptr<CaseFile> file, T value, std::vector<Change> changes, Release release)
      : Stage(std::move(file)),
        value_(std::move(value)),
        changes_(std::move(changes)),
        release_(std::move(release)) {}
  T value_;
  std::vector<Change> changes_;
  Release release_;
};

template <typename T>
class Audited final : public Stage {
 public:
  const T& value() const { return value_; }
  const Release& release() const { return release_; }
  const EntryProof& proof() const { return proof_; }

 private:
  friend class AuditLog;
  Audited(std::unique_ptr<CaseFile> file, T value, Release release, EntryProof proof)
      : Stage(std::move(file)),
        value_(std::move(value)),
        release_(std::move(release)),
        proof_(std::move(proof)) {}
  T value_;
  Release release_;
  EntryProof proof_;
};

class AuditedDenial final : public Stage {
 public:
  // What the searcher is told; see pipeline/deny.h.
  const Refusal& refusal() const { return refusal_; }

 private:
  friend class AuditLog;
  AuditedDenial(std::unique_ptr<CaseFile> file, Refusal refusal)
      : Stage(std::move(file)), refusal_(std::move(refusal)) {}
  Refusal refusal_;
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_STAGES_H_
