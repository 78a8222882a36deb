#include <cstdint>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "ehchub/log_tree.h"
#include "nlohmann/json.hpp"
#include "server/base/encoding.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"

namespace ehchub {
namespace {

using ehc::Digest;
using nlohmann::json;

absl::StatusOr<Digest> HashOf(const json& value) {
  if (value.is_null()) return ehc::DigestFromBytes("");
  if (!value.is_string()) return absl::InvalidArgumentError("a hash is no text");
  EHC_ASSIGN_OR_RETURN(const std::string bytes, ehc::Base64Decode(value.get<std::string>()));
  return ehc::DigestFromBytes(bytes);
}

absl::StatusOr<std::vector<Digest>> PathOf(const json& value) {
  std::vector<Digest> path;
  for (const json& item : value) {
    EHC_ASSIGN_OR_RETURN(path.emplace_back(), HashOf(item));
  }
  return path;
}

absl::StatusOr<uint64_t> NumberOf(const json& value) {
  if (!value.is_number_unsigned()) return absl::InvalidArgumentError("a size is no number");
  return value.get<uint64_t>();
}

absl::Status CheckInclusion(const json& vector) {
  EHC_ASSIGN_OR_RETURN(const uint64_t index, NumberOf(vector["leafIdx"]));
  EHC_ASSIGN_OR_RETURN(const uint64_t size, NumberOf(vector["treeSize"]));
  EHC_ASSIGN_OR_RETURN(const Digest root, HashOf(vector["root"]));
  EHC_ASSIGN_OR_RETURN(const Digest leaf, HashOf(vector["leafHash"]));
  EHC_ASSIGN_OR_RETURN(const std::vector<Digest> path, PathOf(vector["proof"]));
  return ehc::VerifyInclusion(leaf, index, size, path, root);
}

absl::Status CheckConsistency(const json& vector) {
  EHC_ASSIGN_OR_RETURN(const uint64_t from, NumberOf(vector["size1"]));
  EHC_ASSIGN_OR_RETURN(const uint64_t to, NumberOf(vector["size2"]));
  EHC_ASSIGN_OR_RETURN(const Digest from_root, HashOf(vector["root1"]));
  EHC_ASSIGN_OR_RETURN(const Digest to_root, HashOf(vector["root2"]));
  EHC_ASSIGN_OR_RETURN(const std::vector<Digest> path, PathOf(vector["proof"]));
  return ehc::VerifyConsistency(from, to, from_root, to_root, path);
}

std::string NameOf(const json& vector, size_t place) {
  for (const char* name : {"case", "desc"}) {
    const auto found = vector.find(name);
    if (found != vector.end() && found->is_string()) return found->get<std::string>();
  }
  return absl::StrCat("vector ", place);
}

bool HasMembers(const json& vector, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (!vector.contains(name)) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<VectorsReport> RunVectors(absl::string_view text) {
  const json vectors = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!vectors.is_array()) return absl::InvalidArgumentError("not a JSON array of vectors");
  VectorsReport report;
  for (size_t i = 0; i < vectors.size(); ++i) {
    const json& vector = vectors[i];
    const bool inclusion = vector.is_object() &&
                           HasMembers(vector, {"leafIdx", "treeSize", "root", "leafHash", "proof"});
    const bool consistency =
        vector.is_object() && HasMembers(vector, {"size1", "size2", "root1", "root2", "proof"});
    const auto want = vector.is_object() ? vector.find("wantErr") : vector.end();
    if (inclusion == consistency || want == vector.end() || !want->is_boolean()) {
      return absl::InvalidArgumentError(
          absl::StrCat("vector ", i, " is neither one of inclusion nor one of consistency"));
    }
    const absl::Status checked = inclusion ? CheckInclusion(vector) : CheckConsistency(vector);
    if (checked.ok() != want->get<bool>()) {
      ++report.passed;
    } else {
      ++report.failed;
      report.failures.push_back(NameOf(vector, i));
    }
  }
  return report;
}

}  // namespace ehchub
