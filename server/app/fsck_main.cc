// ehc-fsck: checks a stopped hub's store, log and keys, and never writes. docs/operations/log.md.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/app/data_folder.h"
#include "server/app/log_keys.h"
#include "server/audit/entry.h"
#include "server/base/fs.h"
#include "server/storage/sqlite/store_check.h"

namespace ehc {
namespace {

constexpr int kSound = 0;
constexpr int kUnsound = 1;
constexpr int kCouldNotCheck = 2;
constexpr int kUsage = 64;
constexpr size_t kMaxNote = 64 * 1024;

absl::Status CheckOpening(const Digest& leaf, absl::string_view bytes) {
  const absl::StatusOr<Opening> opening = Opening::Parse(bytes);
  if (!opening.ok()) return opening.status();
  if (opening->LeafHash() == leaf) return absl::OkStatus();
  return absl::DataLossError("the opening is of another leaf");
}

// The head that the hub kept last, if one of its keys signed it.
std::optional<Checkpoint> KeptHead(const std::string& note, const CheckpointKeys& keys) {
  std::vector<NoteVerifier> known = keys.retired;
  for (const NoteSigner& signer : keys.signers) known.push_back(signer.verifier());
  for (const NoteVerifier& key : known) {
    const absl::StatusOr<Checkpoint> head = OpenCheckpoint(note, key);
    if (head.ok()) return *head;
  }
  return std::nullopt;
}

// What the public files of the folder say, against its keys.
void CheckKeyFiles(const std::string& folder, const std::string& log_id, StoreCheckReport& report,
                   std::optional<CheckpointKeys>* keys) {
  absl::StatusOr<CheckpointKeys> loaded = LoadCheckpointKeys(folder, log_id);
  if (!loaded.ok()) return report.Find("log.key", loaded.status().message());
  const auto vkey = ReadFile(InFolder(folder, "log.vkey"), kMaxNote);
  if (!vkey.ok() ||
      absl::StripAsciiWhitespace(*vkey) != loaded->signers.back().verifier().Encode()) {
    report.Find("log.vkey", "is not the verifier key of log.key");
  }
  const auto promise = SigningKey::FromPemFile(InFolder(folder, "promise.key"));
  const auto pem = ReadFile(InFolder(folder, "promise.pub.pem"), kMaxNote);
  if (!promise.ok()) {
    report.Find("promise.key", promise.status().message());
  } else if (!pem.ok() || *pem != promise->PublicPem()) {
    report.Find("promise.pub.pem", "is not the public half of promise.key");
  }
  *keys = *std::move(loaded);
}

void CheckHead(const std::optional<Checkpoint>& head, StoreCheckReport& report) {
  if (!head.has_value()) return report.Find("log.head", "is missing, or not signed by this log");
  const int64_t size = static_cast<int64_t>(head->size);
  const auto root = report.roots.find(size);
  if (root == report.roots.end()) {
    return report.Find("log.head", absl::StrCat("says ", size, " entries, and the log holds ",
                                                report.head.size, ": entries are missing"));
  }
  if (root->second != head->root) {
    report.Find("log.head", absl::StrCat("is of another log than these ", size, " entries"));
  }
}

void ShowProgress(const char* table, int64_t done) {
  static const bool shown = ::isatty(STDERR_FILENO) != 0;
  if (shown) std::cerr << "\r" << table << " " << done << "\033[K" << std::flush;
}

int Print(const StoreCheckReport& report) {
  if (::isatty(STDERR_FILENO) != 0) std::cerr << "\r\033[K";
  std::cout << report.log_id << ": " << report.head.size << " entries\n";
  for (const auto& [table, rows] : report.rows) std::cout << "  " << table << " " << rows << "\n";
  std::cout << "  erased " << report.erased << "\n";
  if (!report.has_journal) std::cout << "  no journal of erasures to hold them against\n";
  if (report.to_replay > 0) {
    std::cout << "  erased since this copy was made, and again at the next start: "
              << report.to_replay << "\n";
  }
  if (report.sound()) {
    std::cout << "sound\n";
    return kSound;
  }
  if (report.first_bad_entry.has_value()) {
    std::cout << "first bad entry: " << *report.first_bad_entry << "\n";
  }
  for (const StoreFinding& one : report.findings) {
    std::cout << one.where << ": " << one.what << "\n";
  }
  if (report.more_findings > 0) std::cout << "and " << report.more_findings << " more\n";
  std::cout << "NOT SOUND: restore a copy; do not start a hub on this one\n";
  return kUnsound;
}

int Run(const std::string& folder, const std::string& erasure_journal) {
  StoreCheckOptions options;
  options.path = InFolder(folder, "hub.db");
  options.key_file = InFolder(folder, "store.key");
  options.erasure_journal = erasure_journal;
  options.check_opening = CheckOpening;
  options.progress = ShowProgress;
  // Whose signature the head bears is seen once the store has told the log's id.
  const auto note = ReadFile(InFolder(folder, "log.head"), kMaxNote);
  if (note.ok()) {
    const auto parsed = ParseSignedNote(*note);
    const auto head = parsed.ok() ? ParseCheckpoint(parsed->text) : parsed.status();
    if (head.ok()) options.roots_at.push_back(static_cast<int64_t>(head->size));
  }
  absl::StatusOr<StoreCheckReport> report = CheckSqliteStore(options);
  if (!report.ok()) {
    std::cerr << "ehc-fsck: " << report.status().message() << "\n";
    return kCouldNotCheck;
  }
  std::optional<CheckpointKeys> keys;
  CheckKeyFiles(folder, report->log_id, *report, &keys);
  if (keys.has_value()) {
    CheckHead(note.ok() ? KeptHead(*note, *keys) : std::nullopt, *report);
  }
  return Print(*report);
}

}  // namespace
}  // namespace ehc

int main(int argc, char** argv) {
  CLI::App app("ehc-fsck: checks a stopped hub's store, log and keys; never writes");
  std::string folder;
  app.add_option("--data", folder, "the hub's data folder")->required();
  std::string erasure_journal;
  app.add_option("--erasure-journal", erasure_journal,
                 "the journal of erasures; otherwise hub.db.erasures in --data");
  app.footer("Exit status: 0 sound; 1 not sound; 2 could not be checked; 64 wrong usage.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return ehc::kUsage;
  }
  return ehc::Run(folder, erasure_journal);
}
