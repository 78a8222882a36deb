#ifndef EHC_SERVER_STORAGE_TALLY_DIGEST_H_
#define EHC_SERVER_STORAGE_TALLY_DIGEST_H_

#include <string>

#include "server/model/tally.h"
#include "server/storage/sealing.h"

namespace ehc {

// What stands on the disk for who is counted.
inline std::string TallyDigest(const StoreKeys& root, const TallyKey& key) {
  return root.NameDigest(
      {"tally", key.what, key.agency.value(), key.user, key.of, FormatDate(key.day)});
}

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_TALLY_DIGEST_H_
