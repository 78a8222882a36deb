#include "server/transport/platform_setup.h"

#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/ssl.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>

#include "absl/synchronization/mutex.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"
#include "server/transport/grpc_log.h"

namespace ehc {
namespace {

constexpr rlim_t kWantedDescriptors = 65536;

// gRPC 1.51 offers no minimum version. The only suite of TLS 1.2 that remains needs a pre-shared
// key and nobody has one; suites of TLS 1.3 are not affected by this list.
constexpr char kNoSuiteOfTls12[] = "PSK-AES256-GCM-SHA384";

// gRPC makes its contexts itself; this reaches every context that the process makes.
constexpr char kTlsDefaults[] =
    "openssl_conf = hub\n"
    "[hub]\n"
    "ssl_conf = ssl\n"
    "[ssl]\n"
    "system_default = strict\n"
    "[strict]\n"
    "CipherString = DEFAULT:@SECLEVEL=2\n"
    "Options = -SessionTicket\n"
    "NumTickets = 0\n";

std::atomic<bool> prepared{false};

// Contexts take "system_default" from the configuration that was loaded last.
absl::Status LoadTlsDefaults() {
  if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, nullptr) != 1) {
    return absl::InternalError("OpenSSL did not start: check its openssl.cnf");
  }
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new_mem_buf(kTlsDefaults, -1),
                                                       &BIO_free);
  const std::unique_ptr<CONF, decltype(&NCONF_free)> conf(NCONF_new(nullptr), &NCONF_free);
  long line = 0;  // NOLINT: OpenSSL's type
  if (text == nullptr || conf == nullptr || NCONF_load_bio(conf.get(), text.get(), &line) != 1 ||
      CONF_modules_load(conf.get(), nullptr, 0) != 1) {
    return absl::InternalError("OpenSSL refused the hub's TLS defaults");
  }
  return absl::OkStatus();
}

absl::Status CheckTicketsAreOff() {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()),
                                                                  &SSL_CTX_free);
  const bool are_off = context != nullptr && SSL_CTX_get_num_tickets(context.get()) == 0 &&
                       (SSL_CTX_get_options(context.get()) & SSL_OP_NO_TICKET) != 0;
  return are_off ? absl::OkStatus() : absl::InternalError("TLS session tickets are still on");
}

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min(limit.rlim_max, kWantedDescriptors);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

absl::Status PreparePlatform() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  std::signal(SIGPIPE, SIG_IGN);
  RaiseDescriptorLimit();
  RouteGrpcLog();
  if (setenv("GRPC_SSL_CIPHER_SUITES", kNoSuiteOfTls12, 1) != 0) {
    return ErrnoStatus(errno, "setting", "GRPC_SSL_CIPHER_SUITES");
  }
  EHC_RETURN_IF_ERROR(LoadTlsDefaults());
  EHC_RETURN_IF_ERROR(CheckTicketsAreOff());
  prepared = true;
  return absl::OkStatus();
}

bool IsPlatformPrepared() { return prepared; }

size_t DescriptorLimit() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<size_t>(limit.rlim_cur) : 1024;
}

size_t UsableCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return std::max<size_t>(1, static_cast<size_t>(CPU_COUNT(&set)));
}

}  // namespace ehc
