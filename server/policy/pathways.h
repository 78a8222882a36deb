// Whether a pathway (policies/pathways) is whole: every state is reached and left, every word is
// known, every age has one panel.
#ifndef EHC_SERVER_POLICY_PATHWAYS_H_
#define EHC_SERVER_POLICY_PATHWAYS_H_

#include <string>
#include <vector>

#include "server/policy/document.h"

namespace ehc {

struct Vocabulary;

// What is wrong with it goes to `problems`.
void CheckPathway(const policy_proto::Pathway& pathway, const Located& at, const Vocabulary& words,
                  Problems* problems);

// Of one pathway each version is there once, and on no day may two take referrals.
void CheckPathwaysTogether(const std::vector<ParsedVocabulary>& files, Problems* problems);

// Whether it takes referrals received on this ISO day.
bool IsInUseOn(const policy_proto::Pathway& pathway, const std::string& day);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_PATHWAYS_H_
