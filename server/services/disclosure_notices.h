// Notices of disclosures as matters: opened by the disclosure itself (pipeline/notices), read and
// acknowledged by whoever is told. Whoever read the record does not see them.
//
// Each reading opens a notice of its own, so that readings of one child at a time do not stand in
// each other's way. They are folded where they are listed: a day's readings of one child by one
// agency, told to one unit, are shown as one, which tells of each what it told by itself.
#ifndef EHC_SERVER_SERVICES_DISCLOSURE_NOTICES_H_
#define EHC_SERVER_SERVICES_DISCLOSURE_NOTICES_H_

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "ehc/hub/v1/custody.pb.h"
#include "ehc/store/v1/disclosure_notice.pb.h"
#include "server/model/date.h"
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

// The first names it.
using NoticeFold = std::vector<Opened<DisclosureNotices>>;

class NoticeFolds {
 public:
  explicit NoticeFolds(size_t most) : most_(most) {}

  // By rising id. False: it belongs to none, and there are as many as are wanted.
  bool Add(Opened<DisclosureNotices> reading);
  const std::vector<NoticeFold>& folds() const { return folds_; }

 private:
  // The agency that read, the child, the unit told, the day in London, whether it is open, whether
  // the family may be told: what is said of one reading in these is true of all.
  using Key = std::tuple<std::string, int64_t, std::string, std::string, bool, bool>;
  static Key KeyOf(const Opened<DisclosureNotices>& reading);

  const size_t most_;
  std::vector<NoticeFold> folds_;
  std::map<Key, size_t> growing_;
};

hub::v1::DisclosureNotice ShowFold(const Rooms& rooms, const CaseFile& file,
                                   const NoticeFold& fold);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_DISCLOSURE_NOTICES_H_
