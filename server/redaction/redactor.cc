#include "server/redaction/redactor.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace ehc {
namespace {

bool HidesLocation(const Facts& facts) {
  return (facts.protections & ~facts.cleared_protections & kAddressRestricted) != 0;
}

// Why a granted part stays behind all the same; kNone: it may leave.
Reason Suppressed(const PartSchema& schema, const Part& part, bool hides_location) {
  if (!hides_location) return Reason::kNone;
  if (schema.location_revealing) return Reason::kProtected;
  if (schema.free_text && !part.location_checked) return Reason::kLocationNotChecked;
  return Reason::kNone;
}

Part* FindPart(std::vector<Part>& parts, absl::string_view code) {
  auto found = std::find_if(parts.begin(), parts.end(),
                            [&](const Part& part) { return part.code == code; });
  return found == parts.end() ? nullptr : &*found;
}

// Puts the hub in the custodian's place: its name and its people tell where the child is.
void HideCustodian(Record& record, Release& release) {
  record.head.contact.clear();
  release.through_relay = true;
}

Release Describe(const RecordHead& head) {
  Release release;
  release.resource = absl::StrCat("record/", head.id.value);
  release.version = head.version;
  release.custodian = head.custodian;
  release.unit = head.unit;
  return release;
}

}  // namespace

Redacted<Record> Redactor::Redact(Loaded<Record> loaded) {
  const CaseFile& file = loaded.file();
  const Decision& decision = file.decision;
  const bool hides_location = HidesLocation(file.facts);
  Record out;
  out.head = std::move(loaded.value_.head);
  Release release = Describe(out.head);
  for (size_t i = 0; i < decision.schema->parts.size(); ++i) {
    const PartMask bit = PartMask{1} << i;
    if ((file.ask.request.parts & bit) == 0) continue;
    const PartSchema& schema = decision.schema->parts[i];
    if ((decision.granted & bit) == 0) {
      release.withheld.push_back({schema.code, decision.parts[i].reason});
      continue;
    }
    Part* part = FindPart(loaded.value_.parts, schema.code);
    if (part == nullptr) continue;  // granted, but the custodian keeps nothing there
    const Reason suppressed = Suppressed(schema, *part, hides_location);
    if (suppressed != Reason::kNone) {
      release.withheld.push_back({schema.code, suppressed});
      continue;
    }
    release.released.push_back(schema.code);
    out.parts.push_back(std::move(*part));
  }
  release.content_digest = DigestOf(out.parts);
  if (hides_location) HideCustodian(out, release);
  return Redacted<Record>(std::move(loaded.file_), std::move(out), std::move(release));
}

}  // namespace ehc
