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

void Write(gpr_log_func_args* line) {
  static auto* const limiter = new RateLimiter(absl::Milliseconds(500));
  if (line->severity != GPR_LOG_SEVERITY_ERROR) return;
  const int events = limiter->Admit();
  if (events == 0) return;
  const absl::string_view file = BaseName(line->file);
  const absl::string_view text = absl::StartsWith(file, "ssl_") ? line->message : "";
  LogWarning("grpc", {{"at", Public(absl::StrCat(file, ":", line->line))},
                      {"text", Public(text)},
                      {"events", events}});
}

}  // namespace

void RouteGrpcLog() { gpr_set_log_function(&Write); }

}  // namespace ehc
