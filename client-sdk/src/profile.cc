#include "ehchub/profile.h"

#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"

namespace ehchub {
namespace {

constexpr size_t kMaxProfileSize = 64 * 1024;
constexpr absl::string_view kEnding = ".profile";

absl::Status Invalid(int line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("profile: line ", line, ": ", what));
}

struct Line {
  int number = 0;
  std::string key;
  std::string value;
};

absl::StatusOr<std::vector<Line>> LinesOf(absl::string_view text) {
  std::vector<Line> lines;
  int number = 0;
  for (absl::string_view raw : absl::StrSplit(text, '\n')) {
    ++number;
    const absl::string_view line = absl::StripAsciiWhitespace(raw);
    if (line.empty() || line.front() == '#') continue;
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    const absl::string_view value = absl::StripAsciiWhitespace(parts.second);
    if (!absl::StrContains(line, '=') || value.empty()) {
      return Invalid(number, "write it as key = value");
    }
    lines.push_back(
        {number, std::string(absl::StripTrailingAsciiWhitespace(parts.first)), std::string(value)});
  }
  return lines;
}

std::string Resolve(const std::string& path, const std::string& folder) {
  if (path.front() == '/' || folder.empty()) return path;
  return absl::StrCat(folder, "/", path);
}

absl::StatusOr<bool> ParseYesNo(const Line& line) {
  if (line.value == "yes" || line.value == "true") return true;
  if (line.value == "no" || line.value == "false") return false;
  return Invalid(line.number, absl::StrCat(line.key, " is yes or no"));
}

// Fills one profile from lines; every key that a profile knows is in one of its tables.
class Builder {
 public:
  explicit Builder(const std::string& folder) : folder_(folder) {}

  absl::Status Take(const Line& line) {
    const bool may_repeat = line.key == "promise_key" || line.key == "witness_key";
    if (!seen_.insert(line.key).second && !may_repeat) {
      return Invalid(line.number, absl::StrCat(line.key, " was given before"));
    }
    if (std::string* text = FindText(line.key)) {
      *text = line.value;
    } else if (std::string* path = FindPath(line.key)) {
      *path = Resolve(line.value, folder_);
    } else if (line.key == "promise_key") {
      profile_.promise_key_paths.push_back(Resolve(line.value, folder_));
    } else if (line.key == "witness_key") {
      profile_.witness_keys.push_back(line.value);
    } else if (line.key == "witness_quorum") {
      if (!absl::SimpleAtoi(line.value, &profile_.witness_quorum) || profile_.witness_quorum < 0) {
        return Invalid(line.number, "witness_quorum is a number");
      }
    } else if (line.key == "witnessed_within") {
      if (!absl::ParseDuration(line.value, &profile_.witnessed_within) ||
          profile_.witnessed_within <= absl::ZeroDuration()) {
        return Invalid(line.number, "witnessed_within is a duration such as 1h or 90m");
      }
    } else if (line.key == "strong_authentication") {
      EHC_ASSIGN_OR_RETURN(person_.strong_authentication, ParseYesNo(line));
    } else {
      return Invalid(line.number, "no profile has such a key");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Profile> Finish() {
    EHC_RETURN_IF_ERROR(Require({"hub", "certificate", "key", "ca"}, ""));
    const std::vector<const char*> of_person = {"user", "role", "unit", "assertion_key",
                                                "audience"};
    bool any = false;
    for (const char* key : of_person) any = any || seen_.count(key) > 0;
    if (any) {
      EHC_RETURN_IF_ERROR(Require(of_person, ", which an acting person needs"));
      profile_.acting_person = person_;
    }
    return profile_;
  }

 private:
  std::string* FindText(const std::string& key) {
    const std::map<std::string, std::string*> texts = {{"hub", &profile_.hub},
                                                       {"server_name", &profile_.server_name},
                                                       {"agency", &profile_.agency},
                                                       {"audience", &profile_.audience},
                                                       {"log_key", &profile_.log_key},
                                                       {"user", &person_.user},
                                                       {"role", &person_.role},
                                                       {"unit", &person_.unit},
                                                       {"training_until", &person_.training_until}};
    const auto found = texts.find(key);
    return found == texts.end() ? nullptr : found->second;
  }

  std::string* FindPath(const std::string& key) {
    const std::map<std::string, std::string*> paths = {
        {"certificate", &profile_.certificate_path},
        {"key", &profile_.key_path},
        {"ca", &profile_.ca_path},
        {"assertion_key", &profile_.assertion_key_path},
        {"receipts", &profile_.receipts_path}};
    const auto found = paths.find(key);
    return found == paths.end() ? nullptr : found->second;
  }

  absl::Status Require(const std::vector<const char*>& keys, absl::string_view why) const {
    for (const char* key : keys) {
      if (seen_.count(key) == 0) {
        return absl::InvalidArgumentError(absl::StrCat("profile: lacks ", key, why));
      }
    }
    return absl::OkStatus();
  }

  const std::string folder_;
  std::set<std::string> seen_;
  Profile profile_;
  ActingPerson person_;
};

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return "";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string NameOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (absl::EndsWith(name, kEnding)) name.resize(name.size() - kEnding.size());
  return name;
}

std::vector<std::string> Folders() {
  std::vector<std::string> folders;
  const char* chosen = std::getenv("EHC_PROFILES");
  if (chosen != nullptr && *chosen != '\0') folders.push_back(chosen);
  folders.push_back("./profiles");
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home != '\0')
    folders.push_back(absl::StrCat(home, "/.config/ehc/profiles"));
  return folders;
}

}  // namespace

absl::StatusOr<Profile> ParseProfile(absl::string_view text, const std::string& folder) {
  EHC_ASSIGN_OR_RETURN(const std::vector<Line> lines, LinesOf(text));
  Builder builder(folder);
  for (const Line& line : lines) EHC_RETURN_IF_ERROR(builder.Take(line));
  return builder.Finish();
}

absl::StatusOr<Profile> LoadProfile(const std::string& path) {
  EHC_ASSIGN_OR_RETURN(const std::string text, ehc::ReadFile(path, kMaxProfileSize));
  absl::StatusOr<Profile> profile = ParseProfile(text, FolderOf(path));
  if (!profile.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", profile.status().message()));
  }
  profile->name = NameOf(path);
  return profile;
}

absl::StatusOr<std::string> FindProfile(const std::string& name) {
  if (absl::StrContains(name, '/')) return name;
  const std::vector<std::string> folders = Folders();
  for (const std::string& folder : folders) {
    const std::string path = absl::StrCat(folder, "/", name, kEnding);
    if (ehc::ReadFile(path, kMaxProfileSize).status().code() != absl::StatusCode::kNotFound) {
      return path;
    }
  }
  return absl::NotFoundError(
      absl::StrCat("there is no ", name, kEnding, " in ", absl::StrJoin(folders, ", ")));
}

}  // namespace ehchub
