// Advice, consultations and early notifications: asked, answered, seen by their parties alone; and
// the queue that shows them.
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::CreateAdviceRequestRequest AdviceOf(const std::string& subject, const std::string& to,
                                        v1::AdviceKind kind = v1::ADVICE_KIND_MEDICAL) {
  v1::CreateAdviceRequestRequest request;
  request.set_unit("send");
  request.set_subject(subject);
  request.mutable_advice_request()->set_to(to);
  request.mutable_advice_request()->set_kind(kind);
  request.mutable_advice_request()->set_question("what provision does the child need?");
  return request;
}

v1::AnswerAdviceRequestRequest AnswerTo(const std::string& name, const std::string& unit) {
  v1::AnswerAdviceRequestRequest request;
  request.set_unit(unit);
  request.set_name(name);
  request.mutable_advice()->set_text("speech and language therapy weekly");
  request.mutable_advice()->set_given_on("2026-11-01");
  request.mutable_advice()->set_author_role("community paediatrician");
  return request;
}

v1::CreateEarlyNotificationRequest NotificationOf(const std::string& subject) {
  v1::CreateEarlyNotificationRequest request;
  request.set_unit("community-paediatrics");
  request.set_subject(subject);
  v1::EarlyNotification& letter = *request.mutable_early_notification();
  letter.set_to("agencies/bromley");
  letter.set_to_unit("send");
  letter.set_child_reference(subject);
  letter.set_opinion("probably has a disability");
  letter.set_parent_informed_on("2026-11-01");
  letter.add_voluntary_organisations("A Helping Charity");
  return request;
}

const char kTrust[] = "agencies/kings-park-nhs-trust";

class LettersTest : public HubTest {
 protected:
  v1::GetAdviceRequestRequest NameIt(const std::string& name) {
    v1::GetAdviceRequestRequest request;
    request.set_name(name);
    return request;
  }
  std::vector<v1::WorkItem> Work(const Clients& who, v1::WorkKind kind) {
    v1::ListWorkItemsRequest request;
    request.set_kind(kind);
    request.set_page_size(3);
    std::vector<v1::WorkItem> items;
    while (true) {
      auto page = who.custody.ListWorkItems(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return items;
      items.insert(items.end(), page->work_items().begin(), page->work_items().end());
      if (page->next_page_token().empty()) return items;
      request.set_page_token(page->next_page_token());
    }
  }
  static bool Holds(const std::vector<v1::WorkItem>& items, const std::string& name) {
    return std::any_of(items.begin(), items.end(),
                       [&](const v1::WorkItem& item) { return item.name() == name; });
  }

  const Clients social_worker_ = world().As(kSocialWorker);
  const Clients senco_ = world().As(kSenco);
};

TEST_F(LettersTest, AdviceIsAskedAnsweredOnceAndTheAuthoritysAlone) {
  const std::string child = NewChild();
  auto asked = caseworker_.custody.CreateAdviceRequest(AdviceOf(child, kTrust));
  ASSERT_TRUE(asked.ok()) << asked.status();
  const v1::AdviceRequest& request = asked->advice_request();
  EXPECT_EQ(request.state(), v1::ADVICE_STATE_OPEN);
  const int64_t weeks = (request.due_at().seconds() - request.created_at().seconds()) / 86400;
  EXPECT_GE(weeks, 42);
  EXPECT_LE(weeks, 43);
  auto again = caseworker_.custody.CreateAdviceRequest(AdviceOf(child, kTrust));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->advice_request().name(), request.name()) << "one open request of a kind";
  EXPECT_TRUE(Holds(Work(paediatrician_, v1::WORK_KIND_ADVICE_TO_GIVE), request.name()));
  EXPECT_TRUE(Holds(Work(caseworker_, v1::WORK_KIND_ADVICE_AWAITED), request.name()));
  EXPECT_FALSE(Holds(Work(commissioner_, v1::WORK_KIND_ADVICE_TO_GIVE), request.name()));

  v1::ListAdviceRequestsRequest inbox;
  inbox.set_only_open(true);
  auto received = paediatrician_.custody.ListAdviceRequests(inbox);
  ASSERT_TRUE(received.ok()) << received.status();
  EXPECT_TRUE(std::any_of(received->advice_requests().begin(), received->advice_requests().end(),
                          [&](const auto& one) { return one.name() == request.name(); }));

  auto answered =
      paediatrician_.custody.AnswerAdviceRequest(AnswerTo(request.name(), "community-paediatrics"));
  ASSERT_TRUE(answered.ok()) << answered.status();
  EXPECT_EQ(answered->advice_request().state(), v1::ADVICE_STATE_ANSWERED);
  EXPECT_FALSE(answered->advice_request().late());
  EXPECT_THAT(answered->SerializeAsString(), Not(HasSubstr("therapy")));
  EXPECT_EQ(ReasonIn(paediatrician_.custody.AnswerAdviceRequest(
                AnswerTo(request.name(), "community-paediatrics"))),
            "STATE_CONFLICT");
  auto own = caseworker_.custody.GetAdviceRequest(NameIt(request.name()));
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(own->advice_request().advice().text(), "speech and language therapy weekly");
  auto theirs = paediatrician_.custody.GetAdviceRequest(NameIt(request.name()));
  ASSERT_TRUE(theirs.ok()) << theirs.status();
  EXPECT_FALSE(theirs->advice_request().has_advice());
  EXPECT_EQ(ReasonIn(commissioner_.custody.GetAdviceRequest(NameIt(request.name()))),
            ReasonIn(commissioner_.custody.GetAdviceRequest(
                NameIt("adviceRequests/aaaaaaaaaaaaaaaaaaaaaaaaaa"))));
  EXPECT_FALSE(Holds(Work(paediatrician_, v1::WORK_KIND_ADVICE_TO_GIVE), request.name()));
}

TEST_F(LettersTest, EntryOfADutySaysOnWhichObligationItRests) {
  const std::string child = NewChild();
  ASSERT_EQ(ReasonIn(caseworker_.custody.CreateAdviceRequest(AdviceOf(child, kTrust))), "OK");
  v1::ListAuditEntriesRequest request;
  request.set_audience(v1::AUDIT_AUDIENCE_CUSTODIAN);
  request.set_subject(child);
  auto entries = world().As(kGovernance).audit.ListAuditEntries(request);
  ASSERT_TRUE(entries.ok()) << entries.status();
  std::map<std::string, std::string> fields;
  for (const v1::AuditEntry& entry : entries->entries()) {
    std::map<std::string, std::string> one;
    for (const v1::AuditField& field : entry.fields()) one[field.name()] = field.value();
    if (one["action"] == "advice.request") fields = one;
  }
  EXPECT_EQ(fields["purpose"], "EHC_ASSESSMENT_ADVICE");
  EXPECT_EQ(fields["lawful_basis"], "ART6_1_C,SCH1_PARA6");
  EXPECT_EQ(fields["gateway"], "CONFIDENCE_LAW");
  EXPECT_EQ(fields["consent"], "");
}

TEST_F(LettersTest, UnitOfTheSameAuthorityIsAskedAndOnlyItAnswers) {
  const std::string child = NewChild();
  v1::CreateAdviceRequestRequest ask =
      AdviceOf(child, "agencies/bromley", v1::ADVICE_KIND_SOCIAL_CARE);
  ask.mutable_advice_request()->set_to_unit("social-care");
  auto asked = caseworker_.custody.CreateAdviceRequest(ask);
  ASSERT_TRUE(asked.ok()) << asked.status();
  const std::string name = asked->advice_request().name();
  EXPECT_EQ(ReasonIn(caseworker_.custody.AnswerAdviceRequest(AnswerTo(name, "send"))),
            "RESOURCE_NOT_FOUND");
  ASSERT_EQ(ReasonIn(social_worker_.custody.AnswerAdviceRequest(AnswerTo(name, "social-care"))),
            "OK");
  auto theirs = social_worker_.custody.GetAdviceRequest(NameIt(name));
  ASSERT_TRUE(theirs.ok()) << theirs.status();
  EXPECT_FALSE(theirs->advice_request().has_advice()) << "the asking unit's to see";
}

TEST_F(LettersTest, CancelledRequestTakesNoAnswer) {
  auto asked = caseworker_.custody.CreateAdviceRequest(AdviceOf(NewChild(), kTrust));
  ASSERT_TRUE(asked.ok()) << asked.status();
  v1::CancelAdviceRequestRequest cancel;
  cancel.set_unit("send");
  cancel.set_name(asked->advice_request().name());
  cancel.set_reason("the family moved away");
  cancel.set_etag("r9");
  EXPECT_EQ(ReasonIn(caseworker_.custody.CancelAdviceRequest(cancel)), "ETAG_MISMATCH");
  cancel.set_etag(asked->advice_request().etag());
  ASSERT_EQ(ReasonIn(caseworker_.custody.CancelAdviceRequest(cancel)), "OK");
  EXPECT_EQ(ReasonIn(paediatrician_.custody.AnswerAdviceRequest(
                AnswerTo(cancel.name(), "community-paediatrics"))),
            "STATE_CONFLICT");
}

TEST_F(LettersTest, UnknownAddresseeAndUnknownChildAreRefused) {
  const std::string child = NewChild();
  EXPECT_EQ(ReasonIn(caseworker_.custody.CreateAdviceRequest(AdviceOf(child, "agencies/nobody"))),
            "FIELD_INVALID");
  EXPECT_EQ(
      ReasonIn(caseworker_.custody.CreateAdviceRequest(AdviceOf(SubjectOf(NewSerial()), kTrust))),
      "RESOURCE_NOT_FOUND");
  v1::CreateAdviceRequestRequest elsewhere = AdviceOf(child, "agencies/bromley");
  elsewhere.set_unit("community-paediatrics");
  EXPECT_EQ(ReasonIn(paediatrician_.custody.CreateAdviceRequest(elsewhere)), "POLICY_DENIED");
}

TEST_F(LettersTest, SchoolIsConsultedAndReplies) {
  v1::CreateConsultationRequest open;
  open.set_unit("send");
  open.set_subject(NewChild());
  open.mutable_consultation()->set_to("agencies/oakfield-school");
  open.mutable_consultation()->set_question("could you meet these needs?");
  auto opened = caseworker_.custody.CreateConsultation(open);
  ASSERT_TRUE(opened.ok()) << opened.status();
  const std::string name = opened->consultation().name();
  EXPECT_TRUE(Holds(Work(senco_, v1::WORK_KIND_CONSULTATION_TO_ANSWER), name));
  v1::AnswerConsultationRequest reply;
  reply.set_unit("school");
  reply.set_name(name);
  reply.mutable_reply()->set_answer(v1::CONSULTATION_ANSWER_CAN_MEET_NEED);
  reply.mutable_reply()->set_reasons("we have a resourced provision");
  reply.mutable_reply()->set_replied_on("2026-11-10");
  ASSERT_EQ(ReasonIn(senco_.custody.AnswerConsultation(reply)), "OK");
  EXPECT_EQ(ReasonIn(senco_.custody.AnswerConsultation(reply)), "STATE_CONFLICT");
  v1::ListConsultationsRequest sent;
  sent.set_opened(true);
  auto listed = caseworker_.custody.ListConsultations(sent);
  ASSERT_TRUE(listed.ok()) << listed.status();
  const auto found = std::find_if(listed->consultations().begin(), listed->consultations().end(),
                                  [&](const auto& one) { return one.name() == name; });
  ASSERT_NE(found, listed->consultations().end());
  EXPECT_EQ(found->reply().answer(), v1::CONSULTATION_ANSWER_CAN_MEET_NEED);
}

TEST_F(LettersTest, AuthorityIsToldOfAYoungChildAndNotOfAnOlderOne) {
  const int young = NewSerial();
  ASSERT_EQ(ReasonIn(paediatrician_.subjects.RegisterSubject(
                Registration(young, "community-paediatrics", "2024-03-04"))),
            "OK");
  auto sent = paediatrician_.custody.CreateEarlyNotification(NotificationOf(SubjectOf(young)));
  ASSERT_TRUE(sent.ok()) << sent.status();
  auto again = paediatrician_.custody.CreateEarlyNotification(NotificationOf(SubjectOf(young)));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->early_notification().name(), sent->early_notification().name());
  EXPECT_TRUE(Holds(Work(caseworker_, v1::WORK_KIND_EARLY_NOTIFICATION_TO_ACKNOWLEDGE),
                    sent->early_notification().name()));
  v1::AcknowledgeEarlyNotificationRequest ack;
  ack.set_unit("send");
  ack.set_name(sent->early_notification().name());
  ASSERT_EQ(ReasonIn(caseworker_.custody.AcknowledgeEarlyNotification(ack)), "OK");
  EXPECT_EQ(ReasonIn(caseworker_.custody.AcknowledgeEarlyNotification(ack)), "STATE_CONFLICT");

  const int older = NewSerial();
  ASSERT_EQ(ReasonIn(paediatrician_.subjects.RegisterSubject(
                Registration(older, "community-paediatrics", "2016-05-04"))),
            "OK");
  auto refused = paediatrician_.custody.CreateEarlyNotification(NotificationOf(SubjectOf(older)));
  EXPECT_EQ(ReasonIn(refused), "STATE_CONFLICT");
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("date_of_birth"));
  EXPECT_THAT(std::string(refused.status().message()), Not(HasSubstr("2016")));
}

TEST_F(LettersTest, QueueIsSortedByUrgencyAndSaysWhatIsOverdue) {
  v1::StartNeedsAssessmentRequest start;
  start.set_unit("send");
  start.set_subject(NewChild());
  start.set_requested_on("2026-01-05");
  auto started = caseworker_.custody.StartNeedsAssessment(start);
  ASSERT_TRUE(started.ok()) << started.status();
  ASSERT_EQ(ReasonIn(caseworker_.custody.CreateAdviceRequest(AdviceOf(NewChild(), kTrust))), "OK");
  const std::vector<v1::WorkItem> queue = Work(caseworker_, v1::WORK_KIND_UNSPECIFIED);
  ASSERT_GE(queue.size(), 4u);
  for (size_t i = 1; i < queue.size(); ++i) {
    if (!queue[i].has_due_at()) continue;
    EXPECT_LE(queue[i - 1].due_at().seconds(), queue[i].due_at().seconds());
  }
  EXPECT_EQ(queue[0].clock(), "EHC_DECISION_TO_ASSESS");
  EXPECT_TRUE(queue[0].overdue());
  EXPECT_FALSE(
      Holds(Work(social_worker_, v1::WORK_KIND_UNSPECIFIED), started->needs_assessment().name()))
      << "another unit's board";
}

}  // namespace
}  // namespace ehc
