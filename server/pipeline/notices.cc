#include "server/pipeline/notices.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ehc/store/v1/disclosure_notice.pb.h"
#include "server/base/status_macros.h"
#include "server/model/deadline.h"
#include "server/model/joined.h"
#include "server/pipeline/desk.h"

namespace ehc {
namespace {

constexpr char kTellCustodian[] = "NOTIFY_CUSTODIAN";
constexpr char kTellAuthority[] = "NOTIFY_LA";
constexpr char kDoNotTellFamily[] = "DO_NOT_TELL_FAMILY";
constexpr char kAuthorityType[] = "LOCAL_AUTHORITY";

bool Owes(const Decision& decision, absl::string_view code) {
  return std::any_of(decision.obligations.begin(), decision.obligations.end(),
                     [&](const Obligation& one) { return one.what->code == code; });
}

store::v1::DisclosureNoticeBody Describe(const CaseFile& file, const ReleasedUnit& of,
                                         absl::string_view obligation) {
  const PolicyRequest& request = file.ask.request;
  store::v1::DisclosureNoticeBody body;
  body.set_user(request.user);
  body.set_role(request.role);
  body.set_unit(request.unit.value());
  body.set_to_unit(of.unit.value());
  body.set_record_type(request.record_type);
  body.mutable_parts()->Assign(of.parts.begin(), of.parts.end());
  body.set_purpose(request.purpose);
  body.set_gateway(request.gateway);
  body.set_agreement(request.agreement.value());
  body.set_obligation(std::string(obligation));
  body.set_decision_id(file.decision_id);
  body.set_read_ms(absl::ToUnixMillis(file.received_at));
  body.set_do_not_tell_family(Owes(file.decision, kDoNotTellFamily));
  body.set_existence_only(request.disclosure == DisclosureKind::kExistence);
  return body;
}

// Empty: nobody is to be told.
absl::string_view WhyTell(const CaseFile& file) {
  if (file.decision.break_glass_used) return "";
  if (file.ask.request.disclosure == DisclosureKind::kNotify) return "";
  if (Owes(file.decision, kTellCustodian)) return kTellCustodian;
  const bool is_authority = file.ask.request.custodian_type == kAuthorityType;
  return is_authority && Owes(file.decision, kTellAuthority) ? kTellAuthority : "";
}

absl::Time SeenBy(const Calendar& calendar, const CaseFile& file) {
  if (file.snapshot == nullptr) return absl::InfiniteFuture();
  const DeadlineRule* rule = PolicyOf(file).FindClock(kDisclosureNoticeClock, file.received_at);
  if (rule == nullptr) return absl::InfiniteFuture();
  return DueAt(*rule, file.received_at, calendar).value_or(absl::InfiniteFuture());
}

}  // namespace

absl::StatusOr<std::vector<PutMatter>> NoticesOf(Store& store, const Calendar& calendar,
                                                 const CaseFile& file, const Release& release) {
  std::vector<PutMatter> notices;
  const absl::string_view why = WhyTell(file);
  if (why.empty()) return notices;
  const absl::Time due = SeenBy(calendar, file);
  for (const ReleasedUnit& of : UnitsOf(release)) {
    if (of.parts.empty() && file.ask.request.disclosure == DisclosureKind::kContent) continue;
    Matter& matter = notices.emplace_back().matter;
    EHC_ASSIGN_OR_RETURN(matter.id, store.NewMatterId());
    matter.kind = kDisclosureNoticeKind;
    matter.opener = file.caller.agency();
    matter.addressee = release.custodian;
    matter.subject = NumberFor(file.dossier, file.subject, file.named, release.custodian);
    matter.revision = 1;
    matter.open = true;
    matter.due_at = due;
    matter.body = Describe(file, of, why).SerializeAsString();
  }
  return notices;
}

}  // namespace ehc
