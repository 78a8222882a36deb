#include "ehchub/audit_export.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "server/base/status_macros.h"
#include "server/model/audit_entry.h"

namespace ehchub {
namespace {

using ehc::AuditField;
using google::protobuf::Struct;
using google::protobuf::Value;
using Fields = std::map<std::string, std::string>;

constexpr char kDicom[] = "http://dicom.nema.org/resources/ontology/DCM";
constexpr char kEventType[] = "http://terminology.hl7.org/CodeSystem/audit-event-type";
constexpr char kInteraction[] = "http://hl7.org/fhir/restful-interaction";
constexpr char kParticipation[] = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
constexpr char kEntityType[] = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
constexpr char kObjectRole[] = "http://terminology.hl7.org/CodeSystem/object-role";
constexpr char kSourceType[] = "http://terminology.hl7.org/CodeSystem/security-source-type";
constexpr char kBalpEntity[] = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType";

Value Text(const std::string& text) {
  Value value;
  value.set_string_value(text);
  return value;
}
Value Flag(bool flag) {
  Value value;
  value.set_bool_value(flag);
  return value;
}
Value Object(const std::vector<std::pair<const char*, Value>>& members) {
  Value value;
  auto& fields = *value.mutable_struct_value()->mutable_fields();
  for (const auto& [name, member] : members) fields[name] = member;
  return value;
}
Value List(const std::vector<Value>& values) {
  Value value;
  auto& list = *value.mutable_list_value();
  for (const Value& one : values) *list.add_values() = one;
  return value;
}
Value Coding(const char* system, const std::string& code, const std::string& display = "") {
  Value value = Object({{"system", Text(system)}, {"code", Text(code)}});
  if (!display.empty())
    (*value.mutable_struct_value()->mutable_fields())["display"] = Text(display);
  return value;
}
Value Concept(const Value& coding) { return Object({{"coding", List({coding})}}); }
Value Identified(const std::string& system, const std::string& value) {
  return Object({{"identifier", Object({{"system", Text(system)}, {"value", Text(value)}})}});
}
Value Detail(const std::string& type, const std::string& value) {
  return Object({{"type", Text(type)}, {"valueString", Text(value)}});
}

absl::StatusOr<std::string> Line(const Struct& object) {
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(object, &text).ok()) {
    return absl::InternalError("an entry could not be written as JSON");
  }
  return text;
}

// What was searched by is a person's number: only its kind leaves.
bool IsIdentifier(absl::string_view field) { return field == "queried_identifier"; }

Fields FieldsOf(const v1::AuditEntry& entry) {
  Fields fields;
  for (const v1::AuditField& field : entry.fields()) {
    std::string value = field.value();
    if (IsIdentifier(field.name())) value.resize(std::min(value.find(':'), value.size()));
    fields[field.name()] = std::move(value);
  }
  return fields;
}

std::string At(const Fields& fields, const char* name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

// The same leaf, with the identifier as a commitment.
absl::StatusOr<std::string> ViewWithoutIdentifier(const v1::AuditEntry& entry) {
  EHC_ASSIGN_OR_RETURN(ehc::EntryView view, ehc::ParseEntryView(entry.view()));
  auto& field = view.fields[static_cast<size_t>(AuditField::kQueriedIdentifier)];
  if (const auto* shown = std::get_if<ehc::ShownField>(&field)) {
    field = ehc::HiddenField{
        ehc::CommitmentTo(AuditField::kQueriedIdentifier, shown->salt, shown->value)};
  }
  return view.Encode();
}

std::string MomentOf(const v1::AuditEntry& entry) {
  const absl::Time at = absl::FromUnixSeconds(entry.recorded_at().seconds()) +
                        absl::Nanoseconds(entry.recorded_at().nanos());
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", at, absl::UTCTimeZone());
}

// A question for a record is a read; what changes something, or reads what is one's own, an
// operation.
void SetEvent(const Fields& fields, Struct& event) {
  auto& out = *event.mutable_fields();
  const bool discloses = !At(fields, "disclosure").empty();
  out["type"] = Coding(kEventType, "rest", "Restful Operation");
  out["subtype"] = List({discloses ? Coding(kInteraction, "read", "read")
                                   : Coding(kInteraction, "operation", "operation"),
                         Coding("urn:ehc-hub:action", At(fields, "action"))});
  out["action"] = Text(discloses ? "R" : "E");
  const std::string answer = At(fields, "answer");
  const bool succeeded = absl::StartsWith(answer, "OK");
  out["outcome"] = Text(succeeded ? "0" : "4");
  if (!succeeded && !answer.empty()) out["outcomeDesc"] = Text(answer);
  if (!At(fields, "purpose").empty()) {
    out["purposeOfEvent"] = List({Concept(Coding("urn:ehc-hub:purpose", At(fields, "purpose")))});
  }
}

Value Agents(const Fields& fields, absl::string_view log_id) {
  std::vector<Value> agents;
  agents.push_back(Object({{"type", Concept(Coding(kDicom, "110153", "Source Role ID"))},
                           {"who", Identified("urn:ehc-hub:agency", At(fields, "searcher_agency"))},
                           {"requestor", Flag(At(fields, "user").empty())}}));
  agents.push_back(Object({{"type", Concept(Coding(kDicom, "110152", "Destination Role ID"))},
                           {"who", Identified("urn:ehc-hub:log", std::string(log_id))},
                           {"requestor", Flag(false)}}));
  if (!At(fields, "user").empty()) {
    Value user =
        Object({{"type", Concept(Coding(kParticipation, "IRCP", "information recipient"))},
                {"who", Identified(absl::StrCat("urn:ehc-hub:user:", At(fields, "searcher_agency")),
                                   At(fields, "user"))},
                {"requestor", Flag(true)}});
    auto& members = *user.mutable_struct_value()->mutable_fields();
    members["role"] = List({Concept(Coding("urn:ehc-hub:role", At(fields, "role")))});
    if (!At(fields, "purpose").empty()) {
      members["purposeOfUse"] =
          List({Concept(Coding("urn:ehc-hub:purpose", At(fields, "purpose")))});
    }
    agents.push_back(std::move(user));
  }
  if (!At(fields, "custodian_agency").empty()) {
    agents.push_back(
        Object({{"type", Concept(Coding(kParticipation, "CST", "custodian"))},
                {"who", Identified("urn:ehc-hub:agency", At(fields, "custodian_agency"))},
                {"requestor", Flag(false)}}));
  }
  return List(agents);
}

// The child by the pairwise name that the reader knows; an officer of the hub has a number.
std::pair<const char*, std::string> PatientOf(const Fields& fields) {
  for (const char* name : {"custodian_subject", "searcher_subject", "subject"}) {
    if (!At(fields, name).empty()) return {name, At(fields, name)};
  }
  return {"", ""};
}

Value Entities(const v1::AuditEntry& entry, const Fields& fields) {
  std::vector<Value> entities;
  const auto [kind, patient] = PatientOf(fields);
  if (!patient.empty()) {
    entities.push_back(Object({{"what", Identified(absl::StrCat("urn:ehc-hub:", kind), patient)},
                               {"type", Coding(kEntityType, "1", "Person")},
                               {"role", Coding(kObjectRole, "1", "Patient")}}));
  }
  std::vector<Value> details;
  for (const char* name : {"record_version", "released_parts", "withheld_parts", "lawful_basis",
                           "gateway", "agreement", "agreement_version", "policy_revision",
                           "obligations", "break_glass", "outcome", "reason"}) {
    if (!At(fields, name).empty()) details.push_back(Detail(name, At(fields, name)));
  }
  details.push_back(Detail("leaf_hash", absl::BytesToHexString(entry.leaf_hash())));
  std::string record = At(fields, "custodian_record");
  if (record.empty()) record = At(fields, "searcher_record");
  if (record.empty()) record = absl::StrCat("type/", At(fields, "record_type"));
  entities.push_back(Object({{"what", Identified("urn:ehc-hub:record", record)},
                             {"type", Coding(kEntityType, "2", "System Object")},
                             {"role", Coding(kObjectRole, "4", "Domain Resource")},
                             {"detail", List(details)}}));
  std::string transaction = At(fields, "request_id");
  if (transaction.empty()) transaction = At(fields, "decision_id");
  if (!transaction.empty()) {
    entities.push_back(Object({{"what", Identified("urn:ehc-hub:transaction", transaction)},
                               {"type", Coding(kBalpEntity, "XrequestId")}}));
  }
  return List(entities);
}

}  // namespace

absl::StatusOr<std::string> EntryAsJsonLine(const v1::AuditEntry& entry) {
  Struct object;
  auto& out = *object.mutable_fields();
  out["index"] = Text(absl::StrCat(entry.index()));
  out["leaf_hash"] = Text(absl::BytesToHexString(entry.leaf_hash()));
  out["recorded_at"] = Text(MomentOf(entry));
  if (entry.erased()) {
    out["erased"] = Flag(true);
    return Line(object);
  }
  auto& fields = *out["fields"].mutable_struct_value()->mutable_fields();
  for (const auto& [name, value] : FieldsOf(entry)) fields[name] = Text(value);
  EHC_ASSIGN_OR_RETURN(const std::string view, ViewWithoutIdentifier(entry));
  out["view"] = Text(absl::Base64Escape(view));
  return Line(object);
}

absl::StatusOr<std::string> EntryAsFhir(const v1::AuditEntry& entry, absl::string_view log_id) {
  if (entry.erased()) return absl::FailedPreconditionError("the entry was erased");
  const Fields fields = FieldsOf(entry);
  Struct event;
  auto& out = *event.mutable_fields();
  out["resourceType"] = Text("AuditEvent");
  out["id"] = Text(absl::BytesToHexString(entry.leaf_hash()));
  out["recorded"] = Text(MomentOf(entry));
  SetEvent(fields, event);
  out["agent"] = Agents(fields, log_id);
  out["source"] = Object({{"observer", Identified("urn:ehc-hub:log", std::string(log_id))},
                          {"type", List({Coding(kSourceType, "4", "Application Server")})}});
  out["entity"] = Entities(entry, fields);
  return Line(event);
}

}  // namespace ehchub
