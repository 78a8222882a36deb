// For tests of code that uses DirectoryClient.
#ifndef EHCHUB_MOCKS_MOCK_DIRECTORY_CONNECTION_H_
#define EHCHUB_MOCKS_MOCK_DIRECTORY_CONNECTION_H_

#include "ehchub/directory_connection.h"
#include "gmock/gmock.h"

namespace ehchub {

class MockDirectoryConnection : public DirectoryConnection {
 public:
  MOCK_METHOD(absl::StatusOr<v1::PublishServiceResponse>, PublishService,
              (const v1::PublishServiceRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::WithdrawServiceResponse>, WithdrawService,
              (const v1::WithdrawServiceRequest&), (override));
  MOCK_METHOD(absl::StatusOr<v1::GetServiceResponse>, GetService, (const v1::GetServiceRequest&),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::SearchServicesResponse>, SearchServices,
              (const v1::SearchServicesRequest&), (override));
};

}  // namespace ehchub

#endif  // EHCHUB_MOCKS_MOCK_DIRECTORY_CONNECTION_H_
