// What a request's paper means as time goes by.
#include "server/pipeline/record_request.h"

#include "gtest/gtest.h"

namespace ehc {
namespace {

using store::v1::RecordRequestPaper;

constexpr int64_t kHour = 3600 * 1000;

absl::Time After(int64_t ms) { return absl::FromUnixMillis(ms); }

RecordRequestPaper DueInAnHour() {
  RecordRequestPaper paper;
  paper.set_due_ms(kHour);
  return paper;
}

RecordRequestPaper Answered(hub::v1::CustodianAnswer answer) {
  RecordRequestPaper paper = DueInAnHour();
  paper.set_answer(answer);
  return paper;
}

TEST(RecordRequestState, WhateverIsNoYesIsPendingUntilTheDeadlineAndClosedFromThenOn) {
  RecordRequestPaper extended = DueInAnHour();
  extended.set_extended_until_ms(3 * kHour);
  for (const RecordRequestPaper& paper :
       {DueInAnHour(), Answered(hub::v1::CUSTODIAN_ANSWER_DECLINED_IN_CONFIDENCE),
        Answered(hub::v1::CUSTODIAN_ANSWER_NOTHING_TO_SHARE), extended}) {
    for (int64_t ms : {int64_t{0}, kHour - 1}) {
      EXPECT_EQ(StateAt(paper, After(ms)), hub::v1::RECORD_REQUEST_STATE_PENDING);
      EXPECT_EQ(RevisionShownAt(paper, After(ms)), 1);
    }
    for (int64_t ms : {kHour, kHour + 1, 100 * kHour}) {
      EXPECT_EQ(StateAt(paper, After(ms)), hub::v1::RECORD_REQUEST_STATE_CLOSED_WITHOUT_DISCLOSURE);
      EXPECT_EQ(RevisionShownAt(paper, After(ms)), 2);
    }
  }
}

TEST(RecordRequestState, ApprovalLastsUntilItsOwnMomentWhateverTheDeadline) {
  RecordRequestPaper paper = Answered(hub::v1::CUSTODIAN_ANSWER_APPROVED);
  paper.set_approved_until_ms(2 * kHour);
  EXPECT_EQ(StateAt(paper, After(kHour)), hub::v1::RECORD_REQUEST_STATE_APPROVED);
  EXPECT_EQ(StateAt(paper, After(2 * kHour - 1)), hub::v1::RECORD_REQUEST_STATE_APPROVED);
  EXPECT_EQ(StateAt(paper, After(2 * kHour)), hub::v1::RECORD_REQUEST_STATE_APPROVAL_EXPIRED);
  const int64_t approved = RevisionShownAt(paper, After(kHour));
  const int64_t expired = RevisionShownAt(paper, After(2 * kHour));
  paper.set_cancelled_ms(kHour);
  EXPECT_EQ(StateAt(paper, After(kHour)), hub::v1::RECORD_REQUEST_STATE_CANCELLED);
  EXPECT_NE(RevisionShownAt(paper, After(kHour)), approved);
  EXPECT_NE(expired, approved);
}

TEST(RecordRequestState, TakenBackLooksAlikeWhetherOrNotItWasDeclinedInConfidence) {
  RecordRequestPaper unanswered = DueInAnHour();
  RecordRequestPaper declined = Answered(hub::v1::CUSTODIAN_ANSWER_DECLINED_IN_CONFIDENCE);
  unanswered.set_cancelled_ms(1);
  declined.set_cancelled_ms(1);
  EXPECT_EQ(StateAt(unanswered, After(2)), StateAt(declined, After(2)));
  EXPECT_EQ(RevisionShownAt(unanswered, After(2)), RevisionShownAt(declined, After(2)));
}

TEST(RecordRequestState, SomebodyIsToAnswerUntilTheDeadlineOrTheCustodiansOwnDate) {
  RecordRequestPaper paper = DueInAnHour();
  EXPECT_TRUE(AwaitsAnswer(paper, After(kHour - 1)));
  EXPECT_FALSE(AwaitsAnswer(paper, After(kHour)));
  paper.set_extended_until_ms(2 * kHour);
  EXPECT_TRUE(AwaitsAnswer(paper, After(kHour)));
  EXPECT_FALSE(AwaitsAnswer(paper, After(2 * kHour)));
  paper.set_answer(hub::v1::CUSTODIAN_ANSWER_NOTHING_TO_SHARE);
  EXPECT_FALSE(AwaitsAnswer(paper, After(0)));
}

TEST(RecordRequestState, BodyOfAnotherKindIsNoPaper) {
  Matter matter;
  matter.kind = "SOMETHING_ELSE";
  EXPECT_EQ(ReadPaper(matter).status().code(), absl::StatusCode::kDataLoss);
  matter.kind = kRecordRequestKind;
  EXPECT_TRUE(ReadPaper(matter).ok());
  matter.body = "\x01";
  EXPECT_EQ(ReadPaper(matter).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace ehc
