#include "server/matching/index.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "server/base/status_macros.h"
#include "server/matching/person.h"

namespace ehc {
namespace {

// Best first; of one child only its best account.
void Arrange(std::vector<MatchCandidate>& candidates) {
  std::sort(candidates.begin(), candidates.end(),
            [](const MatchCandidate& a, const MatchCandidate& b) {
              if (a.score() != b.score()) return a.score() > b.score();
              return a.subject < b.subject;
            });
  std::vector<MatchCandidate> once;
  for (MatchCandidate& candidate : candidates) {
    const bool seen = std::any_of(once.begin(), once.end(), [&](const MatchCandidate& other) {
      return other.subject == candidate.subject;
    });
    if (!seen) once.push_back(std::move(candidate));
    if (once.size() == MatchResult::kMostShown) break;
  }
  candidates = std::move(once);
}

MatchBand BandOf(const std::vector<MatchCandidate>& candidates, const MatchRevision& revision,
                 bool cut_short) {
  if (candidates.empty()) return cut_short ? MatchBand::kManyMatch : MatchBand::kNoMatch;
  const double best = candidates.front().score();
  if (best < revision.potential) return MatchBand::kLowConfidence;
  const bool rival = candidates.size() > 1 && candidates[1].score() >= revision.potential;
  if (rival || cut_short) return MatchBand::kManyMatch;
  return best >= revision.match ? MatchBand::kMatch : MatchBand::kPotentialMatch;
}

}  // namespace

absl::string_view MatchBandCode(MatchBand band) {
  constexpr absl::string_view kCodes[] = {"MATCH",      "POTENTIAL_MATCH", "LOW_CONFIDENCE",
                                          "MANY_MATCH", "NO_MATCH",        "ERROR"};
  return kCodes[static_cast<size_t>(band)];
}

MatchIndex::Room& MatchIndex::RoomOf(const AgencyId& registrar) {
  {
    const std::shared_lock lock(rooms_mutex_);
    if (auto found = rooms_.find(registrar); found != rooms_.end()) return *found->second;
  }
  const std::unique_lock lock(rooms_mutex_);
  std::unique_ptr<Room>& room = rooms_[registrar];
  if (room == nullptr) room = std::make_unique<Room>(rules_->names());
  return *room;
}

absl::Status MatchIndex::Put(SubjectId subject, const AgencyId& registrar,
                             const Demographics& person) {
  absl::StatusOr<PersonWords> words = ReadPerson(person, rules_->names());
  Room& room = RoomOf(registrar);
  const std::unique_lock lock(room.mutex);
  if (!words.ok()) {
    room.shard.Remove(subject);
    return words.status();
  }
  room.shard.Put(subject, *words);
  return absl::OkStatus();
}

void MatchIndex::Remove(SubjectId subject) {
  const std::shared_lock lock(rooms_mutex_);
  for (auto& [registrar, room] : rooms_) {
    const std::unique_lock alone(room->mutex);
    room->shard.Remove(subject);
  }
}

void MatchIndex::Remove(SubjectId subject, const AgencyId& registrar) {
  Room& room = RoomOf(registrar);
  const std::unique_lock lock(room.mutex);
  room.shard.Remove(subject);
}

void MatchIndex::Collect(const AgencyId& registrar, const Room& room, const MatchQuery& query,
                         const PersonView& asked, MatchResult& result, bool& cut_short) const {
  const std::shared_lock lock(room.mutex);
  MatchShard::Search search = room.shard.Find(asked, rules_->On(query.on));
  cut_short = cut_short || search.cut_short;
  for (MatchShard::Found& found : search.found) {
    if (found.subject == query.except) continue;
    result.candidates.push_back({found.subject, registrar, found.comparison});
  }
}

absl::StatusOr<MatchResult> MatchIndex::Find(const MatchQuery& query) const {
  EHC_ASSIGN_OR_RETURN(const PersonWords words, ReadPerson(query.person, rules_->names()));
  const PersonView asked = ViewOf(words);
  MatchResult result;
  bool cut_short = false;
  {
    const std::shared_lock lock(rooms_mutex_);
    if (!query.registrar.has_value()) {
      for (const auto& [registrar, room] : rooms_) {
        Collect(registrar, *room, query, asked, result, cut_short);
      }
    } else if (auto found = rooms_.find(*query.registrar); found != rooms_.end()) {
      Collect(found->first, *found->second, query, asked, result, cut_short);
    }
  }
  Arrange(result.candidates);
  result.band = BandOf(result.candidates, rules_->On(query.on), cut_short);
  if (result.band == MatchBand::kMatch) result.unique = result.candidates.front().subject;
  return result;
}

absl::StatusOr<Comparison> MatchIndex::CompareTwo(const Demographics& asked,
                                                  const Demographics& known, Date on,
                                                  int64_t people) const {
  const NameLore& lore = rules_->names();
  EHC_ASSIGN_OR_RETURN(const PersonWords a, ReadPerson(asked, lore));
  EHC_ASSIGN_OR_RETURN(const PersonWords b, ReadPerson(known, lore));
  const auto frequency = [&](NameUse, const NameWord& word) { return lore.Frequency(word, 0, 0); };
  return Compare(ViewOf(a), ViewOf(b), people, rules_->On(on), lore, frequency);
}

int64_t MatchIndex::accounts() const {
  const std::shared_lock lock(rooms_mutex_);
  int64_t count = 0;
  for (const auto& [registrar, room] : rooms_) {
    const std::shared_lock reading(room->mutex);
    count += room->shard.people();
  }
  return count;
}

}  // namespace ehc
