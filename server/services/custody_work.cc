// One queue of what a unit has to see to.
#include <algorithm>
#include <utility>
#include <vector>

#include "server/services/break_glass_uses.h"
#include "server/services/consent_tasks.h"
#include "server/services/custody_desk.h"
#include "server/services/disclosure_notices.h"
#include "server/services/erasures.h"
#include "server/services/incidents.h"
#include "server/services/legal_holds.h"
#include "server/services/letters.h"
#include "server/services/match_reviews.h"
#include "server/services/matter_readings.h"
#include "server/services/needs_assessments.h"
#include "server/services/plan_issues.h"
#include "server/services/plan_transfers.h"
#include "server/services/planning_kinds.h"
#include "server/services/referrals.h"
#include "server/services/severances.h"
#include "server/services/verifications.h"
#include "server/services/withholding.h"

namespace ehc {
namespace {

using hub::v1::WorkItem;
using hub::v1::WorkKind;

// An item, and what it is sorted by.
struct Due {
  absl::Time at;
  WorkItem item;
};

class Queue {
 public:
  Queue(const Desks& desks, const Calendar& calendar, const hub::v1::ListWorkItemsRequest& request,
        const CaseFile& file, ReadView& view)
      : names_(desks.rooms.names),
        calendar_(calendar),
        request_(request),
        file_(file),
        view_(view) {}

  absl::StatusOr<std::vector<Due>> Gather() {
    using namespace hub::v1;
    EHC_RETURN_IF_ERROR(Add<AdviceRequests>(WORK_KIND_ADVICE_TO_GIVE, Side::kAddressee));
    EHC_RETURN_IF_ERROR(Add<AdviceRequests>(WORK_KIND_ADVICE_AWAITED, Side::kOpener));
    EHC_RETURN_IF_ERROR(Add<Consultations>(WORK_KIND_CONSULTATION_TO_ANSWER, Side::kAddressee));
    EHC_RETURN_IF_ERROR(Add<Consultations>(WORK_KIND_CONSULTATION_AWAITED, Side::kOpener));
    EHC_RETURN_IF_ERROR(Add<PlanDeliveries>(WORK_KIND_DELIVERY_TO_CONFIRM, Side::kAddressee));
    EHC_RETURN_IF_ERROR(Add<PlanIssues>(WORK_KIND_DELIVERY_AWAITED, Side::kOpener));
    EHC_RETURN_IF_ERROR(Add<Notices>(WORK_KIND_NOTICE_TO_ACKNOWLEDGE, Side::kAddressee));
    EHC_RETURN_IF_ERROR(Add<Incidents>(WORK_KIND_INCIDENT_OPEN, Side::kOpener));
    EHC_RETURN_IF_ERROR(
        Add<EarlyNotifications>(WORK_KIND_EARLY_NOTIFICATION_TO_ACKNOWLEDGE, Side::kAddressee));
    EHC_RETURN_IF_ERROR(
        AddUses(WORK_KIND_BREAK_GLASS_TO_REVIEW, Side::kAddressee, kBreakGlassClock));
    EHC_RETURN_IF_ERROR(AddUses(WORK_KIND_BREAK_GLASS_TO_RESOLVE, Side::kOpener, ""));
    EHC_RETURN_IF_ERROR(AddDisclosureNotices());
    EHC_RETURN_IF_ERROR(AddPathways());
    EHC_RETURN_IF_ERROR(AddForOfficers());
    EHC_RETURN_IF_ERROR(AddRecordRequests());
    EHC_RETURN_IF_ERROR(AddReviews());
    EHC_RETURN_IF_ERROR(AddSeverances());
    EHC_RETURN_IF_ERROR(AddSteps());
    EHC_RETURN_IF_ERROR(AddTransfers());
    EHC_RETURN_IF_ERROR(AddConsentTasks());
    std::stable_sort(items_.begin(), items_.end(),
                     [](const Due& a, const Due& b) { return a.at < b.at; });
    return std::move(items_);
  }

 private:
  bool Wants(WorkKind kind, bool here) const {
    return (request_.kind() == hub::v1::WORK_KIND_UNSPECIFIED || request_.kind() == kind) &&
           (here || !request_.only_to_be_done_here());
  }

  WorkItem& Append(WorkKind kind, bool here, const std::string& name, const Matter& matter,
                   absl::Time due) {
    Due& added = items_.emplace_back(Due{due, {}});
    WorkItem& item = added.item;
    item.set_kind(kind);
    item.set_name(name);
    item.set_to_be_done_here(here);
    if (matter.subject.known()) {
      item.set_subject(names_.SubjectName(file_.caller.agency(), matter.subject));
    }
    if (due == absl::InfiniteFuture()) return item;
    *item.mutable_due_at() = ToTimestamp(due);
    item.set_overdue(due <= file_.received_at);
    return item;
  }

  bool IsLater(absl::Time due) const {
    return request_.has_due_before() && due >= FromTimestamp(request_.due_before());
  }

  template <typename Kind>
  absl::StatusOr<std::vector<Opened<Kind>>> OpenOnes(Side side) const {
    return ListMattersOf<Kind>(file_, view_, MatterPageAsk{side, true, {}, kMost});
  }

  template <typename Kind>
  absl::Status Add(WorkKind kind, Side side) {
    const bool here = side == Side::kAddressee;
    if (!Wants(kind, here)) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(const auto open, OpenOnes<Kind>(side));
    for (const Opened<Kind>& one : open) {
      const Matter& matter = one.matter;
      if (IsLater(matter.due_at)) continue;
      WorkItem& item = Append(kind, here, names_.MatterName(Kind::kCollection, matter.id), matter,
                              matter.due_at);
      if (matter.opener == matter.addressee) continue;
      item.set_with_agency(AgencyNameOf(here ? matter.opener : matter.addressee));
      if constexpr (requires { one.body.through_relay(); }) {
        if (here && one.body.through_relay()) item.set_with_agency("agencies/hub-relay");
      }
      if constexpr (requires { one.body.value().through_relay(); }) {
        if (here && one.body.value().through_relay()) item.set_with_agency("agencies/hub-relay");
      }
    }
    return absl::OkStatus();
  }

  // Of uses of the emergency override each side sees what it is to do itself.
  absl::Status AddUses(WorkKind kind, Side side, const std::string& clock) {
    if (!Wants(kind, true)) return absl::OkStatus();
    const hub::v1::BreakGlassState wanted = side == Side::kAddressee
                                                ? hub::v1::BREAK_GLASS_STATE_AWAITING_REVIEW
                                                : hub::v1::BREAK_GLASS_STATE_AWAITING_RESOLUTION;
    EHC_ASSIGN_OR_RETURN(const auto open, OpenOnes<BreakGlassUses>(side));
    for (const Opened<BreakGlassUses>& one : open) {
      if (StateOf(one) != wanted || IsLater(one.matter.due_at)) continue;
      WorkItem& item = Append(kind, true, names_.MatterName(kBreakGlassUses, one.matter.id),
                              one.matter, one.matter.due_at);
      item.set_clock(clock);
      const bool relayed = side == Side::kOpener && one.body.through_relay();
      const AgencyId& other = side == Side::kOpener ? one.matter.addressee : one.matter.opener;
      if (other == file_.caller.agency()) continue;
      item.set_with_agency(relayed ? "agencies/hub-relay" : AgencyNameOf(other));
    }
    return absl::OkStatus();
  }

  absl::Status AddDisclosureNotices() {
    const WorkKind kind = hub::v1::WORK_KIND_DISCLOSURE_NOTICE_TO_ACKNOWLEDGE;
    if (!Wants(kind, true) || !Allows("disclosure_notice.read")) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(auto open, OpenOnes<DisclosureNotices>(Side::kAddressee));
    NoticeFolds told(open.size());
    for (Opened<DisclosureNotices>& one : open) told.Add(std::move(one));
    for (const NoticeFold& fold : told.folds()) {
      const Matter& first = fold.front().matter;
      if (IsLater(first.due_at)) continue;
      WorkItem& item =
          Append(kind, true, names_.MatterName(kDisclosureNotices, first.id), first, first.due_at);
      item.set_clock(kDisclosureNoticeClock);
      item.set_with_agency(AgencyNameOf(first.opener));
    }
    return absl::OkStatus();
  }

  absl::Status AddPathways() {
    using namespace hub::v1;
    EHC_RETURN_IF_ERROR(AddReferrals());
    EHC_RETURN_IF_ERROR(Add<Verifications>(WORK_KIND_VERIFICATION_TO_ANSWER, Side::kAddressee));
    EHC_RETURN_IF_ERROR(Add<Verifications>(WORK_KIND_VERIFICATION_AWAITED, Side::kOpener));
    EHC_RETURN_IF_ERROR(Add<HandOffs>(WORK_KIND_HAND_OFF_OPEN, Side::kAddressee));
    EHC_RETURN_IF_ERROR(Add<PathwayReviews>(WORK_KIND_REVIEW_DUE, Side::kAddressee));
    EHC_RETURN_IF_ERROR(AddReviewsToHold());
    EHC_RETURN_IF_ERROR(AddSupportPlans());
    if (!Allows("concern.read")) return absl::OkStatus();
    return Add<PathwayConcerns>(WORK_KIND_CONCERN_TO_READ, Side::kAddressee);
  }

  // Each once: to be decided where its pathway leads on by a decision, else to be brought on.
  absl::Status AddReferrals() {
    using namespace hub::v1;
    if (!Wants(WORK_KIND_REFERRAL_TO_HANDLE, true) && !Wants(WORK_KIND_REFERRAL_TO_DECIDE, true)) {
      return absl::OkStatus();
    }
    EHC_ASSIGN_OR_RETURN(const auto open, OpenOnes<Referrals>(Side::kAddressee));
    for (const Opened<Referrals>& one : open) {
      const WorkKind kind =
          AwaitsDecision(one) ? WORK_KIND_REFERRAL_TO_DECIDE : WORK_KIND_REFERRAL_TO_HANDLE;
      if (!Wants(kind, true) || IsLater(one.matter.due_at)) continue;
      WorkItem& item = Append(kind, true, names_.MatterName(Referrals::kCollection, one.matter.id),
                              one.matter, one.matter.due_at);
      if (one.matter.opener == one.matter.addressee) continue;
      item.set_with_agency(one.body.value().through_relay() ? "agencies/hub-relay"
                                                            : AgencyNameOf(one.matter.opener));
    }
    return absl::OkStatus();
  }

  // Whoever holds a review for an authority holds the next one too; the authority sees that it is
  // due.
  absl::Status AddReviewsToHold() {
    using namespace hub::v1;
    if (!Wants(WORK_KIND_REVIEW_DUE, true)) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(const auto open, OpenOnes<PathwayReviews>(Side::kOpener));
    for (const Opened<PathwayReviews>& one : open) {
      const Matter& matter = one.matter;
      if (matter.opener == matter.addressee || IsLater(matter.due_at)) continue;
      Append(WORK_KIND_REVIEW_DUE, true, names_.MatterName(PathwayReviews::kCollection, matter.id),
             matter, matter.due_at)
          .set_with_agency(AgencyNameOf(matter.addressee));
    }
    return absl::OkStatus();
  }

  // Those of the unit, for whoever may read them: to be decided, and once approved to be reviewed.
  absl::Status AddSupportPlans() {
    using namespace hub::v1;
    if (!Wants(WORK_KIND_SUPPORT_PLAN_TO_DECIDE, true) &&
        !Wants(WORK_KIND_SUPPORT_PLAN_REVIEW_DUE, true)) {
      return absl::OkStatus();
    }
    if (!Allows("planning.read")) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(const auto open, OpenOnes<SupportPlans>(Side::kOpener));
    for (const Opened<SupportPlans>& one : open) {
      const bool submitted = one.body.value().state() == SUPPORT_PLAN_STATE_SUBMITTED;
      const WorkKind kind =
          submitted ? WORK_KIND_SUPPORT_PLAN_TO_DECIDE : WORK_KIND_SUPPORT_PLAN_REVIEW_DUE;
      if (!Wants(kind, true) || IsLater(one.matter.due_at)) continue;
      Append(kind, true, names_.MatterName(SupportPlans::kCollection, one.matter.id), one.matter,
             one.matter.due_at)
          .set_clock(submitted ? "SUPPORT_PLAN_DECISION" : "SUPPORT_PLAN_REVIEW");
    }
    return absl::OkStatus();
  }

  // What the family is not told, and what is erased, is for officers' eyes.
  absl::Status AddForOfficers() {
    using namespace hub::v1;
    if (Allows("audit.withheld")) {
      EHC_RETURN_IF_ERROR(
          Add<WithheldDisclosures>(WORK_KIND_WITHHELD_DISCLOSURE_TO_REVIEW, Side::kAddressee));
    }
    if (Allows("disclosure_hold.place")) {
      EHC_RETURN_IF_ERROR(
          Add<DisclosureHolds>(WORK_KIND_DISCLOSURE_HOLD_TO_REVIEW, Side::kAddressee));
    }
    if (Allows("retention.hold")) {
      EHC_RETURN_IF_ERROR(Add<LegalHolds>(WORK_KIND_LEGAL_HOLD_TO_REVIEW, Side::kAddressee));
    }
    if (!Allows("erasure.approve")) return absl::OkStatus();
    return Add<Erasures>(WORK_KIND_ERASURE_TO_APPROVE, Side::kAddressee);
  }

  bool Allows(absl::string_view action) const {
    return MayAct(file_.caller, action, file_.received_at, PolicyOf(file_));
  }

  // Of these the queue tells no more than that they are there and due.
  absl::Status AddRecordRequests() {
    if (!Wants(hub::v1::WORK_KIND_RECORD_REQUEST_TO_DECIDE, true)) return absl::OkStatus();
    MatterFilter filter;
    filter.kind = "RECORD_REQUEST";
    filter.addressee = file_.caller.agency();
    filter.only_open = true;
    filter.limit = kMost;
    EHC_ASSIGN_OR_RETURN(const std::vector<Matter> open, view_.ListMatters(filter));
    for (const Matter& matter : open) {
      if (IsLater(matter.due_at)) continue;
      Matter bare;  // whether the child is known here is not for this list to say
      Append(hub::v1::WORK_KIND_RECORD_REQUEST_TO_DECIDE, true,
             names_.MatterName("recordRequests", matter.id), bare, matter.due_at);
    }
    return absl::OkStatus();
  }

  absl::Status AddReviews() {
    if (!Wants(hub::v1::WORK_KIND_MATCH_REVIEW_TO_DECIDE, true)) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(const auto open, ListReviews(file_, view_, true, MatterId{}, kMost));
    for (const Opened<MatchReviews>& one : open) {
      if (IsLater(one.matter.due_at)) continue;
      Matter bare;  // the evidence names the children, to whoever opens it
      Append(hub::v1::WORK_KIND_MATCH_REVIEW_TO_DECIDE, true,
             names_.MatterName(MatchReviews::kCollection, one.matter.id), bare, one.matter.due_at);
    }
    return absl::OkStatus();
  }

  absl::Status AddSeverances() {
    if (!Wants(hub::v1::WORK_KIND_SEVERANCE_TO_CONFIRM, true)) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(const auto open, OpenOnes<Severances>(Side::kAddressee));
    for (const Opened<Severances>& one : open) {
      if (IsLater(one.matter.due_at) || one.matter.due_at <= file_.received_at) continue;
      Matter named = one.matter;
      // Once it is severed, taking that back is about nobody until it is done.
      if (one.body.done_ms() == 0) named.subject = SubjectId{one.body.subject()};
      Append(hub::v1::WORK_KIND_SEVERANCE_TO_CONFIRM, true,
             names_.MatterName(Severances::kCollection, one.matter.id), named, one.matter.due_at);
    }
    return absl::OkStatus();
  }

  absl::Status AddSteps() {
    if (!Wants(hub::v1::WORK_KIND_ASSESSMENT_STEP, true)) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(const auto open, OpenOnes<NeedsAssessments>(Side::kOpener));
    for (const Opened<NeedsAssessments>& one : open) {
      EHC_ASSIGN_OR_RETURN(const auto steps, StepsOf(file_, calendar_, one.body));
      for (const DueStep& step : steps) {
        if (step.done || IsLater(step.due_at)) continue;
        WorkItem& item = Append(hub::v1::WORK_KIND_ASSESSMENT_STEP, true,
                                names_.MatterName(NeedsAssessments::kCollection, one.matter.id),
                                one.matter, step.due_at);
        item.set_clock(step.clock);
        item.mutable_exceptions()->CopyFrom(one.body.exceptions());
      }
    }
    return absl::OkStatus();
  }

  // What is to come the old authority sees; what has come both do.
  absl::Status AddTransfers() {
    for (const Side side : {Side::kOpener, Side::kAddressee}) {
      EHC_ASSIGN_OR_RETURN(const auto open, OpenOnes<PlanTransfers>(side));
      for (const Opened<PlanTransfers>& one : open) AddTransfer(one, side);
    }
    return absl::OkStatus();
  }

  void AddTransfer(const Opened<PlanTransfers>& one, Side side) {
    const bool pending = StateOf(one, file_.received_at) == hub::v1::PLAN_TRANSFER_STATE_PENDING;
    const bool here = side == Side::kAddressee;
    if (pending && here) return;
    const WorkKind kind = pending ? hub::v1::WORK_KIND_PLAN_TRANSFER_PENDING
                          : here  ? hub::v1::WORK_KIND_PLAN_TRANSFER_TO_ANSWER
                                  : hub::v1::WORK_KIND_PLAN_TRANSFER_AWAITED;
    const absl::Time due =
        pending ? absl::FromUnixMillis(one.body.transfer_due_ms()) : one.matter.due_at;
    if (!Wants(kind, here) || IsLater(due)) return;
    WorkItem& item = Append(
        kind, here, names_.MatterName(PlanTransfers::kCollection, one.matter.id), one.matter, due);
    item.set_with_agency(AgencyNameOf(here ? one.matter.opener : one.matter.addressee));
    item.set_clock(pending ? "PLAN_TRANSFER" : "PLAN_TRANSFER_NOTICE");
  }

  // Found by when they are due: a task may lie in wait for years.
  absl::Status AddConsentTasks() {
    const bool any = Wants(hub::v1::WORK_KIND_CONSENT_TO_RECONFIRM, true) ||
                     Wants(hub::v1::WORK_KIND_CONSENT_EXPIRING, true) ||
                     Wants(hub::v1::WORK_KIND_CONSENT_REVIEW_DUE, true);
    if (!any) return absl::OkStatus();
    MatterFilter filter;
    filter.kind = ConsentTasks::kKind;
    filter.addressee = file_.caller.agency();
    filter.only_open = true;
    filter.limit = kMost;
    EHC_ASSIGN_OR_RETURN(filter.due_before, LatestTaskDue(file_, calendar_));
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view_.ListMatters(filter));
    for (Matter& matter : matters) {
      EHC_ASSIGN_OR_RETURN(const auto task, Unpack<ConsentTasks>(std::move(matter)));
      EHC_RETURN_IF_ERROR(AddConsentTask(task));
    }
    return absl::OkStatus();
  }

  absl::Status AddConsentTask(const Opened<ConsentTasks>& task) {
    const auto kind = static_cast<WorkKind>(task.body.kind());
    const Matter& matter = task.matter;
    if (!Wants(kind, true) || IsLater(matter.due_at) || !IsOfUnit(file_, task.body.unit())) {
      return absl::OkStatus();
    }
    EHC_ASSIGN_OR_RETURN(const absl::Time opens,
                         TaskOpensAt(file_, calendar_, kind, matter.due_at));
    if (file_.received_at < opens) return absl::OkStatus();
    WorkItem& item = Append(kind, true, names_.MatterName(ConsentTasks::kCollection, matter.id),
                            matter, matter.due_at);
    item.set_clock(kind == hub::v1::WORK_KIND_CONSENT_TO_RECONFIRM ? "CONSENT_RECONFIRMATION"
                                                                   : "CONSENT_RENEWAL");
    item.set_consent(ItemNameOf(names_, file_.caller.agency(), item.subject(),
                                ConsentItems::kCollection, task.body.consent()));
    return absl::OkStatus();
  }

  static constexpr int kMost = 2000;  // of one kind

  const SubjectNames& names_;
  const Calendar& calendar_;
  const hub::v1::ListWorkItemsRequest& request_;
  const CaseFile& file_;
  ReadView& view_;
  std::vector<Due> items_;
};

}  // namespace

void CustodyDesk::ListWorkItems(Incoming in, const hub::v1::ListWorkItemsRequest& request,
                                Reply<hub::v1::ListWorkItemsResponse> reply) const {
  const std::string list = PageListOf(desks_, "workItems", request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  StartMatterReading<hub::v1::ListWorkItemsResponse>(
      desks_, std::move(in), "ListWorkItems", "work.list", SubjectRef{},
      [this, request, list, from = static_cast<size_t>(*after)](
          const CaseFile& file, ReadView& view) -> absl::StatusOr<hub::v1::ListWorkItemsResponse> {
        EHC_ASSIGN_OR_RETURN(const std::vector<Due> items,
                             Queue(desks_, calendar_, request, file, view).Gather());
        hub::v1::ListWorkItemsResponse response;
        const size_t until =
            std::min(items.size(), from + static_cast<size_t>(PageSize(request.page_size())));
        for (size_t at = from; at < until; ++at) *response.add_work_items() = items[at].item;
        if (until < items.size()) {
          response.set_next_page_token(
              desks_.rooms.names.SealPage(file.caller.agency(), list, static_cast<int64_t>(until)));
        }
        return response;
      },
      std::move(reply));
}

}  // namespace ehc
