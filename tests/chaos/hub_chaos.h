// A founded hub on a real disk, served by an ehc-hub process that a test may treat badly.
#ifndef EHC_TESTS_CHAOS_HUB_CHAOS_H_
#define EHC_TESTS_CHAOS_HUB_CHAOS_H_

#include <sqlite3.h>

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "server/base/status_macros.h"
#include "server/transport/platform_setup.h"
#include "tests/end2end/hub_world.h"
#include "tests/support/hub_process.h"

namespace ehc {

// SQLite's own word on a database file that nobody writes: "ok", or what is wrong.
inline std::string IntegrityOf(const std::string& file) {
  sqlite3* database = nullptr;
  std::string verdict;
  const auto take = [](void* out, int, char** values, char**) {
    static_cast<std::string*>(out)->append(values[0]);
    return 0;
  };
  if (sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK ||
      sqlite3_exec(database, "PRAGMA integrity_check", take, &verdict, nullptr) != SQLITE_OK) {
    verdict = sqlite3_errmsg(database);
  }
  sqlite3_close(database);
  return verdict;
}

class ChaosTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
  }

  HubProcessOptions HubOptions() const {
    HubProcessOptions options;
    options.binary = std::string(EHC_BINARY_DIR) + "/bin/ehc-hub";
    options.data_folder = world_.data_folder();
    options.policy_folder = HubWorld::policy_folder();
    options.tls_folder = world_.tls_folder();
    options.audience = HubWorld::audience();
    return options;
  }

  // A new process on the same data; whoever was the hub before has ended.
  void StartHub() {
    hub_ = nullptr;
    auto hub = HubProcess::Start(HubOptions());
    ASSERT_TRUE(hub.ok()) << hub.status();
    hub_ = *std::move(hub);
    world_.UsePort(hub_->port());
  }

  HubWorld world_;
  std::unique_ptr<HubProcess> hub_;
};

}  // namespace ehc

#endif  // EHC_TESTS_CHAOS_HUB_CHAOS_H_
