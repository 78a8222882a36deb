#include "tests/bench/match/calibrate.h"

#include <array>
#include <map>

#include "absl/strings/str_format.h"
#include "server/matching/compare.h"
#include "server/matching/person.h"

namespace ehc {
namespace {

using Shares = std::array<std::array<double, kMatchLevels>, kMatchFields>;

void Add(const MatchLevels& levels, Shares& shares, double& count) {
  ++count;
  for (size_t i = 0; i < kMatchFields; ++i) ++shares[i][static_cast<size_t>(levels[i])];
}

}  // namespace

void Calibrate(const Trial& trial, std::ostream& out) {
  const NameLore& lore = trial.rules().names();
  const MatchRevision& revision = trial.rules().On(Date(2026, 11, 23));
  const auto frequency = [&](NameUse, const NameWord& word) { return lore.Frequency(word, 0, 0); };
  const std::vector<Question> questions = trial.Questions();
  const std::map<int64_t, Demographics> registered = trial.Registered(questions);
  Shares m{};
  Shares u{};
  double true_pairs = 0;
  double random_pairs = 0;
  std::vector<PersonWords> known;
  std::vector<PersonWords> asked;
  for (const Question& question : questions) {
    if (!question.meant.known()) continue;
    const auto a = ReadPerson(question.asked, lore);
    const auto b = ReadPerson(registered.at(question.meant.value), lore);
    if (!a.ok() || !b.ok()) continue;
    Add(CompareFields(ViewOf(*a), ViewOf(*b), revision, lore, frequency), m, true_pairs);
    asked.push_back(*a);
    known.push_back(*b);
  }
  for (size_t i = 0; i < asked.size(); ++i) {
    for (size_t step = 1; step <= 40; ++step) {
      const PersonWords& other = known[(i + step * 997) % known.size()];
      Add(CompareFields(ViewOf(asked[i]), ViewOf(other), revision, lore, frequency), u,
          random_pairs);
    }
  }
  out << absl::StreamFormat("%.0f true pairs, %.0f pairs at random\n", true_pairs, random_pairs);
  for (size_t field = 0; field < kMatchFields; ++field) {
    for (size_t level = 1; level < kMatchLevels; ++level) {
      out << absl::StreamFormat("%-9s %-10s m %.5f u %.7f\n",
                                MatchFieldCode(static_cast<MatchField>(field)),
                                MatchLevelCode(static_cast<MatchLevel>(level)),
                                m[field][level] / true_pairs, u[field][level] / random_pairs);
    }
  }
}

}  // namespace ehc
