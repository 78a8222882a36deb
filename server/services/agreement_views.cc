#include "server/services/agreement_views.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/policy/engine.h"
#include "server/policy/parties.h"

namespace ehc {
namespace {

constexpr absl::string_view kPrefix = "agreements/";
constexpr size_t kMaxFindings = 200;

std::string NameOf(const AgreementId& agreement) {
  return agreement.empty() ? "" : absl::StrCat(kPrefix, agreement.value());
}

hub::v1::AgreementState StateOf(const AgreementSummary& agreement, const PolicySnapshot& policy,
                                absl::Time now) {
  switch (policy.StateOf(agreement.id, now)) {
    case Reason::kNone: break;
    case Reason::kAgreementSuspended: return hub::v1::AGREEMENT_STATE_SUSPENDED;
    default: return hub::v1::AGREEMENT_STATE_NOT_IN_FORCE;
  }
  return IsSigned(policy, agreement) ? hub::v1::AGREEMENT_STATE_IN_FORCE
                                     : hub::v1::AGREEMENT_STATE_UNSIGNED;
}

std::string LastDayOf(absl::Time until) {
  return FormatDate(LondonDate(until - absl::Nanoseconds(1)));
}

void ShowStanding(const store::v1::AgreementStanding& standing, bool with_reasons,
                  hub::v1::Agreement& message) {
  for (const store::v1::StandingSuspension& suspension : standing.suspensions()) {
    hub::v1::AgreementSuspension& out = *message.add_suspensions();
    out.set_agency(absl::StrCat("agencies/", suspension.agency()));
    if (with_reasons) out.set_reason(suspension.reason());
    *out.mutable_suspended_at() = ToTimestamp(absl::FromUnixMillis(suspension.at_ms()));
  }
}

}  // namespace

bool IsOperator(const Caller& caller) { return caller.agency_type() == "OPERATOR"; }

Organisation OrganisationOf(const Caller& caller) {
  return {caller.agency(), caller.agency_type(), caller.region()};
}

bool MayAct(const Caller& caller, absl::string_view action, absl::Time now,
            const PolicySnapshot& policy) {
  ActionRequest request;
  request.action = std::string(action);
  request.agency_type = caller.agency_type();
  request.has_person = caller.person().has_value();
  if (request.has_person) {
    request.role = caller.person()->role;
    request.unit_kind = caller.person()->unit_kind;
  }
  return DecideAction(request, now, policy).allowed;
}

bool MaySee(const Caller& caller, const PolicySnapshot& policy, const AgreementId& agreement) {
  if (IsOperator(caller)) return policy.FindAgreement(agreement) != nullptr;
  return Concerns(policy, agreement, OrganisationOf(caller));
}

bool MaySuspend(const Caller& caller, const AgreementSummary& agreement, absl::Time now,
                const PolicySnapshot& policy) {
  return (IsOperator(caller) || IsNamedCustodian(agreement, caller.agency())) &&
         MayAct(caller, "agreement.suspend", now, policy);
}

absl::Status NoSuchAgreement() {
  return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                      "there is no such agreement, or you are no party to it");
}

absl::StatusOr<std::shared_ptr<const PolicySnapshot>> PolicyAskedFor(PolicyKeeper& keeper,
                                                                     const CaseFile& file,
                                                                     const PolicyDesktop& desktop,
                                                                     bool candidate) {
  if (!candidate) {
    return std::shared_ptr<const PolicySnapshot>(file.snapshot, &PolicyOf(file));
  }
  if (!IsOperator(file.caller) || !desktop.proposal.has_value()) {
    return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                        "candidate: no revision is proposed, or it is not yours to see");
  }
  return keeper.Candidate(desktop);
}

hub::v1::Agreement ShowAgreement(const AgreementSummary& agreement, const PolicySnapshot& policy,
                                 const PolicyDesktop& desktop, const CaseFile& file) {
  hub::v1::Agreement message;
  message.set_name(NameOf(agreement.id));
  message.set_version(agreement.version);
  message.set_title(agreement.title);
  message.set_state(StateOf(agreement, policy, file.received_at));
  message.set_parent(NameOf(agreement.parent));
  message.set_valid_from(FormatDate(LondonDate(agreement.from)));
  message.set_valid_until(LastDayOf(agreement.until));
  message.set_review_due(FormatDate(agreement.review_due));
  for (const AgencyId& agency : agreement.suppliers) message.add_custodians(AgencyNameOf(agency));
  for (const AgencyId& agency : agreement.signed_by) message.add_signed_by(AgencyNameOf(agency));
  message.set_digest(agreement.digest);
  message.set_file(agreement.file);
  const auto standing = desktop.standings.find(agreement.id);
  message.set_etag(EtagOf(standing == desktop.standings.end() ? 0 : standing->second.revision()));
  if (standing != desktop.standings.end()) {
    ShowStanding(standing->second, MaySuspend(file.caller, agreement, file.received_at, policy),
                 message);
  }
  return message;
}

hub::v1::PolicyRevision ShowRevision(const PolicySnapshot& policy) {
  hub::v1::PolicyRevision revision;
  revision.set_revision(std::string(policy.revision()));
  revision.set_agreements(static_cast<int32_t>(policy.agreements().size()));
  revision.set_clauses(static_cast<int32_t>(ClauseCount(policy)));
  return revision;
}

void AddFindings(const std::vector<Finding>& findings, hub::v1::PolicyRevision& revision) {
  for (const Finding& finding : findings) {
    if (static_cast<size_t>(revision.findings_size()) == kMaxFindings) return;
    hub::v1::PolicyFinding& out = *revision.add_findings();
    out.set_severity(finding.severity == Severity::kError
                         ? hub::v1::POLICY_FINDING_SEVERITY_ERROR
                         : hub::v1::POLICY_FINDING_SEVERITY_WARNING);
    out.set_code(finding.code);
    out.set_file(finding.place.file);
    out.set_line(finding.place.line);
    out.set_column(finding.place.column);
    out.set_text(finding.sentence);
  }
}

hub::v1::ShadowReport ShowShadow(const ShadowCounts& counts) {
  hub::v1::ShadowReport report;
  report.set_decided(counts.decided);
  report.set_dropped(counts.dropped);
  report.set_gains(counts.gains);
  report.set_losses(counts.losses);
  report.set_other_reasons(counts.other_reasons);
  report.set_kept(counts.kept);
  for (const auto& [reasons, count] : counts.by_reason) {
    hub::v1::ShadowDifference& out = *report.add_differences();
    out.set_live_reason(reasons.first);
    out.set_candidate_reason(reasons.second);
    out.set_count(count);
  }
  return report;
}

AgreementId ReadAgreement(absl::string_view name) {
  if (absl::StartsWith(name, kPrefix)) name.remove_prefix(kPrefix.size());
  return AgreementId(name);
}

}  // namespace ehc
