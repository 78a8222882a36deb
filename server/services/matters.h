// What every matter between two agencies shares: it is found by name, shown to its parties alone,
// opened once and moved on under its revision. A kind of matter is a traits struct:
//
//   struct Notices {
//     using Body = store::v1::NoticeBody;    // what is sealed
//     using Value = hub::v1::RecallNotice;   // what a party sees
//     static constexpr char kKind[] = "RECALL_NOTICE";
//     static constexpr char kCollection[] = "recallNotices";
//     static std::string UnitOf(const Opened<Notices>&, Side);  // of either party; empty: any
//   };
#ifndef EHC_SERVER_SERVICES_MATTERS_H_
#define EHC_SERVER_SERVICES_MATTERS_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/base/status_macros.h"
#include "server/model/calendar.h"
#include "server/services/agreement_views.h"
#include "server/services/common.h"
#include "server/services/dossier_items.h"

namespace ehc {

enum class Side { kOpener, kAddressee, kEither };

// RESOURCE_NOT_FOUND, alike for what there is not and for what is another's.
absl::Status NoSuchMatter();

// The child that a matter of the caller's is about; 0 for every other name. For the call's entry:
// what the call may do is decided later, in the view that decides it.
template <typename Kind>
absl::StatusOr<SubjectRef> ChildOf(const Desks& desks, const Caller& caller,
                                   const std::string& name);
absl::StatusOr<SubjectRef> ChildOfMatter(const Desks& desks, const Caller& caller,
                                         absl::string_view kind, MatterId id);

// Whether a unit's matter is the acting person's: their own unit's, the whole agency's, or any for
// whoever may oversee it ("custody.oversee").
bool IsOfUnit(const CaseFile& file, absl::string_view unit);

// Whether the hub stands in for the calling agency towards `recipient`, because its name would tell
// where the child is: under ADDRESS_RESTRICTED in force, unless each such protection lists the
// recipient (domain §3.4: being a recipient by right never suffices).
bool IsHiddenFrom(const CaseFile& file, const AgencyId& recipient);

// The name and unit of whoever opened a matter, or the hub's in their place.
template <typename Message>
void HideSender(Message& out) {
  out.set_from("agencies/hub-relay");
  if constexpr (requires { out.clear_from_unit(); }) out.clear_from_unit();
}

// By policies/vocabulary/clocks.textproto; UNAVAILABLE where the policy in force lacks the clock.
absl::StatusOr<absl::Time> ClockDue(const CaseFile& file, const Calendar& calendar,
                                    absl::string_view clock, absl::Time from);
absl::StatusOr<absl::Time> ClockDue(const PolicySnapshot& policy, const Calendar& calendar,
                                    absl::string_view clock, absl::Time from, absl::Time now);

// The Ask of a write about a matter.
template <typename Req>
absl::StatusOr<Ask> MatterAsk(const Desks& desks, const Caller& caller, const char* method,
                              const char* action, const Req& request,
                              absl::StatusOr<SubjectRef> subject) {
  if (!subject.ok()) return subject.status();
  EHC_RETURN_IF_ERROR(CheckUnit(caller, request.unit()));
  Ask ask = MutationAsk(desks, method, action, request.request_id(), request);
  ask.subject = *std::move(subject);
  ask.request.custodian = caller.agency();
  ask.request.custodian_unit = ActingUnit(caller, request.unit());
  ask.request.case_reference = request.case_reference();
  if constexpr (requires { request.validate_only(); }) ask.validate_only = request.validate_only();
  return ask;
}

// Says in the call's entry that it rests on a duty in law, not on consent.
void RestOnDuty(Ask& ask, absl::string_view purpose);

template <typename Kind>
struct Opened {
  Matter matter;
  typename Kind::Body body;

  bool IsParty(const AgencyId& agency, Side side) const {
    return (side != Side::kAddressee && matter.opener == agency) ||
           (side != Side::kOpener && matter.addressee == agency);
  }
};

template <typename Kind>
absl::StatusOr<Opened<Kind>> Unpack(Matter matter) {
  Opened<Kind> opened;
  if (!opened.body.ParseFromString(matter.body)) return absl::DataLossError("a matter's body");
  matter.body.clear();
  opened.matter = std::move(matter);
  return opened;
}

template <typename Kind>
absl::StatusOr<Opened<Kind>> FindMatterOf(ReadView& view, MatterId id, const AgencyId& party,
                                          Side side) {
  EHC_ASSIGN_OR_RETURN(std::optional<Matter> matter, view.FindMatter(Kind::kKind, id));
  if (!matter.has_value()) return NoSuchMatter();
  EHC_ASSIGN_OR_RETURN(Opened<Kind> opened, Unpack<Kind>(*std::move(matter)));
  if (!opened.IsParty(party, side)) return NoSuchMatter();
  return opened;
}

// For reading: by a unit of either party.
template <typename Kind>
absl::StatusOr<Opened<Kind>> FindReadable(const CaseFile& file, ReadView& view, MatterId id) {
  const AgencyId& own = file.caller.agency();
  EHC_ASSIGN_OR_RETURN(Opened<Kind> opened, FindMatterOf<Kind>(view, id, own, Side::kEither));
  for (const Side side : {Side::kOpener, Side::kAddressee}) {
    if (opened.IsParty(own, side) && IsOfUnit(file, Kind::UnitOf(opened, side))) return opened;
  }
  return NoSuchMatter();
}

// Whether the caller reads as the one who opened it: a unit may write to another of its own agency.
template <typename Kind>
bool ReadsAsOpener(const CaseFile& file, const Opened<Kind>& opened) {
  return opened.matter.opener == file.caller.agency() &&
         IsOfUnit(file, Kind::UnitOf(opened, Side::kOpener));
}

template <typename Kind>
MatterId ReadMatterName(const Desks& desks, const std::string& name) {
  return desks.rooms.names.OpenMatter(Kind::kCollection, name);
}

template <typename Kind>
absl::StatusOr<SubjectRef> ChildOf(const Desks& desks, const Caller& caller,
                                   const std::string& name) {
  return ChildOfMatter(desks, caller, Kind::kKind, ReadMatterName<Kind>(desks, name));
}

// The change that writes it down: the first revision, or the next.
template <typename Kind>
PutMatter Put(const Opened<Kind>& opened) {
  PutMatter put{opened.matter};
  put.matter.body = opened.body.SerializeAsString();
  return put;
}

template <typename Kind>
absl::StatusOr<Opened<Kind>> NewMatter(Store& store, const AgencyId& opener,
                                       const AgencyId& addressee, SubjectId subject) {
  Opened<Kind> opened;
  EHC_ASSIGN_OR_RETURN(opened.matter.id, store.NewMatterId());
  opened.matter.kind = Kind::kKind;
  opened.matter.opener = opener;
  opened.matter.addressee = addressee;
  opened.matter.subject = subject;
  opened.matter.revision = 1;
  opened.matter.open = true;
  return opened;
}

// How a party sees a matter.
template <typename Kind>
using MatterShow = std::function<typename Kind::Value(const CaseFile&, const Opened<Kind>&)>;

// The fields that every matter's message shares.
template <typename Kind>
void ShowHeader(const Rooms& rooms, const CaseFile& file, const Opened<Kind>& opened,
                typename Kind::Value& value) {
  const Matter& matter = opened.matter;
  value.set_name(rooms.names.MatterName(Kind::kCollection, matter.id));
  if (matter.subject.known()) {
    value.set_subject(rooms.names.SubjectName(file.caller.agency(), matter.subject));
  }
  value.set_etag(EtagOf(matter.revision));
  if constexpr (requires { value.set_from(""); }) {
    value.set_from(AgencyNameOf(matter.opener));
    value.set_to(AgencyNameOf(matter.addressee));
  }
  if constexpr (requires { value.set_overdue(true); }) {
    if (matter.due_at == absl::InfiniteFuture()) return;
    *value.mutable_due_at() = ToTimestamp(matter.due_at);
    value.set_overdue(matter.open && matter.due_at <= file.received_at);
  }
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_MATTERS_H_
