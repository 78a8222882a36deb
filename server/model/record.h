// Records and their separately released parts.
//
// A record type (the EHC plan, a health record …) is data: policies/vocabulary names its parts. A
// part is the smallest thing that is released or withheld; a set of parts is a bit mask over the
// schema's order.
#ifndef EHC_SERVER_MODEL_RECORD_H_
#define EHC_SERVER_MODEL_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/crypto.h"
#include "server/model/names.h"

namespace ehc {

// Bit i stands for RecordSchema::parts[i].
using PartMask = uint64_t;
inline constexpr int kMaxParts = 64;

struct PartSchema {
  std::string code;                 // "C", "B_HEADLINE"
  std::string title;                // "Health needs related to SEN"
  std::string release_class;        // "HEALTH_NEED" (domain: sections and release classes)
  bool location_revealing = false;  // withheld whole under ADDRESS_RESTRICTED
  bool free_text = false;           // withheld under ADDRESS_RESTRICTED unless location-checked
};

struct RecordSchema {
  std::string record_type;  // "EHC_PLAN"
  std::string title;
  std::vector<PartSchema> parts;
  std::string held_by;           // the kind of unit that keeps it; empty: the whole agency
  std::string published_with;    // the one method that publishes it; empty: none does
  bool moves_with_plan = false;  // to the authority that takes the child's plan over

  // -1 when the schema has no such part.
  int IndexOf(absl::string_view code) const;
  PartMask AllParts() const;
};

// How finished a record is. Only FINAL binds; a draft is shown as one.
enum class Badge { kUnspecified, kDraft, kFinal };

struct RecordHead {
  RecordId id;
  SubjectId subject;
  AgencyId custodian;
  UnitId unit;
  std::string record_type;
  int64_t version = 0;   // counts from 1; versions are immutable
  std::string local_id;  // the custodian's own name of the record; unique per custodian and type
  Badge badge = Badge::kUnspecified;
  absl::Time as_at;         // when the content was true, said by the custodian
  absl::Time published_at;  // when the hub took it
  std::optional<absl::Time> expires_at;
  bool quarantined = false;  // recalled: never released again
  std::string contact;       // a serialised NamedContact
  std::string summary;       // a serialised, type-specific header; holds no released content
};

struct Part {
  std::string code;
  std::string content;            // a serialised part message; opaque below services/
  bool location_checked = false;  // the custodian vouches that the text reveals no location
};

// SHA-256 of "code NUL SHA-256(content)", part by part, in order.
Digest DigestOf(const std::vector<Part>& parts);

struct Record {
  RecordHead head;
  std::vector<Part> parts;
};

// Records of one type and custodian about one child.
struct RecordSet {
  std::vector<Record> records;
  bool more = false;  // older ones follow on another page
};

// That a commit put a version of a record.
struct RecordChange {
  int64_t index = 0;  // of the commit's entry in the log
  absl::Time at;      // the entry's
  RecordId record;
  int64_t version = 0;
  SubjectId subject;
  AgencyId custodian;
  std::string record_type;
};

// A record that is read part by part, in the order of its schema: as loaded, with the parts that
// are left; as released, with the next one of them that may leave.
struct RecordStep {
  Record record;
  std::vector<std::string> together;  // codes of parts that come as one, such as a headline's
  bool last = false;                  // none was left that may leave
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_RECORD_H_
