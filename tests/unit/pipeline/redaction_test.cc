// What leaves and what stays behind, over the real path from the desk to the redactor.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "server/pipeline/source.h"
#include "server/redaction/redactor.h"
#include "tests/unit/pipeline/path_fixture.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kChild[] = R"(
  person { date_of_birth: "2016-05-04" }
  relationships { value { kind: RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY
                          person_reference: "mother" valid_from: "2016-05-04" } }
  consents { origin { number: 1 } value {
    state: CONSENT_STATE_GIVEN recipients: "agencies/kings-park-nhs-trust" purposes: "DIRECT_CARE"
    decision_maker { role: DECISION_MAKER_ROLE_PARENT person_reference: "mother" }
    scopes { record_type: "EHC_PLAN" parts: ["C", "E", "G", "PLACEMENT_TYPE"] } } })";

std::string Restricted(const std::string& more = "") {
  return absl::StrCat(kChild,
                      " protections { value { label: PROTECTION_LABEL_ADDRESS_RESTRICTED "
                      "valid_from: '2020-01-01' ",
                      more, "} }");
}

class RedactionTest : public PathTest {
 protected:
  Redacted<Record> Pull(const std::string& child, std::vector<std::string> parts) {
    const SubjectId subject = PutChild(child);
    PutPlan(subject, {{"C", "needs", true},
                      {"E", "goals of Elm Street", false},
                      {"G", "therapy", true},
                      {"PLACEMENT_TYPE", "day school", false},
                      {"I", "Elm Grove School", false}});
    auto view = store_->Read().value();
    Decided decided = Decide(Paediatrician(), TrustAsks(subject, std::move(parts)), *view);
    return Redactor::Redact(
        std::get<Loaded<Record>>(HeldRecords().Load(std::move(decided), *view)));
  }

  static std::vector<std::string> CodesIn(const Record& record) {
    std::vector<std::string> codes;
    for (const Part& part : record.parts) codes.push_back(part.code);
    return codes;
  }

  static std::vector<std::string> Withheld(const Release& release) {
    std::vector<std::string> withheld;
    for (const WithheldPart& part : release.withheld) {
      withheld.push_back(absl::StrCat(part.code, ":", ReasonCode(part.reason)));
    }
    return withheld;
  }
};

// Every granted part of the plan that was not sent before.
class EveryPartLeft : public RecordSource<RecordStep> {
 private:
  absl::StatusOr<std::optional<RecordStep>> Fetch(const CaseFile& file,
                                                  ReadView& view) const override {
    const RecordHead head =
        **view.FindRecord(file.subject, file.ask.request.custodian, file.ask.request.record_type);
    std::vector<absl::string_view> codes;
    for (const std::string& code : file.ask.parts) {
      const bool granted = file.decision.granted >> file.decision.schema->IndexOf(code) & 1;
      const auto& sent = file.ask.parts_sent;
      if (granted && std::find(sent.begin(), sent.end(), code) == sent.end()) codes.push_back(code);
    }
    RecordStep step;
    step.record.head = head;
    step.record.parts = *view.ReadParts(head, codes);
    step.together = {"C", "G"};
    return step;
  }
};

class StepTest : public RedactionTest {
 protected:
  Redacted<RecordStep> Step(const std::string& child, std::vector<std::string> sent) {
    if (!subject_.known()) {
      subject_ = PutChild(child);
      PutPlan(subject_, {{"C", "needs", true},
                         {"E", "goals of Elm Street", false},
                         {"G", "therapy", true},
                         {"I", "Elm Grove School", false}});
    }
    auto view = store_->Read().value();
    Ask ask = TrustAsks(subject_, {"C", "E", "G", "I"});
    ask.parts_sent = std::move(sent);
    Decided decided = Decide(Paediatrician(), std::move(ask), *view);
    return Redactor::Redact(
        std::get<Loaded<RecordStep>>(EveryPartLeft().Load(std::move(decided), *view)));
  }

 private:
  SubjectId subject_;
};

TEST_F(StepTest, PartsThatBelongTogetherLeaveTogetherAndTheOthersOneByOne) {
  const Redacted<RecordStep> first = Step(kChild, {});
  EXPECT_THAT(CodesIn(first.value().record), ElementsAre("C", "G"));
  EXPECT_THAT(first.release().released, ElementsAre("C", "G"));
  EXPECT_FALSE(first.value().last);
  EXPECT_EQ(first.release().content_digest, DigestOf(first.value().record.parts));
  EXPECT_EQ(first.release().withheld.size(), 1u) << "what waits is not withheld";
  const Redacted<RecordStep> second = Step(kChild, {"C", "G"});
  EXPECT_THAT(CodesIn(second.value().record), ElementsAre("E"));
  const Redacted<RecordStep> third = Step(kChild, {"C", "G", "E"});
  EXPECT_THAT(CodesIn(third.value().record), IsEmpty());
  EXPECT_TRUE(third.value().last);
  EXPECT_EQ(Withheld(third.release()), Withheld(first.release()));
}

TEST_F(StepTest, PartThatIsHeldBackIsPassedOverAndListedToTheEnd) {
  const Redacted<RecordStep> first = Step(Restricted(), {});
  EXPECT_THAT(CodesIn(first.value().record), ElementsAre("C", "G"));
  EXPECT_TRUE(first.release().through_relay);
  const Redacted<RecordStep> last = Step(Restricted(), {"C", "G"});
  EXPECT_TRUE(last.value().last);
  EXPECT_EQ(Withheld(last.release()), Withheld(first.release()));
  EXPECT_THAT(Withheld(last.release()), ::testing::Contains("E:LOCATION_NOT_CHECKED"));
}

TEST_F(RedactionTest, OnlyWhatIsGrantedLeavesAndTheRestIsListed) {
  const Redacted<Record> pulled = Pull(kChild, {"C", "G", "I"});
  EXPECT_THAT(CodesIn(pulled.value()), ElementsAre("C", "G"));
  EXPECT_THAT(pulled.release().released, ElementsAre("C", "G"));
  ASSERT_EQ(pulled.release().withheld.size(), 1u);
  EXPECT_EQ(pulled.release().withheld[0].code, "I");
  EXPECT_FALSE(pulled.release().through_relay);
  EXPECT_FALSE(pulled.value().head.contact.empty());
}

TEST_F(RedactionTest, PartsThatWereNotAskedForAreNeitherReleasedNorListed) {
  const Redacted<Record> pulled = Pull(kChild, {"G"});
  EXPECT_THAT(CodesIn(pulled.value()), ElementsAre("G"));
  EXPECT_THAT(pulled.release().withheld, IsEmpty());
}

TEST_F(RedactionTest, RestrictedAddressKeepsBackWhatMayTellIt) {
  const Redacted<Record> pulled = Pull(Restricted(), {"C", "E", "G", "I"});
  EXPECT_THAT(CodesIn(pulled.value()), ElementsAre("C", "G"));
  EXPECT_THAT(Withheld(pulled.release()),
              UnorderedElementsAre("E:LOCATION_NOT_CHECKED", "I:NO_CLAUSE"));
}

TEST_F(RedactionTest, RestrictedAddressPutsTheHubInTheCustodiansPlace) {
  const Redacted<Record> pulled = Pull(Restricted(), {"C"});
  EXPECT_TRUE(pulled.release().through_relay);
  EXPECT_TRUE(pulled.value().head.contact.empty());
}

TEST_F(RedactionTest, RecipientWhomTheCustodianListedSeesAsIfUnrestricted) {
  const Redacted<Record> pulled =
      Pull(Restricted("cleared_recipients: 'agencies/kings-park-nhs-trust'"), {"C", "E"});
  EXPECT_THAT(CodesIn(pulled.value()), ElementsAre("C", "E"));
  EXPECT_FALSE(pulled.release().through_relay);
}

TEST_F(RedactionTest, DigestIsOfWhatLeftAlone) {
  const Digest whole = Pull(kChild, {"C", "E"}).release().content_digest;
  EXPECT_EQ(Pull(kChild, {"C", "E", "I"}).release().content_digest, whole);
  EXPECT_NE(Pull(Restricted(), {"C", "E"}).release().content_digest, whole);
}

TEST_F(RedactionTest, WithoutConsentNothingIsLoaded) {
  const SubjectId subject = PutChild("person { date_of_birth: '2016-05-04' }");
  PutPlan(subject, {{"C", "needs", true}});
  auto view = store_->Read().value();
  const Decided decided = Decide(Paediatrician(), TrustAsks(subject, {"C"}), *view);
  EXPECT_FALSE(decided.file().decision.permits());
  EXPECT_EQ(decided.file().decision.reason, Reason::kConsentMissing);
}

TEST_F(RedactionTest, SeveredChildIsUnknown) {
  const SubjectId subject = PutChild(absl::StrCat(kChild, " severed: true"));
  auto view = store_->Read().value();
  const Decided severed = Decide(Paediatrician(), TrustAsks(subject, {"C"}), *view);
  const Decided nobody = Decide(Paediatrician(), TrustAsks(SubjectId{}, {"C"}), *view);
  EXPECT_FALSE(severed.file().facts.subject_known);
  EXPECT_EQ(severed.file().subject, nobody.file().subject);
  EXPECT_EQ(severed.file().decision.reason, nobody.file().decision.reason);
  EXPECT_EQ(severed.file().decision.outcome, nobody.file().decision.outcome);
}

}  // namespace
}  // namespace ehc
