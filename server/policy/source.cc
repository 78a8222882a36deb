#include "server/policy/source.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr absl::string_view kMagic = "ehc-policy-source-1\n";
constexpr const char* kSubfolders[] = {"agreements", "vocabulary"};
// What a hub that takes no such decisions may do without.
constexpr const char* kFurtherSubfolders[] = {"pathways", "planning", "scoring"};

absl::Status ReadSubfolder(const std::string& folder, const std::string& name,
                           PolicySource* source) {
  std::error_code error;
  std::filesystem::directory_iterator entries(folder + "/" + name, error);
  if (error) {
    return absl::NotFoundError(absl::StrCat("policy folder ", folder, ": no readable subfolder '",
                                            name, "'; name a folder that holds one"));
  }
  for (const auto& entry : entries) {
    if (entry.path().extension() != ".textproto") continue;
    EHC_ASSIGN_OR_RETURN(std::string text, ReadFile(entry.path().string(), kMaxPolicyFileBytes));
    if (!HoldsPolicy(text)) continue;
    source->files.push_back({name + "/" + entry.path().filename().string(), std::move(text)});
  }
  return absl::OkStatus();
}

void AppendFrame(absl::string_view bytes, std::string* out) {
  absl::StrAppend(out, bytes.size(), "\n", bytes, "\n");
}

bool TakeFrame(absl::string_view* bytes, std::string* frame) {
  const size_t end = bytes->find('\n');
  size_t size = 0;
  if (end == absl::string_view::npos || !absl::SimpleAtoi(bytes->substr(0, end), &size)) {
    return false;
  }
  bytes->remove_prefix(end + 1);
  if (size >= bytes->size() || (*bytes)[size] != '\n') return false;
  *frame = std::string(bytes->substr(0, size));
  bytes->remove_prefix(size + 1);
  return true;
}

}  // namespace

bool IsTestFile(const PolicyFile& file) { return absl::StartsWith(file.path, "tests/"); }

bool HoldsPolicy(absl::string_view text) {
  constexpr absl::string_view kHeader = "# proto-message: ";
  const size_t at = text.find(kHeader);
  if (at == absl::string_view::npos) return true;
  absl::string_view name = text.substr(at + kHeader.size());
  name = name.substr(0, name.find_first_of("\r\n"));
  return absl::EndsWith(name, "Vocabulary") || absl::EndsWith(name, "Agreement") ||
         absl::EndsWith(name, "PolicyCases") || absl::EndsWith(name, "ScoringModel") ||
         absl::EndsWith(name, "PlanningRules");
}

absl::StatusOr<PolicySource> ReadPolicyFolder(const std::string& folder) {
  PolicySource source;
  for (const char* name : kSubfolders) {
    EHC_RETURN_IF_ERROR(ReadSubfolder(folder, name, &source));
  }
  for (const char* name : kFurtherSubfolders) {
    if (!std::filesystem::exists(folder + "/" + name)) continue;
    EHC_RETURN_IF_ERROR(ReadSubfolder(folder, name, &source));
  }
  std::sort(source.files.begin(), source.files.end(),
            [](const PolicyFile& a, const PolicyFile& b) { return a.path < b.path; });
  return source;
}

std::string SerializePolicySource(const PolicySource& source) {
  std::string bytes(kMagic);
  for (const PolicyFile& file : source.files) {
    AppendFrame(file.path, &bytes);
    AppendFrame(file.text, &bytes);
  }
  return bytes;
}

absl::StatusOr<PolicySource> ParsePolicySource(absl::string_view bytes) {
  const auto broken = [] { return absl::DataLossError("stored policy: not as it was stored"); };
  if (bytes.substr(0, kMagic.size()) != kMagic) return broken();
  bytes.remove_prefix(kMagic.size());
  PolicySource source;
  while (!bytes.empty()) {
    PolicyFile file;
    if (!TakeFrame(&bytes, &file.path) || !TakeFrame(&bytes, &file.text)) return broken();
    source.files.push_back(std::move(file));
  }
  return source;
}

}  // namespace ehc
