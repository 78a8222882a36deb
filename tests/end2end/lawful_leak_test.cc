// Existence must not leak: two worlds that differ in one child, record, consent, relationship,
// protection, matter or recall answer every RPC with the same bytes to whoever may not know
// (design rule 2). What differs by design is masked by lawful_leak_world.h; everything else counts:
// codes, messages, details, metadata, counts, paging, lengths, the order of the log.
#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <random>
#include <regex>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "ehc/hub/v1/enrolment_service.pb.h"
#include "ehc/hub/v1/subscription_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/status_macros.h"
#include "server/transport/platform_setup.h"
#include "tests/end2end/lawful_leak_probes.h"
#include "tests/end2end/lawful_leak_world.h"

namespace ehc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using ::testing::IsEmpty;
using ::testing::Not;

// No name of anything: what the other world has in place of a name that it never gave.
constexpr char kNoName[] = "zzzzzzzzzzzzzzzzzzzzzzzzzz";

std::string Upn(int serial) {
  static constexpr char kLetters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
  const std::string rest = absl::StrFormat("305%04d26%03d", 1000 + serial / 1000, serial % 1000);
  int sum = 0;
  for (size_t i = 0; i < rest.size(); ++i) sum += (rest[i] - '0') * static_cast<int>(i + 2);
  return absl::StrCat(std::string(1, kLetters[sum % 23]), rest);
}

std::string Uln(int serial) {
  for (int number = 100000000 + serial * 11;; ++number) {
    const std::string digits = absl::StrCat(number);
    int sum = 0;
    for (int i = 0; i < 9; ++i) sum += (digits[i] - '0') * (10 - i);
    const int check = (10 - sum % 11 + 11) % 11;
    if (sum % 11 != 0 && check != 10) return absl::StrCat(digits, check);
  }
}

std::string Pnc(int serial) {
  static constexpr char kLetters[] = "ZABCDEFGHJKLMNPQRTUVWXY";
  return absl::StrFormat("2020/%07d%c", serial, kLetters[(20 * 10000000 + serial) % 23]);
}

// Says who the texts speak of.
void SpeakOf(LeakWorld& world, int serial) {
  const std::string la = absl::StrCat("305/C", serial);
  const std::vector<std::pair<const char*, std::string>> ids = {
      {"nhs", NhsNumber(serial)}, {"upn", Upn(serial)}, {"uln", Uln(serial)}, {"la", la},
      {"pnc", Pnc(serial)},
  };
  static constexpr const char* kTypes[] = {"NHS_NUMBER", "UPN", "ULN", "LA_CHILD_ID", "PNC_ID"};
  std::string all;
  for (size_t i = 0; i < ids.size(); ++i) {
    world.Say(ids[i].first, absl::StrCat(ids[i].first, ":", ids[i].second));
    const std::string field =
        absl::StrCat("{ type: IDENTIFIER_TYPE_", kTypes[i], " value: '", ids[i].second, "' }");
    world.Say(absl::StrCat("id_", ids[i].first), field);
    absl::StrAppend(&all, "identifiers ", field, " ");
  }
  world.Say("ids", all);
  world.Say("S", "$nhs");
  world.Say("local", absl::StrCat("local-", serial));
  world.Say("born", "2016-05-04");
  std::string family = "Exampleson";  // one name to a child, in letters
  for (int rest = serial; rest > 0; rest /= 10) family += static_cast<char>('a' + rest % 10);
  world.Say("family", family);
}

std::string LastSegment(const std::string& name) { return name.substr(name.rfind('/') + 1); }

class LeakTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
    const absl::Time start = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
    with_ = std::make_unique<LeakWorld>(start);
    without_ = std::make_unique<LeakWorld>(start);
    for (LeakWorld* world : Worlds()) {
      for (const auto& [word, text] : CommonWords()) world->Say(word, text);
      world->Say("later", absl::StrCat(absl::ToUnixSeconds(start) + 10 * 86400));
      world->Say("ago", absl::StrCat(absl::ToUnixSeconds(start) - 60));
    }
  }
  static void TearDownTestSuite() {
    with_.reset();
    without_.reset();
  }

  static std::array<LeakWorld*, 2> Worlds() { return {with_.get(), without_.get()}; }
  static LeakWorld& with() { return *with_; }
  static LeakWorld& without() { return *without_; }
  static int NewSerial() { return ++serials_; }
  static void SayInBoth(const std::string& word, const std::string& text) {
    for (LeakWorld* world : Worlds()) world->Say(word, text);
  }

  // The same in both worlds, or a failure that shows both answers.
  using Act = std::function<WireStory(LeakWorld&)>;
  WireStory Same(const std::string& label, const Act& act) {
    WireStory one = act(with());
    const WireStory other = act(without());
    ++compared_;
    EXPECT_TRUE(one.code != 8 && one.code != 14) << label << " was not worked on: " << one.readable;
    if (one.bytes != other.bytes) {
      differing_.insert(label);
      if (++shown_ <= 8) {
        ADD_FAILURE() << label << " tells the worlds apart\n  with:    " << one.readable
                      << "\n  without: " << other.readable;
      }
    }
    return one;
  }
  WireStory Same(const Persona& as, const char* method, const std::string& text, int most = 100) {
    return Same(absl::StrCat(method, " as ", as.agency, "/", as.role, " ", context_),
                [&](LeakWorld& world) { return world.Call(as, method, text, most); });
  }

  static std::string Do(LeakWorld& world, const std::string& code) {
    for (const Deed& deed : Deeds()) {
      if (deed.code != code) continue;
      const WireStory told = world.Call(deed.as, deed.method, deed.text);
      EXPECT_EQ(told.code, 0) << code << ": " << told.readable;
      if (told.messages.empty() || *deed.keep == '\0') return "";
      std::string kept = KeptOf(deed, *told.messages[0]);
      world.Say("last", kept.substr(kept.find('=') + 1));
      return kept;
    }
    ADD_FAILURE() << "no deed " << code;
    return "";
  }

  // "word=name"
  static std::string KeptOf(const Deed& deed, const Message& answer) {
    const std::vector<std::string> keep = absl::StrSplit(deed.keep, '=');
    const std::string name = TextAt(answer, keep[0]);
    EXPECT_NE(name, "") << deed.code;
    return absl::StrCat(keep[1], "=", name);
  }

  static void SayKept(LeakWorld& world, const std::string& kept) {
    const std::vector<std::string> parts = absl::StrSplit(kept, '=');
    if (parts.size() == 2) world.Say(parts[0], parts[1]);
  }

  // Brings the difference into the worlds; from then on the texts speak of the child.
  void MakeDiffer(const Difference& difference, int child, int somebody_else) {
    for (LeakWorld* world : Worlds()) {
      for (const Deed& deed : Deeds()) {
        if (*deed.keep != '\0') {
          const std::vector<std::string> keep = absl::StrSplit(deed.keep, '=');
          world->Say(keep[1], absl::StrCat("subjects/", kNoName));
        }
      }
      SpeakOf(*world, child);
      for (const std::string& code : difference.before) SayKept(*world, Do(*world, code));
      SpeakOf(*world, somebody_else);
      for (const std::string& code : difference.before) Do(*world, code);
      const bool about_child = world == &with();
      if (about_child) SpeakOf(*world, child);
      for (const std::string& code : difference.differs) {
        const std::string kept = Do(*world, code);
        if (about_child) SayKept(*world, kept);
      }
      SpeakOf(*world, child);
      NameThings(*world);
    }
  }

  // To whoever registered the child, in one world alone.
  static void ExpectSevered() {
    const auto listed = [](LeakWorld& world) {
      return world.Call(kCaseworker, "SubjectService.ListRelationships", "subject: '$nhs'").code;
    };
    EXPECT_NE(listed(with()), 0);
    EXPECT_EQ(listed(without()), 0);
  }

  static void NameThings(LeakWorld& world) {
    for (const char* thing :
         {"relationship", "protection", "consent", "standing", "record", "incident", "notice",
          "advice", "consultation", "assessment", "issue"}) {
      world.Say(absl::StrCat(thing, "_id"), LastSegment(world.Word(absl::StrCat("their_", thing))));
    }
    world.Say("delivery_id", kNoName);
    world.Say("item", "$their_subject");
  }

  // Every probe of the table, with the child named `way`; in all variations where `varied`.
  void AskAll(const std::string& way, bool varied) {
    SayInBoth("S", way);
    context_ = absl::StrCat("(", difference_, ", by ", way, ")");
    for (const Probe& probe : Probes()) {
      const MethodDescriptor* method = MethodNamed(probe.method);
      ASSERT_NE(method, nullptr) << probe.method;
      for (const Persona& as : probe.as) AskOne(probe, *method, as, varied);
    }
  }

  void AskOne(const Probe& probe, const MethodDescriptor& method, const Persona& as, bool varied) {
    for (LeakWorld* world : Worlds()) world->Say("own", OwnNameAt(*world, as.agency));
    const auto request = [&](LeakWorld& world) { return world.Request(as, method, probe.text); };
    std::array<std::unique_ptr<Message>, 2> asked = {request(with()), request(without())};
    const std::string label = absl::StrCat(probe.method, " as ", as.agency, "/", as.role, " ");
    const WireStory story = Same(absl::StrCat(label, context_), [&](LeakWorld& world) {
      return world.Call(as, method, *asked[&world == &with() ? 0 : 1]);
    });
    Note(probe, as, story);
    if (!varied) return;
    for (const Variation& variation : Variations()) {
      const std::unique_ptr<Message> trial(asked[0]->New());
      if (!variation.change(*trial, *asked[0])) continue;
      Same(absl::StrCat(label, variation.name, " ", context_), [&](LeakWorld& world) {
        const Message& first = *asked[&world == &with() ? 0 : 1];
        std::unique_ptr<Message> changed(first.New());
        changed->CopyFrom(first);
        variation.change(*changed, first);
        world.Complete(as, *changed);
        return world.Call(as, method, *changed);
      });
    }
  }

  static std::string OwnNameAt(LeakWorld& world, const std::string& agency) {
    const auto own = own_.find({&world, agency});
    return own == own_.end() ? absl::StrCat("subjects/", kNoName) : own->second;
  }

  // What a call may be besides as the table has it. False: the message has no such field.
  struct Variation {
    const char* name;
    std::function<bool(Message& changed, const Message& first)> change;
  };
  static const std::vector<Variation>& Variations();

  void Note(const Probe& probe, const Persona& as, const WireStory& story) {
    codes_[absl::StrCat(probe.method, " ", as.agency)].insert(story.code);
  }

  // The agencies that ask register the child themselves; from then on they have names of their own.
  void RegisterByAskers() {
    for (const Persona& as : {kNorthCaseworker, kSenco, kPaediatrician, kLiaisonOfficer}) {
      Same(absl::StrCat("RegisterSubject as ", as.agency, " ", context_), [&](LeakWorld& world) {
        WireStory told = world.Call(as, "SubjectService.RegisterSubject",
                                    "person { given_names: 'Ada' family_name: '$family' "
                                    "date_of_birth: '$born' sex: SEX_FEMALE } $ids");
        if (!told.messages.empty())
          own_[{&world, as.agency}] = TextAt(*told.messages[0], "subject");
        return told;
      });
    }
  }

  // What the askers' own audit shows of all this, in pages of two sizes.
  void ListAudits() {
    const uint64_t first_index = next_index_;
    for (const Persona& as :
         {kTrustGovernance, kSchoolGovernance, kPoliceGovernance, kNorthGovernance}) {
      for (const char* audience : {"SEARCHER", "CUSTODIAN"}) {
        Page(as, absl::StrCat("audience: AUDIT_AUDIENCE_", audience,
                              " page_size: 200 first_index: ", first_index));
        for (const char* way : {"$nhs", "$own"}) {
          SayInBoth("S", way);
          for (LeakWorld* world : Worlds()) world->Say("own", OwnNameAt(*world, as.agency));
          Page(as, absl::StrCat("audience: AUDIT_AUDIENCE_", audience,
                                " subject: '$S' page_size: 7 first_index: ", first_index));
        }
      }
    }
  }

  void Page(const Persona& as, const std::string& text) {
    std::array<std::string, 2> tokens;
    for (int page = 0; page < 200; ++page) {
      Same(absl::StrCat("ListAuditEntries as ", as.agency, " ", text, " ", context_),
           [&](LeakWorld& world) {
             std::string& token = tokens[&world == &with() ? 0 : 1];
             WireStory told = world.Call(as, "AuditService.ListAuditEntries",
                                         absl::StrCat(text, " page_token: '", token, "'"));
             token = told.messages.empty() ? "" : TextAt(*told.messages[0], "next_page_token");
             NoteIndexes(told);
             return told;
           });
      if (tokens[0].empty() || tokens[1].empty()) break;
    }
    EXPECT_EQ(tokens[0].empty(), tokens[1].empty()) << text;
  }

  // An agency may have so many, and each difference brings more.
  static void EndSubscriptions() {
    for (LeakWorld* world : Worlds()) {
      const WireStory told = world->Call(kSenco, "SubscriptionService.ListSubscriptions", "");
      ASSERT_EQ(told.messages.size(), 1u) << told.readable;
      const auto& page = static_cast<const v1::ListSubscriptionsResponse&>(*told.messages[0]);
      for (const v1::Subscription& one : page.subscriptions()) {
        const std::string name = absl::StrCat("name: '", one.name(), "'");
        EXPECT_EQ(world->Call(kSenco, "SubscriptionService.DeleteSubscription", name).code, 0);
      }
    }
  }

  // What an agency's audit holds by now is of earlier tests. Listing it adds to it.
  static void PassOver(const Persona& as) {
    for (bool full = true; full;) {
      const std::string text = absl::StrCat(
          "audience: AUDIT_AUDIENCE_CUSTODIAN page_size: 200 first_index: ", next_index_);
      const WireStory told = with().Call(as, "AuditService.ListAuditEntries", text);
      without().Call(as, "AuditService.ListAuditEntries", text);
      NoteIndexes(told);
      full = !told.messages.empty() && !TextAt(*told.messages[0], "next_page_token").empty();
    }
  }

  static void NoteIndexes(const WireStory& told) {
    if (told.messages.empty()) return;
    const auto& page = static_cast<const v1::ListAuditEntriesResponse&>(*told.messages[0]);
    for (const v1::AuditEntry& entry : page.entries()) {
      next_index_ = std::max<uint64_t>(next_index_, entry.index() + 1);
    }
  }

  static inline uint64_t next_index_ = 0;  // of the log, as far as an asker has seen
  static inline std::unique_ptr<LeakWorld> with_, without_;
  static inline std::map<std::pair<LeakWorld*, std::string>, std::string> own_;
  static inline std::map<std::string, std::set<int>> codes_;
  static inline int serials_ = 0;
  std::string difference_;
  std::string context_;
  int compared_ = 0;
  int shown_ = 0;
  std::set<std::string> differing_;
};

// Of two calls of one world the masks have other names.
std::string WithoutCallNumbers(const std::string& bytes) {
  static const std::regex masks("<[0-9.]+>#+");
  return std::regex_replace(bytes, masks, "#");
}

bool SetText(Message& message, const char* name, const std::string& value) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated()) return false;
  message.GetReflection()->SetString(&message, field, value);
  return true;
}

bool SetContext(Message& message, const std::function<void(v1::DisclosureContext&)>& change) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName("context");
  if (field == nullptr || field->message_type() != v1::DisclosureContext::descriptor()) {
    return false;
  }
  change(static_cast<v1::DisclosureContext&>(
      *message.GetReflection()->MutableMessage(&message, field)));
  return true;
}

bool HasRequestId(const Message& message) {
  return message.GetDescriptor()->FindFieldByName("request_id") != nullptr;
}

// Those of every file proto/ehc/hub/v1/*_service.proto.
std::vector<const google::protobuf::ServiceDescriptor*> ServicesOfTheContract() {
  // Another process's, hence linked by nobody else here.
  EXPECT_NE(v1::RequestCertificateRequest::descriptor(), nullptr);
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  const std::string folder = std::string(EHC_SOURCE_DIR) + "/proto/";
  for (const auto& entry : std::filesystem::directory_iterator(folder + "ehc/hub/v1")) {
    const std::string name = "ehc/hub/v1/" + entry.path().filename().string();
    if (name.find("_service.proto") == std::string::npos) continue;
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    EXPECT_NE(file, nullptr) << name << " is not linked into this test";
    for (int i = 0; file != nullptr && i < file->service_count(); ++i) {
      services.push_back(file->service(i));
    }
  }
  EXPECT_GE(services.size(), 7u);
  return services;
}

const std::vector<LeakTest::Variation>& LeakTest::Variations() {
  using V = Variation;
  const auto on_context = [](void (*change)(v1::DisclosureContext&)) {
    return [change](Message& m, const Message&) { return SetContext(m, change); };
  };
  static const auto* const variations = new std::vector<Variation>{
      V{"repeated", [](Message&, const Message& first) { return HasRequestId(first); }},
      V{"with its request_id used for another message",
        [](Message& m, const Message& first) {
          return HasRequestId(first) && SetText(m, "case_reference", "another");
        }},
      V{"validate_only",
        [](Message& m, const Message&) {
          const FieldDescriptor* field = m.GetDescriptor()->FindFieldByName("validate_only");
          if (field == nullptr) return false;
          m.GetReflection()->SetBool(&m, field, true);
          return SetText(m, "request_id", "");
        }},
      V{"with another etag",
        [](Message& m, const Message&) {
          return SetText(m, "etag", "r99") && SetText(m, "request_id", "");
        }},
      V{"with a page token of nobody",
        [](Message& m, const Message&) { return SetText(m, "page_token", kNoName); }},
      V{"to another custodian",
        [](Message& m, const Message&) { return SetText(m, "custodian", "agencies/bridge-care"); }},
      V{"to a custodian that is none",
        [](Message& m, const Message&) { return SetText(m, "custodian", "agencies/nobody"); }},
      V{"under no agreement",
        on_context([](v1::DisclosureContext& c) { c.set_agreement("agreements/nobody"); })},
      V{"for another purpose",
        on_context([](v1::DisclosureContext& c) { c.set_purpose("RESEARCH"); })},
      V{"for an unknown purpose",
        on_context([](v1::DisclosureContext& c) { c.set_purpose("NO_SUCH"); })},
      V{"in another's name",
        on_context([](v1::DisclosureContext& c) { c.set_on_behalf_of("agencies/bromley"); })},
      V{"breaking the glass", on_context([](v1::DisclosureContext& c) {
          c.mutable_break_glass()->set_reason("a synthetic emergency");
          c.mutable_break_glass()->set_second_factor_claim("claim");
        })},
  };
  return *variations;
}

TEST_F(LeakTest, EveryRpcHasAProbeOrAReason) {
  std::set<std::string> covered;
  for (const Probe& probe : Probes()) {
    EXPECT_NE(MethodNamed(probe.method), nullptr) << probe.method << " is no RPC any more";
    covered.insert(probe.method);
  }
  const auto* suite = ::testing::UnitTest::GetInstance()->current_test_suite();
  for (const Exemption& exemption : Exemptions()) {
    EXPECT_NE(MethodNamed(exemption.method), nullptr) << exemption.method << " is no RPC any more";
    EXPECT_TRUE(covered.insert(exemption.method).second) << exemption.method << " has a probe";
    const std::string reason = exemption.reason;
    if (reason.rfind("LeakTest.", 0) != 0) continue;
    bool exists = false;
    for (int i = 0; i < suite->total_test_count(); ++i) {
      exists = exists || absl::StrCat("LeakTest.", suite->GetTestInfo(i)->name()) == reason;
    }
    EXPECT_TRUE(exists) << reason << " is no test";
  }
  for (const auto* service : ServicesOfTheContract()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string name = absl::StrCat(service->name(), ".", service->method(i)->name());
      EXPECT_EQ(covered.count(name), 1u)
          << name << " has no probe: add one to lawful_leak_probes.cc, or say there why no child "
          << "is involved";
    }
  }
}

TEST_F(LeakTest, TwoWorldsAnswerTheSameBytes) {
  for (const Difference& difference : Differences()) {
    difference_ = difference.name;
    own_.clear();
    SayInBoth("nobody", NhsNumber(NewSerial()));
    const int child = NewSerial(), somebody_else = NewSerial();
    MakeDiffer(difference, child, somebody_else);
    if (difference.differs.back() == "sever") ExpectSevered();
    const bool whole = difference.before.empty();  // the child itself is what differs
    AskAll("$nhs", whole);
    AskAll("$their_subject", false);
    if (whole) {
      for (const char* way : {"$upn", "$uln", "$la", "$pnc"}) AskAll(way, false);
    }
    context_ = absl::StrCat("(", difference_, ")");
    ListAudits();
    SayInBoth("S", "$nhs");
    RegisterByAskers();
    SayInBoth("item", "$own");
    AskAll("$nhs", whole);
    AskAll("$own", false);
    ListAudits();
    EndSubscriptions();
  }
  EXPECT_THAT(differing_, IsEmpty());
  RecordProperty("compared", compared_);
  for (const auto& [what, codes] : codes_) {
    const bool only_malformed = codes == std::set<int>{3};
    EXPECT_EQ(only_malformed, what.find("AcknowledgeNotifications") != std::string::npos)
        << what << " is never more than a malformed request (a cursor of nobody's is one)";
  }
}

// By whatever identifiers an agency registers and links, in whatever order, and whatever others
// register beside it: what it is told is a function of its own calls alone.
TEST_F(LeakTest, RegisteringAndLinkingTellNothing) {
  static constexpr const char* kPerson =
      "person { given_names: 'Ada' family_name: '$family' sex: SEX_FEMALE $birth } $chosen";
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    const int first = NewSerial(), second = NewSerial();
    std::array<int, 2> others = {NewSerial(), NewSerial()};
    const auto ids_of = [](LeakWorld& world, int serial, unsigned which) {
      SpeakOf(world, serial);
      std::string ids;
      const char* names[] = {"nhs", "upn", "uln"};
      for (unsigned i = 0; i < 3; ++i) {
        if ((which >> i & 1) != 0) absl::StrAppend(&ids, "identifiers $id_", names[i], " ");
      }
      return world.Expand(ids);
    };
    const auto register_as = [&](LeakWorld& world, const Persona& as, const std::string& ids,
                                 unsigned birth) {
      static constexpr const char* kBirths[] = {"date_of_birth: '2016-05-04'",
                                                "date_of_birth: '2015-01-31'",
                                                "expected_date_of_birth: '2027-01-31'"};
      world.Say("birth", kBirths[birth]);
      world.Say("chosen", ids);
      return world.Call(as, "SubjectService.RegisterSubject", kPerson);
    };
    std::array<std::vector<std::string>, 2> own;
    for (int step = 0; step < 10; ++step) {
      const int serial = below(3) != 0 ? first : second;
      const unsigned which = below(7) + 1, birth = below(4) == 0 ? below(3) : 0;
      const unsigned kind = below(8), name = below(64);
      const std::string label = absl::StrCat("seed ", seed, " step ", step, " kind ", kind);
      if (kind < 3) {  // somebody else registers: here the same child, there others
        register_as(with(), kCaseworker, ids_of(with(), serial, which), birth);
        register_as(without(), kCaseworker,
                    ids_of(without(), others[serial == first ? 0 : 1], which), birth);
        continue;
      }
      Same(label, [&](LeakWorld& world) {
        std::vector<std::string>& names = own[&world == &with() ? 0 : 1];
        const std::string ids = ids_of(world, serial, which);
        if (kind < 5 || names.empty()) {
          WireStory told = register_as(world, kNorthCaseworker, ids, birth);
          if (!told.messages.empty()) names.push_back(TextAt(*told.messages[0], "subject"));
          return told;
        }
        const char* way[] = {"nhs", "upn", "uln"};
        const std::string reference = world.Word(way[name % 3]);
        const std::string& known = names[name % names.size()];
        if (kind == 5) {
          return world.Call(kNorthCaseworker, "SubjectService.LinkIdentifier",
                            absl::StrCat("subject: '", known, "' identifier $id_", way[name % 3]));
        }
        if (kind == 6) {
          return world.Call(kNorthCaseworker, "SubjectService.CreateProtection",
                            absl::StrCat("subject: '", reference,
                                         "' protection { label: PROTECTION_LABEL_FGM valid_from: "
                                         "'2026-01-01' }"));
        }
        return world.Call(kNorthCaseworker, "SubjectService.ListProtections",
                          absl::StrCat("subject: '", name % 2 == 0 ? reference : known, "'"));
      });
    }
  }
  EXPECT_THAT(differing_, IsEmpty());
}

// A subscription to a child that one may not be told of is accepted like one to nobody, and never
// heard of: the first that its stream tells is what happens to a child that it may be told of.
TEST_F(LeakTest, StreamTellsOfNobodyElse) {
  const int child = NewSerial(), somebody_else = NewSerial(), pupil = NewSerial();
  difference_ = "the changes told of";
  SayInBoth("nobody", NhsNumber(NewSerial()));
  for (LeakWorld* world : Worlds()) {
    SpeakOf(*world, pupil);
    for (const char* deed : {"register", "plan"}) Do(*world, deed);
    EXPECT_EQ(world
                  ->Call(kCaseworker, "SubjectService.CreateRelationship",
                         "subject: '$S' relationship { kind: RELATIONSHIP_KIND_NAMED_INSTITUTION "
                         "agency: 'agencies/oakfield-school' valid_from: '2020-09-01' }")
                  .code,
              0);
  }
  std::array<std::string, 2> names;
  Same("subscribing", [&](LeakWorld& world) {
    SpeakOf(world, pupil);
    world.Say("pupil", "$nhs");
    const std::string pupil_name = world.Expand("$nhs");
    SpeakOf(world, child);
    WireStory told = world.Call(
        kSenco, "SubscriptionService.CreateSubscription",
        absl::StrCat("subscription { record_types: 'EHC_PLAN' context { $ground_copy } } "
                     "subjects: '$nhs' subjects: '$upn' subjects: '",
                     pupil_name, "'"));
    if (!told.messages.empty()) {
      names[&world == &with() ? 0 : 1] = TextAt(*told.messages[0], "subscription.name");
    }
    return told;
  });
  for (LeakWorld* world : Worlds()) {
    SpeakOf(*world, world == &with() ? child : somebody_else);
    for (const char* deed : {"register", "plan", "status"}) Do(*world, deed);
    SpeakOf(*world, pupil);
    const MethodDescriptor& publish = *MethodNamed("RecordExchangeService.PublishPlan");
    world->Say("local", absl::StrCat("local-", pupil));
    auto again = world->Request(kCaseworker, publish,
                                "subject: '$S' plan { headline { b_headline: 'changed' status: "
                                "PLAN_STATUS_FINAL } badge: BADGE_FINAL as_at { seconds: $ago } "
                                "$contact local_id: '$local' }");
    EXPECT_EQ(world->Call(kCaseworker, publish, *again).code, 0);
  }
  const WireStory told = Same("the stream", [&](LeakWorld& world) {
    return world.Call(kSenco, "SubscriptionService.StreamNotifications",
                      absl::StrCat("subscription: '", names[&world == &with() ? 0 : 1], "'"), 1);
  });
  ASSERT_EQ(told.messages.size(), 1u) << told.readable;
  EXPECT_EQ(TextAt(*told.messages[0], "notification.record_type"), "EHC_PLAN");
  EXPECT_THAT(differing_, IsEmpty());
}

// A request to a custodian is answered and ends alike whoever the child is; and to everybody but
// its parties it is not there.
TEST_F(LeakTest, RecordRequestsLiveAlike) {
  const Difference& whole = Differences().front();
  difference_ = whole.name;
  SayInBoth("nobody", NhsNumber(NewSerial()));
  MakeDiffer(whole, NewSerial(), NewSerial());
  constexpr const char* kFates[] = {"unanswered", "DeclineRecordRequest", "AnswerNothingToShare",
                                    "ExtendRecordRequest", "CancelRecordRequest"};
  std::array<std::vector<std::string>, 2> names;
  for (const char* fate : kFates) {
    Same(absl::StrCat("asking ", fate), [&](LeakWorld& world) {
      WireStory told = world.Call(
          kLiaisonOfficer, "RecordExchangeService.CreateRecordRequest",
          "record_request { subject: '$nhs' record_type: 'EHC_PLAN' parts: 'B_HEADLINE' parts: 'F' "
          "context { $ground_police } urgent: true reason: 'an officer asks' }");
      if (!told.messages.empty()) {
        names[&world == &with() ? 0 : 1].push_back(
            TextAt(*told.messages[0], "record_request.name"));
      }
      return told;
    });
  }
  ASSERT_EQ(names[0].size(), std::size(kFates));
  const auto name_in = [&](LeakWorld& world, size_t i) {
    return absl::StrCat("name: '", names[&world == &with() ? 0 : 1][i], "'");
  };
  const auto look = [&](const char* when) {
    for (size_t i = 0; i < std::size(kFates); ++i) {
      context_ = absl::StrCat(when, " ", kFates[i]);
      Same(context_ + " got", [&](LeakWorld& world) {
        return world.Call(kLiaisonOfficer, "RecordExchangeService.GetRecordRequest",
                          name_in(world, i));
      });
      Same(context_ + " read", [&](LeakWorld& world) {
        return world.Call(kLiaisonOfficer, "RecordExchangeService.ListFlaggedRecords",
                          absl::StrCat("parent: '", names[&world == &with() ? 0 : 1][i], "'"));
      });
    }
    for (const char* open : {"true", "false"}) {
      Same(kLiaisonOfficer, "RecordExchangeService.ListRecordRequests",
           absl::StrCat("only_open: ", open, " page_size: 3"));
    }
  };
  look("before");
  for (size_t i = 1; i < std::size(kFates); ++i) {
    const Persona& as =
        std::string(kFates[i]) == "CancelRecordRequest" ? kLiaisonOfficer : kSendManager;
    const std::string method = absl::StrCat("RecordExchangeService.", kFates[i]);
    for (LeakWorld* world : Worlds()) {
      const std::string until =
          i == 3 ? absl::StrCat(" extended_until { seconds: ",
                                absl::ToUnixSeconds(world->clock().Now() + absl::Hours(5)), " }")
                 : "";
      const WireStory done = world->Call(as, method.c_str(), name_in(*world, i) + until);
      EXPECT_EQ(done.code, 0) << done.readable;
    }
  }
  look("answered");
  for (LeakWorld* world : Worlds()) world->clock().Advance(absl::Hours(1));
  look("over");
  for (size_t i = 0; i < std::size(kFates); ++i) {
    Same(absl::StrCat("cancelling ", kFates[i]), [&](LeakWorld& world) {
      return world.Call(kLiaisonOfficer, "RecordExchangeService.CancelRecordRequest",
                        name_in(world, i));
    });
  }
  // To others: a request that there is, and one that there never was.
  for (const Persona& as : {kNorthGovernance, kTrustGovernance, kProtectionOfficer, kPaediatrician,
                            kSchoolGovernance}) {
    for (const char* call :
         {"GetRecordRequest", "CancelRecordRequest", "DeclineRecordRequest", "AnswerNothingToShare",
          "ExtendRecordRequest", "ApproveRecordRequest", "ListFlaggedRecords"}) {
      Same(absl::StrCat(call, " as ", as.agency), [&](LeakWorld& world) {
        const std::string name =
            &world == &with() ? names[0][0] : absl::StrCat("recordRequests/", kNoName);
        const std::string method = absl::StrCat("RecordExchangeService.", call);
        const std::string soon = absl::StrCat(
            "{ seconds: ", absl::ToUnixSeconds(world.clock().Now() + absl::Hours(1)), " }");
        std::string text = absl::StrCat("name: '", name, "'");
        if (method.find("Flagged") != std::string::npos) text = "parent: '" + name + "'";
        if (method.find("Extend") != std::string::npos) text += " extended_until " + soon;
        if (method.find("Approve") != std::string::npos) {
          text += " parts: 'F' approved_until " + soon;
        }
        return world.Call(as, method.c_str(), text);
      });
    }
  }
  EXPECT_THAT(differing_, IsEmpty());
}

// With a class-level EXISTENCE grant a caller learns what there is. What is hidden from it is to it
// as what is absent.
TEST_F(LeakTest, WithAGrantAbsentAndHiddenAreOne) {
  difference_ = "the hidden child";
  const Difference hidden = {
      difference_.c_str(),
      {},
      {"register", "mother", "plan", "status", "care", "flag", "intelligence"}};
  SayInBoth("nobody", NhsNumber(NewSerial()));
  MakeDiffer(hidden, NewSerial(), NewSerial());
  SayInBoth("ground_icb",
            "purpose: 'STATUTORY_COPY' lawful_basis: 'ART6_1_C' special_category_basis: "
            "'ART9_2_H' gateway: 'R17_RESPONSIBLE_COMMISSIONER' agreement: "
            "'agreements/bromley-icb-statutory-copy'");
  SayInBoth(
      "ground_move",
      "purpose: 'PLAN_TRANSFER' lawful_basis: 'ART6_1_C' special_category_basis: "
      "'SCH1_PARA6' gateway: 'R15_TRANSFER' agreement: 'agreements/bromley-northshire-moves'");
  struct Granted {
    Persona as;
    const char* ground;
  };
  for (const Granted& granted :
       {Granted{kCommissioner, "$ground_icb"}, Granted{kNorthCaseworker, "$ground_move"}}) {
    const std::string context =
        absl::StrCat("' custodian: 'agencies/bromley' context { ", granted.ground, " }");
    for (const char* way : {"$nhs", "$upn", "$their_subject"}) {
      const std::string subject = absl::StrCat("subject: '", way);
      Same(granted.as, "RecordExchangeService.FindRecords",
           subject + context + " record_types: 'EHC_PLAN'");
      Same(granted.as, "RecordExchangeService.AttestRegistration",
           subject + context + " record_type: 'EHC_PLAN'");
      Same(granted.as, "RecordExchangeService.GetPlan", subject + context);
      Same(granted.as, "RecordExchangeService.GetPlanSummary", subject + context);
      Same(granted.as, "RecordExchangeService.StreamPlanSections", subject + context);
      Same(granted.as, "RecordExchangeService.AgencyCheck",
           subject + context + " wanted { record_type: 'EHC_PLAN' parts: 'F' }");
    }
  }
  EXPECT_THAT(differing_, IsEmpty());
}

// A custodian that never knew the child learns neither that it was asked about it nor that others
// know it.
TEST_F(LeakTest, CustodianLearnsNothingOfChildrenItNeverKnew) {
  const Difference elsewhere = {
      "the child of a third agency", {}, {"register elsewhere", "outcome elsewhere"}};
  difference_ = elsewhere.name;
  SayInBoth("nobody", NhsNumber(NewSerial()));
  MakeDiffer(elsewhere, NewSerial(), NewSerial());
  PassOver(kGovernance);
  const uint64_t first_index = next_index_;
  AskAll("$nhs", false);
  for (const Persona& as : {kGovernance, kPoliceGovernance}) {
    Page(as, absl::StrCat("audience: AUDIT_AUDIENCE_CUSTODIAN page_size: 50 first_index: ",
                          first_index));
  }
  Same(kCaseworker, "SubjectService.ListProtections", "subject: '$nhs'");
  Same(kCaseworker, "RecordExchangeService.PublishSupportStatus",
       "subject: '$nhs' support_status { sen_provision: SEN_PROVISION_NONE } "
       "as_at { seconds: $ago }");
  Same(kSocialWorker, "RecordExchangeService.ListAssessmentOutcomes", "subject: '$upn'");
  EXPECT_THAT(differing_, IsEmpty());
}

TEST_F(LeakTest, PageTokensAreTheirCallersAndTheirListsAlone) {
  LeakWorld& world = with();
  SpeakOf(world, NewSerial());
  for (const Persona& as : {kNorthCaseworker, kPaediatrician}) {
    ASSERT_EQ(world
                  .Call(as, "SubjectService.RegisterSubject",
                        "person { given_names: 'Ada' family_name: '$family' date_of_birth: "
                        "'$born' sex: SEX_FEMALE } $ids")
                  .code,
              0);
    for (int i = 0; i < 3; ++i) {
      ASSERT_EQ(world
                    .Call(as, "SubjectService.CreateProtection",
                          "subject: '$S' protection { label: PROTECTION_LABEL_GANG valid_from: "
                          "'2026-01-01' }")
                    .code,
                0);
    }
  }
  const auto page = [&](const Persona& as, const char* method, const std::string& token) {
    return world.Call(as, method,
                      absl::StrCat("subject: '$S' page_size: 1 page_token: '", token, "'"));
  };
  constexpr const char* kList = "SubjectService.ListProtections";
  const WireStory first = page(kNorthCaseworker, kList, "");
  const std::string token = TextAt(*first.messages.at(0), "next_page_token");
  const std::string next =
      TextAt(*page(kNorthCaseworker, kList, token).messages.at(0), "next_page_token");
  EXPECT_EQ(token.size(), next.size()) << "a token's length tells no place";
  EXPECT_THAT(first.messages[0]->DebugString(), Not(::testing::HasSubstr("total")));
  const auto as_nobodys = [&](const Persona& as, const char* method) {
    const WireStory others = page(as, method, token), nobodys = page(as, method, kNoName);
    EXPECT_EQ(others.code, 3) << others.readable;
    EXPECT_EQ(WithoutCallNumbers(others.bytes), WithoutCallNumbers(nobodys.bytes));
  };
  as_nobodys(kPaediatrician, kList);
  as_nobodys(kNorthCaseworker, "ConsentService.ListConsents");
}

TEST_F(LeakTest, TheSuiteCanTellADifference) {
  difference_ = "the child, to those who may know";
  SayInBoth("nobody", NhsNumber(NewSerial()));
  MakeDiffer(Differences().front(), NewSerial(), NewSerial());
  const auto differs = [&](const Persona& as, const char* method, const char* text) {
    const WireStory one = with().Call(as, method, text), other = without().Call(as, method, text);
    return WithoutCallNumbers(one.bytes) != WithoutCallNumbers(other.bytes);
  };
  EXPECT_TRUE(differs(kCaseworker, "SubjectService.ListRelationships", "subject: '$S'"));
  EXPECT_TRUE(differs(kCaseworker, "ConsentService.ListConsents", "subject: '$S'"));
  EXPECT_TRUE(differs(kOtherSenco, "RecordExchangeService.GetSupportStatus",
                      "subject: '$S' context { $ground_school }"));
  EXPECT_FALSE(differs(kSenco, "RecordExchangeService.GetSupportStatus",
                       "subject: '$S' context { $ground_school }"));
}

}  // namespace
}  // namespace ehc
