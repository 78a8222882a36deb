// Reviews, each linked to the one before; one that is held for an authority is the authority's too.
#include <utility>

#include "server/services/letters.h"
#include "server/services/matter_events.h"
#include "server/services/pathway_calls.h"
#include "server/services/verifications.h"

namespace ehc {
namespace {

using hub::v1::Review;

hub::v1::ReviewState StateOf(const Opened<PathwayReviews>& opened) {
  if (opened.body.successor() != 0) return hub::v1::REVIEW_STATE_SUCCEEDED;
  return opened.body.value().ends() ? hub::v1::REVIEW_STATE_ENDED : hub::v1::REVIEW_STATE_DUE;
}

void AddEvent(hub::v1::ReviewEventKind kind, const std::string& on, const std::string& record,
              Review& out) {
  hub::v1::ReviewEvent& event = *out.add_events();
  event.set_kind(kind);
  event.set_on(on);
  event.set_record(record);
}

// An attachment that nobody is told of triggers nothing: each is an event with its day.
void AddEvents(const Opened<PathwayReviews>& opened, Review& out) {
  AddEvent(hub::v1::REVIEW_EVENT_KIND_REVIEW_HELD, out.held_on(), "", out);
  if (!opened.body.value().record().empty()) {
    AddEvent(hub::v1::REVIEW_EVENT_KIND_PLAN_ATTACHED,
             FormatDate(LondonDate(FromTimestamp(out.created_at()))), out.record(), out);
  }
  if (StateOf(opened) != hub::v1::REVIEW_STATE_ENDED) {
    AddEvent(hub::v1::REVIEW_EVENT_KIND_REVIEW_DUE, out.next_due_on(), "", out);
  }
}

// A record is named to each agency by a name of its own: the holder's is nobody else's.
MatterShow<PathwayReviews> Show(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<PathwayReviews>& opened) {
    Review out = ShowErrand(rooms, file, opened);
    if (opened.matter.opener != file.caller.agency()) {
      out.clear_record();
      out.clear_referral();
    }
    out.set_state(StateOf(opened));
    const auto name = [&](int64_t number) {
      return rooms.names.MatterName(PathwayReviews::kCollection, MatterId{number});
    };
    if (opened.body.predecessor() != 0) out.set_predecessor(name(opened.body.predecessor()));
    if (opened.body.successor() != 0) out.set_successor(name(opened.body.successor()));
    AddEvents(opened, out);
    return out;
  };
}

void TellOfReview(const Opened<PathwayReviews>& opened, Plan& plan) {
  TellParties(opened.matter, kReviewHeld, plan);
  if (!opened.body.value().record().empty()) TellParties(opened.matter, kPlanAttached, plan);
  if (!opened.body.value().ends()) TellParties(opened.matter, kReviewDue, plan);
}

std::string ClockOf(hub::v1::ReviewKind kind) {
  return absl::StrCat("REVIEW_", hub::v1::ReviewKind_Name(kind).substr(sizeof("REVIEW_KIND_") - 1));
}

class Holding {
 public:
  Holding(const Desks& desks, const Calendar& calendar, Review stated, std::string predecessor)
      : desks_(desks),
        calendar_(calendar),
        stated_(std::move(stated)),
        predecessor_(ReadMatterName<PathwayReviews>(desks, predecessor)) {}

  absl::StatusOr<Opened<PathwayReviews>> operator()(const CaseFile& file, ReadView& view,
                                                    Plan& plan) const {
    EHC_ASSIGN_OR_RETURN(const Date held, ParseIsoDate(stated_.held_on()));
    if (held > LondonDate(file.received_at)) {
      return PathwayRefusal("DATES_OUT_OF_ORDER", "review.held_on: lies in the future");
    }
    const std::string to = stated_.to().empty() ? AgencyNameOf(file.caller.agency()) : stated_.to();
    EHC_RETURN_IF_ERROR(CheckAddressee(view, to, "review"));
    EHC_ASSIGN_OR_RETURN(Opened<PathwayReviews> opened,
                         NewMatter<PathwayReviews>(desks_.rooms.store, file.caller.agency(),
                                                   ReadAgency(to), file.known_as));
    EHC_RETURN_IF_ERROR(Fill(file, held, opened));
    EHC_RETURN_IF_ERROR(Follow(file, view, opened, plan));
    plan.changes.push_back(Put(opened));
    TellOfReview(opened, plan);
    return opened;
  }

 private:
  absl::Status Fill(const CaseFile& file, Date held, Opened<PathwayReviews>& opened) const {
    Review& value = *opened.body.mutable_value();
    value.set_from_unit(file.ask.request.custodian_unit.value());
    value.set_to_unit(stated_.to().empty() ? value.from_unit() : stated_.to_unit());
    *value.mutable_created_at() = ToTimestamp(file.received_at);
    value.set_kind(stated_.kind());
    value.set_held_on(stated_.held_on());
    value.set_record(stated_.record());
    value.set_conclusion(stated_.conclusion());
    value.set_ends(stated_.ends());
    value.set_child_reference(stated_.child_reference());
    value.set_referral(stated_.referral());
    value.set_through_relay(IsHiddenFrom(file, opened.matter.addressee));
    if (stated_.ends()) {
      opened.matter.open = false;
      return absl::OkStatus();
    }
    EHC_ASSIGN_OR_RETURN(const absl::Time latest,
                         ClockDue(file, calendar_, ClockOf(stated_.kind()), LondonMidnight(held)));
    opened.matter.due_at = latest;
    if (!stated_.next_due_on().empty()) {
      EHC_ASSIGN_OR_RETURN(const Date next, ParseIsoDate(stated_.next_due_on()));
      opened.matter.due_at = LondonMidnight(next + 1);
      if (opened.matter.due_at > latest) {
        return FieldInvalid("review.next_due_on: is later than the law or the pathway lets it be");
      }
    }
    value.set_next_due_on(FormatDate(LastDayBefore(opened.matter.due_at)));
    return absl::OkStatus();
  }

  // The one before is of the same kind and the same child, held or received by the caller, and no
  // other follows it.
  absl::Status Follow(const CaseFile& file, ReadView& view, Opened<PathwayReviews>& opened,
                      Plan& plan) const {
    if (stated_.predecessor().empty()) return absl::OkStatus();
    EHC_ASSIGN_OR_RETURN(Opened<PathwayReviews> before,
                         FindReadable<PathwayReviews>(file, view, predecessor_));
    EHC_ASSIGN_OR_RETURN(const SubjectId child, view.RootOf(before.matter.subject));
    if (child != file.subject || before.body.value().kind() != stated_.kind()) {
      return FieldInvalid("review.predecessor: is a review of another child or of another kind");
    }
    if (StateOf(before) != hub::v1::REVIEW_STATE_DUE) {
      return StateConflict("review.predecessor: has a successor, or ended");
    }
    if (stated_.held_on() < before.body.value().held_on()) {
      return PathwayRefusal("DATES_OUT_OF_ORDER",
                            "review.held_on: lies before the day of the review before");
    }
    opened.body.set_predecessor(before.matter.id.value);
    before.body.set_successor(opened.matter.id.value);
    before.matter.open = false;
    ++before.matter.revision;
    plan.reads.push_back(MatterKey(before.matter.id));
    plan.changes.push_back(Put(before));
    return absl::OkStatus();
  }

  const Desks& desks_;
  const Calendar& calendar_;
  const Review stated_;
  const MatterId predecessor_;
};

}  // namespace

void PathwayDesk::RecordReview(Incoming in, const hub::v1::RecordReviewRequest& request,
                               Reply<hub::v1::RecordReviewResponse> reply) const {
  const Review& stated = request.review();
  if (auto child =
          ReadSubject(desks_, in.caller, stated.child_reference(), "review.child_reference");
      !child.ok()) {
    return Fail(in.call_id, child.status(), std::move(reply));
  }
  auto ask = MatterAsk(desks_, in.caller, "RecordReview", "review.record", request,
                       ReadSubject(desks_, in.caller, request.subject()));
  if (ask.ok()) RestOnReferral(*ask, hub::v1::FAMILY_AGREEMENT_AGREED);
  StartMutation<hub::v1::RecordReviewResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterOpening<PathwayReviews>>(
          Holding(desks_, calendar_, stated, stated.predecessor()), Show(desks_)),
      ShapeFirstField<hub::v1::RecordReviewResponse>, std::move(reply));
}

void PathwayDesk::ListReviews(Incoming in, const hub::v1::ListReviewsRequest& request,
                              Reply<hub::v1::ListReviewsResponse> reply) const {
  StartMatterList<PathwayReviews>(desks_, std::move(in), "ListReviews", "review.read", request,
                                  request.opened() ? Side::kOpener : Side::kAddressee, Show(desks_),
                                  std::move(reply));
}

}  // namespace ehc
