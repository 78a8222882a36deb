// AuditService: the log's head, proofs against it, an agency's own entries, who saw a child's
// records, and how the hub is used.
#ifndef EHC_SERVER_SERVICES_AUDIT_DESK_H_
#define EHC_SERVER_SERVICES_AUDIT_DESK_H_

#include "ehc/hub/v1/audit_service.pb.h"
#include "server/audit/checkpointer.h"
#include "server/model/calendar.h"
#include "server/services/access_monitor.h"
#include "server/services/common.h"

namespace ehc {

template <>
inline constexpr bool kIsAboutTheLog<hub::v1::GetCheckpointResponse> = true;
template <>
inline constexpr bool kIsAboutTheLog<hub::v1::GetInclusionProofResponse> = true;
template <>
inline constexpr bool kIsAboutTheLog<hub::v1::GetConsistencyProofResponse> = true;
template <>
inline constexpr bool kIsAboutTheLog<hub::v1::GetTilesResponse> = true;

class AuditDesk {
 public:
  AuditDesk(const Desks& desks, Checkpointer& checkpointer, const Calendar& calendar,
            const AccessMonitor& monitor)
      : desks_(desks), checkpointer_(checkpointer), calendar_(calendar), monitor_(monitor) {}

  void GetCheckpoint(Incoming in, const hub::v1::GetCheckpointRequest& request,
                     Reply<hub::v1::GetCheckpointResponse> reply) const;
  void GetInclusionProof(Incoming in, const hub::v1::GetInclusionProofRequest& request,
                         Reply<hub::v1::GetInclusionProofResponse> reply) const;
  void GetConsistencyProof(Incoming in, const hub::v1::GetConsistencyProofRequest& request,
                           Reply<hub::v1::GetConsistencyProofResponse> reply) const;
  void GetTiles(Incoming in, const hub::v1::GetTilesRequest& request,
                Reply<hub::v1::GetTilesResponse> reply) const;
  void SubmitWitnessSignature(Incoming in, const hub::v1::SubmitWitnessSignatureRequest& request,
                              Reply<hub::v1::SubmitWitnessSignatureResponse> reply) const;
  void ListAuditEntries(Incoming in, const hub::v1::ListAuditEntriesRequest& request,
                        Reply<hub::v1::ListAuditEntriesResponse> reply) const;

  void ListSubjectDisclosures(Incoming in, const hub::v1::ListSubjectDisclosuresRequest& request,
                              Reply<hub::v1::ListSubjectDisclosuresResponse> reply) const;
  void ListWithheldDisclosures(Incoming in, const hub::v1::ListWithheldDisclosuresRequest& request,
                               Reply<hub::v1::ListWithheldDisclosuresResponse> reply) const;
  void ReviewWithheldDisclosure(Incoming in,
                                const hub::v1::ReviewWithheldDisclosureRequest& request,
                                Reply<hub::v1::ReviewWithheldDisclosureResponse> reply) const;
  void PlaceDisclosureHold(Incoming in, const hub::v1::PlaceDisclosureHoldRequest& request,
                           Reply<hub::v1::PlaceDisclosureHoldResponse> reply) const;
  void ReviewDisclosureHold(Incoming in, const hub::v1::ReviewDisclosureHoldRequest& request,
                            Reply<hub::v1::ReviewDisclosureHoldResponse> reply) const;
  void ListDisclosureHolds(Incoming in, const hub::v1::ListDisclosureHoldsRequest& request,
                           Reply<hub::v1::ListDisclosureHoldsResponse> reply) const;
  void GetAccessReport(Incoming in, const hub::v1::GetAccessReportRequest& request,
                       Reply<hub::v1::GetAccessReportResponse> reply) const;
  void CompileIncidentPack(Incoming in, const hub::v1::CompileIncidentPackRequest& request,
                           Reply<hub::v1::CompileIncidentPackResponse> reply) const;

 private:
  Desks desks_;
  Checkpointer& checkpointer_;
  const Calendar& calendar_;
  const AccessMonitor& monitor_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_AUDIT_DESK_H_
