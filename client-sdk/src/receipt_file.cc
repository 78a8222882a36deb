#include "client-sdk/src/receipt_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "server/base/encoding.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"

namespace ehchub::internal {
namespace {

using nlohmann::json;

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

json HashesOf(const std::vector<ehc::Digest>& hashes) {
  json list = json::array();
  for (const ehc::Digest& hash : hashes) list.push_back(ehc::Base64Encode(ehc::DigestView(hash)));
  return list;
}

json ToJson(const ReceiptLine& line) {
  return {{"kind", "receipt"},
          {"kept_at", TimeText(line.kept_at)},
          {"call", line.call},
          {"decision_id", line.decision_id},
          {"receipt", ehc::Base64Encode(line.receipt)}};
}

json ToJson(const CheckpointLine& line) {
  return {{"kind", "checkpoint"},
          {"seen_at", TimeText(line.seen_at)},
          {"note", line.note},
          {"consistency", HashesOf(line.consistency)}};
}

json ToJson(const ProofLine& line) {
  return {{"kind", "proof"},
          {"leaf", ehc::Base64Encode(ehc::DigestView(line.leaf))},
          {"index", line.index},
          {"tree_size", line.tree_size},
          {"path", HashesOf(line.path)}};
}

json ToJson(const KeyLine& line) {
  return {{"kind", "key"}, {"seen_at", TimeText(line.seen_at)}, {"note", line.note}};
}

// Reads members of one object; the first that is missing or of another type stays in status().
class Reader {
 public:
  explicit Reader(const json& object) : object_(object) {}

  std::string Text(const char* name) {
    const auto found = object_.find(name);
    if (found != object_.end() && found->is_string()) return found->get<std::string>();
    return Fail<std::string>(name);
  }
  uint64_t Number(const char* name) {
    const auto found = object_.find(name);
    if (found != object_.end() && found->is_number_unsigned()) return found->get<uint64_t>();
    return Fail<uint64_t>(name);
  }
  absl::Time Time(const char* name) {
    absl::Time time;
    std::string error;
    if (absl::ParseTime(absl::RFC3339_full, Text(name), &time, &error)) return time;
    return Fail<absl::Time>(name);
  }
  std::string Bytes(const char* name) {
    const auto bytes = ehc::Base64Decode(Text(name));
    return bytes.ok() ? *bytes : Fail<std::string>(name);
  }
  ehc::Digest Hash(const char* name) { return ToDigest(Text(name), name); }
  std::vector<ehc::Digest> Hashes(const char* name) {
    std::vector<ehc::Digest> hashes;
    const auto found = object_.find(name);
    if (found == object_.end() || !found->is_array()) return Fail<std::vector<ehc::Digest>>(name);
    for (const json& item : *found) {
      hashes.push_back(ToDigest(item.is_string() ? item.get<std::string>() : "", name));
    }
    return hashes;
  }
  const absl::Status& status() const { return status_; }

 private:
  template <typename T>
  T Fail(const char* name) {
    status_.Update(absl::InvalidArgumentError(absl::StrCat("\"", name, "\" is missing or wrong")));
    return T();
  }
  ehc::Digest ToDigest(const std::string& base64, const char* name) {
    const auto bytes = ehc::Base64Decode(base64);
    const auto digest = ehc::DigestFromBytes(bytes.ok() ? *bytes : "");
    return digest.ok() ? *digest : Fail<ehc::Digest>(name);
  }

  const json& object_;
  absl::Status status_;
};

absl::StatusOr<FileLine> FromJson(const json& object) {
  Reader reader(object);
  const std::string kind = reader.Text("kind");
  FileLine line;
  if (kind == "receipt") {
    line = ReceiptLine{reader.Time("kept_at"), reader.Text("call"), reader.Text("decision_id"),
                       reader.Bytes("receipt")};
  } else if (kind == "checkpoint") {
    line =
        CheckpointLine{reader.Time("seen_at"), reader.Text("note"), reader.Hashes("consistency")};
  } else if (kind == "proof") {
    line = ProofLine{reader.Hash("leaf"), reader.Number("index"), reader.Number("tree_size"),
                     reader.Hashes("path")};
  } else if (kind == "key") {
    line = KeyLine{reader.Time("seen_at"), reader.Text("note")};
  } else {
    return absl::InvalidArgumentError("of no known kind");
  }
  EHC_RETURN_IF_ERROR(reader.status());
  return line;
}

// A write cut short by a crash must not spoil the line that follows it.
absl::StatusOr<bool> EndsWithinALine(int fd, const std::string& path) {
  struct stat info;
  if (fstat(fd, &info) != 0) return ehc::ErrnoStatus(errno, "reading", path);
  char last = '\n';
  if (info.st_size > 0 && pread(fd, &last, 1, info.st_size - 1) != 1) {
    return ehc::ErrnoStatus(errno, "reading", path);
  }
  return last != '\n';
}

}  // namespace

std::string FormatLine(const FileLine& line) {
  const json object = std::visit([](const auto& one) { return ToJson(one); }, line);
  return object.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
}

absl::StatusOr<FileLine> ParseLine(absl::string_view text) {
  const json object = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return absl::InvalidArgumentError("not a JSON object");
  return FromJson(object);
}

absl::Status ReceiptFile::Append(const FileLine& line) const {
  if (path_.empty()) return absl::OkStatus();
  const ehc::UniqueFd fd(open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.valid()) return ehc::ErrnoStatus(errno, "opening", path_);
  EHC_ASSIGN_OR_RETURN(const bool torn, EndsWithinALine(fd.get(), path_));
  const std::string text = absl::StrCat(torn ? "\n" : "", FormatLine(line));
  EHC_RETURN_IF_ERROR(ehc::WriteFully(fd.get(), text, path_));
  if (sync_ && fdatasync(fd.get()) != 0) return ehc::ErrnoStatus(errno, "syncing", path_);
  return absl::OkStatus();
}

absl::StatusOr<FileLock> FileLock::Take(const std::string& path) {
  ehc::UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.valid()) return ehc::ErrnoStatus(errno, "opening", path);
  while (flock(fd.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return ehc::ErrnoStatus(errno, "locking", path);
  }
  return FileLock(std::move(fd));
}

}  // namespace ehchub::internal
