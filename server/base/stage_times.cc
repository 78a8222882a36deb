#include "server/base/stage_times.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ehc {
namespace {

constexpr absl::string_view kNames[] = {"facts", "policy", "load",  "redaction",
                                        "entry", "commit", "answer"};

}  // namespace

std::string StageTimes::Text() const {
  std::string text =
      "# HELP ehc_stage_seconds Time that calls spent in each stage of the path.\n"
      "# TYPE ehc_stage_seconds summary\n";
  for (size_t i = 0; i < totals_.size(); ++i) {
    const double seconds = static_cast<double>(totals_[i].nanos.value()) / 1e9;
    absl::StrAppend(&text, "ehc_stage_seconds_sum{stage=\"", kNames[i], "\"} ", seconds,
                    "\nehc_stage_seconds_count{stage=\"", kNames[i], "\"} ",
                    totals_[i].passages.value(), "\n");
  }
  return text;
}

}  // namespace ehc
