// ehc-bench-overload: what a safeguarding call waits while three agencies ask for twice what the
// hub can answer (--factor 2), or as fast as they can (--factor 0: callers never wait before they
// come again). What it can answer is measured first, with the same callers that never wait.
//
// Three processes, for an overloaded hub and not an overloaded machine: the hub on a core of its
// own, with the pace of a hub in use and, but for --no-quotas, the quotas that are shipped; the
// many callers on another core, with nice 10; and the one who is measured there too, with the
// ordinary priority. It reads a section of a child's plan for an enquiry under section 47, fifty
// times a second at most. docs/performance.md says what it found.
//
// Exit status 1 where a safeguarding call was not served, a call ended in any other way than with
// an answer, QUOTA_EXCEEDED or OVERLOADED, or an acknowledged write is not there afterwards.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "server/base/status_macros.h"
#include "server/transport/platform_setup.h"
#include "tests/bench/e2e/cores.h"
#include "tests/end2end/hub_world.h"

namespace ehc {
namespace {

const Persona kGreedy[] = {kCaseworker, kPaediatrician, kSenco};

// A part of this program in a process of its own, forked while there is one thread only. It obeys
// lines, and answers each with a line.
class Companion {
 public:
  using Obey = std::function<void(FILE* in, FILE* out)>;

  Companion(Core core, int niceness, const Obey& obey) {
    int to[2], from[2];
    EHC_CHECK(pipe(to) == 0 && pipe(from) == 0);
    pid_ = fork();
    EHC_CHECK(pid_ >= 0);
    if (pid_ == 0) {
      close(to[1]);
      close(from[0]);
      StayOn(core);
      (void)setpriority(PRIO_PROCESS, 0, niceness);
      obey(fdopen(to[0], "r"), fdopen(from[1], "w"));
      _exit(0);  // what it shares with its parent is its parent's to remove
    }
    close(to[0]);
    close(from[1]);
    to_ = fdopen(to[1], "w");
    from_ = fdopen(from[0], "r");
  }
  ~Companion() {
    std::fclose(to_);
    std::fclose(from_);
    (void)waitpid(pid_, nullptr, 0);
  }
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;

  std::string Hear() {
    char line[512];
    if (std::fgets(line, sizeof(line), from_) == nullptr) return "";
    return std::string(absl::StripSuffix(line, "\n"));
  }
  std::string Ask(const std::string& what) {
    std::fprintf(to_, "%s\n", what.c_str());
    std::fflush(to_);
    return Hear();
  }

 private:
  pid_t pid_ = 0;
  FILE* to_ = nullptr;
  FILE* from_ = nullptr;
};

void Say(FILE* out, const std::string& line) {
  std::fprintf(out, "%s\n", line.c_str());
  std::fflush(out);
}

v1::GetSupportStatusRequest AskOfAnybody(int serial) {
  v1::GetSupportStatusRequest request;
  request.set_subject(SubjectOf(serial));
  request.mutable_context()->set_purpose("SCHOOL_SUPPORT");
  request.mutable_context()->set_lawful_basis("ART6_1_E");
  request.mutable_context()->set_agreement("agreements/bromley-schools");
  return request;
}

// What policies/agreements/bromley-units lets child protection read by the authority's standing
// decision.
v1::GetPlanRequest Enquiry(const std::string& child) {
  v1::GetPlanRequest request = PlanForCommissioner(child, {v1::PLAN_SECTION_CODE_D});
  request.set_custodian("agencies/bromley");
  v1::DisclosureContext& context = *request.mutable_context();
  context.set_purpose("SAFEGUARDING_S47");
  context.set_special_category_basis("SCH1_PARA18");
  context.set_gateway("R17_INTERESTS");
  context.set_agreement("agreements/bromley-units");
  context.set_case_reference("S47-1");
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

  void Run(const Clients& clients, const v1::GetPlanRequest& enquiry, absl::Duration how_long) {
    const absl::Time end = absl::Now() + how_long;
    while (absl::Now() < end) {
      const absl::Time before = absl::Now();
      const auto read = clients.records.GetPlan(enquiry);
      took.push_back(absl::Now() - before);
      tally.Add(read.ok() ? "answered" : ehchub::HubError::FromStatus(read.status()).reason_name);
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

struct Callers {
  int threads_each = 64;    // of each agency
  int per_connection = 16;  // that share one
};

// Each comes again `every` so often, or, at zero, as soon as it was answered. One that is late does
// not catch up.
class Overload {
 public:
  Overload(HubWorld& world, const Callers& callers, absl::Duration every) : every_(every) {
    for (const Persona& persona : kGreedy) {
      for (int i = 0; i < callers.threads_each; ++i) {
        if (i % callers.per_connection == 0)
          clients_.push_back(std::make_unique<Clients>(world.As(persona)));
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
    absl::Time next = absl::Now() + every_ * (static_cast<double>(serial % 16) / 16);
    while (!stop_) {
      if (every_ > absl::ZeroDuration()) {
        absl::SleepFor(next - absl::Now());
        next = std::max(next + every_, absl::Now());
      }
      tally.Add(ClassOf(clients.records.GetSupportStatus(AskOfAnybody(serial)).status()));
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

// Answers a second, to callers that never wait.
double MeasureCapacity(HubWorld& world, const Callers& callers, absl::Duration part) {
  Overload eager(world, callers, absl::ZeroDuration());
  absl::SleepFor(part / 4);
  const int64_t before = eager.tally.Of("answered");
  absl::SleepFor(part / 2);
  const int64_t answered = eager.tally.Of("answered") - before;
  eager.Stop();
  return static_cast<double>(answered) / absl::ToDoubleSeconds(part / 2);
}

void BeTheHub(HubWorld& world, bool quotas, FILE* in, FILE* out) {
  EHC_CHECK(PreparePlatform().ok());
  world.Serve(SystemClock(), [quotas](HouseOptions& options) {
    options.server.pace = PaceOptions();  // as a hub is served
    options.quotas = quotas;
  });
  Say(out, absl::StrCat(world.house().port()));
  (void)std::fgetc(in);  // until its parent is gone or done
  world.Stop();
}

// "measure SECONDS": answers a second. "start SECONDS": begin, each caller so often. "stop": how
// the calls ended, "reason=count …", written=N and lost=N.
void BeTheCallers(HubWorld& world, const Callers& callers, FILE* in, FILE* out) {
  std::unique_ptr<Overload> overload;
  char line[256];
  while (std::fgets(line, sizeof(line), in) != nullptr) {
    const std::vector<std::string> words =
        absl::StrSplit(absl::StripSuffix(line, "\n"), ' ', absl::SkipEmpty());
    double seconds = 0;
    if (words.size() > 1) EHC_CHECK(absl::SimpleAtod(words[1], &seconds));
    if (words[0] == "measure") {
      Say(out, absl::StrCat(MeasureCapacity(world, callers, absl::Seconds(seconds))));
    } else if (words[0] == "start") {
      overload = std::make_unique<Overload>(world, callers, absl::Seconds(seconds));
      Say(out, "started");
    } else {
      overload->Stop();
      std::string ended;
      for (const auto& [reason, count] : overload->tally.reasons) {
        absl::StrAppend(&ended, reason, "=", count, "\t");
      }
      Say(out,
          absl::StrCat(ended, "written=", overload->written(), "\tlost=", overload->Lost(world)));
    }
  }
}

// Whether everything ended as it should.
bool PrintEnds(const std::string& ended) {
  bool good = true;
  for (const absl::string_view end : absl::StrSplit(ended, '\t')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(end, absl::MaxSplits('=', 1));
    const auto& [reason, count] = parts;
    const bool clean = reason == "answered" || reason == "QUOTA_EXCEEDED" ||
                       reason == "OVERLOADED" || reason == "written" ||
                       (reason == "lost" && count == "0");
    good = good && clean;
    std::cout << "  others " << reason << " " << count << "\n";
  }
  return good;
}

struct Parts {
  absl::Duration measured;  // unloaded, and overloaded
  absl::Duration lead_in;   // under the overload before it is measured
};

// Long enough for a rate, and short enough that the quotas' bursts last for it.
constexpr double kCapacitySeconds = 3;

int Run(const Parts& parts, const Callers& many, double factor, bool quotas) {
  (void)GrantedCores();
  HubWorld world;
  Companion hub(Core::kServer, 0, [&](FILE* in, FILE* out) { BeTheHub(world, quotas, in, out); });
  int port = 0;
  EHC_CHECK(absl::SimpleAtoi(hub.Hear(), &port));
  world.UsePort(port);
  Companion callers(Core::kClient, 10,
                    [&](FILE* in, FILE* out) { BeTheCallers(world, many, in, out); });
  StayOn(Core::kClient);
  world.EnrolAgencies();
  const v1::GetPlanRequest enquiry = Enquiry(MakeChild(world.As(kCaseworker), 4999));
  const Clients watcher = world.As(kSocialWorker);
  Watch calm;
  calm.Run(watcher, enquiry, parts.measured);
  double every = 0;
  if (factor > 0) {
    double capacity = 0;
    EHC_CHECK(absl::SimpleAtod(callers.Ask(absl::StrCat("measure ", kCapacitySeconds)), &capacity));
    every = static_cast<double>(std::size(kGreedy)) * many.threads_each /
            (factor * std::max(capacity, 1.0));
    std::cout << absl::StrFormat("capacity    %.0f answers/s; asked for %.1f times that\n",
                                 capacity, factor);
  }
  (void)callers.Ask(absl::StrCat("start ", every));
  absl::SleepFor(parts.lead_in);
  Watch busy;
  busy.Run(watcher, enquiry, parts.measured);
  const std::string ended = callers.Ask("stop");
  std::cout << absl::StrFormat("unloaded    p50 %.2f ms  p99 %.2f ms\n", calm.MillisAt(0.5),
                               calm.MillisAt(0.99))
            << absl::StrFormat("overloaded  p50 %.2f ms  p99 %.2f ms  (%.1f times)\n",
                               busy.MillisAt(0.5), busy.MillisAt(0.99),
                               busy.MillisAt(0.99) / calm.MillisAt(0.99));
  bool good = true;
  for (const auto& [reason, count] : busy.tally.reasons) {
    std::cout << "  safeguarding " << reason << " " << count << "\n";
    good = good && reason == "answered";
  }
  return PrintEnds(ended) && good ? 0 : 1;
}

}  // namespace
}  // namespace ehc

int main(int argc, char** argv) {
  CLI::App app("Safeguarding calls under several times the load that the hub can carry");
  double seconds = 10;
  double lead_in = 6;
  ehc::Callers callers;
  double factor = 2;
  app.add_option("--seconds", seconds, "of each of the two parts")->check(CLI::Range(0.5, 600.0));
  app.add_option("--lead-in", lead_in,
                 "seconds of overload before it is measured: quotas begin with full bursts")
      ->check(CLI::Range(0.0, 600.0));
  app.add_option("--threads", callers.threads_each, "of each of three agencies")
      ->check(CLI::Range(1, 256));
  app.add_option("--per-connection", callers.per_connection, "callers that share a connection")
      ->check(CLI::Range(1, 256));
  app.add_option("--factor", factor, "times what the hub can answer; 0: callers never wait")
      ->check(CLI::Range(0.0, 100.0));
  bool no_quotas = false;
  app.add_flag("--no-quotas", no_quotas, "nobody is held to a quota: the hub's own queues alone");
  CLI11_PARSE(app, argc, argv);
  return ehc::Run({absl::Seconds(seconds), absl::Seconds(lead_in)}, callers, factor, !no_quotas);
}
