#include "server/services/near_matches.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ehc {
namespace {

using store::v1::Dossier;

const MatchRevision& RevisionOf(const MatchIndex& matches, absl::Time now) {
  return matches.rules()->On(LondonDate(now));
}

hub::v1::MatchBand WireBandOf(MatchBand band) {
  switch (band) {
    case MatchBand::kMatch: return hub::v1::MATCH_BAND_MATCH;
    case MatchBand::kPotentialMatch: return hub::v1::MATCH_BAND_POTENTIAL_MATCH;
    case MatchBand::kLowConfidence: return hub::v1::MATCH_BAND_LOW_CONFIDENCE;
    case MatchBand::kManyMatch: return hub::v1::MATCH_BAND_MANY_MATCH;
    default: return hub::v1::MATCH_BAND_NO_MATCH;
  }
}

bool IsVerifiedNumber(const store::v1::IdentifierItem& item) {
  return item.value().type() == hub::v1::IDENTIFIER_TYPE_NHS_NUMBER && !item.superseded() &&
         item.value().verification_status() == hub::v1::VERIFICATION_STATUS_VERIFIED;
}

// Each has a verified NHS number, and they share none.
bool HaveOwnNumbers(const Dossier& one, const Dossier& other) {
  bool both = false;
  for (const store::v1::IdentifierItem& a : one.identifiers()) {
    if (!IsVerifiedNumber(a)) continue;
    for (const store::v1::IdentifierItem& b : other.identifiers()) {
      if (!IsVerifiedNumber(b)) continue;
      if (a.value().value() == b.value().value()) return false;
      both = true;
    }
  }
  return both;
}

absl::StatusOr<int> CountOpen(ReadView& view, SubjectId subject) {
  MatterFilter filter;
  filter.kind = MatchReviews::kKind;
  filter.subject = subject;
  filter.only_open = true;
  EHC_ASSIGN_OR_RETURN(std::vector<Matter> open, view.ListMatters(filter));
  int count = 0;
  for (Matter& matter : open) {
    EHC_ASSIGN_OR_RETURN(const Opened<MatchReviews> review,
                         Unpack<MatchReviews>(std::move(matter)));
    count += review.body.kind() == hub::v1::MATCH_REVIEW_KIND_POSSIBLE_DUPLICATE ? 1 : 0;
  }
  return count;
}

bool IsOnRecord(const ReviewedChild& child) {
  return child.root.known() && !child.dossier.registered_by().empty();
}

}  // namespace

std::vector<MatchCandidate> NearMatches::Alike(SubjectId subject, absl::Time now) const {
  const MatchRevision& revision = RevisionOf(matches_, now);
  if (revision.most_duplicates == 0) return {};
  std::vector<MatchCandidate> alike = matches_.FindAlike(subject, LondonDate(now)).candidates;
  alike.erase(
      std::remove_if(alike.begin(), alike.end(),
                     [&](const MatchCandidate& one) { return one.score() < revision.duplicate; }),
      alike.end());
  return alike;
}

bool NearMatches::HasAny(SubjectId subject, absl::Time now) const {
  return !Alike(subject, now).empty();
}

absl::StatusOr<Plan> NearMatches::PlanFor(SubjectId subject, const PolicySnapshot& policy,
                                          absl::Time now, ReadView& view) const {
  Plan plan;
  const MatchRevision& revision = RevisionOf(matches_, now);
  const std::vector<MatchCandidate> alike = Alike(subject, now);
  EHC_ASSIGN_OR_RETURN(const ReviewedChild child, ReadReviewed(view, subject));
  if (alike.empty()) plan.reads.push_back(SubjectKey(subject));
  if (alike.empty() || !IsOnRecord(child)) return plan;
  EHC_ASSIGN_OR_RETURN(const int open, CountOpen(view, child.number));
  // In a crowd the officer needs one thread to pull, not all of them.
  const bool crowd = alike.size() >= MatchResult::kMostShown;
  const size_t most = crowd ? 1 : static_cast<size_t>(revision.most_duplicates);
  const ReviewOpener opener{desks_.rooms.desk.OperatorAgency(), now, policy};
  plan.reads.push_back(SubjectKey(child.root));
  for (const MatchCandidate& candidate : alike) {
    if (open + plan.changes.size() >= most) break;
    EHC_ASSIGN_OR_RETURN(const ReviewedChild other, ReadReviewed(view, candidate.subject));
    const bool enough = candidate.score() >= revision.duplicate_despite_numbers ||
                        !HaveOwnNumbers(child.dossier, other.dossier);
    if (!IsOnRecord(other) || !enough) continue;
    const MatchBand band = alike.size() > 1
                               ? MatchBand::kManyMatch
                               : matches_.BandOfPair(candidate.score(), LondonDate(now));
    EHC_RETURN_IF_ERROR(OpenReview(desks_, opener, view,
                                   {hub::v1::MATCH_REVIEW_KIND_POSSIBLE_DUPLICATE,
                                    child,
                                    other,
                                    {},
                                    "",
                                    WireBandOf(band),
                                    candidate.score()},
                                   plan));
    plan.reads.push_back(SubjectKey(other.root));
  }
  return plan;
}

}  // namespace ehc
