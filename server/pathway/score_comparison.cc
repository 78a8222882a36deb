#include "server/pathway/score_comparison.h"

#include "absl/strings/str_cat.h"
#include "server/pathway/exact.h"

namespace ehc {
namespace {

bool MayBeTold(uint32_t count, uint32_t least) { return count == 0 || count >= least; }

// "7/2", "-3"; empty where it does not fit.
std::string MeanOf(absl::int128 sum, uint32_t cases) {
  const absl::StatusOr<Ratio> mean = Ratio::Of(sum, cases);
  if (!mean.ok()) return "";
  if (mean->denominator() == 1) return absl::StrCat(mean->numerator());
  return absl::StrCat(mean->numerator(), "/", mean->denominator());
}

}  // namespace

void ScoreComparisons::Add(const hub::v1::Score& live,
                           const google::protobuf::RepeatedPtrField<hub::v1::Score>& shadows) {
  for (const hub::v1::Score& shadow : shadows) {
    Group& group =
        groups_[{live.model(), live.model_version(), shadow.model(), shadow.model_version()}];
    ++group.cases;
    if (live.band() == shadow.band()) ++group.same_band;
    group.has_bands |= !live.band().empty() || !shadow.band().empty();
    group.has_points &= live.has_points() && shadow.has_points();
    group.difference += absl::int128(shadow.points()) - live.points();
  }
}

std::vector<hub::v1::ScoreComparison> ScoreComparisons::Report(uint32_t least) const {
  std::vector<hub::v1::ScoreComparison> report;
  for (const auto& [models, group] : groups_) {
    hub::v1::ScoreComparison& out = report.emplace_back();
    out.set_live_model(std::get<0>(models));
    out.set_live_version(std::get<1>(models));
    out.set_shadow_model(std::get<2>(models));
    out.set_shadow_version(std::get<3>(models));
    out.set_suppressed(group.cases < least);
    if (out.suppressed()) continue;
    out.set_cases(group.cases);
    if (group.has_bands && MayBeTold(group.same_band, least) &&
        MayBeTold(group.cases - group.same_band, least)) {
      out.set_same_band(group.same_band);
    }
    if (group.has_points) out.set_mean_difference(MeanOf(group.difference, group.cases));
  }
  return report;
}

}  // namespace ehc
