#include "server/services/audit_desk.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "server/audit/entry.h"
#include "server/base/byte_codec.h"
#include "server/base/encoding.h"
#include "server/base/merkle.h"
#include "server/base/merkle_tile.h"
#include "server/base/status_macros.h"
#include "server/services/dossier_items.h"
#include "server/services/witness_wait.h"
#include "server/services/witnessing.h"

namespace ehc {
namespace {

constexpr char kList[] = "audit";

absl::Status NoSuchTree() {
  return FieldInvalid("tree_size: the log has not that many entries; ask for a checkpoint first");
}

absl::StatusOr<uint64_t> CheckedSize(ReadView& view, uint64_t asked) {
  EHC_ASSIGN_OR_RETURN(TreeHead head, view.Head());
  const uint64_t size = static_cast<uint64_t>(head.size);
  if (asked > size) return NoSuchTree();
  return asked == 0 ? size : asked;
}

void AddPath(const std::vector<Digest>& path,
             google::protobuf::RepeatedPtrField<std::string>& out) {
  for (const Digest& node : path) out.Add()->assign(DigestView(node).data(), node.size());
}

absl::StatusOr<hub::v1::GetInclusionProofResponse> ProveInclusion(
    ReadView& view, const hub::v1::GetInclusionProofRequest& request) {
  EHC_ASSIGN_OR_RETURN(Digest leaf, DigestFromBytes(request.leaf_hash()));
  EHC_ASSIGN_OR_RETURN(uint64_t size, CheckedSize(view, request.tree_size()));
  EHC_ASSIGN_OR_RETURN(std::optional<int64_t> index, view.FindEntry(leaf));
  if (!index.has_value() || static_cast<uint64_t>(*index) >= size) {
    return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                        "leaf_hash: the tree of that size has no such leaf");
  }
  auto read = [&](NodeId node) { return view.NodeHash(node.level, node.index); };
  EHC_ASSIGN_OR_RETURN(std::vector<Digest> path, InclusionPath(*index, size, read));
  hub::v1::GetInclusionProofResponse response;
  response.set_leaf_index(*index);
  response.set_tree_size(size);
  AddPath(path, *response.mutable_path());
  return response;
}

absl::StatusOr<hub::v1::GetConsistencyProofResponse> ProveConsistency(
    ReadView& view, const hub::v1::GetConsistencyProofRequest& request) {
  EHC_ASSIGN_OR_RETURN(uint64_t to, CheckedSize(view, request.second_tree_size()));
  const uint64_t from = request.first_tree_size();
  if (from > to) return FieldInvalid("first_tree_size: is larger than second_tree_size");
  hub::v1::GetConsistencyProofResponse response;
  if (from == 0) return response;
  auto read = [&](NodeId node) { return view.NodeHash(node.level, node.index); };
  EHC_ASSIGN_OR_RETURN(std::vector<Digest> path, ConsistencyPath(from, to, read));
  AddPath(path, *response.mutable_path());
  return response;
}

constexpr uint32_t kMostTiles = 64;

// The tile's hashes in a tree of `nodes` nodes at its level.
absl::Status AddTile(ReadView& view, int level, int64_t tile, int64_t nodes,
                     hub::v1::GetTilesResponse& response) {
  const int64_t first = tile * int64_t{kTileWidth};
  const int64_t width = std::min<int64_t>(kTileWidth, nodes - first);
  EHC_ASSIGN_OR_RETURN(const std::vector<Digest> hashes, view.NodeHashes(level, first, width));
  std::string& bytes = *response.add_tiles();
  bytes.reserve(hashes.size() * sizeof(Digest));
  for (const Digest& hash : hashes) AppendRaw(DigestView(hash), &bytes);
  return absl::OkStatus();
}

absl::StatusOr<hub::v1::GetTilesResponse> ReadTiles(ReadView& view,
                                                    const hub::v1::GetTilesRequest& request) {
  EHC_ASSIGN_OR_RETURN(const uint64_t size, CheckedSize(view, request.tree_size()));
  const int level = static_cast<int>(request.level() * kTileHeight);
  const uint64_t nodes = size >> level;
  const uint64_t tiles = (nodes + kTileWidth - 1) / kTileWidth;
  if (request.first_index() >= tiles) {
    return FieldInvalid("first_index: the tree of that size has no such tile at that level");
  }
  const uint64_t wanted = std::clamp(request.count(), uint32_t{1}, kMostTiles);
  const uint64_t end = std::min(tiles, request.first_index() + wanted);
  hub::v1::GetTilesResponse response;
  for (uint64_t tile = request.first_index(); tile < end; ++tile) {
    EHC_RETURN_IF_ERROR(
        AddTile(view, level, static_cast<int64_t>(tile), static_cast<int64_t>(nodes), response));
  }
  return response;
}

void Describe(const SignedCheckpoint& checkpoint, const std::string& log_id,
              hub::v1::Checkpoint& out) {
  out.set_note(checkpoint.note);
  out.set_tree_size(checkpoint.head.size);
  out.set_root_hash(checkpoint.head.root.data(), checkpoint.head.root.size());
  out.set_log_id(log_id);
  *out.mutable_issued_at() = ToTimestamp(checkpoint.issued_at);
}

void Describe(const WitnessWait& wait, hub::v1::GetCheckpointResponse& out) {
  if (wait.since.has_value()) *out.mutable_unwitnessed_since() = ToTimestamp(*wait.since);
  if (wait.due_at.has_value()) *out.mutable_witness_due_at() = ToTimestamp(*wait.due_at);
  out.set_witness_overdue(wait.overdue);
}

void ShapeCosigned(const Audited<Written>& audited, const Rooms&,
                   hub::v1::SubmitWitnessSignatureResponse& response) {
  response.CopyFrom(*audited.value().value);
}

template <typename Resp, typename Make>
void AnswerFromView(const Desks& desks, uint64_t call_id, Reply<Resp> reply, Make make) {
  absl::StatusOr<std::unique_ptr<ReadView>> view = desks.rooms.store.Read();
  if (!view.ok()) return Fail(call_id, view.status(), std::move(reply));
  absl::StatusOr<Resp> response = make(**view);
  if (!response.ok()) return Fail(call_id, response.status(), std::move(reply));
  reply(Answer<Resp>::OfTheLog(call_id, *std::move(response)));
}

// One page of entries, each opened for the reader alone.
struct EntryPage {
  std::vector<hub::v1::AuditEntry> entries;
  int64_t next_after = 0;  // 0: there is no next page
};

Audience ViewOf(hub::v1::AuditAudience asked, const EntryRow& row) {
  if (asked == hub::v1::AUDIT_AUDIENCE_OFFICER) return Audience::kOfficer;
  if (asked == hub::v1::AUDIT_AUDIENCE_CUSTODIAN) return Audience::kCustodian;
  return row.denial ? Audience::kRefusedSearcher : Audience::kSearcher;
}

// Whom the relay stood in for stays hidden from whoever it told.
AuditFieldMask HiddenBehindRelay(Audience audience, const AuditRecord& record) {
  if (audience != Audience::kSearcher || record[AuditField::kAnswer] != kAnswerByRelay) return 0;
  return MaskOf(AuditField::kCustodianAgency) | MaskOf(AuditField::kCustodianUnit);
}

absl::StatusOr<hub::v1::AuditEntry> Show(const StoredEntry& stored,
                                         hub::v1::AuditAudience audience) {
  hub::v1::AuditEntry entry;
  entry.set_index(stored.index);
  entry.set_leaf_hash(stored.row.leaf_hash.data(), stored.row.leaf_hash.size());
  *entry.mutable_recorded_at() = ToTimestamp(stored.row.recorded_at);
  entry.set_erased(stored.erased);
  if (stored.erased) return entry;
  EHC_ASSIGN_OR_RETURN(Opening opening, Opening::Parse(stored.row.opening));
  const Audience seen_by = ViewOf(audience, stored.row);
  const EntryView view = opening.OpenFor(seen_by, HiddenBehindRelay(seen_by, opening.record()));
  EHC_ASSIGN_OR_RETURN(*entry.mutable_view(), view.Encode());
  for (const AuditFieldRule& rule : kAuditFieldRules) {
    const std::string* value = view.Find(rule.field);
    if (value == nullptr || value->empty()) continue;
    hub::v1::AuditField& field = *entry.add_fields();
    field.set_name(std::string(rule.name));
    field.set_value(rule.field == AuditField::kContentDigest ? HexEncode(*value) : *value);
  }
  return entry;
}

class OwnEntries : public RecordSource<EntryPage> {
 public:
  OwnEntries(const hub::v1::ListAuditEntriesRequest& request, int64_t after)
      : request_(request), after_(after) {}

 private:
  absl::StatusOr<std::optional<EntryPage>> Fetch(const CaseFile& file,
                                                 ReadView& view) const override {
    EntryFilter filter = FilterFor(file);
    if (!request_.subject().empty()) {
      if (!file.facts.subject_known) return std::nullopt;
      filter.subject = file.subject;
    }
    const size_t wanted = PageSize(request_.page_size());
    filter.limit = static_cast<int>(wanted) + 1;
    EHC_ASSIGN_OR_RETURN(std::vector<StoredEntry> stored, Read(filter, view));
    EntryPage page;
    if (stored.size() > wanted) {  // a page may be short, or empty, and yet not the last
      stored.resize(wanted);
      page.next_after = stored.back().index + 1;
    }
    for (const StoredEntry& entry : stored) {
      if (!InPeriod(entry)) continue;
      EHC_ASSIGN_OR_RETURN(hub::v1::AuditEntry shown, Show(entry, request_.audience()));
      if (OfTheCase(shown)) page.entries.push_back(std::move(shown));
    }
    return page;
  }

  // Whom a refused call was about is not for its searcher to learn, not even later, when the child
  // has become its own: a searcher finds its refusals by time and case, never by the child.
  static absl::StatusOr<std::vector<StoredEntry>> Read(EntryFilter filter, ReadView& view) {
    if (!filter.searcher.has_value() || !filter.subject.has_value()) {
      return view.ListEntries(filter);
    }
    std::vector<StoredEntry> kept;
    while (true) {
      EHC_ASSIGN_OR_RETURN(std::vector<StoredEntry> stored, view.ListEntries(filter));
      for (StoredEntry& entry : stored) {
        filter.after = entry.index;
        if (!entry.row.denial) kept.push_back(std::move(entry));
        if (static_cast<int>(kept.size()) == filter.limit) return kept;
      }
      if (static_cast<int>(stored.size()) < filter.limit) return kept;
    }
  }

  EntryFilter FilterFor(const CaseFile& file) const {
    EntryFilter filter;
    filter.after = std::max(after_, static_cast<int64_t>(request_.first_index())) - 1;
    filter.with_severed = request_.audience() == hub::v1::AUDIT_AUDIENCE_OFFICER;
    if (request_.audience() == hub::v1::AUDIT_AUDIENCE_CUSTODIAN) {
      filter.custodian = file.caller.agency();
    } else if (request_.audience() != hub::v1::AUDIT_AUDIENCE_OFFICER) {
      filter.searcher = file.caller.agency();
      filter.with_severed_denials = true;  // a gap would tell that it had asked about a known child
    }
    return filter;
  }

  bool InPeriod(const StoredEntry& entry) const {
    const absl::Time at = entry.row.recorded_at;
    return (!request_.has_since() || at >= FromTimestamp(request_.since())) &&
           (!request_.has_until() || at < FromTimestamp(request_.until()));
  }

  bool OfTheCase(const hub::v1::AuditEntry& entry) const {
    if (request_.case_reference().empty()) return true;
    return std::any_of(entry.fields().begin(), entry.fields().end(), [&](const auto& field) {
      return field.name() == "case_reference" && field.value() == request_.case_reference();
    });
  }

  const hub::v1::ListAuditEntriesRequest request_;
  const int64_t after_;
};

void ShapeEntries(const Audited<EntryPage>& audited, const Rooms& rooms,
                  hub::v1::ListAuditEntriesResponse& response) {
  for (const auto& entry : audited.value().entries) *response.add_entries() = entry;
  if (audited.value().next_after == 0) return;
  const CaseFile& file = audited.file();
  response.set_next_page_token(
      rooms.names.SealPage(file.caller.agency(), file.ask.page_list, audited.value().next_after));
}

absl::Status CheckAudience(const Caller& caller, hub::v1::AuditAudience audience) {
  if (audience == hub::v1::AUDIT_AUDIENCE_FAMILY) {
    return FieldInvalid("audience: what a family may see is not listed here");
  }
  if (audience == hub::v1::AUDIT_AUDIENCE_OFFICER && caller.agency_type() != "OPERATOR") {
    return FieldInvalid("audience: only the hub's own auditor reads as OFFICER");
  }
  return absl::OkStatus();
}

}  // namespace

void AuditDesk::GetCheckpoint(Incoming in, const hub::v1::GetCheckpointRequest&,
                              Reply<hub::v1::GetCheckpointResponse> reply) const {
  absl::StatusOr<SignedHeads> heads = checkpointer_.Heads();
  if (!heads.ok()) return Fail(in.call_id, heads.status(), std::move(reply));
  const std::string& log_id = desks_.rooms.store.log_id();
  hub::v1::GetCheckpointResponse response;
  Describe(heads->newest, log_id, *response.mutable_checkpoint());
  Describe(heads->to_witness, log_id, *response.mutable_to_witness());
  if (heads->witnessed.has_value()) {
    Describe(*heads->witnessed, log_id, *response.mutable_witnessed());
  }
  response.set_witness_quorum(static_cast<uint32_t>(checkpointer_.witnesses().quorum));
  Describe(WaitForWitnesses(*heads, desks_.rooms.desk.Policy().get(), calendar_,
                            desks_.rooms.clock.Now()),
           response);
  for (const std::string& note : checkpointer_.key_changes()) response.add_key_changes(note);
  reply(Answer<hub::v1::GetCheckpointResponse>::OfTheLog(in.call_id, std::move(response)));
}

void AuditDesk::GetInclusionProof(Incoming in, const hub::v1::GetInclusionProofRequest& request,
                                  Reply<hub::v1::GetInclusionProofResponse> reply) const {
  AnswerFromView(desks_, in.call_id, std::move(reply),
                 [&](ReadView& view) { return ProveInclusion(view, request); });
}

void AuditDesk::GetConsistencyProof(Incoming in, const hub::v1::GetConsistencyProofRequest& request,
                                    Reply<hub::v1::GetConsistencyProofResponse> reply) const {
  AnswerFromView(desks_, in.call_id, std::move(reply),
                 [&](ReadView& view) { return ProveConsistency(view, request); });
}

void AuditDesk::GetTiles(Incoming in, const hub::v1::GetTilesRequest& request,
                         Reply<hub::v1::GetTilesResponse> reply) const {
  AnswerFromView(desks_, in.call_id, std::move(reply),
                 [&](ReadView& view) { return ReadTiles(view, request); });
}

void AuditDesk::SubmitWitnessSignature(Incoming in,
                                       const hub::v1::SubmitWitnessSignatureRequest& request,
                                       Reply<hub::v1::SubmitWitnessSignatureResponse> reply) const {
  Ask ask =
      MutationAsk(desks_, "SubmitWitnessSignature", kWitnessAction, request.request_id(), request);
  StartMutation<hub::v1::SubmitWitnessSignatureResponse>(
      desks_, std::move(in), std::move(ask), MakeCosigning(request.note(), checkpointer_),
      ShapeCosigned,
      [this,
       reply = std::move(reply)](Answer<hub::v1::SubmitWitnessSignatureResponse> answer) mutable {
        checkpointer_.CosignaturesMoved();
        reply(std::move(answer));
      });
}

void AuditDesk::ListAuditEntries(Incoming in, const hub::v1::ListAuditEntriesRequest& request,
                                 Reply<hub::v1::ListAuditEntriesResponse> reply) const {
  const std::string list = PageListOf(desks_, kList, request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  absl::Status audience = CheckAudience(in.caller, request.audience());
  if (!audience.ok()) return Fail(in.call_id, audience, std::move(reply));
  Ask ask;
  ask.method = "ListAuditEntries";
  ask.action = "audit.list";
  ask.page_list = list;
  ask.request.custodian = in.caller.agency();
  ask.request.case_reference = request.case_reference();
  if (!request.subject().empty()) {
    auto subject = ReadSubject(desks_, in.caller, request.subject());
    if (!subject.ok()) return Fail(in.call_id, subject.status(), std::move(reply));
    ask.subject = *std::move(subject);
  }
  auto source = std::make_shared<OwnEntries>(request, *after);
  StartDisclosure<EntryPage, hub::v1::ListAuditEntriesResponse>(
      desks_, std::move(in), std::move(ask), *source, ShapeEntries,
      [source, reply = std::move(reply)](Answer<hub::v1::ListAuditEntriesResponse> answer) mutable {
        reply(std::move(answer));
      });
}

}  // namespace ehc
