// MatchIndex: who of the children that agencies registered is meant by a description. In memory
// only: what it holds is built from sealed demographics at start and kept current by every commit.
//
// An agency's account of a child is filed under that agency, and a question about one registrar's
// children is answered from its accounts alone: what others registered changes neither band nor
// score. An identity that was severed, or erased, must be removed by whoever keeps the index;
// nothing here knows why somebody is missing.
//
// Thread safe. Readers do not wait for one another; a writer holds up the readers of its registrar
// for microseconds. docs/matching.md fixes the score.
#ifndef EHC_SERVER_MATCHING_INDEX_H_
#define EHC_SERVER_MATCHING_INDEX_H_

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/matching/compare.h"
#include "server/matching/rules.h"
#include "server/matching/shard.h"
#include "server/model/demographics.h"
#include "server/model/names.h"

namespace ehc {

// Outcomes of England's national matcher. Only kMatch is acted on without a person.
enum class MatchBand : uint8_t {
  kMatch,           // one child, at the match threshold or above, and no rival
  kPotentialMatch,  // one child, at the potential threshold or above: a person decides
  kLowConfidence,   // something alike, below
  kManyMatch,       // several at the potential threshold or above, or too many to compare
  kNoMatch,
  kError,  // for whoever must say so of a description that cannot be read
};
absl::string_view MatchBandCode(MatchBand band);  // "MATCH"

struct MatchQuery {
  Demographics person;
  std::optional<AgencyId> registrar;  // whose children; nothing: anybody's (for officers' queues)
  SubjectId except;                   // leaves this child out; 0: nobody
  Date on;                            // the day whose rules count
};

struct MatchCandidate {
  SubjectId subject;
  AgencyId registrar;  // whose account fits best
  Comparison comparison;

  double score() const { return comparison.score; }
};

struct MatchResult {
  MatchBand band = MatchBand::kNoMatch;
  SubjectId unique;  // with kMatch; 0 otherwise
  // Best first, one for each child, at least of the low score, at most kMostShown.
  std::vector<MatchCandidate> candidates;

  static constexpr size_t kMostShown = 10;
};

// What registrars say of one child; one may have several descriptions.
using MatchAccounts = std::vector<std::pair<AgencyId, Demographics>>;

class MatchIndex {
 public:
  explicit MatchIndex(std::shared_ptr<const MatchRules> rules) : rules_(std::move(rules)) {}

  // Replaces what this registrar said of the child before. INVALID_ARGUMENT (as ReadPerson) for
  // names that cannot be compared: the child then has no account of this registrar's here.
  absl::Status Put(SubjectId subject, const AgencyId& registrar, const Demographics& person);
  // Replaces all that anybody said of the child; false: that is what was there already. No reader
  // of a registrar's children finds the child missing meanwhile. Descriptions that cannot be
  // compared are left out.
  bool Replace(SubjectId subject, const MatchAccounts& accounts);
  // All accounts of the child.
  void Remove(SubjectId subject) { (void)Replace(subject, {}); }

  // INVALID_ARGUMENT as ReadPerson. Comparisons in the result point into rules(), which the caller
  // keeps.
  absl::StatusOr<MatchResult> Find(const MatchQuery& query) const;

  // Who else, whoever registered them, is like this child, by any description of either. For
  // officers' queues: the answer tells of every registrar's children.
  MatchResult FindAlike(SubjectId subject, Date on) const;

  // How one description compares with another, as if it stood alone in an index of `people`: for a
  // reviewer, of two that are not both here.
  absl::StatusOr<Comparison> CompareTwo(const Demographics& asked, const Demographics& known,
                                        Date on, int64_t people) const;

  // What the score alone says of a pair: how sure it is that both are one.
  MatchBand BandOfPair(double score, Date on) const;

  // Accounts held.
  int64_t accounts() const;
  // Everybody who has one, in no order.
  std::vector<SubjectId> Subjects() const;
  // Distinct words of names held, over all registrars.
  size_t words() const;
  const std::shared_ptr<const MatchRules>& rules() const { return rules_; }

 private:
  struct Room {
    explicit Room(const NameLore& lore) : shard(lore) {}
    mutable std::shared_mutex mutex;  // guards shard
    MatchShard shard;
  };

  Room& RoomOf(const AgencyId& registrar);
  void Collect(const AgencyId& registrar, const Room& room, const MatchQuery& query,
               const PersonView& asked, MatchResult& result, bool& cut_short) const;

  const std::shared_ptr<const MatchRules> rules_;
  mutable std::shared_mutex rooms_mutex_;  // guards the map; rooms are never taken down
  std::map<AgencyId, std::unique_ptr<Room>> rooms_;
};

}  // namespace ehc

#endif  // EHC_SERVER_MATCHING_INDEX_H_
