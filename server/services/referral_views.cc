// How either party sees a referral: the authority the whole case, its referrer what it wrote, the
// stage and the outcome.
#include <algorithm>
#include <utility>

#include "server/pathway/machine.h"
#include "server/pathway/timescales.h"
#include "server/services/referrals.h"
#include "server/services/verifications.h"

namespace ehc {
namespace {

using hub::v1::Referral;
using hub::v1::ReferralEvent;

constexpr char kRelay[] = "agencies/hub-relay";

google::protobuf::Timestamp At(int64_t ms) { return ToTimestamp(absl::FromUnixMillis(ms)); }

// The first of the pathway's timescales is the one that is promised to the referrer.
std::string ExpectedOn(const store::v1::ReferralBody& body) {
  if (body.has_outcome() || body.pathway().clock().empty()) return "";
  for (const store::v1::RunningClock& one : body.clocks()) {
    if (one.code() != body.pathway().clock(0).code() || one.stopped_ms() != 0) continue;
    return FormatDate(LastDayBefore(absl::FromUnixMillis(one.due_ms())));
  }
  return "";
}

void ShowClocks(const store::v1::ReferralBody& body, absl::Time now, Referral& out) {
  for (const store::v1::RunningClock& one : body.clocks()) {
    hub::v1::ReferralClock& clock = *out.add_clocks();
    clock.set_code(one.code());
    *clock.mutable_started_at() = At(one.started_ms());
    *clock.mutable_due_at() = At(one.due_ms());
    if (one.stopped_ms() != 0) *clock.mutable_stopped_at() = At(one.stopped_ms());
    if (!IsBreached(one, now)) continue;
    clock.set_breached(true);
    ReferralEvent& breach = *out.add_events();
    breach.set_act(hub::v1::REFERRAL_ACT_TIMESCALE_BREACHED);
    *breach.mutable_at() = At(one.due_ms());
    breach.set_clock(one.code());
  }
  std::stable_sort(out.mutable_events()->begin(), out.mutable_events()->end(),
                   [](const ReferralEvent& a, const ReferralEvent& b) {
                     return FromTimestamp(a.at()) < FromTimestamp(b.at());
                   });
}

void ShowPacks(const store::v1::ReferralBody& body, const std::string& expected_on, Referral& out) {
  for (const ReferralEvent& event : body.value().events()) {
    for (const std::string& id : event.packs()) {
      for (const policy::v1::PathwayPack& pack : body.pathway().pack()) {
        if (pack.id() != id) continue;
        hub::v1::InformationPack& shown = *out.add_packs();
        shown.set_id(id);
        shown.set_title(pack.title());
        shown.set_form(static_cast<hub::v1::PackForm>(pack.format()));
        shown.set_text(pack.text());
        shown.set_link(pack.link());
        shown.mutable_next_steps()->CopyFrom(pack.next_step());
        if (body.has_contact()) *shown.mutable_contact() = body.contact();
        shown.set_expected_on(expected_on);
        *shown.mutable_due_at() = event.at();
      }
    }
  }
}

void NameMatters(const SubjectNames& names, const store::v1::ReferralBody& body, Referral& out) {
  for (const int64_t id : body.verifications()) {
    out.add_verifications(names.MatterName(Verifications::kCollection, MatterId{id}));
  }
  for (const int64_t id : body.hand_offs()) {
    out.add_hand_offs(names.MatterName(HandOffs::kCollection, MatterId{id}));
  }
  if (body.predecessor() != 0) {
    out.set_predecessor(names.MatterName(Referrals::kCollection, MatterId{body.predecessor()}));
  }
}

// Everything but what the hub works out for both.
Referral Whole(const SubjectNames& names, const CaseFile& file, const Opened<Referrals>& opened) {
  const store::v1::ReferralBody& body = opened.body;
  Referral out = body.value();
  out.set_state(body.state());
  ShowClocks(body, file.received_at, out);
  NameMatters(names, body, out);
  ShowPacks(body, ExpectedOn(body), out);
  return out;
}

// What its referrer wrote and is told; by the relay where the authority's name tells too much.
Referral Own(const CaseFile& file, const Opened<Referrals>& opened) {
  const store::v1::ReferralBody& body = opened.body;
  const Referral& value = body.value();
  Referral out;
  out.set_from_unit(value.from_unit());
  out.set_to_unit(value.to_unit());
  *out.mutable_created_at() = value.created_at();
  out.set_pathway(value.pathway());
  out.set_pathway_version(value.pathway_version());
  *out.mutable_application() = value.application();
  if (body.predecessor() != 0) out.mutable_application()->clear_child_reference();
  const std::string self = AgencyNameOf(file.caller.agency());
  for (const hub::v1::StatutoryRoute& route : value.routes()) {
    if (route.requested_by() == self) *out.add_routes() = route;
  }
  if (!body.outcome_by_relay()) return out;
  out.clear_to_unit();
  out.clear_pathway();
  out.clear_pathway_version();
  return out;
}

void ShowForBoth(const Rooms& rooms, const CaseFile& file, const Opened<Referrals>& opened,
                 bool whole, Referral& out) {
  const store::v1::ReferralBody& body = opened.body;
  out.set_stage(StageShown(body));
  out.set_expected_on(ExpectedOn(body));
  if (body.has_outcome()) *out.mutable_outcome() = body.outcome();
  if (body.successor() != 0) {
    out.set_successor(rooms.names.MatterName(Referrals::kCollection, MatterId{body.successor()}));
  }
  ShowHeader(rooms, file, opened, out);
  if (whole) {
    if (body.value().through_relay() && opened.matter.opener != file.caller.agency()) {
      HideSender(out);
    }
    return;
  }
  out.clear_due_at();
  out.clear_overdue();
  out.set_etag(EtagOf(body.shown_revision()));
  if (!body.outcome_by_relay()) return;
  out.set_to(kRelay);
  out.mutable_outcome()->clear_contact();
  if (!body.has_outcome()) out.clear_outcome();
}

}  // namespace

bool SeesCase(const CaseFile& file, const Opened<Referrals>& opened) {
  return opened.matter.addressee == file.caller.agency() &&
         IsOfUnit(file, Referrals::UnitOf(opened, Side::kAddressee));
}

Referral ShowReferral(const Desks& desks, const CaseFile& file, const Opened<Referrals>& opened) {
  const bool whole = SeesCase(file, opened);
  Referral out = whole ? Whole(desks.rooms.names, file, opened) : Own(file, opened);
  ShowForBoth(desks.rooms, file, opened, whole, out);
  return out;
}

Referral ShowReferralInList(const Desks& desks, const CaseFile& file,
                            const Opened<Referrals>& opened) {
  Referral out = ShowReferral(desks, file, opened);
  out.clear_application();
  out.clear_score();
  out.clear_events();
  out.clear_packs();
  out.clear_panel_decision();
  out.clear_proposed_outcome();
  out.clear_outcome();
  out.clear_routes();
  return out;
}

// Once the referrer was told the outcome, what the authority takes up again does not show.
hub::v1::ReferralStage StageShown(const store::v1::ReferralBody& body) {
  const hub::v1::ReferralStage stage = StageOf(body.pathway(), body.state());
  if (!body.has_outcome() ||
      (stage != hub::v1::REFERRAL_STAGE_RECEIVED && stage != hub::v1::REFERRAL_STAGE_IN_PROGRESS)) {
    return stage;
  }
  return body.outcome().service_started_on().empty() ? hub::v1::REFERRAL_STAGE_DECIDED
                                                     : hub::v1::REFERRAL_STAGE_SERVICE_STARTED;
}

std::string SeenByReferrer(const Opened<Referrals>& opened) {
  const store::v1::ReferralBody& body = opened.body;
  std::string seen = absl::StrCat(StageShown(body), "/", ExpectedOn(body), "/", body.successor(),
                                  "/", body.outcome().SerializeAsString());
  const std::string self = AgencyNameOf(opened.matter.opener);
  for (const hub::v1::StatutoryRoute& route : body.value().routes()) {
    if (route.requested_by() == self) absl::StrAppend(&seen, "/", route.SerializeAsString());
  }
  return seen;
}

}  // namespace ehc
