#include "server/audit/audit_log.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "server/audit/entry.h"
#include "server/base/encoding.h"
#include "server/base/ids.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/model/audit_entry.h"
#include "server/model/joined.h"
#include "server/model/refusal_status.h"

namespace ehc {
namespace {

absl::string_view DisclosureCode(const CaseFile& file) {
  if (!file.ask.action.empty()) return file.ask.discloses ? "CONTENT" : "";
  switch (file.ask.request.disclosure) {
    case DisclosureKind::kExistence: return "EXISTENCE";
    case DisclosureKind::kContent: return "CONTENT";
    case DisclosureKind::kNotify: return "NOTIFY";
  }
  return "";
}

std::string Joined(absl::string_view first, absl::string_view second) {
  if (second.empty()) return std::string(first);
  return absl::StrCat(first, ",", second);
}

void DescribeCaller(const CaseFile& file, AuditRecord& record) {
  record[AuditField::kSearcherAgency] = file.caller.agency().value();
  record[AuditField::kCredentialFingerprint] = file.caller.credential();
  if (!file.caller.person().has_value()) return;
  record[AuditField::kUser] = file.caller.person()->user;
  record[AuditField::kRole] = file.caller.person()->role;
  record[AuditField::kSearcherUnit] = file.caller.person()->unit.value();
}

void DescribeGround(const PolicyRequest& request, AuditRecord& record) {
  record[AuditField::kPurpose] = request.purpose;
  record[AuditField::kLawfulBasis] = Joined(request.lawful_basis, request.special_category_basis);
  record[AuditField::kGateway] = request.gateway;
  record[AuditField::kAgreement] = request.agreement.value();
  record[AuditField::kCaseReference] = request.case_reference;
  record[AuditField::kConsideredBy] = request.considered_by;
  record[AuditField::kDetriment] = request.detriment_assessment;
  if (request.break_glass.has_value()) {
    record[AuditField::kBreakGlass] = "REQUESTED";
    record[AuditField::kJustification] = request.break_glass->reason;
  }
}

void DescribeDecision(const CaseFile& file, AuditRecord& record) {
  const Decision& decision = file.decision;
  record[AuditField::kOutcome] = std::string(OutcomeCode(decision.outcome));
  record[AuditField::kReason] = std::string(ReasonCode(decision.reason));
  record[AuditField::kPolicyRevision] = file.policy_revision;
  record[AuditField::kDecisionId] = file.decision_id;
  record[AuditField::kConsent] = absl::StrJoin(file.facts.consent.ids, ",");
  record[AuditField::kObligations] = absl::StrJoin(
      decision.obligations, ",",
      [](std::string* out, const Obligation& obligation) { *out += obligation.what->code; });
  if (decision.clause != nullptr) {
    record[AuditField::kClause] =
        absl::StrCat(decision.clause->id, " ", decision.clause->file, ":", decision.clause->line);
    record[AuditField::kAgreementVersion] = decision.clause->agreement_version;
  }
}

// The person whose yes counted, or the standing decisions that took a person's place.
std::string ApprovedBy(const CaseFile& file) {
  if (!file.approved_by.empty() || file.decision.by_standing_decision == 0) {
    return file.approved_by;
  }
  std::string by = absl::StrJoin(file.facts.standing_ids, ",");
  if (file.decision.class_decision == nullptr) return by;
  return Joined(absl::StrCat("standing/", *file.decision.class_decision), by);
}

// In whose name the caller asked, and by what; as it said, where nothing lets it.
std::string InWhoseName(const CaseFile& file) {
  if (!file.acts_by.empty() || file.ask.request.on_behalf_of.empty()) return file.acts_by;
  return absl::StrCat("on-behalf-of/", file.ask.request.on_behalf_of.value());
}

void DescribeRelease(const Release& release, AuditRecord& record) {
  record[AuditField::kAnswer] = std::string(release.through_relay ? kAnswerByRelay : kAnswerOk);
  record[AuditField::kRecord] = release.resource;
  if (release.version > 0) record[AuditField::kRecordVersion] = absl::StrCat(release.version);
  record[AuditField::kCustodianAgency] = release.custodian.value();
  record[AuditField::kCustodianUnit] = release.unit.value();
  record[AuditField::kReleasedParts] = absl::StrJoin(release.released, ",");
  if (release.content_digest != Digest{}) {
    record[AuditField::kContentDigest] = std::string(DigestView(release.content_digest));
  }
  auto with_reason = [](std::string* out, const WithheldPart& part) {
    absl::StrAppend(out, part.code, ":", ReasonCode(part.reason));
  };
  record[AuditField::kWithheldParts] = absl::StrJoin(release.withheld, ",", with_reason);
  record[AuditField::kToldWithheld] = absl::StrJoin(
      release.withheld, ",", [](std::string* out, const WithheldPart& part) { *out += part.code; });
}

absl::StatusOr<EntryRow> Row(const CaseFile& file, const AuditRecord& record, absl::Time now) {
  EHC_ASSIGN_OR_RETURN(BuiltEntry built, BuildEntry(record));
  EntryRow row;
  row.leaf_hash = built.leaf_hash;
  row.opening = std::move(built.opening);
  row.recorded_at = now;
  row.searcher = file.caller.agency();
  row.subject = file.named;
  return row;
}

}  // namespace

AuditRecord AuditLog::Common(const CaseFile& file, absl::Time now) const {
  AuditRecord record;
  record[AuditField::kEventId] = NewUuid4();
  record[AuditField::kRecordedAt] = absl::StrCat(absl::ToUnixMillis(now));
  record[AuditField::kAction] = file.ask.action.empty() ? file.ask.method : file.ask.action;
  record[AuditField::kDisclosure] = std::string(DisclosureCode(file));
  record[AuditField::kRecordType] = file.ask.request.record_type;
  record[AuditField::kRequestId] = file.ask.request_id;
  record[AuditField::kCustodianAgency] = file.ask.request.custodian.value();
  record[AuditField::kCustodianUnit] = file.ask.request.custodian_unit.value();
  if (file.named.known()) {
    record[AuditField::kSubject] = absl::StrCat(file.named.value);
    record[AuditField::kSearcherSubject] = file.searcher_subject;
    record[AuditField::kCustodianSubject] = file.custodian_subject;
  }
  DescribeCaller(file, record);
  DescribeGround(file.ask.request, record);
  record[AuditField::kApprovedBy] = InWhoseName(file);
  if (!file.ask.justification.empty()) record[AuditField::kJustification] = file.ask.justification;
  record[AuditField::kTraceId] = TraceOf(file.call_id);
  DescribeDecision(file, record);
  return record;
}

void AuditLog::DescribeRecordNames(const CaseFile& file, const Release& release,
                                   AuditRecord& record) const {
  absl::string_view number = release.resource;
  RecordId id;
  if (record_name_ == nullptr || !absl::ConsumePrefix(&number, "record/") ||
      !absl::SimpleAtoi(number, &id.value)) {
    return;
  }
  record[AuditField::kSearcherRecord] = record_name_(file.caller.agency(), id);
  record[AuditField::kCustodianRecord] = record_name_(release.custodian, id);
}

std::string AuditLog::TraceOf(uint64_t call_id) const {
  const Digest digest = Sha256(absl::StrCat(trace_secret_, call_id));
  return HexEncode(DigestView(digest).substr(0, 16));
}

absl::StatusOr<absl::Time> AuditLog::Moment() const {
  const absl::Time now = clock_.Now();
  const int64_t now_ms = absl::ToUnixMillis(now);
  int64_t newest = newest_ms_.load(std::memory_order_relaxed);
  if (newest == absl::ToUnixMillis(absl::InfiniteFuture())) return now;
  while (newest < now_ms && !newest_ms_.compare_exchange_weak(newest, now_ms)) {
  }
  if (newest <= now_ms + absl::ToInt64Milliseconds(kClockMaySlip)) return now;
  LogError("clock_is_behind_the_log", {{"by", absl::Milliseconds(newest - now_ms)}});
  return RefusalError(absl::StatusCode::kUnavailable, "AUDIT_UNAVAILABLE",
                      "the hub's clock is behind its log; nothing was disclosed or changed");
}

absl::Status AuditLog::NotDurable(const absl::Status& why) {
  if (absl::IsDataLoss(why) || ReasonOfRefusal(why).has_value()) return why;
  return RefusalError(absl::StatusCode::kUnavailable, "AUDIT_UNAVAILABLE",
                      "the entry could not be made durable; nothing was disclosed");
}

// What is alike for every child has the time of the call's arrival: that of the entry is shown to
// the caller, and by its milliseconds would tell how long the hub worked on it.
absl::StatusOr<absl::Time> AuditLog::MomentOf(const CaseFile& file, bool is_content) const {
  EHC_ASSIGN_OR_RETURN(const absl::Time now, Moment());
  return is_content ? now : std::min(now, file.received_at);
}

absl::StatusOr<EntryRow> AuditLog::Disclosed(const CaseFile& file, const Release& release) const {
  EHC_ASSIGN_OR_RETURN(const absl::Time now, MomentOf(file, file.ask.action.empty()));
  AuditRecord record = Common(file, now);
  const std::string by = ApprovedBy(file);
  std::string& approved = record[AuditField::kApprovedBy];
  approved = approved.empty() ? by : Joined(approved, by);
  if (file.decision.break_glass_used) record[AuditField::kBreakGlass] = "USED";
  DescribeRelease(release, record);
  DescribeRecordNames(file, release, record);
  EHC_ASSIGN_OR_RETURN(EntryRow row, Row(file, record, now));
  row.custodian = release.custodian;
  return row;
}

absl::StatusOr<EntryRow> AuditLog::Denied(const CaseFile& file, const Refusal& refusal) const {
  EHC_ASSIGN_OR_RETURN(const absl::Time now, MomentOf(file, /*is_content=*/false));
  AuditRecord record = Common(file, now);
  record[AuditField::kAnswer] = refusal.reason;
  if (file.ask.subject.identifier.has_value()) {
    record[AuditField::kQueriedIdentifier] = FormatSubjectName(*file.ask.subject.identifier);
  }
  EHC_ASSIGN_OR_RETURN(EntryRow row, Row(file, record, now));
  row.denial = true;
  // A custodian sees who was refused about its own children, and nothing of children it never knew.
  if (IsRegisteredBy(file.dossier, file.ask.request.custodian)) {
    row.custodian = file.ask.request.custodian;
  }
  return row;
}

absl::Status AuditLog::AddDuties(const CaseFile& file, const Release& release,
                                 const EntryRow& entry, std::vector<Change>& changes) const {
  const bool has_duties = file.ask.action.empty() && !file.decision.obligations.empty();
  if (duties_ == nullptr || !has_duties) return absl::OkStatus();
  EHC_ASSIGN_OR_RETURN(std::vector<Change> added, duties_->ChangesFor(file, release, entry));
  for (Change& change : added) changes.push_back(std::move(change));
  return absl::OkStatus();
}

void AuditLog::CommitDenial(Decided decided, Refusal refusal, std::vector<Change> count,
                            DenialDone done) {
  std::optional<Appending> one =
      PrepareDenial(std::move(decided), std::move(refusal), std::move(count), std::move(done));
  if (one.has_value()) store_.Append(std::move(one->commit), std::move(one->done));
}

std::optional<Appending> AuditLog::PrepareDenial(Decided decided, Refusal refusal,
                                                 std::vector<Change> count, DenialDone done) {
  std::unique_ptr<CaseFile> file = std::move(decided.file_);
  absl::StatusOr<EntryRow> entry = Denied(*file, refusal);
  if (!entry.ok()) {
    done(entry.status());
    return std::nullopt;
  }
  struct Commit commit {
    file->reads, std::move(count), *std::move(entry)
  };
  return Appending{std::move(commit),
                   [this, file = std::move(file), refusal = std::move(refusal),
                    done = std::move(done)](absl::StatusOr<Committed> committed) mutable {
                     if (committed.ok()) {
                       if (observer_ != nullptr) observer_->Denied(*file);
                       return done(AuditedDenial(std::move(file), std::move(refusal)));
                     }
                     if (!absl::IsAborted(committed.status())) {
                       return done(NotDurable(committed.status()));
                     }
                     done(Call(std::move(file)));
                   }};
}

}  // namespace ehc
