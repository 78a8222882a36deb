#include "server/transport/error_status.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

template <typename Detail>
std::optional<Detail> DetailOf(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  Detail detail;
  for (const auto& any : details.details()) {
    if (any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

ErrorReport Invalid(const std::string& message) {
  return {{absl::StatusCode::kInvalidArgument, "FIELD_INVALID", message, ""}};
}

TEST(ErrorStatusTest, DetailsNameReasonDomainAndIds) {
  const ErrorReport report{
      {absl::StatusCode::kPermissionDenied, "POLICY_DENIED", "no", "CLAUSE_7"}, "D", "R"};
  const grpc::Status status = ErrorStatus(report, "request");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(status.error_message(), "no");
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->reason(), "POLICY_DENIED");
  EXPECT_EQ(info->domain(), "hub.ehc");
  EXPECT_EQ(info->metadata().at("decision_id"), "D");
  EXPECT_EQ(info->metadata().at("policy_revision"), "R");
  EXPECT_EQ(info->metadata().at("explanation"), "CLAUSE_7");
  EXPECT_EQ(DetailOf<google::rpc::RequestInfo>(status)->request_id(), "request");
  EXPECT_FALSE(DetailOf<google::rpc::RetryInfo>(status).has_value());
}

TEST(ErrorStatusTest, OnlyWhatMayPassIsWorthRetrying) {
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(ErrorStatus({OverloadedRefusal()}, "r")));
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(ErrorStatus({DrainingRefusal()}, "r")));
  EXPECT_FALSE(DetailOf<google::rpc::RetryInfo>(ErrorStatus({InternalFaultRefusal()}, "r")));
}

TEST(ErrorStatusTest, QuotaSaysWhenToComeAgainRoundedUp) {
  ErrorReport report{QuotaExceededRefusal()};
  report.retry_after = absl::Microseconds(2'000'001);
  const auto retry = DetailOf<google::rpc::RetryInfo>(ErrorStatus(report, "r"));
  ASSERT_TRUE(retry.has_value());
  EXPECT_EQ(retry->retry_delay().seconds(), 2);
  EXPECT_EQ(retry->retry_delay().nanos(), 1'000'000);
}

TEST(ErrorStatusTest, FieldThatAServiceNamesBecomesAViolation) {
  const auto bad = DetailOf<google::rpc::BadRequest>(
      ErrorStatus(Invalid("plan.parts[2].code: is not a part of a plan"), "r"));
  ASSERT_TRUE(bad.has_value());
  EXPECT_EQ(bad->field_violations(0).field(), "plan.parts[2].code");
  EXPECT_EQ(bad->field_violations(0).description(), "is not a part of a plan");
}

TEST(ErrorStatusTest, MessageWithoutAFieldHasNoViolation) {
  EXPECT_FALSE(DetailOf<google::rpc::BadRequest>(ErrorStatus(Invalid("no field here: x"), "r")));
  EXPECT_FALSE(DetailOf<google::rpc::BadRequest>(ErrorStatus(Invalid("nothing"), "r")));
}

TEST(ErrorStatusTest, DetailsStayWithinTheirBound) {
  ErrorReport report = Invalid("see the violations");
  for (size_t i = 0; i < kMaxFieldViolations; ++i) {
    report.violations.push_back({std::string(300, 'f'), std::string(300, 'd')});
  }
  const grpc::Status status = ErrorStatus(report, "12345678901234567890123456");
  EXPECT_LE(status.error_details().size(), kMaxDetailBytes);
  EXPECT_GE(DetailOf<google::rpc::BadRequest>(status)->field_violations_size(), 4);
}

TEST(ErrorStatusTest, RefusalIsNeverOk) {
  EXPECT_EQ(ErrorStatus({{absl::StatusCode::kOk, "", "", ""}}, "r").error_code(),
            grpc::StatusCode::INTERNAL);
}

}  // namespace
}  // namespace ehc
