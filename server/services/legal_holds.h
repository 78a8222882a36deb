// Legal holds: while one stands, nothing that it covers is erased.
#ifndef EHC_SERVER_SERVICES_LEGAL_HOLDS_H_
#define EHC_SERVER_SERVICES_LEGAL_HOLDS_H_

#include <memory>
#include <string>
#include <vector>

#include "ehc/hub/v1/retention_service.pb.h"
#include "ehc/store/v1/access.pb.h"
#include "server/services/matter_mutations.h"

namespace ehc {

// Opener and addressee are whoever placed it; about one child, or about every child (subject 0).
struct LegalHolds {
  using Body = store::v1::LegalHoldBody;
  using Value = hub::v1::LegalHold;
  static constexpr char kKind[] = "LEGAL_HOLD";
  static constexpr char kCollection[] = "legalHolds";
  static std::string UnitOf(const Opened<LegalHolds>& opened, Side);
};

// The holds of one custodian, as they bear on one child.
class HoldsInForce {
 public:
  static absl::StatusOr<HoldsInForce> Read(ReadView& view, const AgencyId& custodian,
                                           SubjectId subject);

  bool Cover(absl::string_view record_type) const;
  bool CoverAnything() const { return !holds_.empty(); }

  // Moves with every hold of the custodian: goes into the read set of whatever erases.
  static VersionKey KeyOf(const AgencyId& custodian);

 private:
  std::vector<Opened<LegalHolds>> holds_;
};

// Moves HoldsInForce::KeyOf().
PutPolicyPaper MoveHolds(const AgencyId& custodian);

MatterShow<LegalHolds> LegalHoldShow(const Desks& desks);

std::shared_ptr<const Mutation> PlacingLegalHold(const Desks& desks, const Calendar& calendar,
                                                 const hub::v1::PlaceLegalHoldRequest& request);
MatterEdit<LegalHolds>::Edit LiftingLegalHold(const hub::v1::LiftLegalHoldRequest& request);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_LEGAL_HOLDS_H_
