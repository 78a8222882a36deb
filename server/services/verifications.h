// What an authority asks of others about a referral: to confirm claims, to take a family on.
#ifndef EHC_SERVER_SERVICES_VERIFICATIONS_H_
#define EHC_SERVER_SERVICES_VERIFICATIONS_H_

#include <string>

#include "ehc/hub/v1/pathway.pb.h"
#include "ehc/store/v1/pathway.pb.h"
#include "server/services/matters.h"

namespace ehc {

template <typename Kind>
std::string UnitOfErrand(const Opened<Kind>& opened, Side side) {
  const auto& value = opened.body.value();
  return side == Side::kOpener ? value.from_unit() : value.to_unit();
}

struct Verifications {
  using Body = store::v1::VerificationBody;
  using Value = hub::v1::Verification;
  static constexpr char kKind[] = "VERIFICATION";
  static constexpr char kCollection[] = "verifications";
  static std::string UnitOf(const Opened<Verifications>& opened, Side side) {
    return UnitOfErrand(opened, side);
  }
};

struct HandOffs {
  using Body = store::v1::HandOffBody;
  using Value = hub::v1::HandOff;
  static constexpr char kKind[] = "HAND_OFF";
  static constexpr char kCollection[] = "handOffs";
  static std::string UnitOf(const Opened<HandOffs>& opened, Side side) {
    return UnitOfErrand(opened, side);
  }
};

struct PathwayReviews {
  using Body = store::v1::ReviewBody;
  using Value = hub::v1::Review;
  static constexpr char kKind[] = "PATHWAY_REVIEW";
  static constexpr char kCollection[] = "reviews";
  static std::string UnitOf(const Opened<PathwayReviews>& opened, Side side) {
    return UnitOfErrand(opened, side);
  }
};

struct PathwayConcerns {
  using Body = store::v1::ConcernBody;
  using Value = hub::v1::Concern;
  static constexpr char kKind[] = "CONCERN";
  static constexpr char kCollection[] = "concerns";
  static std::string UnitOf(const Opened<PathwayConcerns>&, Side) { return ""; }
};

// As a party sees it: what they share, with the hub in the sender's place where its name would tell
// where a protected child is.
template <typename Kind>
typename Kind::Value ShowErrand(const Rooms& rooms, const CaseFile& file,
                                const Opened<Kind>& opened) {
  typename Kind::Value out = opened.body.value();
  ShowHeader(rooms, file, opened, out);
  if (out.through_relay() && opened.matter.opener != file.caller.agency()) HideSender(out);
  return out;
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_VERIFICATIONS_H_
