// Everything that one call gathers on its way through the house. It belongs to exactly one stage
// value (model/stages.h) at a time and moves with it; no stage can be skipped, because each needs
// the one before.
#ifndef EHC_SERVER_MODEL_CASE_FILE_H_
#define EHC_SERVER_MODEL_CASE_FILE_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "ehc/store/v1/dossier.pb.h"
#include "server/model/caller.h"
#include "server/model/decision.h"
#include "server/model/facts.h"
#include "server/model/identifiers.h"
#include "server/model/matter.h"
#include "server/model/names.h"
#include "server/model/read_set.h"
#include "server/model/record.h"
#include "server/model/release.h"
#include "server/model/request.h"

namespace ehc {

// How the caller named the child: an identifier, or its own pairwise name. Neither set: the call is
// about no child (an agency, a certificate, the log).
struct SubjectRef {
  std::optional<Identifier> identifier;
  std::optional<SubjectId> subject;  // already opened from subjects/…; 0 when it was not ours
};

// What is asked, in the hub's terms. Made by services/ from a validated message.
struct Ask {
  std::string method;  // "GetPlanSummary"; a literal of the service
  std::string action;  // "plan.publish": a mutation or a reading of one's own; empty: a disclosure
  SubjectRef subject;
  std::vector<SubjectId> rivals;        // several whom a description fits; then it means nobody
  PolicyRequest request;                // the caller's half is filled from the Caller
  std::vector<std::string> parts;       // asked part codes; turned into request.parts
  std::vector<std::string> parts_sent;  // streams: what earlier messages have brought of them
  int64_t page_after = 0;        // lists: the record after which to go on; 0: from the beginning
  int page_size = 0;             // lists: 0: as many as one answer may hold
  std::string page_list;         // lists: what the tokens of their pages are sealed for
  std::string request_id;        // mutations: UUID4; empty for reads
  std::string message_digest;    // mutations: keyed digest of the validated message
  std::string justification;     // why, in the acting person's words; for the entry alone
  bool validate_only = false;    // mutations: decide, plan and audit, but change nothing
  bool asks_custodian = false;   // a mutation that asks as a disclosure does: finds its custodian
  bool may_break_glass = false;  // one child, one person, one answer: the call takes break_glass
                                 // and on_behalf_of
  MatterId record_request;       // a disclosure under a person's yes: where it stands; 0: none
  bool discloses = false;        // a reading by its action that shows what another agency wrote
};

struct CaseFile {
  CaseFile(Caller who, Ask what) : caller(std::move(who)), ask(std::move(what)) {}

  uint64_t call_id = 0;  // binds the answer to the transport's call
  std::string decision_id;
  absl::Time received_at;
  Caller caller;
  Ask ask;

  // Facts stage. A child may be several numbers taken for one (model/joined.h): the one it goes by,
  // the one that the caller named, and the one under which the caller's agency knows it and writes.
  SubjectId subject;
  SubjectId named;
  SubjectId known_as;
  bool identifier_superseded = false;  // the caller named it by one that another has replaced
  std::string searcher_subject;        // the child's name at the caller; empty: unknown
  std::string custodian_subject;       // and at the custodian
  std::string approved_by;  // "recordRequests/… SEND_MANAGER": whose yes counted; may be empty
  std::string acts_by;  // "on-behalf-of/bromley delegations/…"; empty: for itself, or it may not
  store::v1::Dossier dossier;
  Facts facts;
  ReadSet reads;

  // Policy stage. The snapshot keeps alive what the decision points to.
  std::shared_ptr<const void> snapshot;
  std::string policy_revision;
  Decision decision;

  // What a source, which saw the facts, has against it although policy permits it.
  std::optional<Refusal> refusal;
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_CASE_FILE_H_
