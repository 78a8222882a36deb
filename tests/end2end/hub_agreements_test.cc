// Agreements through the front door: two people put a policy in force, one suspends an agreement at
// once, a bad candidate changes nothing, a policy that nobody confirms decides nothing.
#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/notification.h"
#include "server/app/found.h"
#include "server/base/encoding.h"
#include "server/base/signature.h"
#include "server/policy/snapshot.h"
#include "tests/end2end/hub_suite.h"
#include "tests/support/go_live.h"

namespace ehc {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kDirectCare[] = "agreements/bromley-kings-park-direct-care";
constexpr char kStatutoryCopy[] = "agreements/bromley-icb-statutory-copy";
constexpr char kDirectCareFile[] = "agreements/bromley-kings-park-direct-care.textproto";

using Files = std::map<std::string, std::string>;

Files ShippedFiles() {
  Files files;
  const std::string folder = HubWorld::policy_folder();
  for (const char* name : {"agreements", "vocabulary", "tests"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder + "/" + name)) {
      std::ifstream in(entry.path(), std::ios::binary);
      files[absl::StrCat(name, "/", entry.path().filename().string())] =
          std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
  }
  return files;
}

// Another revision than the shipped one that decides alike.
Files Retitled(Files files, int number) {
  std::string& text = files[kDirectCareFile];
  const size_t at = text.find("\ntitle: \"") + 9;
  text.insert(at, absl::StrCat("No. ", number, ": "));
  return files;
}

v1::ActivatePolicyRequest Proposing(const Files& files, bool shadow = false) {
  v1::ActivatePolicyRequest request;
  for (const auto& [path, text] : files) {
    v1::PolicyFile& file = *request.mutable_proposal()->add_files();
    file.set_path(path);
    file.set_content(text);
  }
  request.mutable_proposal()->set_shadow(shadow);
  return request;
}

v1::ActivatePolicyRequest Approving(const std::string& revision) {
  v1::ActivatePolicyRequest request;
  request.set_approve_revision(revision);
  return request;
}

template <typename Request>
Request Standing(const std::string& agreement) {
  Request request;
  request.set_name(agreement);
  request.set_reason("a breach at the recipient is being looked into");
  return request;
}

std::string MessageIn(const absl::Status& status) { return std::string(status.message()); }

class AgreementsTest : public HubTest {
 protected:
  static Clients Someone(const Persona& persona) { return world().As(persona); }

  std::string Propose(const Files& files, bool shadow = false) {
    auto proposed = carol_.agreements.ActivatePolicy(Proposing(files, shadow));
    EXPECT_TRUE(proposed.ok()) << proposed.status();
    return proposed.ok() ? proposed->policy_revision().revision() : "";
  }

  std::string ActiveRevision() {
    auto revision = carol_.agreements.GetPolicyRevision({});
    EXPECT_TRUE(revision.ok()) << revision.status();
    return revision.ok() ? revision->policy_revision().revision() : "";
  }

  std::string ConsentedChild() {
    const std::string child = NewChild();
    EXPECT_EQ(ReasonIn(caseworker_.consents.RecordConsent(ConsentOf(child, "mother", {"C"}))),
              "OK");
    return child;
  }

  std::string Pull(const std::string& child) {
    return ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(child)));
  }

  void ReinstateIfSuspended(const Clients& who) {
    (void)who.agreements.ReinstateAgreement(Standing<v1::ReinstateAgreementRequest>(kDirectCare));
  }

  const Clients carol_ = Someone(kPolicyOfficer);
  const Clients dave_ = Someone(kOtherPolicyOfficer);
  const Clients governance_ = Someone(kGovernance);
  const Clients trust_governance_ = Someone(kTrustGovernance);
  const Clients board_governance_ =
      Someone({"south-east-london-icb", "ig-9", "INFORMATION_GOVERNANCE_OFFICER", "commissioning"});
};

TEST_F(AgreementsTest, TwoPeoplePutAPolicyInForceAndOnePersonTwiceDoesNot) {
  const std::string before = ActiveRevision();
  const std::string revision = Propose(Retitled(ShippedFiles(), 1));
  EXPECT_EQ(ActiveRevision(), before) << "a proposal decides nothing";
  EXPECT_EQ(ReasonIn(carol_.agreements.ActivatePolicy(Approving(revision))),
            "SECOND_PERSON_REQUIRED");
  EXPECT_EQ(ActiveRevision(), before);
  auto activated = dave_.agreements.ActivatePolicy(Approving(revision));
  ASSERT_TRUE(activated.ok()) << activated.status();
  EXPECT_EQ(activated->policy_revision().proposed_by(), "carol");
  EXPECT_EQ(activated->policy_revision().approved_by(), "dave");
  EXPECT_GT(activated->policy_revision().tests_passed(), 0);
  EXPECT_EQ(ActiveRevision(), revision);
  EXPECT_EQ(ReasonIn(dave_.agreements.ActivatePolicy(Approving(revision))), "RESOURCE_NOT_FOUND")
      << "what is approved is no longer proposed";
}

TEST_F(AgreementsTest, BothStepsAreInTheLog) {
  const std::string revision = Propose(Retitled(ShippedFiles(), 2));
  ASSERT_EQ(ReasonIn(dave_.agreements.ActivatePolicy(Approving(revision))), "OK");
  v1::ListAuditEntriesRequest list;
  list.set_audience(v1::AUDIT_AUDIENCE_OFFICER);
  list.set_page_size(200);
  std::multiset<std::string> users;
  do {
    auto page = Someone(kAuditor).audit.ListAuditEntries(list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::AuditEntry& entry : page->entries()) {
      std::map<std::string, std::string> fields;
      for (const v1::AuditField& field : entry.fields()) fields[field.name()] = field.value();
      if (fields["action"] == "policy.activate" &&
          fields["record"] == "policyRevisions/" + revision) {
        users.insert(fields["user"]);
      }
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(users, (std::multiset<std::string>{"carol", "dave"}));
}

TEST_F(AgreementsTest, NobodyElseProposesOrApproves) {
  const Files files = Retitled(ShippedFiles(), 3);
  for (const Persona* persona : {&kGovernance, &kAuditor, &kCaseworker}) {
    const Clients someone = Someone(*persona);
    EXPECT_EQ(ReasonIn(someone.agreements.ActivatePolicy(Proposing(files))), "POLICY_DENIED")
        << persona->user;
    EXPECT_EQ(ReasonIn(someone.agreements.ActivatePolicy(Approving(std::string(64, 'a')))),
              "POLICY_DENIED");
  }
}

TEST_F(AgreementsTest, BadCandidateIsRefusedWithItsPlaceAndTheLastGoodOneDecides) {
  const std::string child = ConsentedChild();
  const std::string before = ActiveRevision();
  const auto with = [](const std::string& path, const std::string& text) {
    Files files = ShippedFiles();
    files[path] = text;
    return files;
  };
  const std::string good = ShippedFiles()[kDirectCareFile];
  const std::string twice = absl::StrReplaceAll(
      good, {{"\nid: \"bromley-kings-park-direct-care\"", "\nid: \"bromley-schools\""}});
  std::string no_gateway = good;
  for (size_t at; (at = no_gateway.find("\n  gateway: ")) != std::string::npos;) {
    no_gateway.erase(at, no_gateway.find('\n', at + 1) - at);
  }
  const std::vector<std::pair<std::string, Files>> bad = {
      {"half-written", with(kDirectCareFile, good.substr(0, good.size() / 2))},
      {"not UTF-8", with(kDirectCareFile, good + "\n# \xff\xfe\n")},
      {"one id twice", with("agreements/other.textproto", twice)},
      {"unknown field", with(kDirectCareFile, good + "\nno_such_field: 1\n")},
      {"no gateway", with(kDirectCareFile, no_gateway)},
      {"failing test", with("tests/wrong.textproto",
                            absl::StrReplaceAll(ShippedFiles()["tests/bromley-schools.textproto"],
                                                {{"outcome: \"PERMIT\"", "outcome: \"DENY\""}}))},
      {"large", with(kDirectCareFile, good + "\n" + std::string(700 << 10, '#') + "\nnonsense\n")},
  };
  for (const auto& [what, files] : bad) {
    auto refused = carol_.agreements.ActivatePolicy(Proposing(files));
    EXPECT_EQ(ReasonIn(refused), "POLICY_INVALID") << what;
    EXPECT_THAT(MessageIn(refused.status()), ::testing::ContainsRegex("textproto:[0-9]+:[0-9]+: "))
        << what;
    v1::ActivatePolicyRequest check = Proposing(files);
    check.set_validate_only(true);
    auto checked = carol_.agreements.ActivatePolicy(check);
    ASSERT_TRUE(checked.ok()) << what << ": " << checked.status();
    EXPECT_GT(checked->policy_revision().findings_size(), 0) << what;
    EXPECT_EQ(ActiveRevision(), before) << what;
    EXPECT_EQ(Pull(child), "OK") << what;
    EXPECT_THAT(world().house().MetricsText(), HasSubstr("ehc_policy_healthy 0")) << what;
  }
  // 4 MB is more than the front door takes in one message.
  EXPECT_NE(ReasonIn(carol_.agreements.ActivatePolicy(
                Proposing(with(kDirectCareFile, good + "\n" + std::string(4 << 20, '#'))))),
            "OK");
  EXPECT_EQ(ActiveRevision(), before);
  EXPECT_EQ(Pull(child), "OK");
  Propose(Retitled(ShippedFiles(), 4));
  EXPECT_THAT(world().house().MetricsText(), HasSubstr("ehc_policy_healthy 1"));
}

TEST_F(AgreementsTest, SuspensionHoldsAtOnceAndIsTakenBackByWhoSuspended) {
  const std::string child = ConsentedChild();
  ASSERT_EQ(Pull(child), "OK");
  ASSERT_EQ(ReasonIn(carol_.agreements.SuspendAgreement(
                Standing<v1::SuspendAgreementRequest>(kDirectCare))),
            "OK");
  EXPECT_EQ(Pull(child), "AGREEMENT_NOT_IN_FORCE");
  EXPECT_EQ(ReasonIn(carol_.agreements.SuspendAgreement(
                Standing<v1::SuspendAgreementRequest>(kDirectCare))),
            "STATE_CONFLICT");
  auto also =
      governance_.agreements.SuspendAgreement(Standing<v1::SuspendAgreementRequest>(kDirectCare));
  ASSERT_TRUE(also.ok()) << also.status();
  EXPECT_EQ(also->agreement().suspensions_size(), 2);
  EXPECT_EQ(also->agreement().state(), v1::AGREEMENT_STATE_SUSPENDED);
  ReinstateIfSuspended(carol_);
  EXPECT_EQ(Pull(child), "AGREEMENT_NOT_IN_FORCE") << "the custodian's own still stands";
  ReinstateIfSuspended(governance_);
  EXPECT_EQ(Pull(child), "OK");
}

TEST_F(AgreementsTest, OnlyTheOperatorAndTheCustodianSuspend) {
  EXPECT_EQ(ReasonIn(board_governance_.agreements.SuspendAgreement(
                Standing<v1::SuspendAgreementRequest>(kStatutoryCopy))),
            "POLICY_DENIED")
      << "it only receives";
  EXPECT_EQ(ReasonIn(trust_governance_.agreements.SuspendAgreement(
                Standing<v1::SuspendAgreementRequest>("agreements/bromley-northshire-police"))),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(caseworker_.agreements.SuspendAgreement(
                Standing<v1::SuspendAgreementRequest>(kDirectCare))),
            "POLICY_DENIED");
}

TEST_F(AgreementsTest, ReasonOfASuspensionIsForThoseWhoMaySuspend) {
  ASSERT_EQ(ReasonIn(governance_.agreements.SuspendAgreement(
                Standing<v1::SuspendAgreementRequest>(kStatutoryCopy))),
            "OK");
  v1::GetAgreementRequest get;
  get.set_name(kStatutoryCopy);
  for (const auto& [clients, told] : {std::pair(&carol_, true), std::pair(&governance_, true),
                                      std::pair(&board_governance_, false)}) {
    auto agreement = clients->agreements.GetAgreement(get);
    ASSERT_TRUE(agreement.ok()) << agreement.status();
    ASSERT_EQ(agreement->agreement().suspensions_size(), 1);
    EXPECT_EQ(!agreement->agreement().suspensions(0).reason().empty(), told);
  }
  EXPECT_EQ(ReasonIn(governance_.agreements.ReinstateAgreement(
                Standing<v1::ReinstateAgreementRequest>(kStatutoryCopy))),
            "OK");
}

// Every disclosure that the log places after the suspension was decided with it.
TEST_F(AgreementsTest, NothingIsDisclosedAfterASuspensionIsAcknowledged) {
  const std::string child = ConsentedChild();
  for (int round = 0; round < 3; ++round) {
    std::atomic<bool> done{false};
    std::atomic<bool> suspended{false};
    std::atomic<int> disclosed{0};
    std::atomic<int> late{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        const Clients clients = Someone(kPaediatrician);
        while (!done) {
          const bool after = suspended;
          const std::string reason =
              ReasonIn(clients.records.GetPlanSummary(SummaryForTrust(child)));
          if (reason == "OK") ++disclosed;
          if (after && reason == "OK") ++late;
        }
      });
    }
    while (disclosed < 10) std::this_thread::yield();
    ASSERT_EQ(ReasonIn(carol_.agreements.SuspendAgreement(
                  Standing<v1::SuspendAgreementRequest>(kDirectCare))),
              "OK");
    suspended = true;
    for (int i = 0; i < 20; ++i) EXPECT_EQ(Pull(child), "AGREEMENT_NOT_IN_FORCE");
    done = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(late, 0);
    ReinstateIfSuspended(carol_);
  }
}

TEST_F(AgreementsTest, AgencySeesTheAgreementsThatItIsAPartyTo) {
  auto all = carol_.agreements.ListAgreements({});
  auto own = trust_governance_.agreements.ListAgreements({});
  ASSERT_TRUE(all.ok() && own.ok()) << all.status() << own.status();
  std::vector<std::string> names;
  for (const v1::Agreement& agreement : own->agreements()) names.push_back(agreement.name());
  EXPECT_THAT(names, Contains(kDirectCare));
  EXPECT_THAT(names, Not(Contains("agreements/bromley-northshire-police")));
  EXPECT_LT(own->agreements_size(), all->agreements_size());
  v1::RenderAgreementRequest render;
  render.set_name("agreements/bromley-northshire-police");
  EXPECT_EQ(ReasonIn(trust_governance_.agreements.RenderAgreement(render)), "RESOURCE_NOT_FOUND");
  render.set_name(kDirectCare);
  render.set_format(v1::AGREEMENT_FORMAT_HTML);
  auto page = trust_governance_.agreements.RenderAgreement(render);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->document(), HasSubstr("<html"));
}

TEST_F(AgreementsTest, PagesOfAgreementsLeadToAll) {
  v1::ListAgreementsRequest list;
  list.set_page_size(2);
  std::set<std::string> names;
  do {
    auto page = carol_.agreements.ListAgreements(list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Agreement& agreement : page->agreements()) names.insert(agreement.name());
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  auto whole = carol_.agreements.ListAgreements({});
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(names.size(), static_cast<size_t>(whole->agreements_size()));
}

v1::ExplainDecisionRequest Supposed(const std::string& purpose = "DIRECT_CARE") {
  v1::ExplainDecisionRequest request;
  *request.mutable_context() = SummaryForTrust("nhs:9000000009").context();
  request.mutable_context()->set_purpose(purpose);
  request.set_recipient_unit("community-paediatrics");
  request.set_role("COMMUNITY_PAEDIATRICIAN");
  request.set_record_type("EHC_PLAN");
  request.add_parts("C");
  request.add_parts("E");
  v1::SupposedConsent& consent = *request.mutable_facts()->add_consents();
  consent.set_state("GIVEN");
  consent.add_parts("C");
  request.mutable_facts()->set_decision_maker("PARENT");
  return request;
}

TEST_F(AgreementsTest, ExplanationNamesClausePlaceAndEveryPart) {
  auto explained = trust_governance_.agreements.ExplainDecision(Supposed());
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ(explained->outcome(), "PERMIT_REDACTED");
  EXPECT_EQ(explained->clause().file(), kDirectCareFile);
  EXPECT_GT(explained->clause().line(), 0);
  ASSERT_EQ(explained->parts_size(), 2);
  EXPECT_TRUE(explained->parts(0).granted());
  EXPECT_EQ(explained->parts(1).reason(), "CONSENT_REQUIRED");
  EXPECT_GT(explained->obligations_size(), 0);
  EXPECT_EQ(explained->revision(), ActiveRevision());
}

TEST_F(AgreementsTest, ExplanationOfANoSaysWhatCameNearest) {
  auto explained = trust_governance_.agreements.ExplainDecision(Supposed("AUDIT"));
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ(explained->outcome(), "DENY");
  ASSERT_GT(explained->nearest_size(), 0);
  EXPECT_THAT(explained->nearest(0).explanation(), HasSubstr("you stated"));
}

TEST_F(AgreementsTest, ExplanationIsForThoseEntitledAlone) {
  EXPECT_EQ(ReasonIn(paediatrician_.agreements.ExplainDecision(Supposed())), "POLICY_DENIED");
  v1::ExplainDecisionRequest others = Supposed();
  others.set_recipient("agencies/kings-park-nhs-trust");
  EXPECT_EQ(ReasonIn(governance_.agreements.ExplainDecision(others)), "POLICY_DENIED");
  EXPECT_EQ(ReasonIn(carol_.agreements.ExplainDecision(others)), "OK");
  EXPECT_EQ(ReasonIn(Someone(kAuditor).agreements.ExplainDecision(others)), "OK");
  v1::ExplainDecisionRequest foreign = Supposed();
  foreign.mutable_context()->set_agreement("agreements/bromley-northshire-police");
  EXPECT_EQ(ReasonIn(trust_governance_.agreements.ExplainDecision(foreign)), "RESOURCE_NOT_FOUND");
  foreign.mutable_context()->set_agreement("agreements/there-is-none");
  EXPECT_EQ(ReasonIn(trust_governance_.agreements.ExplainDecision(foreign)), "RESOURCE_NOT_FOUND");
}

// The direct-care agreement without the clause that gives plan sections by consent.
Files WithoutConsentClause() {
  Files files = ShippedFiles();
  std::string& text = files[kDirectCareFile];
  text = absl::StrReplaceAll(text,
                             {{"\"PLACEMENT_TYPE\", \"C\", \"E\"", "\"PLACEMENT_TYPE\", \"E\""}});
  for (auto& [path, content] : files) {
    if (path.rfind("tests/", 0) == 0 && path != "tests/bromley-schools.textproto") content = "";
  }
  return files;
}

TEST_F(AgreementsTest, CandidateInShadowChangesNothingAndTellsWhatItWould) {
  const std::string child = ConsentedChild();
  const std::string revision = Propose(WithoutConsentClause(), true);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Pull(child), "OK") << "only the live result is released";
  v1::GetPolicyRevisionRequest get;
  get.set_candidate(true);
  v1::PolicyRevision candidate;
  for (int i = 0; i < 200 && candidate.shadow().losses() < 5; ++i) {
    auto response = carol_.agreements.GetPolicyRevision(get);
    ASSERT_TRUE(response.ok()) << response.status();
    candidate = response->policy_revision();
  }
  EXPECT_EQ(candidate.revision(), revision);
  EXPECT_GE(candidate.shadow().losses(), 5);
  EXPECT_EQ(candidate.shadow().dropped(), 0);
  EXPECT_EQ(ReasonIn(governance_.agreements.GetPolicyRevision(get)), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(governance_.agreements.ListShadowDecisions({})), "POLICY_DENIED");

  auto kept = carol_.agreements.ListShadowDecisions({});
  ASSERT_TRUE(kept.ok()) << kept.status();
  ASSERT_GE(kept->cases_size(), 5);
  std::string text;
  for (const std::string& one : kept->cases()) absl::StrAppend(&text, one, "\n");
  EXPECT_THAT(text, HasSubstr("kings-park-nhs-trust"));
  for (const char* personal : {"paed-9", "900000", "subjects/", "2016-05-04"}) {
    EXPECT_THAT(text, Not(HasSubstr(personal))) << "no names";
  }
  std::ifstream sealed(world().data_folder() + "/shadow.records");
  const std::string on_disk{std::istreambuf_iterator<char>(sealed), {}};
  EXPECT_FALSE(on_disk.empty());
  EXPECT_THAT(on_disk, Not(HasSubstr("kings-park")));

  const std::string file = world().folder() + "/shadow.textproto";
  std::ofstream(file) << text;
  const std::string replay =
      absl::StrCat(EHC_BINARY_DIR, "/bin/ehc-policy replay --policies ", HubWorld::policy_folder(),
                   " --format json ", file, " > ", file, ".json");
  EXPECT_EQ(std::system(replay.c_str()), 0) << "the policy that decided decides so again";
  std::ifstream replayed(file + ".json");
  EXPECT_THAT((std::string{std::istreambuf_iterator<char>(replayed), {}}),
              HasSubstr(absl::StrCat("\"replayed\": ", kept->cases_size())));
  Propose(Retitled(ShippedFiles(), 5));  // no longer in shadow
}

// Each of these has a hub of its own, to stop and start it.
class OwnHubTest : public ::testing::Test {
 protected:
  OwnHubTest() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
  }

  static void MakeConsentedChild(const HubWorld& world, int serial) {
    const Clients caseworker = world.As(kCaseworker);
    const std::string child = MakeChild(caseworker, serial);
    ASSERT_EQ(ReasonIn(caseworker.consents.RecordConsent(ConsentOf(child, "mother", {"C"}))), "OK");
  }

  static std::string Pull(const HubWorld& world, int serial) {
    const Clients paediatrician = world.As(kPaediatrician);
    return ReasonIn(paediatrician.records.GetPlanSummary(SummaryForTrust(SubjectOf(serial))));
  }

  static std::string Activate(const HubWorld& world, const Files& files) {
    auto proposed = world.As(kPolicyOfficer).agreements.ActivatePolicy(Proposing(files));
    if (!proposed.ok()) return ReasonIn(proposed);
    return ReasonIn(
        world.As(kOtherPolicyOfficer)
            .agreements.ActivatePolicy(Approving(proposed->policy_revision().revision())));
  }

  static void Production(HouseOptions& options) { options.development = false; }
};

TEST_F(OwnHubTest, SuspensionProposalAndPolicySurviveARestart) {
  HubWorld world;
  world.Serve();
  world.EnrolAgencies();
  MakeConsentedChild(world, 1);
  ASSERT_EQ(Pull(world, 1), "OK");
  auto proposed = world.As(kPolicyOfficer)
                      .agreements.ActivatePolicy(Proposing(Retitled(ShippedFiles(), 6), true));
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  ASSERT_EQ(ReasonIn(world.As(kGovernance)
                         .agreements.SuspendAgreement(
                             Standing<v1::SuspendAgreementRequest>(kDirectCare))),
            "OK");
  world.Stop();
  world.Serve();
  EXPECT_EQ(Pull(world, 1), "AGREEMENT_NOT_IN_FORCE");
  const std::string revision = proposed->policy_revision().revision();
  ASSERT_EQ(ReasonIn(world.As(kOtherPolicyOfficer).agreements.ActivatePolicy(Approving(revision))),
            "OK");
  EXPECT_EQ(Pull(world, 1), "AGREEMENT_NOT_IN_FORCE") << "an activation takes back no suspension";
  world.Stop();
  world.Serve(SystemClock(), Production);
  auto active = world.As(kPolicyOfficer).agreements.GetPolicyRevision({});
  ASSERT_TRUE(active.ok()) << active.status();
  EXPECT_EQ(active->policy_revision().revision(), revision);
  EXPECT_EQ(active->policy_revision().approved_by(), "dave");
}

std::string Signed(const std::string& text, const std::string& digest, const SigningKey& key) {
  return absl::StrCat(text, "\nsignature {\n  agency: \"bromley\"\n  key_id: \"", key.key_id(),
                      "\"\n  digest: \"", digest, "\"\n  value: \"", Base64Encode(key.Sign(digest)),
                      "\"\n  signed_on: \"2026-11-20\"\n}\n");
}

TEST_F(OwnHubTest, InProductionOnlyWhatTheCustodianSignedPermits) {
  HubWorld world;
  world.Serve();
  world.EnrolAgencies();
  MakeConsentedChild(world, 1);
  world.Stop();
  world.Serve(SystemClock(), Production);
  EXPECT_EQ(Pull(world, 1), "AGREEMENT_NOT_IN_FORCE") << "nobody has signed";

  const TestAssertionKey pair = MintAssertionKey();
  const std::string key_file = world.folder() + "/signing.key";
  std::ofstream(key_file) << pair.private_pem;
  ::chmod(key_file.c_str(), 0600);
  const auto key = SigningKey::FromPemFile(key_file);
  ASSERT_TRUE(key.ok()) << key.status();
  v1::EnrolCredentialRequest enrol;
  enrol.set_parent("agencies/bromley");
  v1::Credential& credential = *enrol.mutable_credential();
  credential.set_kind(v1::CREDENTIAL_KIND_AGREEMENT_SIGNING_KEY);
  credential.set_public_key_pem(pair.public_pem);
  credential.mutable_not_before()->set_seconds(absl::ToUnixSeconds(absl::Now() - absl::Hours(1)));
  credential.mutable_not_after()->set_seconds(absl::ToUnixSeconds(absl::Now() + absl::Hours(24)));
  auto enrolled = world.As(kOperator).admin.EnrolCredential(enrol);
  ASSERT_TRUE(enrolled.ok()) << enrolled.status();
  ASSERT_TRUE(Approve(world.As(kOtherOperator).admin, enrolled->proposal()).ok());

  Files files = ShippedFiles();
  const auto policy = LoadPolicyFolder(HubWorld::policy_folder(), {false, nullptr});
  ASSERT_TRUE(policy.ok());
  const auto* agreement = (*policy)->FindAgreement(AgreementId("bromley-kings-park-direct-care"));
  ASSERT_NE(agreement, nullptr);
  files[kDirectCareFile] = Signed(files[kDirectCareFile], agreement->digest, *key);
  ASSERT_EQ(Activate(world, files), "OK");
  EXPECT_EQ(Pull(world, 1), "OK");

  // A word is changed after signing.
  ASSERT_EQ(Activate(world, Retitled(files, 7)), "OK");
  EXPECT_EQ(Pull(world, 1), "AGREEMENT_NOT_IN_FORCE");
  ASSERT_EQ(Activate(world, files), "OK");
  EXPECT_EQ(Pull(world, 1), "OK");

  // The key is revoked.
  v1::RevokeCredentialRequest revoke;
  revoke.set_name(enrolled->proposal().credential().name());
  revoke.set_reason(v1::REVOCATION_REASON_KEY_COMPROMISED);
  ASSERT_EQ(ReasonIn(world.As(kOperator).admin.RevokeCredential(revoke)), "OK");
  EXPECT_EQ(Pull(world, 1), "AGREEMENT_NOT_IN_FORCE");
}

TEST_F(OwnHubTest, PolicyThatNobodyConfirmsDecidesNothing) {
  HubWorld world;
  world.Serve();
  world.EnrolAgencies();
  MakeConsentedChild(world, 1);
  world.Stop();
  ManualClock clock(absl::Now());
  world.Serve(clock, [](HouseOptions& options) {
    options.policy_refresh = absl::ZeroDuration();  // nothing confirms it
    options.max_policy_staleness = absl::Minutes(3);
  });
  EXPECT_EQ(Pull(world, 1), "OK");
  clock.Advance(absl::Minutes(3));
  EXPECT_EQ(Pull(world, 1), "OK");
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(Pull(world, 1), "DECISION_UNAVAILABLE");
  EXPECT_EQ(ReasonIn(world.As(kGovernance).agreements.ListAgreements({})), "DECISION_UNAVAILABLE");
}

TEST_F(OwnHubTest, HubStartsInProductionOnlyWithAPolicyAndMayBeFoundedWithOne) {
  const HubWorld world;
  HouseOptions options;
  options.data_folder = world.data_folder();
  options.policy_folder = HubWorld::policy_folder();
  options.server.tls = TlsFiles::InDirectory(world.tls_folder());
  const auto without = House::Open(options, SystemClock());
  ASSERT_FALSE(without.ok());
  EXPECT_THAT(MessageIn(without.status()), HasSubstr("init --policies"));

  FoundingOptions founding;
  founding.data_folder = world.folder() + "/another";
  founding.certificate_file = world.folder() + "/operator.pem";
  founding.assertion_keys = {"alice=" + world.folder() + "/operator.alice.assertion.pub.pem",
                             "bob=" + world.folder() + "/operator.bob.assertion.pub.pem"};
  founding.people = {"alice=HUB_ADMIN,HUB_POLICY_OFFICER", "bob=HUB_ADMIN,HUB_AUDITOR"};
  founding.policy_folder = HubWorld::policy_folder();
  ASSERT_TRUE(FoundHub(founding, SystemClock()).ok());
  options.data_folder = founding.data_folder;
  const auto with = House::Open(options, SystemClock());
  EXPECT_TRUE(with.ok()) << with.status();
}

}  // namespace
}  // namespace ehc
