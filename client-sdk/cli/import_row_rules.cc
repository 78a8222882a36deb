#include "client-sdk/cli/import_row_rules.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "client-sdk/cli/import_cell.h"

namespace ehchub {
namespace {

void CheckPerson(Extract& extract, Row& row) {
  const bool born = !row["pers_dob"].empty();
  const bool expected = !row["pers_expected_dob"].empty();
  if (born && expected) extract.Blame(row, "pers_expected_dob", kConflictingFields);
  if (!born && !expected) extract.Blame(row, "pers_dob", kMissingField);
}

// Only the types that may be published; of the others not even the value is looked at.
void CheckLink(Extract& extract, Row& row) {
  const std::string& type = row["link_identifier_type"];
  std::string& value = row.cells[row.table->IndexOf("link_identifier_value")];
  const char* reason = nullptr;
  if (type == "NHS Number") reason = CheckNhsNumber(&value);
  if (type == "Unique Pupil Number") reason = CheckUpn(&value);
  if (type == "Unique Learner Number") reason = CheckUln(&value);
  if (reason != nullptr) extract.Blame(row, "link_identifier_value", reason);
}

void CheckRelationship(Extract& extract, Row& row) {
  const std::string& kind = row["party_kind"];
  const bool responsible = row["parental_responsibility"] == "Y";
  const bool agency = kind == "LOCAL_AUTHORITY" || kind == "KEY_WORKER";
  if (responsible && row["evidence"].empty()) extract.Blame(row, "evidence", kMissingField);
  if (agency && !absl::StartsWith(row["party_ref"], "agencies/")) {
    extract.Blame(row, "party_ref", kIdentifierFormat);
  }
  if (kind == "LOCAL_AUTHORITY" && !responsible) {
    extract.Blame(row, "parental_responsibility", kConflictingFields);
  }
}

bool IsIssued(const Row& headline) {
  return headline["status"] != "DRAFT" && headline["status"] != "WITHDRAWN";
}

// The person at the other end of plan, assessment, request and ssd_send.
const std::string& PersonOfNamedPlan(const Extract& extract, const Row& named) {
  const Row& assessment = *extract.Of("ssd_ehcp_assessment").Find(named["ehcn_ehcp_asmt_id"]);
  const Row& request = *extract.Of("ssd_ehcp_requests").Find(assessment["ehca_ehcp_request_id"]);
  return (*extract.Of("ssd_send").Find(request["ehcr_send_table_id"]))["send_person_id"];
}

void CheckHeadline(Extract& extract, Row& row) {
  if (row["contact_ref"].empty()) extract.Blame(row, "contact_ref", kMissingField);
  const Row* named = extract.Of("ssd_ehcp_named_plan").Find(row["plan_id"]);
  if (named == nullptr) {
    if (IsIssued(row)) extract.Blame(row, "plan_id", kDanglingReference);
    return;
  }
  if (!named->good) {
    row.good = false;
    return;
  }
  if (PersonOfNamedPlan(extract, *named) != row["person_id"]) {
    extract.Blame(row, "person_id", kConflictingFields);
  }
}

// What belongs to a headline that turned out not to be usable, or is about another child.
void CheckPartOfPlan(Extract& extract, Row& row) {
  const Row* headline = extract.Of("supplement_plan_headlines").Find(row["plan_id"]);
  if (!headline->good) {
    row.good = false;
  } else if (row.table->IndexOf("person_id") >= 0 && row["person_id"] != (*headline)["person_id"]) {
    extract.Blame(row, "person_id", kConflictingFields);
  }
}

// All parts of a record are about one child and of one custodian, as its first row says.
void CheckHealthRecords(Extract& extract) {
  absl::flat_hash_map<std::string, const Row*> first;
  for (Row& row : extract.Of("supplement_health_records").rows()) {
    if (!row.good) continue;
    const Row& begun = *first.emplace(row["record_id"], &row).first->second;
    for (const char* field : {"person_id", "custodian_agency", "custodian_unit"}) {
      if (row[field] != begun[field]) extract.Blame(row, field, kConflictingFields);
    }
  }
}

}  // namespace

void CheckRowRules(Extract& extract, Row& row) {
  for (const auto& [from, to] : row.table->date_orders) {
    const bool both = !row[from].empty() && !row[to].empty();
    if (both && row[to] < row[from]) extract.Blame(row, to, kDateOrder);
  }
  const absl::string_view table = row.table->name;
  if (table == "ssd_person") CheckPerson(extract, row);
  if (table == "ssd_linked_identifiers") CheckLink(extract, row);
  if (table == "supplement_relationships") CheckRelationship(extract, row);
}

void CheckAcrossRows(Extract& extract) {
  for (Row& row : extract.Of("supplement_plan_headlines").rows()) {
    if (row.good) CheckHeadline(extract, row);
  }
  for (const char* table : {"supplement_plan_sections", "supplement_named_institutions"}) {
    for (Row& row : extract.Of(table).rows()) {
      if (row.good) CheckPartOfPlan(extract, row);
    }
  }
  CheckHealthRecords(extract);
}

}  // namespace ehchub
