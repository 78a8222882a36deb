// A stage is made by its one friend and by nobody else; is never kept for a second use; passes for
// no other; and its call does not move into another's.
#include "server/model/stages.h"

#include <memory>
#include <utility>
#include <vector>

#include "server/model/record.h"
#include "server/redaction/redactor.h"

namespace ehc {

using File = std::unique_ptr<CaseFile>;
using LoadedRecord = Loaded<Record>;
using RedactedRecord = Redacted<Record>;
using AccountedRecord = Accounted<Record>;
using PlannedRecord = Planned<Record>;
using AuditedRecord = Audited<Record>;

Redacted<Record> Proper(Decided& decided, Decided& other, Loaded<Record>& loaded) {
  decided = std::move(other);
  return Redactor::Redact(std::move(loaded));
}

#ifndef EHC_COMPILE_OK
// clang-format off
void Made(File f) {
  Caller(AgencyId("x"), "", "", "", {}, 0, true);                             // refused: private
  (void)Call(std::move(f));                                              // refused: protected
  (void)Informed(std::move(f));                                          // refused: protected
  (void)Decided(std::move(f));                                           // refused: protected
  (void)LoadedRecord(std::move(f), Record{});                            // refused: private
  (void)RedactedRecord(std::move(f), Record{}, Release{});               // refused: private
  (void)AccountedRecord(std::move(f), Record{}, Release{}, {});          // refused: private
  (void)PlannedRecord(std::move(f), Record{}, {}, Release{});            // refused: private
  (void)AuditedRecord(std::move(f), Record{}, Release{}, EntryProof{});  // refused: private
  (void)AuditedDenial(std::move(f), Refusal{});                          // refused: private
}

Caller Copied(Caller& kept) { return kept; }                             // refused: deleted
Call Copied(Call& kept) { return kept; }                                 // refused: deleted
Informed Copied(Informed& kept) { return kept; }                         // refused: deleted
Decided Copied(Decided& kept) { return kept; }                           // refused: deleted
LoadedRecord Copied(LoadedRecord& kept) { return kept; }                 // refused: deleted
RedactedRecord Copied(RedactedRecord& kept) { return kept; }             // refused: deleted
AccountedRecord Copied(AccountedRecord& kept) { return kept; }           // refused: deleted
PlannedRecord Copied(PlannedRecord& kept) { return kept; }               // refused: deleted
AuditedRecord Copied(AuditedRecord& kept) { return kept; }               // refused: deleted
AuditedDenial Copied(AuditedDenial& kept) { return kept; }               // refused: deleted

struct LikeCall : Call {};                                               // refused: final
struct LikeInformed : Informed {};                                       // refused: final
struct LikeDecided : Decided {};                                         // refused: final
struct LikeLoaded : LoadedRecord {};                                     // refused: final
struct LikeRedacted : RedactedRecord {};                                 // refused: final
struct LikeAccounted : AccountedRecord {};                               // refused: final
struct LikePlanned : PlannedRecord {};                                   // refused: final
struct LikeAudited : AuditedRecord {};                                   // refused: final
struct LikeDenial : AuditedDenial {};                                    // refused: final

void Swapped(Stage& denied, Stage& call) { denied = std::move(call); }   // refused: protected
RedactedRecord Kept(LoadedRecord& kept) { return Redactor::Redact(kept); }  // refused: deleted

// A record that leaves whole, as if it were the caller's own.
// refused elsewhere: a record leaves part by part
auto Whole(LoadedRecord loaded) { return Redactor::WholeOfOwn(std::move(loaded)); }
// clang-format on
#endif

}  // namespace ehc
