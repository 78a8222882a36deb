// ehc-bench-overload: what a safeguarding call waits while three agencies ask for twice what the
// hub can answer (--factor 2), or as fast as they can (--factor 0: callers never wait before they
// come again). What it can answer is measured first, in the same process, with few callers that
// never wait. The hub runs in this process too, with the quotas that are shipped; the many callers'
// threads give way to it (nice 10), so that the hub is what is overloaded and not the machine by
// its clients. docs/performance.md says what it found.
//
// Exit status 1 where a safeguarding call was refused, a call ended in any other way than with an
// answer, QUOTA_EXCEEDED or OVERLOADED, or an acknowledged write is not there afterwards.
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <iostream>
#include <iterator>
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
  int64_t Of(const std::string& reason) {
    const std::lock_guard<std::mutex> lock(mutex);
    return reasons[reason];
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

// The callers of one agency are one connection for every 16; each comes again `every` so often, or,
// at zero, as soon as it was answered. One that is late does not catch up.
class Overload {
 public:
  Overload(HubWorld& world, int threads_each, absl::Duration every) : every_(every) {
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
    (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10);
    absl::Time next = absl::Now() + every_ * (static_cast<double>(serial % 16) / 16);
    while (!stop_) {
      if (every_ > absl::ZeroDuration()) {
        absl::SleepFor(next - absl::Now());
        next = std::max(next + every_, absl::Now());
      }
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

  const absl::Duration every_;
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

// Answers a second, to few callers that never wait.
double MeasureCapacity(HubWorld& world, absl::Duration part) {
  Overload few(world, 8, absl::ZeroDuration());
  absl::SleepFor(part / 4);
  const int64_t before = few.tally.Of("answered");
  absl::SleepFor(part / 2);
  const int64_t answered = few.tally.Of("answered") - before;
  few.Stop();
  return static_cast<double>(answered) / absl::ToDoubleSeconds(part / 2);
}

int Run(absl::Duration part, int threads_each, double factor) {
  if (!PreparePlatform().ok()) return 2;
  HubWorld world;
  world.Serve();
  world.EnrolAgencies();
  const Clients watcher = world.As(kSocialWorker);
  Watch calm;
  calm.Run(watcher, part);
  absl::Duration every = absl::ZeroDuration();
  if (factor > 0) {
    const double capacity = MeasureCapacity(world, part);
    const auto callers = static_cast<double>(std::size(kGreedy) * threads_each);
    every = absl::Seconds(callers / (factor * std::max(capacity, 1.0)));
    std::cout << absl::StrFormat("capacity    %.0f answers/s; asked for %.1f times that\n",
                                 capacity, factor);
  }
  Overload overload(world, threads_each, every);
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
  double factor = 2;
  app.add_option("--seconds", seconds, "of each of the two parts")->check(CLI::Range(0.5, 600.0));
  app.add_option("--threads", threads, "of each of three agencies")->check(CLI::Range(1, 256));
  app.add_option("--factor", factor, "times what the hub can answer; 0: callers never wait")
      ->check(CLI::Range(0.0, 100.0));
  CLI11_PARSE(app, argc, argv);
  return ehc::Run(absl::Seconds(seconds), threads, factor);
}
