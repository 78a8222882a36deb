#ifndef EHC_SERVER_POLICY_SOURCE_H_
#define EHC_SERVER_POLICY_SOURCE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ehc {

// One policy file as an officer wrote it. `path` is relative to the policy folder, with '/'.
struct PolicyFile {
  std::string path;
  std::string text;
};

// The files that decide: agreements/*.textproto and vocabulary/*.textproto, and, where there are
// any, pathways/*.textproto, scoring/*.textproto and planning/*.textproto.
struct PolicySource {
  std::vector<PolicyFile> files;  // by path
};

// Cases, which accompany a policy and decide nothing.
bool IsTestFile(const PolicyFile& file);

// False for reference data of other messages (code lists), which lie in the same folder and say so
// in their header.
bool HoldsPolicy(absl::string_view text);

inline constexpr size_t kMaxPolicyFileBytes = 64 << 20;

// Reads the folder. NOT_FOUND without the folder or without its two subfolders.
absl::StatusOr<PolicySource> ReadPolicyFolder(const std::string& folder);

// One string for the store, and back. DATA_LOSS for anything that the first did not make.
std::string SerializePolicySource(const PolicySource& source);
absl::StatusOr<PolicySource> ParsePolicySource(absl::string_view bytes);

}  // namespace ehc

#endif  // EHC_SERVER_POLICY_SOURCE_H_
