#include "server/base/secret_bytes.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/crypto.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

absl::Status CheckPrivate(const struct stat& info, const std::string& path) {
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat("key file ", path, " is not a regular file"));
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "key file ", path, " is open to its group or to others; run: chmod 600 ", path));
  }
  return absl::OkStatus();
}

absl::Status WrongLength(const std::string& path, size_t actual, size_t expected) {
  return absl::FailedPreconditionError(absl::StrCat("key file ", path, " holds ", actual,
                                                    " bytes instead of ", expected,
                                                    "; restore it from its backup"));
}

absl::Status ReadExactly(int fd, char* out, size_t size, const std::string& path) {
  while (size > 0) {
    const ssize_t count = ::read(fd, out, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, "reading", path);
    if (count == 0) return absl::UnavailableError(absl::StrCat(path, " shrank while it was read"));
    out += count;
    size -= static_cast<size_t>(count);
  }
  return absl::OkStatus();
}

}  // namespace

SecretBytes::SecretBytes(size_t size) : bytes_(std::make_unique<uint8_t[]>(size)), size_(size) {}

SecretBytes SecretBytes::CopyOf(absl::string_view bytes) {
  SecretBytes secret(bytes.size());
  std::copy(bytes.begin(), bytes.end(), secret.bytes_.get());
  return secret;
}

SecretBytes SecretBytes::Random(size_t size) {
  SecretBytes secret(size);
  FillRandom(absl::MakeSpan(secret.bytes_.get(), size));
  return secret;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Erase();
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

SecretBytes::~SecretBytes() { Erase(); }

void SecretBytes::Erase() {
  if (bytes_ != nullptr) OPENSSL_cleanse(bytes_.get(), size_);
}

bool SecretBytes::Equals(const SecretBytes& other) const {
  const SecretAccess access = SecretAccess::ForCryptoOnly();
  return ConstantTimeEquals(view(access), other.view(access));
}

SecretBytes SecretBytes::Clone() const { return CopyOf(view(SecretAccess::ForCryptoOnly())); }

void EraseString(std::string* bytes) {
  OPENSSL_cleanse(bytes->data(), bytes->size());
  bytes->clear();
}

SecretBytes DeriveSecret(const SecretBytes& secret, absl::string_view label, size_t length) {
  std::string derived = DeriveKey(secret.view(SecretAccess::ForCryptoOnly()), label, length);
  SecretBytes result = SecretBytes::CopyOf(derived);
  EraseString(&derived);
  return result;
}

absl::StatusOr<SecretBytes> LoadPrivateFile(const std::string& path, size_t max_bytes) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) return ErrnoStatus(errno, "opening", path);
  struct stat info;
  if (::fstat(file.get(), &info) != 0) return ErrnoStatus(errno, "inspecting", path);
  EHC_RETURN_IF_ERROR(CheckPrivate(info, path));
  const size_t size = static_cast<size_t>(info.st_size);
  if (size > max_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("key file ", path, " is longer than ", max_bytes, " bytes"));
  }
  std::string contents(size, '\0');
  const absl::Status read = ReadExactly(file.get(), contents.data(), size, path);
  SecretBytes secret = SecretBytes::CopyOf(contents);
  EraseString(&contents);
  EHC_RETURN_IF_ERROR(read);
  return secret;
}

absl::StatusOr<SecretBytes> LoadSecretFile(const std::string& path, size_t expected_length) {
  constexpr size_t kMaxSecretFile = 1 << 20;
  EHC_ASSIGN_OR_RETURN(SecretBytes secret, LoadPrivateFile(path, kMaxSecretFile));
  if (secret.size() != expected_length) return WrongLength(path, secret.size(), expected_length);
  return secret;
}

absl::Status CreateSecretFile(const std::string& path, size_t length) {
  const SecretBytes secret = SecretBytes::Random(length);
  return AtomicCreateFile(path, secret.view(SecretAccess::ForCryptoOnly()), 0600);
}

}  // namespace ehc
