// Erasures: what the store remembers of them, what the journal beside it says, and whether what
// they destroyed is gone.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/erasure_journal.h"
#include "server/storage/sqlite/agency_directory.h"
#include "server/storage/sqlite/check_parts.h"
#include "server/storage/sqlite/key_destroyer.h"

namespace ehc {
namespace {

using store::v1::DestroyedKeys;
using store::v1::ErasureRecord;

constexpr size_t kIdSize = 16;
// Between the moment that an erasure states and that of its entry.
constexpr int64_t kCommitMillis = 60 * 1000;

class ErasureCheck {
 public:
  explicit ErasureCheck(const CheckContext& context) : context_(context) {}

  absl::Status Run() {
    EHC_RETURN_IF_ERROR(agencies_.Load(context_.database));
    EHC_RETURN_IF_ERROR(ReadRows());
    EHC_RETURN_IF_ERROR(CheckJournal());
    for (const Row& row : rows_) {
      for (const DestroyedKeys& note : row.record.destroyed()) {
        EHC_RETURN_IF_ERROR(CheckGone(row, note));
      }
    }
    return absl::OkStatus();
  }

 private:
  struct Row {
    int64_t number = 0;
    std::string bytes;
    ErasureRecord record;
  };

  absl::Status ReadRows() {
    return ForEachRow(context_, "erasure", "SELECT number, id, record FROM erasure ORDER BY number",
                      [this](Query& query) {
                        Row row{query.Integer(0), std::string(query.Blob(2)), {}};
                        if (row.record.ParseFromString(row.bytes) &&
                            row.record.id() == query.Blob(1) && row.record.id().size() == kIdSize) {
                          rows_.push_back(std::move(row));
                        } else {
                          context_.report.Find(absl::StrCat("erasure ", row.number),
                                               "is malformed, or of another id");
                        }
                      });
  }

  // The first entry that is not older than the erasure: its own, or one of the same commit.
  absl::Status Bad(const ErasureRecord& record, const std::string& what) {
    EHC_ASSIGN_OR_RETURN(
        const int64_t entry,
        context_.database.QueryInteger(
            absl::StrCat("SELECT ifnull((SELECT number FROM entry WHERE recorded_ms >= ",
                         record.at_ms(), " ORDER BY number LIMIT 1), -1)")
                .c_str()));
    if (entry < 0) {
      context_.report.Find("erasure", what);
    } else {
      context_.report.FindEntry(entry, what);
    }
    return absl::OkStatus();
  }

  absl::Status CheckJournal() {
    const std::string& given = context_.options.erasure_journal;
    const std::string path =
        given.empty() ? absl::StrCat(context_.options.path, ".erasures") : given;
    const absl::StatusOr<ErasureJournal> journal =
        ErasureJournal::OpenUntouched(path, context_.root.DerivedKey("erasure journal"));
    if (absl::IsNotFound(journal.status()) && given.empty()) return absl::OkStatus();
    if (!journal.ok()) {
      context_.report.Find("erasure journal", journal.status().message());
      return absl::OkStatus();
    }
    context_.report.has_journal = true;
    std::map<std::string, std::string> known;
    for (const ErasureRecord& record : journal->records()) {
      known[record.id()] = record.SerializeAsString();
    }
    EHC_RETURN_IF_ERROR(CheckRowsAgainst(known));
    return CheckMissing(journal->records());
  }

  // After a crash the journal may lack the newest ones: a start writes them. It lacks none before
  // one that it has.
  absl::Status CheckRowsAgainst(const std::map<std::string, std::string>& known) {
    bool later_is_known = false;
    for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
      const auto found = known.find(row->record.id());
      const bool is_known = found != known.end();
      if (is_known && found->second != row->bytes) {
        EHC_RETURN_IF_ERROR(Bad(
            row->record, absl::StrCat("erasure ", row->number, " is not what the journal says")));
      }
      if (!is_known && later_is_known) {
        EHC_RETURN_IF_ERROR(Bad(row->record, absl::StrCat("erasure ", row->number,
                                                          " is not in the journal, and one after "
                                                          "it is")));
      }
      later_is_known |= is_known;
    }
    return absl::OkStatus();
  }

  // What the journal alone has was erased after this copy was made, or its row was taken away.
  absl::Status CheckMissing(const std::vector<ErasureRecord>& records) {
    EHC_ASSIGN_OR_RETURN(const int64_t newest,
                         context_.database.QueryInteger(
                             "SELECT ifnull((SELECT recorded_ms FROM entry ORDER BY number DESC"
                             " LIMIT 1), -1)"));
    for (const ErasureRecord& record : records) {
      const bool is_here = std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) {
        return row.record.id() == record.id();
      });
      if (is_here) continue;
      if (record.at_ms() + kCommitMillis >= newest) {
        ++context_.report.to_replay;
        continue;
      }
      EHC_RETURN_IF_ERROR(Bad(record,
                              "the journal has an erasure of that time, and the store does not: "
                              "its row was taken away"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckGone(const Row& row, const DestroyedKeys& note) {
    const KeyDestroyer destroyer(context_.keys, agencies_, context_.database);
    const absl::StatusOr<bool> is_there = destroyer.IsThere(note);
    if (!is_there.ok() || !*is_there)
      return absl::OkStatus();  // what does not unwrap is found as such
    const std::string what =
        absl::StrCat("erasure ", row.number, " destroyed a key that is there again: kind ",
                     static_cast<int>(note.kind()));
    if (note.kind() != store::v1::DESTROYED_KIND_OPENINGS) return Bad(row.record, what);
    EHC_ASSIGN_OR_RETURN(
        const int64_t entry,
        context_.database.QueryInteger(
            absl::StrCat("SELECT ifnull(min(number), -1) FROM entry WHERE denial_day IS NULL"
                         " AND subject = ",
                         note.subject())
                .c_str()));
    if (entry < 0) return Bad(row.record, what);
    context_.report.FindEntry(entry, what);
    return absl::OkStatus();
  }

  const CheckContext& context_;
  AgencyDirectory agencies_;
  std::vector<Row> rows_;
};

}  // namespace

absl::Status CheckErasureRows(const CheckContext& context) { return ErasureCheck(context).Run(); }

}  // namespace ehc
