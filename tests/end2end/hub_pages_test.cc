// A page token is good for the question that it was given to: under another filter it is refused,
// so that no list can be walked by the places that another one counted.
#include <functional>
#include <utility>
#include <vector>

#include "server/model/date.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

template <typename Req>
using Others = std::vector<std::pair<const char*, std::function<void(Req&)>>>;

class PagesTest : public HubTest {
 protected:
  template <typename Req, typename List>
  static void ExpectTokenIsForOneQuestion(const List& list, Req asked, const Others<Req>& others) {
    asked.set_page_size(1);
    const auto first = list(asked);
    ASSERT_TRUE(first.ok()) << first.status();
    ASSERT_NE(first->next_page_token(), "") << "there is to be a second page";
    asked.set_page_token(first->next_page_token());
    for (const auto& [filter, change] : others) {
      Req other = asked;
      change(other);
      EXPECT_EQ(ReasonIn(list(other)), "FIELD_INVALID") << filter;
    }
    asked.set_page_size(2);
    EXPECT_EQ(ReasonIn(list(asked)), "OK") << "how long a page is may change";
  }

  const Clients governance_ = world().As(kGovernance);
  const Clients operator_ = world().As(kOperator);
};

TEST_F(PagesTest, TokenOfAuditEntriesIsRefusedUnderAnyOtherFilter) {
  const std::string child = NewChild();
  const std::string other_child = NewChild();
  v1::ListAuditEntriesRequest request;
  request.set_audience(v1::AUDIT_AUDIENCE_CUSTODIAN);
  request.set_subject(child);
  using Req = v1::ListAuditEntriesRequest;
  ExpectTokenIsForOneQuestion<Req>(
      [&](const Req& asked) { return governance_.audit.ListAuditEntries(asked); }, request,
      {{"audience", [](Req& r) { r.set_audience(v1::AUDIT_AUDIENCE_SEARCHER); }},
       {"subject", [&](Req& r) { r.set_subject(other_child); }},
       {"no subject", [](Req& r) { r.clear_subject(); }},
       {"since", [](Req& r) { r.mutable_since()->set_seconds(1); }},
       {"until", [](Req& r) { r.mutable_until()->set_seconds(4000000000); }},
       {"until, by less than a second", [](Req& r) { r.mutable_until()->set_nanos(1); }},
       {"first_index", [](Req& r) { r.set_first_index(1); }},
       {"case_reference", [](Req& r) { r.set_case_reference("CASE-7"); }}});
}

TEST_F(PagesTest, TokenOfTheRegistryIsRefusedUnderAnyOtherFilter) {
  using Agencies = v1::ListAgenciesRequest;
  ExpectTokenIsForOneQuestion<Agencies>(
      [&](const Agencies& asked) { return operator_.admin.ListAgencies(asked); }, {},
      {{"type", [](Agencies& r) { r.set_type(v1::AGENCY_TYPE_SCHOOL); }}});
  using Credentials = v1::ListCredentialsRequest;
  ExpectTokenIsForOneQuestion<Credentials>(
      [&](const Credentials& asked) { return operator_.admin.ListCredentials(asked); }, {},
      {{"parent", [](Credentials& r) { r.set_parent("agencies/bromley"); }},
       {"include_revoked", [](Credentials& r) { r.set_include_revoked(true); }},
       {"expiring_within_days", [](Credentials& r) { r.set_expiring_within_days(400); }}});
}

TEST_F(PagesTest, TokenOfAChildsItemsIsRefusedUnderAnyOtherFilter) {
  const std::string child = NewChild();
  const std::string other_child = NewChild();
  ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(ParentOf(child, "father"))), "OK");
  using Relationships = v1::ListRelationshipsRequest;
  Relationships relationships;
  relationships.set_subject(child);
  ExpectTokenIsForOneQuestion<Relationships>(
      [&](const Relationships& asked) { return caseworker_.subjects.ListRelationships(asked); },
      relationships,
      {{"subject", [&](Relationships& r) { r.set_subject(other_child); }},
       {"kind",
        [](Relationships& r) { r.set_kind(v1::RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY); }},
       {"include_ended", [](Relationships& r) { r.set_include_ended(true); }}});

  for (const char* cleared : {"agencies/bromley", "agencies/south-east-london-icb"}) {
    ASSERT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(
                  RestrictedAddressOf(child, {std::string(cleared)}))),
              "OK");
  }
  using Protections = v1::ListProtectionsRequest;
  Protections protections;
  protections.set_subject(child);
  ExpectTokenIsForOneQuestion<Protections>(
      [&](const Protections& asked) { return caseworker_.subjects.ListProtections(asked); },
      protections, {{"include_ended", [](Protections& r) { r.set_include_ended(true); }}});

  for (const char* part : {"C", "G"}) {
    ASSERT_EQ(ReasonIn(caseworker_.consents.RecordConsent(
                  ConsentOf(child, "mother", {std::string(part)}))),
              "OK");
  }
  using Consents = v1::ListConsentsRequest;
  Consents consents;
  consents.set_subject(child);
  ExpectTokenIsForOneQuestion<Consents>(
      [&](const Consents& asked) { return caseworker_.consents.ListConsents(asked); }, consents,
      {{"state", [](Consents& r) { r.set_state(v1::CONSENT_STATE_GIVEN); }}});
}

TEST_F(PagesTest, TokenOfTheQueueIsRefusedUnderAnyOtherFilter) {
  for (int i = 0; i < 2; ++i) {
    v1::StartNeedsAssessmentRequest start;
    start.set_unit("send");
    start.set_subject(NewChild());
    start.set_requested_on(FormatDate(LondonDate(absl::Now())));
    ASSERT_EQ(ReasonIn(caseworker_.custody.StartNeedsAssessment(start)), "OK");
  }
  using Work = v1::ListWorkItemsRequest;
  Work work;
  work.mutable_due_before()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 86400 * 365);
  ExpectTokenIsForOneQuestion<Work>(
      [&](const Work& asked) { return caseworker_.custody.ListWorkItems(asked); }, work,
      {{"kind", [](Work& r) { r.set_kind(v1::WORK_KIND_ASSESSMENT_STEP); }},
       {"only_to_be_done_here", [](Work& r) { r.set_only_to_be_done_here(true); }},
       {"due_before, by less than a second",
        [](Work& r) { r.mutable_due_before()->set_nanos(1); }}});
}

}  // namespace
}  // namespace ehc
