// The shape of exported entries: against the elements and value sets that FHIR R4 and IHE BALP
// require.
#include "ehchub/audit_export.h"

#include <set>

#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "server/model/audit_entry.h"

namespace ehc {
namespace v1 = ::ehc::hub::v1;
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kNumber[] = "9434765870";

v1::AuditEntry EntryWith(const AuditRecord& record) {
  EntryView view;
  v1::AuditEntry entry;
  for (const AuditFieldRule& rule : kAuditFieldRules) {
    view.fields[static_cast<size_t>(rule.field)] = ShownField{Salt{}, record[rule.field]};
    if (record[rule.field].empty()) continue;
    v1::AuditField& field = *entry.add_fields();
    field.set_name(std::string(rule.name));
    field.set_value(record[rule.field]);
  }
  const Digest leaf = *VerifyOpened(view);
  entry.set_leaf_hash(leaf.data(), leaf.size());
  entry.set_view(*view.Encode());
  entry.set_index(5);
  entry.mutable_recorded_at()->set_seconds(1'790'000'000);
  return entry;
}

AuditRecord Disclosed() {
  AuditRecord record;
  record[AuditField::kAction] = "GetPlanSummary";
  record[AuditField::kDisclosure] = "CONTENT";
  record[AuditField::kAnswer] = "OK";
  record[AuditField::kSearcherAgency] = "trust";
  record[AuditField::kUser] = "p9";
  record[AuditField::kRole] = "CLINICIAN";
  record[AuditField::kCustodianAgency] = "bromley";
  record[AuditField::kCustodianSubject] = "subjects/abc";
  record[AuditField::kCustodianRecord] = "records/def";
  record[AuditField::kRecordType] = "EHC_PLAN";
  record[AuditField::kReleasedParts] = "C,G";
  record[AuditField::kPurpose] = "DIRECT_CARE";
  record[AuditField::kDecisionId] = "d1";
  return record;
}

AuditRecord Denied() {
  AuditRecord record = Disclosed();
  record[AuditField::kAnswer] = "NOT_AVAILABLE";
  record[AuditField::kReleasedParts] = "";
  record[AuditField::kCustodianSubject] = "";
  record[AuditField::kQueriedIdentifier] = std::string("nhs:") + kNumber;
  return record;
}

Struct Parsed(const std::string& text) {
  Struct object;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &object).ok()) << text;
  return object;
}
Struct Fhir(const AuditRecord& record) {
  const auto text = ehchub::EntryAsFhir(EntryWith(record), "log");
  EXPECT_TRUE(text.ok()) << text.status();
  return Parsed(text.value_or("{}"));
}

const Value& Member(const Struct& object, const std::string& name) {
  static const Value* const kNone = new Value();
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? *kNone : found->second;
}
std::string Code(const Value& concept_or_coding) {
  const Struct& object = concept_or_coding.struct_value();
  if (object.fields().contains("code")) return Member(object, "code").string_value();
  const auto& codings = Member(object, "coding").list_value();
  return codings.values_size() == 0 ? "" : Code(codings.values(0));
}

// What FHIR R4 requires of every AuditEvent, and BALP of its agents and entities.
void ExpectShape(const Struct& event) {
  EXPECT_EQ(Member(event, "resourceType").string_value(), "AuditEvent");
  EXPECT_EQ(Member(event, "id").string_value().size(), 64u);
  EXPECT_EQ(Code(Member(event, "type")), "rest");
  EXPECT_GE(Member(event, "subtype").list_value().values_size(), 1);
  EXPECT_THAT((std::set<std::string>{"C", "R", "U", "D", "E"}),
              Contains(Member(event, "action").string_value()));
  EXPECT_THAT((std::set<std::string>{"0", "4", "8", "12"}),
              Contains(Member(event, "outcome").string_value()));
  EXPECT_THAT(Member(event, "recorded").string_value(), HasSubstr("T"));
  std::set<std::string> agents;
  for (const Value& agent : Member(event, "agent").list_value().values()) {
    const Struct& object = agent.struct_value();
    EXPECT_EQ(Member(object, "requestor").kind_case(), Value::kBoolValue);
    EXPECT_TRUE(object.fields().contains("who"));
    agents.insert(Code(Member(object, "type")));
  }
  EXPECT_THAT(agents, Contains("110153"));
  EXPECT_THAT(agents, Contains("110152"));
  EXPECT_TRUE(Member(event, "source").struct_value().fields().contains("observer"));
  bool has_data = false;
  for (const Value& entity : Member(event, "entity").list_value().values()) {
    const Struct& object = entity.struct_value();
    EXPECT_TRUE(object.fields().contains("what"));
    const std::string type = Code(Member(object, "type"));
    if (type == "1") {
      EXPECT_EQ(Code(Member(object, "role")), "1");
    }
    if (type == "2") {
      EXPECT_EQ(Code(Member(object, "role")), "4");
    }
    has_data = has_data || type == "2";
  }
  EXPECT_TRUE(has_data);
}

TEST(EntryAsFhir, DisclosureIsASuccessfulReadOfAPatientsRecord) {
  const Struct event = Fhir(Disclosed());
  ExpectShape(event);
  EXPECT_EQ(Member(event, "action").string_value(), "R");
  EXPECT_EQ(Code(Member(event, "subtype").list_value().values(0)), "read");
  EXPECT_EQ(Member(event, "outcome").string_value(), "0");
  std::set<std::string> entities;
  for (const Value& entity : Member(event, "entity").list_value().values()) {
    entities.insert(Code(Member(entity.struct_value(), "type")));
  }
  EXPECT_EQ(entities, (std::set<std::string>{"1", "2", "XrequestId"}));
}

TEST(EntryAsFhir, PersonIsTheRequestorAndTheInformationRecipient) {
  const Struct event = Fhir(Disclosed());
  int requestors = 0;
  for (const Value& agent : Member(event, "agent").list_value().values()) {
    if (!Member(agent.struct_value(), "requestor").bool_value()) continue;
    ++requestors;
    EXPECT_EQ(Code(Member(agent.struct_value(), "type")), "IRCP");
  }
  EXPECT_EQ(requestors, 1);
  AuditRecord system = Disclosed();
  system[AuditField::kUser] = "";
  ExpectShape(Fhir(system));
}

TEST(EntryAsFhir, DenialIsAFailureThatSaysWhatTheSearcherWasTold) {
  const Struct event = Fhir(Denied());
  ExpectShape(event);
  EXPECT_EQ(Member(event, "outcome").string_value(), "4");
  EXPECT_EQ(Member(event, "outcomeDesc").string_value(), "NOT_AVAILABLE");
}

TEST(EntryAsFhir, WriteIsAnOperation) {
  AuditRecord record = Disclosed();
  record[AuditField::kDisclosure] = "";
  record[AuditField::kAction] = "plan.publish";
  const Struct event = Fhir(record);
  ExpectShape(event);
  EXPECT_EQ(Member(event, "action").string_value(), "E");
}

TEST(EntryAsFhir, ErasedEntryHasNothingToTell) {
  v1::AuditEntry entry;
  entry.set_erased(true);
  EXPECT_TRUE(absl::IsFailedPrecondition(ehchub::EntryAsFhir(entry, "log").status()));
}

TEST(EntryAsJsonLine, NumberStaysBehindAndTheLeafHolds) {
  const v1::AuditEntry entry = EntryWith(Denied());
  const auto line = ehchub::EntryAsJsonLine(entry);
  const auto fhir = ehchub::EntryAsFhir(entry, "log");
  ASSERT_TRUE(line.ok() && fhir.ok());
  EXPECT_THAT(*line, Not(HasSubstr(kNumber)));
  EXPECT_THAT(*fhir, Not(HasSubstr(kNumber)));
  EXPECT_THAT(*line, Not(HasSubstr("\n")));
  const Struct object = Parsed(*line);
  EXPECT_EQ(Member(Member(object, "fields").struct_value(), "queried_identifier").string_value(),
            "nhs");
  EXPECT_EQ(Member(object, "index").string_value(), "5");
}

TEST(EntryAsJsonLine, ErasedEntryIsALineToo) {
  v1::AuditEntry entry;
  entry.set_erased(true);
  const auto line = ehchub::EntryAsJsonLine(entry);
  ASSERT_TRUE(line.ok());
  EXPECT_TRUE(Member(Parsed(*line), "erased").bool_value());
}

}  // namespace
}  // namespace ehc
