#include "server/policy/scoring_models.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/policy/codes.h"
#include "server/policy/vocabulary.h"

namespace ehc {
namespace {

using policy_proto::ScoreLevel;
using policy_proto::ScoreRow;
using policy_proto::ScoringModel;

constexpr uint32_t kMostPoints = 10000;
constexpr uint32_t kMostWeight = 1000;
constexpr uint64_t kMostPence = 100'000'000'00;
constexpr int kMostRows = 200;

bool IsId(absl::string_view id) {
  return !id.empty() && id.size() <= 48 && absl::ascii_islower(id[0]) && id.back() != '-' &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

bool CountsPoints(const ScoringModel& model) {
  return model.has_weighted_matrix() || model.has_price_point() || model.has_ranked_packages();
}

// One file's checks.
class ModelCheck {
 public:
  ModelCheck(const ParsedScoringModel& file, Problems* problems)
      : file_(file), model_(file.message), problems_(problems) {}

  ScoringModelInfo Run() {
    CheckHeader();
    CheckMethod();
    CheckRows();
    CheckBands();
    ScoringModelInfo info;
    info.model = model_;
    const auto& effective = model_.effective();
    const Located here = file_.root().Nested(model_, "effective");
    info.from = LondonInstant(effective.from(), false, absl::InfinitePast(),
                              here.PlaceOf(effective, "from"), "from", problems_);
    info.until = LondonInstant(effective.until(), true, absl::InfiniteFuture(),
                               here.PlaceOf(effective, "until"), "until", problems_);
    if (info.from >= info.until) Say("effective", "ends before it begins; put the days right");
    return info;
  }

 private:
  void Say(absl::string_view field, absl::string_view what) {
    problems_->Add(file_.root().PlaceOf(model_, field), field, what);
  }

  void CheckHeader() {
    if (!IsId(model_.id())) Say("id", "use up to 48 lower-case letters, digits and hyphens");
    if (model_.version() == 0) Say("version", "left out; versions count from 1");
    if (model_.title().empty()) Say("title", "left out; say what it is called");
    if (!IsCode(model_.instrument())) Say("instrument", "not a code; name the instrument");
    if (model_.source().empty()) Say("source", "left out; say where the rules are from");
    if (model_.authority().empty()) Say("authority", "left out; write ANY if any agency may");
    if (model_.effective().switched_off()) Say("effective", "state days; a model is not switched");
    if (model_.effective().from().empty()) Say("effective", "has no first day; state one");
    if (model_.scale_direction() == policy_proto::SCALE_DIRECTION_UNSPECIFIED) {
      Say("scale_direction", "left out; say which end of the scale means more need");
    }
    if (model_.family_disclosure() == policy_proto::FAMILY_DISCLOSURE_UNSPECIFIED) {
      Say("family_disclosure", "left out; say what a family is shown");
    }
  }

  void CheckMethod() {
    switch (model_.method_case()) {
      case ScoringModel::METHOD_NOT_SET: Say("method", "left out; say how it works"); break;
      case ScoringModel::kPricePoint:
        if (model_.price_point().rule() == policy_proto::PRICE_POINT_RULE_UNSPECIFIED) {
          Say("price_point", "say how the price of a point is found");
        }
        break;
      case ScoringModel::kCostedOutcomes: CheckUnitCosts(); break;
      case ScoringModel::kEarlyIntervention:
        if (model_.family_disclosure() != policy_proto::FAMILY_DISCLOSURE_NEITHER) {
          Say("family_disclosure", "early intervention has no indicative budget to disclose");
        }
        break;
      default: break;
    }
    const bool has_sheet = !model_.has_costed_outcomes() && !model_.has_early_intervention();
    if (has_sheet == model_.row().empty()) {
      Say("row", has_sheet ? "left out; this method needs questions" : "this method asks none");
    }
    if (model_.row_size() > kMostRows) Say("row", "more than 200 rows; split the model");
  }

  void CheckUnitCosts() {
    std::set<std::string> seen;
    for (const policy_proto::UnitCost& cost : model_.costed_outcomes().unit_cost()) {
      if (!IsCode(cost.service()) || !seen.insert(cost.service()).second) {
        Say("costed_outcomes", "each service needs a code of its own");
      }
      if (cost.unit().empty() || cost.pence() == 0 || cost.pence() > kMostPence) {
        Say("costed_outcomes", "each service needs a unit and what one costs");
      }
    }
    if (seen.empty()) Say("costed_outcomes", "names no service");
  }

  void CheckRows() {
    std::set<std::string> ids;
    for (int i = 0; i < model_.row_size(); ++i) {
      const ScoreRow& row = model_.row(i);
      const Located at = file_.root().Nested(model_, "row", i);
      const auto say = [&](absl::string_view field, absl::string_view what) {
        problems_->Add(at.PlaceOf(row, field), field, what);
      };
      if (!IsId(row.id()) || !ids.insert(row.id()).second) say("id", "needs an id of its own");
      if (!IsCode(row.domain())) say("domain", "not a code");
      if (row.title().empty()) say("title", "left out; say what is asked");
      if (row.level_size() < 2) say("level", "a row needs at least two levels");
      if (row.weight() > kMostWeight) say("weight", "more than 1000");
      CheckLevels(row, at);
    }
  }

  void CheckLevels(const ScoreRow& row, const Located& at) {
    std::set<std::string> codes;
    std::vector<std::pair<uint32_t, uint32_t>> ranges;
    for (int i = 0; i < row.level_size(); ++i) {
      const ScoreLevel& level = row.level(i);
      const Place place = at.PlaceOf(row, "level", i);
      if (!IsCode(level.code()) || !codes.insert(level.code()).second) {
        problems_->Add(place, "level", "needs a code of its own in its row");
      }
      if (level.anchor().empty()) {
        problems_->Add(place, "level", "has no anchor; say what it means, for assessors");
      }
      const uint32_t greatest = level.points_to() == 0 ? level.points() : level.points_to();
      if (greatest < level.points() || greatest > kMostPoints) {
        problems_->Add(place, "level", "its points end before they begin, or exceed 10000");
      }
      if (!CountsPoints(model_) && greatest != 0) {
        problems_->Add(place, "level", "has points, which this method does not count");
      }
      if (model_.has_outcome_levels() ? level.amount_pence() > kMostPence
                                      : level.amount_pence() != 0) {
        problems_->Add(place, "level", "its amount is too large, or not used by this method");
      }
      ranges.emplace_back(level.points(), greatest);
    }
    CheckApart(row, at, std::move(ranges));
  }

  // Two levels of the same row never share points where points say the level.
  void CheckApart(const ScoreRow& row, const Located& at,
                  std::vector<std::pair<uint32_t, uint32_t>> ranges) {
    if (!model_.has_ranked_packages() && !model_.has_price_point()) return;
    std::sort(ranges.begin(), ranges.end());
    for (size_t i = 1; i < ranges.size(); ++i) {
      if (ranges[i].first > ranges[i - 1].second) continue;
      problems_->Add(at.PlaceOf(row, "level"), "level", "two levels share points; part them");
    }
  }

  void CheckBands() {
    if (!model_.band().empty() && !CountsPoints(model_)) {
      Say("band", "bands are of points, which this method does not count");
    }
    std::set<std::string> codes;
    for (int i = 0; i < model_.band_size(); ++i) {
      const policy_proto::ScoreBand& band = model_.band(i);
      const Place place = file_.root().PlaceOf(model_, "band", i);
      if (!IsCode(band.code()) || !codes.insert(band.code()).second || band.title().empty()) {
        problems_->Add(place, "band", "needs a code of its own and a title");
      }
      if (i == 0 && band.from_points() != 0) {
        problems_->Add(place, "band", "the first begins at 0, so that every score has one");
      }
      if (i > 0 && band.from_points() <= model_.band(i - 1).from_points()) {
        problems_->Add(place, "band", "does not lie above the one before it");
      }
    }
  }

  const ParsedScoringModel& file_;
  const ScoringModel& model_;
  Problems* problems_;
};

}  // namespace

bool ScoringModelInfo::IsFor(absl::string_view agency) const {
  return std::any_of(model.authority().begin(), model.authority().end(),
                     [&](const std::string& id) { return id == "ANY" || id == agency; });
}

const ScoringModelInfo* ScoringModels::Find(absl::string_view id, uint32_t version) const {
  const auto found = models_.find({std::string(id), version});
  return found == models_.end() ? nullptr : &found->second;
}

const ScoringModelInfo* ScoringModels::Find(absl::string_view id, absl::Time now) const {
  const ScoringModelInfo* best = nullptr;
  for (auto at = models_.lower_bound({std::string(id), 0});
       at != models_.end() && at->first.first == id; ++at) {
    const ModelState state = at->second.StateAt(now);
    if (state == ModelState::kInUse) return &at->second;
    if (best == nullptr || state == ModelState::kRetired) best = &at->second;
  }
  return best;
}

std::vector<const ScoringModelInfo*> ScoringModels::Shadows(absl::string_view instrument,
                                                            absl::string_view agency,
                                                            absl::Time now) const {
  std::vector<const ScoringModelInfo*> found;
  for (const auto& [key, info] : models_) {
    if (info.model.shadow() && info.model.instrument() == instrument && info.IsFor(agency) &&
        info.StateAt(now) == ModelState::kInUse) {
      found.push_back(&info);
    }
  }
  return found;
}

std::vector<const ScoringModelInfo*> ScoringModels::All() const {
  std::vector<const ScoringModelInfo*> all;
  for (const auto& [key, info] : models_) all.push_back(&info);
  return all;
}

ScoringModels ScoringModels::Build(const std::vector<ParsedScoringModel>& files,
                                   Problems* problems) {
  ScoringModels models;
  for (const ParsedScoringModel& file : files) {
    ScoringModelInfo info = ModelCheck(file, problems).Run();
    for (const auto& [key, other] : models.models_) {
      const bool overlap = info.from < other.until && other.from < info.until;
      if (key.first != info.model.id() || !overlap) continue;
      problems->Add(file.root().PlaceOf(file.message, "effective"), "effective",
                    absl::StrCat("version ", key.second,
                                 " is in use on some of these days; end it the day before"));
    }
    const std::pair<std::string, uint32_t> key(info.model.id(), info.model.version());
    if (!models.models_.emplace(key, std::move(info)).second) {
      problems->Add(file.root().place(), "version", "this version of the model is defined twice");
    }
  }
  return models;
}

}  // namespace ehc
