#include "server/services/disclosure_notices.h"

#include <algorithm>
#include <utility>

namespace ehc {
namespace {

using store::v1::DisclosureNoticeBody;

constexpr size_t kMostReadings = 200;  // that one notice tells of

google::protobuf::Timestamp Moment(int64_t ms) { return ToTimestamp(absl::FromUnixMillis(ms)); }

// What is said alike of the first reading and of those that followed.
template <typename Message>
void Describe(const DisclosureNoticeBody& body, Message& out) {
  out.set_user(body.user());
  out.set_role(body.role());
  out.set_record_type(body.record_type());
  out.mutable_parts()->CopyFrom(body.parts());
  out.set_purpose(body.purpose());
  out.set_gateway(body.gateway());
  out.set_agreement(absl::StrCat("agreements/", body.agreement()));
  out.set_obligation(body.obligation());
  out.set_decision_id(body.decision_id());
  out.set_do_not_tell_family(body.do_not_tell_family());
  out.set_existence_only(body.existence_only());
  if (body.acknowledged_ms() != 0) {
    *out.mutable_acknowledged_at() = Moment(body.acknowledged_ms());
  }
}

}  // namespace

NoticeFolds::Key NoticeFolds::KeyOf(const Opened<DisclosureNotices>& reading) {
  const DisclosureNoticeBody& body = reading.body;
  const Date day = LondonDate(absl::FromUnixMillis(body.read_ms()));
  return {
      reading.matter.opener.value(), reading.matter.subject.value, body.to_unit(), FormatDate(day),
      reading.matter.open,           body.do_not_tell_family()};
}

bool NoticeFolds::Add(Opened<DisclosureNotices> reading) {
  const Key key = KeyOf(reading);
  const auto known = growing_.find(key);
  if (known != growing_.end() && folds_[known->second].size() < kMostReadings) {
    folds_[known->second].push_back(std::move(reading));
    return true;
  }
  if (folds_.size() == most_) return false;
  growing_[key] = folds_.size();
  folds_.emplace_back().push_back(std::move(reading));
  return true;
}

hub::v1::DisclosureNotice ShowFold(const Rooms& rooms, const CaseFile& file,
                                   const NoticeFold& fold) {
  const Opened<DisclosureNotices>& first = fold.front();
  hub::v1::DisclosureNotice out;
  ShowHeader(rooms, file, first, out);
  out.set_from_unit(first.body.unit());
  out.set_to_unit(first.body.to_unit());
  *out.mutable_created_at() = Moment(first.body.read_ms());
  Describe(first.body, out);
  out.set_readings(static_cast<int>(fold.size()));
  int64_t last_ms = first.body.read_ms();
  for (size_t i = 1; i < fold.size(); ++i) {
    const DisclosureNoticeBody& body = fold[i].body;
    last_ms = std::max(last_ms, body.read_ms());
    hub::v1::DisclosureReading& other = *out.add_others();
    other.set_name(rooms.names.MatterName(kDisclosureNotices, fold[i].matter.id));
    *other.mutable_read_at() = Moment(body.read_ms());
    other.set_unit(body.unit());
    Describe(body, other);
  }
  *out.mutable_last_read_at() = Moment(last_ms);
  return out;
}

}  // namespace ehc
