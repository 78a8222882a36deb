#include "server/identity/claims.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ehc {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 3;
constexpr int64_t kLastSecondOf9999 = 253402300799;

// Watches a parse for what nlohmann::json itself lets pass.
class Strictness {
 public:
  bool operator()(int depth, json::parse_event_t event, const json& parsed) {
    if (event == json::parse_event_t::object_start) names_.emplace_back();
    if (event == json::parse_event_t::object_end) names_.pop_back();
    if (event == json::parse_event_t::key) {
      repeated_ |= !names_.back().insert(parsed.get_ref<const std::string&>()).second;
    }
    too_deep_ |= depth > kMaxDepth;
    return true;
  }

  absl::Status status() const {
    if (repeated_) return absl::InvalidArgumentError("a JSON name is repeated");
    if (too_deep_) return absl::InvalidArgumentError("the JSON is nested too deeply");
    return absl::OkStatus();
  }

 private:
  std::vector<std::set<std::string>> names_;
  bool repeated_ = false;
  bool too_deep_ = false;
};

bool Obeys(const std::string& text, const TextRule& rule) {
  return text.size() >= rule.min_size && text.size() <= rule.max_size &&
         std::all_of(text.begin(), text.end(), rule.is_allowed);
}

}  // namespace

absl::StatusOr<json> ParseJsonObject(absl::string_view text) {
  Strictness strictness;
  json parsed = json::parse(
      text.begin(), text.end(),
      [&](int depth, json::parse_event_t event, json& value) {
        return strictness(depth, event, value);
      },
      /*allow_exceptions=*/false);
  if (!parsed.is_object()) return absl::InvalidArgumentError("it is not a JSON object");
  if (absl::Status status = strictness.status(); !status.ok()) return status;
  return parsed;
}

const json* ClaimReader::Find(const char* name) const {
  if (!status_.ok()) return nullptr;
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

void ClaimReader::Fail(absl::string_view name, absl::string_view why) {
  Absorb(absl::InvalidArgumentError(absl::StrCat(path_, name, " ", why)));
}

std::string ClaimReader::CheckedText(const char* name, const json& value, const TextRule& rule) {
  const std::string* text = value.get_ptr<const std::string*>();
  if (text != nullptr && Obeys(*text, rule)) return *text;
  Fail(name, absl::StrCat("must be ", rule.says));
  return std::string();
}

std::string ClaimReader::Text(const char* name, const TextRule& rule) {
  const json* value = Find(name);
  if (value != nullptr) return CheckedText(name, *value, rule);
  Fail(name, "is missing");
  return std::string();
}

std::string ClaimReader::OptionalText(const char* name, const TextRule& rule) {
  const json* value = Find(name);
  return value == nullptr ? std::string() : CheckedText(name, *value, rule);
}

absl::Time ClaimReader::Time(const char* name) {
  const std::optional<absl::Time> time = OptionalTime(name);
  if (!time.has_value()) Fail(name, "is missing");
  return time.value_or(absl::InfinitePast());
}

std::optional<absl::Time> ClaimReader::OptionalTime(const char* name) {
  const json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  const int64_t* seconds = value->get_ptr<const json::number_integer_t*>();
  if (seconds == nullptr || *seconds < 0 || *seconds > kLastSecondOf9999) {
    Fail(name, "must be a whole number of seconds since 1970");
    return std::nullopt;
  }
  return absl::FromUnixSeconds(*seconds);
}

std::vector<std::string> ClaimReader::OptionalTexts(const char* name, size_t max_items,
                                                    const TextRule& rule) {
  const json* value = Find(name);
  std::vector<std::string> texts;
  if (value == nullptr) return texts;
  if (!value->is_array() || value->size() > max_items) {
    Fail(name, absl::StrCat("must be a list of at most ", max_items));
    return texts;
  }
  for (const json& item : *value) texts.push_back(CheckedText(name, item, rule));
  return texts;
}

const json* ClaimReader::Object(const char* name) {
  const json* value = Find(name);
  if (value != nullptr && value->is_object()) return value;
  Fail(name, value == nullptr ? "is missing" : "must be an object");
  return nullptr;
}

}  // namespace ehc
