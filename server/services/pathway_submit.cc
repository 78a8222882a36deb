// Referring a child, and handing a referral over to the authority that the family moved to.
#include <set>
#include <utility>

#include "server/pathway/machine.h"
#include "server/policy/snapshot.h"
#include "server/services/letters.h"
#include "server/services/matter_events.h"
#include "server/services/pathway_calls.h"

namespace ehc {
namespace {

using hub::v1::Referral;
using hub::v1::ReferralApplication;
using policy::v1::Pathway;

absl::Status NotAvailable(absl::string_view why) {
  return PathwayRefusal("PATHWAY_NOT_AVAILABLE", absl::StrCat("pathway: ", why));
}

// The day on which it came: today, but for what the authority itself enters from paper.
absl::StatusOr<Date> ReceivedOn(const CaseFile& file, const ReferralApplication& application,
                                absl::string_view authority) {
  const Date today = LondonDate(file.received_at);
  if (application.received_on().empty()) return today;
  EHC_ASSIGN_OR_RETURN(const Date stated, ParseIsoDate(application.received_on()));
  if (stated > today) {
    return PathwayRefusal("DATES_OUT_OF_ORDER",
                          "referral.application.received_on: lies in the future");
  }
  if (stated != today && file.caller.agency().value() != authority) {
    return FieldInvalid(
        "referral.application.received_on: the hub states the day of receipt; leave it out");
  }
  return stated;
}

absl::StatusOr<const Pathway*> PathwayFor(const CaseFile& file, const std::string& id,
                                          Date received_on, hub::v1::ReferralChannel channel) {
  const Pathway* pathway = PolicyOf(file).FindPathway(id, received_on);
  if (pathway == nullptr) return NotAvailable("none of this id takes referrals on that day");
  const std::string way =
      hub::v1::ReferralChannel_Name(channel).substr(sizeof("REFERRAL_CHANNEL_") - 1);
  for (const std::string& taken : pathway->channel()) {
    if (taken == way) return pathway;
  }
  return NotAvailable("it does not take referrals that come in this way");
}

// By the age on the day of receipt, whatever birthday comes after.
absl::StatusOr<std::string> PanelFor(const CaseFile& file, const Pathway& pathway,
                                     Date received_on) {
  if (pathway.panel().empty()) return std::string();
  const std::optional<Date>& born = file.facts.date_of_birth;
  if (AsksForAge(pathway) && !born.has_value()) {
    return FieldInvalid(
        "subject: the panel depends on the child's age; register the date of birth first");
  }
  const policy::v1::PathwayPanel* panel =
      FindPanel(pathway, born.has_value() ? AgeOn(*born, received_on) : 0);
  if (panel == nullptr) return NotAvailable("none of its panels is for a child of this age");
  return panel->code();
}

absl::Status CheckClaims(const Pathway& pathway, const ReferralApplication& application) {
  std::set<std::string> seen;
  for (int i = 0; i < application.claims_size(); ++i) {
    if (FindClaim(pathway, application.claims(i)) == nullptr ||
        !seen.insert(application.claims(i)).second) {
      return FieldInvalid(absl::StrCat("referral.application.claims[", i,
                                       "]: is no claim of this pathway, or is there twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status InApplication(const absl::Status& status) {
  return FieldInvalid(absl::StrCat("referral.application.", status.message()));
}

void FillNew(const CaseFile& file, const Pathway& pathway, Date received_on,
             const ReferralApplication& application, Opened<Referrals>& opened) {
  Referral& value = *opened.body.mutable_value();
  value.set_to_unit(pathway.unit());
  *value.mutable_created_at() = ToTimestamp(file.received_at);
  value.set_pathway(pathway.id());
  value.set_pathway_version(pathway.version());
  *value.mutable_application() = application;
  value.mutable_application()->set_received_on(FormatDate(received_on));
  value.mutable_dates()->set_received_on(FormatDate(received_on));
  *opened.body.mutable_pathway() = pathway;
  opened.body.set_shown_revision(1);
}

absl::StatusOr<std::optional<Opened<Referrals>>> OpenAlready(const CaseFile& file, ReadView& view,
                                                             const std::string& pathway) {
  MatterFilter filter;
  filter.kind = Referrals::kKind;
  filter.subject = file.subject;
  filter.only_open = true;
  EHC_ASSIGN_OR_RETURN(std::vector<Matter> open, view.ListMatters(filter));
  for (Matter& matter : open) {
    if (matter.opener != file.caller.agency()) continue;
    EHC_ASSIGN_OR_RETURN(Opened<Referrals> there, Unpack<Referrals>(std::move(matter)));
    if (IsReopened(there)) continue;  // it has ended; only an assessment is still to be seen to
    if (there.body.value().pathway() == pathway && ReadsAsOpener(file, there)) return there;
  }
  return std::nullopt;
}

class Submission {
 public:
  Submission(const Desks& desks, const Calendar& calendar, Referral stated)
      : desks_(desks), calendar_(calendar), stated_(std::move(stated)) {}

  absl::StatusOr<Opened<Referrals>> operator()(const CaseFile& file, ReadView& view,
                                               Plan& plan) const {
    const ReferralApplication& application = stated_.application();
    EHC_ASSIGN_OR_RETURN(auto there, OpenAlready(file, view, stated_.pathway()));
    if (there.has_value()) return *std::move(there);
    EHC_ASSIGN_OR_RETURN(const Date provisional, ReceivedOn(file, application, Authority(file)));
    EHC_ASSIGN_OR_RETURN(const Pathway* pathway,
                         PathwayFor(file, stated_.pathway(), provisional, application.channel()));
    EHC_RETURN_IF_ERROR(
        CheckAddressee(view, absl::StrCat("agencies/", pathway->authority()), "referral"));
    EHC_RETURN_IF_ERROR(CheckClaims(*pathway, application));
    absl::StatusOr<Eligibility> fits = JudgeEligibility(*pathway, application.eligibility());
    if (!fits.ok()) return InApplication(fits.status());
    EHC_ASSIGN_OR_RETURN(Opened<Referrals> opened,
                         NewMatter<Referrals>(desks_.rooms.store, file.caller.agency(),
                                              AgencyId(pathway->authority()), file.known_as));
    FillNew(file, *pathway, provisional, application, opened);
    Referral& value = *opened.body.mutable_value();
    value.set_from_unit(file.ask.request.custodian_unit.value());
    value.set_through_relay(IsHiddenFrom(file, opened.matter.addressee));
    EHC_ASSIGN_OR_RETURN(*value.mutable_panel(), PanelFor(file, *pathway, provisional));
    EHC_RETURN_IF_ERROR(Begin(file, calendar_, opened));
    EHC_RETURN_IF_ERROR(Sort(file, *fits, application, opened));
    plan.changes.push_back(Put(opened));
    TellParty(opened.matter, opened.matter.addressee, kCaseMoved, plan);
    return opened;
  }

 private:
  // Empty where no pathway of today says: the day is then refused with the pathway.
  std::string Authority(const CaseFile& file) const {
    const Pathway* pathway =
        PolicyOf(file).FindPathway(stated_.pathway(), LondonDate(file.received_at));
    return pathway == nullptr ? "" : pathway->authority();
  }

  // Whatever the form says, a child who may be at risk goes to a social worker.
  absl::Status Sort(const CaseFile& file, const Eligibility& fits,
                    const ReferralApplication& application, Opened<Referrals>& opened) const {
    if (fits.safeguarding || application.safeguarding_concern()) {
      return Safeguard(file, calendar_, "", opened);
    }
    if (fits.eligible || !CanMoveOn(opened, policy::v1::PATHWAY_EVENT_INELIGIBLE)) {
      return absl::OkStatus();
    }
    return MoveOn(file, calendar_, policy::v1::PATHWAY_EVENT_INELIGIBLE, "", opened);
  }

  const Desks& desks_;
  const Calendar& calendar_;
  const Referral stated_;
};

// The referral of a family that moved: the same, at the new authority, as of the same day.
class HandingOver {
 public:
  HandingOver(const Desks& desks, const Calendar& calendar,
              hub::v1::HandOverReferralRequest request)
      : desks_(desks), calendar_(calendar), request_(std::move(request)) {}

  absl::Status operator()(const CaseFile& file, ReadView& view, Opened<Referrals>& opened,
                          Plan& plan) const {
    const Referral& value = opened.body.value();
    EHC_ASSIGN_OR_RETURN(const Date received, ParseIsoDate(value.dates().received_on()));
    EHC_ASSIGN_OR_RETURN(const Date moved, ParseIsoDate(request_.moved_on()));
    if (moved > LondonDate(file.received_at)) {
      return PathwayRefusal("DATES_OUT_OF_ORDER", "moved_on: lies in the future");
    }
    const Pathway* pathway =
        PolicyOf(file).FindPathway(request_.pathway(), LondonDate(file.received_at));
    if (pathway == nullptr) return NotAvailable("none of this id takes referrals today");
    if (pathway->authority() == file.caller.agency().value()) {
      return FieldInvalid("pathway: is your own; name one of the new authority");
    }
    EHC_RETURN_IF_ERROR(
        CheckAddressee(view, absl::StrCat("agencies/", pathway->authority()), "pathway"));
    EHC_RETURN_IF_ERROR(MoveOn(file, calendar_, policy::v1::PATHWAY_EVENT_HANDED_OVER, "", opened));
    EHC_RETURN_IF_ERROR(EndErrands(view, opened, plan));
    EHC_ASSIGN_OR_RETURN(Opened<Referrals> next, Next(file, *pathway, received, opened));
    opened.body.set_successor(next.matter.id.value);
    plan.changes.push_back(Put(next));
    TellParty(next.matter, next.matter.addressee, kCaseMoved, plan);
    return absl::OkStatus();
  }

 private:
  // It asks its own questions: those of the old pathway are not carried over.
  absl::StatusOr<Opened<Referrals>> Next(const CaseFile& file, const Pathway& pathway,
                                         Date received, const Opened<Referrals>& before) const {
    ReferralApplication application = before.body.value().application();
    application.set_child_reference(request_.child_reference());
    application.clear_eligibility();
    application.clear_answers();
    application.clear_claims();
    EHC_ASSIGN_OR_RETURN(
        Opened<Referrals> next,
        NewMatter<Referrals>(desks_.rooms.store, before.matter.opener,
                             AgencyId(pathway.authority()), before.matter.subject));
    FillNew(file, pathway, received, application, next);
    Referral& value = *next.body.mutable_value();
    value.set_from_unit(before.body.value().from_unit());
    value.set_through_relay(before.body.value().through_relay());
    value.set_safeguarding(before.body.value().safeguarding());
    next.body.set_predecessor(before.matter.id.value);
    next.body.set_outcome_by_relay(before.body.outcome_by_relay() ||
                                   IsHiddenFrom(file, before.matter.opener));
    EHC_ASSIGN_OR_RETURN(*value.mutable_panel(), PanelFor(file, pathway, received));
    EHC_RETURN_IF_ERROR(Begin(file, calendar_, next));
    if (value.safeguarding()) EHC_RETURN_IF_ERROR(Safeguard(file, calendar_, "", next));
    return next;
  }

  const Desks& desks_;
  const Calendar& calendar_;
  const hub::v1::HandOverReferralRequest request_;
};

}  // namespace

void PathwayDesk::SubmitReferral(Incoming in, const hub::v1::SubmitReferralRequest& request,
                                 Reply<hub::v1::SubmitReferralResponse> reply) const {
  const Referral& stated = request.referral();
  if (auto child = ReadSubject(desks_, in.caller, stated.application().child_reference(),
                               "referral.application.child_reference");
      !child.ok()) {
    return Fail(in.call_id, child.status(), std::move(reply));
  }
  auto ask = MatterAsk(desks_, in.caller, "SubmitReferral", "referral.submit", request,
                       ReadSubject(desks_, in.caller, request.subject()));
  if (ask.ok()) RestOnReferral(*ask, stated.application().family_agreement());
  const Desks& desks = desks_;
  StartMutation<hub::v1::SubmitReferralResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterOpening<Referrals>>(
          Submission(desks_, calendar_, stated),
          [&desks](const CaseFile& file, const Opened<Referrals>& opened) {
            return ShowReferral(desks, file, opened);
          }),
      ShapeFirstField<hub::v1::SubmitReferralResponse>, std::move(reply));
}

void PathwayDesk::HandOverReferral(Incoming in, const hub::v1::HandOverReferralRequest& request,
                                   Reply<hub::v1::HandOverReferralResponse> reply) const {
  if (auto child = ReadSubject(desks_, in.caller, request.child_reference(), "child_reference");
      !child.ok()) {
    return Fail(in.call_id, child.status(), std::move(reply));
  }
  StartReferralStep<hub::v1::HandOverReferralResponse>(
      desks_, std::move(in), "HandOverReferral", "referral.handle", Side::kAddressee, request,
      HandingOver(desks_, calendar_, request), std::move(reply));
}

}  // namespace ehc
