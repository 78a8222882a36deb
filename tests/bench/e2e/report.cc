#include "tests/bench/e2e/report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace ehc {
namespace {

std::string JsonObject(const BenchRow& row) {
  return absl::StrFormat(
      "{\"in_flight\": %d, \"hub_per_s\": %.1f, \"echo_per_s\": %.1f, \"ratio\": %.4f, "
      "\"hub_p50_us\": %.1f, \"hub_p99_us\": %.1f, \"echo_p50_us\": %.1f, \"echo_p99_us\": %.1f, "
      "\"hub_cpu_us\": %.2f, \"echo_cpu_us\": %.2f, \"fdatasync_per_s\": %.1f, "
      "\"fdatasync_p99_us\": %.1f}",
      row.in_flight, row.hub_per_s, row.echo_per_s, row.ratio, row.hub_p50_us, row.hub_p99_us,
      row.echo_p50_us, row.echo_p99_us, row.hub_cpu_us, row.echo_cpu_us, row.fdatasync_per_s,
      row.fdatasync_p99_us);
}

}  // namespace

std::string AsJson(const std::vector<BenchRow>& rows) {
  const auto object = [](std::string* out, const BenchRow& row) { *out += JsonObject(row); };
  return absl::StrCat("[\n  ", absl::StrJoin(rows, ",\n  ", object), "\n]\n");
}

std::string AsText(const std::vector<BenchRow>& rows) {
  std::string text =
      "in flight |      calls/s       |  ratio |       hub us      |      echo us      |"
      "   CPU us a call    | fdatasync\n"
      "          |      hub      echo |        |     p50       p99 |     p50       p99 |"
      "   hub   echo ratio |     /s  p99 us\n";
  for (const BenchRow& row : rows) {
    absl::StrAppendFormat(&text,
                          "%9d | %8.0f  %8.0f | %6.3f | %7.0f  %8.0f | %7.0f  %8.0f |"
                          " %5.1f  %5.1f %5.2f | %6.0f  %6.0f\n",
                          row.in_flight, row.hub_per_s, row.echo_per_s, row.ratio, row.hub_p50_us,
                          row.hub_p99_us, row.echo_p50_us, row.echo_p99_us, row.hub_cpu_us,
                          row.echo_cpu_us, row.hub_cpu_us / row.echo_cpu_us, row.fdatasync_per_s,
                          row.fdatasync_p99_us);
  }
  text += "\nWhere the hub's time goes: mean us a call by stage, waiting for the core included\n";
  for (const BenchRow& row : rows) {
    absl::StrAppendFormat(&text, "%9d |", row.in_flight);
    for (const auto& [stage, mean] : row.stages_us) {
      absl::StrAppendFormat(&text, " %s %.1f", stage, mean);
    }
    text += "\n";
  }
  return text;
}

}  // namespace ehc
