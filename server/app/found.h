// `ehc-hub init`: founds a hub, once. Makes the data folder and the operator agency, its
// certificate, and the people who hold its roles, each with an assertion key of their own. Two
// people at least: nobody runs a hub alone.
#ifndef EHC_SERVER_APP_FOUND_H_
#define EHC_SERVER_APP_FOUND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/base/clock.h"

namespace ehc {

struct FoundingOptions {
  std::string data_folder;
  std::string operator_id = "operator";
  std::string operator_name = "Hub operator";
  std::string certificate_file;  // the operator's client certificate, PEM
  // "user=FILE" for each person: the public key of that person's assertions, PEM. No two alike.
  std::vector<std::string> assertion_keys;
  // "user=ROLE[,ROLE…]" with roles HUB_ADMIN, HUB_POLICY_OFFICER, HUB_AUDITOR and
  // HUB_IDENTITY_OFFICER; somebody must hold each of the first three.
  std::vector<std::string> people;
  // Which NHS numbers the hub takes, for good: "test", the range that no person has, or "live",
  // those that were issued.
  std::string mode = "test";
  // The folder of the first policy. Empty: the hub serves in development only, until it has one.
  std::string policy_folder;
};

// INVALID_ARGUMENT names the option at fault; ALREADY_EXISTS if the folder holds a hub.
absl::Status FoundHub(const FoundingOptions& options, Clock& clock);

}  // namespace ehc

#endif  // EHC_SERVER_APP_FOUND_H_
