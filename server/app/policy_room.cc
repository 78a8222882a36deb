#include "server/app/policy_room.h"

#include <optional>
#include <utility>
#include <vector>

#include "server/app/system_entry.h"
#include "server/base/signature.h"
#include "server/base/status_macros.h"
#include "server/policy/source.h"

namespace ehc {
namespace {

// Signatures by the agreement-signing keys that are enrolled and not revoked.
class EnrolledSigners : public SignatureVerifier {
 public:
  explicit EnrolledSigners(std::vector<PutCredential> credentials)
      : credentials_(std::move(credentials)) {}

  absl::Status Verify(const AgencyId& agency, absl::string_view key_id, absl::string_view digest,
                      absl::string_view value) const override {
    for (const PutCredential& credential : credentials_) {
      if (credential.agency != agency || !IsSigningKey(credential.value)) continue;
      absl::StatusOr<VerifyKey> key = VerifyKey::FromPem(credential.value.public_key_pem());
      if (!key.ok() || key->key_id() != key_id) continue;
      if (key->Verify(digest, value)) return absl::OkStatus();
      return absl::InvalidArgumentError("the signature does not fit the agreement as it stands");
    }
    return absl::NotFoundError("no such signing key is enrolled for the agency");
  }

 private:
  static bool IsSigningKey(const hub::v1::Credential& credential) {
    return credential.kind() == hub::v1::CREDENTIAL_KIND_AGREEMENT_SIGNING_KEY &&
           credential.state() == hub::v1::CREDENTIAL_STATE_ACTIVE;
  }

  std::vector<PutCredential> credentials_;
};

absl::StatusOr<std::shared_ptr<const PinnedPolicy>> Pin(
    Store& store, std::shared_ptr<const PolicySnapshot> policy) {
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, store.Read());
  return std::make_shared<const PinnedPolicy>(PinnedPolicy{std::move(policy), view->position()});
}

absl::StatusOr<std::optional<PutPolicy>> Active(Store& store) {
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, store.Read());
  return view->ActivePolicy();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const PinnedPolicy>> ActivateFolder(Store& store,
                                                                   const std::string& folder,
                                                                   absl::Time now) {
  EHC_ASSIGN_OR_RETURN(PolicySource source, ReadPolicyFolder(folder));
  LoadOptions options;
  options.require_signatures = false;
  EHC_ASSIGN_OR_RETURN(std::shared_ptr<const PolicySnapshot> policy,
                       PolicySnapshot::Compile(source, options));
  EHC_ASSIGN_OR_RETURN(std::optional<PutPolicy> active, Active(store));
  const std::string revision(policy->revision());
  if (!active.has_value() || active->revision != revision) {
    SystemAct act{"policy.activate", AgencyId("operator"), revision, {}};
    act.changes.push_back(PutPolicy{revision, SerializePolicySource(source)});
    EHC_RETURN_IF_ERROR(CommitSystemAct(store, std::move(act), now));
  }
  return Pin(store, std::move(policy));
}

absl::StatusOr<std::shared_ptr<const PinnedPolicy>> LoadActivePolicy(Store& store) {
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, store.Read());
  EHC_ASSIGN_OR_RETURN(std::optional<PutPolicy> active, view->ActivePolicy());
  if (!active.has_value()) {
    return absl::FailedPreconditionError(
        "no policy was ever activated here; a development hub activates its folder at start");
  }
  EHC_ASSIGN_OR_RETURN(std::vector<PutCredential> credentials, view->ListCredentials());
  const EnrolledSigners signers(std::move(credentials));
  LoadOptions options;
  options.verifier = &signers;
  EHC_ASSIGN_OR_RETURN(PolicySource source, ParsePolicySource(active->canonical));
  EHC_ASSIGN_OR_RETURN(std::shared_ptr<const PolicySnapshot> policy,
                       PolicySnapshot::Compile(source, options));
  if (policy->revision() != active->revision) {
    return absl::DataLossError("the activated policy is not what its revision says");
  }
  return std::make_shared<const PinnedPolicy>(PinnedPolicy{std::move(policy), view->position()});
}

}  // namespace ehc
