// What the services share: turning a validated message into an Ask, and a result into a response.
#ifndef EHC_SERVER_SERVICES_COMMON_H_
#define EHC_SERVER_SERVICES_COMMON_H_

#include <functional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "ehc/hub/v1/disclosure.pb.h"
#include "ehc/hub/v1/disclosure_context.pb.h"
#include "ehc/hub/v1/error_reason.pb.h"
#include "google/protobuf/message.h"
#include "server/base/quota_book.h"
#include "server/enrolment/spool.h"
#include "server/model/identifiers.h"
#include "server/pipeline/disclose.h"
#include "server/pipeline/mutate.h"
#include "server/services/incoming.h"

namespace ehc {

// What every service works with. Everything outlives every call.
struct Desks {
  const Rooms& rooms;
  const IdentifierRules& rules;
  // Called after a commit that changed agencies or credentials, before the answer leaves: reloads
  // the registry and cuts the connections of whoever is no longer admitted.
  std::function<void()> registry_changed;
  QuotaBook& quotas;
  int max_streams_per_agency = 0;
  // Where enrolments are handed to ehc-enrol; null: this hub has no folder for it.
  const EnrolmentSpool* enrolments = nullptr;
  // Called after a commit that changed them, before the answer leaves: the folder is brought up to
  // date.
  std::function<void()> enrolments_changed = [] {};
};

absl::Status FieldInvalid(absl::string_view message);
// FAILED_PRECONDITION STATE_CONFLICT: the thing is not in a state for the verb.
absl::Status StateConflict(absl::string_view message);

// "nhs:…", "la:305/X", "subjects/…" as the caller's own. FIELD_INVALID for a wrong check digit and
// the like; a pairwise name that is not the caller's is nobody (0), not an error.
absl::StatusOr<SubjectRef> ReadSubject(const Desks& desks, const Caller& caller,
                                       const std::string& reference,
                                       absl::string_view field = "subject");

// The reason as the contract numbers it, for answers that carry refusals item by item.
hub::v1::ErrorReason WireReasonOf(const Refusal& refusal);

// ASSERTION_INVALID unless the acting person's assertion approves this very request. That it does
// so once alone is seen to by whoever plans the write (pipeline/planner.h).
absl::Status CheckApproved(const Caller& caller);

// FIELD_INVALID for a unit that is not the acting person's.
absl::Status CheckUnit(const Caller& caller, absl::string_view unit);

// The unit stated, else the acting person's.
UnitId ActingUnit(const Caller& caller, absl::string_view stated);

// "agencies/bromley" -> bromley; empty stays empty.
AgencyId ReadAgency(absl::string_view name);
// bromley -> "agencies/bromley"
std::string AgencyNameOf(const AgencyId& agency);

// Purpose, bases, gateway, agreement and the rest of the stated ground.
void ReadContext(const hub::v1::DisclosureContext& context, PolicyRequest& request);

// A mutation's Ask: action, idempotency key and digest of the whole message.
Ask MutationAsk(const Desks& desks, absl::string_view method, absl::string_view action,
                const std::string& request_id, const google::protobuf::Message& message);

// The envelope of a disclosure: where it came from, what was withheld and why, what it obliges to,
// and the receipt.
void FillDisclosure(const Audited<Record>& audited, const Rooms& rooms,
                    hub::v1::Disclosure& disclosure);
// The same but for what differs from record to record.
void FillDisclosure(const Audited<RecordSet>& audited, const Rooms& rooms,
                    hub::v1::Disclosure& disclosure);
// Of the step of a record that this disclosure brings.
void FillDisclosure(const Audited<RecordStep>& audited, const Rooms& rooms,
                    hub::v1::Disclosure& disclosure);
// The decision, what it obliges to and the receipt: of an answer that says nothing else.
void FillProof(const CaseFile& file, const EntryProof& proof, const Rooms& rooms,
               hub::v1::Disclosure& disclosure);

// "r7"; an etag of an item's or version's number.
std::string EtagOf(int64_t revision);
// ETAG_MISMATCH unless `stated` is empty or matches.
absl::Status CheckEtag(absl::string_view stated, int64_t revision);

google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& time);

template <typename T, typename Resp>
void StartDisclosure(const Desks& desks, Incoming in, absl::StatusOr<Ask> ask,
                     const RecordSource<T>& source, Shape<T, Resp> shape, Reply<Resp> reply) {
  const uint64_t id = in.call_id;
  if (!ask.ok()) return Fail(id, ask.status(), std::move(reply));
  absl::StatusOr<Call> call = desks.rooms.desk.Open(id, std::move(in.caller), *std::move(ask));
  if (!call.ok()) return Fail(id, call.status(), std::move(reply));
  Disclose(desks.rooms, *std::move(call), source, shape, std::move(reply));
}

template <typename Resp>
void StartMutation(const Desks& desks, Incoming in, absl::StatusOr<Ask> ask,
                   std::shared_ptr<const Mutation> mutation, Shape<Written, Resp> shape,
                   Reply<Resp> reply) {
  const uint64_t id = in.call_id;
  if (!ask.ok()) return Fail(id, ask.status(), std::move(reply));
  absl::StatusOr<Call> call = desks.rooms.desk.Open(id, std::move(in.caller), *std::move(ask));
  if (!call.ok()) return Fail(id, call.status(), std::move(reply));
  Mutate(desks.rooms, *std::move(call), std::move(mutation), shape, std::move(reply));
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_COMMON_H_
