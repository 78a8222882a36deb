// PolicySnapshot       the agreements and vocabulary in force: immutable, shared by every call
// LoadPolicyFolder     the folder as a snapshot (development, tools, tests)
// SignatureVerifier    where the hub says whether a party's signature is good
#ifndef EHC_SERVER_POLICY_SNAPSHOT_H_
#define EHC_SERVER_POLICY_SNAPSHOT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/model/date.h"
#include "server/model/deadline.h"
#include "server/model/decision.h"
#include "server/model/names.h"
#include "server/model/purpose.h"
#include "server/model/record.h"
#include "server/model/retention.h"
#include "server/model/use_limit.h"
#include "server/policy/agency_rules.h"
#include "server/policy/source.h"

namespace ehc {

struct CompiledPolicy;
class PlanningTerms;
class ScoringModels;

namespace policy::v1 {
class Pathway;
}  // namespace policy::v1

// Whether `value` is `agency`'s signature of `digest` by its signing key `key_id`, as enrolled. OK
// or why not, in words for an officer.
class SignatureVerifier {
 public:
  virtual ~SignatureVerifier() = default;
  virtual absl::Status Verify(const AgencyId& agency, absl::string_view key_id,
                              absl::string_view digest, absl::string_view value) const = 0;
};

struct LoadOptions {
  // Production: a clause counts only if its supplier has signed the agreement as it stands.
  // Development: false, every agreement counts as signed.
  bool require_signatures = true;
  const SignatureVerifier* verifier = nullptr;  // needed where signatures are required
};

struct AgreementSummary {
  AgreementId id;
  std::string version;
  std::string title;
  AgreementId parent;  // empty: none
  absl::Time from;     // until is exclusive
  absl::Time until;
  Date review_due;
  bool suspended = false;  // as the file says; see PolicySnapshot::StateOf
  std::string suspension_reason;
  // Custodians named as parties; a caller that names no custodian means them.
  std::vector<AgencyId> suppliers;
  std::vector<AgencyId> signed_by;
  std::string digest;  // what its signatures cover
  std::string file;
  int line = 0;
};

// Thread safe. What Decide() returns points into the snapshot: keep it as long as the decision.
class PolicySnapshot {
 public:
  // INVALID_ARGUMENT lists every problem, one a line: file:line:column: field: what to do.
  static absl::StatusOr<std::shared_ptr<const PolicySnapshot>> Compile(const PolicySource& source,
                                                                       const LoadOptions& options);

  // The same policy with exactly these agreements suspended besides those that the files suspend.
  // Cheap: shares everything else, so the revision stays. Ids that no agreement has are ignored.
  std::shared_ptr<const PolicySnapshot> WithSuspended(
      const absl::flat_hash_set<AgreementId>& suspended) const;

  // Hexadecimal SHA-256 over the canonical bytes.
  absl::string_view revision() const;
  const PolicySource& source() const { return *source_; }

  // nullptr: no such record type, or a group of types.
  const RecordSchema* FindSchema(absl::string_view record_type) const;
  const AgreementSummary* FindAgreement(const AgreementId& id) const;
  const std::vector<AgreementSummary>& agreements() const { return *summaries_; }

  // kNone where the agreement and those above it are in force; else kAgreementUnknown,
  // kAgreementSuspended or kAgreementNotInForce.
  Reason StateOf(const AgreementId& id, absl::Time now) const;
  // The same by number in compiled().agreements.
  Reason StateOf(size_t agreement, int64_t now_nanos) const;

  // Whether a decision under this agreement may rest on how often it was relied on today.
  bool CountsDisclosures(const AgreementId& id) const;

  // nullptr: no such clock, or not in use at `now`.
  const DeadlineRule* FindClock(absl::string_view code, absl::Time now) const;

  // The version of this pathway that takes referrals received on this day; nullptr: none does.
  const policy::v1::Pathway* FindPathway(absl::string_view id, Date received_on) const;

  // nullptr: no such purpose.
  const PurposeTerms* FindPurpose(absl::string_view code) const;
  // Whether `wider` is `code` or above it. False for what the vocabulary does not know.
  bool RoleCovers(absl::string_view wider, absl::string_view code) const;
  bool PurposeCovers(absl::string_view wider, absl::string_view code) const;
  // A gateway for which a standing decision may take a person's place.
  bool TakesStandingDecisions(absl::string_view gateway) const;
  // The rule in use at `now` for this type of record kept by this custodian; nullptr: none covers
  // it.
  const RetentionRule* FindRetentionRule(absl::string_view record_type,
                                         absl::string_view agency_type, const AgencyId& custodian,
                                         absl::Time now) const;
  // Those in use at `now`.
  std::vector<UseLimit> UseLimits(absl::Time now) const;

  bool IsRole(absl::string_view code) const;
  // "community paediatrician"; empty: no such role.
  std::string RoleTitle(absl::string_view code) const;
  // The role's own code, where `code` is a synonym of it; otherwise `code` itself.
  std::string RoleOf(absl::string_view code) const;
  bool IsUnitKind(absl::string_view code) const;

  const AgencyRules& agency_rules() const;
  // How need is scored, and what holds for support plans and their money (scoring_models.h,
  // planning_terms.h).
  const ScoringModels& scoring_models() const;
  const PlanningTerms& planning_terms() const;
  // Whether an agency that is not live yet may do it, if anybody of its kind may.
  bool MayBeforeGoLive(absl::string_view action) const;
  // Whether the policy asks a second person for it, beyond what always takes two.
  bool NeedsTwoPeople(absl::string_view action) const;

  const CompiledPolicy& compiled() const { return *compiled_; }

 private:
  PolicySnapshot() = default;

  std::shared_ptr<const PolicySource> source_;
  std::shared_ptr<const CompiledPolicy> compiled_;
  std::shared_ptr<const std::vector<AgreementSummary>> summaries_;
  std::vector<bool> suspended_;  // by agreement number
};

absl::StatusOr<std::shared_ptr<const PolicySnapshot>> LoadPolicyFolder(const std::string& folder,
                                                                       const LoadOptions& options);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_SNAPSHOT_H_
