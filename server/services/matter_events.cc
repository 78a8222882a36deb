#include "server/services/matter_events.h"

#include <algorithm>
#include <iterator>

#include "server/services/referrals.h"
#include "server/services/subscriptions.h"
#include "server/services/verifications.h"

namespace ehc {
namespace {

constexpr FollowedMatter kFollowed[] = {
    {hub::v1::SUBSCRIBED_MATTER_REFERRAL, Referrals::kKind, "referral.status"},
    {hub::v1::SUBSCRIBED_MATTER_VERIFICATION, Verifications::kKind, "verification.read"},
    {hub::v1::SUBSCRIBED_MATTER_REVIEW, PathwayReviews::kKind, "review.read"}};

template <typename Is>
const FollowedMatter* FindIf(Is is) {
  const auto* found = std::find_if(std::begin(kFollowed), std::end(kFollowed), is);
  return found == std::end(kFollowed) ? nullptr : found;
}

hub::v1::NotifiedEvent AsTold(const std::string& event) {
  hub::v1::NotifiedEvent told = hub::v1::NOTIFIED_EVENT_UNSPECIFIED;
  const std::string name = event == kCaseMoved ? kStageMoved : event;
  hub::v1::NotifiedEvent_Parse(absl::StrCat("NOTIFIED_EVENT_", name), &told);
  return told;
}

absl::StatusOr<hub::v1::FamilyAgreement> AgreementTo(Matter matter) {
  if (matter.kind != Referrals::kKind) return hub::v1::FAMILY_AGREEMENT_AGREED;
  EHC_ASSIGN_OR_RETURN(const Opened<Referrals> opened, Unpack<Referrals>(std::move(matter)));
  return opened.body.value().application().family_agreement();
}

// Whether the sender of it stays unnamed to this reader.
template <typename Kind>
bool IsRelayed(const Opened<Kind>& opened, bool received) {
  if (received) return opened.body.value().through_relay();
  if constexpr (std::is_same_v<Kind, Referrals>) return opened.body.outcome_by_relay();
  return false;
}

}  // namespace

void TellParty(const Matter& matter, const AgencyId& party, const char* event, Plan& plan) {
  plan.changes.push_back(TellOfMatter{matter.id, party, event});
}

void TellParties(const Matter& matter, const char* event, Plan& plan) {
  TellParty(matter, matter.addressee, event, plan);
  if (matter.opener != matter.addressee) TellParty(matter, matter.opener, event, plan);
}

const FollowedMatter* FindFollowed(hub::v1::SubscribedMatter matter) {
  return FindIf([&](const FollowedMatter& one) { return one.matter == matter; });
}

const FollowedMatter* FindFollowed(absl::string_view kind) {
  return FindIf([&](const FollowedMatter& one) { return one.kind == kind; });
}

absl::StatusOr<std::optional<Ask>> EventAsk(ReadView& view, const AgencyId& party,
                                            const MatterEvent& event) {
  const FollowedMatter* followed = FindFollowed(event.kind);
  EHC_ASSIGN_OR_RETURN(std::optional<Matter> matter, view.FindMatter(event.kind, event.matter));
  if (followed == nullptr || !matter.has_value()) return std::nullopt;
  if (matter->opener != party && matter->addressee != party) return std::nullopt;
  Ask ask;
  ask.method = "StreamNotifications";
  ask.action = followed->action;
  ask.subject = SubjectRef{std::nullopt, matter->subject};
  ask.request.custodian = matter->opener == party ? matter->addressee : matter->opener;
  ask.request.record_type = kReferralType;
  EHC_ASSIGN_OR_RETURN(const hub::v1::FamilyAgreement agreement, AgreementTo(*std::move(matter)));
  RestOnReferral(ask, agreement);
  return ask;
}

absl::StatusOr<std::optional<Told<MatterNotice>>> ToldEvent::Fetch(const CaseFile& file,
                                                                   ReadView& view) const {
  const auto subscription = FindSubscription(view, subscription_, file.caller.agency());
  if (absl::IsNotFound(subscription.status())) return std::nullopt;
  EHC_RETURN_IF_ERROR(subscription.status());
  absl::StatusOr<Told<MatterNotice>> told = TellOfKind(file, view);
  if (absl::IsNotFound(told.status())) return std::nullopt;
  EHC_RETURN_IF_ERROR(told.status());
  return *std::move(told);
}

template <typename Kind>
Told<MatterNotice> ToldEvent::Tell(const CaseFile& file, const Opened<Kind>& opened) const {
  const bool received = opened.matter.addressee == file.caller.agency();
  Told<MatterNotice> told;
  told.teller = received ? opened.matter.opener : opened.matter.addressee;
  told.unit = UnitId(Kind::UnitOf(opened, received ? Side::kOpener : Side::kAddressee));
  told.through_relay = IsRelayed(opened, received);
  told.resource = absl::StrCat("matter/", opened.matter.id.value);
  told.value.subscription = subscription_;
  told.value.name = names_.MatterName(Kind::kCollection, opened.matter.id);
  told.value.subject = opened.matter.subject;
  told.value.event = AsTold(event_.event);
  told.value.happened_at = event_.at;
  told.value.cursor = cursor_;
  return told;
}

absl::StatusOr<Told<MatterNotice>> ToldEvent::TellOfKind(const CaseFile& file,
                                                         ReadView& view) const {
  if (event_.kind == Referrals::kKind) return TellOfReferral(file, view);
  if (event_.kind == Verifications::kKind) {
    EHC_ASSIGN_OR_RETURN(const auto opened, FindReadable<Verifications>(file, view, event_.matter));
    return Tell(file, opened);
  }
  EHC_ASSIGN_OR_RETURN(const auto opened, FindReadable<PathwayReviews>(file, view, event_.matter));
  return Tell(file, opened);
}

// What the case does inside is its unit's alone, though the referrer be of the same authority.
absl::StatusOr<Told<MatterNotice>> ToldEvent::TellOfReferral(const CaseFile& file,
                                                             ReadView& view) const {
  EHC_ASSIGN_OR_RETURN(
      const Opened<Referrals> opened,
      FindMatterOf<Referrals>(view, event_.matter, file.caller.agency(), Side::kEither));
  const bool sees_case = SeesCase(file, opened);
  const bool is_referrer = !sees_case && ReadsAsOpener(file, opened);
  if ((event_.event == kCaseMoved && !sees_case) || (event_.event == kStageMoved && !is_referrer) ||
      (!sees_case && !is_referrer)) {
    return NoSuchMatter();
  }
  return Tell(file, opened);
}

}  // namespace ehc
