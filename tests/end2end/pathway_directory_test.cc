// The directory, and reviews that follow one another.
#include "tests/end2end/pathway_world.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DirectoryTest : public PathwayTest {
 protected:
  static v1::PublishServiceRequest ServiceOf(const Persona& by, const std::string& id,
                                             v1::ServiceTier tier) {
    v1::PublishServiceRequest request;
    request.set_unit(by.unit);
    v1::DirectoryEntry& entry = *request.mutable_service();
    entry.set_local_id(id);
    entry.set_title("Saturday club " + id);
    entry.set_description("Games and lunch for children who need somebody near");
    entry.set_tier(tier);
    entry.set_how_to_apply("Ring the office");
    entry.mutable_contact()->set_display_name("Clubs office");
    if (tier != v1::SERVICE_TIER_UNIVERSAL) entry.add_criteria("lives in the area");
    return request;
  }
  static std::vector<std::string> Found(const Persona& as, const v1::SearchServicesRequest& what) {
    std::vector<std::string> titles;
    v1::SearchServicesRequest request = what;
    do {
      const auto page = Directory(as).SearchServices(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return titles;
      for (const auto& one : page->services()) titles.push_back(one.local_id());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return titles;
  }
};

TEST_F(DirectoryTest, EveryAgencyReadsItVolunteersToo) {
  const auto club =
      Directory(kFamilySupport)
          .PublishService(ServiceOf(kFamilySupport, "club-1", v1::SERVICE_TIER_TARGETED));
  ASSERT_TRUE(club.ok()) << club.status();
  v1::SearchServicesRequest text;
  text.set_text("club-1");
  for (const Persona& reader :
       {kVolunteer, kSenco, kPaediatrician, kSocialWorker, kLiaisonOfficer}) {
    EXPECT_THAT(Found(reader, text), ::testing::ElementsAre("club-1")) << reader.agency;
    v1::GetServiceRequest get;
    get.set_name(club->service().name());
    EXPECT_EQ(ReasonIn(Directory(reader).GetService(get)), "OK") << reader.agency;
  }
}

TEST_F(DirectoryTest, SearchNarrowsByTierAreaAgeAndWordsAndPages) {
  for (int i = 0; i < 5; ++i) {
    auto request = ServiceOf(kFamilySupport, absl::StrCat("paged-", i), v1::SERVICE_TIER_UNIVERSAL);
    if (i == 1) request.mutable_service()->add_areas("305");
    if (i == 2) request.mutable_service()->add_areas("816");
    if (i == 3) request.mutable_service()->set_from_age(13);
    if (i == 4) request.mutable_service()->set_valid_until("2020-01-01");
    ASSERT_EQ(ReasonIn(Directory(kFamilySupport).PublishService(request)), "OK");
  }
  v1::SearchServicesRequest wanted;
  wanted.set_text("PAGED-");
  wanted.set_page_size(1);
  EXPECT_THAT(Found(kVolunteer, wanted),
              ::testing::ElementsAre("paged-0", "paged-1", "paged-2", "paged-3"));
  wanted.set_area("305");
  EXPECT_THAT(Found(kVolunteer, wanted), ::testing::ElementsAre("paged-0", "paged-1", "paged-3"));
  wanted.set_age(8);
  EXPECT_THAT(Found(kVolunteer, wanted), ::testing::ElementsAre("paged-0", "paged-1"));
  wanted.set_tier(v1::SERVICE_TIER_SPECIALIST);
  EXPECT_THAT(Found(kVolunteer, wanted), IsEmpty());
}

TEST_F(DirectoryTest, PublisherAloneChangesItUnderItsEtagAndTakesItOut) {
  auto request = ServiceOf(kFamilySupport, "changing", v1::SERVICE_TIER_SPECIALIST);
  const auto first = Directory(kFamilySupport).PublishService(request);
  ASSERT_TRUE(first.ok()) << first.status();
  request.mutable_service()->set_title("Another title");
  request.set_etag("r9");
  EXPECT_EQ(ReasonIn(Directory(kFamilySupport).PublishService(request)), "ETAG_MISMATCH");
  request.set_etag(first->service().etag());
  const auto second = Directory(kFamilySupport).PublishService(request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->service().name(), first->service().name());
  EXPECT_NE(second->service().etag(), first->service().etag());
  v1::WithdrawServiceRequest out;
  out.set_unit(kSocialWorker.unit);
  out.set_name(first->service().name());
  EXPECT_EQ(ReasonIn(Directory(kSocialWorker).WithdrawService(out)), "RESOURCE_NOT_FOUND");
  out.set_unit(kFamilySupport.unit);
  EXPECT_EQ(ReasonIn(Directory(kFamilySupport).WithdrawService(out)), "OK");
  v1::GetServiceRequest get;
  get.set_name(out.name());
  EXPECT_EQ(ReasonIn(Directory(kVolunteer).GetService(get)), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(Directory(kVolunteer)
                         .PublishService(
                             ServiceOf(kVolunteer, "by-a-volunteer", v1::SERVICE_TIER_UNIVERSAL))),
            "POLICY_DENIED");
}

TEST_F(DirectoryTest, ServiceThatIsNotForEverybodySaysForWhom) {
  auto request = ServiceOf(kFamilySupport, "silent", v1::SERVICE_TIER_TARGETED);
  request.mutable_service()->clear_criteria();
  EXPECT_EQ(ReasonIn(Directory(kFamilySupport).PublishService(request)), "FIELD_INVALID");
  request.mutable_service()->add_criteria("is known to the team");
  request.mutable_service()->set_film_link("http://example.org/film");
  EXPECT_EQ(ReasonIn(Directory(kFamilySupport).PublishService(request)), "FIELD_INVALID");
}

class HeldReviewTest : public PathwayTest {
 protected:
  static v1::RecordReviewRequest ReviewOf(const Persona& by, const std::string& child,
                                          v1::ReviewKind kind, const std::string& held,
                                          const std::string& after = "") {
    v1::RecordReviewRequest request;
    request.set_unit(by.unit);
    request.set_subject(child);
    v1::Review& review = *request.mutable_review();
    review.set_kind(kind);
    review.set_held_on(held);
    review.set_conclusion("goes on as it is");
    review.set_child_reference(child);
    review.set_predecessor(after);
    return request;
  }
  static std::vector<v1::ReviewEventKind> KindsOf(const v1::Review& review) {
    std::vector<v1::ReviewEventKind> kinds;
    for (const auto& event : review.events()) kinds.push_back(event.kind());
    return kinds;
  }
};

TEST_F(HeldReviewTest, DelegatedAgencysReviewIsTheAuthoritysTooWithItsEvents) {
  const std::string child = Registered(kKeyWorker);
  auto request = ReviewOf(kKeyWorker, child, v1::REVIEW_KIND_LOOKED_AFTER, Day());
  request.mutable_review()->set_to("agencies/bromley");
  request.mutable_review()->set_to_unit("social-care");
  const auto held = Paths(kKeyWorker).RecordReview(request);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_THAT(KindsOf(held->review()), ::testing::ElementsAre(v1::REVIEW_EVENT_KIND_REVIEW_HELD,
                                                              v1::REVIEW_EVENT_KIND_REVIEW_DUE));
  const auto copy = Paths(kSocialWorker).ListReviews(v1::ListReviewsRequest());
  ASSERT_TRUE(copy.ok()) << copy.status();
  ASSERT_EQ(copy->reviews_size(), 1);
  EXPECT_EQ(copy->reviews(0).from(), "agencies/bridge-care");
  EXPECT_EQ(copy->reviews(0).conclusion(), "goes on as it is");
  EXPECT_EQ(copy->reviews(0).state(), v1::REVIEW_STATE_DUE);
  v1::ListWorkItemsRequest queue;
  queue.set_kind(v1::WORK_KIND_REVIEW_DUE);
  const auto work = As(kSocialWorker).custody.ListWorkItems(queue);
  ASSERT_TRUE(work.ok()) << work.status();
  ASSERT_EQ(work->work_items_size(), 1);
  EXPECT_EQ(work->work_items(0).name(), copy->reviews(0).name());
  EXPECT_EQ(
      copy->reviews(0).next_due_on(),
      FormatDate(LondonDate(absl::FromUnixSeconds(work->work_items(0).due_at().seconds() - 1))));
  const auto holders = Queue(kKeyWorker, v1::WORK_KIND_REVIEW_DUE, held->review().name());
  ASSERT_EQ(holders.size(), 1u) << "it holds the next one too";
  EXPECT_EQ(holders[0].due_at().seconds(), work->work_items(0).due_at().seconds());
  EXPECT_EQ(holders[0].with_agency(), "agencies/bromley");
  clock().Advance(absl::Hours(24 * 400));
  EXPECT_TRUE(Queue(kKeyWorker, v1::WORK_KIND_REVIEW_DUE, held->review().name())[0].overdue());
}

TEST_F(HeldReviewTest, PlanAttachedByADelegatedAgencyIsAnEventOfTheAuthoritysCopyWithoutItsName) {
  const std::string child = Registered(kKeyWorker);
  auto request = ReviewOf(kKeyWorker, child, v1::REVIEW_KIND_PEP, Day());
  request.mutable_review()->set_to("agencies/bromley");
  request.mutable_review()->set_to_unit("social-care");
  request.mutable_review()->set_record("records/aaaaaaaaaaaaaaaaaaaaaaaaaa");
  const auto held = Paths(kKeyWorker).RecordReview(request);
  ASSERT_TRUE(held.ok()) << held.status();
  v1::ListReviewsRequest all;
  all.set_page_size(200);
  const auto copies = Paths(kSocialWorker).ListReviews(all);
  ASSERT_TRUE(copies.ok()) << copies.status();
  const v1::Review& copy = *copies->reviews().rbegin();
  ASSERT_EQ(copy.kind(), v1::REVIEW_KIND_PEP);
  EXPECT_EQ(copy.record(), "");
  EXPECT_THAT(KindsOf(copy), KindsOf(held->review()));
  EXPECT_THAT(KindsOf(copy), ::testing::Contains(v1::REVIEW_EVENT_KIND_PLAN_ATTACHED));
  for (const auto& event : copy.events()) EXPECT_EQ(event.record(), "") << "its holder's name";
}

TEST_F(HeldReviewTest, ReviewsFollowOneAnotherByKindAndDay) {
  const std::string child = Registered(kSocialWorker);
  const auto first =
      Paths(kSocialWorker)
          .RecordReview(ReviewOf(kSocialWorker, child, v1::REVIEW_KIND_SHORT_BREAK, Day(-10)));
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string before = first->review().name();
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker)
                         .RecordReview(ReviewOf(kSocialWorker, child, v1::REVIEW_KIND_LOOKED_AFTER,
                                                Day(), before))),
            "FIELD_INVALID")
      << "of another kind";
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker)
                         .RecordReview(ReviewOf(kSocialWorker, Registered(kSocialWorker),
                                                v1::REVIEW_KIND_SHORT_BREAK, Day(), before))),
            "FIELD_INVALID")
      << "of another child";
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker)
                         .RecordReview(ReviewOf(kSocialWorker, child, v1::REVIEW_KIND_SHORT_BREAK,
                                                Day(-11), before))),
            "DATES_OUT_OF_ORDER");
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker)
                         .RecordReview(ReviewOf(kSocialWorker, child, v1::REVIEW_KIND_SHORT_BREAK,
                                                Day(1), before))),
            "DATES_OUT_OF_ORDER")
      << "tomorrow";
  auto late = ReviewOf(kSocialWorker, child, v1::REVIEW_KIND_SHORT_BREAK, Day(), before);
  late.mutable_review()->set_next_due_on(Day(800));
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker).RecordReview(late)), "FIELD_INVALID");
  const auto second =
      Paths(kSocialWorker)
          .RecordReview(ReviewOf(kSocialWorker, child, v1::REVIEW_KIND_SHORT_BREAK, Day(), before));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->review().predecessor(), before);
  EXPECT_EQ(ReasonIn(Paths(kSocialWorker)
                         .RecordReview(ReviewOf(kSocialWorker, child, v1::REVIEW_KIND_SHORT_BREAK,
                                                Day(), before))),
            "STATE_CONFLICT")
      << "it has a successor";
}

TEST_F(HeldReviewTest, PlanThatIsAttachedIsAnEventAndNeverOnlyAnAttachment) {
  const std::string child = NewChild();
  v1::PublishPlanRequest plan = PlanOf(child, "reviewed", absl::StrCat("r-", NewSerial()));
  plan.mutable_plan()->mutable_as_at()->set_seconds(absl::ToUnixSeconds(clock().Now()) - 60);
  const auto published = As(kCaseworker).records.PublishPlan(plan);
  ASSERT_TRUE(published.ok()) << published.status();
  auto request = ReviewOf(kCaseworker, child, v1::REVIEW_KIND_ANNUAL, Day());
  request.mutable_review()->set_record(published->published().name());
  const auto held = Paths(kCaseworker).RecordReview(request);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_THAT(KindsOf(held->review()), ::testing::Contains(v1::REVIEW_EVENT_KIND_PLAN_ATTACHED));
}

}  // namespace
}  // namespace ehc
