// Where a permitted disclosure is loaded from: the hub's own keeping (HELD), a custodian's
// connector (LIVE), or a list of the caller's own things.
#ifndef EHC_SERVER_PIPELINE_SOURCE_H_
#define EHC_SERVER_PIPELINE_SOURCE_H_

#include <optional>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "server/model/stages.h"
#include "server/storage/store.h"

namespace ehc {

// A recalled or lapsed record, and one that another unit keeps than the decision was about, is not
// there.
bool MayBeFound(const RecordHead& head, const PolicyRequest& request, absl::Time now);

template <typename T>
class RecordSource {
 public:
  virtual ~RecordSource() = default;

  // The record, or the decided call back when there is none, or why it could not be read.
  // REQUIRES: decided permits.
  std::variant<Loaded<T>, Decided, absl::Status> Load(Decided decided, ReadView& view) const {
    absl::StatusOr<std::optional<T>> fetched = Fetch(decided.file(), view);
    if (!fetched.ok()) return std::move(fetched).status();
    if (!fetched->has_value()) return decided;
    return Loaded<T>(std::move(decided.file_), std::move(**fetched));
  }

 private:
  virtual absl::StatusOr<std::optional<T>> Fetch(const CaseFile& file, ReadView& view) const = 0;
};

// The newest version of the custodian's record of the asked type; opens the granted parts only.
class HeldRecords : public RecordSource<Record> {
 private:
  absl::StatusOr<std::optional<Record>> Fetch(const CaseFile& file, ReadView& view) const override;
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_SOURCE_H_
