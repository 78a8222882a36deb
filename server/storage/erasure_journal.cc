#include "server/storage/erasure_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/base/encoding.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr char kMagic[] = "ehc erasures v1 ";
constexpr size_t kMostBytes = size_t{1} << 30;

absl::Status Altered(size_t line) {
  return absl::DataLossError(
      absl::StrCat("erasure journal: line ", line,
                   " is not as it was written; put a sound copy of the journal back"));
}

}  // namespace

std::string ErasureJournal::Header() const {
  return absl::StrCat(kMagic, HexEncode(DigestView(key_.Sign("whose"))), "\n");
}

std::string ErasureJournal::LineOf(const store::v1::ErasureRecord& record, Digest* chain) const {
  std::string bytes;
  record.SerializeToString(&bytes);
  *chain = key_.SignParts({DigestView(*chain), bytes});
  return absl::StrCat(Base64UrlEncode(bytes), " ", HexEncode(DigestView(*chain)), "\n");
}

absl::StatusOr<ErasureJournal> ErasureJournal::Open(std::string path, absl::string_view key) {
  absl::StatusOr<ErasureJournal> there = OpenUntouched(path, key);
  if (!absl::IsNotFound(there.status())) return there;
  ErasureJournal journal(std::move(path), key);
  EHC_RETURN_IF_ERROR(journal.Create());
  return journal;
}

absl::StatusOr<ErasureJournal> ErasureJournal::OpenUntouched(std::string path,
                                                             absl::string_view key) {
  ErasureJournal journal(std::move(path), key);
  EHC_ASSIGN_OR_RETURN(const std::string text, ReadFile(journal.path_, kMostBytes));
  EHC_RETURN_IF_ERROR(journal.Read(text));
  return journal;
}

absl::Status ErasureJournal::Create() {
  const std::string header = Header();
  EHC_RETURN_IF_ERROR(AtomicCreateFile(path_, header, 0600));
  size_ = header.size();
  return absl::OkStatus();
}

absl::Status ErasureJournal::Read(absl::string_view text) {
  const std::string header = Header();
  if (!absl::ConsumePrefix(&text, header)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "erasure journal: ", path_, " is not of this store; put this store's journal there"));
  }
  size_ = header.size();
  for (size_t line = 2;; ++line) {
    const size_t end = text.find('\n');
    if (end == absl::string_view::npos) return absl::OkStatus();
    const std::vector<absl::string_view> fields = absl::StrSplit(text.substr(0, end), ' ');
    absl::StatusOr<std::string> bytes = Base64UrlDecode(fields[0]);
    store::v1::ErasureRecord record;
    if (fields.size() != 2 || !bytes.ok() || !record.ParseFromString(*bytes)) return Altered(line);
    const Digest chain = key_.SignParts({DigestView(chain_), *bytes});
    if (!ConstantTimeEquals(HexEncode(DigestView(chain)), fields[1])) return Altered(line);
    chain_ = chain;
    ids_.insert(record.id());
    records_.push_back(std::move(record));
    size_ += end + 1;
    text.remove_prefix(end + 1);
  }
}

absl::Status ErasureJournal::Append(const store::v1::ErasureRecord& record) {
  if (ids_.contains(record.id())) return absl::OkStatus();
  Digest chain = chain_;
  const std::string line = LineOf(record, &chain);
  const UniqueFd fd(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.valid()) return ErrnoStatus(errno, "opening", path_);
  if (::lseek(fd.get(), static_cast<off_t>(size_), SEEK_SET) < 0 ||
      ::ftruncate(fd.get(), static_cast<off_t>(size_)) != 0) {
    return ErrnoStatus(errno, "appending to", path_);
  }
  EHC_RETURN_IF_ERROR(WriteFully(fd.get(), line, path_));
  if (::fsync(fd.get()) != 0) return ErrnoStatus(errno, "syncing", path_);
  chain_ = chain;
  size_ += line.size();
  ids_.insert(record.id());
  records_.push_back(record);
  return absl::OkStatus();
}

}  // namespace ehc
