// A trial of the matcher on a labelled set: who was meant is known, so every answer is right or
// wrong.
#ifndef EHC_TESTS_BENCH_MATCH_TRIAL_H_
#define EHC_TESTS_BENCH_MATCH_TRIAL_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "server/matching/index.h"
#include "tests/bench/match/errors.h"

namespace ehc {

struct TrialOptions {
  uint64_t seed = 2026;
  int64_t people = 1000000;  // in the index
  int64_t questions = 75000;
};

// One description and who it is; nobody in the index, where that child was never registered.
struct Question {
  Demographics asked;
  ErrorClass error = ErrorClass::kNone;
  SubjectId meant;
};

struct Tally {
  int64_t asked = 0;
  int64_t registered = 0;  // questions about somebody who is in the index
  int64_t right = 0;       // MATCH, the child meant
  int64_t wrong = 0;       // MATCH, another child
  int64_t review = 0;      // POTENTIAL_MATCH or MANY_MATCH: a person's queue
  int64_t review_has = 0;  // of those, with the child meant among the candidates
  int64_t missed = 0;      // below, although the child is there

  void Add(const Tally& other);
  double precision() const;
  double recall() const;
};

struct TrialResult {
  std::array<Tally, kErrorClasses> by_error;
  std::vector<double> micros;  // of each question, ascending
  Tally all() const;
};

// One child in ten is held out: its brothers, sisters and twin are registered and it is not.
class Trial {
 public:
  // REQUIRES: the folder holds the committed rules.
  static absl::StatusOr<std::unique_ptr<Trial>> Create(const TrialOptions& options,
                                                       const std::string& policies);

  // Registers options.people children with one agency.
  void Fill();
  TrialResult Ask() const;
  std::vector<Question> Questions() const;
  // As they were registered, those whom the questions mean.
  std::map<int64_t, Demographics> Registered(const std::vector<Question>& questions) const;

  MatchIndex& index() { return index_; }
  const MatchRules& rules() const { return *index_.rules(); }

 private:
  Trial(const TrialOptions& options, policy::v1::NameLore names,
        std::shared_ptr<const MatchRules> rules);

  bool IsHeldOut(int64_t number) const { return number % 10 == 3; }

  const TrialOptions options_;
  const policy::v1::NameLore names_;
  const Population population_;
  const ErrorMaker errors_;
  MatchIndex index_;
  uint64_t households_ = 0;
};

}  // namespace ehc

#endif  // EHC_TESTS_BENCH_MATCH_TRIAL_H_
