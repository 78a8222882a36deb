#ifndef EHC_SERVER_TRANSPORT_SOURCE_LIMITS_H_
#define EHC_SERVER_TRANSPORT_SOURCE_LIMITS_H_

#include <cstddef>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "server/transport/options.h"

namespace ehc {

// How many connections each source has, and how fast it makes new ones. Not thread safe.
class SourceLimits {
 public:
  enum class Verdict { kAdmit, kFull, kTooFast };

  explicit SourceLimits(const ConnectionLimits& limits) : limits_(limits) {}

  // kAdmit counts the connection until Leave(). A refused attempt costs the source a token too.
  Verdict Enter(const std::string& source, absl::Time now);
  void Leave(const std::string& source);

  // Forgets sources without connections that have their whole burst back.
  void Forget(absl::Time now);

  size_t sources() const { return sources_.size(); }

 private:
  struct Source {
    size_t open = 0;
    double tokens = 0;
    absl::Time counted_at;
  };
  void Refill(Source& source, absl::Time now) const;

  const ConnectionLimits limits_;
  absl::flat_hash_map<std::string, Source> sources_;
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_SOURCE_LIMITS_H_
