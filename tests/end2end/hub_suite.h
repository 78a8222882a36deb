// One founded and served hub with its agencies, shared by the tests of a binary; every test makes
// children of its own.
#ifndef EHC_TESTS_END2END_HUB_SUITE_H_
#define EHC_TESTS_END2END_HUB_SUITE_H_

#include <atomic>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/status_macros.h"
#include "server/transport/platform_setup.h"
#include "tests/end2end/hub_world.h"

namespace ehc {

class HubTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
    world_ = std::make_unique<HubWorld>();
    world_->Serve();
    world_->EnrolAgencies();
    EHC_CHECK(!HasFatalFailure());
  }
  static void TearDownTestSuite() { world_.reset(); }

  static HubWorld& world() { return *world_; }
  static int NewSerial() { return ++serials_; }
  std::string NewChild() { return MakeChild(caseworker_, NewSerial()); }

  const Clients caseworker_ = world().As(kCaseworker);
  const Clients paediatrician_ = world().As(kPaediatrician);
  const Clients commissioner_ = world().As(kCommissioner);

 private:
  static inline std::unique_ptr<HubWorld> world_;
  static inline std::atomic<int> serials_{0};
};

}  // namespace ehc

#endif  // EHC_TESTS_END2END_HUB_SUITE_H_
