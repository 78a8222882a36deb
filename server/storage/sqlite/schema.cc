#include "server/storage/sqlite/schema.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

constexpr int64_t kApplicationId = 0x45484331;  // "EHC1"

// docs/formats/store.md describes every table. Custodian 0 is the hub itself; subject -1 is the
// decoy whose dossier is opened for children that the hub does not know.
constexpr char kTables[] = R"sql(
CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE counter (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counter VALUES ('matter', 1), ('record', 1), ('subject', 1);

CREATE TABLE agency (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, value BLOB);
CREATE TABLE credential (fingerprint TEXT PRIMARY KEY, agency INTEGER NOT NULL,
                         value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE policy (number INTEGER PRIMARY KEY AUTOINCREMENT, revision TEXT NOT NULL,
                     canonical BLOB NOT NULL);
CREATE TABLE policy_paper (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE kek (number INTEGER PRIMARY KEY AUTOINCREMENT, custodian INTEGER NOT NULL,
                  epoch INTEGER NOT NULL, wrapped BLOB NOT NULL, UNIQUE (custodian, epoch));
CREATE TABLE data_key (number INTEGER PRIMARY KEY AUTOINCREMENT, subject INTEGER NOT NULL,
                       custodian INTEGER NOT NULL, class TEXT NOT NULL, kek INTEGER NOT NULL,
                       wrapped BLOB NOT NULL, UNIQUE (subject, custodian, class));
CREATE TABLE dossier_key (subject INTEGER PRIMARY KEY, kek INTEGER NOT NULL,
                          wrapped BLOB NOT NULL);
CREATE TABLE audit_key (subject INTEGER PRIMARY KEY, generation INTEGER NOT NULL,
                        kek INTEGER NOT NULL, wrapped BLOB);
CREATE TABLE denial_key (day INTEGER PRIMARY KEY, wrapped BLOB NOT NULL);

CREATE TABLE identifier (digest BLOB PRIMARY KEY, subject INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE dossier (subject INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE joined (member INTEGER PRIMARY KEY, root INTEGER NOT NULL);
CREATE INDEX joined_by_root ON joined (root);
CREATE TABLE severed (subject INTEGER PRIMARY KEY);
CREATE TABLE record (number INTEGER PRIMARY KEY, subject INTEGER NOT NULL,
                     custodian INTEGER NOT NULL, type TEXT NOT NULL, local BLOB NOT NULL UNIQUE,
                     version INTEGER NOT NULL, published INTEGER NOT NULL,
                     data_key INTEGER NOT NULL, head BLOB NOT NULL);
CREATE INDEX record_by_subject ON record (subject, type, custodian, published);
CREATE TABLE record_version (place INTEGER PRIMARY KEY, data_key INTEGER NOT NULL,
                             head BLOB NOT NULL);
CREATE TABLE part (place INTEGER PRIMARY KEY, code TEXT NOT NULL, sealed BLOB NOT NULL);

CREATE TABLE request (key BLOB PRIMARY KEY, digest BLOB NOT NULL, resource TEXT NOT NULL,
                      at_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX request_by_age ON request (at_ms);

CREATE TABLE tally (key BLOB PRIMARY KEY, day INTEGER NOT NULL,
                    count INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX tally_by_day ON tally (day);

CREATE TABLE matter (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, opener INTEGER NOT NULL,
                     addressee INTEGER NOT NULL, subject INTEGER NOT NULL,
                     revision INTEGER NOT NULL, open INTEGER NOT NULL, due_ms INTEGER NOT NULL,
                     kek INTEGER NOT NULL, wrapped BLOB, sealed BLOB NOT NULL);
CREATE INDEX matter_by_opener ON matter (opener, kind);
CREATE INDEX matter_by_addressee ON matter (addressee, kind);
CREATE INDEX matter_by_subject ON matter (subject, kind);
CREATE INDEX matter_by_due ON matter (addressee, kind, due_ms) WHERE open = 1;

CREATE TABLE entry (number INTEGER PRIMARY KEY, leaf BLOB NOT NULL, recorded_ms INTEGER NOT NULL,
                    searcher INTEGER NOT NULL, custodian INTEGER, subject INTEGER,
                    denial_day INTEGER, generation INTEGER, opening BLOB NOT NULL, root BLOB);
CREATE TABLE record_change (entry INTEGER NOT NULL, record INTEGER NOT NULL,
                            version INTEGER NOT NULL, subject INTEGER NOT NULL,
                            custodian INTEGER NOT NULL, type TEXT NOT NULL,
                            PRIMARY KEY (entry, record)) WITHOUT ROWID;
CREATE TABLE matter_event (party INTEGER NOT NULL, entry INTEGER NOT NULL, place INTEGER NOT NULL,
                           matter INTEGER NOT NULL, event TEXT NOT NULL,
                           PRIMARY KEY (party, entry, place)) WITHOUT ROWID;
CREATE TABLE erasure (number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE,
                      record BLOB NOT NULL);
CREATE TABLE run (place INTEGER PRIMARY KEY, items BLOB NOT NULL);
CREATE TABLE merged_run (place INTEGER PRIMARY KEY, items BLOB NOT NULL);
CREATE TABLE tile (number INTEGER PRIMARY KEY, leaves BLOB NOT NULL);
CREATE TABLE node (place INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE TABLE cosignature (size INTEGER NOT NULL, key_name TEXT NOT NULL, key_id INTEGER NOT NULL,
                          root BLOB NOT NULL, agency INTEGER NOT NULL, signature BLOB NOT NULL,
                          PRIMARY KEY (size, key_name, key_id)) WITHOUT ROWID;
)sql";

}  // namespace

absl::Status CreateSchema(Database& writer, int page_size) {
  EHC_RETURN_IF_ERROR(writer.Execute(absl::StrCat("PRAGMA page_size = ", page_size).c_str()));
  EHC_RETURN_IF_ERROR(writer.Execute("PRAGMA journal_mode = WAL"));
  EHC_RETURN_IF_ERROR(writer.Execute("BEGIN IMMEDIATE"));
  return writer.Execute(kTables);
}

absl::Status FinishSchema(Database& writer) {
  const std::string marks = absl::StrCat("PRAGMA application_id = ", kApplicationId,
                                         "; PRAGMA user_version = ", kSchemaVersion);
  EHC_RETURN_IF_ERROR(writer.Execute(marks.c_str()));
  return writer.Execute("COMMIT");
}

absl::Status CheckSchema(Database& writer) {
  EHC_ASSIGN_OR_RETURN(const int64_t application, writer.QueryInteger("PRAGMA application_id"));
  EHC_ASSIGN_OR_RETURN(const int64_t version, writer.QueryInteger("PRAGMA user_version"));
  if (application != kApplicationId) {
    return absl::FailedPreconditionError(
        "store: the file holds no EHC store, or its creation was cut short; remove it and its key "
        "file and initialise again");
  }
  if (version != kSchemaVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("store: the file has schema version ", version, ", this program reads ",
                     kSchemaVersion, "; use the program that goes with the file"));
  }
  return absl::OkStatus();
}

}  // namespace ehc
