// Saying a consent again: the same person, or the young person in a parent's place.
#include <utility>

#include "server/pipeline/desk.h"
#include "server/pipeline/facts.h"
#include "server/services/consent_desk.h"
#include "server/services/consent_items.h"
#include "server/services/consent_rules.h"

namespace ehc {
namespace {

using hub::v1::Consent;
using hub::v1::ReconfirmConsentRequest;
using hub::v1::ReconfirmConsentResponse;

class Reconfirming : public ConsentChange<ReconfirmConsentResponse> {
 public:
  Reconfirming(const Desks& desks, int64_t number, ReconfirmConsentRequest request)
      : ConsentChange(desks), number_(number), request_(std::move(request)) {}

 private:
  absl::StatusOr<int64_t> Change(const CaseFile& file, ReadView& view, store::v1::Dossier& dossier,
                                 ReconfirmConsentResponse&, Plan&) const override {
    const AgencyId& own = file.caller.agency();
    store::v1::ConsentItem* item = FindNamed<ConsentItems>(file, dossier, number_);
    if (item == nullptr) return NoSuchItem();
    EHC_RETURN_IF_ERROR(CheckEtag(request_.etag(), item->origin().revision()));
    if (item->value().state() != hub::v1::CONSENT_STATE_GIVEN) {
      return StateConflict("name: only a consent that was given can be said again");
    }
    const Consent again = Again(item->value());
    EHC_RETURN_IF_ERROR(CheckForm(desks(), file, view, again));
    const hub::v1::DecisionMaker& before = item->value().decision_maker();
    if (before.role() == again.decision_maker().role() &&
        before.person_reference() == again.decision_maker().person_reference()) {
      EHC_RETURN_IF_ERROR(CheckMayGive(desks(), file, again));
      KeepPast(*item);
      *item->mutable_value() = again;
      WriteDown(file, hub::v1::CONSENT_ACT_RECONFIRM, *item);
      return item->origin().number();
    }
    EHC_RETURN_IF_ERROR(CheckMayTakeOver(file, again));
    const int64_t reconfirmed = item->origin().number();
    EHC_ASSIGN_OR_RETURN(const int64_t number, Adding<ConsentItems>(again)(file, dossier));
    store::v1::ConsentItem& taken = *FindOwn<ConsentItems>(dossier, number, own);
    taken.set_reconfirms(reconfirmed);
    WriteDown(file, hub::v1::CONSENT_ACT_RECORD, taken);
    return number;
  }

  Consent Again(const Consent& before) const {
    Consent again = before;
    again.clear_name();
    again.clear_etag();
    again.clear_expires_at();
    again.clear_review_due_date();
    *again.mutable_decision_maker() = request_.confirmed_by();
    *again.mutable_given_at() = request_.given_at();
    again.set_channel(request_.channel());
    again.set_notice_version(request_.notice_version());
    if (request_.has_expires_at()) *again.mutable_expires_at() = request_.expires_at();
    again.set_review_due_date(request_.review_due_date());
    return again;
  }

  // Whoever decides today; or the young person who soon will, from the day on which the task that
  // asks them opens. What they say then counts from the day on which they decide.
  absl::Status CheckMayTakeOver(const CaseFile& file, const Consent& again) const {
    if (again.decision_maker().role() != hub::v1::DECISION_MAKER_ROLE_YOUNG_PERSON) {
      return CheckDecides(desks(), file, again.decision_maker(), again.scopes(), "confirmed_by");
    }
    const Calendar& calendar = desks().rooms.facts.calendar();
    const store::v1::Dossier own = OwnView(file.dossier, file.caller.agency());
    const Ages ages = AgesOn(own, file.received_at, calendar);
    if (ages.over_school_age || !ages.leaving_date.has_value()) {
      return CheckDecides(desks(), file, again.decision_maker(), again.scopes(), "confirmed_by");
    }
    EHC_ASSIGN_OR_RETURN(const absl::Time opens,
                         TaskOpensAt(file, calendar, hub::v1::WORK_KIND_CONSENT_TO_RECONFIRM,
                                     LondonMidnight(*ages.leaving_date + 1)));
    if (file.received_at >= opens) return absl::OkStatus();
    return StateConflict(
        "confirmed_by: it is too early to ask the young person; the task in your queue opens when "
        "it "
        "is time");
  }

  const int64_t number_;
  const ReconfirmConsentRequest request_;
};

}  // namespace

void ConsentDesk::ReconfirmConsent(Incoming in, const ReconfirmConsentRequest& request,
                                   Reply<ReconfirmConsentResponse> reply) const {
  const ItemName name = ReadItemName(desks_.rooms.names, in.caller.agency(), request.name(),
                                     ConsentItems::kCollection);
  auto ask =
      ItemAsk(desks_, in.caller, "ReconfirmConsent", "consent.record", request, name.subject);
  StartMutation<ReconfirmConsentResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<Reconfirming>(desks_, name.number, request),
      ShapeChanged<ReconfirmConsentResponse>, std::move(reply));
}

}  // namespace ehc
