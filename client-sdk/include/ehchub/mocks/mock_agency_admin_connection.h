// For tests of code that uses AgencyAdminClient.
#ifndef EHCHUB_MOCKS_MOCK_AGENCY_ADMIN_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_AGENCY_ADMIN_CONNECTION_H_

#include "ehchub/agency_admin_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockAgencyAdminConnection : public AgencyAdminConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::CreateAgencyResponse>, CreateAgency,
              (const v1::CreateAgencyRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetAgencyResponse>, GetAgency, (const v1::GetAgencyRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ListAgenciesResponse>, ListAgencies,
              (const v1::ListAgenciesRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::EnrolCredentialResponse>, EnrolCredential,
              (const v1::EnrolCredentialRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::ListCredentialsResponse>, ListCredentials,
              (const v1::ListCredentialsRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::RevokeCredentialResponse>, RevokeCredential,
              (const v1::RevokeCredentialRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_AGENCY_ADMIN_CONNECTION_H_
