// Whoever a clause says is to be told that a record was read is told, in the reading's own commit.
#include <thread>

#include "tests/end2end/lawful_consent_world.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class LawfulNotice : public LawfulConsentTest {
 protected:
  std::vector<v1::DisclosureNotice> NoticesTo(const Clients& who, bool only_open = true) {
    v1::ListDisclosureNoticesRequest request;
    request.set_only_open(only_open);
    std::vector<v1::DisclosureNotice> notices;
    do {
      request.set_page_size(3);
      const auto page = who.custody.ListDisclosureNotices(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return notices;
      notices.insert(notices.end(), page->disclosure_notices().begin(),
                     page->disclosure_notices().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return notices;
  }

  std::vector<v1::DisclosureNotice> NoticesAbout(const Clients& who, const std::string& decision) {
    std::vector<v1::DisclosureNotice> about;
    for (v1::DisclosureNotice& one : NoticesTo(who)) {
      if (one.decision_id() == decision) about.push_back(std::move(one));
    }
    return about;
  }

  static int ReadingsIn(const std::vector<v1::DisclosureNotice>& notices) {
    int readings = 0;
    for (const v1::DisclosureNotice& one : notices) readings += one.readings();
    return readings;
  }

  std::vector<v1::WorkItem> WorkAbout(const Clients& who, const std::string& notice) {
    std::vector<v1::WorkItem> about;
    for (v1::WorkItem& item : WorkOf(who, v1::WORK_KIND_DISCLOSURE_NOTICE_TO_ACKNOWLEDGE)) {
      if (item.name() == notice) about.push_back(std::move(item));
    }
    return about;
  }

  std::string Enquire(const std::string& child) {
    const auto plan =
        paediatrician_.records.GetPlan(ChildProtection(child, {v1::PLAN_SECTION_CODE_C}));
    EXPECT_TRUE(plan.ok()) << plan.status();
    return plan.ok() ? plan->disclosure().decision_id() : "none";
  }

  static std::string Acknowledge(const Clients& who, const std::string& unit,
                                 const std::string& name, const std::string& etag = "") {
    v1::AcknowledgeDisclosureNoticeRequest request;
    request.set_unit(unit);
    request.set_name(name);
    request.set_etag(etag);
    return ReasonIn(who.custody.AcknowledgeDisclosureNotice(request));
  }

  static v1::AcknowledgeDisclosureNoticesRequest Seen(const v1::DisclosureNotice& notice) {
    v1::AcknowledgeDisclosureNoticesRequest request;
    request.set_unit("send");
    request.add_names(notice.name());
    for (const v1::DisclosureReading& other : notice.others()) request.add_names(other.name());
    return request;
  }

  // "OK" and refusals, in the order asked.
  static std::vector<std::string> AcknowledgeEach(
      const Clients& who, const v1::AcknowledgeDisclosureNoticesRequest& request) {
    const auto response = who.custody.AcknowledgeDisclosureNotices(request);
    if (!response.ok()) return {ReasonIn(response)};
    std::vector<std::string> outcomes;
    for (const v1::AcknowledgedDisclosureNotice& one : response->outcomes()) {
      outcomes.push_back(one.has_disclosure_notice() ? "OK" : v1::ErrorReason_Name(one.refused()));
    }
    return outcomes;
  }

  // How many entries about the child bromley's officer sees of this action.
  int EntriesOf(const std::string& subject, const std::string& action) {
    v1::ListAuditEntriesRequest request;
    request.set_audience(v1::AUDIT_AUDIENCE_CUSTODIAN);
    request.set_subject(subject);
    request.set_page_size(200);
    const auto page = governance_.audit.ListAuditEntries(request);
    EXPECT_TRUE(page.ok()) << page.status();
    int entries = 0;
    for (const v1::AuditEntry& entry : page->entries()) {
      for (const v1::AuditField& field : entry.fields()) {
        entries += field.name() == "action" && field.value() == action ? 1 : 0;
      }
    }
    return entries;
  }
};

TEST_F(LawfulNotice, AuthorityIsToldWhoReadWhatAndThatTheFamilyIsNot) {
  const std::string child = ChildBorn("2016-05-04");
  const std::string decision = Enquire(child);
  const auto told = NoticesAbout(caseworker_, decision);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].from(), "agencies/kings-park-nhs-trust");
  EXPECT_EQ(told[0].to(), "agencies/bromley");
  EXPECT_EQ(told[0].to_unit(), "send");
  EXPECT_EQ(told[0].role(), "COMMUNITY_PAEDIATRICIAN");
  EXPECT_EQ(told[0].record_type(), "EHC_PLAN");
  EXPECT_THAT(told[0].parts(), UnorderedElementsAre("B_HEADLINE", "DATES", "C"));
  EXPECT_EQ(told[0].purpose(), "SAFEGUARDING_S47");
  EXPECT_EQ(told[0].agreement(), "agreements/bromley-kings-park-direct-care");
  EXPECT_EQ(told[0].obligation(), "NOTIFY_LA");
  EXPECT_TRUE(told[0].do_not_tell_family());
  EXPECT_FALSE(told[0].user().empty());
}

TEST_F(LawfulNotice, NobodyElseSeesItNorTheReaderThemself) {
  const std::string child = ChildBorn("2016-05-04");
  const std::string decision = Enquire(child);
  const auto told = NoticesAbout(caseworker_, decision);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_THAT(NoticesAbout(paediatrician_, decision), IsEmpty());
  const Clients social_worker = world().As(kSocialWorker);
  EXPECT_THAT(NoticesAbout(social_worker, decision), IsEmpty()) << "another unit's";
  EXPECT_EQ(Acknowledge(paediatrician_, "community-paediatrics", told[0].name()),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Acknowledge(social_worker, "social-care", told[0].name()), "RESOURCE_NOT_FOUND");
}

TEST_F(LawfulNotice, WhatIsAcknowledgedIsOpenNoMore) {
  const std::string child = ChildBorn("2016-05-04");
  const std::string decision = Enquire(child);
  const auto told = NoticesAbout(caseworker_, decision);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(Acknowledge(caseworker_, "send", told[0].name(), "stale"), "ETAG_MISMATCH");
  EXPECT_EQ(Acknowledge(caseworker_, "send", told[0].name(), told[0].etag()), "OK");
  EXPECT_EQ(Acknowledge(caseworker_, "send", told[0].name()), "STATE_CONFLICT");
  EXPECT_THAT(NoticesAbout(caseworker_, decision), IsEmpty());
  const auto all = NoticesTo(caseworker_, /*only_open=*/false);
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const v1::DisclosureNotice& one) {
    return one.decision_id() == decision && one.has_acknowledged_at();
  }));
}

TEST_F(LawfulNotice, EveryReadingIsToldAndARefusedOneIsNot) {
  const std::string child = ChildBorn("2016-05-04");
  const int before = ReadingsIn(NoticesTo(caseworker_));
  auto refused = ChildProtection(child, {v1::PLAN_SECTION_CODE_C});
  refused.mutable_context()->clear_case_reference();
  EXPECT_NE(Reads(paediatrician_, refused), "C");
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE");
  EXPECT_EQ(ReadingsIn(NoticesTo(caseworker_)), before);
  for (int i = 0; i < 4; ++i) Enquire(ChildBorn("2016-05-04"));
  EXPECT_EQ(ReadingsIn(NoticesTo(caseworker_)), before + 4) << "over pages of three";
}

TEST_F(LawfulNotice, ReadingsOfOneDayAreOneNoticeThatTellsOfEach) {
  const std::string child = ChildBorn("2016-05-04");
  const std::string first = Enquire(child);
  clock().Advance(absl::Minutes(1));
  const std::string other_child = Enquire(ChildBorn("2016-05-04"));
  const std::string second = Enquire(child);
  const auto told = NoticesAbout(caseworker_, first);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].readings(), 2);
  ASSERT_THAT(told[0].others(), SizeIs(1));
  const v1::DisclosureReading& other = told[0].others(0);
  EXPECT_EQ(other.decision_id(), second);
  EXPECT_EQ(other.role(), "COMMUNITY_PAEDIATRICIAN");
  EXPECT_EQ(other.purpose(), "SAFEGUARDING_S47");
  EXPECT_TRUE(other.do_not_tell_family());
  EXPECT_EQ(told[0].last_read_at().seconds(), other.read_at().seconds());
  EXPECT_EQ(told[0].last_read_at().seconds(), told[0].created_at().seconds() + 60);
  EXPECT_THAT(NoticesAbout(caseworker_, second), IsEmpty()) << "not told of a second time";
  EXPECT_THAT(NoticesAbout(caseworker_, other_child), SizeIs(1));
}

TEST_F(LawfulNotice, ReadingOfAnotherDayIsANoticeOfItsOwn) {
  const std::string child = ChildBorn("2016-05-04");
  const std::string first = Enquire(child);
  clock().Advance(absl::Hours(24));
  const std::string second = Enquire(child);
  EXPECT_THAT(NoticesAbout(caseworker_, first), SizeIs(1));
  EXPECT_THAT(NoticesAbout(caseworker_, second), SizeIs(1));
}

TEST_F(LawfulNotice, ReadingAfterTheAcknowledgementIsANewNotice) {
  const std::string child = ChildBorn("2016-05-04");
  const auto told = NoticesAbout(caseworker_, Enquire(child));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(Acknowledge(caseworker_, "send", told[0].name()), "OK");
  const auto again = NoticesAbout(caseworker_, Enquire(child));
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].readings(), 1);
  EXPECT_NE(again[0].name(), told[0].name());
}

TEST_F(LawfulNotice, NoticeIsInTheQueueOfItsUnitUntilItIsSeenAndOverdueWhenItsClockHasRun) {
  const std::string child = ChildBorn("2016-05-04");
  const std::string decision = Enquire(child);
  Enquire(child);
  auto told = NoticesAbout(caseworker_, decision);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_FALSE(told[0].overdue());
  auto work = WorkAbout(caseworker_, told[0].name());
  ASSERT_THAT(work, SizeIs(1)) << "one item for both readings";
  EXPECT_EQ(work[0].clock(), "DISCLOSURE_NOTICE");
  EXPECT_EQ(work[0].with_agency(), "agencies/kings-park-nhs-trust");
  EXPECT_EQ(work[0].due_at().seconds(), told[0].due_at().seconds());
  EXPECT_TRUE(work[0].to_be_done_here());
  EXPECT_FALSE(work[0].overdue());
  EXPECT_THAT(WorkAbout(world().As(kSocialWorker), told[0].name()), IsEmpty());
  EXPECT_THAT(WorkAbout(paediatrician_, told[0].name()), IsEmpty());
  clock().Advance(absl::Hours(24 * 21));
  told = NoticesAbout(caseworker_, decision);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_TRUE(told[0].overdue());
  work = WorkAbout(caseworker_, told[0].name());
  ASSERT_THAT(work, SizeIs(1));
  EXPECT_TRUE(work[0].overdue());
  EXPECT_THAT(AcknowledgeEach(caseworker_, Seen(told[0])), ElementsAre("OK", "OK"));
  EXPECT_THAT(WorkAbout(caseworker_, told[0].name()), IsEmpty());
}

TEST_F(LawfulNotice, ManyAreAcknowledgedByOneCallAndEachIsRecorded) {
  const std::string child = ChildBorn("2016-05-04");
  const std::string other_child = ChildBorn("2016-05-04");
  const std::string first = Enquire(child);
  Enquire(child);
  const std::string other = Enquire(other_child);
  const auto told = NoticesAbout(caseworker_, first);
  const auto other_told = NoticesAbout(caseworker_, other);
  ASSERT_THAT(told, SizeIs(1));
  ASSERT_THAT(other_told, SizeIs(1));
  v1::AcknowledgeDisclosureNoticesRequest request = Seen(told[0]);
  request.add_names(other_told[0].name());
  request.add_names(told[0].name());
  request.add_names(absl::StrCat("disclosureNotices/", std::string(26, '0')));
  request.set_request_id("7b0f2ad0-44aa-4b51-9d5e-0d8c3f0b8a11");
  const auto expected = ElementsAre("OK", "OK", "OK", "ERROR_REASON_STATE_CONFLICT",
                                    "ERROR_REASON_RESOURCE_NOT_FOUND");
  EXPECT_THAT(AcknowledgeEach(caseworker_, request), expected);
  EXPECT_THAT(NoticesAbout(caseworker_, first), IsEmpty());
  EXPECT_THAT(NoticesAbout(caseworker_, other), IsEmpty());
  EXPECT_GE(EntriesOf(child, "disclosure_notice.acknowledge"), 2);
  EXPECT_EQ(EntriesOf(other_child, "disclosure_notice.acknowledge"), 1);
  EXPECT_THAT(AcknowledgeEach(caseworker_, request), expected) << "said again";
  request.clear_request_id();
  EXPECT_THAT(AcknowledgeEach(caseworker_, request),
              ElementsAre("ERROR_REASON_STATE_CONFLICT", "ERROR_REASON_STATE_CONFLICT",
                          "ERROR_REASON_STATE_CONFLICT", "ERROR_REASON_STATE_CONFLICT",
                          "ERROR_REASON_RESOURCE_NOT_FOUND"));
}

TEST_F(LawfulNotice, ManyOfAnothersAreRefusedOneByOneAndARoleThatMayNotIsRefusedOnce) {
  const std::string child = ChildBorn("2016-05-04");
  const std::string decision = Enquire(child);
  const auto told = NoticesAbout(caseworker_, decision);
  ASSERT_THAT(told, SizeIs(1));
  v1::AcknowledgeDisclosureNoticesRequest request = Seen(told[0]);
  request.add_names(absl::StrCat("disclosureNotices/", std::string(26, '0')));
  request.set_unit("operations");
  EXPECT_THAT(AcknowledgeEach(world().As(kOperator), request), ElementsAre("POLICY_DENIED"));
  const auto unknown =
      ElementsAre("ERROR_REASON_RESOURCE_NOT_FOUND", "ERROR_REASON_RESOURCE_NOT_FOUND");
  request.set_unit("community-paediatrics");
  EXPECT_THAT(AcknowledgeEach(paediatrician_, request), unknown) << "the reader's own agency";
  request.set_unit("social-care");
  EXPECT_THAT(AcknowledgeEach(world().As(kSocialWorker), request), unknown);
  EXPECT_THAT(NoticesAbout(caseworker_, decision), SizeIs(1)) << "open still";
  EXPECT_EQ(EntriesOf(child, "disclosure_notice.acknowledge"), 1)
      << "what the other unit tried, as a refusal";
}

TEST_F(LawfulNotice, ReadingsAtATimeAreAllAnsweredAndAllTold) {
  constexpr int kReaders = 6;
  const std::string child = ChildBorn("2016-05-04");
  const int before = ReadingsIn(NoticesTo(caseworker_));
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      const Clients reader = world().As(kPaediatrician);
      for (int j = 0; j < 5; ++j) {
        EXPECT_EQ(Reads(reader, ChildProtection(child, {v1::PLAN_SECTION_CODE_C})), "C");
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(ReadingsIn(NoticesTo(caseworker_)), before + 5 * kReaders);
}

}  // namespace
}  // namespace ehc
