// What a mutation does to the store, as plain values: planned from one read view, applied with its
// audit entry in one commit, or not at all. The commit's read set makes read-modify-write safe.
#ifndef EHC_SERVER_MODEL_CHANGE_H_
#define EHC_SERVER_MODEL_CHANGE_H_

#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "ehc/hub/v1/agency.pb.h"
#include "ehc/store/v1/access.pb.h"
#include "ehc/store/v1/dossier.pb.h"
#include "server/base/crypto.h"
#include "server/base/signed_note.h"
#include "server/model/matter.h"
#include "server/model/names.h"
#include "server/model/record.h"
#include "server/model/tally.h"

namespace ehc {

// Creates the child's dossier or replaces it.
struct PutSubject {
  SubjectId subject;
  store::v1::Dossier dossier;
};

// From now on the identifier (its keyed digest) resolves to this child.
struct BindIdentifier {
  Digest digest{};
  SubjectId subject;
};

// Adds the next version of a record; earlier versions stay. It keeps its child and its local id; a
// quarantined one gives the local id up, so that another record may bear it.
struct PutRecord {
  Record record;
};

struct PutAgency {
  AgencyId agency;
  hub::v1::Agency value;
};

struct PutCredential {
  std::string fingerprint;
  AgencyId agency;
  hub::v1::Credential value;
};

// From now on `member` is another number of the child `root`, and reads of either see what was
// written under both; a root of 0 makes it a child of its own again. Neither is a member of the
// other already, nor of a third.
struct PutJoin {
  SubjectId member;
  SubjectId root;
};

// Remembers a finished mutation for 35 days: its resource's name, never its payload.
struct PutRequest {
  AgencyId agency;
  std::string method;
  std::string request_id;
  std::string message_digest;
  std::string resource;
  absl::Time at;
};

// The policy that hubs load: canonical bytes and their revision.
struct PutPolicy {
  std::string revision;
  std::string canonical;
};

// What is kept beside the policy, already sealed: who has suspended an agreement, which revision is
// proposed. Replaces the paper of that name; an empty one removes it.
struct PutPolicyPaper {
  std::string name;  // "standing/<agreement>", "proposal"
  std::string sealed;
  bool decides = false;  // decisions rest on it: it moves the policy's version
};

// Opens a matter (revision 1) or moves it on: the next revision, with kind, parties and child as
// they were.
struct PutMatter {
  Matter matter;
};

// One of a matter's parties is told, if it wants to be, of what this commit did to it.
struct TellOfMatter {
  MatterId matter;
  AgencyId party;
  std::string event;  // "REVIEW_HELD"
};

// A witness's cosignature of the log's head as it was at `size`; replaces the witness's earlier one
// of that head. Those of heads smaller than `keep_from` are forgotten, and of this agency's own
// those of heads smaller than `keep_own_from`.
struct PutCosignature {
  int64_t size = 0;
  Digest root{};
  AgencyId agency;
  NoteSignature signature;
  int64_t keep_from = 0;
  int64_t keep_own_from = 0;
};

// Names keys to destroy: those of one custodian's records of one type about a child, of the child's
// dossier, of the openings of the child's entries, of matters about the child, and of denials
// before the given UTC day.
struct RecordKeys {
  SubjectId subject;
  AgencyId custodian;
  std::string record_type;
};
struct DossierKey {
  SubjectId subject;
};
struct OpeningKeys {
  SubjectId subject;
};
struct MatterKeys {
  SubjectId subject;
};
struct DenialKeysBefore {
  absl::Time day;
};
// No key: what one agency has recorded in a dossier that others still use. In an erasure only.
struct RegistrationOf {
  SubjectId subject;
  AgencyId agency;
};
using KeyScope =
    std::variant<RecordKeys, DossierKey, OpeningKeys, MatterKeys, DenialKeysBefore, RegistrationOf>;

// Destroys keys, and the rows that only they could open. The store remembers which keys they were,
// and so does the journal beside it, before anybody is told.
struct EraseKeys {
  std::string id;  // 16 random bytes
  absl::Time at;
  std::vector<KeyScope> scopes;
};

// An erasure that the journal has and this database has not: an older copy of it was put back.
// Destroys what is still there of the very keys that were destroyed then, and nothing newer.
struct ReplayErasure {
  store::v1::ErasureRecord record;
};

using Change = std::variant<PutSubject, BindIdentifier, PutRecord, PutAgency, PutCredential,
                            PutJoin, PutRequest, PutPolicy, PutPolicyPaper, PutMatter, TellOfMatter,
                            AddToTally, PutCosignature, EraseKeys, ReplayErasure>;

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_CHANGE_H_
