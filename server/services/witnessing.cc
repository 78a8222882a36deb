#include "server/services/witnessing.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ehc/hub/v1/audit_service.pb.h"
#include "server/base/log.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"
#include "server/services/common.h"

namespace ehc {
namespace {

constexpr absl::string_view kCheckpoints = "checkpoints/";
constexpr absl::Duration kClocksDiffer = absl::Minutes(5);
// Where no quorum is ever met, so many of an agency's cosignatures are kept: of its own, so that
// none can push out what others have signed.
constexpr size_t kHeadsKept = 64;

bool IsWitnessKeyOf(const PutCredential& credential, const AgencyId& agency, absl::Time now) {
  const hub::v1::Credential& value = credential.value;
  return credential.agency == agency && value.kind() == hub::v1::CREDENTIAL_KIND_WITNESS_KEY &&
         value.state() == hub::v1::CREDENTIAL_STATE_ACTIVE &&
         now >= FromTimestamp(value.not_before()) && now <= FromTimestamp(value.not_after());
}

struct Cosignature {
  std::string credential;  // its fingerprint
  NoteSignature signature;
};

absl::StatusOr<Cosignature> TakeSignature(const SignedNote& note, const NoteVerifier& key,
                                          const PutCredential& credential, absl::Time now) {
  EHC_ASSIGN_OR_RETURN(const absl::Time signed_at, key.CosignedAt(note));
  if (signed_at > now + kClocksDiffer) {
    return FieldInvalid("note: the cosignature's time is yet to come; set the witness's clock");
  }
  const auto line = std::find_if(
      note.signatures.begin(), note.signatures.end(), [&key](const NoteSignature& one) {
        return one.key_name == key.key_name() && one.key_id == key.key_id();
      });
  return Cosignature{credential.fingerprint, *line};
}

// The signature in the note by a key that the agency has enrolled.
absl::StatusOr<Cosignature> FindSignature(ReadView& view, const SignedNote& note,
                                          const AgencyId& agency, absl::Time now) {
  EHC_ASSIGN_OR_RETURN(const std::vector<PutCredential> credentials, view.ListCredentials());
  for (const PutCredential& credential : credentials) {
    if (!IsWitnessKeyOf(credential, agency, now)) continue;
    const auto key = NoteVerifier::Parse(credential.value.verifier_key());
    if (!key.ok()) continue;
    const absl::Status verified = key->Verify(note);
    if (absl::IsNotFound(verified)) continue;
    if (!verified.ok()) return FieldInvalid("note: your cosignature does not verify");
    return TakeSignature(note, *key, credential, now);
  }
  return FieldInvalid(
      "note: no witness key enrolled for your agency and in force has signed it; enrol the key "
      "first");
}

// The log signed this head, or somebody who has its key: does it hold that tree?
absl::Status CheckHolds(ReadView& view, const Checkpoint& head) {
  EHC_ASSIGN_OR_RETURN(const TreeHead now, view.Head());
  absl::StatusOr<Digest> root = absl::NotFoundError("");
  if (head.size <= static_cast<uint64_t>(now.size)) {
    root = RootAt(head.size, [&](NodeId node) { return view.NodeHash(node.level, node.index); });
    EHC_RETURN_IF_ERROR(root.status());
    if (*root == head.root) return absl::OkStatus();
  }
  LogError("log_does_not_hold_a_head_that_it_signed",
           {{"signed_size", head.size}, {"size", now.size}});
  return RefusalError(absl::StatusCode::kDataLoss, "LOG_CORRUPT",
                      "this log signed that checkpoint and does not hold that tree: tell the hub's "
                      "operator and its auditor, and keep the note");
}

// Everything before the newest witnessed head but one has served.
int64_t KeepFrom(const std::vector<PutCosignature>& kept, int quorum) {
  int64_t witnessed = 0;
  for (const PutCosignature& one : kept) {
    if (AgenciesAmong(kept, one.size) >= quorum) witnessed = std::max(witnessed, one.size);
  }
  return witnessed;
}

int64_t KeepOwnFrom(const std::vector<PutCosignature>& kept, const AgencyId& agency) {
  std::set<int64_t> sizes;
  for (const PutCosignature& one : kept) {
    if (one.agency == agency) sizes.insert(one.size);
  }
  if (sizes.size() <= kHeadsKept) return 0;
  return *std::next(sizes.begin(), static_cast<ptrdiff_t>(sizes.size() - kHeadsKept));
}

Written Describe(int64_t size, int witnesses, int quorum) {
  auto response = std::make_unique<hub::v1::SubmitWitnessSignatureResponse>();
  response->set_tree_size(static_cast<uint64_t>(size));
  response->set_witnesses(static_cast<uint32_t>(witnesses));
  response->set_quorum_met(witnesses >= quorum);
  return Written{absl::StrCat(kCheckpoints, size), 0, std::move(response), false};
}

class Cosigning : public Mutation {
 public:
  Cosigning(std::string note, const Checkpointer& checkpointer)
      : note_(std::move(note)), checkpointer_(checkpointer) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    const auto head = checkpointer_.OpenOwn(note_);
    if (!head.ok()) return FieldInvalid("note: is no checkpoint that this log has signed");
    EHC_ASSIGN_OR_RETURN(const SignedNote note, ParseSignedNote(note_));
    EHC_ASSIGN_OR_RETURN(Cosignature cosignature,
                         FindSignature(view, note, file.caller.agency(), file.received_at));
    EHC_RETURN_IF_ERROR(CheckHolds(view, *head));
    EHC_ASSIGN_OR_RETURN(std::vector<PutCosignature> kept, view.ListCosignatures());
    const int quorum = checkpointer_.witnesses().quorum;
    PutCosignature put{static_cast<int64_t>(head->size),
                       head->root,
                       file.caller.agency(),
                       std::move(cosignature.signature),
                       KeepFrom(kept, quorum),
                       KeepOwnFrom(kept, file.caller.agency())};
    kept.push_back(put);
    Plan plan;
    plan.written = Describe(put.size, AgenciesAmong(kept, put.size), quorum);
    plan.content_digest = head->root;
    plan.reads.push_back(CredentialKey(cosignature.credential));
    plan.changes.push_back(std::move(put));
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile&, ReadView& view,
                                 const std::string& resource) const override {
    absl::string_view number = resource;
    int64_t size = 0;
    if (!absl::ConsumePrefix(&number, kCheckpoints) || !absl::SimpleAtoi(number, &size)) {
      return absl::DataLossError("witness: an idempotency row names no checkpoint");
    }
    EHC_ASSIGN_OR_RETURN(const std::vector<PutCosignature> kept, view.ListCosignatures());
    return Describe(size, AgenciesAmong(kept, size), checkpointer_.witnesses().quorum);
  }

 private:
  const std::string note_;
  const Checkpointer& checkpointer_;
};

}  // namespace

std::shared_ptr<const Mutation> MakeCosigning(const std::string& note,
                                              const Checkpointer& checkpointer) {
  return std::make_shared<Cosigning>(note, checkpointer);
}

}  // namespace ehc
