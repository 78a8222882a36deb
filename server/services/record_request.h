// Requests for records that only a person may release, step by step: made by one agency, handled by
// another, read under the person's yes.
#ifndef EHC_SERVER_SERVICES_RECORD_REQUEST_H_
#define EHC_SERVER_SERVICES_RECORD_REQUEST_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "ehc/store/v1/record_request.pb.h"
#include "server/services/common.h"

namespace ehc {

// How many requests of one agency may be PENDING at a time. Calls that race may pass it by their
// number.
inline constexpr int kMostOpenRequests = 200;

// RESOURCE_NOT_FOUND, alike for what there is not and for what is not the caller's.
absl::Status NoSuchRequest();

enum class RequestSide { kAsking, kAsked };

// A request, opened for one of its parties.
struct OpenedRequest {
  Matter matter;
  store::v1::RecordRequestPaper paper;
  RequestSide side = RequestSide::kAsking;
};

// As which party the caller sees it: one of the asking unit's people, or one of the custodian's who
// handle requests to their unit. Whoever oversees an agency sees every unit's. nullopt: not at all.
std::optional<RequestSide> SideOf(const CaseFile& file, const Matter& matter,
                                  const store::v1::RecordRequestPaper& paper);
absl::StatusOr<OpenedRequest> OpenRequest(const Rooms& rooms, const CaseFile& file, ReadView& view,
                                          const std::string& name);

// As that party may see it, now.
hub::v1::RecordRequest ShowRequest(const Rooms& rooms, const CaseFile& file,
                                   const OpenedRequest& opened);
Written DescribeRequest(const Rooms& rooms, const CaseFile& file, const OpenedRequest& opened);

// REQUIRES: an acting person.
void AddRequestEvent(const CaseFile& file, hub::v1::RecordRequestAct act, const std::string& note,
                     store::v1::RecordRequestPaper& paper);

struct NewRecordRequest {
  Ask ask;
  std::shared_ptr<const Mutation> mutation;
};
absl::StatusOr<NewRecordRequest> ReadNewRequest(const Desks& desks, const Caller& caller,
                                                const hub::v1::CreateRecordRequestRequest& request);

// What somebody does with a request: changes its paper and whether it is open, or refuses; adds to
// the plan what that rests on.
using RequestStep =
    std::function<absl::Status(const CaseFile&, ReadView&, OpenedRequest&, Plan& plan)>;
// The step of one side; POLICY_DENIED for the asking side where the custodian's people decide.
std::shared_ptr<const Mutation> MakeRequestStep(const Desks& desks, RequestSide whose,
                                                std::string name, std::string etag,
                                                RequestStep step);

RequestStep Approving(const Desks& desks, const hub::v1::ApproveRecordRequestRequest& request);
RequestStep Declining(const hub::v1::DeclineRecordRequestRequest& request);
RequestStep Extending(const hub::v1::ExtendRecordRequestRequest& request);
RequestStep AnsweringNothing(const hub::v1::AnswerNothingToShareRequest& request);
RequestStep Cancelling();

// The disclosure of what was approved. STATE_CONFLICT unless it is APPROVED now.
absl::StatusOr<Ask> ApprovedRecordsAsk(const Desks& desks, const Caller& caller,
                                       const hub::v1::ListFlaggedRecordsRequest& request);
void ShapeApproved(const Audited<RecordSet>& audited, const Rooms& rooms,
                   hub::v1::ListFlaggedRecordsResponse& response);

// Records under a person's yes: none once that no longer lasts, whatever else permits them.
class ApprovedRecords : public RecordSource<RecordSet> {
 private:
  absl::StatusOr<std::optional<RecordSet>> Fetch(const CaseFile& file,
                                                 ReadView& view) const override;

  const HeldRecordSets held_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_RECORD_REQUEST_H_
