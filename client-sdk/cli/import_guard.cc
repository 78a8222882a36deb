#include "client-sdk/cli/import_guard.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace ehchub {
namespace {

constexpr char kProtections[] = "supplement_protections";
constexpr char kSevered[] = "IDENTITY_SEVERED";
constexpr char kAdopted[] = "ADOPTED";
constexpr char kRestricted[] = "ADDRESS_RESTRICTED";

std::string Canonical(const std::string& identifier) {
  std::string text = absl::AsciiStrToUpper(identifier);
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '-'; }),
             text.end());
  return text;
}

}  // namespace

bool IsInForce(const Row& row, absl::string_view from, absl::string_view to,
               absl::string_view as_at) {
  return row[from] <= as_at && (row[to].empty() || row[to] >= as_at);
}

ImportGuard::ImportGuard(const Extract& extract, absl::string_view as_at) {
  for (const Row& row : extract.Of(kProtections).rows()) {
    row.good ? ReadProtection(row, as_at) : ReadFaultyProtection(row);
  }
  for (const Fault& fault : extract.faults()) {
    if (fault.table == kProtections && fault.reason == kMissingColumn) holds_everything_ = true;
  }
  for (const std::string& person : severed_) ForbidIdentifiersOf(extract, person);
  ForbidFormerIdentifiers(extract);
}

// A severance counts whatever its dates: what was severed stays so. What forbids the address counts
// until it ended, what clears it only while it is in force.
void ImportGuard::ReadProtection(const Row& row, absl::string_view as_at) {
  const std::string& person = row["person_id"];
  const std::string& label = row["label"];
  if (label == kSevered) severed_.insert(person);
  if (label == kAdopted) adopted_.insert(person);
  const bool cleared = row["address_cleared"] == "Y";
  const bool forbids = label == kSevered || label == kAdopted || label == kRestricted;
  const bool over = !row["to_date"].empty() && row["to_date"] < as_at;
  if (!cleared && forbids && !over) address_forbidden_.insert(person);
  if (cleared && IsInForce(row, "from_date", "to_date", as_at)) cleared_.insert(person);
}

void ImportGuard::ReadFaultyProtection(const Row& row) {
  if (!row.legible || row["person_id"].empty()) {
    holds_everything_ = true;
    return;
  }
  if (row["label"] == kSevered) severed_.insert(row["person_id"]);
  held_back_.insert(row["person_id"]);
}

void ImportGuard::ForbidIdentifiersOf(const Extract& extract, absl::string_view person) {
  const Row* row = extract.Of("ssd_person").Find(person);
  if (row != nullptr) forbidden_identifiers_.insert((*row)["pers_common_child_id"]);
  for (const Row* send : extract.Of("ssd_send").By("send_person_id", person)) {
    forbidden_identifiers_.insert((*send)["send_upn"]);
    forbidden_identifiers_.insert((*send)["send_uln"]);
  }
  for (const Row* link : extract.Of("ssd_linked_identifiers").By("link_person_id", person)) {
    forbidden_identifiers_.insert(Canonical((*link)["link_identifier_value"]));
  }
}

void ImportGuard::ForbidFormerIdentifiers(const Extract& extract) {
  for (const Row& row : extract.Of("ssd_linked_identifiers").rows()) {
    const bool former = absl::StartsWithIgnoreCase(row["link_identifier_type"], "former");
    if (row.legible && former) {
      forbidden_identifiers_.insert(Canonical(row["link_identifier_value"]));
    }
  }
}

}  // namespace ehchub
