// PolicyPapers: what is kept beside the policy and not in its files: which agreements are suspended
// by whom, which revision is proposed, how the one in force came to be. Sealed under a key of the
// store's and bound to their names, because they hold reasons in people's own words.
#ifndef EHC_SERVER_PIPELINE_POLICY_PAPERS_H_
#define EHC_SERVER_PIPELINE_POLICY_PAPERS_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "ehc/store/v1/policy_paper.pb.h"
#include "server/base/aead.h"
#include "server/model/change.h"
#include "server/model/names.h"
#include "server/model/read_set.h"
#include "server/storage/store.h"

namespace ehc {

struct PolicyDesktop {
  std::map<AgreementId, store::v1::AgreementStanding> standings;
  std::optional<store::v1::PolicyProposalPaper> proposal;
  std::optional<store::v1::ActivationPaper> activation;
};

// Immutable and thread safe.
class PolicyPapers {
 public:
  explicit PolicyPapers(const Store& store);

  // DATA_LOSS for a paper that this store did not seal: nothing can then be decided.
  absl::StatusOr<PolicyDesktop> Read(ReadView& view) const;

  // Moves the policy's version: whatever was decided before and is committed after is STALE.
  PutPolicyPaper Put(const AgreementId& agreement,
                     const store::v1::AgreementStanding& standing) const;
  PutPolicyPaper Put(const store::v1::PolicyProposalPaper& proposal) const;
  PutPolicyPaper Put(const store::v1::ActivationPaper& activation) const;
  static PutPolicyPaper WithoutProposal();

  static VersionKey KeyOfStanding(const AgreementId& agreement);
  static VersionKey KeyOfProposal();

 private:
  std::string Seal(const std::string& name, const google::protobuf::Message& message) const;
  absl::Status Open(const PutPolicyPaper& paper, google::protobuf::Message* message) const;

  Aead256Gcm key_;
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_POLICY_PAPERS_H_
