// The registry over the store that a hub runs on: what was committed is what is admitted.
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "server/identity/refusal.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/unit/identity/identity_fixture.h"

namespace ehc {
namespace {

class ReloadTest : public IdentityTest {
 protected:
  ReloadTest() : home_(absl::StrCat(::testing::TempDir(), "/ehc_reload_", getpid())) {
    std::filesystem::remove_all(home_);
    std::filesystem::create_directories(home_);
    SqliteOptions options;
    options.path = home_ + "/hub.db";
    options.key_file = home_ + "/hub.kek";
    options.create = true;
    absl::StatusOr<std::unique_ptr<Store>> store = OpenSqliteStore(options);
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    Put(PutAgency{AgencyId("bromley"), BromleysAgency()});
    Put(BromleysCertificate());
    Put(BromleysKey());
  }
  ~ReloadTest() override {
    store_.reset();
    std::filesystem::remove_all(home_);
  }

  void Put(Change change) {
    Commit commit;
    commit.changes.push_back(std::move(change));
    commit.entry.leaf_hash = Sha256(absl::StrCat("entry ", ++entries_));
    commit.entry.recorded_at = now_;
    commit.entry.opening = "opening";
    absl::Notification done;
    store_->Append(std::move(commit), [&done](absl::StatusOr<Committed> outcome) {
      EXPECT_TRUE(outcome.ok()) << outcome.status();
      done.Notify();
    });
    done.WaitForNotification();
  }

  std::string WhyRefused() { return RefusalReason(reloaded_.AdmitPeer(bromley_.pem(), now_)); }

  const std::string home_;
  std::unique_ptr<Store> store_;
  int entries_ = 0;
  AgencyRegistry reloaded_;
};

TEST_F(ReloadTest, WhatWasCommittedIsAdmitted) {
  EXPECT_EQ(WhyRefused(), "CREDENTIAL_REVOKED");
  ASSERT_TRUE(reloaded_.Reload(*store_).ok());
  EXPECT_EQ(WhyRefused(), "");
  EXPECT_EQ(reloaded_.Current().position(), store_->Read().value()->position());
  EXPECT_EQ(reloaded_.Current().left_out(), 0);
  Authenticator authenticator(reloaded_, approvals_, AuthenticatorOptions{kAudience});
  const auto caller = authenticator.Authenticate(bromley_.pem(), Token(), now_);
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->registry_position(), reloaded_.Current().position());
}

TEST_F(ReloadTest, RevocationHoldsOnceReloaded) {
  ASSERT_TRUE(reloaded_.Reload(*store_).ok());
  PutCredential revoked = BromleysCertificate();
  revoked.value.set_state(hub::v1::CREDENTIAL_STATE_REVOKED);
  Put(revoked);
  ASSERT_TRUE(reloaded_.Reload(*store_).ok());
  EXPECT_EQ(WhyRefused(), "CREDENTIAL_REVOKED");
}

TEST_F(ReloadTest, SuspensionHoldsOnceReloaded) {
  ASSERT_TRUE(reloaded_.Reload(*store_).ok());
  BromleysAgency().set_state(hub::v1::AGENCY_STATE_SUSPENDED);
  Put(PutAgency{AgencyId("bromley"), BromleysAgency()});
  ASSERT_TRUE(reloaded_.Reload(*store_).ok());
  EXPECT_EQ(WhyRefused(), "AGENCY_SUSPENDED");
}

}  // namespace
}  // namespace ehc
