#include "server/enrolment/spool.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/base/encoding.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr size_t kMaxTicket = 1024;
constexpr size_t kMaxRequest = 64 << 10;
constexpr size_t kMaxIssued = 64 << 10;
constexpr mode_t kFileMode = 0640;    // the other process reads through the folder's group
constexpr mode_t kFolderMode = 0750;  // set-group-id, where the folder above has it
constexpr size_t kIdSize = 26;
constexpr size_t kDigestSize = 64;
constexpr absl::string_view kTicketHead = "ehc-enrolment 1";
constexpr absl::string_view kRequestHead = "ehc-enrolment-request 1 ";
constexpr const char* kFolders[] = {"tickets", "requests", "issued"};

bool IsShortId(absl::string_view text) {
  return !text.empty() && text.size() <= 48 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
  });
}

bool IsDigest(absl::string_view text) {
  return text.size() == kDigestSize && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
         });
}

bool IsWhole(const EnrolmentTicket& ticket) {
  return EnrolmentSpool::IsId(ticket.id) && IsShortId(ticket.agency) &&
         (ticket.unit.empty() || IsShortId(ticket.unit)) && IsDigest(ticket.secret_digest) &&
         ticket.expires_at > absl::UnixEpoch() && ticket.expires_at < absl::InfiniteFuture();
}

std::string Encode(const EnrolmentTicket& ticket) {
  return absl::StrCat(kTicketHead, "\nagency ", ticket.agency, "\nunit ", ticket.unit, "\ndigest ",
                      ticket.secret_digest, "\nexpires ", absl::ToUnixSeconds(ticket.expires_at),
                      "\nend\n");
}

std::optional<EnrolmentTicket> ParseTicket(absl::string_view id, const std::string& text) {
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  constexpr absl::string_view kNames[] = {"agency ", "unit ", "digest ", "expires "};
  if (lines.size() != 7 || lines[0] != kTicketHead || lines[5] != "end") return std::nullopt;
  std::string values[4];
  for (size_t i = 0; i < 4; ++i) {
    absl::string_view line = lines[i + 1];
    if (!absl::ConsumePrefix(&line, kNames[i])) return std::nullopt;
    values[i] = std::string(line);
  }
  int64_t seconds = 0;
  if (!absl::SimpleAtoi(values[3], &seconds)) return std::nullopt;
  EnrolmentTicket ticket{std::string(id), values[0], values[1], values[2],
                         absl::FromUnixSeconds(seconds)};
  // What would be written otherwise than it stands is not what was written.
  if (!IsWhole(ticket) || Encode(ticket) != text) return std::nullopt;
  return ticket;
}

std::string Encode(const EnrolmentRequest& request) {
  return absl::StrCat(kRequestHead, request.certificate_request_pem.size(), "\n",
                      request.certificate_request_pem, request.assertion_public_key_pem);
}

std::optional<EnrolmentRequest> ParseRequest(const std::string& text) {
  absl::string_view rest(text);
  size_t size = 0;
  const size_t line = rest.find('\n');
  if (line == absl::string_view::npos || !absl::ConsumePrefix(&rest, kRequestHead)) {
    return std::nullopt;
  }
  const absl::string_view number = rest.substr(0, line - kRequestHead.size());
  rest.remove_prefix(number.size() + 1);
  if (!absl::SimpleAtoi(number, &size) || size > rest.size()) return std::nullopt;
  EnrolmentRequest request{std::string(rest.substr(0, size)), std::string(rest.substr(size))};
  if (Encode(request) != text) return std::nullopt;
  return request;
}

absl::Status MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), kFolderMode) == 0) return SyncParentDirectory(path);
  struct stat info {};
  if (errno == EEXIST && stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return absl::OkStatus();
  }
  return ErrnoStatus(errno, "making", path);
}

absl::StatusOr<std::set<std::string>> FilesIn(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(folder.c_str()), &closedir);
  if (directory == nullptr) return ErrnoStatus(errno, "reading", folder);
  std::set<std::string> names;
  while (const dirent* entry = readdir(directory.get())) {
    if (EnrolmentSpool::IsId(entry->d_name)) names.insert(entry->d_name);
  }
  return names;
}

}  // namespace

bool EnrolmentSpool::IsId(absl::string_view text) {
  return text.size() == kIdSize && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c);
         });
}

absl::StatusOr<EnrolmentSpool> EnrolmentSpool::Open(const std::string& folder) {
  for (const char* kind : kFolders) {
    EHC_RETURN_IF_ERROR(MakeFolder(absl::StrCat(folder, "/", kind)));
  }
  return EnrolmentSpool(folder);
}

std::string EnrolmentSpool::PathOf(absl::string_view kind, absl::string_view id) const {
  return absl::StrCat(folder_, "/", kind, "/", id);
}

absl::Status EnrolmentSpool::Keep(const std::vector<EnrolmentTicket>& tickets) const {
  EHC_ASSIGN_OR_RETURN(std::set<std::string> there, FilesIn(absl::StrCat(folder_, "/tickets")));
  for (const EnrolmentTicket& ticket : tickets) {
    if (!IsWhole(ticket)) return absl::InvalidArgumentError("an enrolment that cannot be kept");
    there.erase(ticket.id);
    const std::string path = PathOf("tickets", ticket.id);
    const absl::StatusOr<std::string> old = ReadFile(path, kMaxTicket);
    if (old.ok() && *old == Encode(ticket)) continue;
    EHC_RETURN_IF_ERROR(AtomicWriteFile(path, Encode(ticket), kFileMode));
  }
  for (const std::string& id : there) EHC_RETURN_IF_ERROR(RemoveFile(PathOf("tickets", id)));
  return absl::OkStatus();
}

absl::StatusOr<EnrolmentTicket> EnrolmentSpool::FindTicket(absl::string_view id) const {
  if (!IsId(id)) return absl::NotFoundError("no such ticket");
  EHC_ASSIGN_OR_RETURN(const std::string text, ReadFile(PathOf("tickets", id), kMaxTicket));
  const std::optional<EnrolmentTicket> ticket = ParseTicket(id, text);
  if (!ticket.has_value()) return absl::NotFoundError("no whole ticket");
  return *ticket;
}

absl::Status EnrolmentSpool::Spend(const std::string& id, const EnrolmentRequest& request) const {
  if (!IsId(id)) return absl::InvalidArgumentError("no id of an enrolment");
  const absl::Status kept = AtomicCreateFile(PathOf("requests", id), Encode(request), kFileMode);
  if (!absl::IsAlreadyExists(kept)) return kept;
  EHC_ASSIGN_OR_RETURN(const std::optional<EnrolmentRequest> first, RequestOf(id));
  if (first == request) return absl::OkStatus();
  return absl::AlreadyExistsError("the token was used for another request");
}

absl::StatusOr<std::optional<EnrolmentRequest>> EnrolmentSpool::RequestOf(
    absl::string_view id) const {
  if (!IsId(id)) return std::optional<EnrolmentRequest>();
  const absl::StatusOr<std::string> text = ReadFile(PathOf("requests", id), kMaxRequest);
  if (absl::IsNotFound(text.status())) return std::optional<EnrolmentRequest>();
  if (!text.ok()) return text.status();
  std::optional<EnrolmentRequest> request = ParseRequest(*text);
  if (!request.has_value()) return absl::DataLossError("a request in the enrolment folder");
  return request;
}

absl::StatusOr<std::string> EnrolmentSpool::KeepIssued(const std::string& id,
                                                       const std::string& pem) const {
  const std::string path = PathOf("issued", absl::StrCat(id, ".pem"));
  const absl::Status kept = AtomicCreateFile(path, pem, kFileMode);
  if (kept.ok()) return pem;
  if (!absl::IsAlreadyExists(kept)) return kept;
  return ReadFile(path, kMaxIssued);
}

absl::StatusOr<std::optional<std::string>> EnrolmentSpool::IssuedFor(absl::string_view id) const {
  if (!IsId(id)) return std::optional<std::string>();
  absl::StatusOr<std::string> pem =
      ReadFile(PathOf("issued", absl::StrCat(id, ".pem")), kMaxIssued);
  if (absl::IsNotFound(pem.status())) return std::optional<std::string>();
  if (!pem.ok()) return pem.status();
  return std::optional<std::string>(*std::move(pem));
}

}  // namespace ehc
