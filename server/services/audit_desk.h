// AuditService: the log's head, proofs against it, and an agency's own entries.
#ifndef EHC_SERVER_SERVICES_AUDIT_DESK_H_
#define EHC_SERVER_SERVICES_AUDIT_DESK_H_

#include "ehc/hub/v1/audit_service.pb.h"
#include "server/audit/checkpointer.h"
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
  AuditDesk(const Desks& desks, Checkpointer& checkpointer)
      : desks_(desks), checkpointer_(checkpointer) {}

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

 private:
  Desks desks_;
  Checkpointer& checkpointer_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_AUDIT_DESK_H_
