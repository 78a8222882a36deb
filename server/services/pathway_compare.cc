// What models in shadow make of an authority's sheets beside the live ones: a report without cases.
#include <utility>

#include "server/pathway/score_comparison.h"
#include "server/policy/snapshot.h"
#include "server/services/pathway_calls.h"
#include "server/services/planning_kinds.h"

namespace ehc {
namespace {

using hub::v1::CompareScoresResponse;

constexpr int kMostLookedAt = 10'000;  // of one kind
constexpr size_t kMostComparisons = 200;

// Every matter of the kind that the agency received, oldest first. False: there are more.
template <typename Kind>
absl::StatusOr<bool> EachReceived(const AgencyId& agency, ReadView& view,
                                  absl::FunctionRef<void(const typename Kind::Body&)> take) {
  MatterFilter filter;
  filter.kind = Kind::kKind;
  filter.addressee = agency;
  for (int looked_at = 0; looked_at < kMostLookedAt;) {
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
    for (Matter& matter : matters) {
      filter.after = matter.id;
      EHC_ASSIGN_OR_RETURN(const Opened<Kind> opened, Unpack<Kind>(std::move(matter)));
      take(opened.body);
    }
    if (static_cast<int>(matters.size()) < filter.limit) return true;
    looked_at += static_cast<int>(matters.size());
  }
  return false;
}

// Of a referral and of a sheet that was scored by itself alike.
class Comparing {
 public:
  explicit Comparing(std::string instrument) : instrument_(std::move(instrument)) {}

  absl::StatusOr<CompareScoresResponse> operator()(const CaseFile& file, ReadView& view) const {
    const auto least = PolicyOf(file).planning_terms().LeastCases(file.received_at);
    if (!least.has_value()) {
      return RefusalError(absl::StatusCode::kUnavailable, "DECISION_UNAVAILABLE",
                          "the policy in force does not say which groups are too small to be told "
                          "of");
    }
    ScoreComparisons all;
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(const bool every_referral,
                         EachReceived<Referrals>(own, view, [&](const auto& body) {
                           Add(body.value().score(), body.shadow_scores(), all);
                         }));
    EHC_ASSIGN_OR_RETURN(const bool every_sheet,
                         EachReceived<NeedsScores>(own, view, [&](const auto& body) {
                           Add(body.score(), body.shadow_scores(), all);
                         }));
    CompareScoresResponse response;
    response.set_least_cases(*least);
    response.set_incomplete(!every_referral || !every_sheet);
    for (hub::v1::ScoreComparison& one : all.Report(*least)) {
      if (static_cast<size_t>(response.comparisons_size()) == kMostComparisons) break;
      *response.add_comparisons() = std::move(one);
    }
    return response;
  }

 private:
  void Add(const hub::v1::Score& live,
           const google::protobuf::RepeatedPtrField<hub::v1::Score>& shadows,
           ScoreComparisons& all) const {
    if (instrument_.empty() || live.instrument() == instrument_) all.Add(live, shadows);
  }

  const std::string instrument_;
};

}  // namespace

void PathwayDesk::CompareScores(Incoming in, const hub::v1::CompareScoresRequest& request,
                                Reply<CompareScoresResponse> reply) const {
  StartMatterReading<CompareScoresResponse>(desks_, std::move(in), "CompareScores", "score.compare",
                                            SubjectRef{}, Comparing(request.instrument()),
                                            std::move(reply), request.case_reference());
}

}  // namespace ehc
