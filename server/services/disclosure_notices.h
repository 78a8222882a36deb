// Notices of disclosures as matters: opened by the disclosure itself (pipeline/notices), read and
// acknowledged by whoever is told. Whoever read the record does not see them.
#ifndef EHC_SERVER_SERVICES_DISCLOSURE_NOTICES_H_
#define EHC_SERVER_SERVICES_DISCLOSURE_NOTICES_H_

#include <string>

#include "ehc/hub/v1/custody.pb.h"
#include "ehc/store/v1/disclosure_notice.pb.h"
#include "server/pipeline/notices.h"
#include "server/services/matters.h"

namespace ehc {

struct DisclosureNotices {
  using Body = store::v1::DisclosureNoticeBody;
  using Value = hub::v1::DisclosureNotice;
  static constexpr const char* kKind = kDisclosureNoticeKind;
  static constexpr const char* kCollection = kDisclosureNotices;
  static std::string UnitOf(const Opened<DisclosureNotices>& opened, Side side) {
    return side == Side::kOpener ? opened.body.unit() : opened.body.to_unit();
  }
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_DISCLOSURE_NOTICES_H_
