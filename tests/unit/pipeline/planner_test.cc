// Planner: what is asked twice happens once.
#include "server/pipeline/planner.h"

#include <algorithm>
#include <utility>

#include "server/pipeline/deny.h"
#include "tests/unit/pipeline/path_fixture.h"

namespace ehc {
namespace {

constexpr char kId[] = "5f0c1e7a-3a52-4d0e-9a55-0f3f1a2b3c4d";

// Writes a child down; or refuses, or fails, as told.
class Registering : public Mutation {
 public:
  explicit Registering(SubjectId subject, absl::Status outcome = absl::OkStatus())
      : subject_(subject), outcome_(std::move(outcome)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile&, ReadView&) const override {
    if (!outcome_.ok()) return outcome_;
    Plan plan;
    plan.written.resource = "subject/new";
    plan.changes.push_back(PutSubject{subject_, {}});
    return plan;
  }
  absl::StatusOr<Written> Recall(const CaseFile&, ReadView&,
                                 const std::string& resource) const override {
    Written written;
    written.resource = resource;
    return written;
  }

 private:
  SubjectId subject_;
  absl::Status outcome_;
};

class PlannerTest : public PathTest {
 protected:
  static Ask Asks(const std::string& digest, bool validate_only = false) {
    Ask ask;
    ask.method = "RegisterSubject";
    ask.action = "subject.register";
    ask.request_id = kId;
    ask.message_digest = digest;
    ask.validate_only = validate_only;
    return ask;
  }

  auto Make(Ask ask, absl::Status outcome = absl::OkStatus()) {
    auto view = store_->Read().value();
    Decided decided = Decide(Caseworker(), std::move(ask), *view);
    return Planner::Make(std::move(decided), Registering(SubjectId{1}, std::move(outcome)), *view,
                         clock_.Now());
  }

  void Remember(const std::string& digest) {
    Put({PutRequest{AgencyId("bromley"), "RegisterSubject", kId, digest, "subject/old",
                    clock_.Now()}});
  }
};

TEST_F(PlannerTest, NewRequestIsPlanned) {
  auto made = Make(Asks("message"));
  ASSERT_TRUE(std::holds_alternative<Planned<Written>>(made));
  const auto& planned = std::get<Planned<Written>>(made);
  EXPECT_EQ(planned.value().resource, "subject/new");
  EXPECT_FALSE(planned.value().replayed);
}

TEST_F(PlannerTest, SameRequestAgainIsAnsweredAsBefore) {
  Remember("message");
  auto made = Make(Asks("message"));
  ASSERT_TRUE(std::holds_alternative<Planned<Written>>(made));
  const auto& planned = std::get<Planned<Written>>(made);
  EXPECT_EQ(planned.value().resource, "subject/old");
  EXPECT_TRUE(planned.value().replayed);
}

TEST_F(PlannerTest, AnotherMessageUnderTheSameIdIsRefused) {
  Remember("message");
  auto made = Make(Asks("another"));
  ASSERT_TRUE(std::holds_alternative<Planner::Refused>(made));
  EXPECT_EQ(std::get<Planner::Refused>(made).refusal.reason, "REQUEST_ID_REUSED");
  EXPECT_EQ(std::get<Planner::Refused>(made).refusal.code, absl::StatusCode::kAlreadyExists);
}

TEST_F(PlannerTest, RefusalOfThePlanIsAuditedAndAFailureIsNot) {
  auto refused = Make(Asks("message"),
                      RefusalError(absl::StatusCode::kAborted, "ETAG_MISMATCH", "read it again"));
  ASSERT_TRUE(std::holds_alternative<Planner::Refused>(refused));
  EXPECT_EQ(std::get<Planner::Refused>(refused).refusal.reason, "ETAG_MISMATCH");
  auto failed = Make(Asks("message"), absl::InternalError("the disk is on fire"));
  ASSERT_TRUE(std::holds_alternative<absl::Status>(failed));
}

TEST_F(PlannerTest, IdempotencyRowIsAmongWhatTheCommitRestsOn) {
  auto made = Make(Asks("message"));
  const auto& keys = std::get<Planned<Written>>(made).file().reads.keys;
  const VersionKey row = RequestKey(AgencyId("bromley"), "RegisterSubject", kId);
  EXPECT_NE(std::find(keys.begin(), keys.end(), row), keys.end());
}

}  // namespace
}  // namespace ehc
