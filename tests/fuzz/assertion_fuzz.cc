#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/base/encoding.h"
#include "server/base/status_macros.h"
#include "server/identity/assertion.h"
#include "tests/fuzz/milestone.h"

namespace ehc {
namespace {

Milestone parsed("an assertion");

void Check(absl::string_view token) {
  const absl::StatusOr<Assertion> assertion = ParseAssertion(token);
  if (!assertion.ok()) {
    EHC_CHECK(assertion.status().message().size() < 200);
    return;
  }
  parsed.Reach();
  EHC_CHECK(token.size() <= kMaxAssertionSize);
  EHC_CHECK(absl::StrCat(assertion->signed_part, ".", Base64UrlEncode(assertion->signature)) ==
            token);
  EHC_CHECK(assertion->user.size() <= 64 && !assertion->user.empty());
  EHC_CHECK(assertion->certificate_thumbprint.size() == 43);
  (void)CheckBounds(*assertion, {"hub.ehc", "bromley", "x", absl::FromUnixSeconds(1'800'000'000)});
}

// The input as a token; and as the two JSON texts of one, so that the fuzzer reaches the claims
// without having to learn base64.
void Fuzz(absl::string_view input) {
  Check(input);
  const std::string signature = Base64UrlEncode(std::string(64, 'x'));
  const size_t split = std::min(input.find('\n'), input.size());
  const absl::string_view claims = input.substr(std::min(split + 1, input.size()));
  Check(absl::StrCat(Base64UrlEncode(input.substr(0, split)), ".", Base64UrlEncode(claims), ".",
                     signature));
  const std::string header = R"({"alg":"ES256","kid":"0123456789abcdef"})";
  Check(absl::StrCat(Base64UrlEncode(header), ".", Base64UrlEncode(input), ".", signature));
}

}  // namespace
}  // namespace ehc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ehc::Fuzz(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
