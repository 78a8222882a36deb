// ehc-bench-access: "who has seen my record" over a long log. A real hub with a child whose records
// were disclosed some hundred times, in a log that a million other entries fill; each report is
// asked for over mutual TLS, as a page of 200.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/app/data_folder.h"
#include "server/audit/entry.h"
#include "server/base/status_macros.h"
#include "server/transport/platform_setup.h"
#include "tests/end2end/hub_world.h"

namespace ehc {
namespace {

constexpr int kBatch = 4096;
constexpr int kAround = 100;  // disclosures before the filling and after it

// Entries about other children, as large as any, between other agencies.
void Fill(const std::string& folder, int64_t entries) {
  absl::StatusOr<DataFolder> data = OpenDataFolder(folder, SystemClock());
  EHC_CHECK(data.ok());
  const std::string opening = BuildEntry(AuditRecord())->opening;
  for (int64_t done = 0; done < entries;) {
    std::promise<void> finished;
    std::vector<Appending> batch;
    const int64_t size = std::min<int64_t>(kBatch, entries - done);
    const auto left = std::make_shared<std::atomic<int64_t>>(size);
    for (int64_t i = 0; i < size; ++i, ++done) {
      Commit commit;
      FillRandom(absl::MakeSpan(commit.entry.leaf_hash));
      commit.entry.recorded_at = absl::Now();
      commit.entry.opening = opening;
      commit.entry.searcher = AgencyId(absl::StrCat("agency-", done % 40));
      commit.entry.custodian = AgencyId(done % 3 == 0 ? "bromley" : "elsewhere");
      commit.entry.subject.value = 1'000'000 + done % 50'000;
      batch.push_back({std::move(commit), [left, &finished](absl::StatusOr<Committed> outcome) {
                         EHC_CHECK(outcome.ok());
                         if (left->fetch_sub(1) == 1) finished.set_value();
                       }});
    }
    data->store->AppendAll(std::move(batch));
    finished.get_future().wait();
  }
}

void Read(const Clients& paediatrician, const std::string& child) {
  for (int i = 0; i < kAround; ++i) {
    EHC_CHECK(paediatrician.records.GetPlanSummary(SummaryForTrust(child)).ok());
  }
}

struct Result {
  int64_t entries = 0;
  int disclosures = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

Result Measure(int64_t entries, int rounds) {
  HubWorld world;
  world.Serve();
  world.EnrolAgencies();
  const std::string child = MakeChild(world.As(kCaseworker), 1);
  EHC_CHECK(world.As(kCaseworker).consents.RecordConsent(ConsentOf(child, "mother", {"C"})).ok());
  Read(world.As(kPaediatrician), child);
  world.Stop();
  Fill(world.data_folder(), entries);
  world.Serve();
  Read(world.As(kPaediatrician), child);

  v1::ListSubjectDisclosuresRequest request;
  request.set_subject(child);
  request.set_unit("send");
  request.set_view(v1::DISCLOSURE_VIEW_FAMILY);
  request.mutable_requester()->set_role(v1::DECISION_MAKER_ROLE_PARENT);
  request.mutable_requester()->set_person_reference("mother");
  request.set_page_size(200);
  const Clients caseworker = world.As(kCaseworker);
  std::vector<double> times;
  Result result;
  result.entries = entries;
  for (int i = 0; i < rounds; ++i) {
    const absl::Time start = absl::Now();
    const auto report = caseworker.audit.ListSubjectDisclosures(request);
    EHC_CHECK(report.ok());
    times.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
    result.disclosures = report->disclosures_size();
  }
  std::sort(times.begin(), times.end());
  result.p50_ms = times[times.size() / 2];
  result.p99_ms = times[times.size() * 99 / 100];
  return result;
}

}  // namespace
}  // namespace ehc

int main(int argc, char** argv) {
  int64_t entries = 1'000'000;
  int rounds = 200;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    const auto value = [&] { return i + 1 < argc ? std::atoll(argv[++i]) : 0; };
    if (std::strcmp(argv[i], "--entries") == 0) entries = value();
    if (std::strcmp(argv[i], "--rounds") == 0) rounds = static_cast<int>(value());
    if (std::strcmp(argv[i], "json") == 0) json = true;
  }
  EHC_CHECK(ehc::PreparePlatform().ok());
  const ehc::Result result = ehc::Measure(entries, rounds);
  if (json) {
    std::cout << "{\"entries\": " << result.entries << ", \"disclosures\": " << result.disclosures
              << ", \"p50_ms\": " << result.p50_ms << ", \"p99_ms\": " << result.p99_ms << "}\n";
  } else {
    std::cout << "a report of " << result.disclosures << " disclosures over " << result.entries
              << " entries: p50 " << result.p50_ms << " ms, p99 " << result.p99_ms << " ms\n";
  }
  return result.disclosures == 2 * ehc::kAround ? 0 : 1;
}
