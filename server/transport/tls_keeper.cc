#include "server/transport/tls_keeper.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/transport/tls.h"

namespace ehc {
namespace {

constexpr size_t kMaxFileBytes = 16 << 20;  // a revocation list may be long
constexpr size_t kMaxPeers = 16384;         // remembered for the day that one of them is listed

absl::StatusOr<UniqueFd> InMemory(const std::string& bytes) {
  UniqueFd fd(memfd_create("ehc-tls", MFD_CLOEXEC));
  if (!fd.valid()) return ErrnoStatus(errno, "making", "memory for TLS keys");
  EHC_RETURN_IF_ERROR(WriteFully(fd.get(), bytes, "memory for TLS keys"));
  return fd;
}

absl::Status Link(const UniqueFd& fd, const std::string& path) {
  const std::string target = absl::StrCat("/proc/", getpid(), "/fd/", fd.get());
  if (symlink(target.c_str(), path.c_str()) == 0) return absl::OkStatus();
  return ErrnoStatus(errno, "linking", path);
}

}  // namespace

TlsKeeper::TlsKeeper(TlsFiles files, absl::Duration refresh, const Clock& clock)
    : files_(std::move(files)), refresh_(refresh), clock_(clock) {}

absl::StatusOr<std::unique_ptr<TlsKeeper>> TlsKeeper::Start(const TlsFiles& files,
                                                            absl::Duration refresh,
                                                            const Clock& clock) {
  std::unique_ptr<TlsKeeper> keeper(new TlsKeeper(files, refresh, clock));
  std::string folder =
      absl::StrCat(std::filesystem::temp_directory_path().string(), "/ehc-tls-XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) return ErrnoStatus(errno, "making", folder);
  keeper->folder_ = folder;
  keeper->served_ = TlsFiles::InDirectory(folder + "/current");
  const std::lock_guard<std::mutex> lock(keeper->mutex_);
  EHC_RETURN_IF_ERROR(keeper->TakeWhatIsGood());
  return keeper;
}

void TlsKeeper::StopWatching() {
  {
    const std::lock_guard<std::mutex> lock(run_mutex_);
    stop_ = true;
  }
  stop_changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

TlsKeeper::~TlsKeeper() {
  StopWatching();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

absl::StatusOr<TlsKeeper::Bundle> TlsKeeper::Read() const {
  Bundle bundle;
  EHC_ASSIGN_OR_RETURN(bundle.key, ReadFile(files_.key, kMaxFileBytes));
  EHC_ASSIGN_OR_RETURN(bundle.certificate, ReadFile(files_.certificate, kMaxFileBytes));
  EHC_ASSIGN_OR_RETURN(bundle.roots, ReadFile(files_.roots, kMaxFileBytes));
  absl::StatusOr<std::string> lists = ReadFile(files_.lists, kMaxFileBytes);
  if (lists.ok()) {
    bundle.lists = *std::move(lists);
  } else if (!absl::IsNotFound(lists.status())) {
    return lists.status();
  }
  return bundle;
}

absl::Status TlsKeeper::Check(const Bundle& bundle,
                              std::shared_ptr<const RevocationLists>& lists) const {
  const absl::Time now = clock_.Now();
  EHC_RETURN_IF_ERROR(CheckTlsBytes(files_, bundle.key, bundle.certificate, bundle.roots, now));
  if (!bundle.lists.empty()) {
    auto parsed = RevocationLists::Parse(bundle.lists, bundle.roots);
    if (!parsed.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat(files_.lists, ": ", parsed.status().message()));
    }
    lists = *std::move(parsed);
  }
  if (!files_.require_lists) return absl::OkStatus();
  if (lists == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat(files_.lists, ": is missing, and revocation lists are required"));
  }
  return absl::OkStatus();
}

absl::Status TlsKeeper::Serve(const Bundle& bundle) {
  Generation next;
  EHC_ASSIGN_OR_RETURN(next.key, InMemory(bundle.key));
  EHC_ASSIGN_OR_RETURN(next.certificate, InMemory(bundle.certificate));
  EHC_ASSIGN_OR_RETURN(next.roots, InMemory(bundle.roots));
  const std::string name = absl::StrCat("generation-", ++generation_number_);
  const std::string folder = folder_ + "/" + name;
  if (mkdir(folder.c_str(), 0700) != 0) return ErrnoStatus(errno, "making", folder);
  const TlsFiles links = TlsFiles::InDirectory(folder);
  EHC_RETURN_IF_ERROR(Link(next.key, links.key));
  EHC_RETURN_IF_ERROR(Link(next.certificate, links.certificate));
  EHC_RETURN_IF_ERROR(Link(next.roots, links.roots));
  const std::string fresh = folder_ + "/next";
  if (symlink(name.c_str(), fresh.c_str()) != 0) return ErrnoStatus(errno, "linking", fresh);
  const std::string current = folder_ + "/current";
  if (rename(fresh.c_str(), current.c_str()) != 0) return ErrnoStatus(errno, "renaming", current);
  previous_ = std::move(current_);
  current_ = std::move(next);
  return absl::OkStatus();
}

absl::Status TlsKeeper::Take(Bundle bundle) {
  if (bundle.lists.empty() && !in_use_.lists.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(files_.lists, ": has gone; put a newer list in its place"));
  }
  std::shared_ptr<const RevocationLists> lists;
  EHC_RETURN_IF_ERROR(Check(bundle, lists));
  const bool keys_moved = bundle.key != in_use_.key || bundle.certificate != in_use_.certificate ||
                          bundle.roots != in_use_.roots;
  if (keys_moved) EHC_RETURN_IF_ERROR(Serve(bundle));
  if (lists != nullptr) lists_.Set(lists);
  if (!in_use_.key.empty()) LogInfo("tls_files_taken");
  in_use_ = std::move(bundle);
  return absl::OkStatus();
}

// What is in use and has not moved can still run out.
absl::Status TlsKeeper::TakeWhatIsGood() {
  EHC_ASSIGN_OR_RETURN(Bundle bundle, Read());
  const absl::Time now = clock_.Now();
  if (bundle == in_use_) {
    EHC_RETURN_IF_ERROR(CheckTlsBytes(files_, bundle.key, bundle.certificate, bundle.roots, now));
  } else {
    EHC_RETURN_IF_ERROR(Take(std::move(bundle)));
  }
  const std::shared_ptr<const RevocationLists> lists = lists_.Get();
  if (lists == nullptr || !files_.require_lists) return absl::OkStatus();
  return lists->CheckCovers(in_use_.roots, now);  // in use all the same: fails closed
}

bool TlsKeeper::Look() {
  absl::Status taken;
  bool lists_moved = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const uint64_t before = lists_.generation();
    taken = TakeWhatIsGood();
    lists_moved = lists_.generation() != before;
    if (taken.ok()) last_fault_.clear();
    if (!taken.ok() && last_fault_ != taken.message()) {
      last_fault_ = std::string(taken.message());
      LogError("tls files are not good; the last good ones stay",
               {{"why", Public(taken.message())}});
    }
  }
  const bool was_well = well_.exchange(taken.ok());
  if (was_well != taken.ok() && watcher_.on_health) watcher_.on_health(taken.ok());
  if (lists_moved && watcher_.on_revoked) {
    // One that was forgotten is cut, to be looked at again when it comes back.
    watcher_.on_revoked([this](const std::string& fingerprint) {
      return IsListed(fingerprint, /*if_forgotten=*/true);
    });
  }
  return taken.ok();
}

absl::Status TlsKeeper::CheckRevocation(absl::string_view certificate_pem,
                                        const std::string& fingerprint) {
  const auto serial = SerialOf(certificate_pem);
  if (!serial.ok()) return serial.status();
  {
    const std::lock_guard<std::mutex> lock(peers_mutex_);
    if (peers_.size() >= kMaxPeers) peers_.clear();
    peers_[fingerprint] = *serial;
  }
  const std::shared_ptr<const RevocationLists> lists = lists_.Get();
  if (lists != nullptr) return lists->Check(*serial, files_.require_lists, clock_.Now());
  if (!files_.require_lists) return absl::OkStatus();
  return absl::UnauthenticatedError("there is no revocation list, and one is required");
}

bool TlsKeeper::IsListed(const std::string& fingerprint, bool if_forgotten) {
  const std::shared_ptr<const RevocationLists> lists = lists_.Get();
  if (lists == nullptr) return false;
  const std::lock_guard<std::mutex> lock(peers_mutex_);
  const auto peer = peers_.find(fingerprint);
  if (peer == peers_.end()) return if_forgotten;
  return !lists->Check(peer->second, false, clock_.Now()).ok();
}

void TlsKeeper::Watch(Watcher watcher) {
  watcher_ = std::move(watcher);
  watcher_.on_health(well_);
  thread_ = std::thread([this] { Run(); });
}

void TlsKeeper::Run() {
  std::unique_lock<std::mutex> lock(run_mutex_);
  while (!stop_changed_.wait_for(lock, absl::ToChronoNanoseconds(refresh_),
                                 [this] { return stop_; })) {
    lock.unlock();
    (void)Look();
    lock.lock();
  }
}

}  // namespace ehc
