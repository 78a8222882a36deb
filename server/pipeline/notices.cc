#include "server/pipeline/notices.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ehc/store/v1/disclosure_notice.pb.h"
#include "server/base/status_macros.h"
#include "server/model/date.h"

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

// Empty: the hub knows of none.
AgencyId MaintainingAuthority(const CaseFile& file) {
  const std::string today = FormatDate(file.facts.today);
  for (const store::v1::RelationshipItem& item : file.dossier.relationships()) {
    const hub::v1::Relationship& value = item.value();
    const bool in_force = (value.valid_from().empty() || value.valid_from() <= today) &&
                          (value.valid_to().empty() || value.valid_to() >= today);
    if (!in_force || value.kind() != hub::v1::RELATIONSHIP_KIND_MAINTAINING_AUTHORITY) continue;
    return AgencyId(std::string(absl::StripPrefix(value.agency(), "agencies/")));
  }
  return AgencyId();
}

store::v1::DisclosureNoticeBody Describe(const CaseFile& file, absl::string_view obligation) {
  const PolicyRequest& request = file.ask.request;
  store::v1::DisclosureNoticeBody body;
  body.set_role(request.role);
  body.set_unit(request.unit.value());
  body.set_record_type(request.record_type);
  body.set_purpose(request.purpose);
  body.set_gateway(request.gateway);
  body.set_agreement(request.agreement.value());
  body.set_obligation(std::string(obligation));
  body.set_decision_id(file.decision_id);
  body.set_read_ms(absl::ToUnixMillis(file.received_at));
  body.set_do_not_tell_family(Owes(file.decision, kDoNotTellFamily));
  return body;
}

absl::StatusOr<PutMatter> NoticeTo(Store& store, const CaseFile& file, const AgencyId& addressee,
                                   const store::v1::DisclosureNoticeBody& body) {
  PutMatter notice;
  EHC_ASSIGN_OR_RETURN(notice.matter.id, store.NewMatterId());
  notice.matter.kind = kDisclosureNoticeKind;
  notice.matter.opener = file.caller.agency();
  notice.matter.addressee = addressee;
  notice.matter.subject = file.named;
  notice.matter.revision = 1;
  notice.matter.open = true;
  notice.matter.body = body.SerializeAsString();
  return notice;
}

absl::StatusOr<PutMatter> ToCustodian(Store& store, const CaseFile& file, const Release& release,
                                      absl::string_view obligation) {
  store::v1::DisclosureNoticeBody body = Describe(file, obligation);
  body.set_user(file.ask.request.user);
  body.set_to_unit(release.unit.value());
  body.mutable_parts()->Assign(release.released.begin(), release.released.end());
  return NoticeTo(store, file, release.custodian, body);
}

}  // namespace

absl::StatusOr<std::vector<PutMatter>> NoticesOf(Store& store, const CaseFile& file,
                                                 const Release& release) {
  std::vector<PutMatter> notices;
  const Decision& decision = file.decision;
  if (file.ask.request.disclosure == DisclosureKind::kNotify) return notices;
  const bool custodian_is_authority = file.ask.request.custodian_type == kAuthorityType;
  const bool tell_authority = Owes(decision, kTellAuthority);
  const bool tell_custodian =
      !decision.break_glass_used &&
      (Owes(decision, kTellCustodian) || (tell_authority && custodian_is_authority));
  if (tell_custodian) {
    const char* const why = Owes(decision, kTellCustodian) ? kTellCustodian : kTellAuthority;
    EHC_ASSIGN_OR_RETURN(notices.emplace_back(), ToCustodian(store, file, release, why));
  }
  if (!tell_authority || custodian_is_authority) return notices;
  const AgencyId authority = MaintainingAuthority(file);
  if (authority.empty() || authority == release.custodian) return notices;
  EHC_ASSIGN_OR_RETURN(notices.emplace_back(),
                       NoticeTo(store, file, authority, Describe(file, kTellAuthority)));
  return notices;
}

}  // namespace ehc
