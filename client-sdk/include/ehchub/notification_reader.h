#ifndef EHCHUB_NOTIFICATION_READER_H_
#define EHCHUB_NOTIFICATION_READER_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ehchub/subscription_connection.h"

namespace ehchub {

// Notifications, for as long as one likes: where a stream ends because the hub asks to open
// another, restarts or cannot be reached, the next one goes on after the last notification that
// Next() returned.
//
// At least once: a program that stops goes on after what it acknowledged
// (AcknowledgeNotifications), and hears again what it had heard since. In the order of the hub's
// log, hence in order for each child. For one thread at a time.
class NotificationReader {
 public:
  // `from` says which subscription, and where to begin.
  NotificationReader(std::shared_ptr<SubscriptionConnection> connection,
                     v1::StreamNotificationsRequest from)
      : connection_(std::move(connection)), request_(std::move(from)) {}

  // The next notification, with its receipt. DEADLINE_EXCEEDED where none came within `patience`:
  // ask again. Errors that another stream does not mend come as they are (RESOURCE_NOT_FOUND,
  // FIELD_INVALID, CREDENTIAL_REVOKED); and at the end of the patience whatever kept streams from
  // opening.
  absl::StatusOr<v1::StreamNotificationsResponse> Next(absl::Duration patience);

 private:
  const std::shared_ptr<SubscriptionConnection> connection_;
  v1::StreamNotificationsRequest request_;
  std::unique_ptr<StreamReader<v1::StreamNotificationsResponse>> stream_;
  absl::Duration pause_ = absl::ZeroDuration();  // before the next stream
};

}  // namespace ehchub

#endif  // EHCHUB_NOTIFICATION_READER_H_
