// What happens to referrals, verifications and reviews and their parties are told of: written with
// the commit that does it, shown to whoever of the party may read the matter.
#ifndef EHC_SERVER_SERVICES_MATTER_EVENTS_H_
#define EHC_SERVER_SERVICES_MATTER_EVENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "ehc/hub/v1/subscription_service.pb.h"
#include "server/model/told.h"
#include "server/services/matters.h"

namespace ehc {

// As they are stored. A case moves for the unit whose it is, a stage for the referrer.
inline constexpr char kCaseMoved[] = "REFERRAL_CASE_MOVED";
inline constexpr char kStageMoved[] = "REFERRAL_STAGE_MOVED";
inline constexpr char kOutcomeTold[] = "REFERRAL_OUTCOME_TOLD";
inline constexpr char kVerificationAsked[] = "VERIFICATION_ASKED";
inline constexpr char kReviewHeld[] = "REVIEW_HELD";
inline constexpr char kPlanAttached[] = "PLAN_ATTACHED";
inline constexpr char kReviewDue[] = "REVIEW_DUE";

// Tells the party of it, once the plan is committed.
void TellParty(const Matter& matter, const AgencyId& party, const char* event, Plan& plan);
// Tells both, or the one that there is.
void TellParties(const Matter& matter, const char* event, Plan& plan);

// A kind of matter that one may subscribe to.
struct FollowedMatter {
  hub::v1::SubscribedMatter matter;
  const char* kind;
  const char* action;  // whoever may do this with it may be told
};
// nullptr: there is no such.
const FollowedMatter* FindFollowed(hub::v1::SubscribedMatter matter);
const FollowedMatter* FindFollowed(absl::string_view kind);

// What is told of an event.
struct MatterNotice {
  MatterId subscription;
  std::string name;  // "reviews/…"
  SubjectId subject;
  hub::v1::NotifiedEvent event = hub::v1::NOTIFIED_EVENT_UNSPECIFIED;
  absl::Time happened_at;
  int64_t cursor = 0;  // as in Notice
};

// The question whether a party may be told; nullopt: the matter is not there, or not the party's.
absl::StatusOr<std::optional<Ask>> EventAsk(ReadView& view, const AgencyId& party,
                                            const MatterEvent& event);

// The event, where the caller may still be told: the subscription has not ended, the matter is
// there, and its unit would show it to the caller.
class ToldEvent : public RecordSource<Told<MatterNotice>> {
 public:
  ToldEvent(const SubjectNames& names, MatterId subscription, MatterEvent event, int64_t cursor)
      : names_(names), subscription_(subscription), event_(std::move(event)), cursor_(cursor) {}

 private:
  absl::StatusOr<std::optional<Told<MatterNotice>>> Fetch(const CaseFile& file,
                                                          ReadView& view) const override;
  template <typename Kind>
  Told<MatterNotice> Tell(const CaseFile& file, const Opened<Kind>& opened) const;
  absl::StatusOr<Told<MatterNotice>> TellOfKind(const CaseFile& file, ReadView& view) const;
  absl::StatusOr<Told<MatterNotice>> TellOfReferral(const CaseFile& file, ReadView& view) const;

  const SubjectNames& names_;
  const MatterId subscription_;
  const MatterEvent event_;
  const int64_t cursor_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_MATTER_EVENTS_H_
