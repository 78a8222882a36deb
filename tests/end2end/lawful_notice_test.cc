// Whoever a clause says is to be told that a record was read is told, in the reading's own commit.
#include "tests/end2end/lawful_consent_world.h"

namespace ehc {
namespace {

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
  const size_t before = NoticesTo(caseworker_).size();
  auto refused = ChildProtection(child, {v1::PLAN_SECTION_CODE_C});
  refused.mutable_context()->clear_case_reference();
  EXPECT_NE(Reads(paediatrician_, refused), "C");
  EXPECT_EQ(TrustReads(child), "NOT_AVAILABLE");
  EXPECT_EQ(NoticesTo(caseworker_).size(), before);
  for (int i = 0; i < 4; ++i) Enquire(child);
  EXPECT_EQ(NoticesTo(caseworker_).size(), before + 4) << "over pages of three";
}

}  // namespace
}  // namespace ehc
