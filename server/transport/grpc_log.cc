#include "server/transport/grpc_log.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "grpc/support/log.h"
#include "server/base/log.h"
#include "server/transport/rate_limiter.h"

namespace ehc {
namespace {

absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

// Before gRPC aborts it says why, in words of its own source.
bool IsLastWord(absl::string_view message) {
  return absl::StartsWith(message, "assertion failed") ||
         absl::StartsWith(message, "Closure already scheduled");
}

void Write(gpr_log_func_args* line) {
  static auto* const limiter = new RateLimiter(absl::Milliseconds(500));
  if (line->severity != GPR_LOG_SEVERITY_ERROR) return;
  const bool is_last_word = IsLastWord(line->message);
  const int events = limiter->Admit();
  if (events == 0 && !is_last_word) return;
  const absl::string_view file = BaseName(line->file);
  const bool may_quote = is_last_word || absl::StartsWith(file, "ssl_");
  LogWarning("grpc", {{"at", Public(absl::StrCat(file, ":", line->line))},
                      {"text", Public(may_quote ? line->message : "")},
                      {"events", events}});
}

}  // namespace

void RouteGrpcLog() { gpr_set_log_function(&Write); }

}  // namespace ehc
