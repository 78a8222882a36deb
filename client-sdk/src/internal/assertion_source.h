#ifndef EHC_CLIENT_SDK_SRC_INTERNAL_ASSERTION_SOURCE_H_
#define EHC_CLIENT_SDK_SRC_INTERNAL_ASSERTION_SOURCE_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client-sdk/src/internal/assertion.h"
#include "client-sdk/src/internal/credentials.h"
#include "ehchub/profile.h"

namespace ehchub::internal {

// Hands out the acting person's assertion, and makes a new one before the old one ends. Thread
// safe.
class AssertionSource {
 public:
  // Null where the profile names no person. FAILED_PRECONDITION, naming the remedy, where the
  // assertion key or the agency is not to be had.
  static absl::StatusOr<std::unique_ptr<AssertionSource>> Create(const Profile& profile,
                                                                 const Credentials& credentials);

  absl::StatusOr<std::string> Token(absl::Time now);

  // One that approves the request of these bytes, once, under this name (jti).
  absl::StatusOr<std::string> Approve(absl::Time now, const std::string& id,
                                      absl::string_view request) const;

  // The hub did not accept the last token; the next one is a new one.
  void Forget();

 private:
  AssertionSource(AssertionSigner signer, AssertedPerson person, std::string audience,
                  std::string certificate_pem)
      : signer_(std::move(signer)),
        person_(std::move(person)),
        audience_(std::move(audience)),
        certificate_pem_(std::move(certificate_pem)) {}

  AssertionTerms TermsAt(absl::Time now) const;

  const AssertionSigner signer_;
  const AssertedPerson person_;
  const std::string audience_;
  const std::string certificate_pem_;
  absl::Mutex mutex_;
  std::string token_ ABSL_GUARDED_BY(mutex_);
  absl::Time made_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace ehchub::internal

#endif  // EHC_CLIENT_SDK_SRC_INTERNAL_ASSERTION_SOURCE_H_
