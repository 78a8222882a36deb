// Notifying the authority of a young child (C&F Act 2014 s.23).
#include <utility>

#include "server/services/custody_desk.h"
#include "server/services/letters.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::EarlyNotification;

constexpr char kPurpose[] = "EARLY_NOTIFICATION";

EarlyNotification AsStated(const EarlyNotification& stated) {
  EarlyNotification sent;
  sent.set_to(stated.to());
  sent.set_to_unit(stated.to_unit());
  sent.set_state(hub::v1::EARLY_NOTIFICATION_STATE_SENT);
  sent.set_child_reference(stated.child_reference());
  sent.set_opinion(stated.opinion());
  sent.set_parent_informed_on(stated.parent_informed_on());
  sent.mutable_voluntary_organisations()->CopyFrom(stated.voluntary_organisations());
  return sent;
}

// Compulsory school age begins on the prescribed day on or after the fifth birthday: 31 March,
// 31 August or 31 December (Education Act 1996 s.8(2); SI 1998/1607).
Date SchoolAgeBegins(Date born) {
  const Date fifth(born.year() + 5, born.month(), born.day());
  for (const auto& [month, day] : {std::pair{3, 31}, std::pair{8, 31}}) {
    if (const Date prescribed(fifth.year(), month, day); fifth <= prescribed) return prescribed;
  }
  return Date(fifth.year(), 12, 31);
}

absl::Status CheckAge(const CaseFile& file) {
  const std::optional<Date>& born = file.facts.date_of_birth;
  if (!born.has_value() || file.facts.today < SchoolAgeBegins(*born)) return absl::OkStatus();
  return StateConflict(
      "person.date_of_birth: as registered, the child is of compulsory school age; tell the "
      "authority by its own procedure instead");
}

absl::Status CheckDates(const CaseFile& file, const EarlyNotification& letter) {
  if (letter.parent_informed_on() <= FormatDate(file.facts.today)) return absl::OkStatus();
  return FieldInvalid(
      "early_notification.parent_informed_on: lies in the future; tell the parent first");
}

MatterOpening<EarlyNotifications>::Fill Notifying(const Desks& desks, const Calendar& calendar,
                                                  const EarlyNotification& stated) {
  return [send = Sending<EarlyNotifications>(desks, calendar, AsStated(stated),
                                             {"early_notification", ""},
                                             [](const EarlyNotification&) { return true; }),
          stated](const CaseFile& file, ReadView& view,
                  Plan& plan) -> absl::StatusOr<Opened<EarlyNotifications>> {
    EHC_RETURN_IF_ERROR(CheckDates(file, stated));
    EHC_RETURN_IF_ERROR(CheckAge(file));
    return send(file, view, plan);
  };
}

absl::Status Acknowledge(const CaseFile& file, ReadView&, Opened<EarlyNotifications>& opened,
                         Plan&) {
  if (!opened.matter.open) return StateConflict("name: it was acknowledged already");
  opened.body.set_state(hub::v1::EARLY_NOTIFICATION_STATE_ACKNOWLEDGED);
  *opened.body.mutable_acknowledged_at() = ToTimestamp(file.received_at);
  opened.matter.open = false;
  return absl::OkStatus();
}

}  // namespace

void CustodyDesk::CreateEarlyNotification(
    Incoming in, const hub::v1::CreateEarlyNotificationRequest& request,
    Reply<hub::v1::CreateEarlyNotificationResponse> reply) const {
  if (request.early_notification().to().empty()) {
    return Fail(in.call_id,
                FieldInvalid("early_notification.to: is left out; say which authority you notify"),
                std::move(reply));
  }
  auto ask = MatterAsk(desks_, in.caller, "CreateEarlyNotification", "early_notification.send",
                       request, ReadSubject(desks_, in.caller, request.subject()));
  if (ask.ok()) RestOnDuty(*ask, kPurpose);
  StartMutation<hub::v1::CreateEarlyNotificationResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterOpening<EarlyNotifications>>(
          Notifying(desks_, calendar_, request.early_notification()),
          LetterShow<EarlyNotifications>(desks_)),
      ShapeFirstField<hub::v1::CreateEarlyNotificationResponse>, std::move(reply));
}

void CustodyDesk::ListEarlyNotifications(
    Incoming in, const hub::v1::ListEarlyNotificationsRequest& request,
    Reply<hub::v1::ListEarlyNotificationsResponse> reply) const {
  StartMatterList<EarlyNotifications>(desks_, std::move(in), "ListEarlyNotifications",
                                      "early_notification.read", request,
                                      request.opened() ? Side::kOpener : Side::kAddressee,
                                      LetterShow<EarlyNotifications>(desks_), std::move(reply));
}

void CustodyDesk::AcknowledgeEarlyNotification(
    Incoming in, const hub::v1::AcknowledgeEarlyNotificationRequest& request,
    Reply<hub::v1::AcknowledgeEarlyNotificationResponse> reply) const {
  auto ask =
      MatterAsk(desks_, in.caller, "AcknowledgeEarlyNotification", "early_notification.acknowledge",
                request, ChildOf<EarlyNotifications>(desks_, in.caller, request.name()));
  if (ask.ok()) RestOnDuty(*ask, kPurpose);
  MatterEdit<EarlyNotifications>::Target target{
      ReadMatterName<EarlyNotifications>(desks_, request.name()), Side::kAddressee, request.etag()};
  StartMutation<hub::v1::AcknowledgeEarlyNotificationResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterEdit<EarlyNotifications>>(std::move(target), Acknowledge,
                                                       LetterShow<EarlyNotifications>(desks_)),
      ShapeFirstField<hub::v1::AcknowledgeEarlyNotificationResponse>, std::move(reply));
}

}  // namespace ehc
