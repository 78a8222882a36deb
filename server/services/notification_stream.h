// What an agency is told of the changes that it subscribed to, found in the log after a cursor.
//
// A candidate is a change of a record whose type, custodian and child a subscription names, or an
// event of a matter that the agency is a party to and whose kind a subscription names. Whether the
// agency may be told is decided twice: once to leave out, without a trace, what it is not to hear
// of; and once on the way out, with the facts of that moment and an entry, as everything that
// leaves is.
#ifndef EHC_SERVER_SERVICES_NOTIFICATION_STREAM_H_
#define EHC_SERVER_SERVICES_NOTIFICATION_STREAM_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "ehc/hub/v1/subscription_service.pb.h"
#include "server/model/notice.h"
#include "server/pipeline/stream.h"
#include "server/services/matter_events.h"
#include "server/services/subscriptions.h"

namespace ehc {

class NotificationStream final : public AnswerStream<hub::v1::StreamNotificationsResponse> {
 public:
  using Resp = hub::v1::StreamNotificationsResponse;

  // Shorter than a connection lives, so that the hub ends it and not the network; and the acting
  // person's assertion is asked for again.
  static constexpr absl::Duration kLife = absl::Minutes(10);

  struct Start {
    std::optional<MatterId> only;  // absent: every subscription of the caller's agency
    std::optional<int64_t> after;  // absent: after what was acknowledged
  };

  NotificationStream(const Desks& desks, Incoming in, Start start)
      : desks_(desks),
        rooms_(desks.rooms),
        in_(std::move(in)),
        start_(start),
        ends_at_(rooms_.clock.Now() + kLife) {}

  void Next(StreamReply<Resp> reply) override;
  bool StillStands() override;

 private:
  struct Watched {
    MatterId id;
    store::v1::SubscriptionBody body;  // without the children, who are in:
    absl::flat_hash_set<std::string> identifiers;
    absl::flat_hash_set<int64_t> subjects;
    int64_t after = 0;  // looked at up to here
  };
  struct Candidate {
    MatterId subscription;
    std::variant<RecordChange, MatterEvent> change;
    Ask ask;
    int64_t index = 0;  // of its entry in the log
    int64_t cursor = 0;
  };
  using Source = std::variant<std::unique_ptr<RecordSource<Notice>>,
                              std::unique_ptr<RecordSource<Told<MatterNotice>>>>;

  absl::Status Look();
  absl::Status LearnSubscriptions(ReadView& view);
  void Watch(const StoredSubscription& subscription, std::vector<Watched>& now);
  // Those up to `to`, in the log's order.
  absl::Status ConsiderAll(const std::vector<RecordChange>& changes,
                           const std::vector<MatterEvent>& events, int64_t to, ReadView& view);
  absl::Status Consider(const RecordChange& change, ReadView& view);
  absl::Status Consider(const MatterEvent& event, ReadView& view);
  absl::Status Queue(Candidate candidate, ReadView& view);
  Source SourceOf(const Candidate& candidate) const;
  absl::StatusOr<bool> MayBeTold(const Candidate& candidate, ReadView& view) const;
  void SetCursors();
  void Tell(StreamReply<Resp> reply);
  void Settle(Answer<Resp> answer, StreamReply<Resp> reply);

  const Desks desks_;
  const Rooms& rooms_;
  const Incoming in_;
  const Start start_;
  const absl::Time ends_at_;
  absl::Time learn_again_at_ = absl::InfinitePast();
  std::vector<Watched> watched_;
  std::deque<Candidate> queue_;
  std::optional<Candidate> told_;  // last
  bool looked_at_all_ = false;     // nothing newer was there
  int attempts_ = 0;               // to tell the first of the queue
  Source source_;                  // of the one that is being told
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_NOTIFICATION_STREAM_H_
