// Doubtful matches. Whoever's call gave rise to a doubt is never told; the hub's identity officers
// decide all of them, for a queue of an agency's own would tell it what others know
// (docs/adr/0028).
#ifndef EHC_SERVER_SERVICES_MATCH_REVIEWS_H_
#define EHC_SERVER_SERVICES_MATCH_REVIEWS_H_

#include <string>
#include <utility>
#include <vector>

#include "ehc/hub/v1/match_review.pb.h"
#include "ehc/store/v1/match_review.pb.h"
#include "server/services/matters.h"

namespace ehc {

struct MatchReviews {
  using Body = store::v1::MatchReviewBody;
  using Value = hub::v1::MatchReview;
  static constexpr char kKind[] = "MATCH_REVIEW";
  static constexpr char kCollection[] = "matchReviews";
  static std::string UnitOf(const Opened<MatchReviews>& opened, Side side);
};

// One child of a review: the number that it is about, and the child that this is a number of.
struct ReviewedChild {
  SubjectId number;
  SubjectId root;
  store::v1::Dossier dossier;  // the root's
};
absl::StatusOr<ReviewedChild> ReadReviewed(ReadView& view, SubjectId number);

// Severed, or its identity protected: nothing joins it with another one and nobody is asked
// (domain §2.4).
bool IsHiddenIdentity(const store::v1::Dossier& dossier, absl::Time now);

// What a doubt is about.
struct Doubt {
  hub::v1::MatchReviewKind kind = hub::v1::MATCH_REVIEW_KIND_UNSPECIFIED;
  ReviewedChild child;
  ReviewedChild other;  // number 0: none
  std::vector<hub::v1::Identifier> identifiers;
  std::string reason;
  hub::v1::MatchBand band = hub::v1::MATCH_BAND_UNSPECIFIED;  // where the matcher found it
  double score = 0;
};

// Who opens a review, when, and by whose clocks.
struct ReviewOpener {
  AgencyId agency;
  absl::Time at;
  const PolicySnapshot& policy;
};

// Adds a review to the plan; nothing where one of both is hidden, where both are one child already
// (unless that is what is in doubt), where somebody has decided that they are two (unless an agency
// asks), or where the same doubt is open.
absl::Status OpenReview(const Desks& desks, const ReviewOpener& opener, ReadView& view, Doubt doubt,
                        Plan& plan);
inline absl::Status OpenReview(const Desks& desks, const CaseFile& file, ReadView& view,
                               Doubt doubt, Plan& plan) {
  return OpenReview(desks, {file.caller.agency(), file.received_at, PolicyOf(file)}, view,
                    std::move(doubt), plan);
}

// Every description under which the child was registered, its dossier's own first; without the
// postcodes where the address is protected, and without naming the mother.
std::vector<hub::v1::PersonDetails> DescriptionsOf(const store::v1::Dossier& dossier,
                                                   absl::Time now);

// Both sides of a review, in the view that decides. RESOURCE_NOT_FOUND where one is hidden by now.
struct ReviewSides {
  ReviewedChild child;
  ReviewedChild other;
  bool child_disclosed = false;
  bool other_disclosed = false;

  bool joined() const { return other.number.known() && child.root == other.root; }
  bool needs_second_person() const { return joined() || (child_disclosed && other_disclosed); }
};
absl::StatusOr<ReviewSides> ReadSides(const CaseFile& file, ReadView& view,
                                      const Opened<MatchReviews>& review);

// Without the evidence.
MatterShow<MatchReviews> ReviewShow(const Desks& desks);
void ShowEvidence(const CaseFile& file, const Opened<MatchReviews>& review,
                  const ReviewSides& sides, hub::v1::MatchReview& out);

// Reviews that the caller's unit decides, without those that are hidden.
absl::StatusOr<std::vector<Opened<MatchReviews>>> ListReviews(const CaseFile& file, ReadView& view,
                                                              bool only_open, MatterId after,
                                                              int size);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_MATCH_REVIEWS_H_
