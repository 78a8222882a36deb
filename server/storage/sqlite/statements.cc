#include "server/storage/sqlite/statements.h"

namespace ehc {

// CROSS JOIN keeps SQLite to the order written: from the row that names the key to the key.
absl::string_view SqlText(Sql sql) {
  switch (sql) {
    case Sql::kBeginRead: return "BEGIN";
    case Sql::kBeginWrite: return "BEGIN IMMEDIATE";
    case Sql::kCommit: return "COMMIT";
    case Sql::kRollback: return "ROLLBACK";
    case Sql::kSavepoint: return "SAVEPOINT one";
    case Sql::kRelease: return "RELEASE one";
    case Sql::kRollbackToSavepoint: return "ROLLBACK TO one";

    case Sql::kFindSubject: return "SELECT subject FROM identifier WHERE digest = ?";
    case Sql::kFindRoot: return "SELECT root FROM joined WHERE member = ?";
    case Sql::kListMembers: return "SELECT member FROM joined WHERE root = ? ORDER BY member";
    case Sql::kReadDossier:
      return "SELECT d.sealed, k.kek, k.wrapped FROM dossier_key k"
             " CROSS JOIN dossier d ON d.subject = k.subject WHERE k.subject = ?";
    case Sql::kListDossiers:
      return "SELECT k.subject, d.sealed, k.kek, k.wrapped FROM dossier_key k"
             " CROSS JOIN dossier d ON d.subject = k.subject"
             " WHERE k.subject > ? ORDER BY k.subject LIMIT ?";
    case Sql::kFindRecord:
      return "SELECT r.number, r.version, r.head, k.number, k.kek, k.wrapped, r.custodian"
             " FROM record r CROSS JOIN data_key k ON k.number = r.data_key"
             " WHERE r.subject = ? AND r.type = ? AND r.custodian = ?"
             " ORDER BY r.published DESC, r.number DESC LIMIT 1";
    case Sql::kFindRecordByLocalId:
      return "SELECT r.number, r.version, r.head, k.number, k.kek, k.wrapped, r.custodian"
             " FROM record r CROSS JOIN data_key k ON k.number = r.data_key"
             " WHERE r.local = ? AND r.subject = ?";
    case Sql::kFindRecordByNumber:
      return "SELECT r.number, r.version, r.head, k.number, k.kek, k.wrapped, r.custodian,"
             " r.subject, r.type FROM record r CROSS JOIN data_key k ON k.number = r.data_key"
             " WHERE r.number = ?";
    case Sql::kListRecords:
      return "SELECT r.number, r.version, r.head, k.number, k.kek, k.wrapped, r.custodian"
             " FROM record r CROSS JOIN data_key k ON k.number = r.data_key"
             " WHERE r.subject = ? AND r.type = ? ORDER BY r.custodian, r.published, r.number";
    case Sql::kListRecordsOf:
      return "SELECT r.number, r.version, r.head, k.number, k.kek, k.wrapped, r.custodian,"
             " r.subject, r.type FROM record r CROSS JOIN data_key k ON k.number = r.data_key"
             " WHERE r.custodian = ? AND r.number > ? ORDER BY r.number LIMIT ?";
    case Sql::kFindVersionKey:
      return "SELECT k.number, k.kek, k.wrapped, k.custodian, k.class FROM record_version v"
             " CROSS JOIN data_key k ON k.number = v.data_key WHERE v.place = ?";
    case Sql::kReadParts: return "SELECT code, sealed FROM part WHERE place >= ? AND place < ?";

    case Sql::kListRecordChanges:
      return "SELECT c.entry, c.record, c.version, c.subject, c.custodian, c.type, e.recorded_ms"
             " FROM record_change c CROSS JOIN entry e ON e.number = c.entry"
             " WHERE c.entry > ? ORDER BY c.entry, c.record LIMIT ?";
    case Sql::kListMatterEvents:
      return "SELECT v.entry, v.matter, m.kind, m.subject, v.event, e.recorded_ms"
             " FROM matter_event v CROSS JOIN entry e ON e.number = v.entry"
             " CROSS JOIN matter m ON m.number = v.matter"
             " WHERE v.party = ? AND v.entry > ? ORDER BY v.entry, v.place LIMIT ?";

    case Sql::kFindRequest:
      return "SELECT digest, resource FROM request WHERE key = ? AND at_ms >= ?";
    case Sql::kReadTally: return "SELECT count FROM tally WHERE key = ?";
    case Sql::kFindMatter:
      return "SELECT number, kind, opener, addressee, subject, revision, "
             "open, due_ms, kek, wrapped, sealed"
             " FROM matter WHERE number = ? AND wrapped IS NOT NULL"
             " AND NOT EXISTS (SELECT 1 FROM severed s WHERE s.subject = matter.subject)";
    case Sql::kMattersOfOpener:
      return "SELECT number, kind, opener, addressee, subject, revision, "
             "open, due_ms, kek, wrapped, sealed"
             " FROM matter WHERE opener = ? AND kind = ? AND number > ? AND open >= ?"
             " AND wrapped IS NOT NULL"
             " AND NOT EXISTS (SELECT 1 FROM severed s WHERE s.subject = matter.subject)"
             " ORDER BY number LIMIT ?";
    case Sql::kMattersOfAddressee:
      return "SELECT number, kind, opener, addressee, subject, revision, "
             "open, due_ms, kek, wrapped, sealed"
             " FROM matter WHERE addressee = ? AND kind = ? AND number > ? AND open >= ?"
             " AND wrapped IS NOT NULL"
             " AND NOT EXISTS (SELECT 1 FROM severed s WHERE s.subject = matter.subject)"
             " ORDER BY number LIMIT ?";
    case Sql::kMattersOfSubject:
      return "SELECT number, kind, opener, addressee, subject, revision, "
             "open, due_ms, kek, wrapped, sealed"
             " FROM matter WHERE subject = ? AND kind = ? AND number > ? AND open >= ?"
             " AND wrapped IS NOT NULL"
             " AND NOT EXISTS (SELECT 1 FROM severed s WHERE s.subject = matter.subject)"
             " ORDER BY number LIMIT ?";
    case Sql::kMattersDue:
      return "SELECT number, kind, opener, addressee, subject, revision, "
             "open, due_ms, kek, wrapped, sealed"
             " FROM matter WHERE addressee = ? AND kind = ? AND open = 1 AND due_ms < ?"
             " AND wrapped IS NOT NULL"
             " AND NOT EXISTS (SELECT 1 FROM severed s WHERE s.subject = matter.subject)"
             " ORDER BY due_ms, number LIMIT ?";
    case Sql::kListAgencies: return "SELECT value FROM agency WHERE value IS NOT NULL ORDER BY id";
    case Sql::kListCredentials:
      return "SELECT fingerprint, agency, value FROM credential ORDER BY fingerprint";
    case Sql::kActivePolicy:
      return "SELECT revision, canonical FROM policy ORDER BY number DESC LIMIT 1";
    case Sql::kListPolicyPapers: return "SELECT name, sealed FROM policy_paper ORDER BY name";
    case Sql::kReadRun: return "SELECT items FROM run WHERE place = ?";
    case Sql::kReadMergedRun: return "SELECT items FROM merged_run WHERE place = ?";
    case Sql::kReadTile: return "SELECT leaves FROM tile WHERE number = ?";
    case Sql::kListCosignatures:
      return "SELECT size, root, agency, key_name, key_id, signature FROM cosignature"
             " ORDER BY size, key_name, key_id";
    case Sql::kReadLeaf: return "SELECT leaf FROM entry WHERE number = ?";
    case Sql::kFindLeafAfter:
      return "SELECT number FROM entry WHERE number >= ? AND number < ? AND leaf = ?"
             " ORDER BY number LIMIT 1";
    case Sql::kReadEntryKeys:
      return "SELECT leaf, searcher, custodian, subject FROM entry WHERE number >= ?"
             " ORDER BY number";
    case Sql::kReadLeaves:
      return "SELECT leaf FROM entry WHERE number >= ? AND number < ? ORDER BY number";
    case Sql::kReadNodes:
      return "SELECT hash FROM node WHERE place >= ? AND place < ? ORDER BY place";

    case Sql::kFindDataKey:
      return "SELECT number, kek, wrapped FROM data_key"
             " WHERE subject = ? AND custodian = ? AND class = ?";
    case Sql::kFindDossierKey: return "SELECT kek, wrapped FROM dossier_key WHERE subject = ?";
    case Sql::kFindAuditKey:
      return "SELECT generation, kek, wrapped FROM audit_key WHERE subject = ?";
    case Sql::kFindDenialKey: return "SELECT wrapped FROM denial_key WHERE day = ?";
    case Sql::kListKeyEncryptionKeys:
      return "SELECT number, custodian, epoch, wrapped FROM kek ORDER BY custodian, epoch";
    // A key is wrapped under a binding that names its number, so it gets the number first.
    case Sql::kAddDataKey:
      return "INSERT INTO data_key (subject, custodian, class, kek, wrapped)"
             " VALUES (?, ?, ?, ?, x'') RETURNING number";
    case Sql::kSetDataKey: return "UPDATE data_key SET wrapped = ? WHERE number = ?";
    case Sql::kPutDossierKey:
      return "INSERT INTO dossier_key (subject, kek, wrapped) VALUES (?, ?, ?)";
    case Sql::kPutAuditKey:
      return "INSERT OR REPLACE INTO audit_key (subject, generation, kek, wrapped)"
             " VALUES (?, ?, ?, ?)";
    case Sql::kAddDenialKey: return "INSERT INTO denial_key (day, wrapped) VALUES (?, ?)";
    case Sql::kAddKeyEncryptionKey:
      return "INSERT INTO kek (custodian, epoch, wrapped) VALUES (?, ?, x'') RETURNING number";
    case Sql::kSetKeyEncryptionKey: return "UPDATE kek SET wrapped = ? WHERE number = ?";
    case Sql::kDestroyDataKey:
      return "DELETE FROM data_key WHERE subject = ? AND custodian = ? AND class = ?";
    case Sql::kDestroyDossierKey: return "DELETE FROM dossier_key WHERE subject = ?";
    case Sql::kDestroyAuditKey: return "UPDATE audit_key SET wrapped = NULL WHERE subject = ?";
    case Sql::kDestroyMatterKeys: return "UPDATE matter SET wrapped = NULL WHERE subject = ?";
    case Sql::kDestroyDenialKeys: return "DELETE FROM denial_key WHERE day < ?";

    case Sql::kListAgencyNumbers: return "SELECT number, id FROM agency";
    case Sql::kAddAgencyNumber: return "INSERT INTO agency (id) VALUES (?) RETURNING number";
    case Sql::kPutAgency: return "UPDATE agency SET value = ? WHERE number = ?";
    case Sql::kPutCredential:
      return "INSERT OR REPLACE INTO credential (fingerprint, agency, value) VALUES (?, ?, ?)";
    case Sql::kPutDossier: return "INSERT OR REPLACE INTO dossier (subject, sealed) VALUES (?, ?)";
    case Sql::kBindIdentifier:
      return "INSERT OR REPLACE INTO identifier (digest, subject) VALUES (?, ?)";
    case Sql::kFindVersion: return "SELECT version FROM record WHERE number = ?";
    case Sql::kPutRecord:
      return "INSERT INTO record"
             " (number, subject, custodian, type, local, version, published, data_key, head)"
             " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET"
             " version = excluded.version, published = excluded.published,"
             " local = excluded.local, data_key = excluded.data_key, head = excluded.head"
             " WHERE subject = excluded.subject AND (local = excluded.local OR ?)"
             " RETURNING number";
    case Sql::kAddRecordVersion:
      return "INSERT INTO record_version (place, data_key, head) VALUES (?, ?, ?)";
    case Sql::kAddPart: return "INSERT INTO part (place, code, sealed) VALUES (?, ?, ?)";
    case Sql::kPutJoin: return "INSERT INTO joined (member, root) VALUES (?, ?)";
    case Sql::kRemoveJoin: return "DELETE FROM joined WHERE member = ?";
    case Sql::kPutSevered: return "INSERT OR IGNORE INTO severed (subject) VALUES (?)";
    case Sql::kDropSevered: return "DELETE FROM severed WHERE subject = ?";
    case Sql::kForgetRequests:
      return "DELETE FROM request WHERE key IN"
             " (SELECT key FROM request WHERE at_ms < ? ORDER BY at_ms LIMIT 8)";
    case Sql::kPutRequest:
      return "INSERT INTO request (key, digest, resource, at_ms) VALUES (?, ?, ?, ?)"
             " ON CONFLICT (key) DO UPDATE SET digest = excluded.digest,"
             " resource = excluded.resource, at_ms = excluded.at_ms WHERE at_ms < ?"
             " RETURNING at_ms";
    case Sql::kForgetTallies:
      return "DELETE FROM tally WHERE key IN"
             " (SELECT key FROM tally WHERE day < ? ORDER BY day LIMIT 8)";
    case Sql::kAddToTally:
      return "INSERT INTO tally (key, day, count) VALUES (?, ?, 1)"
             " ON CONFLICT (key) DO UPDATE SET count = count + 1 WHERE count < ? RETURNING count";
    case Sql::kAddPolicy: return "INSERT INTO policy (revision, canonical) VALUES (?, ?)";
    case Sql::kPutPolicyPaper:
      return "INSERT OR REPLACE INTO policy_paper (name, sealed) VALUES (?, ?)";
    case Sql::kRemovePolicyPaper: return "DELETE FROM policy_paper WHERE name = ?";
    case Sql::kAddMatter:
      return "INSERT INTO matter (number, kind, opener, addressee, subject, revision, open, due_ms,"
             " kek, wrapped, sealed) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)";
    case Sql::kPutMatter:
      return "UPDATE matter SET revision = ?, open = ?, due_ms = ?, sealed = ? WHERE number = ?";
    case Sql::kReserveNumbers:
      return "UPDATE counter SET next = next + ? WHERE name = ? RETURNING next";
    case Sql::kListErasures:
      return "SELECT number, record FROM erasure WHERE number > ? ORDER BY number";
    case Sql::kAddErasure: return "INSERT INTO erasure (id, record) VALUES (?, ?)";
    case Sql::kAddEntry:
      return "INSERT INTO entry (number, leaf, recorded_ms, searcher, custodian, subject,"
             " denial_day, generation, opening, root) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    case Sql::kAddRecordChange:
      return "INSERT INTO record_change (entry, record, version, subject, custodian, type)"
             " VALUES (?, ?, ?, ?, ?, ?)";
    case Sql::kAddMatterEvent:
      return "INSERT INTO matter_event (party, entry, place, matter, event)"
             " VALUES (?, ?, ?, ?, ?)";
    case Sql::kAddNode: return "INSERT INTO node (place, hash) VALUES (?, ?)";
    case Sql::kAddRun: return "INSERT INTO run (place, items) VALUES (?, ?)";
    case Sql::kAddMergedRun: return "INSERT INTO merged_run (place, items) VALUES (?, ?)";
    case Sql::kAddTile: return "INSERT INTO tile (number, leaves) VALUES (?, ?)";
    case Sql::kPutCosignature:
      return "INSERT OR REPLACE INTO cosignature (size, root, agency, key_name, key_id, signature)"
             " VALUES (?, ?, ?, ?, ?, ?)";
    case Sql::kForgetCosignatures: return "DELETE FROM cosignature WHERE size < ?";
    case Sql::kForgetOwnCosignatures:
      return "DELETE FROM cosignature WHERE size < ? AND agency = ?";
    case Sql::kLastEntry: return "SELECT number, root FROM entry ORDER BY number DESC LIMIT 1";
  }
  return "";
}

}  // namespace ehc
