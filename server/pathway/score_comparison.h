// ScoreComparisons   what models in shadow make of sheets beside the live ones, without the cases
#ifndef EHC_SERVER_PATHWAY_SCORE_COMPARISON_H_
#define EHC_SERVER_PATHWAY_SCORE_COMPARISON_H_

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/numeric/int128.h"
#include "ehc/hub/v1/score.pb.h"

namespace ehc {

class ScoreComparisons {
 public:
  // One sheet: what the live model gave, and each shadow.
  void Add(const hub::v1::Score& live,
           const google::protobuf::RepeatedPtrField<hub::v1::Score>& shadows);

  // By live model, version, shadow and its version. A group of fewer than `least` cases is named
  // and nothing else; of a larger one the count of equal bands is left out where it, or what is
  // left of the cases, is of some but fewer than `least`.
  std::vector<hub::v1::ScoreComparison> Report(uint32_t least) const;

 private:
  using Models = std::tuple<std::string, uint32_t, std::string, uint32_t>;
  struct Group {
    uint32_t cases = 0;
    uint32_t same_band = 0;
    bool has_bands = false;
    bool has_points = true;
    absl::int128 difference = 0;  // of the points, summed
  };

  std::map<Models, Group> groups_;
};

}  // namespace ehc

#endif  // EHC_SERVER_PATHWAY_SCORE_COMPARISON_H_
