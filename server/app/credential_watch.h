// Credentials that end soon, or have ended: for whoever watches the hub.
#ifndef EHC_SERVER_APP_CREDENTIAL_WATCH_H_
#define EHC_SERVER_APP_CREDENTIAL_WATCH_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/storage/store.h"

namespace ehc {

// How many active credentials end within 7, 30 and 90 days, in the Prometheus text format. No
// labels but the period: who it concerns is for operators to ask (ListCredentials). Empty where the
// store cannot be read.
std::string CredentialMetrics(Store& store, absl::Time now);

// One line of the log for each active credential that ends within 30 days, with its name: an agency
// and a thumbprint.
void LogEndingCredentials(Store& store, absl::Time now);

}  // namespace ehc

#endif  // EHC_SERVER_APP_CREDENTIAL_WATCH_H_
