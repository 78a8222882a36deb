// Where a permitted disclosure is loaded from: the hub's own keeping (HELD), a custodian's
// connector (LIVE), or a list of the caller's own things.
#ifndef EHC_SERVER_PIPELINE_SOURCE_H_
#define EHC_SERVER_PIPELINE_SOURCE_H_

#include <optional>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "server/model/stages.h"
#include "server/pipeline/deny.h"
#include "server/storage/store.h"

namespace ehc {

// A recalled or lapsed record, and one that another unit keeps than the decision was about, is not
// there.
bool MayBeFound(const RecordHead& head, const PolicyRequest& request, absl::Time now);

// The record whose existence may be told, of one child under these facts. Who holds it tells where
// the child is, so under ADDRESS_RESTRICTED it is not there for whoever was not cleared.
absl::StatusOr<std::optional<Record>> FindExisting(const PolicyRequest& request, SubjectId subject,
                                                   const Facts& facts, absl::Time now,
                                                   ReadView& view);

template <typename T>
class RecordSource {
 public:
  virtual ~RecordSource() = default;

  // The record, or the decided call back when there is none or the source has something against it
  // (CaseFile::refusal), or why it could not be read.
  // REQUIRES: decided permits.
  std::variant<Loaded<T>, Decided, absl::Status> Load(Decided decided, ReadView& view) const {
    absl::StatusOr<std::optional<T>> fetched = Fetch(decided.file(), view);
    if (!fetched.ok() && IsRefusal(fetched.status())) {
      decided.file_->refusal = RefusalOf(fetched.status());
      return decided;
    }
    if (!fetched.ok()) return std::move(fetched).status();
    if (!fetched->has_value()) return decided;
    return Loaded<T>(std::move(decided.file_), std::move(**fetched));
  }

 private:
  // An error made by RefusalError() goes to the caller as it is and is audited.
  virtual absl::StatusOr<std::optional<T>> Fetch(const CaseFile& file, ReadView& view) const = 0;
};

// The newest version of the custodian's record of the asked type; opens the granted parts only.
class HeldRecords : public RecordSource<Record> {
 private:
  absl::StatusOr<std::optional<Record>> Fetch(const CaseFile& file, ReadView& view) const override;
};

// Every current record of the asked type that the custodian keeps, oldest first, a page at a time:
// episodes, outcomes, flags. Opens the granted parts only.
class HeldRecordSets : public RecordSource<RecordSet> {
 public:
  static constexpr int kMostAtATime = 20;

  // For sources that give less than this one; only Load() makes a Loaded of it.
  absl::StatusOr<std::optional<RecordSet>> FetchFor(const CaseFile& file, ReadView& view) const {
    return Fetch(file, view);
  }

 private:
  absl::StatusOr<std::optional<RecordSet>> Fetch(const CaseFile& file,
                                                 ReadView& view) const override;
};

// That the record is there, and nothing of it: what an EXISTENCE grant lets through.
class ExistingRecords : public RecordSource<Record> {
 private:
  absl::StatusOr<std::optional<Record>> Fetch(const CaseFile& file, ReadView& view) const override;
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_SOURCE_H_
