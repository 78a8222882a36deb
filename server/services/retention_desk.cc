#include "server/services/retention_desk.h"

#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/services/erasures.h"
#include "server/services/legal_holds.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::ListRetentionDueRequest;
using hub::v1::ListRetentionDueResponse;

// So many records are looked at for one page: a page may be short and yet not the last.
constexpr int kLookedAt = 2000;

class DueList {
 public:
  DueList(const Desks& desks, const ListRetentionDueRequest& request, const CaseFile& file,
          ReadView& view)
      : desks_(desks), request_(request), file_(file), view_(view) {}

  absl::StatusOr<ListRetentionDueResponse> Gather(const std::string& list, int64_t after) {
    Date by = file_.facts.today;
    if (!request_.due_by().empty()) {
      EHC_ASSIGN_OR_RETURN(by, ParseIsoDate(request_.due_by()));
    }
    EHC_ASSIGN_OR_RETURN(const std::vector<RecordHead> heads,
                         view_.ListRecordsOf(file_.caller.agency(), RecordId{after}, kLookedAt));
    ListRetentionDueResponse response;
    const int size = PageSize(request_.page_size());
    int64_t last = after;
    for (const RecordHead& head : heads) {
      if (response.items_size() == size) break;
      last = head.id.value;
      EHC_RETURN_IF_ERROR(Take(head, by, response));
    }
    const bool more = !heads.empty() && (last != heads.back().id.value ||
                                         static_cast<int>(heads.size()) == kLookedAt);
    if (more) {
      response.set_next_page_token(desks_.rooms.names.SealPage(file_.caller.agency(), list, last));
    }
    return response;
  }

 private:
  absl::Status Take(const RecordHead& head, Date by, ListRetentionDueResponse& response) {
    const bool other_type =
        !request_.record_type().empty() && head.record_type != request_.record_type();
    if (other_type || !IsOfUnit(file_, head.unit.value())) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(const SubjectId root, view_.RootOf(head.subject));
    EHC_ASSIGN_OR_RETURN(const store::v1::Dossier dossier, view_.ReadDossier(root));
    const Retention retention = RetentionOf(file_, head, dossier);
    if (!request_.everything() && !retention.IsOver(by)) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(const HoldsInForce* holds, HoldsAbout(head.subject));
    const AgencyId& own = file_.caller.agency();
    hub::v1::RetentionItem& item = *response.add_items();
    // A severed identity is unknown here too: its records are found by their names.
    if (!dossier.severed()) item.set_subject(desks_.rooms.names.SubjectName(own, head.subject));
    item.set_record(desks_.rooms.names.RecordName(own, head.id));
    item.set_record_type(head.record_type);
    item.set_unit(head.unit.value());
    *item.mutable_last_published_at() = ToTimestamp(head.published_at);
    item.set_on_hold(holds->Cover(head.record_type));
    if (retention.rule == nullptr) return absl::OkStatus();
    item.set_rule(retention.rule->code);
    item.set_source(retention.rule->source);
    if (retention.ends.has_value()) item.set_due_on(FormatDate(*retention.ends));
    item.set_due(retention.IsOver(file_.facts.today));
    return absl::OkStatus();
  }

  absl::StatusOr<const HoldsInForce*> HoldsAbout(SubjectId subject) {
    const auto known = holds_.find(subject.value);
    if (known != holds_.end()) return &known->second;
    EHC_ASSIGN_OR_RETURN(HoldsInForce read,
                         HoldsInForce::Read(view_, file_.caller.agency(), subject));
    return &holds_.insert_or_assign(subject.value, std::move(read)).first->second;
  }

  const Desks& desks_;
  const ListRetentionDueRequest& request_;
  const CaseFile& file_;
  ReadView& view_;
  absl::flat_hash_map<int64_t, HoldsInForce> holds_;
};

absl::Status CheckScope(const hub::v1::RequestErasureRequest& request) {
  const bool named = !request.record_types().empty();
  const bool records = request.scope() == hub::v1::ERASURE_SCOPE_RECORDS;
  if (records == named) return absl::OkStatus();
  return FieldInvalid(records ? "record_types: are left out; name the types to erase"
                              : "record_types: leave them out; everything goes");
}

}  // namespace

void RetentionDesk::PlaceLegalHold(Incoming in, const hub::v1::PlaceLegalHoldRequest& request,
                                   Reply<hub::v1::PlaceLegalHoldResponse> reply) const {
  using Resp = hub::v1::PlaceLegalHoldResponse;
  absl::StatusOr<SubjectRef> subject = SubjectRef{};
  if (!request.subject().empty()) subject = ReadSubject(desks_, in.caller, request.subject());
  auto ask =
      MatterAsk(desks_, in.caller, "PlaceLegalHold", "retention.hold", request, std::move(subject));
  if (ask.ok()) ask->justification = request.reason();
  StartMutation<Resp>(desks_, std::move(in), std::move(ask),
                      PlacingLegalHold(desks_, calendar_, request), ShapeFirstField<Resp>,
                      std::move(reply));
}

void RetentionDesk::LiftLegalHold(Incoming in, const hub::v1::LiftLegalHoldRequest& request,
                                  Reply<hub::v1::LiftLegalHoldResponse> reply) const {
  using Resp = hub::v1::LiftLegalHoldResponse;
  auto ask = MatterAsk(desks_, in.caller, "LiftLegalHold", "retention.hold", request,
                       ChildOf<LegalHolds>(desks_, in.caller, request.name()));
  if (ask.ok()) ask->justification = request.reason();
  MatterEdit<LegalHolds>::Target target{ReadMatterName<LegalHolds>(desks_, request.name()),
                                        Side::kOpener, request.etag()};
  StartMutation<Resp>(desks_, std::move(in), std::move(ask),
                      std::make_shared<MatterEdit<LegalHolds>>(
                          std::move(target), LiftingLegalHold(request), LegalHoldShow(desks_)),
                      ShapeFirstField<Resp>, std::move(reply));
}

void RetentionDesk::ListLegalHolds(Incoming in, const hub::v1::ListLegalHoldsRequest& request,
                                   Reply<hub::v1::ListLegalHoldsResponse> reply) const {
  StartMatterList<LegalHolds>(desks_, std::move(in), "ListLegalHolds", "retention.hold", request,
                              Side::kOpener, LegalHoldShow(desks_), std::move(reply));
}

void RetentionDesk::ListRetentionDue(Incoming in, const ListRetentionDueRequest& request,
                                     Reply<ListRetentionDueResponse> reply) const {
  const std::string list = PageListOf(desks_, "retentionDue", request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  StartMatterReading<ListRetentionDueResponse>(
      desks_, std::move(in), "ListRetentionDue", "retention.list", SubjectRef{},
      [this, request, list, from = *after](const CaseFile& file, ReadView& view) {
        return DueList(desks_, request, file, view).Gather(list, from);
      },
      std::move(reply), request.case_reference());
}

void RetentionDesk::RequestErasure(Incoming in, const hub::v1::RequestErasureRequest& request,
                                   Reply<hub::v1::RequestErasureResponse> reply) const {
  using Resp = hub::v1::RequestErasureResponse;
  if (absl::Status scope = CheckScope(request); !scope.ok()) {
    return Fail(in.call_id, scope, std::move(reply));
  }
  auto ask =
      ItemAsk(desks_, in.caller, "RequestErasure", "erasure.request", request, request.subject());
  if (ask.ok()) ask->justification = request.reason();
  StartMutation<Resp>(desks_, std::move(in), std::move(ask),
                      RequestingErasure(desks_, calendar_, request), ShapeFirstField<Resp>,
                      std::move(reply));
}

void RetentionDesk::ApproveErasure(Incoming in, const hub::v1::ApproveErasureRequest& request,
                                   Reply<hub::v1::ApproveErasureResponse> reply) const {
  using Resp = hub::v1::ApproveErasureResponse;
  const MatterId id = ReadMatterName<Erasures>(desks_, request.name());
  auto ask = MatterAsk(desks_, in.caller, "ApproveErasure", "erasure.approve", request,
                       ChildOfErasure(desks_, in.caller, id));
  StartMutation<Resp>(desks_, std::move(in), std::move(ask),
                      ApprovingErasure(desks_, id, request.etag()), ShapeFirstField<Resp>,
                      std::move(reply));
}

void RetentionDesk::CancelErasure(Incoming in, const hub::v1::CancelErasureRequest& request,
                                  Reply<hub::v1::CancelErasureResponse> reply) const {
  using Resp = hub::v1::CancelErasureResponse;
  const MatterId id = ReadMatterName<Erasures>(desks_, request.name());
  auto ask = MatterAsk(desks_, in.caller, "CancelErasure", "erasure.request", request,
                       ChildOfErasure(desks_, in.caller, id));
  if (ask.ok()) ask->justification = request.reason();
  MatterEdit<Erasures>::Target target{id, Side::kOpener, request.etag()};
  StartMutation<Resp>(desks_, std::move(in), std::move(ask),
                      std::make_shared<MatterEdit<Erasures>>(
                          std::move(target), CancellingErasure(request), ErasureShow(desks_)),
                      ShapeFirstField<Resp>, std::move(reply));
}

void RetentionDesk::ListErasures(Incoming in, const hub::v1::ListErasuresRequest& request,
                                 Reply<hub::v1::ListErasuresResponse> reply) const {
  StartMatterList<Erasures>(desks_, std::move(in), "ListErasures", "retention.list", request,
                            Side::kOpener, ErasureShow(desks_), std::move(reply));
}

}  // namespace ehc
