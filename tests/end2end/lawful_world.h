// A hub whose days the test counts, for the law that turns on dates: agencies' keys are good for
// years, the hub's clock and everybody's are the test's own.
#ifndef EHC_TESTS_END2END_LAWFUL_WORLD_H_
#define EHC_TESTS_END2END_LAWFUL_WORLD_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/status_macros.h"
#include "server/model/date.h"
#include "server/transport/platform_setup.h"
#include "tests/end2end/hub_world.h"

namespace ehc {

inline const Persona kEmergencyClinician{"kings-park-nhs-trust", "ed-1", "EMERGENCY_CLINICIAN",
                                         "community-paediatrics"};
inline const Persona kSafeguardingOfficer{"bromley", "mash-1", "MASH_OFFICER", "social-care"};

class DatedHubTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool prepared = PreparePlatform().ok();
    EHC_CHECK(prepared);
    world_ = std::make_unique<HubWorld>(
        HubWorld::Lifetime{absl::FromUnixSeconds(1735689600), absl::Now() + absl::Hours(24 * 900)});
    world_->Serve();
    world_->EnrolAgencies();
    clock_ = std::make_unique<ManualClock>(absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())));
    ServeAgain();
    EHC_CHECK(!HasFatalFailure());
  }
  static void TearDownTestSuite() {
    world_.reset();
    clock_.reset();
  }

  // The same hub in a new process, as far as anything that it keeps in memory goes.
  static void ServeAgain(std::function<void(HouseOptions&)> adjust = nullptr) {
    world_->Stop();
    world_->Serve(*clock_, [&](HouseOptions& options) {
      options.policy_refresh = absl::ZeroDuration();
      options.max_policy_staleness = absl::InfiniteDuration();
      if (adjust) adjust(options);
    });
  }

  static Clients As(const Persona& persona) {
    ehchub::Options options = HubWorld::Options();
    options.now = [] { return clock_->Now(); };
    return world_->As(persona, options);
  }
  static Persona Another(Persona persona, const std::string& user) {
    persona.user = user;
    return persona;
  }
  static HubWorld& world() { return *world_; }
  static ManualClock& clock() { return *clock_; }
  static int NewSerial() { return ++serials_; }
  static std::string UnknownChild() { return SubjectOf(NewSerial()); }
  static std::string NewChild() { return MakeChild(As(kCaseworker), NewSerial()); }

  static std::string Protect(const std::string& child, v1::ProtectionLabel label,
                             std::vector<std::string> cleared = {}) {
    v1::CreateProtectionRequest request = RestrictedAddressOf(child, std::move(cleared));
    request.mutable_protection()->set_label(label);
    return ReasonIn(As(kCaseworker).subjects.CreateProtection(request));
  }

  // Published by social care.
  static std::string PublishFlag(const std::string& child, const std::string& kind) {
    const Clients worker = As(kSocialWorker);
    v1::PublishFlagRequest request;
    request.set_subject(child);
    request.set_unit("social-care");
    v1::RecordContent& flag = *request.mutable_flag();
    flag.set_record_type("FLAG");
    flag.set_badge(v1::BADGE_FINAL);
    flag.mutable_as_at()->set_seconds(absl::ToUnixSeconds(clock_->Now()) - 60);
    for (const char* code : {"KIND", "CONTACT", "DETAIL"}) {
      v1::RecordPart& part = *flag.add_parts();
      part.set_code(code);
      part.set_text(absl::StrCat(kind, " ", code));
    }
    return ReasonIn(worker.records.PublishFlag(request));
  }

 private:
  static inline std::unique_ptr<HubWorld> world_;
  static inline std::unique_ptr<ManualClock> clock_;
  static inline int serials_ = 0;
};

}  // namespace ehc

#endif  // EHC_TESTS_END2END_LAWFUL_WORLD_H_
