// The store, in the hub's own verbs. One conformance suite (tests/contract) runs against every
// backend.
//
// Durability: Commit() calls back with OK only after the entry, its changes and its idempotency row
// are synced to disk together; on any error none of them happened. Reads see a single committed
// position. Sealing: everything about a child is encrypted before it reaches the disk; identifiers
// are kept as keyed digests only.
//
// Thread safety: Store is thread safe. A ReadView belongs to one thread at a time.
#ifndef EHC_SERVER_STORAGE_STORE_H_
#define EHC_SERVER_STORAGE_STORE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ehc/hub/v1/agency.pb.h"
#include "ehc/store/v1/dossier.pb.h"
#include "server/base/crypto.h"
#include "server/base/merkle.h"
#include "server/model/change.h"
#include "server/model/identifiers.h"
#include "server/model/matter.h"
#include "server/model/read_set.h"
#include "server/model/record.h"
#include "server/model/release.h"
#include "server/model/tally.h"

namespace ehc {

// The log's entry as it is stored. The opening (values and salts) is sealed under the child's audit
// key, or, for denials, under the denial key of the day: alike for known and unknown children.
struct EntryRow {
  Digest leaf_hash{};
  absl::Time recorded_at;
  std::string opening;
  bool denial = false;
  AgencyId searcher;
  AgencyId custodian;  // whose audit shows it; empty: nobody's but the officer's
  SubjectId subject;   // 0 for calls about no child and for unknown children
};

struct StoredEntry {
  int64_t index = 0;
  EntryRow row;  // opening is opened, or empty when its key was destroyed
  bool erased = false;
};

struct EntryFilter {
  std::optional<AgencyId> searcher;
  std::optional<AgencyId> custodian;
  std::optional<SubjectId> subject;
  int64_t after = -1;             // an index: only later entries
  bool with_severed = false;      // also those about severed identities: for the hub's auditor
  bool this_number_only = false;  // of the child: not those under its other numbers
  // Also denials about them: for whoever was refused, who is not to learn whom it asked about.
  bool with_severed_denials = false;
  int limit = 100;
};

// Matters of one kind, by rising id, found by one of: opener, addressee, child.
struct MatterFilter {
  std::string kind;
  std::optional<AgencyId> opener;
  std::optional<AgencyId> addressee;
  std::optional<SubjectId> subject;
  bool only_open = false;
  // Of open matters to one addressee: those due before then, by rising due time instead, the first
  // `limit` of them. Reads no others.
  std::optional<absl::Time> due_before;
  MatterId after;
  int limit = 100;
};

struct RequestRow {
  std::string message_digest;
  std::string resource;
};

struct TreeHead {
  int64_t size = 0;
  Digest root{};
};

class ReadView {
 public:
  virtual ~ReadView() = default;

  // The commit position that this view sees; goes into the call's ReadSet.
  virtual uint64_t position() const = 0;

  // What the identifier is bound to; 0 when nothing. NotFound is never returned.
  virtual absl::StatusOr<SubjectId> FindSubject(const Digest& identifier) = 0;

  // The child that this is a number of: itself, unless it was joined (PutJoin). Whatever takes a
  // child below takes any of its numbers and sees what was written under all of them.
  virtual absl::StatusOr<SubjectId> RootOf(SubjectId subject) = 0;

  // The dossier under exactly this number; an empty one for 0 and for unknown numbers, by the same
  // statements.
  virtual absl::StatusOr<store::v1::Dossier> ReadDossier(SubjectId subject) = 0;

  // The newest version of the custodian's only (or newest published) record of this type.
  virtual absl::StatusOr<std::optional<RecordHead>> FindRecord(SubjectId subject,
                                                               const AgencyId& custodian,
                                                               absl::string_view record_type) = 0;
  // The newest version of the record that the custodian calls `local_id`.
  virtual absl::StatusOr<std::optional<RecordHead>> FindRecordByLocalId(
      SubjectId subject, const AgencyId& custodian, absl::string_view record_type,
      absl::string_view local_id) = 0;
  // The newest version of the record of this number, whoever keeps it.
  virtual absl::StatusOr<std::optional<RecordHead>> FindRecordById(RecordId id) = 0;
  // Newest versions of every record of this type about the child, any custodian.
  virtual absl::StatusOr<std::vector<RecordHead>> ListRecords(SubjectId subject,
                                                              absl::string_view record_type) = 0;
  // Opens exactly the parts named, in that order; a part that the version lacks is left out.
  virtual absl::StatusOr<std::vector<Part>> ReadParts(
      const RecordHead& head, absl::Span<const absl::string_view> codes) = 0;

  // Newest versions of the custodian's records, of whatever type and child, by rising number.
  virtual absl::StatusOr<std::vector<RecordHead>> ListRecordsOf(const AgencyId& custodian,
                                                                RecordId after, int limit) = 0;

  // What commits after the entry `after` did to records, in the log's order: about `limit` of them,
  // and all or none of one commit.
  virtual absl::StatusOr<std::vector<RecordChange>> ListRecordChanges(int64_t after, int limit) = 0;

  // What commits after the entry `after` did to matters that this party is told of, in the log's
  // order; about `limit` of them, and all or none of one commit. Whether such a matter is still
  // there, FindMatter says.
  virtual absl::StatusOr<std::vector<MatterEvent>> ListMatterEvents(const AgencyId& party,
                                                                    int64_t after, int limit) = 0;

  virtual absl::StatusOr<std::optional<RequestRow>> FindRequest(const AgencyId& agency,
                                                                absl::string_view method,
                                                                absl::string_view request_id) = 0;

  // Nothing when there is none of this id and kind, its key was destroyed, or it is about a child
  // whose identity is severed (Dossier::severed as last put): such a matter is in no list either.
  virtual absl::StatusOr<std::optional<Matter>> FindMatter(absl::string_view kind, MatterId id) = 0;
  // REQUIRES: the filter names exactly one of opener, addressee and child; with due_before, the
  // addressee and only_open.
  virtual absl::StatusOr<std::vector<Matter>> ListMatters(const MatterFilter& filter) = 0;

  // How often it was counted on that day; 0 for days before yesterday.
  virtual absl::StatusOr<int64_t> ReadTally(const TallyKey& key) = 0;

  virtual absl::StatusOr<std::vector<hub::v1::Agency>> ListAgencies() = 0;
  virtual absl::StatusOr<std::vector<PutCredential>> ListCredentials() = 0;
  virtual absl::StatusOr<std::optional<PutPolicy>> ActivePolicy() = 0;
  // The papers beside the policy, sealed as they were put, by name.
  virtual absl::StatusOr<std::vector<PutPolicyPaper>> PolicyPapers() = 0;

  // Erasures that this database has carried out, oldest first.
  virtual absl::StatusOr<std::vector<store::v1::ErasureRecord>> ListErasures() = 0;

  // Without those about children whose identity is severed, unless the filter wants them.
  virtual absl::StatusOr<std::vector<StoredEntry>> ListEntries(const EntryFilter& filter) = 0;
  // Of a leaf hash, when the log holds it.
  virtual absl::StatusOr<std::optional<int64_t>> FindEntry(const Digest& leaf_hash) = 0;
  virtual absl::StatusOr<TreeHead> Head() = 0;
  // Complete-subtree hash at (level, index), as base/merkle.h numbers them.
  virtual absl::StatusOr<Digest> NodeHash(int level, int64_t index) = 0;
  // `count` of them side by side, from `first`. REQUIRES: level is 0, 8, 16, … INVALID_ARGUMENT
  // where one of them is not complete in this view.
  virtual absl::StatusOr<std::vector<Digest>> NodeHashes(int level, int64_t first,
                                                         int64_t count) = 0;
  // What witnesses have signed, by rising size (their keep_from is 0).
  virtual absl::StatusOr<std::vector<PutCosignature>> ListCosignatures() = 0;
};

struct Commit {
  ReadSet reads;
  std::vector<Change> changes;
  EntryRow entry;
};

struct Committed {
  int64_t index = 0;
  int batch_position = 0;
  std::shared_ptr<const BatchPromise> promise;
};

// Signs one promise for a group commit's leaf hashes. Called on the committing thread, before the
// callbacks of the batch. Must be thread safe.
using BatchSigner = std::function<absl::StatusOr<std::shared_ptr<const BatchPromise>>(
    absl::Span<const Digest> leaves)>;

using CommitDone = absl::AnyInvocable<void(absl::StatusOr<Committed>)>;

struct Appending {
  Commit commit;
  CommitDone done;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual absl::StatusOr<std::unique_ptr<ReadView>> Read() = 0;

  // Applies the changes and appends the entry, durably and together, in a group with whatever else
  // is waiting; then calls done exactly once, possibly on the calling thread before this returns.
  //   ABORTED      a version of `reads` moved (STALE), or a change lost a race: decide again
  //   UNAVAILABLE  the disk refused; nothing happened, and later commits may succeed
  //   ALREADY_EXISTS    another record of the custodian and type bears the local id
  //   INVALID_ARGUMENT  a change that no store can hold
  // The first and the last two concern this commit alone, the others the whole group.
  //   DATA_LOSS    the log does not continue what this process last wrote: no further writes
  virtual void Append(Commit commit, CommitDone done) = 0;

  // As one Append() for each, in this order, in as few groups as they fit into. Each has an outcome
  // of its own: one that is STALE does not keep the others back.
  virtual void AppendAll(std::vector<Appending> commits) = 0;

  // Where more commits are known to be on their way one may wait for them, so that a sync serves
  // them all (GroupCommit). Without this each is led at once. Before the first Append().
  virtual void WaitForCompanyWhile(std::function<bool()> more_is_coming) = 0;
  virtual void CommitIfDue(bool nothing_else) = 0;
  // Asked by whoever appends: whether theirs goes before others that wait, and is called back
  // before them. `is_first` takes no time and no lock. Without this none does. Before the first
  // Append().
  virtual void CommitFirstWhile(std::function<bool()> /*is_first*/) {}

  // Durably destroys keys, outside any erasure and without remembering it (denial keys at the end
  // of their time): what they sealed can never be opened again and reads as absent (entries:
  // as erased). Views opened before may still see it. OK when there was none. UNAVAILABLE when the
  // disk refused, or when a view stayed open too long for old copies to be overwritten: call again.
  virtual absl::Status DestroyKeys(const KeyScope& scope) = 0;

  // Erasures that the journal beside the store has and this database has not: an older copy of it
  // was put back. To be replayed (ReplayErasure) before anybody is served.
  virtual absl::StatusOr<std::vector<store::v1::ErasureRecord>> MissingErasures() = 0;

  // Numbers never used before, also across restarts.
  virtual absl::StatusOr<SubjectId> NewSubjectId() = 0;
  virtual absl::StatusOr<RecordId> NewRecordId() = 0;
  virtual absl::StatusOr<MatterId> NewMatterId() = 0;

  // The keyed digest under which an identifier is stored.
  virtual Digest IdentifierDigest(const Identifier& identifier) const = 0;
  // A keyed digest of a validated message, for the idempotency row.
  virtual std::string MessageDigest(absl::string_view method, absl::string_view bytes) const = 0;
  // 32 secret bytes derived for `label` ("subject names", "page tokens"); stable for this store.
  virtual std::string DerivedKey(absl::string_view label) const = 0;
  virtual const std::string& log_id() const = 0;
  // What the store was made for, as its maker said ("test", "live"); never changes.
  virtual const std::string& founded_for() const = 0;

  virtual void SetBatchSigner(BatchSigner signer) = 0;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_STORE_H_
