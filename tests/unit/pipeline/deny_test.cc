// WireOutcome(): what the wire says of every decision that discloses nothing.
#include "server/pipeline/deny.h"

#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"

namespace ehc {
namespace {

std::vector<Reason> AllReasons() {
  std::vector<Reason> reasons;
  for (int i = 0; i <= static_cast<int>(Reason::kInputUnavailable); ++i) {
    reasons.push_back(static_cast<Reason>(i));
  }
  return reasons;
}

Decision No(Reason reason, bool existence = false) {
  Decision decision;
  decision.outcome = Outcome::kDeny;
  decision.reason = reason;
  decision.existence_granted = existence;
  return decision;
}

auto Bytes(const Refusal& refusal) {
  return std::tie(refusal.code, refusal.reason, refusal.message, refusal.explanation);
}

std::string Answer(const Decision& decision, Presence presence) {
  return WireOutcome(decision, presence).reason;
}

TEST(WireOutcomeTest, WithoutAGrantOfExistenceEveryNoAboutTheChildIsOneAnswer) {
  const Refusal one = WireOutcome(No(Reason::kConsentMissing), Presence::kPresent);
  EXPECT_EQ(one.code, absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(one.reason, "NOT_AVAILABLE");
  for (Reason reason : AllReasons()) {
    if (!IsSubjectDependent(reason)) continue;
    for (Presence presence : {Presence::kPresent, Presence::kAbsent}) {
      EXPECT_EQ(Bytes(WireOutcome(No(reason), presence)), Bytes(one)) << ReasonCode(reason);
    }
  }
}

TEST(WireOutcomeTest, PermittedButAbsentIsThatSameAnswer) {
  const Refusal one = WireOutcome(No(Reason::kConsentMissing), Presence::kPresent);
  for (Outcome outcome : {Outcome::kPermit, Outcome::kPermitRedacted, Outcome::kReferToHuman}) {
    Decision decision = No(Reason::kNone);
    decision.outcome = outcome;
    EXPECT_EQ(Bytes(WireOutcome(decision, Presence::kAbsent)), Bytes(one));
  }
}

TEST(WireOutcomeTest, ReasonThatWasReachedThroughTheChildIsThatSameAnswer) {
  const Refusal one = WireOutcome(No(Reason::kConsentMissing), Presence::kPresent);
  for (Reason reason : AllReasons()) {
    Decision decision = No(reason);
    decision.subject_dependent = true;
    EXPECT_EQ(Bytes(WireOutcome(decision, Presence::kPresent)), Bytes(one)) << ReasonCode(reason);
  }
}

TEST(WireOutcomeTest, NoThatIsTheSameForEveryChildSaysWhy) {
  for (Presence presence : {Presence::kPresent, Presence::kAbsent}) {
    for (bool existence : {false, true}) {
      for (Reason reason : {Reason::kNoClause, Reason::kPurposeNotCovered, Reason::kBasisMissing,
                            Reason::kGatewayMissing, Reason::kPersonRequired,
                            Reason::kRoleNotEntitled, Reason::kAgreementUnknown}) {
        const Refusal refusal = WireOutcome(No(reason, existence), presence);
        EXPECT_EQ(refusal.code, absl::StatusCode::kPermissionDenied) << ReasonCode(reason);
        EXPECT_EQ(refusal.reason, "POLICY_DENIED") << ReasonCode(reason);
        EXPECT_EQ(refusal.explanation, ReasonCode(reason));
      }
      for (Reason reason : {Reason::kAgreementNotInForce, Reason::kAgreementSuspended,
                            Reason::kAgreementUnsigned}) {
        const Refusal refusal = WireOutcome(No(reason, existence), presence);
        EXPECT_EQ(refusal.code, absl::StatusCode::kFailedPrecondition);
        EXPECT_EQ(refusal.reason, "AGREEMENT_NOT_IN_FORCE");
      }
    }
  }
}

TEST(WireOutcomeTest, WithAGrantOfExistenceConsentIsAskedFor) {
  for (Reason reason :
       {Reason::kConsentMissing, Reason::kConsentRefused, Reason::kConsentWithdrawn,
        Reason::kConsentExpired, Reason::kConsentSuperseded, Reason::kConsentConflict}) {
    const Refusal refusal = WireOutcome(No(reason, true), Presence::kPresent);
    EXPECT_EQ(refusal.code, absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(refusal.reason, "CONSENT_REQUIRED") << ReasonCode(reason);
    EXPECT_EQ(refusal.explanation, "") << "which consent, and what was said, is not told";
  }
  EXPECT_EQ(Answer(No(Reason::kNotDecisionMaker, true), Presence::kPresent), "NOT_DECISION_MAKER");
}

TEST(WireOutcomeTest, WithAGrantOfExistenceAbsentAndHiddenAreOneAnswer) {
  const Refusal absent = WireOutcome(No(Reason::kConsentMissing, true), Presence::kAbsent);
  EXPECT_EQ(absent.code, absl::StatusCode::kNotFound);
  EXPECT_EQ(absent.reason, "RESOURCE_NOT_FOUND");
  for (Reason reason : AllReasons()) {
    if (!IsSubjectDependent(reason)) continue;
    EXPECT_EQ(Bytes(WireOutcome(No(reason, true), Presence::kAbsent)), Bytes(absent));
  }
  EXPECT_EQ(Bytes(WireOutcome(No(Reason::kProtected, true), Presence::kPresent)), Bytes(absent));
}

TEST(WireOutcomeTest, CouldNotDecideIsNeitherYesNorNo) {
  for (bool existence : {false, true}) {
    for (bool depends : {false, true}) {
      Decision decision = No(Reason::kInputUnavailable, existence);
      decision.outcome = Outcome::kUnavailable;
      decision.subject_dependent = depends;
      const Refusal refusal = WireOutcome(decision, Presence::kPresent);
      EXPECT_EQ(refusal.code, absl::StatusCode::kUnavailable);
      EXPECT_EQ(refusal.reason, "DECISION_UNAVAILABLE");
    }
  }
}

TEST(RefusalTest, TravelsThroughAStatusAndBack) {
  const Refusal refusal =
      RefusalOf(RefusalError(absl::StatusCode::kAborted, "ETAG_MISMATCH", "read it again"));
  EXPECT_EQ(refusal.code, absl::StatusCode::kAborted);
  EXPECT_EQ(refusal.reason, "ETAG_MISMATCH");
  EXPECT_EQ(refusal.message, "read it again");
}

TEST(RefusalTest, OtherErrorsLoseTheirText) {
  for (const absl::Status& status :
       {absl::UnavailableError("/var/lib/ehc/hub.db: disk full"), absl::InternalError("secret"),
        absl::DataLossError("page 7")}) {
    const Refusal refusal = RefusalOf(status);
    EXPECT_EQ(refusal.message.find(std::string(status.message())), std::string::npos);
    EXPECT_EQ(refusal.reason, absl::IsDataLoss(status) ? "LOG_CORRUPT" : "STORE_UNAVAILABLE");
  }
}

}  // namespace
}  // namespace ehc
