// Who calls which hub with which keys: a small text file that people can read and mend.
//
//   # Kings Park NHS Trust, community paediatrics
//   hub           = hub.example.nhs.uk:8443
//   certificate   = kings-park.pem
//   key           = kings-park.key
//   ca            = ca.pem
//   audience      = hub.ehc
//   assertion_key = kings-park.assertion.key
//   user          = p4711
//   role          = PAEDIATRICIAN
//   unit          = community-paediatrics
//   training_until = 2027-03-31
//   strong_authentication = yes
//   log_key       = hub.ehc/log+0a1b2c3d+AZ…
//   promise_key   = promise.pub.pem
//   receipts      = receipts.jsonl
//   witness_key   = bromley.example/witness+0a1b2c3d+BA…
//   witness_quorum = 1
//   witnessed_within = 1h
//
// Paths are relative to the file's folder. A line that begins with # is a comment.
#ifndef EHCHUB_PROFILE_H_
#define EHCHUB_PROFILE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ehchub {

// Whom the agency says is acting. The hub believes the agency's signature, not these words.
struct ActingPerson {
  std::string user;            // the agency's own user id; neither a name nor an e-mail address
  std::string role;            // a role code: "SENCO"
  std::string unit;            // "send"
  std::string training_until;  // YYYY-MM-DD, the last good day; empty: not stated
  bool strong_authentication = false;  // a second factor was used
};

struct Profile {
  std::string name;
  std::string hub;          // "host:port"
  std::string server_name;  // as the hub's certificate says; empty: the host above
  std::string certificate_path;
  std::string key_path;
  std::string ca_path;

  std::string agency;    // empty: as the certificate says
  std::string audience;  // the hub's, as assertions name it
  std::string assertion_key_path;
  std::optional<ActingPerson> acting_person;  // none: an unattended system

  // Of the hub's log. Without them a disclosing call fails: its receipt could not be checked.
  std::string log_key;                         // a signed-note verifier key, name+id+key
  std::vector<std::string> promise_key_paths;  // public keys (PEM), the newest last
  std::string receipts_path;                   // empty: receipts are checked and not kept

  // Witnesses of the log whose cosignatures are asked for (receipts.h): verifier keys.
  std::vector<std::string> witness_keys;
  int witness_quorum = 0;
  absl::Duration witnessed_within = absl::Hours(1);
};

// INVALID_ARGUMENT with the line's number for a line that is none of the above, a key given twice
// (only promise_key and witness_key may be) or a required key that is missing (hub, certificate,
// key, ca; audience, assertion_key, user, role and unit go together). Paths are resolved against
// `folder`; no file is opened.
absl::StatusOr<Profile> ParseProfile(absl::string_view text, const std::string& folder);

absl::StatusOr<Profile> LoadProfile(const std::string& path);

// The file of a profile: `name` itself where it holds a slash; otherwise name.profile in
// $EHC_PROFILES, ./profiles or ~/.config/ehc/profiles, the first that is there. NOT_FOUND says
// where it looked.
absl::StatusOr<std::string> FindProfile(const std::string& name);

}  // namespace ehchub

#endif  // EHCHUB_PROFILE_H_
