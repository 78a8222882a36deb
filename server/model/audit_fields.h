// The fields of an audit entry and who may see each (domain: rights, breach, assurance; IHE BALP's
// agents, entities and outcome are among them).
#ifndef EHC_SERVER_MODEL_AUDIT_FIELDS_H_
#define EHC_SERVER_MODEL_AUDIT_FIELDS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace ehc {

// The order is part of the entry's format: a new field is a new format version. Values are text
// unless said otherwise; lists are joined by commas.
enum class AuditField : uint8_t {
  kEventId,
  kRecordedAt,  // Unix milliseconds, decimal
  kAction,      // "GetPlanSummary", "plan.publish"
  kDisclosure,  // EXISTENCE, CONTENT or NOTIFY; empty for a mutation
  kOutcome,     // what the policy decided
  kReason,      // why, as the hub knows it
  kAnswer,      // what the searcher was told: an answer below or the error reason, never more
  kSearcherAgency,
  kSearcherUnit,
  kCredentialFingerprint,  // of the client certificate
  kUser,                   // the agency's own id of the acting person
  kRole,
  kApprovedBy,  // the second person, where one was needed
  kCustodianAgency,
  kCustodianUnit,
  kSubject,            // the hub's own number; pairwise names are the next two
  kSearcherSubject,    // the child's name at the searcher
  kCustodianSubject,   // the child's name at the custodian
  kQueriedIdentifier,  // what a denied caller searched by; its opening is under the denial key
  kRecord,             // the hub's own name; pairwise names are the next two
  kSearcherRecord,
  kCustodianRecord,
  kRecordType,
  kRecordVersion,
  kContentDigest,  // SHA-256 (raw) of the content as it left or entered the hub
  kReleasedParts,
  kWithheldParts,  // "F:FORBIDDEN": with the reason, as the hub knows it
  kToldWithheld,   // the withheld parts that the answer owned up to
  kPurpose,
  kLawfulBasis,
  kGateway,
  kConsent,  // ids of the consents that the decision rests on
  kAgreement,
  kAgreementVersion,
  kPolicyRevision,
  kClause,  // id and file:line of the clause that decided
  kObligations,
  kBreakGlass,  // empty: not used
  kCaseReference,
  kConsideredBy,
  kDetriment,      // the assessment that Children Act 2004 s.16LA asks for
  kJustification,  // free text: why the glass was broken, why a request was declined
  kDecisionId,
  kRequestId,
  kTraceId,
};

inline constexpr size_t kAuditFieldCount = static_cast<size_t>(AuditField::kTraceId) + 1;

// A set of fields; bit i stands for the field of value i.
using AuditFieldMask = uint64_t;
static_assert(kAuditFieldCount <= 64);

constexpr AuditFieldMask MaskOf(AuditField field) {
  return AuditFieldMask{1} << static_cast<unsigned>(field);
}

enum class Audience : uint8_t {
  kSearcher = 1 << 0,         // of an answer that disclosed
  kRefusedSearcher = 1 << 1,  // of one that did not: what it sent and what it was told
  kCustodian = 1 << 2,
  kFamily = 1 << 3,   // the child, young person or parent, through the authority
  kOfficer = 1 << 4,  // the hub's auditor
};

struct AuditFieldRule {
  AuditField field;
  absl::string_view name;  // in exports
  uint8_t audiences;       // bits of Audience
};

// Fields that depend on the child (custodian, records, consent, clause, reasons …) are not for a
// refused searcher: its view is the same whether or not the child exists.
inline constexpr std::array<AuditFieldRule, kAuditFieldCount> kAuditFieldRules = [] {
  constexpr uint8_t kO = static_cast<uint8_t>(Audience::kOfficer);
  constexpr uint8_t kCO = kO | static_cast<uint8_t>(Audience::kCustodian);
  constexpr uint8_t kCFO = kCO | static_cast<uint8_t>(Audience::kFamily);
  constexpr uint8_t kSO = kO | static_cast<uint8_t>(Audience::kSearcher);
  constexpr uint8_t kSCO = kCO | kSO;
  constexpr uint8_t kSCFO = kCFO | kSO;
  constexpr uint8_t kR = static_cast<uint8_t>(Audience::kRefusedSearcher);
  using F = AuditField;
  return std::array<AuditFieldRule, kAuditFieldCount>{{
      {F::kEventId, "event_id", kSCO | kR},
      {F::kRecordedAt, "recorded_at", kSCFO | kR},
      {F::kAction, "action", kSCFO | kR},
      {F::kDisclosure, "disclosure", kSCFO | kR},
      {F::kOutcome, "outcome", kCO},
      {F::kReason, "reason", kCO},
      {F::kAnswer, "answer", kSCO | kR},
      {F::kSearcherAgency, "searcher_agency", kSCFO | kR},
      {F::kSearcherUnit, "searcher_unit", kSCFO | kR},
      {F::kCredentialFingerprint, "credential_fingerprint", kSCO | kR},
      {F::kUser, "user", kSCO | kR},
      {F::kRole, "role", kSCFO | kR},
      {F::kApprovedBy, "approved_by", kSCO | kR},
      {F::kCustodianAgency, "custodian_agency", kSCFO},
      {F::kCustodianUnit, "custodian_unit", kSCFO},
      {F::kSubject, "subject", kO},
      {F::kSearcherSubject, "searcher_subject", kSO},
      {F::kCustodianSubject, "custodian_subject", kCO},
      {F::kQueriedIdentifier, "queried_identifier", kO},
      {F::kRecord, "record", kO},
      {F::kSearcherRecord, "searcher_record", kSO},
      {F::kCustodianRecord, "custodian_record", kCO},
      {F::kRecordType, "record_type", kSCFO | kR},
      {F::kRecordVersion, "record_version", kSCO},
      {F::kContentDigest, "content_digest", kSCO},
      {F::kReleasedParts, "released_parts", kSCFO},
      {F::kWithheldParts, "withheld_parts", kCO},
      {F::kToldWithheld, "told_withheld", kSCO},
      {F::kPurpose, "purpose", kSCFO | kR},
      {F::kLawfulBasis, "lawful_basis", kSCFO | kR},
      {F::kGateway, "gateway", kSCFO | kR},
      {F::kConsent, "consent", kCFO},
      {F::kAgreement, "agreement", kSCFO | kR},
      {F::kAgreementVersion, "agreement_version", kSCFO},
      {F::kPolicyRevision, "policy_revision", kSCO | kR},
      {F::kClause, "clause", kCO},
      {F::kObligations, "obligations", kSCO},
      {F::kBreakGlass, "break_glass", kSCO | kR},
      {F::kCaseReference, "case_reference", kSCO | kR},
      {F::kConsideredBy, "considered_by", kSCO | kR},
      {F::kDetriment, "detriment", kSCO | kR},
      {F::kJustification, "justification", kSCO | kR},
      {F::kDecisionId, "decision_id", kSCO | kR},
      {F::kRequestId, "request_id", kSO | kR},
      {F::kTraceId, "trace_id", kSO | kR},
  }};
}();

static_assert(
    [] {
      for (size_t i = 0; i < kAuditFieldCount; ++i) {
        if (static_cast<size_t>(kAuditFieldRules[i].field) != i) return false;
      }
      return true;
    }(),
    "kAuditFieldRules is in the order of AuditField");

inline constexpr absl::string_view kAnswerOk = "OK";
// Told in the hub's name: the custodian's would reveal a protected location, so no other agency is
// shown it in the entry either.
inline constexpr absl::string_view kAnswerByRelay = "OK_BY_RELAY";

constexpr absl::string_view AuditFieldName(AuditField field) {
  return kAuditFieldRules[static_cast<size_t>(field)].name;
}

constexpr AuditFieldMask FieldsFor(Audience audience) {
  AuditFieldMask fields = 0;
  for (const AuditFieldRule& rule : kAuditFieldRules) {
    if ((rule.audiences & static_cast<uint8_t>(audience)) != 0) fields |= MaskOf(rule.field);
  }
  return fields;
}

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_AUDIT_FIELDS_H_
