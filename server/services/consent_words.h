// Consents in plain English, for the people who decide: what was recorded, and what it opens.
#ifndef EHC_SERVER_SERVICES_CONSENT_WORDS_H_
#define EHC_SERVER_SERVICES_CONSENT_WORDS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "ehc/hub/v1/consent.pb.h"
#include "ehc/store/v1/dossier.pb.h"
#include "server/services/common.h"

namespace ehc {

// Words for codes, under the policy that a call is pinned to.
class ConsentWords {
 public:
  static absl::StatusOr<ConsentWords> Create(const CaseFile& file, ReadView& view);

  std::string Agency(const std::string& name) const;  // "agencies/x" -> "X Trust (agencies/x)"
  std::string Agencies(const google::protobuf::RepeatedPtrField<std::string>& names) const;
  std::string Purpose(const std::string& code) const;
  std::string Role(const std::string& code) const;
  // "education, health and care plan: C (health needs related to SEN), G (health provision)"
  std::string Parts(const std::string& record_type, const std::vector<std::string>& parts) const;

 private:
  explicit ConsentWords(const PolicySnapshot& policy) : policy_(policy) {}

  const PolicySnapshot& policy_;
  absl::flat_hash_map<std::string, std::string> agencies_;
};

// "27 November 2026"
std::string DayInWords(absl::Time time);

// What was recorded, by whom, line by line: the same for the same item. Names nobody.
std::string StatementOf(const store::v1::ConsentItem& item, const std::string& name,
                        const ConsentWords& words);

// "If recorded, … could read …"
std::string SentenceOf(const hub::v1::ConsentEffect& effect, const ConsentWords& words);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_CONSENT_WORDS_H_
