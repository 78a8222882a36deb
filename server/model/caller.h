// Who is calling: an agency proven by its certificate, and the person it vouches for. Made only by
// identity/Authenticator, so holding a Caller is proof that both checks passed.
#ifndef EHC_SERVER_MODEL_CALLER_H_
#define EHC_SERVER_MODEL_CALLER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "server/model/names.h"

namespace ehc {

struct ActingPerson {
  std::string user;  // the agency's own user id, never a name
  std::string role;  // a role code of policies/vocabulary
  UnitId unit;
  std::string unit_kind;  // the unit's vocabulary code: "SEND"; from the registry
  std::optional<absl::Time> training_valid_until;
  bool strong_authentication = false;
  // A one-time approval over this very request (base64url SHA-256 of its bytes); empty: none.
  std::string approval_digest;
  std::string approval_id;  // its jti; empty: none
};

class Caller {
 public:
  Caller(Caller&&) = default;
  Caller& operator=(Caller&&) = default;
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  const AgencyId& agency() const { return agency_; }
  const std::string& agency_type() const { return agency_type_; }  // "NHS_TRUST"
  const std::string& region() const { return region_; }
  // Hex SHA-256 of the client certificate; the key of its registry entry.
  const std::string& credential() const { return credential_; }
  // Empty: an unattended system, which gets status, existence and notifications only.
  const std::optional<ActingPerson>& person() const { return person_; }
  // Whether the agency takes part. One that is being set up may do what actions.textproto lets it
  // do before it goes live, and nothing else (pipeline/desk.h).
  bool is_live() const { return is_live_; }
  // The store's commit position that the registry was read at; see ReadSet.
  uint64_t registry_position() const { return registry_position_; }

 private:
  friend class Authenticator;
  friend class Desk;  // opens several calls in one caller's name
  Caller Again() const {
    return {agency_, agency_type_, region_, credential_, person_, registry_position_, is_live_};
  }
  Caller(AgencyId agency, std::string agency_type, std::string region, std::string credential,
         std::optional<ActingPerson> person, uint64_t registry_position, bool is_live)
      : agency_(std::move(agency)),
        agency_type_(std::move(agency_type)),
        region_(std::move(region)),
        credential_(std::move(credential)),
        person_(std::move(person)),
        registry_position_(registry_position),
        is_live_(is_live) {}

  AgencyId agency_;
  std::string agency_type_;
  std::string region_;
  std::string credential_;
  std::optional<ActingPerson> person_;
  uint64_t registry_position_ = 0;
  bool is_live_ = false;
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_CALLER_H_
