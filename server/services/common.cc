#include "server/services/common.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/model/receipt.h"

namespace ehc {
namespace {

using hub::v1::WithheldReason;

WithheldReason WireReason(Reason reason) {
  switch (reason) {
    case Reason::kForbidden: return hub::v1::WITHHELD_REASON_FORBIDDEN;
    case Reason::kReferred: return hub::v1::WITHHELD_REASON_REFERRED;
    case Reason::kGatewayMissing: return hub::v1::WITHHELD_REASON_GATEWAY_REQUIRED;
    case Reason::kProtected: return hub::v1::WITHHELD_REASON_PROTECTED;
    case Reason::kLocationNotChecked: return hub::v1::WITHHELD_REASON_LOCATION_NOT_CHECKED;
    case Reason::kConsentMissing:
    case Reason::kConsentRefused:
    case Reason::kConsentWithdrawn:
    case Reason::kConsentExpired:
    case Reason::kConsentSuperseded:
    case Reason::kConsentConflict:
    case Reason::kNotDecisionMaker: return hub::v1::WITHHELD_REASON_CONSENT_REQUIRED;
    default: return hub::v1::WITHHELD_REASON_NOT_IN_AGREEMENT;
  }
}

absl::string_view Explanation(WithheldReason reason) {
  switch (reason) {
    case hub::v1::WITHHELD_REASON_FORBIDDEN: return "an agreement forbids it";
    case hub::v1::WITHHELD_REASON_REFERRED: return "a person must decide";
    case hub::v1::WITHHELD_REASON_GATEWAY_REQUIRED: return "no confidentiality gateway was stated";
    case hub::v1::WITHHELD_REASON_PROTECTED: return "it is protected";
    case hub::v1::WITHHELD_REASON_LOCATION_NOT_CHECKED:
      return "nobody has vouched that the text reveals no location";
    case hub::v1::WITHHELD_REASON_CONSENT_REQUIRED:
      return "the decision-maker's consent to this part is not in force";
    default: return "the agreement does not cover it";
  }
}

void FillReceipt(const EntryProof& proof, const Rooms& rooms, hub::v1::Receipt& out) {
  out.set_leaf_hash(proof.leaf_hash.data(), proof.leaf_hash.size());
  out.set_log_id(rooms.store.log_id());
  if (proof.promise == nullptr) return;
  const Receipt receipt = ReceiptFor(*proof.promise, proof.batch_position);
  hub::v1::Promise& promise = *out.mutable_promise();
  promise.set_batch_size(receipt.promise.batch_size);
  promise.set_leaf_index(receipt.leaf_index);
  for (const Digest& node : receipt.path) promise.add_path(node.data(), node.size());
  promise.set_batch_root(receipt.promise.batch_root.data(), receipt.promise.batch_root.size());
  *promise.mutable_issued_at() = ToTimestamp(absl::FromUnixMillis(receipt.promise.issued_at_ms));
  promise.set_key_id(receipt.promise.key_id);
  promise.set_signature(receipt.promise.signature);
}

void FillWithheld(const Release& release, hub::v1::Disclosure& disclosure) {
  for (const WithheldPart& part : release.withheld) {
    hub::v1::Withheld& withheld = *disclosure.add_withheld();
    withheld.set_part(part.code);
    withheld.set_reason(WireReason(part.reason));
    withheld.set_explanation(std::string(Explanation(withheld.reason())));
  }
}

void FillObligations(const Decision& decision, hub::v1::Disclosure& disclosure) {
  for (const Obligation& obligation : decision.obligations) {
    hub::v1::Obligation& out = *disclosure.add_obligations();
    out.set_code(obligation.what->code);
    out.set_detail(obligation.what->detail);
    out.set_clause(obligation.clause->id);
  }
}

}  // namespace

absl::Status StateConflict(absl::string_view message) {
  return RefusalError(absl::StatusCode::kFailedPrecondition, "STATE_CONFLICT", message);
}

absl::Status FieldInvalid(absl::string_view message) {
  return RefusalError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", message);
}

absl::Status CheckApproved(const Caller& caller) {
  if (caller.person().has_value() && !caller.person()->approval_id.empty()) return absl::OkStatus();
  return RefusalError(
      absl::StatusCode::kUnauthenticated, "ASSERTION_INVALID",
      "assertion refused: ehc_approval: this call needs a one-time approval over the "
      "request");
}

absl::Status CheckUnit(const Caller& caller, absl::string_view unit) {
  if (unit.empty() || !caller.person().has_value()) return absl::OkStatus();
  if (caller.person()->unit.value() == unit) return absl::OkStatus();
  return FieldInvalid("unit: is not the acting person's unit; act from that unit");
}

UnitId ActingUnit(const Caller& caller, absl::string_view stated) {
  if (!stated.empty() || !caller.person().has_value()) return UnitId(stated);
  return caller.person()->unit;
}

std::string AgencyNameOf(const AgencyId& agency) {
  return absl::StrCat("agencies/", agency.value());
}

AgencyId ReadAgency(absl::string_view name) {
  constexpr absl::string_view kPrefix = "agencies/";
  if (absl::StartsWith(name, kPrefix)) name.remove_prefix(kPrefix.size());
  return AgencyId(name);
}

absl::StatusOr<SubjectRef> ReadSubject(const Desks& desks, const Caller& caller,
                                       const std::string& reference, absl::string_view field) {
  if (absl::StartsWith(reference, "subjects/")) {
    return SubjectRef{std::nullopt, desks.rooms.names.OpenSubject(caller.agency(), reference)};
  }
  absl::StatusOr<Identifier> identifier =
      ParseSubjectName(reference, desks.rules, LondonDate(desks.rooms.clock.Now()));
  if (!identifier.ok()) {
    return FieldInvalid(absl::StrCat(field, ": ", identifier.status().message()));
  }
  return SubjectRef{*std::move(identifier), std::nullopt};
}

hub::v1::ErrorReason WireReasonOf(const Refusal& refusal) {
  hub::v1::ErrorReason reason = hub::v1::ERROR_REASON_UNSPECIFIED;
  hub::v1::ErrorReason_Parse(absl::StrCat("ERROR_REASON_", refusal.reason), &reason);
  return reason;
}

void ReadContext(const hub::v1::DisclosureContext& context, PolicyRequest& request) {
  request.purpose = context.purpose();
  request.lawful_basis = context.lawful_basis();
  request.special_category_basis = context.special_category_basis();
  request.gateway = context.gateway();
  absl::string_view agreement(context.agreement());
  constexpr absl::string_view kPrefix = "agreements/";
  if (absl::StartsWith(agreement, kPrefix)) agreement.remove_prefix(kPrefix.size());
  request.agreement = AgreementId(agreement);
  request.case_reference = context.case_reference();
  request.considered_by = context.considered_by();
  request.detriment_assessment = context.detriment_assessment();
  request.on_behalf_of = ReadAgency(context.on_behalf_of());
  if (context.has_break_glass()) {
    request.break_glass =
        BreakGlass{context.break_glass().reason(), /*second_factor=*/false,  // the desk looks
                   context.break_glass().second_factor_claim()};
  }
}

Ask MutationAsk(const Desks& desks, absl::string_view method, absl::string_view action,
                const std::string& request_id, const google::protobuf::Message& message) {
  Ask ask;
  ask.method = std::string(method);
  ask.action = std::string(action);
  ask.request_id = request_id;
  ask.message_digest = desks.rooms.store.MessageDigest(method, message.SerializeAsString());
  return ask;
}

void FillProof(const CaseFile& file, const EntryProof& proof, const Rooms& rooms,
               hub::v1::Disclosure& disclosure) {
  disclosure.set_decision_id(file.decision_id);
  disclosure.set_policy_revision(file.policy_revision);
  disclosure.set_identifier_superseded(file.identifier_superseded);
  FillObligations(file.decision, disclosure);
  FillReceipt(proof, rooms, *disclosure.mutable_receipt());
  if (!file.decision.break_glass_used) return;
  const absl::Duration usable = absl::Minutes(file.decision.break_glass_minutes);
  *disclosure.mutable_break_glass_until() = ToTimestamp(file.received_at + usable);
}

void FillSource(const Release& release, hub::v1::Disclosure& disclosure) {
  disclosure.set_custodian(release.through_relay ? "agencies/hub-relay"
                                                 : AgencyNameOf(release.custodian));
  if (!release.through_relay) disclosure.set_unit(release.unit.value());
  FillWithheld(release, disclosure);
}

void FillHead(const RecordHead& head, const CaseFile& file, const Rooms& rooms,
              hub::v1::Disclosure& disclosure) {
  *disclosure.mutable_as_at() = ToTimestamp(head.as_at);
  disclosure.set_record(rooms.names.RecordName(file.caller.agency(), head.id));
  disclosure.set_version(static_cast<uint32_t>(head.version));
  disclosure.set_badge(head.badge == Badge::kFinal ? hub::v1::BADGE_FINAL : hub::v1::BADGE_DRAFT);
  if (!head.contact.empty()) disclosure.mutable_contact()->ParseFromString(head.contact);
}

void FillDisclosure(const Audited<Record>& audited, const Rooms& rooms,
                    hub::v1::Disclosure& disclosure) {
  FillProof(audited.file(), audited.proof(), rooms, disclosure);
  FillSource(audited.release(), disclosure);
  FillHead(audited.value().head, audited.file(), rooms, disclosure);
}

void FillDisclosure(const Audited<RecordStep>& audited, const Rooms& rooms,
                    hub::v1::Disclosure& disclosure) {
  FillProof(audited.file(), audited.proof(), rooms, disclosure);
  FillSource(audited.release(), disclosure);
  FillHead(audited.value().record.head, audited.file(), rooms, disclosure);
}

void FillDisclosure(const Audited<RecordSet>& audited, const Rooms& rooms,
                    hub::v1::Disclosure& disclosure) {
  FillProof(audited.file(), audited.proof(), rooms, disclosure);
  FillSource(audited.release(), disclosure);
}

std::string EtagOf(int64_t revision) { return absl::StrCat("r", revision); }

absl::Status CheckEtag(absl::string_view stated, int64_t revision) {
  if (stated.empty() || stated == EtagOf(revision)) return absl::OkStatus();
  return RefusalError(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                      "etag: it has changed since you read it; read it again");
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp out;
  const int64_t nanos = absl::ToUnixNanos(time);
  out.set_seconds(nanos / 1000000000);
  out.set_nanos(static_cast<int32_t>(nanos % 1000000000));
  return out;
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

}  // namespace ehc
