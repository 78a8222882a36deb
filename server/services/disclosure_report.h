// "Who has seen my record": a custodian's disclosures about one child, for the family or for an
// officer.
#ifndef EHC_SERVER_SERVICES_DISCLOSURE_REPORT_H_
#define EHC_SERVER_SERVICES_DISCLOSURE_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "ehc/hub/v1/audit_service.pb.h"
#include "server/pipeline/source.h"
#include "server/services/vocabulary_words.h"
#include "server/services/withholding.h"

namespace ehc {

struct DisclosurePage {
  std::vector<hub::v1::SubjectDisclosure> disclosures;
  std::string next_page_token;  // empty: there is no next page
};

// Says one disclosure in words. A restricted address puts the relay in the organisation's place,
// for the family: who receives records tells where a child is.
class DisclosureTeller {
 public:
  static absl::StatusOr<DisclosureTeller> Create(const CaseFile& file, ReadView& view,
                                                 hub::v1::DisclosureView for_whom);

  absl::StatusOr<hub::v1::SubjectDisclosure> Tell(const StoredEntry& stored,
                                                  const DisclosureEntry& entry) const;

 private:
  DisclosureTeller(const CaseFile& file, hub::v1::DisclosureView for_whom);
  bool IsBehindRelay(absl::Time at) const;
  void Sentence(const DisclosureEntry& entry, hub::v1::SubjectDisclosure& out) const;

  const VocabularyWords words_;
  const hub::v1::DisclosureView for_whom_;
  absl::flat_hash_map<std::string, std::string> names_;  // of agencies, by id
  struct Period {
    std::string from;
    std::string to;
  };
  std::vector<Period> restricted_;
  std::string today_;
};

class DisclosureReport : public RecordSource<DisclosurePage> {
 public:
  DisclosureReport(const Desks& desks, const hub::v1::ListSubjectDisclosuresRequest& request,
                   std::string list, int64_t after)
      : desks_(desks), request_(request), list_(std::move(list)), after_(after) {}

 private:
  absl::StatusOr<std::optional<DisclosurePage>> Fetch(const CaseFile& file,
                                                      ReadView& view) const override;
  absl::Status CheckRequester(const CaseFile& file) const;
  bool InPeriod(absl::Time at) const;
  bool IsAskedFor(const CaseFile& file, const DisclosureEntry& entry) const;
  hub::v1::SubjectDisclosure Erased(const StoredEntry& stored) const;

  const Desks& desks_;
  const hub::v1::ListSubjectDisclosuresRequest request_;
  const std::string list_;
  const int64_t after_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_DISCLOSURE_REPORT_H_
