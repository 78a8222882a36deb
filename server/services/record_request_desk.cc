// RecordExchangeService's record requests.
#include <utility>
#include <vector>

#include "server/base/status_macros.h"
#include "server/pipeline/record_request.h"
#include "server/services/agreement_views.h"
#include "server/services/dossier_items.h"
#include "server/services/record_exchange.h"
#include "server/services/record_request.h"
#include "server/services/searches.h"

namespace ehc {
namespace {

constexpr char kFlaggedList[] = "recordRequests/flagged";

using hub::v1::ListRecordRequestsRequest;
using hub::v1::ListRecordRequestsResponse;

// Matters looked through for one page; what is left follows on the next.
constexpr int kMostLookedThrough = 2000;

template <typename Resp>
void ShapeRequest(const Audited<Written>& audited, const Rooms&, Resp& response) {
  response.mutable_record_request()->CopyFrom(*audited.value().value);
}

// What the custodian's people wrote beside the step, for the entry.
template <typename Req>
std::string NoteIn(const Req& request) {
  if constexpr (requires { request.open_reason(); }) {
    if (request.openly()) return request.open_reason();
  }
  if constexpr (requires { request.note(); }) return request.note();
  return "";
}

template <typename Resp, typename Req>
void Step(const Desks& desks, Incoming in, const char* method, const char* action,
          const Req& request, RequestSide whose, RequestStep step, Reply<Resp> reply) {
  Ask ask = MutationAsk(desks, method, action, request.request_id(), request);
  ask.request.custodian = in.caller.agency();
  ask.justification = NoteIn(request);
  ask.validate_only = request.validate_only();
  StartMutation<Resp>(
      desks, std::move(in), std::move(ask),
      MakeRequestStep(desks, whose, request.name(), request.etag(), std::move(step)),
      ShapeRequest<Resp>, std::move(reply));
}

// One page, gathered from as many stretches of the list as it takes.
class Page {
 public:
  Page(const Rooms& rooms, const CaseFile& file, const ListRecordRequestsRequest& request,
       const std::string& list)
      : rooms_(rooms),
        file_(file),
        list_(list),
        received_(request.side() == hub::v1::RECORD_REQUEST_SIDE_RECEIVED),
        only_open_(request.only_open()),
        size_(PageSize(request.page_size())) {}

  absl::StatusOr<ListRecordRequestsResponse> Gather(ReadView& view, int64_t after) {
    MatterFilter filter;
    filter.kind = kRecordRequestKind;
    (received_ ? filter.addressee : filter.opener) = file_.caller.agency();
    filter.only_open = only_open_;  // more than what is open now: the clock closes by itself
    filter.after.value = after;
    for (int seen = 0; seen < kMostLookedThrough; seen += filter.limit) {
      EHC_ASSIGN_OR_RETURN(const std::vector<Matter> matters, view.ListMatters(filter));
      for (const Matter& matter : matters) {
        EHC_RETURN_IF_ERROR(Consider(matter));
        filter.after = matter.id;
        if (page_.record_requests_size() == size_) return Continued(matter.id);
      }
      if (static_cast<int>(matters.size()) < filter.limit) return std::move(page_);
    }
    return Continued(filter.after);
  }

 private:
  absl::Status Consider(const Matter& matter) {
    OpenedRequest opened;
    EHC_ASSIGN_OR_RETURN(opened.paper, ReadPaper(matter));
    const std::optional<RequestSide> side = SideOf(file_, matter, opened.paper);
    const RequestSide wanted = received_ ? RequestSide::kAsked : RequestSide::kAsking;
    if (side != wanted || (only_open_ && !IsOpen(opened.paper))) return absl::OkStatus();
    opened.matter = matter;
    opened.side = wanted;
    *page_.add_record_requests() = ShowRequest(rooms_, file_, opened);
    return absl::OkStatus();
  }

  bool IsOpen(const store::v1::RecordRequestPaper& paper) const {
    if (received_) return AwaitsAnswer(paper, file_.received_at);
    return StateAt(paper, file_.received_at) == hub::v1::RECORD_REQUEST_STATE_PENDING;
  }

  ListRecordRequestsResponse Continued(MatterId last) {
    page_.set_next_page_token(rooms_.names.SealPage(file_.caller.agency(), list_, last.value));
    return std::move(page_);
  }

  const Rooms& rooms_;
  const CaseFile& file_;
  const std::string& list_;
  const bool received_;
  const bool only_open_;
  const int size_;
  ListRecordRequestsResponse page_;
};

}  // namespace

absl::StatusOr<Ask> ApprovedRecordsAsk(const Desks& desks, const Caller& caller,
                                       const hub::v1::ListFlaggedRecordsRequest& request) {
  const MatterId number = desks.rooms.names.OpenMatter(kRecordRequests, request.parent());
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, desks.rooms.store.Read());
  EHC_ASSIGN_OR_RETURN(const std::optional<Matter> matter,
                       view->FindMatter(kRecordRequestKind, number));
  if (!matter.has_value() || matter->opener != caller.agency() || !caller.person().has_value()) {
    return NoSuchRequest();
  }
  EHC_ASSIGN_OR_RETURN(const store::v1::RecordRequestPaper paper, ReadPaper(*matter));
  if (paper.asker().unit() != caller.person()->unit.value()) return NoSuchRequest();
  if (StateAt(paper, desks.rooms.clock.Now()) != hub::v1::RECORD_REQUEST_STATE_APPROVED) {
    return StateConflict("parent: the request is not approved now");
  }
  Ask ask;
  ask.method = "ListFlaggedRecords";
  ask.record_request = number;
  EHC_ASSIGN_OR_RETURN(ask.subject, ReadSubject(desks, caller, paper.subject(), "parent"));
  ask.request.disclosure = DisclosureKind::kContent;
  ask.request.custodian = matter->addressee;
  ask.request.custodian_unit = UnitId(paper.custodian_unit());
  ask.request.record_type = paper.record_type();
  ReadContext(paper.context(), ask.request);
  ask.parts.assign(paper.approved_parts().begin(), paper.approved_parts().end());
  ask.page_size = request.page_size();
  ask.page_list = PageListOf(desks, kFlaggedList, request);
  EHC_ASSIGN_OR_RETURN(ask.page_after,
                       ReadPageToken(desks, caller, ask.page_list, request.page_token()));
  return ask;
}

void ShapeApproved(const Audited<RecordSet>& audited, const Rooms& rooms,
                   hub::v1::ListFlaggedRecordsResponse& response) {
  FillChecked(audited, rooms, *response.mutable_records());
  const RecordSet& set = audited.value();
  if (!set.more) return;
  const CaseFile& file = audited.file();
  response.set_next_page_token(rooms.names.SealPage(file.caller.agency(), file.ask.page_list,
                                                    set.records.back().head.id.value));
}

absl::StatusOr<std::optional<RecordSet>> ApprovedRecords::Fetch(const CaseFile& file,
                                                                ReadView& view) const {
  if (file.facts.approved == 0) return std::nullopt;
  return held_.FetchFor(file, view);
}

void RecordExchange::CreateRecordRequest(Incoming in,
                                         const hub::v1::CreateRecordRequestRequest& request,
                                         Reply<hub::v1::CreateRecordRequestResponse> reply) const {
  absl::StatusOr<NewRecordRequest> made = ReadNewRequest(desks_, in.caller, request);
  if (!made.ok()) return Fail(in.call_id, made.status(), std::move(reply));
  StartMutation<hub::v1::CreateRecordRequestResponse>(
      desks_, std::move(in), std::move(made->ask), std::move(made->mutation),
      ShapeRequest<hub::v1::CreateRecordRequestResponse>, std::move(reply));
}

void RecordExchange::GetRecordRequest(Incoming in, const hub::v1::GetRecordRequestRequest& request,
                                      Reply<hub::v1::GetRecordRequestResponse> reply) const {
  StartReading<hub::v1::GetRecordRequestResponse>(
      desks_, std::move(in), "GetRecordRequest", "record_request.read",
      [this, name = request.name()](const CaseFile& file, ReadView& view)
          -> absl::StatusOr<hub::v1::GetRecordRequestResponse> {
        EHC_ASSIGN_OR_RETURN(const OpenedRequest opened,
                             OpenRequest(desks_.rooms, file, view, name));
        hub::v1::GetRecordRequestResponse response;
        *response.mutable_record_request() = ShowRequest(desks_.rooms, file, opened);
        return response;
      },
      std::move(reply));
}

void RecordExchange::ListRecordRequests(Incoming in, const ListRecordRequestsRequest& request,
                                        Reply<ListRecordRequestsResponse> reply) const {
  const bool received = request.side() == hub::v1::RECORD_REQUEST_SIDE_RECEIVED;
  const std::string list = PageListOf(desks_, "recordRequests", request);
  absl::StatusOr<int64_t> after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  StartReading<ListRecordRequestsResponse>(
      desks_, std::move(in), "ListRecordRequests",
      received ? "record_request.handle" : "record_request.read",
      [this, request, list, from = *after](const CaseFile& file, ReadView& view) {
        return Page(desks_.rooms, file, request, list).Gather(view, from);
      },
      std::move(reply));
}

void RecordExchange::ApproveRecordRequest(
    Incoming in, const hub::v1::ApproveRecordRequestRequest& request,
    Reply<hub::v1::ApproveRecordRequestResponse> reply) const {
  Step(desks_, std::move(in), "ApproveRecordRequest", "record_request.approve", request,
       RequestSide::kAsked, Approving(desks_, request), std::move(reply));
}

void RecordExchange::DeclineRecordRequest(
    Incoming in, const hub::v1::DeclineRecordRequestRequest& request,
    Reply<hub::v1::DeclineRecordRequestResponse> reply) const {
  Step(desks_, std::move(in), "DeclineRecordRequest", "record_request.decline", request,
       RequestSide::kAsked, Declining(request), std::move(reply));
}

void RecordExchange::ExtendRecordRequest(Incoming in,
                                         const hub::v1::ExtendRecordRequestRequest& request,
                                         Reply<hub::v1::ExtendRecordRequestResponse> reply) const {
  Step(desks_, std::move(in), "ExtendRecordRequest", "record_request.extend", request,
       RequestSide::kAsked, Extending(request), std::move(reply));
}

void RecordExchange::AnswerNothingToShare(
    Incoming in, const hub::v1::AnswerNothingToShareRequest& request,
    Reply<hub::v1::AnswerNothingToShareResponse> reply) const {
  Step(desks_, std::move(in), "AnswerNothingToShare", "record_request.nothing", request,
       RequestSide::kAsked, AnsweringNothing(request), std::move(reply));
}

void RecordExchange::CancelRecordRequest(Incoming in,
                                         const hub::v1::CancelRecordRequestRequest& request,
                                         Reply<hub::v1::CancelRecordRequestResponse> reply) const {
  Step(desks_, std::move(in), "CancelRecordRequest", "record_request.cancel", request,
       RequestSide::kAsking, Cancelling(), std::move(reply));
}

void RecordExchange::ListFlaggedRecords(Incoming in,
                                        const hub::v1::ListFlaggedRecordsRequest& request,
                                        Reply<hub::v1::ListFlaggedRecordsResponse> reply) const {
  absl::StatusOr<Ask> ask = ApprovedRecordsAsk(desks_, in.caller, request);
  StartDisclosure<RecordSet>(desks_, std::move(in), std::move(ask), approved_, ShapeApproved,
                             std::move(reply));
}

}  // namespace ehc
