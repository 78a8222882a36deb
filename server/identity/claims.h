// Reading JSON objects that an outsider wrote: strict, bounded, and with errors that name a member
// and a rule but never a value.
#ifndef EHC_SERVER_IDENTITY_CLAIMS_H_
#define EHC_SERVER_IDENTITY_CLAIMS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace ehc {

// Refuses anything but one object of at most three levels, and repeated names.
absl::StatusOr<nlohmann::json> ParseJsonObject(absl::string_view text);

struct TextRule {
  size_t min_size = 1;
  size_t max_size = 64;
  bool (*is_allowed)(char) = nullptr;
  absl::string_view says;  // the rule in words: "1 to 64 of A-Z a-z 0-9 . _ -"
};

// Collects members of one object. The first error stays and empties every later answer.
class ClaimReader {
 public:
  // `path` precedes names in errors: "cnf." REQUIRES: `object` is an object that outlives this.
  explicit ClaimReader(const nlohmann::json& object, absl::string_view path = "")
      : object_(object), path_(path) {}

  std::string Text(const char* name, const TextRule& rule);
  std::string OptionalText(const char* name, const TextRule& rule);
  absl::Time Time(const char* name);
  std::optional<absl::Time> OptionalTime(const char* name);
  std::vector<std::string> OptionalTexts(const char* name, size_t max_items, const TextRule& rule);
  // Null after an error.
  const nlohmann::json* Object(const char* name);

  void Fail(absl::string_view name, absl::string_view why);
  void Absorb(const ClaimReader& inner) { Absorb(inner.status()); }
  const absl::Status& status() const { return status_; }

 private:
  void Absorb(const absl::Status& status) { status_.Update(status); }
  const nlohmann::json* Find(const char* name) const;
  std::string CheckedText(const char* name, const nlohmann::json& value, const TextRule& rule);

  const nlohmann::json& object_;
  const std::string path_;
  absl::Status status_;
};

}  // namespace ehc

#endif  // EHC_SERVER_IDENTITY_CLAIMS_H_
