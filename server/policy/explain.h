// A decision in words that an information-governance officer understands. For those entitled to it
// only: it tells what stands in agreements.
#ifndef EHC_SERVER_POLICY_EXPLAIN_H_
#define EHC_SERVER_POLICY_EXPLAIN_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/model/decision.h"
#include "server/model/facts.h"
#include "server/model/request.h"
#include "server/policy/snapshot.h"

namespace ehc {

// A clause that would have permitted but for one thing.
struct NearestMiss {
  const ClauseInfo* clause = nullptr;
  std::string dimension;  // "purpose", "role", "consent", "guard", …
  std::string sentence;   // "Allowed for child protection enquiry; you stated direct care."
};

struct PartExplanation {
  std::string part;
  std::string title;
  bool granted = false;
  std::string reason;  // the code
  std::string sentence;
  const ClauseInfo* clause = nullptr;
};

struct Explanation {
  Decision decision;
  std::string revision;
  std::string summary;
  std::vector<PartExplanation> parts;  // the parts asked for, in the schema's order
  std::vector<std::string> obligations;
  std::vector<NearestMiss> nearest;  // nothing was permitted: what came closest, best first
};

// Points into the snapshot.
Explanation Explain(const PolicyRequest& request, const Facts& facts, absl::Time now,
                    const PolicySnapshot& snapshot);

// The whole as text, one statement a line.
std::string ExplanationText(const Explanation& explanation);

// "agreements/x.textproto:12"
std::string PlaceOf(const ClauseInfo& clause);

// A reason in words: "the decision-maker has not been asked for consent".
std::string ReasonSentence(Reason reason);

// A guard in words: "the child is named at the caller as …".
struct Guard;
struct Vocabulary;
std::string GuardSentence(const Guard& guard, const Vocabulary& vocabulary);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_EXPLAIN_H_
