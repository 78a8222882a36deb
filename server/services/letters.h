// Matters that are one message from one agency to another, to be answered: requests for advice,
// consultations, notifications. The body is the message itself, without what the hub fills in.
#ifndef EHC_SERVER_SERVICES_LETTERS_H_
#define EHC_SERVER_SERVICES_LETTERS_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ehc/hub/v1/custody.pb.h"
#include "server/services/matter_mutations.h"

namespace ehc {

template <typename Message>
struct Letters {
  using Body = Message;
  using Value = Message;
};

template <typename Kind>
std::string UnitOfLetter(const Opened<Kind>& opened, Side side) {
  return side == Side::kOpener ? opened.body.from_unit() : opened.body.to_unit();
}

struct AdviceRequests : Letters<hub::v1::AdviceRequest> {
  static constexpr char kKind[] = "ADVICE_REQUEST";
  static constexpr char kCollection[] = "adviceRequests";
  static std::string UnitOf(const Opened<AdviceRequests>& opened, Side side) {
    return UnitOfLetter(opened, side);
  }
};

struct Consultations : Letters<hub::v1::Consultation> {
  static constexpr char kKind[] = "CONSULTATION";
  static constexpr char kCollection[] = "consultations";
  static std::string UnitOf(const Opened<Consultations>& opened, Side side) {
    return UnitOfLetter(opened, side);
  }
};

struct EarlyNotifications : Letters<hub::v1::EarlyNotification> {
  static constexpr char kKind[] = "EARLY_NOTIFICATION";
  static constexpr char kCollection[] = "earlyNotifications";
  static std::string UnitOf(const Opened<EarlyNotifications>& opened, Side side) {
    return UnitOfLetter(opened, side);
  }
};

// FIELD_INVALID unless an agency of this name is enrolled.
absl::Status CheckAddressee(ReadView& view, const std::string& name, absl::string_view field);

struct LetterTerms {
  std::string field;  // of the request, for errors
  std::string clock;  // empty: there is no limit
};

// Sends `letter`, unless one that is `same` is open already.
template <typename Kind>
typename MatterOpening<Kind>::Fill Sending(const Desks& desks, const Calendar& calendar,
                                           typename Kind::Value letter, LetterTerms terms,
                                           std::function<bool(const typename Kind::Value&)> same) {
  return [&desks, &calendar, letter = std::move(letter), terms = std::move(terms),
          same = std::move(same)](const CaseFile& file, ReadView& view,
                                  Plan& plan) -> absl::StatusOr<Opened<Kind>> {
    EHC_RETURN_IF_ERROR(CheckAddressee(view, letter.to(), terms.field));
    MatterFilter filter;
    filter.kind = Kind::kKind;
    filter.subject = file.subject;
    filter.only_open = true;
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> open, view.ListMatters(filter));
    const AgencyId to = ReadAgency(letter.to());
    for (Matter& matter : open) {
      if (matter.opener != file.caller.agency() || matter.addressee != to) continue;
      EHC_ASSIGN_OR_RETURN(Opened<Kind> there, Unpack<Kind>(std::move(matter)));
      if (IsOfUnit(file, there.body.from_unit()) && there.body.to_unit() == letter.to_unit() &&
          same(there.body)) {
        return there;
      }
    }
    EHC_ASSIGN_OR_RETURN(Opened<Kind> sent, NewMatter<Kind>(desks.rooms.store, file.caller.agency(),
                                                            to, file.known_as));
    if (!terms.clock.empty()) {
      EHC_ASSIGN_OR_RETURN(sent.matter.due_at,
                           ClockDue(file, calendar, terms.clock, file.received_at));
    }
    sent.body = letter;
    sent.body.set_through_relay(IsHiddenFrom(file, to));
    sent.body.set_from_unit(file.ask.request.custodian_unit.value());
    *sent.body.mutable_created_at() = ToTimestamp(file.received_at);
    plan.changes.push_back(Put(sent));
    return sent;
  };
}

template <typename Kind>
MatterShow<Kind> LetterShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<Kind>& opened) {
    typename Kind::Value out = opened.body;
    ShowHeader(rooms, file, opened, out);
    if (out.through_relay() && opened.matter.opener != file.caller.agency()) HideSender(out);
    return out;
  };
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_LETTERS_H_
