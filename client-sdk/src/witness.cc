#include "ehchub/witness.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "client-sdk/src/log_follower.h"
#include "client-sdk/src/receipt_file.h"
#include "client-sdk/src/retry_loop.h"
#include "server/base/encoding.h"
#include "server/base/fs.h"
#include "server/base/secret_bytes.h"
#include "server/base/signed_note.h"
#include "server/base/status_macros.h"

namespace ehchub {
namespace {

using internal::FileLock;
using internal::LogFollower;
using internal::Seen;

constexpr size_t kSeedSize = 32;
constexpr size_t kMaxKeyFile = 1024;
constexpr char kType = static_cast<char>(ehc::NoteKeyType::kCosignatureV1);

absl::Status NoKeyFile(const std::string& path) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, " is no key of a witness: make one with `ehcctl audit witness-key`"));
}

absl::StatusOr<ehc::NoteSigner> SignerOf(absl::string_view name, ehc::SecretBytes seed) {
  EHC_ASSIGN_OR_RETURN(ehc::Ed25519SigningKey key,
                       ehc::Ed25519SigningKey::FromSeed(std::move(seed)));
  return ehc::NoteSigner::Create(ehc::NoteKeyType::kCosignatureV1, name, std::move(key));
}

// PRIVATE+KEY+<name>+<key id>+<base64 of type and seed>, as c2sp.org/signed-note signers have it.
absl::StatusOr<ehc::NoteSigner> LoadSigner(const std::string& path) {
  EHC_ASSIGN_OR_RETURN(const ehc::SecretBytes text, ehc::LoadPrivateFile(path, kMaxKeyFile));
  absl::string_view rest =
      absl::StripAsciiWhitespace(text.view(ehc::SecretAccess::ForCryptoOnly()));
  if (!absl::ConsumePrefix(&rest, "PRIVATE+KEY+")) return NoKeyFile(path);
  const std::vector<absl::string_view> parts = absl::StrSplit(rest, absl::MaxSplits('+', 2));
  if (parts.size() != 3) return NoKeyFile(path);
  absl::StatusOr<std::string> bytes = ehc::Base64Decode(parts[2]);
  if (!bytes.ok() || bytes->size() != kSeedSize + 1 || bytes->front() != kType) {
    return NoKeyFile(path);
  }
  absl::StatusOr<ehc::NoteSigner> signer =
      SignerOf(parts[0], ehc::SecretBytes::CopyOf(absl::string_view(*bytes).substr(1)));
  ehc::EraseString(&*bytes);
  return signer;
}

}  // namespace

absl::StatusOr<std::string> CreateWitnessKey(const std::string& path, absl::string_view name) {
  const ehc::SecretBytes seed = ehc::SecretBytes::Random(kSeedSize);
  const absl::string_view bytes = seed.view(ehc::SecretAccess::ForCryptoOnly());
  EHC_ASSIGN_OR_RETURN(const ehc::NoteSigner signer,
                       SignerOf(name, ehc::SecretBytes::CopyOf(bytes)));
  std::string typed = absl::StrCat(absl::string_view(&kType, 1), bytes);
  std::string text = absl::StrFormat("PRIVATE+KEY+%s+%08x+%s\n", name, signer.verifier().key_id(),
                                     ehc::Base64Encode(typed));
  const absl::Status written = ehc::AtomicCreateFile(path, text);
  ehc::EraseString(&typed);
  ehc::EraseString(&text);
  EHC_RETURN_IF_ERROR(written);
  return signer.verifier().Encode();
}

absl::StatusOr<std::string> WitnessVerifierKey(const std::string& path) {
  EHC_ASSIGN_OR_RETURN(const ehc::NoteSigner signer, LoadSigner(path));
  return signer.verifier().Encode();
}

struct Witness::Impl {
  std::unique_ptr<LogFollower> log;
  ehc::NoteSigner signer;
  Options options;
  absl::Mutex cosigning;

  // Whether our own signature in the note is younger than `refresh`.
  bool SignedLately(const std::string& note, absl::Duration refresh) const;
  absl::Status CheckMaySign(AuditConnection& audit, const std::optional<Seen>& last,
                            const Seen& offered) const;
  absl::StatusOr<std::string> Sign(const Seen& offered) const;
  absl::StatusOr<Cosigned> Cosign(AuditConnection& audit, absl::Duration refresh);
  absl::StatusOr<Cosigned> Submit(AuditConnection& audit, const std::string& note) const;
};

bool Witness::Impl::SignedLately(const std::string& note, absl::Duration refresh) const {
  const auto parsed = ehc::ParseSignedNote(note);
  if (!parsed.ok()) return false;
  const auto at = signer.verifier().CosignedAt(*parsed);
  return at.ok() && internal::Now(options) - *at < refresh;
}

// An older head is what a log shows that went back; a hub that only lags would offer it too, so it
// must at least be of the same history.
absl::Status Witness::Impl::CheckMaySign(AuditConnection& audit, const std::optional<Seen>& last,
                                         const Seen& offered) const {
  if (!last.has_value()) return absl::OkStatus();
  if (offered.head.size >= last->head.size) {
    return log->CheckExtends(audit, *last, offered).status();
  }
  if (offered.head.size == 0) return log->Forked(*last, offered, "it is empty and was not");
  EHC_RETURN_IF_ERROR(log->CheckExtends(audit, offered, *last).status());
  return absl::FailedPreconditionError(
      "the hub offers an older head than the last one signed here; nothing was signed");
}

absl::StatusOr<std::string> Witness::Impl::Sign(const Seen& offered) const {
  EHC_ASSIGN_OR_RETURN(ehc::SignedNote note, ehc::ParseSignedNote(offered.note));
  const ehc::NoteVerifier& key = signer.verifier();
  note.signatures.erase(std::remove_if(note.signatures.begin(), note.signatures.end(),
                                       [&key](const ehc::NoteSignature& one) {
                                         return one.key_name == key.key_name() &&
                                                one.key_id == key.key_id();
                                       }),
                        note.signatures.end());
  EHC_ASSIGN_OR_RETURN(ehc::NoteSignature signature,
                       signer.Sign(note.text, internal::Now(options)));
  note.signatures.push_back(std::move(signature));
  return note.Encode();
}

absl::StatusOr<Cosigned> Witness::Impl::Submit(AuditConnection& audit,
                                               const std::string& note) const {
  v1::SubmitWitnessSignatureRequest request;
  request.set_note(note);
  EHC_ASSIGN_OR_RETURN(const v1::SubmitWitnessSignatureResponse response,
                       audit.SubmitWitnessSignature(request));
  return Cosigned{response.tree_size(), true, static_cast<int>(response.witnesses()),
                  response.quorum_met()};
}

absl::StatusOr<Cosigned> Witness::Impl::Cosign(AuditConnection& audit, absl::Duration refresh) {
  EHC_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse heads, log->Ask(audit, nullptr));
  EHC_ASSIGN_OR_RETURN(const Seen offered, log->Open(heads.to_witness().note()));
  EHC_ASSIGN_OR_RETURN(const std::optional<Seen> last, log->LoadSaved());
  EHC_RETURN_IF_ERROR(CheckMaySign(audit, last, offered));
  if (SignedLately(offered.note, refresh)) {
    return Cosigned{offered.head.size, false, 0, false};
  }
  EHC_ASSIGN_OR_RETURN(const std::string note, Sign(offered));
  EHC_RETURN_IF_ERROR(log->Save(note));  // what may have been signed is never forgotten
  return Submit(audit, note);
}

Witness::Witness(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Witness::~Witness() = default;

absl::StatusOr<std::unique_ptr<Witness>> Witness::Create(const LogKeys& keys,
                                                         const std::string& key_path,
                                                         const std::string& state,
                                                         const Options& options) {
  EHC_ASSIGN_OR_RETURN(ehc::NoteSigner signer, LoadSigner(key_path));
  if (state.empty()) {
    return absl::InvalidArgumentError("a witness must remember what it signed: name its state");
  }
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<LogFollower> log, LogFollower::Create(keys, state));
  return std::unique_ptr<Witness>(
      new Witness(std::unique_ptr<Impl>(new Impl{std::move(log), std::move(signer), options, {}})));
}

absl::StatusOr<Cosigned> Witness::Cosign(AuditConnection& audit, absl::Duration refresh) {
  absl::MutexLock lock(&impl_->cosigning);
  EHC_ASSIGN_OR_RETURN(const FileLock held, FileLock::Take(impl_->log->BesideIt("lock")));
  return impl_->Cosign(audit, refresh);
}

}  // namespace ehchub
