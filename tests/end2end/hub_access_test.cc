// "Who has seen my record": what a family is told, what is kept from it and until when; how the hub
// tells officers about its use.
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ehchub/access_report.h"
#include "ehchub/audit_export.h"
#include "ehchub/receipts.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "server/transport/sockets.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const Persona kPoliceGovernance{"northshire-police", "ig-2", "INFORMATION_GOVERNANCE_OFFICER",
                                "protection"};

google::protobuf::Timestamp At(absl::Time time) {
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(time));
  return out;
}

void Replace(const std::string& file, const std::string& from, const std::string& to) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  std::string changed = text.str();
  const size_t at = changed.find(from);
  ASSERT_NE(at, std::string::npos) << file << " lacks " << from;
  changed.replace(at, from.size(), to);
  std::ofstream(file) << changed;
}

std::string LogKey(const HubWorld& world) {
  std::string key;
  std::ifstream(world.data_folder() + "/log.vkey") >> key;
  return key;
}

class AccessTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
    world_ = std::make_unique<HubWorld>();
    MakePolicies();
    world_->Serve();
    world_->EnrolAgencies();
    world_->Stop();
    clock_ = std::make_unique<ManualClock>(absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())));
    Serve();
  }
  static void TearDownTestSuite() {
    world_.reset();
    clock_.reset();
  }
  static void Serve() {
    world_->Serve(*clock_, [](HouseOptions& options) {
      options.policy_folder = Policies();
      options.policy_refresh = absl::ZeroDuration();
      options.max_policy_staleness = absl::InfiniteDuration();
      options.metrics_port = 0;
    });
  }

  static std::string Policies() { return world_->folder() + "/policies"; }
  // As shipped, but that six children in an hour are many.
  static void MakePolicies() {
    std::filesystem::copy(HubWorld::policy_folder(), Policies(),
                          std::filesystem::copy_options::recursive);
    Replace(Policies() + "/vocabulary/monitoring.textproto", "at_least: 60", "at_least: 6");
    std::filesystem::remove_all(Policies() + "/tests");
  }

  static Clients As(const Persona& persona) {
    ehchub::Options options = HubWorld::Options();
    options.now = [] { return clock_->Now(); };
    return world_->As(persona, options);
  }

  // With a parent's consent for the trust, recorded by the caseworker.
  std::string NewChild() {
    const std::string subject = Registered("2016-05-04");
    EXPECT_EQ(ReasonIn(caseworker_.consents.RecordConsent(
                  ConsentOf(subject, "mother", {"C", "E", "G", "B_HEADLINE"}))),
              "OK");
    return subject;
  }
  std::string Registered(const std::string& born) {
    const int serial = ++serials_;
    const std::string subject = SubjectOf(serial);
    EXPECT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(Registration(serial, "send", born))),
              "OK");
    EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(ParentOf(subject, "mother"))), "OK");
    EXPECT_EQ(ReasonIn(caseworker_.records.PublishPlan(
                  PlanOf(subject, "v1", absl::StrCat("plan-", serial)))),
              "OK");
    return subject;
  }

  std::string ReadByTrust(const std::string& subject) {
    auto read = paediatrician_.records.GetPlanSummary(SummaryForTrust(subject));
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? read->disclosure().receipt().leaf_hash() : "";
  }

  // By the authority's standing decision, whoever consents or not; the family is not told.
  absl::StatusOr<v1::GetPlanResponse> Enquire(const std::string& subject) {
    v1::GetPlanRequest request = PlanForCommissioner(subject, {v1::PLAN_SECTION_CODE_D});
    v1::DisclosureContext& context = *request.mutable_context();
    context.set_purpose("SAFEGUARDING_S47");
    context.set_special_category_basis("SCH1_PARA18");
    context.set_gateway("R17_INTERESTS");
    context.set_agreement("agreements/bromley-units");
    context.set_case_reference("S47-1");
    request.set_custodian("agencies/bromley");
    return social_worker_.records.GetPlan(request);
  }
  std::string Enquiry(const std::string& subject) {
    auto read = Enquire(subject);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? read->disclosure().receipt().leaf_hash() : "";
  }

  static v1::ListSubjectDisclosuresRequest ForFamily(
      const std::string& subject, v1::DecisionMakerRole role = v1::DECISION_MAKER_ROLE_PARENT,
      const std::string& person = "mother") {
    v1::ListSubjectDisclosuresRequest request;
    request.set_subject(subject);
    request.set_unit("send");
    request.set_view(v1::DISCLOSURE_VIEW_FAMILY);
    request.mutable_requester()->set_role(role);
    request.mutable_requester()->set_person_reference(person);
    return request;
  }
  static v1::ListSubjectDisclosuresRequest ForOfficer(const std::string& subject) {
    v1::ListSubjectDisclosuresRequest request;
    request.set_subject(subject);
    request.set_unit("send");
    request.set_view(v1::DISCLOSURE_VIEW_OFFICER);
    return request;
  }
  v1::ListSubjectDisclosuresResponse Told(const std::string& subject) {
    auto told = caseworker_.audit.ListSubjectDisclosures(ForFamily(subject));
    EXPECT_TRUE(told.ok()) << told.status();
    return told.value_or(v1::ListSubjectDisclosuresResponse());
  }

  v1::ReviewWithheldDisclosureRequest Review(const std::string& subject, const std::string& leaf) {
    v1::ReviewWithheldDisclosureRequest request;
    request.set_unit("send");
    request.set_subject(subject);
    request.set_leaf_hash(leaf);
    request.set_reason("the enquiry goes on");
    return request;
  }
  v1::ReviewWithheldDisclosureRequest Release(const std::string& subject, const std::string& leaf) {
    v1::ReviewWithheldDisclosureRequest request = Review(subject, leaf);
    request.set_release(true);
    return request;
  }

  static ManualClock& clock() { return *clock_; }

  const Clients caseworker_ = As(kCaseworker);
  const Clients paediatrician_ = As(kPaediatrician);
  const Clients social_worker_ = As(kSocialWorker);
  const Clients governance_ = As(kGovernance);
  const Clients auditor_ = As(kAuditor);

  static inline std::unique_ptr<HubWorld> world_;

 private:
  static inline std::unique_ptr<ManualClock> clock_;
  static inline int serials_ = 0;
};

TEST_F(AccessTest, FamilyIsToldWhoSawWhatAndWhyInPlainEnglish) {
  const std::string child = NewChild();
  const std::string leaf = ReadByTrust(child);
  const v1::ListSubjectDisclosuresResponse told = Told(child);
  ASSERT_EQ(told.disclosures_size(), 1);
  const v1::SubjectDisclosure& one = told.disclosures(0);
  EXPECT_EQ(one.organisation_name(), "King's Park NHS Trust");
  EXPECT_EQ(one.role(), "community paediatrician");
  EXPECT_EQ(one.purpose_title(), "direct care");
  EXPECT_THAT(one.sentence(),
              HasSubstr("a community paediatrician of King's Park NHS Trust received "
                        "the education, health and care plan: "));
  EXPECT_THAT(one.sentence(), HasSubstr("health needs related to SEN (C)"));
  EXPECT_THAT(one.sentence(), HasSubstr("In law: public task (Art 6(1)(e)); "));
  EXPECT_EQ(one.leaf_hash(), leaf);
  v1::AuditEntry entry;
  entry.set_leaf_hash(one.leaf_hash());
  entry.set_view(one.view());
  EXPECT_TRUE(ehchub::VerifyAuditEntry(entry).ok());
  // Neither who at the trust, nor who else consented, nor anybody's number.
  for (const std::string& secret :
       {kPaediatrician.user, std::string("consent/"), child.substr(4)}) {
    EXPECT_THAT(told.SerializeAsString(), Not(HasSubstr(secret))) << secret;
  }
}

TEST_F(AccessTest, Scenario05AccessReportLeavesOutTheEnquiryThatConsentWasRefusedTo) {
  const std::string child = NewChild();
  ReadByTrust(child);
  EXPECT_EQ(ReasonIn(caseworker_.consents.RecordConsent(ConsentOf(
                child, "mother", {"C", "D", "E", "G", "B_HEADLINE"}, v1::CONSENT_STATE_REFUSED))),
            "OK");
  const std::string before = Told(child).SerializeAsString();

  auto read = Enquire(child);
  ASSERT_TRUE(read.ok()) << read.status();
  std::vector<std::string> obligations;
  for (const v1::Obligation& one : read->disclosure().obligations()) {
    obligations.push_back(one.code());
  }
  EXPECT_THAT(obligations, Contains("DO_NOT_TELL_FAMILY"));
  EXPECT_THAT(obligations, Contains("NOTIFY_LA"));

  EXPECT_EQ(Told(child).SerializeAsString(), before);  // byte for byte
  auto officers = governance_.audit.ListSubjectDisclosures(ForOfficer(child));
  ASSERT_TRUE(officers.ok()) << officers.status();
  ASSERT_EQ(officers->disclosures_size(), 2);
  EXPECT_EQ(officers->disclosures(1).withholding().cause(),
            v1::WITHHOLDING_CAUSE_DO_NOT_TELL_FAMILY);
  EXPECT_EQ(officers->disclosures(1).leaf_hash(), read->disclosure().receipt().leaf_hash());
  // The authority's officer has it in the queue; the caseworker, who reports to families, has not.
  v1::ListWorkItemsRequest work;
  work.set_kind(v1::WORK_KIND_WITHHELD_DISCLOSURE_TO_REVIEW);
  auto queue = governance_.custody.ListWorkItems(work);
  ASSERT_TRUE(queue.ok()) << queue.status();
  EXPECT_GE(queue->work_items_size(), 1);
  queue = caseworker_.custody.ListWorkItems(work);
  ASSERT_TRUE(queue.ok()) << queue.status();
  EXPECT_EQ(queue->work_items_size(), 0);
  EXPECT_EQ(ReasonIn(caseworker_.audit.ListSubjectDisclosures(ForOfficer(child))), "POLICY_DENIED");
}

TEST_F(AccessTest, PagesAreFilledFromWhatMayBeSeenAndLeaveNoGap) {
  const std::string child = NewChild();
  std::vector<std::string> leaves;
  for (int i = 0; i < 4; ++i) {
    Enquiry(child);
    leaves.push_back(ReadByTrust(child));
    Enquiry(child);
  }
  v1::ListSubjectDisclosuresRequest request = ForFamily(child);
  request.set_page_size(2);
  std::vector<std::string> seen;
  for (int page = 0; page < 2; ++page) {
    auto told = caseworker_.audit.ListSubjectDisclosures(request);
    ASSERT_TRUE(told.ok()) << told.status();
    EXPECT_EQ(told->disclosures_size(), 2);
    for (const auto& one : told->disclosures()) seen.push_back(one.leaf_hash());
    // After the last that may be seen there is no page, though the log has more.
    EXPECT_EQ(told->next_page_token().empty(), page == 1);
    request.set_page_token(told->next_page_token());
  }
  EXPECT_EQ(seen, leaves);
  // A token is good for its own question only.
  request.set_page_size(2);
  request.set_page_token("");
  auto first = caseworker_.audit.ListSubjectDisclosures(request);
  ASSERT_TRUE(first.ok());
  v1::ListSubjectDisclosuresRequest other = ForFamily(NewChild());
  other.set_page_token(first->next_page_token());
  EXPECT_EQ(ReasonIn(caseworker_.audit.ListSubjectDisclosures(other)), "FIELD_INVALID");
}

TEST_F(AccessTest, NoDateReleasesAndWhatAnOfficerReleasesIsTheEntryOfThen) {
  const std::string child = NewChild();
  const std::string leaf = Enquiry(child);
  v1::ReviewWithheldDisclosureRequest keep = Review(child, leaf);
  EXPECT_EQ(ReasonIn(governance_.audit.ReviewWithheldDisclosure(keep)), "FIELD_INVALID");
  *keep.mutable_keep_until() = At(clock().Now() + absl::Hours(24 * 400));
  EXPECT_EQ(ReasonIn(governance_.audit.ReviewWithheldDisclosure(keep)), "FIELD_INVALID");
  *keep.mutable_keep_until() = At(clock().Now() + absl::Hours(2));
  auto kept = governance_.audit.ReviewWithheldDisclosure(keep);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_FALSE(kept->withheld().withholding().released());

  clock().Advance(absl::Hours(3));
  EXPECT_EQ(Told(child).disclosures_size(), 0);
  v1::ListWithheldDisclosuresRequest due;
  due.set_unit("send");
  due.set_only_due(true);
  due.set_subject(child);
  auto overdue = governance_.audit.ListWithheldDisclosures(due);
  ASSERT_TRUE(overdue.ok()) << overdue.status();
  ASSERT_EQ(overdue->withheld_size(), 1);
  EXPECT_TRUE(overdue->withheld(0).withholding().review_overdue());

  EXPECT_EQ(ReasonIn(caseworker_.audit.ReviewWithheldDisclosure(Release(child, leaf))),
            "POLICY_DENIED");
  EXPECT_EQ(ReasonIn(governance_.audit.ReviewWithheldDisclosure(Release(child, leaf))), "OK");
  const v1::ListSubjectDisclosuresResponse told = Told(child);
  ASSERT_EQ(told.disclosures_size(), 1);
  EXPECT_EQ(told.disclosures(0).leaf_hash(), leaf);
  EXPECT_EQ(ReasonIn(governance_.audit.ReviewWithheldDisclosure(Release(child, leaf))),
            "STATE_CONFLICT");
  EXPECT_EQ(
      ReasonIn(governance_.audit.ReviewWithheldDisclosure(Release(child, std::string(32, 'x')))),
      "RESOURCE_NOT_FOUND");
}

TEST_F(AccessTest, FamilysAdviserChecksTheReportWithoutTheHub) {
  const std::string child = NewChild();
  ReadByTrust(child);
  const std::string withheld = Enquiry(child);
  EXPECT_EQ(ReasonIn(governance_.audit.ReviewWithheldDisclosure(Release(child, withheld))), "OK");
  const v1::ListSubjectDisclosuresResponse told = Told(child);
  clock().Advance(absl::Seconds(2));  // a head is signed that has them all
  const auto file =
      ehchub::MakeAccessReport(*ehchub::MakeAuditConnection(caseworker_.hub), LogKey(*world_),
                               {told.disclosures().begin(), told.disclosures().end()});
  ASSERT_TRUE(file.ok()) << file.status();
  auto check = ehchub::CheckAccessReport(*file, LogKey(*world_));
  ASSERT_TRUE(check.ok()) << check.status();
  EXPECT_EQ(check->disclosures, 2);
  EXPECT_TRUE(check->problems.empty());

  const std::string altered =
      absl::StrReplaceAll(*file, {{"kings-park-nhs-trust", "oakfield-school"}});
  check = ehchub::CheckAccessReport(altered, LogKey(*world_));
  ASSERT_TRUE(check.ok()) << check.status();
  EXPECT_EQ(check->problems.size(), 1u);
  HubWorld other;
  EXPECT_TRUE(absl::IsDataLoss(ehchub::CheckAccessReport(*file, LogKey(other)).status()));
}

TEST_F(AccessTest, ParentsReportEndsWhereTheYoungPersonsBegins) {
  const std::string adult = Registered("2006-02-01");
  EXPECT_EQ(ReasonIn(caseworker_.audit.ListSubjectDisclosures(ForFamily(adult))),
            "NOT_DECISION_MAKER");
  EXPECT_EQ(ReasonIn(caseworker_.audit.ListSubjectDisclosures(
                ForFamily(adult, v1::DECISION_MAKER_ROLE_YOUNG_PERSON, ""))),
            "OK");
  const std::string child = NewChild();
  EXPECT_EQ(ReasonIn(caseworker_.audit.ListSubjectDisclosures(
                ForFamily(child, v1::DECISION_MAKER_ROLE_YOUNG_PERSON, ""))),
            "NOT_DECISION_MAKER");
  EXPECT_EQ(ReasonIn(caseworker_.audit.ListSubjectDisclosures(
                ForFamily(child, v1::DECISION_MAKER_ROLE_PARENT, "stranger"))),
            "NOT_DECISION_MAKER");
  v1::RecordCapacityRequest competent;
  competent.set_unit("send");
  competent.set_subject(child);
  competent.mutable_capacity_assessment()->set_finding(v1::CAPACITY_FINDING_GILLICK_COMPETENT);
  competent.mutable_capacity_assessment()->set_decision("SHARE_RECORDS");
  competent.mutable_capacity_assessment()->set_assessed_by_role("COMMUNITY_PAEDIATRICIAN");
  competent.mutable_capacity_assessment()->set_assessed_on("2026-01-05");
  const std::string recorded = ReasonIn(caseworker_.subjects.RecordCapacity(competent));
  ASSERT_EQ(recorded, "OK");
  EXPECT_EQ(ReasonIn(caseworker_.audit.ListSubjectDisclosures(ForFamily(child))),
            "NOT_DECISION_MAKER");
  EXPECT_EQ(ReasonIn(caseworker_.audit.ListSubjectDisclosures(
                ForFamily(child, v1::DECISION_MAKER_ROLE_CHILD, ""))),
            "OK");
}

TEST_F(AccessTest, RestrictedAddressPutsTheRelayInTheOrganisationsPlace) {
  const std::string child = NewChild();
  ReadByTrust(child);
  EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateProtection(RestrictedAddressOf(child))), "OK");
  const v1::ListSubjectDisclosuresResponse told = Told(child);
  ASSERT_EQ(told.disclosures_size(), 1);
  EXPECT_EQ(told.disclosures(0).organisation(), "agencies/hub-relay");
  for (const char* secret : {"kings-park", "King's Park", "community-paediatrics", "bromley"}) {
    EXPECT_THAT(told.SerializeAsString(), Not(HasSubstr(secret))) << secret;
  }
  v1::AuditEntry entry;
  entry.set_leaf_hash(told.disclosures(0).leaf_hash());
  entry.set_view(told.disclosures(0).view());
  EXPECT_TRUE(ehchub::VerifyAuditEntry(entry).ok());
  // The officer, who has to answer for it, sees to whom.
  auto officers = governance_.audit.ListSubjectDisclosures(ForOfficer(child));
  ASSERT_TRUE(officers.ok()) << officers.status();
  EXPECT_EQ(officers->disclosures(0).organisation(), "agencies/kings-park-nhs-trust");
}

TEST_F(AccessTest, HoldCoversWhatWasAndWhatComesAndLiftingReleasesNothing) {
  const std::string child = NewChild();
  const std::string before = ReadByTrust(child);
  v1::PlaceDisclosureHoldRequest place;
  place.set_unit("send");
  place.set_subject(child);
  place.set_recipient("agencies/kings-park-nhs-trust");
  place.set_reason("an enquiry that the family must not learn of");
  auto placed = governance_.audit.PlaceDisclosureHold(place);
  ASSERT_TRUE(placed.ok()) << placed.status();
  ReadByTrust(child);
  EXPECT_EQ(Told(child).disclosures_size(), 0);
  EXPECT_EQ(ReasonIn(governance_.audit.PlaceDisclosureHold(place)), "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(governance_.audit.ReviewWithheldDisclosure(Release(child, before))),
            "STATE_CONFLICT");

  v1::ReviewDisclosureHoldRequest lift;
  lift.set_unit("send");
  lift.set_name(placed->hold().name());
  lift.set_lift(true);
  lift.set_reason("over");
  auto lifted = governance_.audit.ReviewDisclosureHold(lift);
  ASSERT_TRUE(lifted.ok()) << lifted.status();
  EXPECT_TRUE(lifted->hold().has_lifted_at());
  EXPECT_EQ(Told(child).disclosures_size(), 0);
  v1::ListWithheldDisclosuresRequest queue;
  queue.set_unit("send");
  queue.set_subject(child);
  auto waiting = governance_.audit.ListWithheldDisclosures(queue);
  ASSERT_TRUE(waiting.ok()) << waiting.status();
  EXPECT_EQ(waiting->withheld_size(), 2);
  EXPECT_EQ(ReasonIn(governance_.audit.ReviewWithheldDisclosure(Release(child, before))), "OK");
  EXPECT_EQ(Told(child).disclosures_size(), 1);
  clock().Advance(absl::Seconds(2));
  ReadByTrust(child);  // after the hold
  EXPECT_EQ(Told(child).disclosures_size(), 2);
}

TEST_F(AccessTest, ChildThatTheAgencyHasNotRegisteredHasNoReportKnownOrNot) {
  const std::string child = NewChild();
  const Clients police = As(kPoliceGovernance);
  v1::ListSubjectDisclosuresRequest known = ForOfficer(child);
  known.set_unit("protection");
  v1::ListSubjectDisclosuresRequest unknown = ForOfficer(SubjectOf(909090));
  unknown.set_unit("protection");
  EXPECT_EQ(ReasonIn(police.audit.ListSubjectDisclosures(known)), "NOT_AVAILABLE");
  EXPECT_EQ(ReasonIn(police.audit.ListSubjectDisclosures(unknown)), "NOT_AVAILABLE");
}

TEST_F(AccessTest, SearcherWhoWalksTheRollIsListedAndNobodyElse) {
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(
        ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(SubjectOf(700000 + i)))),
        "NOT_AVAILABLE");
  }
  auto report = auditor_.audit.GetAccessReport({});
  ASSERT_TRUE(report.ok()) << report.status();
  std::vector<std::string> walkers;
  for (const v1::UseAlert& alert : report->report().alerts()) {
    if (alert.limit() == "ROLL_WALKED") walkers.push_back(alert.agency() + " " + alert.user());
  }
  EXPECT_THAT(walkers, Contains("agencies/kings-park-nhs-trust " + kPaediatrician.user));
  // An agency's officer sees its own use, and who shares with it.
  report = governance_.audit.GetAccessReport({});
  ASSERT_TRUE(report.ok()) << report.status();
  for (const v1::UseAlert& alert : report->report().alerts()) {
    EXPECT_EQ(alert.agency(), "agencies/bromley");
  }
  for (const v1::AgencyUse& use : report->report().agencies()) {
    EXPECT_EQ(use.agency(), "agencies/bromley");
  }
  EXPECT_EQ(ReasonIn(paediatrician_.audit.GetAccessReport({})), "POLICY_DENIED");
}

TEST_F(AccessTest, ReportCountsAgainAfterARestart) {
  ReadByTrust(NewChild());
  const auto edges = [&]() -> uint64_t {
    auto report = auditor_.audit.GetAccessReport({});
    EXPECT_TRUE(report.ok()) << report.status();
    if (!report.ok()) return 0;
    for (const v1::AccessEdge& edge : report->report().edges()) {
      if (edge.searcher() == "agencies/kings-park-nhs-trust") return edge.disclosures();
    }
    return 0;
  };
  const uint64_t before = edges();
  EXPECT_GE(before, 1u);
  auto complete = auditor_.audit.GetAccessReport({});
  world_->Stop();
  Serve();
  const Clients auditor = As(kAuditor);
  for (int i = 0; i < 200; ++i) {
    auto report = auditor.audit.GetAccessReport({});
    ASSERT_TRUE(report.ok()) << report.status();
    uint64_t after = 0;
    for (const v1::AccessEdge& edge : report->report().edges()) {
      if (edge.searcher() == "agencies/kings-park-nhs-trust") after = edge.disclosures();
    }
    if (after == before) return;
    absl::SleepFor(absl::Milliseconds(20));
  }
  FAIL() << "not counted again";
}

TEST_F(AccessTest, MetricsTellAgenciesAndNoPerson) {
  const std::string child = NewChild();
  ReadByTrust(child);
  auto socket = Connect("127.0.0.1", world_->house().metrics_port(), absl::Seconds(5));
  ASSERT_TRUE(socket.ok()) << socket.status();
  const std::string asked = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
  ASSERT_EQ(::send(socket->get(), asked.data(), asked.size(), 0),
            static_cast<ssize_t>(asked.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t got; (got = ::recv(socket->get(), buffer, sizeof(buffer), 0)) > 0;) {
    answer.append(buffer, static_cast<size_t>(got));
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(answer, HasSubstr("ehc_disclosures_total{custodian=\"bromley\",searcher=\"kings-park-"
                                "nhs-trust\"} "));
  EXPECT_THAT(answer, HasSubstr("ehc_use_limits_passed{limit=\"ROLL_WALKED\"} "));
  EXPECT_THAT(answer, Not(HasSubstr(kPaediatrician.user)));
  EXPECT_THAT(answer, Not(HasSubstr(child.substr(4))));
}

TEST_F(AccessTest, ExportCarriesNoNumberAndHoldsToTheLeaf) {
  const std::string child = NewChild();
  ReadByTrust(child);
  EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(SubjectOf(555555)))),
            "NOT_AVAILABLE");
  v1::ListAuditEntriesRequest request;
  request.set_audience(v1::AUDIT_AUDIENCE_OFFICER);
  request.set_page_size(200);
  int reads = 0;
  do {
    auto page = auditor_.audit.ListAuditEntries(request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::AuditEntry& entry : page->entries()) {
      const auto line = ehchub::EntryAsJsonLine(entry);
      const auto fhir = ehchub::EntryAsFhir(entry, "log");
      ASSERT_TRUE(line.ok() && fhir.ok());
      for (const std::string& text : {*line, *fhir}) {
        EXPECT_THAT(text, Not(HasSubstr(child.substr(4))));
        EXPECT_THAT(text, Not(HasSubstr(NhsNumber(555555))));
      }
      google::protobuf::Struct object;
      ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(*line, &object).ok());
      v1::AuditEntry again;  // the view alone: it opens less than what stands beside the entry
      again.set_leaf_hash(entry.leaf_hash());
      std::string view;
      ASSERT_TRUE(absl::Base64Unescape(object.fields().at("view").string_value(), &view));
      EXPECT_THAT(view, Not(HasSubstr(NhsNumber(555555))));
      again.set_view(view);
      EXPECT_TRUE(ehchub::VerifyAuditEntry(again).ok());
      reads += fhir->find("\"code\":\"read\"") != std::string::npos ? 1 : 0;
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_GE(reads, 2);
}

TEST_F(AccessTest, IncidentPackListsWhoReceivedWhatAndTheClock) {
  const std::string child = NewChild();
  const std::string leaf = ReadByTrust(child);
  v1::CompileIncidentPackRequest request;
  request.set_unit("send");
  EXPECT_EQ(ReasonIn(governance_.audit.CompileIncidentPack(request)), "FIELD_INVALID");
  request.set_recipient("agencies/kings-park-nhs-trust");
  request.set_user(kPaediatrician.user);
  *request.mutable_since() = At(clock().Now() - absl::Hours(1));
  request.set_page_size(200);
  auto pack = governance_.audit.CompileIncidentPack(request);
  ASSERT_TRUE(pack.ok()) << pack.status();
  EXPECT_EQ(
      pack->pack().report_clock().due_at().seconds() - pack->pack().became_aware_at().seconds(),
      72 * 3600);
  bool found = false;
  for (const v1::PackItem& item : pack->pack().items()) {
    EXPECT_EQ(item.recipient(), "agencies/kings-park-nhs-trust");
    if (item.leaf_hash() != leaf) continue;
    found = true;
    EXPECT_THAT(item.subject(), StartsWith("subjects/"));
    EXPECT_EQ(item.record_type(), "EHC_PLAN");
    EXPECT_GT(item.parts_size(), 0);
  }
  EXPECT_TRUE(found);
  request.set_user("somebody-else");
  pack = governance_.audit.CompileIncidentPack(request);
  ASSERT_TRUE(pack.ok());
  EXPECT_EQ(pack->pack().items_size(), 0);
  EXPECT_EQ(ReasonIn(caseworker_.audit.CompileIncidentPack(request)), "POLICY_DENIED");
}

}  // namespace
}  // namespace ehc
