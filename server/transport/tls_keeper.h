// TlsKeeper: what stands between the files that a person renews and gRPC, which would take whatever
// it finds. Files are read together, checked, and only then handed on; while they are not good,
// what was good last stays in use and the keeper says that it is not well.
#ifndef EHC_SERVER_TRANSPORT_TLS_KEEPER_H_
#define EHC_SERVER_TRANSPORT_TLS_KEEPER_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/fs.h"
#include "server/base/snapshot.h"
#include "server/transport/options.h"
#include "server/transport/revocation_lists.h"

namespace ehc {

// Thread safe.
class TlsKeeper {
 public:
  // Reads and checks the files once; errors name the file and the remedy.
  static absl::StatusOr<std::unique_ptr<TlsKeeper>> Start(const TlsFiles& files,
                                                          absl::Duration refresh,
                                                          const Clock& clock);
  ~TlsKeeper();

  // The files for gRPC to watch: always a good set. Their bytes are in memory only; the names lead
  // to this process's descriptors.
  const TlsFiles& served() const { return served_; }

  // Whether a peer's certificate may go on, by the revocation lists. OK where there are none and
  // none are required.
  absl::Status CheckRevocation(absl::string_view certificate_pem, const std::string& fingerprint);

  // Whether a certificate that was let in is on a list that is in use now. `if_forgotten`: what to
  // say of one that nobody remembers letting in.
  bool IsListed(const std::string& fingerprint, bool if_forgotten);

  struct Watcher {
    std::function<void(bool well)> on_health;
    // Certificates that were let in and are now on a list, by fingerprint: cut whoever `is_listed`.
    std::function<void(const std::function<bool(const std::string& fingerprint)>& is_listed)>
        on_revoked;
  };
  // From now on looks at the files every `refresh`. Once.
  void Watch(Watcher watcher);
  // The watcher is not called any more. Idempotent.
  void StopWatching();

  // Looks at the files now. False: what is in use is not what they say, or lists are out of date.
  bool Look();

  bool is_well() const { return well_; }

 private:
  // What the files said when they were read together.
  struct Bundle {
    std::string key;
    std::string certificate;
    std::string roots;
    std::string lists;  // empty: none
    bool operator==(const Bundle& other) const = default;
  };
  // In memory, with the folder of links that leads there.
  struct Generation {
    UniqueFd key;
    UniqueFd certificate;
    UniqueFd roots;
  };

  TlsKeeper(TlsFiles files, absl::Duration refresh, const Clock& clock);
  absl::StatusOr<Bundle> Read() const;
  absl::Status Check(const Bundle& bundle, std::shared_ptr<const RevocationLists>& lists) const;
  absl::Status Serve(const Bundle& bundle) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Take(Bundle bundle) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status TakeWhatIsGood() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Run();

  const TlsFiles files_;
  const absl::Duration refresh_;
  const Clock& clock_;
  std::string folder_;
  TlsFiles served_;
  std::atomic<bool> well_{true};
  Snapshot<RevocationLists> lists_;

  std::mutex mutex_;
  Bundle in_use_ ABSL_GUARDED_BY(mutex_);
  int generation_number_ ABSL_GUARDED_BY(mutex_) = 0;
  Generation current_ ABSL_GUARDED_BY(mutex_);
  Generation previous_ ABSL_GUARDED_BY(mutex_);  // gRPC may be reading it
  std::string last_fault_ ABSL_GUARDED_BY(mutex_);

  std::mutex peers_mutex_;
  absl::flat_hash_map<std::string, CertificateSerial> peers_ ABSL_GUARDED_BY(peers_mutex_);

  Watcher watcher_;
  std::mutex run_mutex_;
  std::condition_variable stop_changed_;
  bool stop_ ABSL_GUARDED_BY(run_mutex_) = false;
  std::thread thread_;
};

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_TLS_KEEPER_H_
