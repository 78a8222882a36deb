#include "server/pipeline/policy_papers.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr char kProposal[] = "proposal";
constexpr char kActivation[] = "activation";
constexpr absl::string_view kStanding = "standing/";

Aead256Gcm KeyOf(const Store& store) {
  absl::StatusOr<Aead256Gcm> key =
      Aead256Gcm::Create(SecretBytes::CopyOf(store.DerivedKey("policy papers")));
  EHC_CHECK(key.ok());
  return *std::move(key);
}

std::string NameOf(const AgreementId& agreement) {
  return absl::StrCat(kStanding, agreement.value());
}

}  // namespace

PolicyPapers::PolicyPapers(const Store& store) : key_(KeyOf(store)) {}

std::string PolicyPapers::Seal(const std::string& name,
                               const google::protobuf::Message& message) const {
  return key_.Seal(message.SerializeAsString(), name);
}

absl::Status PolicyPapers::Open(const PutPolicyPaper& paper,
                                google::protobuf::Message* message) const {
  EHC_ASSIGN_OR_RETURN(const std::string bytes, key_.Open(paper.sealed, paper.name));
  if (message->ParseFromString(bytes)) return absl::OkStatus();
  return absl::DataLossError("a paper beside the policy is not as it was stored");
}

absl::StatusOr<PolicyDesktop> PolicyPapers::Read(ReadView& view) const {
  EHC_ASSIGN_OR_RETURN(const std::vector<PutPolicyPaper> papers, view.PolicyPapers());
  PolicyDesktop desktop;
  for (const PutPolicyPaper& paper : papers) {
    if (paper.name == kProposal) {
      EHC_RETURN_IF_ERROR(Open(paper, &desktop.proposal.emplace()));
    } else if (paper.name == kActivation) {
      EHC_RETURN_IF_ERROR(Open(paper, &desktop.activation.emplace()));
    } else if (absl::StartsWith(paper.name, kStanding)) {
      const AgreementId agreement(absl::string_view(paper.name).substr(kStanding.size()));
      EHC_RETURN_IF_ERROR(Open(paper, &desktop.standings[agreement]));
    }
  }
  return desktop;
}

PutPolicyPaper PolicyPapers::Put(const AgreementId& agreement,
                                 const store::v1::AgreementStanding& standing) const {
  return {NameOf(agreement), Seal(NameOf(agreement), standing), true};
}

PutPolicyPaper PolicyPapers::Put(const store::v1::PolicyProposalPaper& proposal) const {
  return {kProposal, Seal(kProposal, proposal), false};
}

PutPolicyPaper PolicyPapers::Put(const store::v1::ActivationPaper& activation) const {
  return {kActivation, Seal(kActivation, activation), false};
}

PutPolicyPaper PolicyPapers::WithoutProposal() { return {kProposal, "", false}; }

VersionKey PolicyPapers::KeyOfStanding(const AgreementId& agreement) {
  return PolicyPaperKey(NameOf(agreement));
}

VersionKey PolicyPapers::KeyOfProposal() { return PolicyPaperKey(kProposal); }

}  // namespace ehc
