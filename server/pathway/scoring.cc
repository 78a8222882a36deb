#include "server/pathway/scoring.h"

#include <algorithm>
#include <map>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

using hub::v1::NeedsAnswer;
using hub::v1::Score;
using hub::v1::ScoreItem;
using policy::v1::ScoreLevel;
using policy::v1::ScoreRow;
using policy::v1::ScoringModel;
using Answers = google::protobuf::RepeatedPtrField<NeedsAnswer>;

template <typename... Words>
absl::Status Fault(const Words&... words) {
  return absl::InvalidArgumentError(absl::StrCat(words...));
}

std::string At(int answer, absl::string_view field) {
  return absl::StrCat("answers[", answer, "].", field, ": ");
}

int64_t WeightOf(const ScoreRow& row) { return row.weight() == 0 ? 1 : row.weight(); }

int64_t GreatestOf(const ScoreLevel& level) { return std::max(level.points(), level.points_to()); }

const ScoreLevel* FindLevel(const ScoreRow& row, absl::string_view code) {
  for (const ScoreLevel& level : row.level()) {
    if (level.code() == code) return &level;
  }
  return nullptr;
}

// One answer a row, in the order of the form.
class Sheet {
 public:
  static absl::StatusOr<Sheet> Read(const ScoringModel& model, const Answers& answers) {
    Sheet sheet;
    EHC_RETURN_IF_ERROR(sheet.Place(model, answers));
    for (const ScoreRow& row : model.row()) {
      if (!sheet.by_row_.contains(row.id())) {
        return Fault("answers: row '", row.id(),
                     "' has no answer; tick one box in each row, or the one for 'not applicable'");
      }
    }
    return sheet;
  }

  int IndexOf(const ScoreRow& row) const { return by_row_.at(row.id()); }

 private:
  absl::Status Place(const ScoringModel& model, const Answers& answers) {
    for (int i = 0; i < answers.size(); ++i) {
      const std::string& id = answers[i].row();
      const bool known = std::any_of(model.row().begin(), model.row().end(),
                                     [&](const ScoreRow& row) { return row.id() == id; });
      if (!known) return Fault(At(i, "row"), "is no row of the model; see its rows");
      if (!by_row_.emplace(id, i).second) {
        return Fault(At(i, "row"), "a second tick in row '", id, "'; tick one box in each row");
      }
    }
    return absl::OkStatus();
  }

  absl::flat_hash_map<std::string, int> by_row_;
};

absl::StatusOr<int64_t> PointsOf(const ScoreLevel& level, const NeedsAnswer& answer, int index) {
  const int64_t greatest = GreatestOf(level);
  if (!answer.has_points()) {
    if (greatest == level.points()) return level.points();
    return Fault(At(index, "points"), "are left out; this level is a range, say how many");
  }
  if (answer.points() < static_cast<int64_t>(level.points()) || answer.points() > greatest) {
    return Fault(At(index, "points"), "are outside the range of the level ticked");
  }
  return answer.points();
}

std::string Explain(const ScoreItem& item, const ScoreRow& row, const ScoreLevel& level,
                    bool has_points) {
  std::string text = absl::StrCat(row.title(), ": ", level.code());
  if (!has_points) return text;
  absl::StrAppend(&text, ", ", item.points(), " point", item.points() == 1 ? "" : "s");
  if (item.weight() != 1) absl::StrAppend(&text, " × ", item.weight(), " = ", item.counted());
  return text;
}

absl::StatusOr<ScoreItem> ItemOf(const ScoringModel& model, const ScoreRow& row,
                                 const NeedsAnswer& answer, int index) {
  const ScoreLevel* level = FindLevel(row, answer.level());
  if (level == nullptr) return Fault(At(index, "level"), "is no level of this row");
  if (level->needs_attestation() && answer.attestation().empty()) {
    return Fault(At(index, "attestation"),
                 "is left out; this level rests on a professional's word, "
                 "say whose");
  }
  ScoreItem item;
  item.set_row(row.id());
  item.set_domain(row.domain());
  item.set_level(level->code());
  item.set_anchor(level->anchor());
  item.set_attestation(answer.attestation());
  if (HasPoints(model)) {
    EHC_ASSIGN_OR_RETURN(const int64_t points, PointsOf(*level, answer, index));
    item.set_points(points);
    item.set_weight(WeightOf(row));
    item.set_counted(points * WeightOf(row));
  } else if (answer.has_points()) {
    return Fault(At(index, "points"), "leave them out; this model counts none");
  }
  item.set_explanation(Explain(item, row, *level, HasPoints(model)));
  return item;
}

void CountLevels(Score& score) {
  std::map<std::string, uint32_t> counts;
  for (const ScoreItem& item : score.items()) ++counts[item.level()];
  for (const auto& [level, rows] : counts) {
    hub::v1::LevelCount& count = *score.add_levels();
    count.set_level(level);
    count.set_rows(rows);
  }
}

void Conclude(const ScoringModel& model, Score& score) {
  std::string text = absl::StrCat(model.title(), ", version ", model.version(), ": ");
  if (score.has_points()) {
    absl::StrAppend(&text, score.points(), " of ", score.greatest_points(), " points (least ",
                    score.least_points(), "), ",
                    score.scale_direction() == hub::v1::SCALE_DIRECTION_LOWER_IS_MORE_NEED
                        ? "fewer mean more need"
                        : "more mean more need");
  } else {
    absl::StrAppend(&text, "a profile of ", score.items_size(), " rows, no points");
  }
  if (!score.band().empty()) absl::StrAppend(&text, "; ", score.band(), ": ", score.band_title());
  score.set_explanation(text);
}

Score HeaderOf(const ScoringModel& model) {
  Score score;
  score.set_model(model.id());
  score.set_model_version(model.version());
  score.set_instrument(model.instrument());
  score.set_scale_direction(static_cast<hub::v1::ScaleDirection>(model.scale_direction()));
  const PointRange range = RangeOf(model);
  score.set_least_points(range.least);
  score.set_greatest_points(range.greatest);
  return score;
}

}  // namespace

bool HasPoints(const ScoringModel& model) {
  return model.has_weighted_matrix() || model.has_price_point() || model.has_ranked_packages();
}

bool HasIndicativeBudget(const ScoringModel& model) {
  return model.has_price_point() || model.has_ranked_packages() || model.has_costed_outcomes() ||
         model.has_outcome_levels();
}

PointRange RangeOf(const ScoringModel& model) {
  PointRange range;
  if (!HasPoints(model)) return range;
  for (const ScoreRow& row : model.row()) {
    int64_t least = row.level_size() == 0 ? 0 : row.level(0).points();
    int64_t greatest = 0;
    for (const ScoreLevel& level : row.level()) {
      least = std::min<int64_t>(least, level.points());
      greatest = std::max(greatest, GreatestOf(level));
    }
    range.least += least * WeightOf(row);
    range.greatest += greatest * WeightOf(row);
  }
  return range;
}

const policy::v1::ScoreBand* BandOf(const ScoringModel& model, int64_t points) {
  const policy::v1::ScoreBand* found = nullptr;
  for (const policy::v1::ScoreBand& band : model.band()) {
    if (points >= 0 && band.from_points() <= static_cast<uint64_t>(points)) found = &band;
  }
  return found;
}

absl::StatusOr<Score> ScoreAnswers(const ScoringModel& model, const Answers& answers) {
  if (model.row().empty()) return Fault("answers: this model has no sheet to fill in");
  EHC_ASSIGN_OR_RETURN(const Sheet sheet, Sheet::Read(model, answers));
  Score score = HeaderOf(model);
  int64_t points = 0;
  for (const ScoreRow& row : model.row()) {
    const int index = sheet.IndexOf(row);
    EHC_ASSIGN_OR_RETURN(*score.add_items(), ItemOf(model, row, answers[index], index));
    points += score.items(score.items_size() - 1).counted();
  }
  CountLevels(score);
  if (HasPoints(model)) {
    score.set_points(points);
    if (const policy::v1::ScoreBand* band = BandOf(model, points); band != nullptr) {
      score.set_band(band->code());
      score.set_band_title(band->title());
    }
  }
  Conclude(model, score);
  return score;
}

}  // namespace ehc
