// A gRPC server over real mutual TLS that answers as the test tells it, and remembers what it was
// asked. It has no rules of its own: what it proves is how the SDK behaves on the wire.
#ifndef EHC_TESTS_UNIT_CLIENT_SDK_SCRIPTED_HUB_H_
#define EHC_TESTS_UNIT_CLIENT_SDK_SCRIPTED_HUB_H_

#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "ehchub/profile.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/test_pki.h"
#include "tests/unit/client-sdk/scripted_log.h"

namespace ehc {

// A failure as the real hub words it.
struct ScriptedFailure {
  grpc::StatusCode code = grpc::StatusCode::UNAVAILABLE;
  std::string reason;  // empty: no details
  std::string message = "told to fail";
  absl::Duration retry_after = absl::ZeroDuration();
  std::string decision_id;
  std::string violated_field;
};
grpc::Status ToStatus(const ScriptedFailure& failure);

struct SeenCall {
  std::string method;
  std::string request_id;
  std::string subject;
  std::string assertion;
  absl::Duration deadline_in;
};

enum class Honesty { kHonest, kForgetsEntries, kSpoilsSignature, kSendsNoReceipt };

// Thread safe.
class ScriptedHub {
 public:
  ScriptedHub();
  ~ScriptedHub();

  // The profile of an agency with a certificate that this hub accepts; files in the hub's folder.
  ehchub::Profile ProfileFor(const std::string& agency);
  // The same with that certificate in place of a good one.
  ehchub::Profile ProfileWith(const TestCertificate& certificate);
  // The profile as a file, for ehcctl; returns its path.
  std::string WriteProfile(const ehchub::Profile& profile, const std::string& name);

  // The next calls fail so, one each.
  void FailNext(std::vector<ScriptedFailure> failures);
  void Be(Honesty honesty);
  void Stop();  // as when the machine goes away

  // Run `change` while no call touches the log.
  template <typename Change>
  void ChangeLog(Change change) {
    absl::MutexLock lock(&mutex_);
    change(log_);
  }

  std::vector<SeenCall> calls() const;
  const TestPki& pki() const { return pki_; }
  const std::string& folder() const { return folder_.path(); }
  std::string address() const;

 private:
  friend class ScriptedServices;

  std::string Write(const std::string& name, const std::string& text) const;

  TestPki pki_;
  ScratchFolder folder_;
  int port_ = 0;
  int profiles_ = 0;
  mutable absl::Mutex mutex_;
  ScriptedLog log_ ABSL_GUARDED_BY(mutex_);
  std::deque<ScriptedFailure> failures_ ABSL_GUARDED_BY(mutex_);
  std::vector<SeenCall> calls_ ABSL_GUARDED_BY(mutex_);
  Honesty honesty_ ABSL_GUARDED_BY(mutex_) = Honesty::kHonest;
  std::unique_ptr<class ScriptedServices> services_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace ehc

#endif  // EHC_TESTS_UNIT_CLIENT_SDK_SCRIPTED_HUB_H_
