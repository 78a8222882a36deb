#ifndef EHCHUB_AGENCY_ADMIN_CLIENT_H_
#define EHCHUB_AGENCY_ADMIN_CLIENT_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "ehchub/agency_admin_connection.h"

namespace ehchub {

// Enrols agencies and their credentials.
//
// A write without a request_id is given one, kept through its retries. To repeat a write after the
// program itself was restarted, set request_id yourself and keep it with your record.
//
// Errors open with HubError::FromStatus(). Copies are cheap, share the connection and are equal
// when they do; making a Hub is dear. Thread safe, unless one object is assigned to at the same
// time.
class AgencyAdminClient {
 public:
  explicit AgencyAdminClient(std::shared_ptr<AgencyAdminConnection> connection)
      : connection_(std::move(connection)) {}
  explicit AgencyAdminClient(const Hub& hub) : AgencyAdminClient(MakeAgencyAdminConnection(hub)) {}

  // Creates an agency, ACTIVE and without credentials. Operators only. Errors: STATE_CONFLICT where
  // the id is taken.
  absl::StatusOr<v1::CreateAgencyResponse> CreateAgency(
      const v1::CreateAgencyRequest& request) const {
    return connection_->CreateAgency(request);
  }

  // Returns one agency. Errors: RESOURCE_NOT_FOUND.
  absl::StatusOr<v1::GetAgencyResponse> GetAgency(const v1::GetAgencyRequest& request) const {
    return connection_->GetAgency(request);
  }

  // Lists agencies by id.
  absl::StatusOr<v1::ListAgenciesResponse> ListAgencies(
      const v1::ListAgenciesRequest& request) const {
    return connection_->ListAgencies(request);
  }

  // Enrols a certificate or public key. It is honoured from the moment this call is acknowledged.
  // Errors: STATE_CONFLICT where that key is enrolled already, for this agency or another.
  absl::StatusOr<v1::EnrolCredentialResponse> EnrolCredential(
      const v1::EnrolCredentialRequest& request) const {
    return connection_->EnrolCredential(request);
  }

  // Lists an agency's credentials, newest first.
  absl::StatusOr<v1::ListCredentialsResponse> ListCredentials(
      const v1::ListCredentialsRequest& request) const {
    return connection_->ListCredentials(request);
  }

  // Revokes a credential for ever. Once acknowledged, no call made with it is answered, and its
  // open connections are shut. Errors: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_CONFLICT where it
  // is revoked already.
  absl::StatusOr<v1::RevokeCredentialResponse> RevokeCredential(
      const v1::RevokeCredentialRequest& request) const {
    return connection_->RevokeCredential(request);
  }

  friend bool operator==(const AgencyAdminClient& a, const AgencyAdminClient& b) {
    return a.connection_ == b.connection_;
  }

 private:
  std::shared_ptr<AgencyAdminConnection> connection_;
};

}  // namespace ehchub

#endif  // EHCHUB_AGENCY_ADMIN_CLIENT_H_
