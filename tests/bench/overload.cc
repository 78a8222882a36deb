// ehc-bench-overload: what a safeguarding call waits while three agencies ask as fast as they can,
// several times what the hub can answer. The hub runs in this process with the quotas that are
// shipped; callers never wait before they come again. docs/performance.md says what it found.
//
// Exit status 1 where a safeguarding call was refused, a call ended in any other way than with an
// answer, QUOTA_EXCEEDED or OVERLOADED, or an acknowledged write is not there afterwards.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "server/transport/platform_setup.h"
#include "tests/end2end/hub_world.h"

namespace ehc {
namespace {

const Persona kGreedy[] = {kCaseworker, kPaediatrician, kSenco};

v1::GetSupportStatusRequest Ask(const std::string& purpose, int serial) {
  v1::GetSupportStatusRequest request;
  request.set_subject(SubjectOf(serial));
  request.mutable_context()->set_purpose(purpose);
  request.mutable_context()->set_lawful_basis("ART6_1_E");
  request.mutable_context()->set_agreement("agreements/bromley-schools");
  return request;
}

struct Tally {
  std::mutex mutex;
  std::map<std::string, int64_t> reasons;
  void Add(const std::string& reason) {
    const std::lock_guard<std::mutex> lock(mutex);
    ++reasons[reason];
  }
};

// What the hub decided, whatever it decided, is an answer.
std::string ClassOf(const absl::Status& status) {
  if (status.ok()) return "answered";
  const std::string reason = ehchub::HubError::FromStatus(status).reason_name;
  const bool is_no = status.code() == absl::StatusCode::kPermissionDenied ||
                     status.code() == absl::StatusCode::kNotFound ||
                     status.code() == absl::StatusCode::kFailedPrecondition;
  if (is_no && !reason.empty()) return "answered";
  return reason.empty() ? absl::StrCat("lost: ", absl::StatusCodeToString(status.code())) : reason;
}

// One a moment, as people press a key.
struct Watch {
  std::vector<absl::Duration> took;
  Tally tally;

  void Run(const Clients& clients, absl::Duration for_how_long) {
    const absl::Time end = absl::Now() + for_how_long;
    while (absl::Now() < end) {
      const absl::Time before = absl::Now();
      tally.Add(ClassOf(clients.records.GetSupportStatus(Ask("SAFEGUARDING_S47", 1)).status()));
      took.push_back(absl::Now() - before);
      absl::SleepFor(absl::Milliseconds(20));
    }
    std::sort(took.begin(), took.end());
  }
  double MillisAt(double share) const {
    if (took.empty()) return 0;
    const auto at = static_cast<size_t>(share * static_cast<double>(took.size() - 1));
    return absl::ToDoubleMilliseconds(took[at]);
  }
};

class Overload {
 public:
  Overload(HubWorld& world, int threads_each) {
    for (const Persona& persona : kGreedy) {
      for (int i = 0; i < threads_each; ++i) {
        if (i % 16 == 0) clients_.push_back(std::make_unique<Clients>(world.As(persona)));
        const Clients& mine = *clients_.back();
        threads_.emplace_back([this, &mine, i] { Hammer(mine, i); });
      }
    }
    threads_.emplace_back([this, &world] { Write(world.As(kCaseworker)); });
  }

  void Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  // How many acknowledged writes are not there.
  int Lost(HubWorld& world) const {
    const Clients reader = world.As(kCaseworker);
    int lost = 0;
    for (const int serial : written_) {
      v1::ListProtectionsRequest list;  // of a registered child only
      list.set_subject(SubjectOf(serial));
      if (!reader.subjects.ListProtections(list).ok()) ++lost;
    }
    return lost;
  }

  Tally tally;
  size_t written() const { return written_.size(); }

 private:
  void Hammer(const Clients& clients, int serial) {
    while (!stop_) {
      tally.Add(ClassOf(clients.records.GetSupportStatus(Ask("SCHOOL_SUPPORT", serial)).status()));
    }
  }

  void Write(const Clients& clients) {
    for (int serial = 5000; !stop_ && serial < 5200; ++serial) {
      const absl::Status status = clients.subjects.RegisterSubject(Registration(serial)).status();
      tally.Add(ClassOf(status));
      if (status.ok()) written_.push_back(serial);
    }
  }

  std::atomic<bool> stop_{false};
  std::vector<std::unique_ptr<Clients>> clients_;
  std::vector<std::thread> threads_;
  std::vector<int> written_;
};

bool Print(const char* who, const Tally& tally, bool only_answers) {
  bool good = true;
  for (const auto& [reason, count] : tally.reasons) {
    std::cout << "  " << who << " " << reason << " " << count << "\n";
    const bool clean = reason == "answered" ||
                       (!only_answers && (reason == "QUOTA_EXCEEDED" || reason == "OVERLOADED"));
    good = good && clean;
  }
  return good;
}

int Run(absl::Duration part, int threads_each) {
  if (!PreparePlatform().ok()) return 2;
  HubWorld world;
  world.Serve();
  world.EnrolAgencies();
  const Clients watcher = world.As(kSocialWorker);
  Watch calm;
  calm.Run(watcher, part);
  Overload overload(world, threads_each);
  absl::SleepFor(absl::Milliseconds(500));
  Watch busy;
  busy.Run(watcher, part);
  overload.Stop();
  const int lost = overload.Lost(world);
  std::cout << absl::StrFormat("unloaded    p50 %.2f ms  p99 %.2f ms\n", calm.MillisAt(0.5),
                               calm.MillisAt(0.99))
            << absl::StrFormat("overloaded  p50 %.2f ms  p99 %.2f ms  (%.1f times)\n",
                               busy.MillisAt(0.5), busy.MillisAt(0.99),
                               busy.MillisAt(0.99) / calm.MillisAt(0.99));
  bool good = Print("safeguarding", busy.tally, true);
  good = Print("others", overload.tally, false) && good;
  std::cout << "  acknowledged writes " << overload.written() << ", lost " << lost << "\n";
  return good && lost == 0 ? 0 : 1;
}

}  // namespace
}  // namespace ehc

int main(int argc, char** argv) {
  CLI::App app("Safeguarding calls under several times the load that the hub can carry");
  double seconds = 10;
  int threads = 64;
  app.add_option("--seconds", seconds, "of each of the two parts")->check(CLI::Range(0.5, 600.0));
  app.add_option("--threads", threads, "of each of three agencies")->check(CLI::Range(1, 256));
  CLI11_PARSE(app, argc, argv);
  return ehc::Run(absl::Seconds(seconds), threads);
}
