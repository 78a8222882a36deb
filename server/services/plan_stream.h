// A plan, section by section: every message is decided, redacted and audited by itself, with facts
// read anew.
#ifndef EHC_SERVER_SERVICES_PLAN_STREAM_H_
#define EHC_SERVER_SERVICES_PLAN_STREAM_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "server/pipeline/stream.h"
#include "server/services/common.h"

namespace ehc {

// The newest version of the asked record, without the parts that earlier messages have brought.
class PartsLeft : public RecordSource<RecordStep> {
 private:
  absl::StatusOr<std::optional<RecordStep>> Fetch(const CaseFile& file,
                                                  ReadView& view) const override;
};

class PlanStream final : public AnswerStream<hub::v1::StreamPlanSectionsResponse> {
 public:
  using Resp = hub::v1::StreamPlanSectionsResponse;

  PlanStream(const Rooms& rooms, Incoming in, Ask ask)
      : rooms_(rooms), in_(std::move(in)), ask_(std::move(ask)) {}

  void Next(StreamReply<Resp> reply) override;
  bool StillStands() override;

 private:
  void Remember(const Audited<RecordStep>& sent);

  const Rooms& rooms_;
  const Incoming in_;
  const PartsLeft source_;
  Ask ask_;  // the whole question, and in parts_sent how far it is answered
  std::vector<std::string> last_released_;  // by the last message
  bool ended_ = false;                      // the last message was given
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_PLAN_STREAM_H_
