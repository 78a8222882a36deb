// Planner, the only maker of Planned<T>: works out, from one read view, what a permitted mutation
// changes. A mutation is a pure plan plus the way to recall its result for a replay.
#ifndef EHC_SERVER_PIPELINE_PLANNER_H_
#define EHC_SERVER_PIPELINE_PLANNER_H_

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "server/model/stages.h"
#include "server/storage/store.h"

namespace ehc {

// What a mutation made or changed.
struct Written {
  std::string resource;  // hub-internal: "record/17", "subject/4/consent/2"
  int64_t version = 0;
  std::unique_ptr<google::protobuf::Message> value;  // the resource as the caller may see it
  bool replayed = false;
  Digest content_digest{};  // of what a replay is answered with, where its entry proves that
};

struct Plan {
  Written written;
  std::vector<Change> changes;
  std::vector<std::string> parts;  // part codes written, for the entry
  Digest content_digest{};         // of those parts, as they entered
  std::vector<VersionKey> reads;   // what the plan rests on beyond the facts
  AgencyId custodian;              // whose audit shows it; empty: the caller's
  UnitId unit;                     // of that custodian
};

class Mutation {
 public:
  virtual ~Mutation() = default;

  // Errors made by RefusalError() go to the caller as they are and are audited; any other error
  // means that the store could not be read.
  virtual absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const = 0;

  // The same result as when `resource` was written, for a caller that repeats itself.
  virtual absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                         const std::string& resource) const = 0;
};

class Planner {
 public:
  Planner() = delete;

  // The planned mutation; or the decided call with the refusal that the plan met; or a failure.
  // Finds an earlier call with the same request_id first: the same message is answered as before
  // (decided and audited again, nothing written), another message is REQUEST_ID_REUSED.
  struct Refused {
    Decided decided;
    Refusal refusal;
  };
  static std::variant<Planned<Written>, Refused, absl::Status> Make(Decided decided,
                                                                    const Mutation& mutation,
                                                                    ReadView& view, absl::Time now);
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_PLANNER_H_
