// A volunteer of a voluntary service sees a child's status, where consent allows it, and nothing
// else: every RPC of the contract is asked, about a child of whom the hub holds everything.
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/status_macros.h"
#include "server/transport/platform_setup.h"
#include "tests/end2end/lawful_leak_probes.h"
#include "tests/end2end/lawful_leak_world.h"

namespace ehc {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

const Persona kVolunteer{"bright-path", "vol-1", "VOLUNTEER", "families"};
const Persona kSupportWorker{"bright-path", "fsw-1", "FAMILY_SUPPORT_WORKER", "families"};

constexpr char kOwnGround[] =
    "purpose: 'EARLY_HELP' lawful_basis: 'ART6_1_E' agreement: 'agreements/bromley-bright-path'";

// Answers that say nothing of the child but may not be refused: own lists that are empty, the log's
// heads, and rolls whose every item is refused.
const std::set<std::string> kMayAnswer = {
    "CustodyService.ListNotices", "CustodyService.ListWorkItems", "SubjectService.MatchSubject",
    "RecordExchangeService.BatchGetSupportStatuses", "RecordExchangeService.FindRecords",
    "RecordExchangeService.AttestRegistration", "RecordExchangeService.AgencyCheck",
    // Their own word, which they do not read back; and of what was handed to them, that it is
    // nothing.
    "PathwayService.ReportConcern", "PathwayService.ListVerifications",
    "PathwayService.ListHandOffs"};

class VolunteerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
    const absl::Time start = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
    world_ = std::make_unique<LeakWorld>(start);
    for (const auto& [word, text] : CommonWords()) world_->Say(word, text);
    world_->Say("later", absl::StrCat(absl::ToUnixSeconds(start) + 10 * 86400));
    world_->Say("ago", absl::StrCat(absl::ToUnixSeconds(start) - 60));
    world_->hub().Enrol(
        world_->hub().As(kOperator), "bright-path",
        AgencyOf("Bright Path", v1::AGENCY_TYPE_VOLUNTARY, {{"families", "EARLY_HELP"}}));
    MakeChild();
  }
  static void TearDownTestSuite() { world_.reset(); }

  // Bromley's own, with every record, consent and relationship that the deeds of the leak suite
  // make.
  static void MakeChild() {
    const std::string number = NhsNumber(77);
    world_->Say("nhs", "nhs:" + number);
    world_->Say("S", "nhs:" + number);
    world_->Say("ids",
                absl::StrCat("identifiers { type: IDENTIFIER_TYPE_NHS_NUMBER value: '", number,
                             "' verification_status: "
                             "VERIFICATION_STATUS_VERIFIED }"));
    world_->Say("one_id",
                absl::StrCat("{ type: IDENTIFIER_TYPE_NHS_NUMBER value: '", number, "' }"));
    for (const char* other : {"upn", "uln", "la", "pnc"}) world_->Say(other, "nhs:" + number);
    for (const char* other : {"id_nhs", "id_upn", "id_uln", "id_la", "id_pnc"}) {
      world_->Say(other, "$one_id");
    }
    world_->Say("local", "local-77");
    world_->Say("born", "2016-05-04");
    world_->Say("family", "Exampleson");
    const std::string nothing = absl::StrCat("subjects/", std::string(26, '0'));
    for (const Deed& deed : Deeds()) {
      if (*deed.keep == '\0') continue;
      const std::vector<std::string> keep = absl::StrSplit(deed.keep, '=');
      world_->Say(keep[1], nothing);
    }
    for (const char* code : {"register", "mother", "enrolment", "plan", "status", "care", "flag",
                             "outcome", "consent", "standing", "competence"}) {
      for (const Deed& deed : Deeds()) {
        if (absl::string_view(deed.code) != code) continue;
        const WireStory told = world_->Call(deed.as, deed.method, deed.text);
        ASSERT_EQ(told.code, 0) << code << ": " << told.readable;
        if (*deed.keep == '\0') continue;
        const std::vector<std::string> keep = absl::StrSplit(deed.keep, '=');
        world_->Say(keep[1], TextAt(*told.messages[0], keep[0]));
      }
    }
    for (const char* thing :
         {"relationship", "protection", "consent", "standing", "record", "incident", "notice",
          "advice", "consultation", "assessment", "issue"}) {
      const std::string& name = world_->Word(absl::StrCat("their_", thing));
      world_->Say(absl::StrCat(thing, "_id"), name.substr(name.rfind('/') + 1));
    }
    world_->Say("delivery_id", std::string(26, '0'));
    world_->Say("item", "$nhs");
    world_->Say("nobody", NhsNumber(78));
  }

  // What of the deeds' own texts an answer holds; nothing that the caller sent is among it.
  static bool TellsOfTheChild(const WireStory& answer) {
    for (const auto& message : answer.messages) {
      const std::string text = message->ShortDebugString();
      for (const char* told : {"plan_exists", "sections {", "headline {", "parts {",
                               "outcome:", "care_record", "person_reference", "given_names",
                               "relationships {", "consents {", "registered: true"}) {
        if (absl::StrContains(text, told)) return true;
      }
    }
    return false;
  }

  static LeakWorld& world() { return *world_; }

 private:
  static inline std::unique_ptr<LeakWorld> world_;
};

TEST_F(VolunteerTest, NoCallOfTheContractTellsAVolunteerAnything) {
  int asked = 0;
  for (const Persona& as : {kVolunteer, kSupportWorker}) {
    for (const bool own_ground : {false, true}) {
      for (const auto& [word, text] : CommonWords()) {
        if (absl::StartsWith(word, "ground")) world().Say(word, own_ground ? kOwnGround : text);
      }
      for (const Probe& probe : Probes()) {
        const WireStory answer = world().Call(as, probe.method, probe.text);
        ++asked;
        EXPECT_FALSE(TellsOfTheChild(answer)) << probe.method << ": " << answer.readable;
        if (answer.code != 0) continue;
        EXPECT_THAT(kMayAnswer, ::testing::Contains(probe.method)) << answer.readable;
      }
    }
  }
  EXPECT_GT(asked, 100);
}

TEST_F(VolunteerTest, StatusByConsentAndNoMoreOfItThanTheAgreementGives) {
  const std::string ask =
      absl::StrCat("subject: '$nhs' custodian: 'agencies/bromley' context { ", kOwnGround, " }");
  EXPECT_NE(world().Call(kSupportWorker, "RecordExchangeService.GetSupportStatus", ask).code, 0);
  const WireStory consented =
      world().Call(kCaseworker, "ConsentService.RecordConsent",
                   "subject: '$nhs' consent { state: CONSENT_STATE_GIVEN decision_maker { "
                   "role: DECISION_MAKER_ROLE_PARENT person_reference: 'mother' "
                   "capacity_basis: CAPACITY_BASIS_PARENTAL_RESPONSIBILITY } "
                   "recipients: 'agencies/bright-path' purposes: 'EARLY_HELP' "
                   "scopes { record_type: 'SUPPORT_STATUS' parts: 'SEN_CODE' parts: 'PLAN_EXISTS' "
                   "parts: 'DATES' parts: 'NEED_TYPES' } given_at { seconds: $ago } "
                   "channel: CONSENT_CHANNEL_IN_PERSON }");
  ASSERT_EQ(consented.code, 0) << consented.readable;
  for (const Persona& as : {kVolunteer, kSupportWorker}) {
    const WireStory status = world().Call(as, "RecordExchangeService.GetSupportStatus", ask);
    ASSERT_EQ(status.code, 0) << status.readable;
    const std::string text = status.messages[0]->ShortDebugString();
    EXPECT_TRUE(absl::StrContains(text, "plan_exists: true")) << text;
    EXPECT_FALSE(absl::StrContains(text, "SEN_TYPE_ASD"))
        << "consented to, and not in the agreement";
  }
}

}  // namespace
}  // namespace ehc
