#ifndef EHC_SERVER_MODEL_IDENTIFIERS_H_
#define EHC_SERVER_MODEL_IDENTIFIERS_H_

#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/model/date.h"

namespace ehc {

// Values are stored and hashed with identifiers: append only, never renumber.
enum class IdentifierKind : uint8_t {
  kNhsNumber = 1,  // "9434765870"
  kUpn = 2,        // "B801200005001", permanent or temporary
  kUln = 3,        // "9276308686"
  kPncId = 4,      // "1979/0163001B"
  kLaChildId = 5,  // "303/ABC123": DfE authority code, then that authority's own id
  kUprn = 6,       // "100021234567", without leading zeros; location data, treat as an address
};

// `value` is canonical: two spellings of one identifier compare equal. It is personal data.
struct Identifier {
  IdentifierKind kind = IdentifierKind::kNhsNumber;
  std::string value;

  friend bool operator==(const Identifier& a, const Identifier& b) {
    return a.kind == b.kind && a.value == b.value;
  }
  friend bool operator<(const Identifier& a, const Identifier& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.value < b.value;
  }
  template <typename H>
  friend H AbslHashValue(H h, const Identifier& i) {
    return H::combine(std::move(h), i.kind, i.value);
  }
};

enum class IdentifierMode {
  kTest,  // synthetic NHS numbers only, so that no real person can be loaded by mistake
  kLive,  // issued NHS numbers only
};

struct NhsNumberRange {
  uint64_t first = 0;
  uint64_t last = 0;
};

// The code lists and ranges that checking needs, read from policies/vocabulary. Defaults refuse
// every NHS number and every authority.
struct IdentifierRules {
  IdentifierMode mode = IdentifierMode::kTest;
  std::vector<NhsNumberRange> issued_nhs_numbers;
  std::vector<NhsNumberRange> synthetic_nhs_numbers;
  std::bitset<1000> la_codes;  // DfE authorities and pseudo-authorities, at the code's number
  // From which day on another authority stands in a code's place (policies/vocabulary/areas).
  std::map<int, Date> la_successions;
};

// The canonical identifier, or INVALID_ARGUMENT that names the kind and the rule, never the value.
// Strict ASCII: full-width digits and invisible characters are refused. `on` decides the century
// of a PNC ID with a two-digit year (the latest that is not after `on`).
absl::StatusOr<Identifier> ParseIdentifier(IdentifierKind kind, absl::string_view text,
                                           const IdentifierRules& rules, Date on);

// "nhs:…", "upn:…", "uln:…", "pnc:…", "la:303/ABC123". The kind is stated, never inferred: an ULN
// with its last digit one higher is a valid NHS number. Not "uprn:…": a property is no person, and
// whoever lives there is not to be found by it.
absl::StatusOr<Identifier> ParseSubjectName(absl::string_view name, const IdentifierRules& rules,
                                            Date on);

// The inverse of ParseSubjectName; the result is personal data.
std::string FormatSubjectName(const Identifier& identifier);

// "NHS number", for messages.
absl::string_view IdentifierKindName(IdentifierKind kind);

// A temporary UPN ends in a letter; it must not be relied on across schools. False for other kinds.
bool IsTemporaryUpn(const Identifier& identifier);

// A UPN whose year of allocation began after its authority was succeeded: a school's software went
// on issuing under the old code, or the number is none. Valid all the same (domain §2.1 has one in
// its list of valid numbers), but no ground to take two registrations for one child unseen.
bool IsAllocatedAfterSuccession(const Identifier& identifier, const IdentifierRules& rules);

// An authority's own child id first used on or after the day on which the authority was succeeded:
// there was nobody to issue it.
bool IsIssuedAfterSuccession(const Identifier& identifier, Date from, const IdentifierRules& rules);

// Check characters, for generators and tests. Each takes the part before (UPN: after) the check
// character and returns 0 where the part is malformed or has no check character.
char NhsCheckDigit(absl::string_view first_nine);
char UlnCheckDigit(absl::string_view first_nine);
char UpnCheckLetter(absl::string_view last_twelve);

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_IDENTIFIERS_H_
