// Codes in the words of the policy in force: policies/vocabulary has their titles.
#ifndef EHC_SERVER_SERVICES_VOCABULARY_WORDS_H_
#define EHC_SERVER_SERVICES_VOCABULARY_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/model/record.h"
#include "server/policy/snapshot.h"

namespace ehc {

// A code that the policy no longer has stands for itself.
class VocabularyWords {
 public:
  explicit VocabularyWords(const PolicySnapshot& policy) : policy_(policy) {}

  // Every type of record, groups among them.
  std::vector<std::string> RecordTypes() const;

  std::string Role(absl::string_view code) const;
  std::string Purpose(absl::string_view code) const;
  std::string RecordType(absl::string_view code) const;
  std::string Part(absl::string_view record_type, absl::string_view code) const;
  // Of one lawful basis, special-category basis or gateway.
  std::string Basis(absl::string_view code) const;

 private:
  const PolicySnapshot& policy_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_VOCABULARY_WORDS_H_
