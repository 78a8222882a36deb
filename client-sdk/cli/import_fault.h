// What can be wrong with a row (docs/formats/extract.md, "Faults"). A fault says where and which
// rule, never the value.
#ifndef EHC_CLIENT_SDK_CLI_IMPORT_FAULT_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_FAULT_H_

#include <string>
#include <tuple>

namespace ehchub {

inline constexpr char kCheckDigit[] = "CHECK_DIGIT";
inline constexpr char kIdentifierFormat[] = "IDENTIFIER_FORMAT";
inline constexpr char kDateFormat[] = "DATE_FORMAT";
inline constexpr char kImpossibleDate[] = "IMPOSSIBLE_DATE";
inline constexpr char kDateOrder[] = "DATE_ORDER";
inline constexpr char kUnknownCode[] = "UNKNOWN_CODE";
inline constexpr char kMissingKey[] = "MISSING_KEY";
inline constexpr char kDuplicateKey[] = "DUPLICATE_KEY";
inline constexpr char kMissingField[] = "MISSING_FIELD";
inline constexpr char kMissingColumn[] = "MISSING_COLUMN";
inline constexpr char kConflictingFields[] = "CONFLICTING_FIELDS";
inline constexpr char kDanglingReference[] = "DANGLING_REFERENCE";
inline constexpr char kJsonFormat[] = "JSON_FORMAT";
inline constexpr char kWrongColumnCount[] = "WRONG_COLUMN_COUNT";
inline constexpr char kNotUtf8[] = "NOT_UTF8";
inline constexpr char kUnterminatedQuote[] = "UNTERMINATED_QUOTE";

struct Fault {
  std::string table;
  int line = 0;
  std::string field;   // empty: the whole row
  std::string reason;  // one of the above, or "HUB:…" with the hub's own reason

  friend bool operator==(const Fault& a, const Fault& b) {
    return std::tie(a.table, a.line, a.field, a.reason) ==
           std::tie(b.table, b.line, b.field, b.reason);
  }
  friend bool operator<(const Fault& a, const Fault& b) {
    return std::tie(a.table, a.line, a.field, a.reason) <
           std::tie(b.table, b.line, b.field, b.reason);
  }
};

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_FAULT_H_
