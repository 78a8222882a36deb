// Calls that ask several kinds of record at once, or only whether there are any: existence
// pointers, attestations, service offers and the check that fills in another agency's form.
#ifndef EHC_SERVER_SERVICES_SEARCHES_H_
#define EHC_SERVER_SERVICES_SEARCHES_H_

#include <string>
#include <vector>

#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "server/pipeline/batch.h"
#include "server/services/common.h"

namespace ehc {

// What a custodian's records list as services, without a word of text: stripped before redaction
// and audit, so that the entry's digest is of what left.
class ServiceOffers : public RecordSource<RecordSet> {
 private:
  absl::StatusOr<std::optional<RecordSet>> Fetch(const CaseFile& file,
                                                 ReadView& view) const override;

  const HeldRecordSets held_;
};

// A question about one child for a search; its kind of record is yet to be said.
template <typename Req>
absl::StatusOr<Ask> SearchAsk(const Desks& desks, const Caller& caller, const char* method,
                              DisclosureKind kind, const Req& request) {
  absl::StatusOr<SubjectRef> child = ReadSubject(desks, caller, request.subject());
  if (!child.ok()) return child.status();
  Ask ask;
  ask.method = method;
  ask.subject = *std::move(child);
  ask.request.disclosure = kind;
  ask.request.custodian = ReadAgency(request.custodian());
  ReadContext(request.context(), ask.request);
  return ask;
}

BatchShape<Record, hub::v1::FindRecordsResponse> FindShape();
BatchShape<Record, hub::v1::AttestRegistrationResponse> AttestShape();
BatchShape<RecordSet, hub::v1::AgencyCheckResponse> CheckShape();
// Records of one kind, each kind in its own field, and the envelope.
void FillChecked(const Audited<RecordSet>& audited, const Rooms& rooms,
                 hub::v1::CheckedRecords& item);
void ShapeOffer(const Audited<RecordSet>& audited, const Rooms& rooms,
                hub::v1::GetServiceOfferResponse& response);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_SEARCHES_H_
