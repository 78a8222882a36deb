#ifndef EHC_SERVER_STORAGE_SQLITE_STATEMENTS_H_
#define EHC_SERVER_STORAGE_SQLITE_STATEMENTS_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace ehc {

// Every statement that runs often; each connection prepares those it uses once.
enum class Sql {
  // Transactions.
  kBeginRead,
  kBeginWrite,
  kCommit,
  kRollback,
  kSavepoint,
  kRelease,
  kRollbackToSavepoint,
  // A child and its records.
  kFindSubject,
  kFindRoot,
  kListMembers,
  kReadDossier,
  kListDossiers,
  kFindRecord,
  kFindRecordByLocalId,
  kFindRecordByNumber,
  kListRecords,
  kListRecordsOf,
  kFindVersionKey,
  kReadParts,
  kListRecordChanges,
  kListMatterEvents,
  // Everything else that is read.
  kFindRequest,
  kReadTally,
  kFindMatter,
  kMattersOfOpener,
  kMattersOfAddressee,
  kMattersOfSubject,
  kMattersDue,
  kListAgencies,
  kListCredentials,
  kActivePolicy,
  kListPolicyPapers,
  kReadRun,
  kReadMergedRun,
  kReadTile,
  kListCosignatures,
  kReadLeaf,
  kFindLeafAfter,
  kReadEntryKeys,
  kReadLeaves,
  kReadNodes,
  // Keys.
  kFindDataKey,
  kFindDossierKey,
  kFindAuditKey,
  kFindDenialKey,
  kListKeyEncryptionKeys,
  kAddDataKey,
  kSetDataKey,
  kPutDossierKey,
  kPutAuditKey,
  kAddDenialKey,
  kAddKeyEncryptionKey,
  kSetKeyEncryptionKey,
  kDestroyDataKey,
  kDestroyDossierKey,
  kDestroyAuditKey,
  kDestroyMatterKeys,
  kDestroyDenialKeys,
  // Changes.
  kListAgencyNumbers,
  kAddAgencyNumber,
  kPutAgency,
  kPutCredential,
  kPutDossier,
  kBindIdentifier,
  kFindVersion,
  kPutRecord,
  kAddRecordVersion,
  kAddPart,
  kPutJoin,
  kRemoveJoin,
  kPutSevered,
  kDropSevered,
  kForgetRequests,
  kPutRequest,
  kForgetTallies,
  kAddToTally,
  kAddPolicy,
  kPutPolicyPaper,
  kRemovePolicyPaper,
  kAddMatter,
  kPutMatter,
  kReserveNumbers,
  kListErasures,
  kAddErasure,
  kAddEntry,
  kAddRecordChange,
  kAddMatterEvent,
  kAddNode,
  kAddRun,
  kAddMergedRun,
  kAddTile,
  kPutCosignature,
  kForgetCosignatures,
  kForgetOwnCosignatures,
  kLastEntry,
};

inline constexpr size_t kSqlCount = static_cast<size_t>(Sql::kLastEntry) + 1;

absl::string_view SqlText(Sql sql);

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_STATEMENTS_H_
