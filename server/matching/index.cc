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

// The shard has the newest first.
bool IsWhatIsThere(const MatchShard& shard, SubjectId subject,
                   const std::vector<PersonWords>& accounts) {
  if (!shard.Has(subject)) return accounts.empty();
  const std::vector<PersonView> there = shard.AccountsOf(subject);
  return std::equal(
      there.rbegin(), there.rend(), accounts.begin(), accounts.end(),
      [](const PersonView& a, const PersonWords& b) { return AreSame(a, ViewOf(b)); });
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
  room.shard.Remove(subject);
  if (!words.ok()) return words.status();
  room.shard.Add(subject, *words);
  return absl::OkStatus();
}

bool MatchIndex::Replace(SubjectId subject, const MatchAccounts& accounts) {
  std::map<const Room*, std::vector<PersonWords>> told;
  for (const auto& [registrar, person] : accounts) {
    absl::StatusOr<PersonWords> words = ReadPerson(person, rules_->names());
    if (words.ok()) told[&RoomOf(registrar)].push_back(*std::move(words));
  }
  bool changed = false;
  const std::shared_lock lock(rooms_mutex_);
  for (auto& [registrar, room] : rooms_) {
    const auto said = told.find(room.get());
    const std::vector<PersonWords> none;
    const std::vector<PersonWords>& now = said == told.end() ? none : said->second;
    {
      const std::shared_lock looking(room->mutex);
      if (IsWhatIsThere(room->shard, subject, now)) continue;
    }
    const std::unique_lock alone(room->mutex);
    room->shard.Remove(subject);
    for (const PersonWords& words : now) room->shard.Add(subject, words);
    changed = true;
  }
  return changed;
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

MatchResult MatchIndex::FindAlike(SubjectId subject, Date on) const {
  const std::shared_lock lock(rooms_mutex_);
  std::vector<PersonWords> accounts;
  for (const auto& [registrar, room] : rooms_) {
    const std::shared_lock reading(room->mutex);
    for (const PersonView& view : room->shard.AccountsOf(subject)) {
      accounts.push_back(WordsOf(view));
    }
  }
  MatchResult result;
  bool cut_short = false;
  for (const PersonWords& account : accounts) {
    for (const auto& [registrar, room] : rooms_) {
      Collect(registrar, *room, {{}, {}, subject, on}, ViewOf(account), result, cut_short);
    }
  }
  Arrange(result.candidates);
  result.band = BandOf(result.candidates, rules_->On(on), cut_short);
  if (result.band == MatchBand::kMatch) result.unique = result.candidates.front().subject;
  return result;
}

MatchBand MatchIndex::BandOfPair(double score, Date on) const {
  const MatchRevision& revision = rules_->On(on);
  if (score >= revision.match) return MatchBand::kMatch;
  if (score >= revision.potential) return MatchBand::kPotentialMatch;
  return score >= revision.low ? MatchBand::kLowConfidence : MatchBand::kNoMatch;
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
    count += room->shard.accounts();
  }
  return count;
}

std::vector<SubjectId> MatchIndex::Subjects() const {
  const std::shared_lock lock(rooms_mutex_);
  std::vector<SubjectId> subjects;
  for (const auto& [registrar, room] : rooms_) {
    const std::shared_lock reading(room->mutex);
    const std::vector<SubjectId> some = room->shard.Subjects();
    subjects.insert(subjects.end(), some.begin(), some.end());
  }
  std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  return subjects;
}

size_t MatchIndex::words() const {
  const std::shared_lock lock(rooms_mutex_);
  size_t count = 0;
  for (const auto& [registrar, room] : rooms_) {
    const std::shared_lock reading(room->mutex);
    count += room->shard.words();
  }
  return count;
}

}  // namespace ehc
