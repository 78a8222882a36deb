// Reading referrals: whole, in lists, or where they are and no more.
#include <utility>

#include "absl/strings/match.h"
#include "server/services/pathway_calls.h"
#include "server/services/verifications.h"

namespace ehc {
namespace {

using hub::v1::GetReferralResponse;

absl::StatusOr<Opened<Referrals>> FindShown(const CaseFile& file, ReadView& view, MatterId id) {
  EHC_ASSIGN_OR_RETURN(Opened<Referrals> opened,
                       FindMatterOf<Referrals>(view, id, file.caller.agency(), Side::kEither));
  if (SeesCase(file, opened) || ReadsAsOpener(file, opened)) return opened;
  return NoSuchMatter();
}

// Of whoever else referred this child to the authority no referrer learns.
absl::Status AddOthers(const Desks& desks, const CaseFile& file, ReadView& view,
                       const Opened<Referrals>& opened, hub::v1::Referral& out) {
  MatterFilter filter;
  filter.kind = Referrals::kKind;
  filter.subject = opened.matter.subject;
  filter.only_open = true;
  EHC_ASSIGN_OR_RETURN(std::vector<Matter> open, view.ListMatters(filter));
  constexpr int kMost = 32;
  for (Matter& matter : open) {
    if (matter.id == opened.matter.id || matter.addressee != file.caller.agency()) continue;
    EHC_ASSIGN_OR_RETURN(const Opened<Referrals> other, Unpack<Referrals>(std::move(matter)));
    if (!SeesCase(file, other) || out.others_size() == kMost) continue;
    out.add_others(desks.rooms.names.MatterName(Referrals::kCollection, other.matter.id));
  }
  return absl::OkStatus();
}

// Whose words the answer holds: the referrer's to the authority, the authority's to the referrer.
Told<GetReferralResponse> Tell(const Opened<Referrals>& opened, bool whole,
                               GetReferralResponse response) {
  Told<GetReferralResponse> told;
  const hub::v1::Referral& value = opened.body.value();
  told.resource = absl::StrCat("matter/", opened.matter.id.value);
  told.teller = whole ? opened.matter.opener : opened.matter.addressee;
  told.unit = UnitId(whole ? value.from_unit() : value.to_unit());
  told.through_relay = whole ? value.through_relay() : opened.body.outcome_by_relay();
  told.parts = {whole ? "APPLICATION" : response.referral().has_outcome() ? "OUTCOME" : "STAGE"};
  told.value = std::move(response);
  return told;
}

hub::v1::ReferralStatus StatusOf(const std::string& name, const hub::v1::Referral& shown) {
  hub::v1::ReferralStatus status;
  status.set_name(name);
  status.set_stage(shown.stage());
  status.set_expected_on(shown.expected_on());
  return status;
}

}  // namespace

void PathwayDesk::GetReferral(Incoming in, const hub::v1::GetReferralRequest& request,
                              Reply<GetReferralResponse> reply) const {
  StartTelling<Referrals, GetReferralResponse>(
      desks_, std::move(in), "GetReferral", "referral.read", request.name(),
      [this, id = ReadMatterName<Referrals>(desks_, request.name())](
          const CaseFile& file, ReadView& view) -> absl::StatusOr<Told<GetReferralResponse>> {
        EHC_ASSIGN_OR_RETURN(const Opened<Referrals> opened, FindShown(file, view, id));
        GetReferralResponse response;
        *response.mutable_referral() = ShowReferral(desks_, file, opened);
        const bool whole = SeesCase(file, opened);
        if (whole) {
          EHC_RETURN_IF_ERROR(AddOthers(desks_, file, view, opened, *response.mutable_referral()));
        }
        return Tell(opened, whole, std::move(response));
      },
      std::move(reply));
}

void PathwayDesk::ListReferrals(Incoming in, const hub::v1::ListReferralsRequest& request,
                                Reply<hub::v1::ListReferralsResponse> reply) const {
  const Desks& desks = desks_;
  StartMatterList<Referrals>(
      desks_, std::move(in), "ListReferrals", "referral.read", request,
      request.opened() ? Side::kOpener : Side::kAddressee,
      [&desks](const CaseFile& file, const Opened<Referrals>& opened) {
        return ShowReferralInList(desks, file, opened);
      },
      std::move(reply));
}

// A hand-off's party sees where the referral is, and of the referral nothing else.
void PathwayDesk::GetReferralStatus(Incoming in, const hub::v1::GetReferralStatusRequest& request,
                                    Reply<hub::v1::GetReferralStatusResponse> reply) const {
  const bool is_hand_off = absl::StartsWith(request.name(), "handOffs/");
  absl::StatusOr<SubjectRef> child = is_hand_off
                                         ? ChildOf<HandOffs>(desks_, in.caller, request.name())
                                         : ChildOf<Referrals>(desks_, in.caller, request.name());
  StartMatterReading<hub::v1::GetReferralStatusResponse>(
      desks_, std::move(in), "GetReferralStatus", "referral.status", std::move(child),
      [this, name = request.name(), is_hand_off](const CaseFile& file, ReadView& view)
          -> absl::StatusOr<hub::v1::GetReferralStatusResponse> {
        Opened<Referrals> opened;
        if (is_hand_off) {
          EHC_ASSIGN_OR_RETURN(
              const Opened<HandOffs> errand,
              FindReadable<HandOffs>(file, view, ReadMatterName<HandOffs>(desks_, name)));
          EHC_ASSIGN_OR_RETURN(opened,
                               FindMatterOf<Referrals>(view, MatterId{errand.body.referral()},
                                                       errand.matter.opener, Side::kAddressee));
        } else {
          EHC_ASSIGN_OR_RETURN(opened,
                               FindShown(file, view, ReadMatterName<Referrals>(desks_, name)));
        }
        hub::v1::GetReferralStatusResponse response;
        *response.mutable_status() = StatusOf(name, ShowReferral(desks_, file, opened));
        return response;
      },
      std::move(reply));
}

}  // namespace ehc
