#include "server/redaction/redactor.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace ehc {
namespace {

// Its own keeping is nobody's secret from the agency itself.
bool HidesLocation(const CaseFile& file) {
  if (file.ask.request.custodian == file.caller.agency()) return false;
  const Facts& facts = file.facts;
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
  auto found =
      std::find_if(parts.begin(), parts.end(), [&](const Part& part) { return part.code == code; });
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

// Moves into `out` what may leave of the record, and says in the release what did and did not.
void RedactOne(const CaseFile& file, bool hides_location, Record in, Record& out,
               Release& release) {
  const Decision& decision = file.decision;
  out.head = std::move(in.head);
  for (size_t i = 0; i < decision.schema->parts.size(); ++i) {
    const PartMask bit = PartMask{1} << i;
    if ((file.ask.request.parts & bit) == 0) continue;
    const PartSchema& schema = decision.schema->parts[i];
    if ((decision.granted & bit) == 0) {
      release.withheld.push_back({schema.code, decision.parts[i].reason});
      continue;
    }
    Part* part = FindPart(in.parts, schema.code);
    if (part == nullptr) continue;  // granted, but the custodian keeps nothing there
    const Reason suppressed = Suppressed(schema, *part, hides_location);
    if (suppressed != Reason::kNone) {
      release.withheld.push_back({schema.code, suppressed});
      continue;
    }
    release.released.push_back(schema.code);
    out.parts.push_back(std::move(*part));
  }
  if (hides_location) HideCustodian(out, release);
}

// Of the parts that may leave, the first, and with it those that come together with it.
void KeepNext(const std::vector<std::string>& together, std::vector<Part>& parts,
              std::vector<std::string>& released) {
  if (released.empty()) return;
  const auto is_together = [&](const std::string& code) {
    return std::find(together.begin(), together.end(), code) != together.end();
  };
  const std::string first = released.front();
  const auto waits = [&](const std::string& code) {
    return code != first && !(is_together(first) && is_together(code));
  };
  parts.erase(std::remove_if(parts.begin(), parts.end(),
                             [&](const Part& part) { return waits(part.code); }),
              parts.end());
  released.erase(std::remove_if(released.begin(), released.end(), waits), released.end());
}

// Each code once, in the order of first mention.
void AddOnce(const std::vector<std::string>& codes, std::vector<std::string>& all) {
  for (const std::string& code : codes) {
    if (std::find(all.begin(), all.end(), code) == all.end()) all.push_back(code);
  }
}

void Merge(const Release& one, Release& all) {
  AddOnce(one.released, all.released);
  for (const WithheldPart& part : one.withheld) {
    const bool said =
        std::any_of(all.withheld.begin(), all.withheld.end(), [&](const WithheldPart& other) {
          return other.code == part.code && other.reason == part.reason;
        });
    if (!said) all.withheld.push_back(part);
  }
  all.through_relay = all.through_relay || one.through_relay;
}

void AddToUnit(const Release& one, Release& all) {
  auto of = std::find_if(all.by_unit.begin(), all.by_unit.end(),
                         [&](const ReleasedUnit& unit) { return unit.unit == one.unit; });
  if (of == all.by_unit.end()) of = all.by_unit.insert(of, {one.unit, {}});
  AddOnce(one.released, of->parts);
}

}  // namespace

Redacted<Record> Redactor::Redact(Loaded<Record> loaded) {
  Release release = Describe(loaded.value_.head);
  Record out;
  RedactOne(loaded.file(), HidesLocation(loaded.file()), std::move(loaded.value_), out, release);
  release.content_digest = DigestOf(out.parts);
  return Redacted<Record>(std::move(loaded.file_), std::move(out), std::move(release));
}

Redacted<RecordStep> Redactor::Redact(Loaded<RecordStep> loaded) {
  RecordStep out;
  Release release = Describe(loaded.value_.record.head);
  RedactOne(loaded.file(), HidesLocation(loaded.file()), std::move(loaded.value_.record),
            out.record, release);
  KeepNext(loaded.value_.together, out.record.parts, release.released);
  out.last = out.record.parts.empty();
  release.content_digest = DigestOf(out.record.parts);
  return Redacted<RecordStep>(std::move(loaded.file_), std::move(out), std::move(release));
}

Redacted<Notice> Redactor::Redact(Loaded<Notice> loaded) {
  Notice out = std::move(loaded.value_);
  out.head.contact.clear();
  out.head.summary.clear();
  out.head.local_id.clear();
  Release release = Describe(out.head);
  return Redacted<Notice>(std::move(loaded.file_), std::move(out), std::move(release));
}

Redacted<RecordSet> Redactor::Redact(Loaded<RecordSet> loaded) {
  const CaseFile& file = loaded.file();
  const bool hides_location = HidesLocation(file);
  RecordSet out;
  out.more = loaded.value_.more;
  Release release;
  release.custodian = file.ask.request.custodian;
  release.unit = file.ask.request.custodian_unit;
  std::vector<Part> leaving;
  for (Record& record : loaded.value_.records) {
    Release one = Describe(record.head);
    absl::StrAppend(&release.resource, release.resource.empty() ? "" : ",", one.resource);
    RedactOne(file, hides_location, std::move(record), out.records.emplace_back(), one);
    Merge(one, release);
    AddToUnit(one, release);
    const std::vector<Part>& parts = out.records.back().parts;
    leaving.insert(leaving.end(), parts.begin(), parts.end());
  }
  release.content_digest = DigestOf(leaving);
  return Redacted<RecordSet>(std::move(loaded.file_), std::move(out), std::move(release));
}

}  // namespace ehc
