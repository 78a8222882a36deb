#include "server/pipeline/shadow.h"

#include <fcntl.h>
#include <google/protobuf/text_format.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/encoding.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/pipeline/desk.h"
#include "server/policy/cases.h"
#include "server/policy/compare.h"
#include "server/policy/engine.h"

namespace ehc {
namespace {

constexpr size_t kMaxFileBytes = size_t{256} << 20;

Aead256Gcm KeyOf(const Store& store) {
  absl::StatusOr<Aead256Gcm> key =
      Aead256Gcm::Create(SecretBytes::CopyOf(store.DerivedKey("shadow decisions")));
  EHC_CHECK(key.ok());
  return *std::move(key);
}

// "case { … }" on one line.
std::string CaseText(const policy_proto::PolicyCase& one) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintToString(one, &text);
  return absl::StrCat("case { ", text, "}");
}

}  // namespace

ShadowRunner::ShadowRunner(const Store& store, std::string path)
    : key_(KeyOf(store)), path_(std::move(path)), thread_([this] { Work(); }) {}

ShadowRunner::~ShadowRunner() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  changed_.notify_all();
  thread_.join();
}

void ShadowRunner::SetCandidate(std::shared_ptr<const PolicySnapshot> candidate) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool another = candidate != nullptr &&
                       (candidate_ == nullptr || candidate_->revision() != candidate->revision());
  if (another) {
    queue_.clear();
    counts_ = ShadowCounts();
    StartFile(std::string(candidate->revision()));
  }
  active_ = candidate != nullptr;
  candidate_ = std::move(candidate);
}

// Goes on with the file of the same candidate after a restart; begins it anew for another. Only the
// holder of mutex_ calls this.
void ShadowRunner::StartFile(const std::string& revision) {
  if (path_.empty()) return;
  int64_t kept = 0;
  if (const auto text = ReadFile(path_, kMaxFileBytes); text.ok()) {
    const std::vector<std::string> lines = absl::StrSplit(*text, '\n', absl::SkipEmpty());
    const auto first = lines.empty() ? "" : Base64Decode(lines[0]);
    if (first.ok() && key_.Open(*first, revision).ok()) kept = static_cast<int64_t>(lines.size());
  }
  const int mode = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (kept == 0 ? O_TRUNC : 0);
  file_ = UniqueFd(::open(path_.c_str(), mode, 0600));
  counts_.kept = kept;
  if (!file_.valid()) LogWarning("differing decisions of the candidate are counted, not kept");
}

void ShadowRunner::Offer(const CaseFile& file, absl::Time at) {
  if (file.decision.outcome == Outcome::kUnavailable) return;
  Seen seen{file.snapshot, &PolicyOf(file), file.ask.request, file.facts, file.decision, at};
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (candidate_ == nullptr) return;
    if (queue_.size() >= kQueue) {
      ++counts_.dropped;
      return;
    }
    queue_.push_back(std::move(seen));
  }
  changed_.notify_all();
}

void ShadowRunner::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    if (queue_.empty()) {
      busy_ = false;
      changed_.notify_all();
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      continue;
    }
    busy_ = true;
    const Seen seen = std::move(queue_.front());
    queue_.pop_front();
    const std::shared_ptr<const PolicySnapshot> candidate = candidate_;
    if (candidate == nullptr) continue;
    lock.unlock();
    Compare(seen, *candidate);
    lock.lock();
  }
}

void ShadowRunner::Compare(const Seen& seen, const PolicySnapshot& candidate) {
  const Decision other = ehc::Decide(
      RequestIn(candidate, *seen.live, seen.request),
      FactsIn(candidate, *seen.live, seen.request.record_type, seen.facts), seen.at, candidate);
  const Decision& live = seen.decision;
  const GrantChange change =
      ChangeFrom(OutcomeCode(live.outcome), ReasonCode(live.reason), GrantedCodes(live), other);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (candidate_ == nullptr || candidate_->revision() != candidate.revision()) return;
  ++counts_.decided;
  if (!change.any()) return;
  counts_.gains += change.gained.empty() ? 0 : 1;
  counts_.losses += change.lost.empty() ? 0 : 1;
  counts_.other_reasons += change.other ? 1 : 0;
  ++counts_
        .by_reason[{std::string(ReasonCode(live.reason)), std::string(ReasonCode(other.reason))}];
  Keep(seen);
}

// Only the holder of mutex_ calls this.
void ShadowRunner::Keep(const Seen& seen) {
  if (!file_.valid() || counts_.kept >= kMaxKept) return;
  const std::string name = absl::StrCat("decision ", counts_.kept + 1);
  const policy_proto::PolicyCase one =
      WriteCase(name, seen.request, seen.facts, seen.at, seen.decision, *seen.live);
  const std::string line =
      absl::StrCat(Base64Encode(key_.Seal(CaseText(one), candidate_->revision())), "\n");
  if (WriteFully(file_.get(), line, path_).ok()) {
    ++counts_.kept;
  } else {
    file_ = UniqueFd();
    LogWarning("differing decisions of the candidate are counted, no longer kept");
  }
}

ShadowCounts ShadowRunner::Counts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return counts_;
}

absl::StatusOr<std::vector<std::string>> ShadowRunner::Kept(int64_t from, int limit) const {
  std::string revision;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (candidate_ == nullptr || counts_.kept <= from) return std::vector<std::string>();
    revision = std::string(candidate_->revision());
  }
  EHC_ASSIGN_OR_RETURN(const std::string text, ReadFile(path_, kMaxFileBytes));
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  std::vector<std::string> cases;
  const size_t end = std::min(lines.size(), static_cast<size_t>(from) + static_cast<size_t>(limit));
  for (size_t i = static_cast<size_t>(from); i < end; ++i) {
    EHC_ASSIGN_OR_RETURN(const std::string sealed, Base64Decode(lines[i]));
    EHC_ASSIGN_OR_RETURN(cases.emplace_back(), key_.Open(sealed, revision));
  }
  return cases;
}

void ShadowRunner::Settle() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || (queue_.empty() && !busy_); });
}

}  // namespace ehc
