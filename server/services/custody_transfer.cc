// Transferring a plan to the authority that the child moved to (C&F Act 2014 s.47; SEND Regs 2014
// reg 15).
#include <algorithm>
#include <utility>
#include <vector>

#include "server/model/deadline.h"
#include "server/pipeline/facts.h"
#include "server/services/custody_desk.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"
#include "server/services/plan_transfers.h"

namespace ehc {
namespace {

using hub::v1::PlanTransfer;

constexpr char kPurpose[] = "PLAN_TRANSFER";
constexpr char kPlanType[] = "EHC_PLAN";

absl::Status CheckNewAuthority(const CaseFile& file, ReadView& view, const std::string& to) {
  if (ReadAgency(to) == file.caller.agency()) {
    return FieldInvalid("plan_transfer.to: is your own agency; name the new authority");
  }
  EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view.ListAgencies());
  for (const hub::v1::Agency& agency : agencies) {
    if (agency.name() == to && agency.type() == hub::v1::AGENCY_TYPE_LOCAL_AUTHORITY) {
      return absl::OkStatus();
    }
  }
  return FieldInvalid("plan_transfer.to: is no local authority of this hub; see ListAgencies");
}

absl::Status CheckKeepsPlan(const CaseFile& file, ReadView& view) {
  EHC_ASSIGN_OR_RETURN(const std::optional<RecordHead> head,
                       view.FindRecord(file.subject, file.caller.agency(), kPlanType));
  if (head.has_value() && !head->quarantined && IsOfUnit(file, head->unit.value())) {
    return absl::OkStatus();
  }
  return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                      "subject: your agency keeps no such plan");
}

// On the day of the move; or, where the authority did not know of it early enough, so many working
// days after it did (reg 15(2)).
absl::StatusOr<absl::Time> TransferDue(const CaseFile& file, const Calendar& calendar,
                                       const PlanTransfer& transfer) {
  EHC_ASSIGN_OR_RETURN(const Date aware, ParseIsoDate(transfer.became_aware_on()));
  EHC_ASSIGN_OR_RETURN(const Date moved, ParseIsoDate(transfer.moved_on()));
  if (aware > LondonDate(file.received_at)) {
    return FieldInvalid("plan_transfer.became_aware_on: lies in the future");
  }
  EHC_ASSIGN_OR_RETURN(const absl::Time by_awareness,
                       ClockDue(file, calendar, kPurpose, LondonMidnight(aware)));
  return std::max(by_awareness, LondonMidnight(moved + 1));
}

absl::StatusOr<absl::Time> InstantOf(const CaseFile& file, const PlanTransfer& transfer) {
  if (!transfer.has_transfers_at()) return file.received_at;
  const absl::Time at = FromTimestamp(transfer.transfers_at());
  if (at >= file.received_at - absl::Minutes(1)) return std::max(at, file.received_at);
  return FieldInvalid("plan_transfer.transfers_at: lies in the past; rights switch from now on");
}

bool IsPlanned(const CaseFile& file) {
  const auto& transfers = file.dossier.plan_transfers();
  return std::any_of(transfers.begin(), transfers.end(),
                     [&](const store::v1::PlanTransferItem& item) {
                       return item.from() == file.caller.agency().value() &&
                              absl::FromUnixMillis(item.at_ms()) > file.received_at;
                     });
}

// Rights switch by what the dossier says, at the instant, whether or not anybody calls.
store::v1::Dossier WithTransfer(const CaseFile& file, const Opened<PlanTransfers>& opened) {
  store::v1::Dossier dossier = file.dossier;
  store::v1::PlanTransferItem& item = *dossier.add_plan_transfers();
  item.set_transfer(opened.matter.id.value);
  item.set_from(opened.matter.opener.value());
  item.set_to(opened.matter.addressee.value());
  item.set_at_ms(opened.body.at_ms());
  std::stable_sort(dossier.mutable_plan_transfers()->begin(),
                   dossier.mutable_plan_transfers()->end(),
                   [](const auto& a, const auto& b) { return a.at_ms() < b.at_ms(); });
  return dossier;
}

MatterOpening<PlanTransfers>::Fill Transferring(const Desks& desks, const Calendar& calendar,
                                                const PlanTransfer& asked) {
  return [&desks, &calendar, asked](const CaseFile& file, ReadView& view,
                                    Plan& plan) -> absl::StatusOr<Opened<PlanTransfers>> {
    EHC_RETURN_IF_ERROR(CheckNewAuthority(file, view, asked.to()));
    EHC_RETURN_IF_ERROR(CheckKeepsPlan(file, view));
    EHC_RETURN_IF_ERROR(CheckMaintains(file));
    if (IsPlanned(file)) {
      return StateConflict("subject: a transfer is planned already; cancel it to plan another");
    }
    EHC_ASSIGN_OR_RETURN(const absl::Time due, TransferDue(file, calendar, asked));
    EHC_ASSIGN_OR_RETURN(const absl::Time at, InstantOf(file, asked));
    EHC_ASSIGN_OR_RETURN(Opened<PlanTransfers> opened,
                         NewMatter<PlanTransfers>(desks.rooms.store, file.caller.agency(),
                                                  ReadAgency(asked.to()), file.known_as));
    EHC_ASSIGN_OR_RETURN(opened.matter.due_at,
                         ClockDue(file, calendar, "PLAN_TRANSFER_NOTICE", at));
    PlanTransfer& value = *opened.body.mutable_value();
    value.set_from_unit(file.ask.request.custodian_unit.value());
    value.set_moved_on(asked.moved_on());
    value.set_became_aware_on(asked.became_aware_on());
    value.set_child_reference(asked.child_reference());
    *value.mutable_created_at() = ToTimestamp(file.received_at);
    opened.body.set_at_ms(absl::ToUnixMillis(at));
    opened.body.set_transfer_due_ms(absl::ToUnixMillis(due));
    plan.changes.push_back(Put(opened));
    plan.changes.push_back(PutSubject{file.subject, WithTransfer(file, opened)});
    return opened;
  };
}

MatterEdit<PlanTransfers>::Edit Cancelling() {
  return [](const CaseFile& file, ReadView&, Opened<PlanTransfers>& opened,
            Plan& plan) -> absl::Status {
    if (StateOf(opened, file.received_at) != hub::v1::PLAN_TRANSFER_STATE_PENDING) {
      return StateConflict("name: the rights have switched, or it was taken back already");
    }
    opened.body.set_cancelled(true);
    opened.matter.open = false;
    store::v1::Dossier dossier = file.dossier;
    auto& transfers = *dossier.mutable_plan_transfers();
    transfers.erase(std::remove_if(transfers.begin(), transfers.end(),
                                   [&](const store::v1::PlanTransferItem& item) {
                                     return item.transfer() == opened.matter.id.value;
                                   }),
                    transfers.end());
    plan.changes.push_back(PutSubject{file.subject, std::move(dossier)});
    return absl::OkStatus();
  };
}

MatterEdit<PlanTransfers>::Edit Acknowledging(const std::string& wrote_on) {
  return [wrote_on](const CaseFile& file, ReadView&, Opened<PlanTransfers>& opened,
                    Plan&) -> absl::Status {
    if (StateOf(opened, file.received_at) != hub::v1::PLAN_TRANSFER_STATE_TRANSFERRED) {
      return StateConflict("name: the rights have not switched yet, or it is acknowledged already");
    }
    if (wrote_on > FormatDate(LondonDate(file.received_at))) {
      return FieldInvalid("wrote_on: lies in the future; state the day on which you wrote");
    }
    opened.body.mutable_value()->set_wrote_on(wrote_on);
    opened.matter.open = false;
    return absl::OkStatus();
  };
}

template <typename Req>
absl::StatusOr<Ask> TransferAsk(const Desks& desks, const Caller& caller, const char* method,
                                const Req& request, absl::StatusOr<SubjectRef> subject) {
  auto ask = MatterAsk(desks, caller, method, "plan.transfer", request, std::move(subject));
  if (!ask.ok()) return ask.status();
  RestOnDuty(*ask, kPurpose);
  ask->request.gateway = "R15_TRANSFER";
  return ask;
}

template <typename Resp>
void Edit(const Desks& desks, Incoming in, absl::StatusOr<Ask> ask,
          MatterEdit<PlanTransfers>::Target target, MatterEdit<PlanTransfers>::Edit edit,
          Reply<Resp> reply) {
  StartMutation<Resp>(desks, std::move(in), std::move(ask),
                      std::make_shared<MatterEdit<PlanTransfers>>(
                          std::move(target), std::move(edit), TransferShow(desks)),
                      ShapeFirstField<Resp>, std::move(reply));
}

}  // namespace

void CustodyDesk::TransferPlan(Incoming in, const hub::v1::TransferPlanRequest& request,
                               Reply<hub::v1::TransferPlanResponse> reply) const {
  if (auto child = ReadSubject(desks_, in.caller, request.plan_transfer().child_reference(),
                               "plan_transfer.child_reference");
      !child.ok()) {
    return Fail(in.call_id, child.status(), std::move(reply));
  }
  auto ask = TransferAsk(desks_, in.caller, "TransferPlan", request,
                         ReadSubject(desks_, in.caller, request.subject()));
  StartMutation<hub::v1::TransferPlanResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterOpening<PlanTransfers>>(
          Transferring(desks_, calendar_, request.plan_transfer()), TransferShow(desks_)),
      ShapeFirstField<hub::v1::TransferPlanResponse>, std::move(reply));
}

void CustodyDesk::CancelPlanTransfer(Incoming in, const hub::v1::CancelPlanTransferRequest& request,
                                     Reply<hub::v1::CancelPlanTransferResponse> reply) const {
  auto ask = TransferAsk(desks_, in.caller, "CancelPlanTransfer", request,
                         ChildOf<PlanTransfers>(desks_, in.caller, request.name()));
  if (ask.ok()) ask->justification = request.reason();
  Edit<hub::v1::CancelPlanTransferResponse>(
      desks_, std::move(in), std::move(ask),
      {ReadMatterName<PlanTransfers>(desks_, request.name()), Side::kOpener, request.etag()},
      Cancelling(), std::move(reply));
}

void CustodyDesk::AcknowledgePlanTransfer(
    Incoming in, const hub::v1::AcknowledgePlanTransferRequest& request,
    Reply<hub::v1::AcknowledgePlanTransferResponse> reply) const {
  auto ask = TransferAsk(desks_, in.caller, "AcknowledgePlanTransfer", request,
                         ChildOf<PlanTransfers>(desks_, in.caller, request.name()));
  Edit<hub::v1::AcknowledgePlanTransferResponse>(
      desks_, std::move(in), std::move(ask),
      {ReadMatterName<PlanTransfers>(desks_, request.name()), Side::kAddressee, request.etag()},
      Acknowledging(request.wrote_on()), std::move(reply));
}

void CustodyDesk::ListPlanTransfers(Incoming in, const hub::v1::ListPlanTransfersRequest& request,
                                    Reply<hub::v1::ListPlanTransfersResponse> reply) const {
  StartMatterList<PlanTransfers>(desks_, std::move(in), "ListPlanTransfers", "plan.transfer",
                                 request, request.opened() ? Side::kOpener : Side::kAddressee,
                                 TransferShow(desks_), std::move(reply));
}

}  // namespace ehc
