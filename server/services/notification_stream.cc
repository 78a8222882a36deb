#include "server/services/notification_stream.h"

#include <algorithm>
#include <utility>

#include "server/base/status_macros.h"
#include "server/model/joined.h"
#include "server/services/registration.h"

namespace ehc {
namespace {

using hub::v1::StreamNotificationsResponse;

constexpr int kWindow = 256;  // changes that are looked at in one view
constexpr int kAttempts = 3;
constexpr absl::Duration kLearnEvery = absl::Seconds(1);

// The change, where it may still be told of: the subscription has not ended, the record is the
// child's still, and no restricted address would be told by who keeps it.
class ChangedRecord : public RecordSource<Notice> {
 public:
  ChangedRecord(MatterId subscription, RecordChange change, int64_t cursor)
      : subscription_(subscription), change_(std::move(change)), cursor_(cursor) {}

 private:
  absl::StatusOr<std::optional<Notice>> Fetch(const CaseFile& file, ReadView& view) const override {
    const uint32_t uncleared = file.facts.protections & ~file.facts.cleared_protections;
    if (!IsNumberOf(file.dossier, file.subject, change_.subject) ||
        (uncleared & kAddressRestricted) != 0) {
      return std::nullopt;
    }
    const auto subscription = FindSubscription(view, subscription_, file.caller.agency());
    if (absl::IsNotFound(subscription.status())) return std::nullopt;
    EHC_RETURN_IF_ERROR(subscription.status());
    EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head, view.FindRecordById(change_.record));
    const UnitId& unit = file.ask.request.custodian_unit;
    if (!head.has_value() || (!unit.empty() && head->unit != unit)) return std::nullopt;
    return Notice{subscription_, *std::move(head), change_.at, cursor_};
  }

  const MatterId subscription_;
  const RecordChange change_;
  const int64_t cursor_;
};

void ShapeNotice(const Audited<Notice>& audited, const Rooms& rooms,
                 StreamNotificationsResponse& response) {
  const Notice& notice = audited.value();
  const CaseFile& file = audited.file();
  hub::v1::Notification& told = *response.mutable_notification();
  told.set_subscription(SubscriptionName(rooms.names, notice.subscription));
  told.set_subject(file.searcher_subject);
  told.set_record_type(notice.head.record_type);
  *told.mutable_changed_at() = ToTimestamp(notice.changed_at);
  told.set_cursor(SealCursor(rooms.names, file.caller.agency(), notice.cursor));
  FillProof(file, audited.proof(), rooms, *response.mutable_disclosure());
}

void ShapeEvent(const Audited<Told<MatterNotice>>& audited, const Rooms& rooms,
                StreamNotificationsResponse& response) {
  const MatterNotice& notice = audited.value().value;
  const CaseFile& file = audited.file();
  const AgencyId& agency = file.caller.agency();
  hub::v1::Notification& told = *response.mutable_notification();
  told.set_subscription(SubscriptionName(rooms.names, notice.subscription));
  if (notice.subject.known()) told.set_subject(rooms.names.SubjectName(agency, notice.subject));
  *told.mutable_changed_at() = ToTimestamp(notice.happened_at);
  told.set_event(notice.event);
  told.set_matter(notice.name);
  told.set_cursor(SealCursor(rooms.names, agency, notice.cursor));
  FillProof(file, audited.proof(), rooms, *response.mutable_disclosure());
}

bool Names(const store::v1::SubscriptionBody& body, const RecordChange& change) {
  const auto& types = body.record_types();
  return std::find(types.begin(), types.end(), change.record_type) != types.end() &&
         (body.custodian().empty() || body.custodian() == change.custodian.value());
}

bool Names(const store::v1::SubscriptionBody& body, const MatterEvent& event) {
  const FollowedMatter* followed = FindFollowed(event.kind);
  const auto& matters = body.matters();
  return followed != nullptr &&
         std::find(matters.begin(), matters.end(), followed->matter) != matters.end();
}

// How far a list of changes has come: to its end, or to the newest entry where it holds none.
template <typename T>
int64_t EndOf(const std::vector<T>& list, int64_t newest) {
  return list.empty() ? newest : list.back().index;
}

template <typename T>
absl::StatusOr<bool> WouldLoad(const RecordSource<T>& source, Decided decided, ReadView& view) {
  const auto loaded = source.Load(std::move(decided), view);
  if (const auto* error = std::get_if<absl::Status>(&loaded)) return *error;
  return std::holds_alternative<Loaded<T>>(loaded);
}

}  // namespace

void NotificationStream::Next(StreamReply<Resp> reply) {
  if (rooms_.clock.Now() >= ends_at_) return reply(StreamEnd{});
  if (queue_.empty()) {
    const absl::Status looked = Look();
    if (!looked.ok()) return reply(Answer<Resp>::Refusing(in_.call_id, RefusalOf(looked)));
  }
  if (!queue_.empty()) return Tell(std::move(reply));
  if (looked_at_all_) return reply(StreamIdle{});
  reply(StreamAgain{});
}

bool NotificationStream::StillStands() {
  if (!told_.has_value()) return true;
  auto view = rooms_.store.Read();
  if (!view.ok()) return false;
  return MayBeTold(*told_, **view).value_or(false);
}

// One window of changes.
absl::Status NotificationStream::Look() {
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, rooms_.store.Read());
  EHC_RETURN_IF_ERROR(LearnSubscriptions(*view));
  looked_at_all_ = true;
  if (watched_.empty()) return absl::OkStatus();
  const auto by_after = [](const Watched& a, const Watched& b) { return a.after < b.after; };
  const int64_t from = std::min_element(watched_.begin(), watched_.end(), by_after)->after;
  EHC_ASSIGN_OR_RETURN(const std::vector<RecordChange> changes,
                       view->ListRecordChanges(from, kWindow));
  EHC_ASSIGN_OR_RETURN(const std::vector<MatterEvent> events,
                       view->ListMatterEvents(in_.caller.agency(), from, kWindow));
  looked_at_all_ = changes.empty() && events.empty();
  const int64_t newest = static_cast<int64_t>(view->position()) - 1;
  const int64_t to = std::min(EndOf(changes, newest), EndOf(events, newest));
  EHC_RETURN_IF_ERROR(ConsiderAll(changes, events, to, *view));
  for (Watched& watched : watched_) watched.after = std::max(watched.after, to);
  SetCursors();
  return absl::OkStatus();
}

absl::Status NotificationStream::ConsiderAll(const std::vector<RecordChange>& changes,
                                             const std::vector<MatterEvent>& events, int64_t to,
                                             ReadView& view) {
  auto change = changes.begin();
  auto event = events.begin();
  while (true) {
    const bool has_change = change != changes.end() && change->index <= to;
    const bool has_event = event != events.end() && event->index <= to;
    if (!has_change && !has_event) return absl::OkStatus();
    if (has_change && (!has_event || change->index <= event->index)) {
      EHC_RETURN_IF_ERROR(Consider(*change++, view));
    } else {
      EHC_RETURN_IF_ERROR(Consider(*event++, view));
    }
  }
}

// The subscriptions change seldom and may be long: they are read anew once a second, or as seldom
// as it takes for this to be a hundredth of the time.
absl::Status NotificationStream::LearnSubscriptions(ReadView& view) {
  const absl::Time begun = rooms_.clock.Now();
  if (begun < learn_again_at_) return absl::OkStatus();
  const AgencyId& agency = in_.caller.agency();
  std::vector<StoredSubscription> found;
  if (start_.only.has_value()) {
    EHC_ASSIGN_OR_RETURN(found.emplace_back(), FindSubscription(view, *start_.only, agency));
  } else {
    EHC_ASSIGN_OR_RETURN(found,
                         ListSubscriptionsOf(view, agency, MatterId{}, kMostSubscriptions + 1));
  }
  std::vector<Watched> watched;
  for (const StoredSubscription& subscription : found) Watch(subscription, watched);
  watched_ = std::move(watched);
  const absl::Time learned = rooms_.clock.Now();
  learn_again_at_ = learned + std::max(kLearnEvery, 100 * (learned - begun));
  return absl::OkStatus();
}

void NotificationStream::Watch(const StoredSubscription& subscription, std::vector<Watched>& now) {
  const auto known = std::find_if(watched_.begin(), watched_.end(), [&](const Watched& one) {
    return one.id == subscription.matter.id;
  });
  if (known != watched_.end()) {  // what it names never changes
    now.push_back(std::move(*known));
    return;
  }
  Watched& watched = now.emplace_back();
  watched.id = subscription.matter.id;
  watched.body = subscription.body;
  watched.identifiers.insert(watched.body.identifiers().begin(), watched.body.identifiers().end());
  watched.subjects.insert(watched.body.subjects().begin(), watched.body.subjects().end());
  watched.body.clear_identifiers();
  watched.body.clear_subjects();
  watched.after = std::max(watched.body.acknowledged(), start_.after.value_or(-1));
}

absl::Status NotificationStream::Consider(const RecordChange& change, ReadView& view) {
  SubjectId root;
  std::optional<store::v1::Dossier> dossier;
  for (const Watched& watched : watched_) {
    if (change.index <= watched.after || !Names(watched.body, change)) continue;
    if (!dossier.has_value()) {
      EHC_ASSIGN_OR_RETURN(root, view.RootOf(change.subject));
      EHC_ASSIGN_OR_RETURN(dossier, view.ReadDossier(root));
    }
    std::optional<SubjectRef> named;
    if (watched.subjects.contains(root.value)) named = SubjectRef{std::nullopt, root};
    for (const store::v1::JoinedSubject& joined : dossier->joined()) {
      if (!watched.subjects.contains(joined.subject())) continue;
      named = SubjectRef{std::nullopt, SubjectId{joined.subject()}};
    }
    for (const store::v1::IdentifierItem& item : dossier->identifiers()) {
      if (named.has_value()) break;
      const auto identifier = ReadIdentifier(desks_, item.value(), "identifier");
      if (identifier.ok() && watched.identifiers.contains(FormatSubjectName(*identifier))) {
        named = SubjectRef{*identifier, std::nullopt};
      }
    }
    if (!named.has_value()) continue;
    EHC_RETURN_IF_ERROR(
        Queue({watched.id, change,
               NoticeAsk(watched.body, change.record_type, change.custodian, *std::move(named)),
               change.index, change.index},
              view));
  }
  return absl::OkStatus();
}

absl::Status NotificationStream::Consider(const MatterEvent& event, ReadView& view) {
  for (const Watched& watched : watched_) {
    if (event.index <= watched.after || !Names(watched.body, event)) continue;
    EHC_ASSIGN_OR_RETURN(std::optional<Ask> ask, EventAsk(view, in_.caller.agency(), event));
    if (!ask.has_value()) return absl::OkStatus();
    EHC_RETURN_IF_ERROR(
        Queue({watched.id, event, *std::move(ask), event.index, event.index}, view));
  }
  return absl::OkStatus();
}

absl::Status NotificationStream::Queue(Candidate candidate, ReadView& view) {
  EHC_ASSIGN_OR_RETURN(const bool may_be_told, MayBeTold(candidate, view));
  if (may_be_told) queue_.push_back(std::move(candidate));
  return absl::OkStatus();
}

NotificationStream::Source NotificationStream::SourceOf(const Candidate& candidate) const {
  if (const auto* event = std::get_if<MatterEvent>(&candidate.change)) {
    return std::make_unique<ToldEvent>(rooms_.names, candidate.subscription, *event,
                                       candidate.cursor);
  }
  return std::make_unique<ChangedRecord>(
      candidate.subscription, std::get<RecordChange>(candidate.change), candidate.cursor);
}

absl::StatusOr<bool> NotificationStream::MayBeTold(const Candidate& candidate,
                                                   ReadView& view) const {
  EHC_ASSIGN_OR_RETURN(std::vector<Call> calls,
                       rooms_.desk.OpenAll(in_.call_id, in_.caller, {candidate.ask}));
  EHC_ASSIGN_OR_RETURN(Informed informed, rooms_.facts.Read(std::move(calls.front()), view));
  Decided decided = rooms_.judge.Decide(std::move(informed));
  if (!decided.file().decision.permits()) return false;
  return std::visit(
      [&](const auto& source) { return WouldLoad(*source, std::move(decided), view); },
      SourceOf(candidate));
}

// Of what one commit changed, only the last tells that all of it has been told: whoever goes on
// after an earlier one hears the others again rather than never.
void NotificationStream::SetCursors() {
  for (size_t i = 0; i + 1 < queue_.size(); ++i) {
    if (queue_[i].index == queue_[i + 1].index) --queue_[i].cursor;
  }
}

void NotificationStream::Tell(StreamReply<Resp> reply) {
  const Candidate& candidate = queue_.front();
  if (attempts_ > 0) {  // it could not be told: perhaps it is not to be told any more
    auto view = rooms_.store.Read();
    const auto may_be_told = view.ok() ? MayBeTold(candidate, **view) : view.status();
    if (!may_be_told.ok()) {
      return reply(Answer<Resp>::Refusing(in_.call_id, RefusalOf(may_be_told.status())));
    }
    if (!*may_be_told) {
      queue_.pop_front();
      attempts_ = 0;
      return reply(StreamAgain{});
    }
  }
  ++attempts_;
  source_ = SourceOf(candidate);
  auto calls = rooms_.desk.OpenAll(in_.call_id, in_.caller, {candidate.ask});
  if (!calls.ok()) return reply(Answer<Resp>::Refusing(in_.call_id, RefusalOf(calls.status())));
  Reply<Resp> settle = [this, reply = std::move(reply)](Answer<Resp> answer) mutable {
    Settle(std::move(answer), std::move(reply));
  };
  if (const auto* record = std::get_if<0>(&source_)) {
    Disclose<Notice, Resp>(rooms_, std::move(calls->front()), **record, ShapeNotice,
                           std::move(settle));
  } else {
    Disclose<Told<MatterNotice>, Resp>(rooms_, std::move(calls->front()), *std::get<1>(source_),
                                       ShapeEvent, std::move(settle));
  }
}

void NotificationStream::Settle(Answer<Resp> answer, StreamReply<Resp> reply) {
  if (answer.discloses()) {
    told_ = std::move(queue_.front());
    queue_.pop_front();
    attempts_ = 0;
  } else if (attempts_ < kAttempts) {
    return reply(StreamAgain{});
  }
  reply(std::move(answer));
}

}  // namespace ehc
