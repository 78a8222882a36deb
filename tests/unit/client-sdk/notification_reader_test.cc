// Notifications across streams: where one ends, the next goes on.
#include "ehchub/notification_reader.h"

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "ehchub/mocks/mock_subscription_connection.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ehchub {
namespace {

using ::testing::_;
using ::testing::ElementsAre;

using Told = v1::StreamNotificationsResponse;
using Step = absl::StatusOr<std::optional<Told>>;

Told To(const std::string& cursor) {
  Told told;
  told.mutable_notification()->set_cursor(cursor);
  return told;
}

class ScriptedStream final : public StreamReader<Told> {
 public:
  explicit ScriptedStream(std::deque<Step> steps) : steps_(std::move(steps)) {}
  Step Next(absl::Duration) override {
    if (steps_.empty()) return absl::DeadlineExceededError("silence");
    Step step = std::move(steps_.front());
    steps_.pop_front();
    return step;
  }

 private:
  std::deque<Step> steps_;
};

class NotificationReaderTest : public ::testing::Test {
 protected:
  // One stream after the other, each with its steps.
  NotificationReader ReaderOf(std::vector<std::deque<Step>> streams) {
    EXPECT_CALL(*connection_, StreamNotifications(_))
        .WillRepeatedly([this, streams](const v1::StreamNotificationsRequest& request) {
          asked_.push_back(request.cursor());
          const size_t at = asked_.size() - 1;
          return std::make_unique<ScriptedStream>(at < streams.size() ? streams[at]
                                                                      : std::deque<Step>());
        });
    v1::StreamNotificationsRequest from;
    from.set_cursor("start");
    return NotificationReader(connection_, from);
  }
  static std::string Next(NotificationReader& reader) {
    const auto next = reader.Next(absl::Seconds(2));
    return next.ok() ? next->notification().cursor()
                     : absl::StatusCodeToString(next.status().code());
  }

  const std::shared_ptr<MockSubscriptionConnection> connection_ =
      std::make_shared<MockSubscriptionConnection>();
  std::vector<std::string> asked_;
};

TEST_F(NotificationReaderTest, GoesOnAfterTheLastOneWhereverAStreamEnds) {
  NotificationReader reader = ReaderOf({{To("a"), To("b"), std::optional<Told>()},
                                        {absl::UnavailableError("restarting")},
                                        {To("c"), absl::CancelledError("cut")},
                                        {To("d")}});
  EXPECT_EQ(Next(reader), "a");
  EXPECT_EQ(Next(reader), "b");
  EXPECT_EQ(Next(reader), "c");
  EXPECT_EQ(Next(reader), "d");
  EXPECT_THAT(asked_, ElementsAre("start", "b", "b", "c"));
}

TEST_F(NotificationReaderTest, SilenceIsNoEndAndOpensNothing) {
  NotificationReader reader = ReaderOf({{To("a")}});
  EXPECT_EQ(Next(reader), "a");
  EXPECT_EQ(Next(reader), "DEADLINE_EXCEEDED");
  EXPECT_EQ(Next(reader), "DEADLINE_EXCEEDED");
  EXPECT_THAT(asked_, ElementsAre("start"));
}

TEST_F(NotificationReaderTest, ErrorThatAnotherStreamDoesNotMendIsReturned) {
  NotificationReader reader = ReaderOf({{absl::NotFoundError("ended")}});
  EXPECT_EQ(Next(reader), "NOT_FOUND");
  EXPECT_THAT(asked_, ElementsAre("start"));
}

TEST_F(NotificationReaderTest, HubThatCannotBeReachedIsSaidWhenThePatienceEnds) {
  NotificationReader reader =
      ReaderOf(std::vector<std::deque<Step>>(50, {absl::UnavailableError("down")}));
  EXPECT_EQ(Next(reader), "UNAVAILABLE");
  EXPECT_LT(asked_.size(), 10u) << "it waits between attempts";
}

}  // namespace
}  // namespace ehchub
