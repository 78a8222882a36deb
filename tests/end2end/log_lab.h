// For tests of the log itself: witnesses with keys of their own, and readers of its tree that share
// no code with the hub's but SHA-256.
#ifndef EHC_TESTS_END2END_LOG_LAB_H_
#define EHC_TESTS_END2END_LOG_LAB_H_

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ehchub/log_tree.h"
#include "ehchub/witness.h"
#include "gtest/gtest.h"
#include "server/base/crypto.h"
#include "tests/end2end/hub_world.h"

namespace ehc {

inline std::string FileText(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

inline ehchub::LogKeys KeysOf(const ehchub::Profile& profile) {
  return ehchub::LoadLogKeys(profile).value();
}

// The agency's witness key, made and enrolled at the hub; its file is <folder>/<agency>.witness.
inline std::string EnrolWitness(const HubWorld& world, const std::string& agency,
                                const std::string& suffix = "") {
  const std::string path = world.folder() + "/" + agency + suffix + ".witness";
  const std::string key = ehchub::CreateWitnessKey(path, agency + ".example/witness").value();
  v1::EnrolCredentialRequest enrol;
  enrol.set_parent("agencies/" + agency);
  enrol.mutable_credential()->set_kind(v1::CREDENTIAL_KIND_WITNESS_KEY);
  enrol.mutable_credential()->set_verifier_key(key);
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  enrol.mutable_credential()->mutable_not_before()->set_seconds(now - 3600);
  enrol.mutable_credential()->mutable_not_after()->set_seconds(now + 86400);
  EXPECT_EQ(ReasonIn(world.As(kOperator).admin.EnrolCredential(enrol)), "OK") << agency;
  return key;
}

// Of whoever made the key with EnrolWitness(). What it signed stands beside the key.
inline std::unique_ptr<ehchub::Witness> WitnessOf(const HubWorld& world, const Persona& persona,
                                                  const std::string& suffix = "") {
  const std::string path = world.folder() + "/" + persona.agency + suffix + ".witness";
  return ehchub::Witness::Create(KeysOf(world.ProfileOf(persona)), path, path + ".state").value();
}

inline absl::StatusOr<ehchub::Cosigned> CosignAs(const HubWorld& world, const Persona& persona,
                                                 ehchub::Witness& witness) {
  return witness.Cosign(*ehchub::MakeAuditConnection(world.As(persona).hub));
}

// RFC 6962 section 2.1, word for word.
inline Digest NaiveNode(const Digest& left, const Digest& right) {
  return Sha256(absl::StrCat(absl::string_view("\1", 1), DigestView(left), DigestView(right)));
}
inline Digest NaiveRoot(const std::vector<Digest>& leaves, size_t begin, size_t end) {
  if (begin == end) return Sha256("");
  if (end - begin == 1) return leaves[begin];
  size_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  return NaiveNode(NaiveRoot(leaves, begin, begin + split), NaiveRoot(leaves, begin + split, end));
}

// The leaves of a tree of static tiles, read as c2sp.org/tlog-tiles has them.
inline std::vector<Digest> LeavesInTiles(const std::string& folder, uint64_t size) {
  std::vector<Digest> leaves;
  for (uint64_t tile = 0; tile * 256 < size; ++tile) {
    const uint64_t width = std::min<uint64_t>(256, size - tile * 256);
    std::string path = absl::StrFormat("%03d", tile % 1000);
    for (uint64_t rest = tile / 1000; rest > 0; rest /= 1000) {
      path = absl::StrFormat("x%03d/%s", rest % 1000, path);
    }
    if (width < 256) absl::StrAppend(&path, ".p/", width);
    const std::string bytes = FileText(folder + "/tile/0/" + path);
    EXPECT_EQ(bytes.size(), width * 32) << path;
    for (size_t at = 0; at + 32 <= bytes.size(); at += 32) {
      Digest leaf;
      std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(at), 32, leaf.begin());
      leaves.push_back(leaf);
    }
  }
  return leaves;
}

}  // namespace ehc

#endif  // EHC_TESTS_END2END_LOG_LAB_H_
