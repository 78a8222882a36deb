#include "server/transport/metrics.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ehc {
namespace {

void AppendCounter(absl::string_view name, absl::string_view help, const Counter& counter,
                   std::string& text) {
  absl::StrAppend(&text, "# HELP ", name, " ", help, "\n# TYPE ", name, " counter\n", name, " ",
                  counter.value(), "\n");
}

void AppendTurnedAway(const DoorStats& door, std::string& text) {
  constexpr absl::string_view kName = "ehc_connections_turned_away_total";
  absl::StrAppend(&text, "# HELP ", kName, " Connections closed on arrival, by cause.\n# TYPE ",
                  kName, " counter\n");
  const auto append = [&](absl::string_view cause, const Counter& counter) {
    absl::StrAppend(&text, kName, "{cause=\"", cause, "\"} ", counter.value(), "\n");
  };
  append("source_full", door.turned_away_source_full);
  append("source_fast", door.turned_away_source_fast);
  append("door_full", door.turned_away_door_full);
  append("no_descriptor", door.turned_away_no_descriptor);
}

std::string Labels(const MethodStats& stats) {
  return absl::StrCat("service=\"", stats.service, "\",method=\"", stats.method, "\"");
}

void AppendHistogram(absl::string_view name, const std::string& labels,
                     const LatencyHistogram& histogram, std::string& text) {
  const LatencyHistogram::Totals totals = histogram.Read();
  uint64_t below = 0;
  for (size_t i = 0; i < LatencyHistogram::kBoundsMicros.size(); ++i) {
    below += totals.buckets[i];
    absl::StrAppend(&text, name, "_bucket{", labels, ",le=\"",
                    static_cast<double>(LatencyHistogram::kBoundsMicros[i]) / 1e6, "\"} ", below,
                    "\n");
  }
  absl::StrAppend(&text, name, "_bucket{", labels, ",le=\"+Inf\"} ", totals.count, "\n");
  absl::StrAppend(&text, name, "_sum{", labels, "} ", absl::ToDoubleSeconds(totals.sum), "\n");
  absl::StrAppend(&text, name, "_count{", labels, "} ", totals.count, "\n");
}

}  // namespace

MethodStats& Metrics::Method(absl::string_view service, absl::string_view method) {
  std::lock_guard<std::mutex> lock(mutex_);
  MethodStats& stats = methods_[{std::string(service), std::string(method)}];
  stats.service = std::string(service);
  stats.method = std::string(method);
  return stats;
}

std::string Metrics::Text() const {
  std::string text;
  AppendCounter("ehc_connections_accepted_total", "Connections handed to TLS.", door_.accepted,
                text);
  AppendTurnedAway(door_, text);
  AppendCounter("ehc_connections_ended_total", "Accepted connections that are over.", door_.ended,
                text);
  AppendCounter("ehc_connections_ended_without_call_total",
                "Accepted connections that ended before any call, failed handshakes among them.",
                door_.ended_without_call, text);
  AppendCounter("ehc_connections_cut_total", "Connections cut by revocation or suspension.",
                door_.cut, text);
  AppendCounter("ehc_connections_cut_for_floods_total",
                "Connections cut for streams that they reset faster than gRPC lets go of them.",
                door_.cut_floods, text);
  AppendCounter("ehc_peers_admitted_total", "Peers that the registry admitted.",
                door_.peers_admitted, text);
  AppendCounter("ehc_peers_refused_total", "Peers of a good chain that the registry refused.",
                door_.peers_refused, text);
  AppendCounter("ehc_calls_over_quota_total", "Calls refused for their agency's quota.",
                door_.over_quota, text);
  AppendCounter("ehc_calls_shed_total", "Calls that found the queue full.", door_.shed, text);
  AppendCounter("ehc_streams_cut_for_slow_reading_total",
                "Streams cut because their reader did not read.", door_.slow_readers, text);
  AppendCounter("ehc_streams_taken_back_total",
                "Streams cut because what was on its way may not be read any more.",
                door_.taken_back, text);
  AppendCounter("ehc_answers_misdirected_total", "Answers for another call; always a defect.",
                door_.misdirected, text);

  std::lock_guard<std::mutex> lock(mutex_);
  absl::StrAppend(&text, "# HELP ehc_calls_total Calls by gRPC status code.\n",
                  "# TYPE ehc_calls_total counter\n");
  for (const auto& [key, stats] : methods_) {
    for (size_t code = 0; code < stats.outcomes.size(); ++code) {
      const uint64_t calls = stats.outcomes[code].value();
      if (calls == 0) continue;
      absl::StrAppend(&text, "ehc_calls_total{", Labels(stats), ",code=\"", code, "\"} ", calls,
                      "\n");
    }
  }
  const std::pair<absl::string_view, LatencyHistogram MethodStats::*> stages[] = {
      {"ehc_call_queued_seconds", &MethodStats::queued},
      {"ehc_call_admission_seconds", &MethodStats::admitted},
      {"ehc_call_seconds", &MethodStats::total}};
  for (const auto& [name, stage] : stages) {
    absl::StrAppend(&text, "# TYPE ", name, " histogram\n");
    for (const auto& [key, stats] : methods_) {
      AppendHistogram(name, Labels(stats), stats.*stage, text);
    }
  }
  return text;
}

}  // namespace ehc
