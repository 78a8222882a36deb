#include "server/model/receipt.h"

#include "absl/strings/str_cat.h"
#include "server/base/byte_codec.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr absl::string_view kPromiseContext = "ehc-hub promise v1\n";
constexpr absl::string_view kReceiptMagic("EHCR\1", 5);  // with the format version
constexpr size_t kSignatureSize = 64;
constexpr size_t kMaxKeyIdSize = 128;
constexpr size_t kMaxPathLength = 16;  // of a batch of kMaxPromiseBatch

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("receipt: ", what));
}

absl::Status CheckPromise(const Promise& promise) {
  if (promise.log_id.empty() || promise.log_id.size() > kMaxLogIdSize) return Malformed("log id");
  if (promise.batch_size == 0 || promise.batch_size > kMaxPromiseBatch) {
    return Malformed("batch size");
  }
  if (promise.issued_at_ms < 0) return Malformed("issued before 1970");
  if (promise.key_id.size() > kMaxKeyIdSize) return Malformed("key id");
  if (promise.signature.size() != kSignatureSize) return Malformed("signature size");
  return absl::OkStatus();
}

absl::StatusOr<Promise> TakePromise(ByteReader* reader) {
  Promise promise;
  promise.log_id = std::string(reader->Bytes());
  EHC_ASSIGN_OR_RETURN(promise.batch_root, DigestFromBytes(reader->Raw(sizeof(Digest))));
  promise.batch_size = reader->U32();
  promise.issued_at_ms = static_cast<int64_t>(reader->U64());
  promise.key_id = std::string(reader->Bytes());
  promise.signature = std::string(reader->Raw(kSignatureSize));
  EHC_RETURN_IF_ERROR(CheckPromise(promise));
  return promise;
}

void AppendPromise(const Promise& promise, std::string* bytes) {
  AppendBytes(promise.log_id, bytes);
  AppendRaw(DigestView(promise.batch_root), bytes);
  AppendU32(promise.batch_size, bytes);
  AppendU64(static_cast<uint64_t>(promise.issued_at_ms), bytes);
  AppendBytes(promise.key_id, bytes);
  AppendRaw(promise.signature, bytes);
}

}  // namespace

std::string PromiseMessage(const Promise& promise) {
  std::string message(kPromiseContext);
  AppendBytes(promise.log_id, &message);
  AppendRaw(DigestView(promise.batch_root), &message);
  AppendU32(promise.batch_size, &message);
  AppendU64(static_cast<uint64_t>(promise.issued_at_ms), &message);
  return message;
}

Receipt ReceiptFor(const BatchPromise& batch, uint32_t position) {
  const auto path = InclusionPath(position, batch.promise.batch_size,
                                  [&batch](NodeId node) -> absl::StatusOr<Digest> {
                                    return batch.nodes[node.level][node.index];
                                  });
  EHC_CHECK(path.ok());
  return Receipt{batch.nodes[0][position], position, *path, batch.promise};
}

std::string Receipt::Encode() const {
  std::string bytes(kReceiptMagic);
  AppendRaw(DigestView(leaf_hash), &bytes);
  AppendU32(leaf_index, &bytes);
  AppendU8(static_cast<uint8_t>(path.size()), &bytes);
  for (const Digest& hash : path) AppendRaw(DigestView(hash), &bytes);
  AppendPromise(promise, &bytes);
  return bytes;
}

absl::StatusOr<Receipt> ParseReceipt(absl::string_view bytes) {
  ByteReader reader(bytes);
  if (!reader.Literal(kReceiptMagic)) return Malformed("not a receipt of this version");
  Receipt receipt;
  EHC_ASSIGN_OR_RETURN(receipt.leaf_hash, DigestFromBytes(reader.Raw(sizeof(Digest))));
  receipt.leaf_index = reader.U32();
  const size_t path_length = reader.U8();
  if (path_length > kMaxPathLength) return Malformed("path length");
  for (size_t i = 0; i < path_length; ++i) {
    EHC_ASSIGN_OR_RETURN(const Digest hash, DigestFromBytes(reader.Raw(sizeof(Digest))));
    receipt.path.push_back(hash);
  }
  EHC_ASSIGN_OR_RETURN(receipt.promise, TakePromise(&reader));
  if (!reader.ReadAllOfIt()) return Malformed("truncated, or followed by something else");
  return receipt;
}

absl::Status VerifyReceipt(const Receipt& receipt, absl::string_view log_id, const VerifyKey& key) {
  const Promise& promise = receipt.promise;
  EHC_RETURN_IF_ERROR(CheckPromise(promise));
  if (promise.log_id != log_id) return absl::FailedPreconditionError("receipt: of another log");
  if (promise.key_id != key.key_id())
    return absl::FailedPreconditionError("receipt: of another key");
  EHC_RETURN_IF_ERROR(VerifyInclusion(receipt.leaf_hash, receipt.leaf_index, promise.batch_size,
                                      receipt.path, promise.batch_root));
  if (!key.VerifyP1363(PromiseMessage(promise), promise.signature)) {
    return absl::DataLossError("receipt: the promise is not signed by this key");
  }
  return absl::OkStatus();
}

}  // namespace ehc
