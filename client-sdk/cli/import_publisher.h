#ifndef EHC_CLIENT_SDK_CLI_IMPORT_PUBLISHER_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_PUBLISHER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client-sdk/cli/import_posts.h"
#include "client-sdk/cli/import_reconcile.h"
#include "ehchub/record_exchange_client.h"
#include "ehchub/subject_client.h"

namespace ehchub {

// Settles rows from several threads.
class Ledger {
 public:
  explicit Ledger(Extract& extract) : extract_(extract) {}

  void Settle(const Rows& rows, Fate fate);
  // The hub would not have it: the first row is at fault, for the hub's reason.
  void Refuse(const Rows& rows, const absl::Status& status);

 private:
  absl::Mutex mutex_;
  Extract& extract_;
};

// Publishes children through the API, each in the order of what depends on what: the registration,
// what protects the child, who stands around them, then records. Thread safe.
class Publisher {
 public:
  Publisher(SubjectClient subjects, RecordExchangeClient records, const Importer& importer,
            Ledger& ledger);

  // An error that concerns the whole run (hub not reached, caller not entitled). What the hub would
  // not have of this child is in the ledger; what rests on it is not published.
  absl::Status Publish(const ChildPosts& posts) const;

 private:
  class Child;

  const SubjectClient subjects_;
  const RecordExchangeClient records_;
  const Importer& importer_;
  Ledger& ledger_;
  const absl::Time began_;
};

// A UUID of version 4 in form, the same for the same arguments: a call that is repeated in another
// run is one call to the hub.
std::string RequestIdFor(std::initializer_list<absl::string_view> what);

// Whether the hub's answer is about this one call, so that the run may go on with the next.
bool ConcernsOneCall(const absl::Status& status);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_PUBLISHER_H_
