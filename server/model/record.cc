#include "server/model/record.h"

namespace ehc {

int RecordSchema::IndexOf(absl::string_view code) const {
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].code == code) return static_cast<int>(i);
  }
  return -1;
}

PartMask RecordSchema::AllParts() const {
  return parts.size() >= kMaxParts ? ~PartMask{0} : (PartMask{1} << parts.size()) - 1;
}

Digest DigestOf(const std::vector<Part>& parts) {
  Sha256Hasher hasher;
  for (const Part& part : parts) {
    hasher.Update(part.code).Update(absl::string_view("\0", 1));
    hasher.Update(DigestView(Sha256(part.content)));
  }
  return hasher.Finish();
}

}  // namespace ehc
