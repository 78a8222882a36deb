#include "server/services/access_monitor.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "server/audit/entry.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/model/identifiers.h"
#include "server/services/common.h"
#include "server/services/entry_times.h"

namespace ehc {
namespace {

// What one hour may hold: beyond it, people are counted as their agency and children not at all.
constexpr size_t kMostPeople = 50'000;
constexpr size_t kMostChildren = 20'000;
constexpr size_t kMostEdges = 100'000;
// After a start, so many of the log's newest entries are counted at most.
constexpr int64_t kMostEntries = 1'000'000;
constexpr int kPage = 500;
constexpr size_t kMostAlerts = 1000;

int64_t HourOf(absl::Time at) { return absl::ToUnixSeconds(at) / 3600; }
absl::Time StartOf(int64_t hour) { return absl::FromUnixSeconds(hour * 3600); }

int64_t LongestOf(const std::vector<UseLimit>& limits) {
  int64_t longest = 1;
  for (const UseLimit& limit : limits) longest = std::max<int64_t>(longest, limit.hours);
  return longest;
}

uint64_t ChildOf(SubjectId subject, const std::string& queried) {
  if (subject.known()) return static_cast<uint64_t>(subject.value);
  if (queried.empty()) return 0;
  return std::hash<std::string>()(queried) | (uint64_t{1} << 63);
}

void AppendTotals(absl::string_view name, absl::string_view help,
                  const std::map<std::string, uint64_t>& totals, std::string& text) {
  absl::StrAppend(&text, "# HELP ", name, " ", help, "\n# TYPE ", name, " counter\n");
  for (const auto& [agency, count] : totals) {
    absl::StrAppend(&text, name, "{searcher=\"", agency, "\"} ", count, "\n");
  }
}

}  // namespace

void AccessMonitor::Count::Add(const Use& use) {
  if (use.denied) ++denials;
  if (!use.denied && use.discloses) ++disclosures;
  if (use.breaks_glass) ++break_glass;
  if (use.child != 0 && use.discloses && children.size() < kMostChildren)
    children.insert(use.child);
}

void AccessMonitor::Count::Add(const Count& other, bool with_children) {
  disclosures += other.disclosures;
  denials += other.denials;
  break_glass += other.break_glass;
  if (with_children) children.insert(other.children.begin(), other.children.end());
}

uint64_t AccessMonitor::Count::Of(UseMeasure measure) const {
  switch (measure) {
    case UseMeasure::kDisclosures: return disclosures;
    case UseMeasure::kDenials: return denials;
    case UseMeasure::kChildren: return children.size();
    case UseMeasure::kBreakGlass: return break_glass;
  }
  return 0;
}

AccessMonitor::~AccessMonitor() {
  stop_ = true;
  if (counting_.joinable()) counting_.join();
}

AccessMonitor::Use AccessMonitor::UseOf(const CaseFile& file, absl::Time at, bool denied) {
  Use use;
  use.at = at;
  use.agency = file.caller.agency().value();
  if (file.caller.person().has_value()) use.user = file.caller.person()->user;
  use.custodian = file.ask.request.custodian.value();
  const auto& identifier = file.ask.subject.identifier;
  use.child =
      ChildOf(file.subject, denied && identifier.has_value() ? FormatSubjectName(*identifier) : "");
  use.denied = denied;
  use.discloses = file.ask.action.empty();
  use.breaks_glass = file.ask.request.break_glass.has_value();
  return use;
}

absl::StatusOr<AccessMonitor::Use> AccessMonitor::UseOf(const StoredEntry& entry) {
  Use use;
  use.at = entry.row.recorded_at;
  use.agency = entry.row.searcher.value();
  use.custodian = entry.row.custodian.value();
  use.denied = entry.row.denial;
  std::string queried;
  if (!entry.erased) {
    EHC_ASSIGN_OR_RETURN(const Opening opening, Opening::Parse(entry.row.opening));
    const AuditRecord& record = opening.record();
    use.user = record[AuditField::kUser];
    use.discloses = !record[AuditField::kDisclosure].empty();
    use.breaks_glass = !record[AuditField::kBreakGlass].empty();
    queried = record[AuditField::kQueriedIdentifier];
  }
  use.child = ChildOf(entry.row.subject, queried);
  return use;
}

void AccessMonitor::Add(const Use& use, bool live) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const int64_t hour = HourOf(use.at);
  Hour& counts = hours_[hour];
  while (!hours_.empty() && hours_.begin()->first <= HourOf(clock_.Now()) - kHours &&
         hours_.begin()->first != hour) {
    hours_.erase(hours_.begin());
  }
  const bool room = counts.people.size() < kMostPeople;
  counts.people[{use.agency, room ? use.user : std::string()}].Add(use);
  if (use.denied) {
    if (live) ++denials_total_[use.agency];
  } else if (use.discloses && !use.custodian.empty()) {
    const Key edge{use.custodian, use.agency};
    if (counts.edges.size() < kMostEdges) ++counts.edges[edge];
    if (live && (edges_total_.size() < kMostEdges || edges_total_.contains(edge))) {
      ++edges_total_[edge];
    }
  }
  if (live && use.breaks_glass) ++break_glass_total_[use.agency];
}

void AccessMonitor::Disclosed(const CaseFile& file) {
  if (!file.ask.action.empty()) return;
  Add(UseOf(file, clock_.Now(), false), true);
}

void AccessMonitor::Denied(const CaseFile& file) { Add(UseOf(file, clock_.Now(), true), true); }

void AccessMonitor::CountLog(Store& store) {
  auto view = store.Read();
  if (!view.ok()) return LogWarning("use before this start is not counted");
  auto head = (*view)->Head();
  if (!head.ok()) return LogWarning("use before this start is not counted");
  const int64_t end = head->size;
  const int64_t oldest = std::max<int64_t>(0, end - kMostEntries);
  auto first = FirstSince(**view, oldest, end, StartOf(HourOf(clock_.Now()) - kHours + 1));
  if (!first.ok()) return LogWarning("use before this start is not counted");
  counting_ = std::thread([this, &store, from = *first, end] { CountBetween(store, from, end); });
}

void AccessMonitor::CountBetween(Store& store, int64_t first, int64_t end) {
  absl::Time earliest = StartOf(HourOf(clock_.Now()) - kHours + 1);
  for (int64_t after = first - 1; after + 1 < end && !stop_;) {
    auto view = store.Read();
    if (!view.ok()) return LogWarning("use before this start is not counted whole");
    EntryFilter filter;
    filter.after = after;
    filter.with_severed = true;  // counted, as when they were committed
    filter.limit = static_cast<int>(std::min<int64_t>(kPage, end - after - 1));
    auto entries = (*view)->ListEntries(filter);
    if (!entries.ok() || entries->empty()) {
      return LogWarning("use before this start is not counted whole");
    }
    for (const StoredEntry& entry : *entries) {
      after = entry.index;
      const bool cut_short = entry.index == first && first > 0 && first + kMostEntries == end;
      if (cut_short) earliest = StartOf(HourOf(entry.row.recorded_at) + 1);
      absl::StatusOr<Use> use = UseOf(entry);
      if (use.ok()) Add(*use, false);
    }
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!stop_) complete_since_ = earliest;
}

AccessMonitor::Hours AccessMonitor::CopyOf(int64_t first, int64_t end) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return Hours(hours_.lower_bound(first), hours_.lower_bound(end));
}

std::map<AccessMonitor::Key, AccessMonitor::Count> AccessMonitor::Window(const Hours& hours,
                                                                         int64_t end, int length,
                                                                         const UseLimit& limit) {
  std::map<Key, Count> sums;
  for (auto hour = hours.lower_bound(end - length + 1); hour != hours.end() && hour->first <= end;
       ++hour) {
    for (const auto& [key, count] : hour->second.people) {
      sums[limit.per_person ? key : Key{key.first, std::string()}].Add(
          count, limit.measure == UseMeasure::kChildren);
    }
  }
  return sums;
}

void AccessMonitor::AddAlerts(const Hours& hours, const UseLimit& limit, int64_t first,
                              const AgencyId* of, hub::v1::AccessReport& report) {
  std::map<Key, std::pair<uint64_t, int64_t>> worst;  // the greatest count, and its hour
  for (auto hour = hours.lower_bound(first); hour != hours.end(); ++hour) {
    for (const auto& [key, count] : Window(hours, hour->first, limit.hours, limit)) {
      if (of != nullptr && key.first != of->value()) continue;
      const uint64_t counted = count.Of(limit.measure);
      if (counted < limit.at_least || counted <= worst[key].first) continue;
      worst[key] = {counted, hour->first};
    }
  }
  for (const auto& [key, found] : worst) {
    if (found.first == 0 || static_cast<size_t>(report.alerts_size()) >= kMostAlerts) continue;
    hub::v1::UseAlert& alert = *report.add_alerts();
    alert.set_limit(limit.code);
    alert.set_title(limit.title);
    alert.set_agency(AgencyNameOf(AgencyId(key.first)));
    alert.set_user(key.second);
    *alert.mutable_at() = ToTimestamp(StartOf(found.second + 1));
    alert.set_count(found.first);
    alert.set_at_least(limit.at_least);
  }
}

void AccessMonitor::AddUse(const Hours& hours, int64_t first, int64_t end, const AgencyId* of,
                           hub::v1::AccessReport& report) {
  UseLimit people;
  people.per_person = true;
  const int length = static_cast<int>(std::clamp<int64_t>(end - first, 0, kHours));
  std::map<std::string, std::pair<Count, uint64_t>> agencies;  // with the number of people
  for (const auto& [key, count] : Window(hours, end - 1, length, people)) {
    auto& [sum, number] = agencies[key.first];
    sum.Add(count, false);
    if (!key.second.empty()) ++number;
  }
  for (const auto& [agency, use] : agencies) {
    if (of != nullptr && agency != of->value()) continue;
    hub::v1::AgencyUse& out = *report.add_agencies();
    out.set_agency(AgencyNameOf(AgencyId(agency)));
    out.set_disclosures(use.first.disclosures);
    out.set_denials(use.first.denials);
    out.set_break_glass(use.first.break_glass);
    out.set_people(use.second);
  }
  std::map<Key, uint64_t> edges;
  for (auto hour = hours.lower_bound(first); hour != hours.end(); ++hour) {
    for (const auto& [edge, count] : hour->second.edges) edges[edge] += count;
  }
  for (const auto& [edge, count] : edges) {
    if (of != nullptr && edge.first != of->value() && edge.second != of->value()) continue;
    hub::v1::AccessEdge& out = *report.add_edges();
    out.set_custodian(AgencyNameOf(AgencyId(edge.first)));
    out.set_searcher(AgencyNameOf(AgencyId(edge.second)));
    out.set_disclosures(count);
  }
}

bool AccessMonitor::IsCompleteSince(absl::Time since) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return since >= complete_since_;
}

hub::v1::AccessReport AccessMonitor::Report(absl::Time since, absl::Time until,
                                            const std::vector<UseLimit>& limits,
                                            const AgencyId* of) const {
  const int64_t first = HourOf(since);
  const int64_t end = HourOf(until + absl::Hours(1) - absl::Nanoseconds(1));
  hub::v1::AccessReport report;
  *report.mutable_since() = ToTimestamp(StartOf(first));
  *report.mutable_until() = ToTimestamp(StartOf(end));
  report.set_complete(IsCompleteSince(StartOf(first)));
  const Hours hours = CopyOf(first - LongestOf(limits), end);
  AddUse(hours, first, end, of, report);
  for (const UseLimit& limit : limits) AddAlerts(hours, limit, first, of, report);
  std::stable_sort(
      report.mutable_alerts()->begin(), report.mutable_alerts()->end(),
      [](const auto& a, const auto& b) { return a.at().seconds() > b.at().seconds(); });
  return report;
}

std::string AccessMonitor::TotalsText() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  constexpr absl::string_view kEdges = "ehc_disclosures_total";
  std::string text =
      absl::StrCat("# HELP ", kEdges, " Disclosures, by who keeps and who receives.\n", "# TYPE ",
                   kEdges, " counter\n");
  for (const auto& [edge, count] : edges_total_) {
    absl::StrAppend(&text, kEdges, "{custodian=\"", edge.first, "\",searcher=\"", edge.second,
                    "\"} ", count, "\n");
  }
  AppendTotals("ehc_denials_total", "Refusals that were written down.", denials_total_, text);
  AppendTotals("ehc_break_glass_total", "Attempts to break the glass.", break_glass_total_, text);
  return text;
}

std::string AccessMonitor::MetricsText(const std::vector<UseLimit>& limits) const {
  std::string text = TotalsText();
  const int64_t now = HourOf(clock_.Now());
  const Hours hours = CopyOf(now - LongestOf(limits), now + 1);
  constexpr absl::string_view kPassed = "ehc_use_limits_passed";
  absl::StrAppend(&text, "# HELP ", kPassed, " People or agencies over a limit now.\n# TYPE ",
                  kPassed, " gauge\n");
  for (const UseLimit& limit : limits) {
    const auto sums = Window(hours, now, limit.hours, limit);
    const auto passed = std::count_if(sums.begin(), sums.end(), [&](const auto& sum) {
      return sum.second.Of(limit.measure) >= limit.at_least;
    });
    absl::StrAppend(&text, kPassed, "{limit=\"", limit.code, "\"} ", passed, "\n");
  }
  return text;
}

}  // namespace ehc
