// What tests of identities share: numbers, severances, and the officers' queue of doubtful matches.
#ifndef EHC_TESTS_END2END_HUB_IDENTITY_SUITE_H_
#define EHC_TESTS_END2END_HUB_IDENTITY_SUITE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/model/identifiers.h"
#include "tests/end2end/hub_suite.h"
#include "tests/end2end/hub_wire.h"

namespace ehc {

inline v1::Identifier IdentifierOf(
    v1::IdentifierType type, const std::string& value,
    v1::VerificationStatus status = v1::VERIFICATION_STATUS_UNSPECIFIED) {
  v1::Identifier identifier;
  identifier.set_type(type);
  identifier.set_value(value);
  identifier.set_verification_status(status);
  return identifier;
}

inline v1::Identifier Verified(int serial) {
  return IdentifierOf(v1::IDENTIFIER_TYPE_NHS_NUMBER, NhsNumber(serial),
                      v1::VERIFICATION_STATUS_VERIFIED);
}

// A valid UPN: twelve characters with their check letter.
inline std::string UpnWith(const std::string& rest) {
  return std::string(1, UpnCheckLetter(rest)) + rest;
}

// One of Bromley's; another one for every serial.
inline std::string UpnOf(int serial) {
  return UpnWith(absl::StrCat("305", 1000 + serial / 1000, "16", 100 + serial % 900));
}

inline v1::FindRecordsRequest FindForCommissioner(const std::string& subject) {
  v1::FindRecordsRequest request;
  request.set_subject(subject);
  request.add_record_types("EHC_PLAN");
  request.mutable_context()->set_agreement("agreements/bromley-icb-statutory-copy");
  request.mutable_context()->set_purpose("STATUTORY_COPY");
  request.mutable_context()->set_lawful_basis("ART6_1_C");
  return request;
}

class IdentityTest : public HubTest {
 protected:
  // A child of Bromley's whose plan the trust may read by consent and the board by right.
  std::string NewSharedChild(int serial) {
    const std::string child = MakeChild(caseworker_, serial);
    EXPECT_EQ(ReasonIn(caseworker_.consents.RecordConsent(ConsentOf(child, "mother", {"C"}))),
              "OK");
    EXPECT_EQ(ReasonIn(caseworker_.subjects.CreateRelationship(CommissionerOf(child))), "OK");
    return child;
  }

  std::string Link(const Clients& clients, const std::string& unit, const std::string& subject,
                   const v1::Identifier& identifier) {
    v1::LinkIdentifierRequest request;
    request.set_unit(unit);
    request.set_subject(subject);
    *request.mutable_identifier() = identifier;
    return ReasonIn(clients.subjects.LinkIdentifier(request));
  }

  absl::StatusOr<v1::SupersedeIdentifierResponse> Supersede(const std::string& subject, int old,
                                                            int now) {
    v1::SupersedeIdentifierRequest request;
    request.set_unit("send");
    request.set_subject(subject);
    *request.mutable_superseded() = Verified(old);
    *request.mutable_replacement() = Verified(now);
    return caseworker_.subjects.SupersedeIdentifier(request);
  }

  v1::SeverIdentityRequest AdoptionOf(const std::string& subject) {
    v1::SeverIdentityRequest request;
    request.set_unit("send");
    request.set_subject(subject);
    request.set_reason(v1::SEVERANCE_REASON_ADOPTION);
    request.set_justification("adoption order AO-7");
    return request;
  }

  v1::SeverIdentityRequest ConfirmationOf(const std::string& severance) {
    v1::SeverIdentityRequest request;
    request.set_unit("send");
    request.set_severance(severance);
    return request;
  }

  // Returns the severance's name.
  std::string Sever(const std::string& child) {
    auto asked = manager_.subjects.SeverIdentity(AdoptionOf(child));
    EXPECT_TRUE(asked.ok()) << asked.status();
    if (!asked.ok()) return "";
    auto done = other_manager_.subjects.SeverIdentity(ConfirmationOf(asked->severance().name()));
    EXPECT_TRUE(done.ok()) << done.status();
    if (!done.ok()) return "";
    EXPECT_EQ(done->severance().state(), v1::SEVERANCE_STATE_DONE);
    return done->severance().name();
  }

  static std::vector<v1::MatchReview> Reviews(const Clients& clients) {
    std::vector<v1::MatchReview> reviews;
    v1::ListMatchReviewsRequest request;
    request.set_only_open(true);
    request.set_page_size(200);
    do {
      auto page = clients.subjects.ListMatchReviews(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return reviews;
      for (const v1::MatchReview& one : page->match_reviews()) {
        v1::GetMatchReviewRequest get;
        get.set_name(one.name());
        auto review = clients.subjects.GetMatchReview(get);
        EXPECT_TRUE(review.ok()) << review.status();
        if (review.ok()) reviews.push_back(review->match_review());
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return reviews;
  }

  // The open review whose evidence shows this number.
  static std::optional<v1::MatchReview> ReviewOf(const Clients& clients, int serial) {
    for (const v1::MatchReview& review : Reviews(clients)) {
      std::vector<v1::Identifier> all(review.identifiers().begin(), review.identifiers().end());
      for (const v1::MatchReviewSide& side : review.sides()) {
        all.insert(all.end(), side.identifiers().begin(), side.identifiers().end());
      }
      for (const v1::Identifier& one : all) {
        if (one.value() == NhsNumber(serial)) return review;
      }
    }
    return std::nullopt;
  }

  // The matcher looks after the answer has been given: waits for it.
  static std::optional<v1::MatchReview> DuplicateOf(const Clients& clients, int serial) {
    for (const absl::Time end = absl::Now() + absl::Seconds(10); absl::Now() < end;) {
      auto review = ReviewOf(clients, serial);
      if (review.has_value()) return review;
      absl::SleepFor(absl::Milliseconds(20));
    }
    return std::nullopt;
  }

  // Whoever was registered before this call has been looked at when it returns.
  void WaitForTheMatcher() {
    const int first = NewSerial(), second = NewSerial();
    v1::RegisterSubjectRequest request = Registration(first);
    ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(request)), "OK");
    v1::RegisterSubjectRequest again = Registration(second);
    *again.mutable_person() = request.person();
    ASSERT_EQ(ReasonIn(caseworker_.subjects.RegisterSubject(again)), "OK");
    ASSERT_TRUE(DuplicateOf(officer_, second).has_value());
  }

  v1::RestoreIdentityRequest RestorationOf(const std::string& severance, bool confirm = false) {
    v1::RestoreIdentityRequest request;
    request.set_unit("send");
    request.set_severance(severance);
    request.set_justification("the order was about a cousin");
    request.set_confirm(confirm);
    return request;
  }

  static absl::StatusOr<v1::DecideMatchReviewResponse> Decide(const Clients& clients,
                                                              const std::string& unit,
                                                              const v1::MatchReview& review,
                                                              v1::MatchDecision decision) {
    v1::DecideMatchReviewRequest request;
    request.set_unit(unit);
    request.set_name(review.name());
    request.set_etag(review.etag());
    request.set_decision(decision);
    request.set_justification("as the papers show");
    return clients.subjects.DecideMatchReview(request);
  }

  WireBytes SummaryBytes(const std::string& subject) {
    return AskRaw(paediatrician_, &v1::RecordExchangeService::Stub::GetPlanSummary,
                  SummaryForTrust(subject));
  }

  // What the plan says of section C, as the trust reads it.
  std::string Reads(const std::string& child) {
    auto read = paediatrician_.records.GetPlanSummary(SummaryForTrust(child));
    return read.ok() ? read->plan_summary().ShortDebugString() : ReasonIn(read);
  }

  const Clients manager_ = world().As(kSendManager);
  const Clients other_manager_ = world().As(kOtherSendManager);
  const Clients trust_ = world().As(kTrustRecords);
  const Clients officer_ = world().As(kIdentityOfficer);
  const Clients other_officer_ = world().As(kOtherIdentityOfficer);
};

}  // namespace ehc

#endif  // EHC_TESTS_END2END_HUB_IDENTITY_SUITE_H_
